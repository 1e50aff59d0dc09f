//! Articles, each a page of HTML.

use policy::Instant;

use super::dates;
use crate::{Refusal, RefusalReason, html_to_text};

/// The end of a page.
const END: &str = "</html>";

/// What an article says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Article {
    pub(super) title: Option<String>,
    pub(super) text: String,
    pub(super) created: Option<Instant>,
    /// When it was published; without, it is a draft that nobody else has seen.
    pub(super) published: Option<Instant>,
}

impl Article {
    /// Reads a page, for any input.
    pub(super) fn parse(page: &str) -> Self {
        let (heading, after) = element(page, "<h1").unwrap_or(("", page));
        let (created, published) = (paragraph(page, "created"), paragraph(page, "published"));
        let title = html_to_text(heading);
        Self {
            title: Some(title).filter(|title| !title.is_empty()),
            text: html_to_text(body(after)),
            created: created.and_then(date),
            published: published.and_then(date),
        }
    }

    /// Why a page is not read: what is cut off must not pass for a draft, or for all that was
    /// written.
    pub(super) fn fault(page: &str) -> Option<Refusal> {
        let written = page.trim_end();
        let end = written.get(written.len().saturating_sub(END.len())..);
        if !end.is_some_and(|end| end.eq_ignore_ascii_case(END)) {
            let hint = format!("the page does not end with `{END}`, so the rest of it is missing");
            return Some(RefusalReason::CutShort.because(hint));
        }
        let (_, day) = paragraph(page, "published")?.split_once(" on ")?;
        let is_day = day.trim().is_empty() || dates::instant(day).is_some();
        let hint = "an article is published on a day and time such as 2024-03-05 21:07";
        (!is_day).then(|| RefusalReason::BadInstant.because(hint))
    }

    /// Writes a page that reads as this article, as far as HTML keeps its text.
    pub(super) fn to_page(&self, address: &str) -> String {
        let title = escaped(self.title.as_deref().unwrap_or_default());
        let day = |at: Option<Instant>| {
            let text = at.and_then(dates::in_seconds);
            text.and_then(|text| text.get(..16).map(str::to_owned)).unwrap_or_default()
        };
        let paragraphs = self.text.split("\n\n").map(|paragraph| {
            let lines: Vec<_> = paragraph.split('\n').map(escaped).collect();
            format!("<p>{}</p>", lines.join("<br/>"))
        });
        let text: String = paragraphs.collect();
        format!(
            "<html><head><title>{title}</title></head><body><h1><a href=\"{}\">{title}</a></h1>\n\
             <p class=\"created\">Created on {}</p>\n<p class=\"published\">Published on {}</p>\n\
             <div>{text}</div></body></html>\n",
            escaped(address),
            day(self.created),
            day(self.published),
        )
    }
}

/// What stands inside of the first element that starts so, and what follows it.
fn element<'a>(page: &'a str, start: &str) -> Option<(&'a str, &'a str)> {
    let from = find(page, start)?;
    let inside = page.get(from..)?.split_once('>')?.1;
    let end = find(inside, "</h1>")?;
    Some((inside.get(..end)?, inside.get(end + "</h1>".len()..)?))
}

/// The text of a paragraph of a class.
fn paragraph<'a>(page: &'a str, class: &str) -> Option<&'a str> {
    let from = find(page, &format!("<p class=\"{class}\">"))?;
    let (_, inside) = page.get(from..)?.split_once('>')?;
    Some(inside.split_once('<').map_or(inside, |(text, _)| text))
}

/// The part of a page from its first division on; without one, all of it.
fn body(page: &str) -> &str {
    let start = find(page, "<div").and_then(|from| page.get(from..)).unwrap_or(page);
    find(start, "</body>").and_then(|end| start.get(..end)).unwrap_or(start)
}

/// "Created on 2024-03-05 21:07"
fn date(text: &str) -> Option<Instant> {
    dates::instant(text.split_once(" on ").map_or(text, |(_, date)| date))
}

/// Where a piece of markup stands, in letters of either case.
fn find(page: &str, markup: &str) -> Option<usize> {
    let (page, markup) = (page.as_bytes(), markup.as_bytes());
    let first = *markup.first()?;
    memchr::memchr_iter(first, page).find(|at| {
        let here = page.get(*at..at + markup.len());
        here.is_some_and(|here| here.eq_ignore_ascii_case(markup))
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_published_article_and_a_draft() {
        let page =
            "<html><body><h1><a href=\"https://www.linkedin.com/pulse/x\">On &amp; off</a></h1>
<p class=\"created\">Created on 2024-03-05 21:07</p>
<p class=\"published\">Published on 2024-03-06 08:00</p>
<div><p>One.</p><p>Two<br>lines.</p></div></body></html>";
        let article = Article::parse(page);
        assert_eq!(article.title.as_deref(), Some("On & off"));
        assert_eq!(article.text, "One.\n\nTwo\nlines.");
        assert_eq!(article.created, Some("2024-03-05T21:07:00Z".parse().unwrap()));
        assert_eq!(article.published, Some("2024-03-06T08:00:00Z".parse().unwrap()));
        assert_eq!(Article::parse(&article.to_page("https://example.org")), article);
        let draft = page.replace("Published on 2024-03-06 08:00", "Not published yet");
        assert_eq!(Article::parse(&draft).published, None);
    }

    #[test]
    fn pages_that_are_cut_off() {
        let article = Article { title: Some("é".to_owned()), ..Article::default() };
        let page = article.to_page("https://example.org");
        let fault = |page: &str| Article::fault(page).map(|refusal| refusal.reason);
        assert_eq!(fault(&page), None);
        assert_eq!(fault(&page.to_uppercase()), None);
        for (length, _) in page.trim_end().char_indices() {
            assert_eq!(fault(&page[..length]), Some(RefusalReason::CutShort), "{length}");
        }
        let published = |day: &str| page.replace("Published on ", day);
        assert_eq!(fault(&published("Not published yet")), None);
        assert_eq!(fault(&published("Published on 2024-03-05 21:07")), None);
        assert_eq!(fault(&published("Published on 2024-03-0")), Some(RefusalReason::BadInstant));
    }

    proptest! {
        #[test]
        fn any_page_is_read(page in "(<h1|</h1>|<div|<p class=\"created\">|>|é|x| on |2024|</html>){0,12}") {
            Article::fault(&page);
            Article::parse(&page);
        }
    }
}

//! Addresses on the web that say who somebody is: a name in them, with the number beside it, and the
//! address of a link whose text is a name.

use crate::names::{Span, merge};

/// An address begins no farther before a name in it, and a tag before the text of its link, in bytes.
const LONGEST: usize = 1_024;

/// No number of a profile is longer.
const LONGEST_NUMBER: usize = 16;

/// Parts of a path behind which the pages of people stand.
const PEOPLE: [&str; 16] = [
    "users",
    "user",
    "u",
    "people",
    "person",
    "profile",
    "profiles",
    "profil",
    "members",
    "member",
    "mitglied",
    "mitglieder",
    "authors",
    "author",
    "autor",
    "in",
];

/// Whether a place lies in an address on the web.
pub(crate) fn is_in_address(text: &str, at: usize) -> bool {
    let from = text.floor_char_boundary(at.saturating_sub(LONGEST));
    let before = text.get(from..at).unwrap_or_default();
    let run = before.rsplit(ends_address).next().unwrap_or_default();
    run.contains("://") || run.to_ascii_lowercase().contains("www.")
}

/// A name in an address together with the number that says whose page it is: behind it, as in
/// `/in/anna-schmidt-7a8b54224`, or before it, as in `/users/123/anna-schmidt`.
pub(crate) fn with_number(text: &str, name: Span) -> Span {
    let before = text.get(..name.start).unwrap_or_default();
    let behind = text.get(name.end..).unwrap_or_default();
    let behind = if before.ends_with('/') { number_behind(behind) } else { 0 };
    Span { start: number_before(before).unwrap_or(name.start), end: name.end + behind }
}

/// The spans together with the addresses of links whose text is one of them.
pub(crate) fn with_links(text: &str, spans: Vec<Span>) -> Vec<Span> {
    let links =
        spans.iter().filter_map(|span| in_brackets(text, *span).or_else(|| in_tag(text, *span)));
    let links: Vec<_> = links.filter(|link| says_where(text, *link)).collect();
    if links.is_empty() { spans } else { merge([spans, links].concat()) }
}

/// How long the number is behind a name, with the sign that holds it, if the part of the path ends there.
fn number_behind(behind: &str) -> usize {
    let Some(rest) = behind.strip_prefix(['-', '_', '.']) else { return 0 };
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (number, next) = rest.split_at_checked(length).unwrap_or_default();
    let has_digit = number.bytes().any(|one| one.is_ascii_digit());
    let goes_on = next.starts_with(['-', '_', '%']);
    let is_number = has_digit && length <= LONGEST_NUMBER && !goes_on;
    if is_number { behind.len() - next.len() } else { 0 }
}

/// Where the number begins that stands before a name, behind a word for people.
fn number_before(before: &str) -> Option<usize> {
    let number = before.strip_suffix(['/', '-', '_'])?;
    let start = number.trim_end_matches(|one: char| one.is_ascii_digit()).len();
    let path = number.get(..start).filter(|path| path.len() < number.len())?.strip_suffix('/')?;
    let word = path.rsplit('/').next().unwrap_or_default();
    PEOPLE.iter().any(|people| word.eq_ignore_ascii_case(people)).then_some(start)
}

/// The address of `[Anna Schmidt](https://example.org/users/123)`.
fn in_brackets(text: &str, name: Span) -> Option<Span> {
    let before = text.get(..name.start)?.trim_end_matches(is_emphasis);
    let behind = text.get(name.end..)?.trim_start_matches(is_emphasis);
    let address = behind.strip_prefix("](").filter(|_| before.ends_with('['))?;
    let start = text.len() - address.len();
    let mut depth = 0_usize;
    let end = address.find(|one: char| {
        let closes = one == ')' && depth == 0;
        match one {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        closes || one.is_whitespace()
    })?;
    Some(Span { start, end: start + end })
}

/// The address of `<a href="https://example.org/users/123">Anna Schmidt</a>`.
fn in_tag(text: &str, name: Span) -> Option<Span> {
    let behind = text.get(name.end..)?.trim_start_matches(is_emphasis);
    let before = text.get(..name.start)?.trim_end_matches(is_emphasis).strip_suffix('>')?;
    let from = text.floor_char_boundary(before.len().saturating_sub(LONGEST));
    let start = from + before.get(from..)?.rfind('<')?;
    let tag =
        before.get(start..).filter(|tag| tag.starts_with("<a ") && behind.starts_with("</a"))?;
    let value = start + tag.find("href=")? + "href=".len();
    let quote = before.get(value..)?.chars().next().filter(|one| matches!(one, '"' | '\''))?;
    let length = before.get(value + 1..)?.find(quote)?;
    Some(Span { start: value + 1, end: value + 1 + length })
}

/// Whether what a link leads to is an address, and no label of the text's own.
fn says_where(text: &str, link: Span) -> bool {
    text.get(link.start..link.end).is_some_and(|address| address.contains(['/', ':', '@']))
}

const fn is_emphasis(one: char) -> bool {
    matches!(one, '*' | '_' | '~' | '`' | ' ')
}

const fn ends_address(one: char) -> bool {
    matches!(one, ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '<' | '>' | '"' | '`')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::mask;

    /// Where the name stands that is sought.
    fn name(text: &str) -> Span {
        let start = text.find("anna-schmidt").unwrap();
        Span { start, end: start + "anna-schmidt".len() }
    }

    #[test]
    fn an_address_is_told_from_words() {
        let check = |text: &str, expected: bool| {
            assert_eq!(is_in_address(text, name(text).start), expected, "{text}");
        };
        check("https://example.org/ueber-anna-schmidt-und-ki", true);
        check("siehe [hier](HTTPS://example.org/anna-schmidt)", true);
        check("WWW.example.org/anna-schmidt", true);
        check("https://example.org/ anna-schmidt", false);
        check("ki-anna-schmidt-ki", false);
        check(&format!("https://example.org/{}/anna-schmidt", "a".repeat(LONGEST)), false);
    }

    #[test]
    fn the_number_of_a_profile_goes_with_the_name() {
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &[with_number(text, name(text))]), expected);
        };
        check("https://a.example/in/anna-schmidt-7a8b54224/", "https://a.example/in/[name]/");
        check("https://a.example/in/anna-schmidt-7a8b54224.", "https://a.example/in/[name].");
        check("https://a.example/users/123/anna-schmidt", "https://a.example/users/[name]");
        check("https://a.example/People/123-anna-schmidt", "https://a.example/People/[name]");
        check("https://a.example/2024/anna-schmidt", "https://a.example/2024/[name]");
        check("https://a.example/x/anna-schmidt-und-7", "https://a.example/x/[name]-und-7");
        check("https://a.example/x/ueber-anna-schmidt-7", "https://a.example/x/ueber-[name]-7");
        check("https://a.example/x/anna-schmidt-7-ki", "https://a.example/x/[name]-7-ki");
        check("https://a.example/x/anna-schmidt.html", "https://a.example/x/[name].html");
    }

    #[test]
    fn the_link_of_a_name_goes_with_the_name() {
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &with_links(text, vec![name(text)])), expected);
        };
        check("[anna-schmidt](https://a.example/u/1), da", "[[name]]([name]), da");
        check("[**anna-schmidt**](/users/1 \"x\")", "[**[name]**]([name] \"x\")");
        check("[anna-schmidt](https://a.example/x_(y))", "[[name]]([name])");
        check("<a href=\"/users/1\">anna-schmidt</a>", "<a href=\"[name]\">[name]</a>");
        check("<a x='y' href='mailto:a@b.c'>anna-schmidt</a>", "<a x='y' href='[name]'>[name]</a>");
        check("[mit anna-schmidt](https://a.example/u/1)", "[mit [name]](https://a.example/u/1)");
        check("[anna-schmidt](x), [anna-schmidt", "[[name]](x), [anna-schmidt");
        check("[anna-schmidt][1] <b href='/a'>", "[[name]][1] <b href='/a'>");
        check("<a href=/users/1>anna-schmidt</a>", "<a href=/users/1>[name]</a>");
    }
}

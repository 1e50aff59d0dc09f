//! Tags of HTML as they are found in texts
//! ([HTML standard](https://html.spec.whatwg.org/multipage/syntax.html#syntax-tags)).
//!
//! Much that begins with `<` is none: `a < b`, `Vec<u8>`, `<3`, `<anna@example.org>`, `<name>`. So a
//! tag has a known name, and attributes that are written as attributes are.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::rewriting::char_before;

/// How far, in bytes, an escaped tag may reach.
const LONGEST: usize = 300;

/// What becomes of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Around it stands an empty line.
    Paragraph,
    /// Around it a line ends.
    Line,
    /// An item of a list begins.
    Item,
    /// A cell of a table begins.
    Cell,
    /// Its digits are an exponent: `10^2`.
    Raised,
    /// It goes with all that it holds.
    Whole,
    /// Nothing but the tag goes.
    Inline,
}

/// Names with what becomes of them, and whether a start tag is told from a placeholder (`<source>`)
/// although it has neither attributes nor an end.
const ELEMENTS: &[(&str, Effect, bool)] = &[
    ("br", Effect::Line, true),
    ("p", Effect::Paragraph, true),
    ("div", Effect::Line, true),
    ("li", Effect::Item, true),
    ("ul", Effect::Paragraph, true),
    ("ol", Effect::Paragraph, true),
    ("hr", Effect::Paragraph, true),
    ("tr", Effect::Line, true),
    ("td", Effect::Cell, true),
    ("th", Effect::Cell, true),
    ("h1", Effect::Paragraph, true),
    ("h2", Effect::Paragraph, true),
    ("h3", Effect::Paragraph, true),
    ("h4", Effect::Paragraph, true),
    ("h5", Effect::Paragraph, true),
    ("h6", Effect::Paragraph, true),
    ("blockquote", Effect::Paragraph, true),
    ("table", Effect::Paragraph, false),
    ("tbody", Effect::Line, true),
    ("thead", Effect::Line, true),
    ("tfoot", Effect::Line, true),
    ("pre", Effect::Paragraph, false),
    ("dl", Effect::Paragraph, false),
    ("dt", Effect::Line, false),
    ("dd", Effect::Line, false),
    ("section", Effect::Paragraph, false),
    ("article", Effect::Paragraph, false),
    ("header", Effect::Paragraph, false),
    ("footer", Effect::Paragraph, false),
    ("main", Effect::Paragraph, false),
    ("nav", Effect::Paragraph, false),
    ("aside", Effect::Paragraph, false),
    ("figure", Effect::Paragraph, false),
    ("figcaption", Effect::Line, false),
    ("caption", Effect::Line, false),
    ("center", Effect::Line, false),
    ("form", Effect::Paragraph, false),
    ("html", Effect::Paragraph, false),
    ("head", Effect::Paragraph, false),
    ("body", Effect::Paragraph, false),
    ("title", Effect::Paragraph, false),
    ("script", Effect::Whole, false),
    ("style", Effect::Whole, false),
    ("noscript", Effect::Paragraph, false),
    ("details", Effect::Paragraph, false),
    ("summary", Effect::Line, false),
    ("address", Effect::Line, false),
    ("sup", Effect::Raised, false),
    ("a", Effect::Inline, false),
    ("abbr", Effect::Inline, false),
    ("b", Effect::Inline, false),
    ("audio", Effect::Inline, false),
    ("big", Effect::Inline, false),
    ("button", Effect::Inline, false),
    ("cite", Effect::Inline, false),
    ("code", Effect::Inline, false),
    ("del", Effect::Inline, false),
    ("em", Effect::Inline, false),
    ("font", Effect::Inline, false),
    ("i", Effect::Inline, false),
    ("iframe", Effect::Inline, false),
    ("img", Effect::Inline, false),
    ("input", Effect::Inline, false),
    ("ins", Effect::Inline, false),
    ("kbd", Effect::Inline, false),
    ("label", Effect::Inline, false),
    ("link", Effect::Inline, false),
    ("mark", Effect::Inline, false),
    ("meta", Effect::Inline, false),
    ("picture", Effect::Inline, false),
    ("q", Effect::Inline, false),
    ("s", Effect::Inline, false),
    ("samp", Effect::Inline, false),
    ("small", Effect::Inline, false),
    ("span", Effect::Inline, false),
    ("strike", Effect::Inline, false),
    ("strong", Effect::Inline, false),
    ("sub", Effect::Inline, false),
    ("tt", Effect::Inline, false),
    ("u", Effect::Inline, false),
    ("var", Effect::Inline, false),
    ("video", Effect::Inline, false),
    ("wbr", Effect::Inline, true),
];

/// Attributes that are written without a value.
const WITHOUT_VALUE: &[&str] = &[
    "allowfullscreen",
    "async",
    "checked",
    "compact",
    "controls",
    "defer",
    "disabled",
    "hidden",
    "noshade",
    "nowrap",
    "open",
    "readonly",
    "required",
    "reversed",
    "selected",
];

/// A start tag or an end tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) range: Range<usize>,
    /// Its place in the table; equal for tags of the same element.
    pub(super) element: usize,
    pub(super) effect: Effect,
    pub(super) is_end: bool,
    /// Whether it is one, whatever else stands in the text.
    pub(super) is_sure: bool,
}

/// How many elements there are.
pub(super) const fn elements() -> usize {
    ELEMENTS.len()
}

/// Whether what follows an escaped `<` would begin a tag, a comment or the like that is closed.
pub(super) fn opens(after: &str) -> bool {
    let named = after.strip_prefix('/').unwrap_or(after);
    let name = name(named);
    let is_ended = named.get(name.len()..).is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with(['>', '/', '&'])
            || rest.starts_with(char::is_whitespace)
    });
    let is_tag = is_ended && element(name).is_some();
    (is_tag || after.starts_with(['!', '?'])) && is_closed(after)
}

/// Whether a `>` follows on the same line, escaped or not.
fn is_closed(after: &str) -> bool {
    let near = after.as_bytes().get(..LONGEST).unwrap_or(after.as_bytes());
    let near = memchr2(b'\n', b'<', near).and_then(|end| near.get(..end)).unwrap_or(near);
    memchr(b'>', near).is_some()
        || ["gt;", "#62;", "#x3e;", "#x3E;"]
            .iter()
            .any(|one| memmem::find(near, one.as_bytes()).is_some())
}

/// The tag that begins with a `<`. No more is read than up to the next `<`.
pub(super) fn at(text: &str, at: usize) -> Option<Tag> {
    let after = text.get(at + 1..)?;
    let is_end = after.starts_with('/');
    let after = after.strip_prefix('/').unwrap_or(after);
    let name = name(after);
    let element = element(name)?;
    let (_, effect, is_known) = *ELEMENTS.get(element)?;
    let mut rest = after.get(name.len()..)?;
    let mut has_attributes = false;
    loop {
        let spaced = rest.trim_ascii_start();
        let closed = spaced.strip_prefix('/').unwrap_or(spaced);
        if let Some(behind) = closed.strip_prefix('>') {
            let range = at..text.len() - behind.len();
            let is_free =
                !char_before(text, at).is_some_and(|one| one.is_alphanumeric() || one == '_');
            let is_sure = has_attributes
                || (is_known && (is_end || is_free || name.len() > 1))
                || spaced.len() > closed.len();
            return Some(Tag { range, element, effect, is_end, is_sure });
        }
        let is_apart = spaced.len() < rest.len();
        rest = attribute(spaced).filter(|_| is_apart && !is_end)?;
        has_attributes = true;
    }
}

/// The letters and digits with which a tag may begin.
fn name(after: &str) -> &str {
    let length = after.bytes().take(11).take_while(u8::is_ascii_alphanumeric).count();
    after.get(..length).unwrap_or_default()
}

fn element(name: &str) -> Option<usize> {
    if name.is_empty() {
        return None;
    }
    ELEMENTS.iter().position(|(known, ..)| known.eq_ignore_ascii_case(name))
}

/// What follows the attribute with which a text begins.
fn attribute(text: &str) -> Option<&str> {
    let is_of_name = |one: &u8| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'_' | b':');
    let length = text.bytes().take_while(is_of_name).count();
    let (name, rest) = text.split_at_checked(length).filter(|(name, _)| !name.is_empty())?;
    match rest.trim_ascii_start().strip_prefix('=') {
        Some(value) => value_end(value.trim_ascii_start()),
        None => WITHOUT_VALUE.iter().any(|known| known.eq_ignore_ascii_case(name)).then_some(rest),
    }
}

fn value_end(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|one| matches!(one, '"' | '\''));
    match quote {
        Some(quote) => {
            let inside = text.get(1..)?;
            let end =
                inside.find([quote, '<']).filter(|end| inside.get(*end..*end + 1) != Some("<"))?;
            inside.get(end + 1..)
        }
        None => {
            let is_end = |one: char| one.is_ascii_whitespace() || "\"'=<>`".contains(one);
            let end = text.find(is_end).filter(|end| *end > 0)?;
            text.get(end..)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(&str, bool, bool)> {
        let start = text.find('<')?;
        let tag = at(text, start)?;
        Some((&text[tag.range], tag.is_end, tag.is_sure))
    }

    #[test]
    fn tags_are_read_to_their_end() {
        let check = |text, expect: (&str, bool, bool)| assert_eq!(read(text), Some(expect));
        check("a<br>b", ("<br>", false, true));
        check("<BR />", ("<BR />", false, true));
        check("</p >", ("</p >", true, true));
        check("<b>", ("<b>", false, false));
        check("<a href=\"x>y\" title='z'>w", ("<a href=\"x>y\" title='z'>", false, true));
        check("<td width=5 nowrap>", ("<td width=5 nowrap>", false, true));
        check("Vec<p>", ("<p>", false, false));
    }

    #[test]
    fn what_is_none_is_not_read() {
        for text in [
            "a < b",
            "<3",
            "Vec<u8>",
            "<anna@example.org>",
            "<https://example.org>",
            "<i at uni>",
            "<b",
            "<p <b>",
            "x<b and c>d",
            "<a.b@c.de>",
            "<Anna Schmidt>",
            "</b x=1>",
            "<a href=<b>>",
            "<a href=\"x<b>\">",
            "<pre-x>",
            "<>",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

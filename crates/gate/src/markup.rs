//! Markup that may stand between the words of a name: `Anna **Schmidt**`, `<b>Anna</b> Schmidt`,
//! `[Anna](https://example.org) Schmidt`.

use std::ops::Range;

use crate::folding::Folded;

/// No tag is longer, in bytes.
const LONGEST_TAG: usize = 1_000;

/// A text without the markup that stands right beside a space; `None` if it has none.
pub(crate) fn without(folded: &Folded) -> Option<Folded> {
    let text = folded.as_str();
    if !text.bytes().any(|one| matches!(one, b'*' | b'_' | b'`' | b'~' | b'<' | b'[' | b']')) {
        return None;
    }
    let beside: Vec<_> = runs(text).filter(|run| is_beside_space(text, run)).collect();
    (!beside.is_empty()).then(|| folded.without(&beside))
}

/// Where markup stands, as much as stands together.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let may_begin = |one: char| matches!(one, '*' | '_' | '`' | '~' | '<' | '[' | ']');
        loop {
            let start = at + text.get(at..)?.find(may_begin)?;
            let end = end_of_run(text, start);
            at = end.max(start + 1);
            if end > start {
                return Some(start..end);
            }
        }
    })
}

fn end_of_run(text: &str, start: usize) -> usize {
    let mut end = start;
    while let Some(length) = text.get(end..).and_then(length_of_markup) {
        end += length;
    }
    end
}

/// How long the markup is with which a text begins.
fn length_of_markup(text: &str) -> Option<usize> {
    match text.chars().next()? {
        '*' | '_' | '`' | '~' => Some(1),
        '<' => length_of_tag(text),
        '[' => opens_link(text).then_some(1),
        ']' => length_of_address(text),
        _ => None,
    }
}

fn length_of_tag(text: &str) -> Option<usize> {
    let name = text.strip_prefix('<')?;
    let name = name.strip_prefix('/').unwrap_or(name);
    let end = text.bytes().skip(1).take(LONGEST_TAG).position(|one| matches!(one, b'<' | b'>'))?;
    let is_tag = name.starts_with(|one: char| one.is_ascii_alphabetic());
    (is_tag && text.get(end + 1..)?.starts_with('>')).then_some(end + 2)
}

/// Whether the bracket is closed and an address follows.
fn opens_link(text: &str) -> bool {
    let inside = text.strip_prefix('[').unwrap_or_default();
    let end = inside.find(['[', ']']).and_then(|end| inside.get(end..));
    end.is_some_and(|end| length_of_address(end).is_some())
}

/// The end of a link: `](https://example.org)`.
fn length_of_address(text: &str) -> Option<usize> {
    let address = text.strip_prefix("](")?;
    let end = address.find(['(', ')', ' '])?;
    address.get(end..)?.starts_with(')').then_some("](".len() + end + 1)
}

/// Whether a space stands on one side of the markup, and on the other none.
fn is_beside_space(text: &str, run: &Range<usize>) -> bool {
    let before = text.get(..run.start).and_then(|before| before.chars().next_back());
    let after = text.get(run.end..).and_then(|after| after.chars().next());
    matches!((before, after), (Some(before), Some(after)) if (before == ' ') != (after == ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_beside_spaces_is_left_out() {
        let check = |text: &str, expected: Option<&str>| {
            let without = without(&Folded::new(text));
            assert_eq!(without.as_ref().map(Folded::as_str), expected, "{text}");
        };
        check("a **b** c", Some("a b c"));
        check("<a href='x y'>a</a> <b><i>b</i></b> c", Some("<a href='x y'>a b c"));
        check("[a](x) b, a [b](x)!", Some("[a b, a b](x)!"));
        for text in ["a b", "a * b", "a_b", "1 < 2, 3 > 2", "a [b] c]", "* a", "a <b"] {
            check(text, None);
        }
    }
}

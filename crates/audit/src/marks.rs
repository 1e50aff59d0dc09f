//! A folded text without the markup beside its spaces: stars, underscores, tags, and what makes a
//! link of words.

use crate::spelling::Folded;

/// What stands between `<` and `>` is no tag if it is longer, in bytes.
const TAG: usize = 1_000;

/// The text without its markup; `None` if there is none beside a space.
pub(crate) fn without_marks(folded: &Folded) -> Option<Folded> {
    let text = folded.text.as_str();
    let mut kept = vec![true; text.len()];
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = length_of_marks(rest);
        let before = text.get(..at).unwrap_or_default();
        let after = rest.get(length..).unwrap_or_default();
        if length > 0 && is_one_space(before.chars().next_back(), after.chars().next()) {
            kept.iter_mut().skip(at).take(length).for_each(|byte| *byte = false);
        }
        at += length.max(rest.chars().next().map_or(1, char::len_utf8));
    }
    kept.contains(&false).then(|| folded.only(&kept))
}

/// Whether one of the two is a space and the other is something else.
fn is_one_space(before: Option<char>, after: Option<char>) -> bool {
    let spaces = [before, after].iter().filter(|one| **one == Some(' ')).count();
    before.is_some() && after.is_some() && spaces == 1
}

/// How many bytes of markup a text begins with.
fn length_of_marks(text: &str) -> usize {
    let mut rest = text;
    while let Some(after) = after_mark(rest) {
        rest = after;
    }
    text.len() - rest.len()
}

/// What follows the one mark that a text begins with.
fn after_mark(text: &str) -> Option<&str> {
    match text.as_bytes().first()? {
        b'*' | b'_' | b'`' | b'~' => text.get(1..),
        b'<' => after_tag(text.get(1..)?),
        b'[' => {
            let words = text.get(1..)?;
            let end = words.get(words.find(['[', ']'])?..)?;
            after_address(end).and(Some(words))
        }
        b']' => after_address(text),
        _ => None,
    }
}

fn after_tag(text: &str) -> Option<&str> {
    let (tag, after) = text.split_at_checked(text.find(['<', '>'])?)?;
    let after = after.strip_prefix('>')?;
    let first = tag.trim_start_matches('/').chars().next()?;
    let is_tag = first.is_ascii_alphabetic() && !tag.starts_with("//");
    (is_tag && tag.len() < TAG).then_some(after)
}

fn after_address(text: &str) -> Option<&str> {
    let address = text.strip_prefix("](")?;
    address.get(address.find(['(', ')', ' '])?..)?.strip_prefix(')')
}

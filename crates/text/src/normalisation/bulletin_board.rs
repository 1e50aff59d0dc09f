//! BBCode, where it is plain: a name in square brackets and the same name with a slash.

use std::ops::Range;

use memchr::{memchr_iter, memmem};

use super::{
    code::Code,
    rewriting::{Rewriting, Rewritten},
};

/// Names with whether a line ends around them.
const NAMES: &[(&str, bool)] = &[
    ("b", false),
    ("i", false),
    ("u", false),
    ("s", false),
    ("url", false),
    ("color", false),
    ("size", false),
    ("font", false),
    ("center", true),
    ("quote", true),
];

struct Tag {
    range: Range<usize>,
    name: usize,
    is_end: bool,
}

/// Takes away tags that have their counterpart.
pub(super) fn strip(text: &str) -> Option<Rewritten> {
    memmem::find(text.as_bytes(), b"[/")?;
    let tags = tags(text);
    let mut open = vec![Vec::new(); NAMES.len()];
    let mut paired = vec![false; tags.len()];
    for (index, tag) in tags.iter().enumerate() {
        let Some(open) = open.get_mut(tag.name) else { continue };
        if !tag.is_end {
            open.push(index);
        } else if let Some(start) = open.pop() {
            paired.get_mut(start).into_iter().for_each(|one| *one = true);
            paired.get_mut(index).into_iter().for_each(|one| *one = true);
        }
    }
    let mut rewriting = Rewriting::new(text);
    for (tag, _) in tags.into_iter().zip(paired).filter(|(_, is_paired)| *is_paired) {
        let is_block = NAMES.get(tag.name).is_some_and(|(_, is_block)| *is_block);
        let written = rewriting.written_to(tag.range.start);
        let is_needed = is_block && !written.is_empty() && !written.ends_with('\n');
        let with = if is_needed && tag.range.end < text.len() { "\n" } else { "" };
        rewriting.replace(tag.range, with);
    }
    rewriting.finish()
}

fn tags(text: &str) -> Vec<Tag> {
    let code = Code::of(text);
    memchr_iter(b'[', text.as_bytes())
        .filter(|at| !code.holds(*at))
        .filter_map(|at| tag_at(text, at))
        .collect()
}

fn tag_at(text: &str, at: usize) -> Option<Tag> {
    let inside = text.get(at + 1..)?;
    let length = inside.bytes().take(300).position(|one| matches!(one, b'[' | b']' | b'\n'))?;
    let inside =
        inside.get(..length).filter(|_| text.as_bytes().get(at + 1 + length) == Some(&b']'))?;
    let is_end = inside.starts_with('/');
    let called = match is_end {
        true => inside.get(1..)?,
        false => inside.split_once('=').map_or(inside, |(name, _)| name),
    };
    let name = NAMES.iter().position(|(name, _)| name.eq_ignore_ascii_case(called))?;
    Some(Tag { range: at..at + length + 2, name, is_end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let stripped = strip(text).map_or_else(|| text.to_owned(), |one| one.text);
        assert_eq!(stripped, expect, "{text}");
    }

    #[test]
    fn pairs_go() {
        check("a [b]bold[/b] word", "a bold word");
        check("[url=https://example.org]here[/url]", "here");
        check("x[QUOTE]y[/QUOTE]z", "x\ny\nz");
    }

    #[test]
    fn what_has_no_counterpart_stays() {
        for text in ["a[i] = b[i]", "[b]", "x[/b]", "[link](/url)", "`[b]x[/b]`", "[1/2] [/]"] {
            check(text, text);
        }
    }
}

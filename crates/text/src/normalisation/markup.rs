//! Tags that were left in a text.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::{
    bulletin_board,
    code::Code,
    rewriting::{Rewriting, Rewritten, char_at},
    tags::{self, Effect, Tag},
};

/// Takes away tags of HTML and of BBCode; what stands between them stays.
pub(super) fn strip(text: &str) -> Option<Rewritten> {
    let stripped = strip_html(text);
    let rest = stripped.as_ref().map_or(text, |one| &one.text);
    match (bulletin_board::strip(rest), stripped) {
        (Some(last), Some(first)) => Some(Rewritten { places: first.places + last.places, ..last }),
        (last, first) => last.or(first),
    }
}

/// How far behind a tag, in bytes, a line end is one of the tag's own.
const FARTHEST_LINE_END: usize = 8;

/// What goes from a text.
enum Piece {
    Comment(Range<usize>),
    Tag(Tag),
}

fn strip_html(text: &str) -> Option<Rewritten> {
    memchr(b'<', text.as_bytes())?;
    let pieces = pieces(text);
    if pieces.is_empty() {
        return None;
    }
    let ends = ends(&pieces);
    let mut rewriting = Rewriting::new(text);
    for (index, piece) in pieces.iter().enumerate() {
        let (range, end) = match piece {
            Piece::Comment(range) => (range, None),
            Piece::Tag(tag) => (&tag.range, ends.get(index).copied().flatten()),
        };
        if range.start < rewriting.done() {
            continue;
        }
        match piece {
            Piece::Comment(range) => rewriting.replace(range.clone(), ""),
            Piece::Tag(tag) if tag.effect == Effect::Whole => {
                let end = end.and_then(|end| tag_at(&pieces, end)).filter(|_| !tag.is_end);
                if let Some(end) = end {
                    rewriting.replace(tag.range.start..end.range.end, "");
                }
            }
            Piece::Tag(tag) if tag.is_sure || end.is_some() => take_away(text, tag, &mut rewriting),
            Piece::Tag(_) => {}
        }
    }
    rewriting.finish()
}

/// Comments and tags in order, but for those in code.
fn pieces(text: &str) -> Vec<Piece> {
    let code = Code::of(text);
    let last_comment_end = memmem::rfind(text.as_bytes(), b"-->").unwrap_or_default();
    let mut lines = CodeLines { text, end: 0, is_code: false };
    let (mut pieces, mut done) = (Vec::new(), 0);
    for at in memchr_iter(b'<', text.as_bytes()) {
        if at < done || code.holds(at) {
            continue;
        }
        let comment = comment(text, at, last_comment_end).map(Piece::Comment);
        let piece = comment.or_else(|| tags::at(text, at).map(Piece::Tag));
        let Some(piece) = piece.filter(|_| !lines.holds(at)) else { continue };
        done = match &piece {
            Piece::Comment(range) => range.end,
            Piece::Tag(tag) => tag.range.end,
        };
        pieces.push(piece);
    }
    pieces
}

fn comment(text: &str, at: usize, last_end: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    if let Some(inside) = rest.strip_prefix("<!--").filter(|_| at < last_end) {
        let end = memmem::find(inside.as_bytes(), b"-->")?;
        return Some(at..at + 4 + end + 3);
    }
    let is_kind = rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
    let end = rest.bytes().take(200).position(|one| one == b'>').filter(|_| is_kind)?;
    Some(at..at + end + 1)
}

/// Lines that end as statements do, so that what looks like a tag in them is code.
struct CodeLines<'a> {
    text: &'a str,
    /// Where the line ends that was looked at last.
    end: usize,
    is_code: bool,
}

impl CodeLines<'_> {
    fn holds(&mut self, at: usize) -> bool {
        if at >= self.end {
            let before = self.text.as_bytes().get(self.end..at).unwrap_or_default();
            let start = memrchr(b'\n', before).map_or(self.end, |line_end| self.end + line_end + 1);
            let rest = self.text.as_bytes().get(at..).unwrap_or_default();
            self.end = memchr(b'\n', rest).map_or(self.text.len(), |length| at + length + 1);
            let line = self.text.get(start..self.end).unwrap_or_default().trim_ascii();
            self.is_code = !line.starts_with('<')
                && (line.ends_with(['{', '}']) || line.ends_with(");") || line.ends_with("\";"));
        }
        self.is_code
    }
}

/// For every tag, which one ends or begins what it begins or ends.
fn ends(pieces: &[Piece]) -> Vec<Option<usize>> {
    let mut open = vec![Vec::new(); tags::elements()];
    let mut ends = vec![None; pieces.len()];
    for (index, piece) in pieces.iter().enumerate() {
        let Piece::Tag(tag) = piece else { continue };
        let Some(open) = open.get_mut(tag.element) else { continue };
        if !tag.is_end {
            open.push(index);
        } else if let Some(start) = open.pop() {
            ends.get_mut(start).into_iter().for_each(|end| *end = Some(index));
            ends.get_mut(index).into_iter().for_each(|end| *end = Some(start));
            if tag.effect == Effect::Whole {
                // within a script, what looks like the start of another is none
                open.drain(..).for_each(|first| {
                    ends.get_mut(first).into_iter().for_each(|end| *end = Some(index));
                });
            }
        }
    }
    ends
}

fn tag_at(pieces: &[Piece], index: usize) -> Option<&Tag> {
    match pieces.get(index)? {
        Piece::Tag(tag) => Some(tag),
        Piece::Comment(_) => None,
    }
}

/// Puts in the place of a tag what parts its words from those around it.
fn take_away(text: &str, tag: &Tag, rewriting: &mut Rewriting<'_>) {
    let written = rewriting.written_to(tag.range.start);
    let breaks = match tag.effect {
        Effect::Paragraph => 2,
        Effect::Line | Effect::Item => 1,
        Effect::Cell | Effect::Raised | Effect::Whole | Effect::Inline => 0,
    };
    let is_first_of_item = written.ends_with("\n- ") || written == "- ";
    if breaks > 0 && !is_first_of_item {
        written.truncate(written.trim_end_matches([' ', '\t']).len());
    }
    let there = line_ends_around(written, text, tag.range.end);
    let is_wanted = !written.is_empty() && !is_first_of_item && tag.range.end < text.len();
    let wanted = if is_wanted { usize::saturating_sub(breaks, there) } else { 0 };
    let starts_item = tag.effect == Effect::Item && !tag.is_end;
    let with = match tag.effect {
        _ if wanted == 2 => "\n\n",
        _ if starts_item && (wanted == 1 || written.ends_with(|one| one != '\n')) => "\n- ",
        _ if starts_item => "- ",
        _ if wanted == 1 => "\n",
        Effect::Cell if !tag.is_end && !written.is_empty() && !written.ends_with('\n') => " ",
        Effect::Raised if !tag.is_end && is_exponent(text, tag.range.end) => "^",
        _ => "",
    };
    let mut range = tag.range.clone();
    if starts_item {
        let rest = text.get(range.end..).unwrap_or_default();
        range.end = text.len() - rest.trim_ascii_start().len();
    }
    rewriting.replace(range, with);
}

/// How many lines end right before and right after a tag.
fn line_ends_around(written: &str, text: &str, end: usize) -> usize {
    let before = written.bytes().rev().take(2).take_while(|one| *one == b'\n').count();
    let after = text.as_bytes().get(end..).unwrap_or_default().iter().take(FARTHEST_LINE_END);
    before + after.take_while(|one| one.is_ascii_whitespace()).filter(|one| **one == b'\n').count()
}

/// Whether what is raised is a power, and not the end of a word (`1<sup>st</sup>`) or a note.
fn is_exponent(text: &str, at: usize) -> bool {
    char_at(text, at).is_some_and(|one| one.is_ascii_digit() || matches!(one, '-' | '+' | '−'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let stripped = strip(text).map_or_else(|| text.to_owned(), |one| one.text);
        assert_eq!(stripped, expect, "{text}");
    }

    #[test]
    fn inline_tags_leave_their_words() {
        check("a <b>bold</b> word", "a bold word");
        check("<a href=\"https://example.org\">here</a>", "here");
        check("<span style='x'>cut", "cut");
        check("10<sup>2</sup>, H<sub>2</sub>O, 1<sup>st</sup>", "10^2, H2O, 1st");
    }

    #[test]
    fn blocks_become_lines() {
        check("one<br>two<br/>three", "one\ntwo\nthree");
        check("<p>one</p><p>two</p>", "one\n\ntwo");
        check("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc");
        check("<ul>\n<li>\n<p>a</p>\n</li>\n<li>b</li>\n</ul>", "\n- a\n\n\n- b\n");
        check("a<br>\nb", "a\nb");
        check("<tr><td>a</td><td>b</td></tr>", "a b");
        check("x <div>y</div> z", "x\ny\n z");
    }

    #[test]
    fn scripts_styles_and_comments_go_whole() {
        check("a<script>if (x<b) { y }</script>b", "ab");
        check("a<style>p { x }</style><!-- <b> -->b", "ab");
        check("a<script>b", "a<script>b");
        check("a<!-- b", "a<!-- b");
        check("<!DOCTYPE html>a", "a");
        check("a<script>\"<script>\"</script>b", "ab");
    }

    #[test]
    fn what_is_no_markup_stays() {
        for text in [
            "a < b and c > d",
            "Vec<u8>, List<b>, Foo<P>",
            "I <3 you",
            "<anna@example.org>",
            "git clone <source> <title>",
            "x<i && i>y",
            "the <b> tag",
            "`<br>` is a tag",
            "```\n<p>x</p>\n```",
            "return <div>{x}</div>);",
            "**bold** [b](c) > quote",
            "a[b] = c[i]",
        ] {
            check(text, text);
        }
    }
}

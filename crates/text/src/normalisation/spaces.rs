//! White space.

use std::cell::OnceCell;

use memchr::{memchr, memrchr};

use super::{
    code::Code,
    rewriting::{Rewriting, Rewritten, char_at, char_before},
};

/// What [`weight`] gives for a byte.
#[expect(clippy::indexing_slicing, reason = "a byte is below 256, and the loop ends in time")]
const WEIGHTS: [u8; 256] = {
    let mut weights = [0; 256];
    let others: &[u8] = b"\t\n\r\x0b\x0c\xc2\xe1\xe2\xe3\xef";
    let mut index = 0;
    while index < others.len() {
        weights[others[index] as usize] = 2;
        index += 1;
    }
    weights[b' ' as usize] = 1;
    weights
};

/// How many lines may end in a row: at most one empty line stands between two others.
const MOST_LINE_ENDS: usize = 2;

/// From how many spaces on a gap is wide: one in a line may be a slip, several are columns.
const WIDE: usize = 4;

/// From how many spaces at its start on a line is laid out by hand.
const INDENTED: usize = 2;

/// Tidies white space. What stands between two words is one place.
///
/// Several spaces become one where they stand in prose. Code and tables are often not marked as what
/// they are, so a line that is indented or has columns keeps its spaces, and so does a gap that is not
/// before a word.
pub(super) fn tidy(text: &str) -> Option<Rewritten> {
    let mut rewriting = Rewriting::new(text);
    let code = OnceCell::new();
    let mut line = Line { text, end: 0, is_laid_out: false };
    let (mut at, mut tidy) = (0, String::new());
    while let Some(start) = next_gap(text.as_bytes(), at) {
        let gap = Gap::at(text, start);
        at = gap.end.max(start + char_at(text, start).map_or(1, char::len_utf8));
        if gap.end == start {
            continue;
        }
        tidy.clear();
        if gap.is_within_line(text) {
            let is_code = || code.get_or_init(|| Code::of(text)).holds(start);
            let is_prose = gap.is_in_prose(text) && !line.is_laid_out(start) && !is_code();
            gap.write_within(text, is_prose, &mut tidy);
        } else {
            gap.write(text, &mut tidy);
        }
        if text.get(start..gap.end) != Some(&tidy) {
            rewriting.replace(start..gap.end, &tidy);
        }
    }
    rewriting.finish()
}

/// Where the next white space may begin that is not a single space between two other characters.
fn next_gap(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let mut before = 0;
    let found = rest.iter().position(|byte| {
        let weight = weight(*byte);
        let is_found = weight + before > 1;
        before = weight & 1;
        is_found
    });
    let end = found.unwrap_or(rest.len());
    let is_space = rest.get(..end).is_some_and(|before| before.ends_with(b" "));
    match found {
        Some(_) => Some(from + end - usize::from(is_space)),
        None => is_space.then(|| bytes.len() - 1),
    }
}

/// 1 for a space, of which two are a gap, and 2 for a byte with which other white space begins.
fn weight(byte: u8) -> u8 {
    WEIGHTS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// The line that was looked at last.
struct Line<'a> {
    text: &'a str,
    end: usize,
    is_laid_out: bool,
}

impl Line<'_> {
    /// Whether the line at a byte has columns or is indented. Bytes are asked for in order.
    fn is_laid_out(&mut self, at: usize) -> bool {
        if at >= self.end {
            let bytes = self.text.as_bytes();
            let start = bytes.get(self.end..at).and_then(|before| memrchr(b'\n', before));
            let start = start.map_or(self.end, |before| self.end + before + 1);
            let length = bytes.get(at..).and_then(|after| memchr(b'\n', after));
            self.end = length.map_or(bytes.len(), |length| at + length + 1);
            let line = self.text.get(start..self.end).unwrap_or_default();
            self.is_laid_out = is_laid_out(line);
        }
        self.is_laid_out
    }
}

fn is_laid_out(line: &str) -> bool {
    let is_blank = |one: &u8| matches!(one, b' ' | b'\t');
    let runs = line.as_bytes().chunk_by(|one, next| is_blank(one) == is_blank(next));
    let mut wide = 0;
    for (index, run) in runs.enumerate().filter(|(_, run)| run.first().is_some_and(is_blank)) {
        if index == 0 && (run.len() >= INDENTED || run.contains(&b'\t')) {
            return true;
        }
        wide += usize::from(run.len() >= WIDE);
    }
    wide > 1
}

/// White space between two words, or at the start or the end of a text.
struct Gap {
    start: usize,
    end: usize,
    line_ends: usize,
    /// Where the last line begins, if any ends.
    last_line: usize,
    width: usize,
}

impl Gap {
    fn at(text: &str, start: usize) -> Self {
        let mut gap = Self { start, end: start, line_ends: 0, last_line: start, width: 0 };
        let mut is_return = false;
        for one in text.get(start..).into_iter().flat_map(str::chars) {
            let is_line_end = is_line_end(one);
            if !is_line_end && !is_space(one) {
                break;
            }
            gap.end += one.len_utf8();
            gap.line_ends += usize::from(is_line_end && !(is_return && one == '\n'));
            gap.last_line = if is_line_end { gap.end } else { gap.last_line };
            gap.width += 1;
            is_return = one == '\r';
        }
        gap
    }

    /// Writes what should stand there.
    fn write(&self, text: &str, tidy: &mut String) {
        let is_start = self.start == 0;
        let is_end = self.end == text.len();
        let most = if is_end { 1 } else { MOST_LINE_ENDS };
        let line_ends = if is_start { 0 } else { self.line_ends.min(most) };
        tidy.extend(std::iter::repeat_n('\n', line_ends));
        if is_end {
            return;
        }
        self.write_blanks(text, tidy);
    }

    const fn is_within_line(&self, text: &str) -> bool {
        self.line_ends == 0 && self.start > 0 && self.end < text.len()
    }

    /// Whether it stands between the words of a sentence, or between two sentences.
    fn is_in_prose(&self, text: &str) -> bool {
        let is_before =
            |one: char| one.is_alphanumeric() || ".,;:!?)]\"'”’“»›…*_-–—%`$".contains(one);
        let is_after = |one: char| one.is_alphabetic() || "([\"'„“”‘«‹»›@*_–—`$".contains(one);
        self.width > 1
            && char_before(text, self.start).is_some_and(is_before)
            && char_at(text, self.end).is_some_and(is_after)
    }

    fn write_within(&self, text: &str, is_prose: bool, tidy: &mut String) {
        match is_prose {
            true => tidy.push(' '),
            false => self.write_blanks(text, tidy),
        }
    }

    /// Writes as many plain spaces and tabs as there are after the last line end.
    fn write_blanks(&self, text: &str, tidy: &mut String) {
        let blanks = text.get(self.last_line..self.end).unwrap_or_default();
        tidy.extend(blanks.chars().map(|one| if one == '\t' { '\t' } else { ' ' }));
    }
}

const fn is_line_end(one: char) -> bool {
    matches!(one, '\n' | '\r' | '\x0b' | '\x0c' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Blank characters of any width; also fillers that members use as such.
const fn is_space(one: char) -> bool {
    matches!(
        one,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}'
                | '\u{202f}'
                | '\u{205f}'
                | '\u{2800}'
                | '\u{3000}'
                | '\u{3164}'
                | '\u{ffa0}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let tidied = tidy(text).map_or_else(|| text.to_owned(), |one| one.text);
        assert_eq!(tidied, expect, "{text:?}");
    }

    #[test]
    fn spaces_within_a_line_become_one() {
        check("a  b   c", "a b c");
        check("a\u{a0}b\u{2009}\u{3000}c", "a b c");
        check("a\tb \tc", "a\tb c");
        check("Yes.   No", "Yes. No");
        check("a\u{2800}\u{3164}b", "a b");
    }

    #[test]
    fn indentation_stays() {
        check("a\n    b\n\tc", "a\n    b\n\tc");
        check("  a", "  a");
        check("a\n\u{3000}b", "a\n b");
    }

    #[test]
    fn lines_end_with_one_sign_and_no_space() {
        check("a \r\nb\rc\u{2028}d\x0be\u{85}f", "a\nb\nc\nd\ne\nf");
        check("a  \n  \n\n\n b", "a\n\n b");
        check("a\r\n\r\nb", "a\n\nb");
    }

    #[test]
    fn nothing_is_left_around_a_text() {
        check("\n\n  a\n", "  a\n");
        check("a  ", "a");
        check("a\n\n \n", "a\n");
        check(" \n\t", "");
    }

    #[test]
    fn what_is_laid_out_keeps_its_spaces() {
        for text in [
            "n = 5  # must be",
            "  a  b",
            "Name    Age    Town",
            "│    │  │",
            "[-1  7 11]",
            "x\n  a  b",
            "a &  b",
            "a\tb",
        ] {
            check(text, text);
        }
        check("  a\u{a0} b", "  a  b");
        check("x\n  a  b\nc  d", "x\n  a  b\nc d");
    }

    #[test]
    fn code_keeps_its_spaces() {
        check("`a  b`  c", "`a  b` c");
        check("```\na  = b \n```", "```\na  = b\n```");
    }
}

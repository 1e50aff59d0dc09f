//! Where code stands in a text of Markdown: what is written there is meant as it is written.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

/// A longer row of backticks opens no code within a line.
const LONGEST_ROW: usize = 8;

/// From how many spaces on a line after an empty one is code.
const INDENTATION: usize = 4;

/// Fences, indented blocks and code within lines
/// ([CommonMark 0.31](https://spec.commonmark.org/0.31.2/#fenced-code-blocks)).
///
/// A code within a line ends on its line, and a block is indented only after an empty line.
#[derive(Debug, Default)]
pub(super) struct Code {
    /// In order, and apart from each other.
    ranges: Vec<Range<usize>>,
}

impl Code {
    pub(super) fn of(text: &str) -> Self {
        let mut code = Self::default();
        let mut fence: Option<Fence> = None;
        let mut may_be_indented = true;
        for (start, line) in lines(text) {
            let whole = start..start + line.len();
            match &fence {
                Some(open) => {
                    let is_closed = open.is_closed_by(line);
                    code.ranges.push(whole);
                    fence = fence.filter(|_| !is_closed);
                }
                None if line.trim_ascii().is_empty() => may_be_indented = true,
                None if may_be_indented && is_indented(line) => code.ranges.push(whole),
                None => {
                    may_be_indented = false;
                    fence = Fence::opened_by(line);
                    match fence {
                        Some(_) => code.ranges.push(whole),
                        None => code.within(line, start),
                    }
                }
            }
        }
        code
    }

    /// Whether code stands at a byte.
    pub(super) fn holds(&self, at: usize) -> bool {
        let next = self.ranges.partition_point(|one| one.end <= at);
        self.ranges.get(next).is_some_and(|one| one.start <= at)
    }

    /// Finds code between rows of backticks that are as long as each other.
    fn within(&mut self, line: &str, start: usize) {
        let rows = rows(line);
        // once a row of some length is not met again, none of that length is
        let mut is_alone = [false; LONGEST_ROW + 1];
        let mut index = 0;
        while let Some(open) = rows.get(index) {
            index += 1;
            let Some(alone) = is_alone.get_mut(open.len()).filter(|alone| !**alone) else {
                continue;
            };
            let rest = rows.get(index..).unwrap_or_default();
            match rest.iter().position(|row| row.len() == open.len()) {
                Some(ahead) => {
                    let end = rest.get(ahead).map_or(open.end, |row| row.end);
                    self.ranges.push(start + open.start..start + end);
                    index += ahead + 1;
                }
                None => *alone = true,
            }
        }
    }
}

/// What opened a block: a row of backticks or tildes.
struct Fence {
    sign: u8,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let (sign, length, rest) = Self::row(line)?;
        let is_fence = length >= 3 && !(sign == b'`' && rest.contains('`'));
        is_fence.then_some(Self { sign, length })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        Self::row(line).is_some_and(|(sign, length, rest)| {
            sign == self.sign && length >= self.length && rest.trim_ascii().is_empty()
        })
    }

    fn row(line: &str) -> Option<(u8, usize, &str)> {
        let line = line.trim_start_matches(['>', ' ', '\t']);
        let sign = line.bytes().next().filter(|sign| matches!(sign, b'`' | b'~'))?;
        let length = line.bytes().take_while(|one| *one == sign).count();
        Some((sign, length, line.get(length..)?))
    }
}

/// Where rows of backticks stand in a line.
fn rows(line: &str) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    for at in memchr_iter(b'`', line.as_bytes()) {
        match rows.last_mut().filter(|row| row.end == at) {
            Some(row) => row.end += 1,
            None => rows.push(at..at + 1),
        }
    }
    rows
}

/// Lines with where they start, each without the LF that ends it.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let rest = text.get(start..)?;
        let length = memchr(b'\n', rest.as_bytes());
        at = length.map(|length| start + length + 1);
        Some((start, rest.get(..length.unwrap_or(rest.len()))?))
    })
}

fn is_indented(line: &str) -> bool {
    let spaces = line.bytes().take_while(|one| *one == b' ').count();
    spaces >= INDENTATION || line.get(spaces..).is_some_and(|rest| rest.starts_with('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stars stand where code is.
    fn check(text: &str, expect: &str) {
        let code = Code::of(text);
        let found: String = text
            .char_indices()
            .map(|(at, one)| if one != '\n' && code.holds(at) { '*' } else { one })
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn code_within_a_line_lies_between_equal_rows() {
        check("a `b` c", "a *** c");
        check("a ``b ` c`` d", "a ********* d");
        check("a `b c", "a `b c");
        check("a `b\nc` d", "a `b\nc` d");
        check("`a` b `c`", "*** b ***");
        check("`` a ` b ` c", "`` a ***** c");
    }

    #[test]
    fn a_fence_ends_with_one_of_its_kind_or_never() {
        check("a\n```rust\nb\n```\nc", "a\n*******\n*\n***\nc");
        check("~~~\n```\n~~~~\nc", "***\n***\n****\nc");
        check("```\na\n\nb", "***\n*\n\n*");
        check("``` a ``` b", "********* b");
        check("> ```\n> a\n> ```\nb", "*****\n***\n*****\nb");
    }

    #[test]
    fn an_indented_block_follows_an_empty_line() {
        check("a\n\n    b\n    c\nd", "a\n\n*****\n*****\nd");
        check("a\n    b", "a\n    b");
        check("\ta", "**");
    }
}

use std::io::{self, BufRead, Read as _};

/// A row longer than this many bytes is refused without being held in memory.
pub const LONGEST_ROW: usize = 16 * 1024 * 1024;

/// How much of a row that is too long is read at once while it is passed over.
const SKIP: u64 = 64 * 1024;

/// Cuts a stream of bytes at a delimiter and keeps count of lines.
#[derive(Debug)]
pub struct Pieces<R> {
    reader: R,
    delimiter: u8,
    longest: usize,
    line: u64,
    bytes_read: u64,
}

/// What stands between two delimiters.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// The line on which it starts, from 1.
    pub line: u64,
    /// Its bytes without the delimiter; `None` if it is too long.
    pub bytes: Option<Vec<u8>>,
    /// Whether a delimiter ended it; otherwise the input did, so far.
    pub is_ended: bool,
}

impl<R: BufRead> Pieces<R> {
    /// Reads on from `reader`; pieces hold at most `longest` bytes.
    pub const fn new(reader: R, delimiter: u8, longest: usize) -> Self {
        Self::starting_at(reader, delimiter, longest, 1)
    }

    /// The same for a reader that stands at the start of a line further on.
    pub(crate) const fn starting_at(reader: R, delimiter: u8, longest: usize, line: u64) -> Self {
        Self { reader, delimiter, longest, line, bytes_read: 0 }
    }

    /// Bytes consumed so far.
    pub const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The line that comes next, from 1.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// The bytes that come next, as many as are there at once.
    ///
    /// # Errors
    /// If the bytes cannot be read.
    pub(crate) fn peek(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// If the bytes cannot be read.
    #[expect(clippy::should_implement_trait, reason = "an iterator would go on after an error")]
    pub fn next(&mut self) -> io::Result<Option<Piece>> {
        let line = self.line;
        let mut bytes = Vec::new();
        let bound = u64::try_from(self.longest).unwrap_or(u64::MAX).saturating_add(1);
        if self.read_some(bound, &mut bytes)? == 0 {
            return Ok(None);
        }
        let is_ended = bytes.last() == Some(&self.delimiter);
        if is_ended {
            bytes.pop();
        } else if bytes.len() > self.longest {
            let is_ended = self.skip(&mut bytes)?;
            return Ok(Some(Piece { line, bytes: None, is_ended }));
        }
        Ok(Some(Piece { line, bytes: Some(bytes), is_ended }))
    }

    /// Reads up to the next delimiter, and tells whether there is one.
    fn skip(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            *bytes = Vec::new();
            let read = self.read_some(SKIP, bytes)?;
            let is_ended = bytes.last() == Some(&self.delimiter);
            if read == 0 || is_ended {
                return Ok(is_ended);
            }
        }
    }

    fn read_some(&mut self, bound: u64, bytes: &mut Vec<u8>) -> io::Result<usize> {
        let read = (&mut self.reader).take(bound).read_until(self.delimiter, bytes)?;
        let newlines = memchr::memchr_iter(b'\n', bytes).count();
        self.line += u64::try_from(newlines).unwrap_or(0);
        self.bytes_read += u64::try_from(read).unwrap_or(0);
        Ok(read)
    }
}

impl<R: io::Read> Pieces<io::BufReader<R>> {
    /// Whether the next piece can be had without reading on, which may have to wait.
    pub(crate) fn has_next(&self) -> bool {
        self.reader.buffer().contains(&self.delimiter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(input: &[u8], longest: usize) -> Vec<(u64, Option<String>)> {
        let mut pieces = Pieces::new(input, b'\n', longest);
        let mut all = Vec::new();
        while let Some(piece) = pieces.next().unwrap() {
            let text = piece.bytes.map(|bytes| String::from_utf8(bytes).unwrap());
            all.push((piece.line, text));
        }
        assert_eq!(pieces.bytes_read(), input.len() as u64);
        all
    }

    #[test]
    fn a_piece_that_is_too_long_costs_only_itself() {
        let input = format!("one\n{}\nthree", "x".repeat(200_000));
        let expected = vec![(1, Some("one".into())), (2, None), (3, Some("three".into()))];
        assert_eq!(pieces(input.as_bytes(), 100), expected);
    }

    #[test]
    fn the_bound_itself_is_not_too_long() {
        let expected = vec![(1, Some("abc".into())), (2, None), (3, Some("abc".into()))];
        assert_eq!(pieces(b"abc\nabcd\nabc", 3), expected);
    }
}

//! Rows of separated values, as LinkedIn writes them: quoted with doubled quotes or, in some
//! files, with backslashes; ends of lines of both kinds; line breaks inside of quotes.

use std::io::{self, BufRead, Write};

/// Cuts a stream into rows of fields and keeps count of lines.
pub(super) struct Rows<R> {
    reader: R,
    /// Whether `\"` is a quote inside of quotes.
    escapes: bool,
    longest: usize,
    line: u64,
    bytes_read: u64,
}

/// What a row is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It has its end.
    Whole,
    /// It is longer than the bound; what follows its next line end is read as rows again.
    TooLong,
    /// The stream ends inside of quotes.
    CutShort,
    /// Something stands behind a closing quote. A quote may be missing before it, and then other
    /// rows are swallowed.
    BadQuotes,
    /// A carriage return stands alone outside of quotes. If it ends lines, rows are swallowed.
    BareReturn,
}

/// One row, or only the fact that there is one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CsvRow {
    /// The line on which it starts, from 1.
    pub(super) line: u64,
    /// What it is like.
    pub(super) shape: Shape,
    /// The fields without quotes, one after the other.
    bytes: Vec<u8>,
    /// Where each field ends in `bytes`.
    ends: Vec<usize>,
    /// Whether anything stood there.
    is_blank: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a backslash inside of quotes.
    Escaped,
    /// After a quote inside of quotes: the end of the field, or the first half of a quote.
    QuoteSeen,
    /// After a carriage return outside of quotes: the first half of the end of a line.
    ReturnSeen,
}

impl CsvRow {
    /// Every field as it stands between its quotes.
    pub(super) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }

    /// How many fields there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }
}

impl<R: BufRead> Rows<R> {
    pub(super) const fn new(reader: R, escapes: bool, longest: usize) -> Self {
        Self { reader, escapes, longest, line: 1, bytes_read: 0 }
    }

    /// Bytes consumed so far.
    pub(super) const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// What the rows are cut from.
    pub(super) const fn reader(&mut self) -> &mut R {
        &mut self.reader
    }

    /// The first bytes, without consuming them.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    /// Passes over so many bytes that were peeked at.
    pub(super) fn skip(&mut self, count: usize) {
        self.reader.consume(count);
        self.bytes_read += count as u64;
    }

    /// The next row that is not blank; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<CsvRow>> {
        loop {
            match self.read(true)? {
                Some(row) if row.is_blank => {}
                row => return Ok(row),
            }
        }
    }

    /// Passes over the next row that is not blank without holding any of it, and tells the line
    /// on which it started; `None` at the end.
    pub(super) fn pass(&mut self) -> io::Result<Option<u64>> {
        loop {
            match self.read(false)? {
                Some(row) if row.is_blank => {}
                row => return Ok(row.map(|row| row.line)),
            }
        }
    }

    fn read(&mut self, keeps: bool) -> io::Result<Option<CsvRow>> {
        let shape = Shape::Whole;
        let (line, bytes, ends) = (self.line, Vec::new(), Vec::new());
        let mut row = CsvRow { line, shape, bytes, ends, is_blank: true };
        let mut state = State::FieldStart;
        let mut read_any = false;
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                if !read_any {
                    return Ok(None);
                }
                if matches!(state, State::Quoted | State::Escaped) && row.shape == Shape::Whole {
                    row.shape = Shape::CutShort;
                }
                row.end_field(keeps);
                return Ok(Some(row));
            }
            read_any = true;
            let (used, ended) = row.take_in(chunk, &mut state, self.escapes, keeps);
            let lines = memchr::memchr_iter(b'\n', chunk.get(..used).unwrap_or_default()).count();
            self.line += lines as u64;
            self.bytes_read += used as u64;
            self.reader.consume(used);
            if ended {
                return Ok(Some(row));
            }
            if row.bytes.len() > self.longest {
                // Where the quotes are wrong nothing tells rows apart but the ends of lines.
                row.shape = Shape::TooLong;
                row.is_blank = false;
                row.bytes = Vec::new();
                row.ends = Vec::new();
                state = State::Plain;
            }
        }
    }
}

impl CsvRow {
    /// Takes in bytes up to the end of the row; returns how many, and whether it has ended.
    fn take_in(
        &mut self,
        chunk: &[u8],
        state: &mut State,
        escapes: bool,
        keeps: bool,
    ) -> (usize, bool) {
        let keeps = keeps && self.shape == Shape::Whole;
        let mut at = 0;
        while let Some(rest) = chunk.get(at..).filter(|rest| !rest.is_empty()) {
            // Most bytes mean nothing but themselves.
            let run = match state {
                State::Plain => memchr::memchr3(b',', b'\n', b'\r', rest),
                State::Quoted if escapes => memchr::memchr2(b'"', b'\\', rest),
                State::Quoted => memchr::memchr(b'"', rest),
                State::FieldStart | State::Escaped | State::QuoteSeen | State::ReturnSeen => {
                    Some(0)
                }
            };
            let run = run.unwrap_or(rest.len());
            let (plain, rest) = rest.split_at(run);
            self.push(plain, keeps);
            at += run;
            let Some(byte) = rest.first().copied() else { break };
            at += 1;
            if self.step(byte, state, keeps) {
                return (at, true);
            }
        }
        (at, false)
    }

    /// Takes in one byte that may mean something; whether the row has ended.
    fn step(&mut self, byte: u8, state: &mut State, keeps: bool) -> bool {
        *state = match (*state, byte) {
            (State::FieldStart, b'"') => {
                self.is_blank = false;
                State::Quoted
            }
            (State::FieldStart | State::Plain | State::QuoteSeen, b',') => {
                self.is_blank = false;
                self.end_field(keeps);
                State::FieldStart
            }
            (State::FieldStart | State::Plain | State::QuoteSeen | State::ReturnSeen, b'\n') => {
                self.end_field(keeps);
                return true;
            }
            (State::FieldStart | State::Plain | State::QuoteSeen, b'\r') => State::ReturnSeen,
            (State::Quoted, b'"') => State::QuoteSeen,
            (State::Quoted, b'\\') => State::Escaped,
            (State::QuoteSeen, b'"') => {
                self.push(b"\"", keeps);
                State::Quoted
            }
            (State::Escaped, b'"' | b'\\') => {
                self.push(&[byte], keeps);
                State::Quoted
            }
            (State::Escaped, _) => {
                self.push(&[b'\\', byte], keeps);
                State::Quoted
            }
            (State::FieldStart | State::Plain, _) => {
                self.push(&[byte], keeps);
                State::Plain
            }
            (State::QuoteSeen, _) => self.spoil(Shape::BadQuotes, byte, keeps),
            (State::ReturnSeen, _) => self.spoil(Shape::BareReturn, byte, keeps),
            (State::Quoted, _) => {
                self.push(&[byte], keeps);
                State::Quoted
            }
        };
        false
    }

    /// The row is not what it seems; it goes on to the next line end.
    fn spoil(&mut self, shape: Shape, byte: u8, keeps: bool) -> State {
        if self.shape == Shape::Whole {
            self.shape = shape;
        }
        self.push(&[byte], keeps);
        State::Plain
    }

    fn push(&mut self, bytes: &[u8], keeps: bool) {
        if self.is_blank && !bytes.trim_ascii().is_empty() {
            self.is_blank = false;
        }
        if keeps {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn end_field(&mut self, keeps: bool) {
        if keeps && self.shape != Shape::TooLong {
            self.ends.push(self.bytes.len());
        }
    }
}

/// Writes one field, in quotes where it needs them.
pub(super) fn write_field(out: &mut dyn Write, field: &str, escapes: bool) -> io::Result<()> {
    let needs_quotes = field.contains([',', '"', '\n', '\r', '\\'])
        || field.starts_with(char::is_whitespace)
        || field.ends_with(char::is_whitespace);
    if !needs_quotes {
        return out.write_all(field.as_bytes());
    }
    let quoted = match escapes {
        true => field.replace('\\', "\\\\").replace('"', "\\\""),
        false => field.replace('"', "\"\""),
    };
    write!(out, "\"{quoted}\"")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(input: &[u8], escapes: bool, buffer: usize) -> Vec<(u64, Shape, Vec<String>)> {
        let reader = io::BufReader::with_capacity(buffer, input);
        let mut rows = Rows::new(reader, escapes, 64);
        let mut all = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let fields = row.fields().map(|field| String::from_utf8_lossy(field).into_owned());
            all.push((row.line, row.shape, fields.collect()));
        }
        assert_eq!(rows.bytes_read(), input.len() as u64);
        all
    }

    fn check(input: &str, escapes: bool, expected: &[&[&str]]) {
        for buffer in [1, 3, 4096] {
            let found = rows(input.as_bytes(), escapes, buffer);
            let fields: Vec<_> = found.iter().map(|(_, _, fields)| fields).collect();
            assert_eq!(fields, expected, "{input:?} read by {buffer}");
        }
    }

    #[test]
    fn quotes_and_line_ends() {
        check("a,b\nc,d\n\n", false, &[&["a", "b"], &["c", "d"]]);
        check("a,b\r\nc,\"d\"\r\n", false, &[&["a", "b"], &["c", "d"]]);
        check("\"a \"\"b\"\"\",\"c\nd\"\n", false, &[&["a \"b\"", "c\nd"]]);
        check("a,\n,", false, &[&["a", ""], &["", ""]]);
        check("\"\"\n", false, &[&[""]]);
        check("a,c \"d\"", false, &[&["a", "c \"d\""]]);
        check("\"C:\\x\",y", false, &[&["C:\\x", "y"]]);
    }

    #[test]
    fn backslashes_before_quotes() {
        check("1,\"say \\\"hi\\\", you\"\r\n", true, &[&["1", "say \"hi\", you"]]);
        check("\"C:\\x \\\\ y\"", true, &[&["C:\\x \\ y"]]);
        check("\"\",\"a\"", true, &[&["", "a"]]);
    }

    #[test]
    fn long_and_cut_rows_cost_little() {
        let input = format!("a,b\n\"{}\nx,y\nlast,\"open", "z".repeat(200));
        let found = rows(input.as_bytes(), false, 16);
        let shapes: Vec<_> = found.iter().map(|(line, shape, _)| (*line, *shape)).collect();
        let expected =
            [(1, Shape::Whole), (2, Shape::TooLong), (3, Shape::Whole), (4, Shape::CutShort)];
        assert_eq!(shapes, expected);
    }

    #[test]
    fn rows_that_may_have_swallowed_others() {
        let table = [
            ("a,\"b\nc,\"d\"\ne,f\n", Shape::BadQuotes, 2),
            ("a,\"b\"c\ne,f\n", Shape::BadQuotes, 2),
            ("a,\"b\" \n", Shape::BadQuotes, 1),
            ("a,b\rc,d\re,f\r", Shape::BareReturn, 1),
            ("a,\"b\"\rc,\"d\"\r", Shape::BareReturn, 1),
            ("\ra,b\ne,f\n", Shape::BareReturn, 2),
            ("a,\"b\rc\"\r\n\r\ne,f\r", Shape::Whole, 2),
        ];
        for (input, shape, count) in table {
            for buffer in [1, 3, 4096] {
                let found = rows(input.as_bytes(), false, buffer);
                assert_eq!((found[0].1, found.len()), (shape, count), "{input:?} read by {buffer}");
            }
        }
    }

    #[test]
    fn passing_over_counts_the_same_rows() {
        let input = b"a,b\n\"x\ny\",z\n\nlast\n";
        let mut passing = Rows::new(input.as_slice(), false, 64);
        let mut lines = Vec::new();
        while let Some(line) = passing.pass().unwrap() {
            lines.push(line);
        }
        assert_eq!(lines, [1, 2, 5]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            fields in proptest::collection::vec("[ -~\n\réß]{0,12}", 1..4),
            escapes: bool,
        ) {
            let mut out = b"first,line\n".to_vec();
            for (place, field) in fields.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_field(&mut out, field, escapes).unwrap();
            }
            out.extend(b",last\n");
            let mut expected = fields;
            expected.push("last".to_owned());
            let found = rows(&out, escapes, 7);
            prop_assert_eq!(&found[1].2, &expected);
        }

        #[test]
        fn any_bytes_are_rows(bytes in proptest::collection::vec(any::<u8>(), 0..300), escapes: bool) {
            rows(&bytes, escapes, 5);
        }
    }
}

//! Rows of JSON lines, one line in memory at a time.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufRead, BufReader},
};

use flate2::bufread::MultiGzDecoder;
use serde_json::Value as Json;
use sources::{LONGEST_ROW, Pieces, unambiguous_json};

use crate::{
    CheckError, Columns, DataFile, Packing,
    row::{Row, Value, fractional},
};

/// A row that was read.
pub(crate) struct Read<'a> {
    /// Its number in the file, from 1; of a file of lines, the line.
    pub(crate) row: u64,
    /// Bytes of the file read so far.
    pub(crate) bytes: u64,
    /// What it says, or why it cannot be read.
    pub(crate) said: Result<&'a Row<'a>, String>,
}

/// What is done with each row.
pub(crate) type Visit<'a> = dyn FnMut(Read<'_>) -> Result<(), CheckError> + 'a;

/// Reads a file of JSON objects, one a line; empty lines are no rows.
pub(crate) fn read_lines(
    file: &DataFile,
    packing: Packing,
    columns: &Columns,
    visit: &mut Visit<'_>,
) -> Result<(), CheckError> {
    let at = |source| CheckError::Read { file: file.path.clone(), source };
    let mut lines = Pieces::new(unpacked(file, packing)?, b'\n', LONGEST_ROW);
    let mut seen = Seen::new(columns);
    while let Some(piece) = lines.next().map_err(at)? {
        let bytes = match packing {
            Packing::Plain => lines.bytes_read(),
            Packing::Gzip | Packing::Zstd => 0,
        };
        let parsed = match piece.bytes.as_deref().map(|bytes| parse(bytes, piece.line)) {
            None => Err("the line is longer than 16 MiB".to_owned()),
            Some(Ok(None)) => continue,
            Some(Ok(Some(parsed))) => Ok(parsed),
            Some(Err(why)) => Err(why),
        };
        let row = parsed.as_ref().map(|parsed| seen.row(parsed, columns));
        let said = row.as_ref().map_err(|why| (*why).clone());
        visit(Read { row: piece.line, bytes, said })?;
    }
    seen.check(file)
}

/// Which of the columns any row has had.
struct Seen<'a> {
    rows: u64,
    missing: Vec<&'a str>,
}

impl<'a> Seen<'a> {
    fn new(columns: &'a Columns) -> Self {
        Self { rows: 0, missing: columns.named().map(|(_, path)| path).collect() }
    }

    fn row<'r>(&mut self, parsed: &'r Json, columns: &Columns) -> Row<'r> {
        self.rows += 1;
        let mut row = Row::empty();
        for (field, path) in columns.named() {
            if let Some(found) = lookup(parsed, path) {
                self.missing.retain(|missing| *missing != path);
                row.set(field, value(found));
            }
        }
        row
    }

    /// A column that no row of the file has is not a fact that is missing but a wrong name.
    fn check(&self, file: &DataFile) -> Result<(), CheckError> {
        match self.missing.first() {
            Some(column) if self.rows > 0 => Err(CheckError::MissingColumn {
                file: file.path.clone(),
                column: (*column).to_owned(),
                known: "no row of the file has it".to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

fn unpacked(file: &DataFile, packing: Packing) -> Result<Box<dyn BufRead>, CheckError> {
    let at = |source| CheckError::Read { file: file.path.clone(), source };
    let bytes = BufReader::new(File::open(&file.path).map_err(at)?);
    Ok(match packing {
        Packing::Plain => Box::new(bytes),
        Packing::Gzip => Box::new(BufReader::new(MultiGzDecoder::new(bytes))),
        Packing::Zstd => {
            let decoder = zstd::Decoder::with_buffer(bytes).map_err(at)?;
            Box::new(BufReader::new(decoder))
        }
    })
}

/// The object of a line; `None` if the line is empty.
fn parse(bytes: &[u8], line: u64) -> Result<Option<Json>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the line is not UTF-8".to_owned())?;
    let text = if line == 1 { text.trim_start_matches('\u{feff}') } else { text };
    if text.trim().is_empty() {
        return Ok(None);
    }
    // What the parser says is the kind of the fault and its place, and no value.
    let parsed = unambiguous_json(text).map_err(|fault| fault.to_string())?;
    parsed.is_object().then_some(Some(parsed)).ok_or_else(|| "the line is no object".to_owned())
}

/// The value to which a path leads: the whole path is a key, or its parts lead into objects.
fn lookup<'a>(parsed: &'a Json, path: &str) -> Option<&'a Json> {
    if let Some(found) = parsed.get(path) {
        return Some(found);
    }
    path.split('.').try_fold(parsed, |within, part| match within {
        // Nothing is said about anything within what is null.
        Json::Null => Some(within),
        within => within.get(part),
    })
}

fn value(found: &Json) -> Value<'_> {
    match found {
        Json::Null => Value::Null,
        Json::String(text) => Value::Text(Cow::Borrowed(text)),
        Json::Number(number) if number.is_i64() || number.is_u64() => {
            Value::Whole(number.to_string().into())
        }
        Json::Number(number) => number.as_f64().map_or(Value::Null, fractional),
        Json::Bool(_) => Value::Other("true or false"),
        Json::Array(_) => Value::Other("a list"),
        Json::Object(_) => Value::Other("an object"),
    }
}

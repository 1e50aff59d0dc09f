//! The folder `Zweck` in an archive of ours: what the format of the export cannot carry.
//!
//! For each file there is one of lines, one line of JSON for each row, in the same order: for
//! each row of the lake that the row stands for, its place and the columns that read otherwise.

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

use lake::ItemKind;
use policy::{Day, Instant, ItemId, MemberNumber, aipref::Usage};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Body, Place, Refusal, RefusalReason, Row,
    piece::{LONGEST_ROW, Pieces},
    row::Cell,
};

/// The folder.
pub(super) const FOLDER: &str = "Zweck";

/// What says whose archive it is, and when it was made.
pub(super) const MANIFEST: &str = "Zweck/archive.json";

/// The version of the lines that this code writes and reads.
pub(super) const FORMAT: u32 = 1;

/// A manifest longer than this is none.
pub(super) const LONGEST_MANIFEST: u64 = 64 * 1024;

/// Whose archive it is, and when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) format: u32,
    pub(super) source: String,
    pub(super) member: String,
    pub(super) made: Day,
}

/// What one line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// For each row that is read from the row of the file; `null` if the lake has none.
    pub(super) rows: Vec<Option<Extra>>,
}

/// What belongs to one row of the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extra {
    item: i64,
    content: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refers_to: Option<(i64, i64)>,
    seal: String,
    /// The columns that do not read from the file as they stand in the lake.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    set: BTreeMap<String, Value>,
}

/// Rows with the places that they had.
pub(super) type Completed = Vec<(Row, Option<Place>)>;

/// The lines of one file.
pub(super) struct Lines<R> {
    pieces: Pieces<R>,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self { pieces: Pieces::new(reader, b'\n', LONGEST_ROW) }
    }

    /// Completes the rows of the next row of the file.
    pub(super) fn complete(&mut self, rows: Vec<Row>) -> io::Result<Result<Completed, Refusal>> {
        let broken = |what: &str| {
            let hint = format!("in the folder `{FOLDER}`, {what}");
            Err(RefusalReason::NotJson.because(hint))
        };
        let Some(piece) = self.pieces.next()? else {
            return Ok(broken("the line that belongs to this row is missing"));
        };
        let line = piece.bytes.and_then(|bytes| serde_json::from_slice::<Line>(&bytes).ok());
        let Some(line) = line.filter(|line| line.rows.len() == rows.len()) else {
            return Ok(broken("the line that belongs to this row cannot be read"));
        };
        let pairs = rows.into_iter().zip(line.rows);
        let completed: Option<Completed> =
            pairs.filter_map(|(row, extra)| Some(extra?.complete(row))).collect();
        Ok(completed.map_or_else(|| broken("the line that belongs to this row is wrong"), Ok))
    }
}

impl Extra {
    /// What `read` lacks to be `row`, which stood at `place`.
    pub(super) fn between(read: Option<&Row>, row: &Row, place: &Place) -> Self {
        let read = read.map(Row::cells).unwrap_or_default();
        let differs = |(column, cell): &(&'static str, Cell<'_>)| {
            let found = read.iter().find(|(name, _)| name == column);
            found.is_none_or(|(_, found)| found != cell)
        };
        let set = row.cells().into_iter().filter(differs);
        Self {
            item: place.item.as_i64(),
            content: place.content,
            refers_to: place.reference.map(|(member, item)| (member.as_i64(), item.as_i64())),
            seal: place.seal.clone(),
            set: set.map(|(column, cell)| (column.to_owned(), json(cell))).collect(),
        }
    }

    /// How many columns do not read from the file.
    pub(super) fn columns_set(&self) -> usize {
        self.set.len()
    }

    /// The row with its columns set right; `None` if one does not fit.
    fn complete(self, mut row: Row) -> Option<(Row, Option<Place>)> {
        let Self { item, content, refers_to, seal, set } = self;
        for (column, value) in &set {
            row.set(column, value)?;
        }
        let item = ItemId::from_i64(item);
        let pointer = |(member, item)| (MemberNumber::from_i64(member), ItemId::from_i64(item));
        let reference = refers_to.map(pointer);
        Some((row, Some(Place { item, content, reference, seal })))
    }
}

/// A value as it stands in a line; instants are microseconds since 1970.
fn json(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Long(value) => value.into(),
        Cell::Flag(value) => value.into(),
        Cell::Text(value) => value.into(),
    }
}

impl Row {
    /// Sets a column; `None` if the row has none of that name, or of another type.
    fn set(&mut self, column: &str, value: &Value) -> Option<()> {
        let Self { member: _, external, body } = self;
        match (body, column) {
            (Body::Member(row), "display_name") => row.display_name = needed(value)?,
            (Body::Member(row), "created") => row.created = instant(value)?,
            (Body::Profile(row), "headline") => row.headline = text(value)?,
            (Body::Profile(row), "about") => row.about = text(value)?,
            (Body::Profile(row), "location") => row.location = text(value)?,
            (Body::Profile(row), "website") => row.website = text(value)?,
            (Body::Profile(row), "language") => row.language = text(value)?,
            (Body::Profile(row), "visibility") => row.visibility = word(value)?,
            (Body::Position(row), "title") => row.title = text(value)?,
            (Body::Position(row), "employer") => row.employer = text(value)?,
            (Body::Position(row), "description") => row.description = text(value)?,
            (Body::Position(row), "started") => row.started = text(value)?,
            (Body::Position(row), "ended") => row.ended = text(value)?,
            (Body::Position(row), "visibility") => row.visibility = word(value)?,
            (Body::Education(row), "school") => row.school = text(value)?,
            (Body::Education(row), "degree") => row.degree = text(value)?,
            (Body::Education(row), "field") => row.field = text(value)?,
            (Body::Education(row), "description") => row.description = text(value)?,
            (Body::Education(row), "started") => row.started = text(value)?,
            (Body::Education(row), "ended") => row.ended = text(value)?,
            (Body::Education(row), "visibility") => row.visibility = word(value)?,
            (Body::Skill(row), "name") => row.name = needed(value)?,
            (Body::Skill(row), "visibility") => row.visibility = word(value)?,
            (Body::Item(row), "kind") => row.kind = word::<ItemKind>(value)??,
            (Body::Item(_), "external") => *external = needed(value)?,
            (Body::Item(row), "title") => row.title = text(value)?,
            (Body::Item(row), "text") => row.text = needed(value)?,
            (Body::Item(row), "language") => row.language = text(value)?,
            (Body::Item(row), "visibility") => row.visibility = word(value)?,
            (Body::Item(row), "created") => row.created = instant(value)?,
            (Body::Item(row), "updated") => row.updated = instant(value)?,
            (Body::Item(row), "sensitive") => row.sensitive = flag(value)?,
            (Body::Item(row), "content_usage") => row.content_usage = usage(value)?,
            (Body::Item(row), "venue_kind") => row.venue_kind = word(value)?,
            (Body::Item(row), "venue") => row.venue = text(value)?,
            (Body::Activity(row), "kind") => row.action = needed(value)?,
            (Body::Activity(row), "created") => row.created = instant(value)?,
            _ => return None,
        }
        Some(())
    }
}

fn needed(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn text(value: &Value) -> Option<Option<String>> {
    if value.is_null() { Some(None) } else { needed(value).map(Some) }
}

fn word<W: std::str::FromStr>(value: &Value) -> Option<Option<W>> {
    match text(value)? {
        None => Some(None),
        Some(word) => word.parse().ok().map(Some),
    }
}

fn usage(value: &Value) -> Option<Option<String>> {
    text(value).filter(|said| said.as_ref().is_none_or(|said| Usage::read(said).is_some()))
}

fn instant(value: &Value) -> Option<Option<Instant>> {
    if value.is_null() {
        return Some(None);
    }
    value.as_i64().map(|micros| Some(Instant::from_micros(micros)))
}

fn flag(value: &Value) -> Option<Option<bool>> {
    if value.is_null() { Some(None) } else { value.as_bool().map(Some) }
}

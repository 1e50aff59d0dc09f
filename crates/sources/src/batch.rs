use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray},
    datatypes::DataType,
};
use lake::Table;
use policy::{ItemId, MemberNumber};

use crate::{Row, SourcesError, row::Cell};

/// A row with the numbers under which the lake keeps it.
pub(crate) struct Placed<'a> {
    pub(crate) member: MemberNumber,
    pub(crate) item: ItemId,
    pub(crate) content: i64,
    pub(crate) row: &'a Row,
    /// What it points at, if the member there is known.
    pub(crate) reference: Option<(MemberNumber, ItemId)>,
}

/// Somebody named in a row, with the numbers under which the lake keeps it.
pub(crate) struct PlacedMention {
    pub(crate) named: MemberNumber,
    pub(crate) id: ItemId,
    pub(crate) content: i64,
    pub(crate) author: MemberNumber,
    pub(crate) item: ItemId,
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// The rows of one table in its columns.
pub(crate) fn rows_to_batch(
    table: Table,
    source: &str,
    rows: &[Placed<'_>],
) -> Result<RecordBatch, SourcesError> {
    let cells: Vec<_> = rows.iter().map(|placed| placed.cells(source)).collect();
    to_batch(table, &cells)
}

/// The mentions in their columns.
pub(crate) fn mentions_to_batch(
    source: &str,
    mentions: &[PlacedMention],
) -> Result<RecordBatch, SourcesError> {
    let cells: Vec<_> = mentions.iter().map(|mention| mention.cells(source)).collect();
    to_batch(Table::Mentions, &cells)
}

impl Placed<'_> {
    fn cells<'a>(&'a self, source: &'a str) -> Vec<(&'static str, Cell<'a>)> {
        let mut cells = self.row.cells();
        cells.extend(common(self.member, self.item, self.content, source));
        let names = match self.row.kind().table() {
            Table::Items => Some(["parent_member", "parent_item"]),
            Table::Activity => Some(["target_member", "target_item"]),
            _ => None,
        };
        if let (Some([of, item]), Some((member, target))) = (names, self.reference) {
            cells.push((of, Cell::Long(member.as_i64())));
            cells.push((item, Cell::Long(target.as_i64())));
        }
        cells
    }
}

impl PlacedMention {
    fn cells<'a>(&self, source: &'a str) -> Vec<(&'static str, Cell<'a>)> {
        let mut cells = common(self.named, self.id, self.content, source).to_vec();
        cells.extend([
            ("author_member", Cell::Long(self.author.as_i64())),
            ("author_item", Cell::Long(self.item.as_i64())),
            ("field", Cell::Text("text")),
            ("span_start", Cell::Long(self.start)),
            ("span_end", Cell::Long(self.end)),
            ("how", Cell::Text("id")),
            ("candidates", Cell::Long(1)),
        ]);
        cells
    }
}

const fn common(
    member: MemberNumber,
    item: ItemId,
    content: i64,
    source: &str,
) -> [(&'static str, Cell<'_>); 4] {
    [
        ("member_number", Cell::Long(member.as_i64())),
        ("item", Cell::Long(item.as_i64())),
        ("content", Cell::Long(content)),
        ("source", Cell::Text(source)),
    ]
}

fn to_batch(
    table: Table,
    rows: &[Vec<(&'static str, Cell<'_>)>],
) -> Result<RecordBatch, SourcesError> {
    let schema = table.input_schema();
    let columns = schema.fields().iter().map(|field| {
        let cells = rows.iter().map(|row| {
            row.iter().find(|(name, _)| name == field.name()).map_or(Cell::Null, |(_, cell)| *cell)
        });
        column(field.data_type(), cells)
    });
    let columns = columns.collect();
    RecordBatch::try_new(schema, columns)
        .map_err(|source| SourcesError::Columns { table: table.name(), source })
}

/// A value of another type becomes null, which the schema refuses where a value is needed.
fn column<'a>(kind: &DataType, cells: impl Iterator<Item = Cell<'a>>) -> ArrayRef {
    match kind {
        DataType::Int64 => Arc::new(Int64Array::from_iter(cells.map(|cell| match cell {
            Cell::Long(value) => Some(value),
            Cell::Null | Cell::Flag(_) | Cell::Text(_) => None,
        }))),
        DataType::Boolean => Arc::new(BooleanArray::from_iter(cells.map(|cell| match cell {
            Cell::Flag(value) => Some(value),
            Cell::Null | Cell::Long(_) | Cell::Text(_) => None,
        }))),
        _ => Arc::new(StringArray::from_iter(cells.map(|cell| match cell {
            Cell::Text(value) => Some(value),
            Cell::Null | Cell::Long(_) | Cell::Flag(_) => None,
        }))),
    }
}

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BooleanBuilder, Int64Builder, RecordBatch, StringBuilder},
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
    to_batch(table, source, rows)
}

/// The mentions in their columns.
pub(crate) fn mentions_to_batch(
    source: &str,
    mentions: &[PlacedMention],
) -> Result<RecordBatch, SourcesError> {
    to_batch(Table::Mentions, source, mentions)
}

/// What becomes a row of a table.
trait Cells {
    /// The values by column; what is not named is null.
    fn cells<'a>(&'a self, source: &'a str) -> Vec<(&'static str, Cell<'a>)>;
}

impl Cells for Placed<'_> {
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

impl Cells for PlacedMention {
    fn cells<'a>(&'a self, source: &'a str) -> Vec<(&'static str, Cell<'a>)> {
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

/// Row by row, so that no second copy of all of them is ever in memory.
fn to_batch<R: Cells>(table: Table, source: &str, rows: &[R]) -> Result<RecordBatch, SourcesError> {
    let schema = table.input_schema();
    let fields = schema.fields();
    let mut columns: Vec<_> = fields.iter().map(|field| Column::of(field.data_type())).collect();
    for row in rows {
        let cells = row.cells(source);
        for (field, column) in fields.iter().zip(&mut columns) {
            let cell = cells.iter().find(|(name, _)| name == field.name());
            column.push(cell.map_or(Cell::Null, |(_, cell)| *cell));
        }
    }
    let columns = columns.into_iter().map(Column::finish).collect();
    RecordBatch::try_new(schema, columns)
        .map_err(|source| SourcesError::Columns { table: table.name(), source })
}

/// The values of a column so far.
enum Column {
    Longs(Int64Builder),
    Flags(BooleanBuilder),
    Texts(StringBuilder),
}

impl Column {
    fn of(kind: &DataType) -> Self {
        match kind {
            DataType::Int64 => Self::Longs(Int64Builder::new()),
            DataType::Boolean => Self::Flags(BooleanBuilder::new()),
            _ => Self::Texts(StringBuilder::new()),
        }
    }

    /// A value of another type becomes null, which the schema refuses where a value is needed.
    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Longs(column), Cell::Long(value)) => column.append_value(value),
            (Self::Flags(column), Cell::Flag(value)) => column.append_value(value),
            (Self::Texts(column), Cell::Text(value)) => column.append_value(value),
            (Self::Longs(column), _) => column.append_null(),
            (Self::Flags(column), _) => column.append_null(),
            (Self::Texts(column), _) => column.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Longs(mut column) => Arc::new(column.finish()),
            Self::Flags(mut column) => Arc::new(column.finish()),
            Self::Texts(mut column) => Arc::new(column.finish()),
        }
    }
}

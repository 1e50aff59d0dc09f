use lake::{Label, Table};
use serde::Serialize;

/// A column of the lake, for machines.
#[derive(Serialize)]
pub(super) struct ColumnView {
    table: &'static str,
    column: &'static str,
    kind: String,
    nullable: bool,
    /// The category that decides who may use it; nothing for keys, and where the kind of the row
    /// decides.
    category: Option<&'static str>,
    unit: String,
    why: &'static str,
}

/// Every column of every table.
pub(super) fn columns() -> Vec<ColumnView> {
    let of_table = |table: &Table| {
        let table = *table;
        table.columns().map(move |column| ColumnView {
            table: table.name(),
            column: column.name,
            kind: format!("{:?}", column.kind),
            nullable: column.nullable,
            category: match column.label {
                Label::Fixed(category) => Some(category.name()),
                Label::Key | Label::ByKind => None,
            },
            unit: format!("{:?}", column.unit),
            why: column.why,
        })
    };
    Table::ALL.iter().flat_map(of_table).collect()
}

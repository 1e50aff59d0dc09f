use std::{fmt::Write as _, sync::Arc};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::kernel::{DataType as DeltaType, PrimitiveType, StructField};

use crate::{
    Table,
    columns::{ADDED, COMMON, Column, ColumnKind, Label, RANGE},
};

impl Table {
    /// What [`crate::Append`] takes: the common columns and the table's own, text as `Utf8`.
    pub fn input_schema(self) -> SchemaRef {
        schema(COMMON.iter().chain(self.own_columns()), DataType::Utf8)
    }

    /// What a scan yields: every column, text as `Utf8View`.
    pub fn scan_schema(self) -> SchemaRef {
        schema(self.columns(), DataType::Utf8View)
    }

    /// What a Parquet file holds: all but the partition column.
    ///
    /// Text is a view, because its buffers are many: an array of `Utf8` overflows at 2 GiB.
    pub(crate) fn file_schema(self) -> SchemaRef {
        schema(self.columns().filter(|column| column.name != RANGE), DataType::Utf8View)
    }

    /// The schema as the Delta log records it.
    pub(crate) fn delta_fields(self) -> Vec<StructField> {
        self.columns()
            .map(|column| {
                let kind = DeltaType::Primitive(match column.kind {
                    ColumnKind::Long | ColumnKind::Instant => PrimitiveType::Long,
                    ColumnKind::Text => PrimitiveType::String,
                    ColumnKind::Flag => PrimitiveType::Boolean,
                });
                StructField::new(column.name, kind, column.nullable)
            })
            .collect()
    }
}

/// Every column of every table with its category, unit and reason, as a Markdown document.
pub fn columns_document() -> String {
    let mut text = String::from("# The columns of the lake\n\nIn every table:\n\n");
    write_columns(&mut text, COMMON.iter().chain(ADDED));
    for table in Table::ALL {
        let _ = writeln!(text, "\n## {table}\n");
        write_columns(&mut text, table.own_columns());
    }
    text
}

fn write_columns<'a>(text: &mut String, columns: impl IntoIterator<Item = &'a Column>) {
    text.push_str("| column | kind | null | category | unit | why |\n|---|---|---|---|---|---|\n");
    for column in columns {
        let category = match column.label {
            Label::Key => "key",
            Label::Fixed(category) => category.name(),
            Label::ByKind => "by kind",
        };
        let null = if column.nullable { "yes" } else { "no" };
        let _ = writeln!(
            text,
            "| `{}` | {:?} | {null} | {category} | {:?} | {} |",
            column.name, column.kind, column.unit, column.why
        );
    }
}

fn schema<'a>(columns: impl Iterator<Item = &'a Column>, text: DataType) -> SchemaRef {
    let fields: Vec<_> = columns
        .map(|column| {
            let kind = match column.kind {
                ColumnKind::Long | ColumnKind::Instant => DataType::Int64,
                ColumnKind::Text => text.clone(),
                ColumnKind::Flag => DataType::Boolean,
            };
            Field::new(column.name, kind, column.nullable)
        })
        .collect();
    Arc::new(Schema::new(fields))
}

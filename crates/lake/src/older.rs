//! What was written before a column came to its table: rows in it say nothing in that column.

use std::sync::Arc;

use arrow::{
    array::{RecordBatch, new_null_array},
    datatypes::{FieldRef, Schema, SchemaRef},
    error::ArrowError,
};
use datafusion::{
    catalog::TableProvider,
    common::ScalarValue,
    error::DataFusionError,
    logical_expr::{Expr, lit},
    prelude::{SessionContext, col},
};
use parquet::schema::types::SchemaDescriptor;

use crate::Table;

/// The columns of a table that a file has.
pub(crate) fn schema_of(table: Table, file: &SchemaDescriptor) -> SchemaRef {
    only(&table.file_schema(), |name| file.columns().iter().any(|column| column.name() == name))
}

/// The columns of a table that are asked for, in the order of the table.
pub(crate) fn asked_of(table: Table, columns: &[&str]) -> SchemaRef {
    only(&table.file_schema(), |name| columns.contains(&name))
}

/// The rows with every column of a schema, null where they were written without it.
///
/// # Errors
/// If a column is missing that may not be null.
pub(crate) fn complete(rows: RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    if rows.num_columns() == schema.fields().len() {
        return Ok(rows);
    }
    let column = |field: &FieldRef| match rows.column_by_name(field.name()) {
        Some(column) => Arc::clone(column),
        None => new_null_array(field.data_type(), rows.num_rows()),
    };
    let columns = schema.fields().iter().map(column).collect();
    RecordBatch::try_new(Arc::clone(schema), columns)
}

/// A table in its schema of today, null in columns that its log does not know.
pub(crate) fn widened(
    table: Table,
    own: Arc<dyn TableProvider>,
) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let known = own.schema();
    let schema = table.scan_schema();
    let column = |field: &FieldRef| -> Result<Expr, DataFusionError> {
        Ok(match known.field_with_name(field.name()) {
            Ok(_) => col(field.name()),
            Err(_) => lit(ScalarValue::try_from(field.data_type())?).alias(field.name()),
        })
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>()?;
    Ok(SessionContext::new().read_table(own)?.select(columns)?.into_view())
}

fn only(schema: &Schema, is_wanted: impl Fn(&str) -> bool) -> SchemaRef {
    let fields = schema.fields().iter().filter(|field| is_wanted(field.name()));
    Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>()))
}

//! A member's own rows as lines of JSON.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
};
use gate::OwnData;
use lake::{RANGE, Table};
use serde_json::{Map, Value};

use crate::output::Output;

/// Writes every row, one JSON object a line, the name of its table first.
pub(super) fn write(own: &OwnData, output: &mut Output) -> anyhow::Result<()> {
    for (table, batches) in &own.tables {
        for batch in batches {
            output.write(&lines(*table, batch)?)?;
        }
    }
    Ok(())
}

fn lines(table: Table, batch: &RecordBatch) -> anyhow::Result<String> {
    let schema = batch.schema();
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        let mut line = Map::new();
        line.insert("table".to_owned(), table.name().into());
        for (field, values) in schema.fields().iter().zip(batch.columns()) {
            if field.name() != RANGE {
                line.insert(field.name().clone(), value(values, row));
            }
        }
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

fn value(values: &dyn Array, row: usize) -> Value {
    if !values.is_valid(row) {
        return Value::Null;
    }
    if let Some(values) = values.as_primitive_opt::<Int64Type>() {
        return values.value(row).into();
    }
    if let Some(values) = values.as_boolean_opt() {
        return values.value(row).into();
    }
    values.as_string_view_opt().map_or(Value::Null, |values| values.value(row).into())
}

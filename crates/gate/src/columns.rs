use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use datafusion::prelude::{SessionConfig, SessionContext};

/// The columns of a batch by place; a value of another type than asked for is no value.
pub(crate) struct Columns<'a>(&'a RecordBatch);

impl<'a> Columns<'a> {
    pub(crate) fn of(batch: &'a RecordBatch) -> Self {
        Self(batch)
    }

    pub(crate) fn long(&self, column: usize, row: usize) -> Option<i64> {
        let values = self.0.columns().get(column)?.as_primitive_opt::<Int64Type>()?;
        values.is_valid(row).then(|| values.value(row))
    }

    pub(crate) fn flag(&self, column: usize, row: usize) -> bool {
        let values = self.0.columns().get(column).and_then(|values| values.as_boolean_opt());
        values.is_some_and(|values| values.is_valid(row) && values.value(row))
    }

    pub(crate) fn text(&self, column: usize, row: usize) -> Option<&'a str> {
        let values = self.0.columns().get(column)?;
        if !values.is_valid(row) {
            return None;
        }
        if let Some(values) = values.as_string_view_opt() {
            return Some(values.value(row));
        }
        values.as_string_opt::<i32>().map(|values| values.value(row))
    }
}

/// A DataFusion session; `partitions` is how many threads a scan uses, by default all.
pub(crate) fn session(partitions: Option<usize>) -> SessionContext {
    let config = SessionConfig::new().with_information_schema(false);
    SessionContext::new_with_config(match partitions {
        Some(partitions) => config.with_target_partitions(partitions),
        None => config,
    })
}

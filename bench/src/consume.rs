//! What is done with the rows of a scan.

use anyhow::{Context, Result};
use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
};
use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;
use serde_json::{Value, json};

/// Sums over rows that do not depend on their order; two equal ones mean the same rows. The peers
/// are asked for the same sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows.
    pub rows: i64,
    /// Of member numbers.
    pub members: i64,
    /// Of the lower halves of item ids.
    pub items: i64,
    /// Of the instants of creation, in seconds.
    pub created: i64,
    /// Of the bytes of kinds, languages, titles and texts.
    pub bytes: [i64; 4],
}

/// The columns of a training document.
pub const DOCUMENT: [&str; 7] =
    ["member_number", "item", "kind", "language", "title", "text", "created"];

impl Sums {
    /// Adds the rows of a batch of the columns [`DOCUMENT`].
    ///
    /// # Errors
    /// If a column is missing or of another type.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += i64::try_from(batch.num_rows())?;
        self.members += sum(batch, "member_number", |value| value)?;
        self.items += sum(batch, "item", |value| value & 0xFFFF_FFFF)?;
        self.created += sum(batch, "created", |value| value / 1_000_000)?;
        let columns = ["kind", "language", "title", "text"];
        for (bytes, column) in self.bytes.iter_mut().zip(columns) {
            *bytes += length(batch, column)?;
        }
        Ok(())
    }

    /// For the results.
    pub fn to_json(self) -> Value {
        let Self { rows, members, items, created, bytes } = self;
        json!({ "rows": rows, "members": members, "items": items, "created": created, "bytes": bytes })
    }
}

/// Sums up all rows.
///
/// # Errors
/// If the scan fails.
pub async fn sum_up(mut rows: SendableRecordBatchStream) -> Result<Sums> {
    let mut sums = Sums::default();
    while let Some(batch) = rows.try_next().await? {
        sums.add(&batch)?;
    }
    Ok(sums)
}

/// Counts the rows and drops them.
///
/// # Errors
/// If the scan fails.
pub async fn count(mut rows: SendableRecordBatchStream) -> Result<u64> {
    let mut count = 0;
    while let Some(batch) = rows.try_next().await? {
        count += batch.num_rows() as u64;
    }
    Ok(count)
}

fn sum(batch: &RecordBatch, column: &str, value: impl Fn(i64) -> i64) -> Result<i64> {
    let longs = batch.column_by_name(column).and_then(|one| one.as_primitive_opt::<Int64Type>());
    let longs = longs.with_context(|| format!("no numbers in `{column}`"))?;
    Ok(longs.iter().flatten().map(value).sum())
}

fn length(batch: &RecordBatch, column: &str) -> Result<i64> {
    let words = batch.column_by_name(column).and_then(|one| one.as_string_view_opt());
    let words = words.with_context(|| format!("no text in `{column}`"))?;
    let lengths = words.lengths().zip(0..).filter(|(_, at)| words.is_valid(*at));
    Ok(lengths.map(|(length, _)| i64::from(length)).sum())
}

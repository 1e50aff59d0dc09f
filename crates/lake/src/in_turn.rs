//! Reading a table file after file, for work that looks at every row once: a plan would hold
//! something for each of its files, and an import leaves many.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions},
    datatypes::{DataType, Field, Schema},
    error::ArrowError,
};
use datafusion::{
    catalog::TableProvider, datasource::MemTable, error::DataFusionError, prelude::SessionContext,
};
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use policy::LakeVersion;

use crate::{
    LakeError, RANGE, Result, Snapshot, Table, attached::WithAttached, files::DataFile,
    reading::ROWS_AT_ONCE,
};

impl Snapshot {
    /// Some columns of every row of a table, in the order in which they are asked for; rows of
    /// attached tables come last. Memory does not grow with the number of files. Files in which
    /// nothing came in after `since` are left out.
    ///
    /// # Errors
    /// If the table's log cannot be read, or a table that is attached is not what it was; in the
    /// stream, if a file cannot be read.
    pub async fn in_turn(
        &self,
        table: Table,
        columns: &[&str],
        since: LakeVersion,
    ) -> Result<BoxStream<'static, Result<RecordBatch>>> {
        let columns: Arc<[String]> = columns.iter().map(|&column| column.to_owned()).collect();
        let (lake, mut own) = (self.lake().clone(), self.files(table).await?);
        own.retain(|file| file.may_be_after(since));
        let attached = self.attached_in_turn(table, &columns).await?;
        let batches = move |file: DataFile| {
            let (lake, columns) = (lake.clone(), Arc::clone(&columns));
            async move {
                let names: Vec<_> = columns.iter().map(String::as_str).collect();
                let files = &lake.shared.files;
                let batches = files.batches_of(table, &file, &names, ROWS_AT_ONCE).await?;
                let in_order = move |batch| in_order(table, &batch, (&columns, file.range));
                Ok::<_, LakeError>(batches.map(move |batch| batch.and_then(&in_order)))
            }
        };
        Ok(stream::iter(own).then(batches).try_flatten().chain(attached).boxed())
    }

    async fn attached_in_turn(
        &self,
        table: Table,
        columns: &[String],
    ) -> Result<BoxStream<'static, Result<RecordBatch>>> {
        if table != Table::Items || self.record().attached.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let attached = self.unchanged_attachments().await?;
        let failed = LakeError::data("reading attached rows of", table);
        let nothing = MemTable::try_new(table.scan_schema(), vec![vec![]]).map_err(&failed)?;
        let nothing: Arc<dyn TableProvider> = Arc::new(nothing);
        let columns: Vec<_> = columns.iter().map(String::as_str).collect();
        let frame = SessionContext::new()
            .read_table(Arc::new(WithAttached::new(nothing, attached, self.lake().clone())))
            .and_then(|frame| frame.select_columns(&columns))
            .map_err(&failed)?;
        let rows = frame.execute_stream().await.map_err(&failed)?;
        Ok(rows.map(move |batch: Result<_, DataFusionError>| batch.map_err(&failed)).boxed())
    }
}

/// The columns of a batch in the order in which they were asked for; the range of its file is none
/// of those that the file has.
fn in_order(
    table: Table,
    batch: &RecordBatch,
    (columns, range): (&[String], i64),
) -> Result<RecordBatch> {
    let failed = LakeError::data("reading", table);
    let (schema, rows) = (batch.schema(), batch.num_rows());
    let ranges: ArrayRef = Arc::new(Int64Array::from_value(range, rows));
    let column = |column: &String| match column.as_str() {
        RANGE => Ok((Field::new(RANGE, DataType::Int64, false), Arc::clone(&ranges))),
        column => {
            let place = schema.index_of(column)?;
            Ok((schema.field(place).clone(), Arc::clone(batch.column(place))))
        }
    };
    let columns = columns.iter().map(column).collect::<Result<Vec<_>, ArrowError>>();
    let (fields, columns): (Vec<_>, Vec<_>) = columns.map_err(&failed)?.into_iter().unzip();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
        .map_err(&failed)
}

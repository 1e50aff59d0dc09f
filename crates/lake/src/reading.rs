//! Reading a data file a few rows at a time: only the columns that are asked for are fetched, and
//! only one row group of them is in memory.

use std::{ops::Range, sync::Arc};

use arrow::array::RecordBatch;
use bytes::Bytes;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use parquet::{
    arrow::{
        ParquetRecordBatchStreamBuilder, ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
        async_reader::AsyncFileReader,
    },
    errors::ParquetError,
    file::metadata::{ParquetMetaData, ParquetMetaDataReader},
};

use crate::{
    LakeError, Result, Table,
    files::{DataFile, Files, object_path},
    older,
};

/// How many rows are decoded at once where only keys are read.
const KEYS_AT_ONCE: usize = 8_192;

/// How many rows are decoded at once where all columns are.
pub(crate) const ROWS_AT_ONCE: usize = 1_024;

/// The rows of one file, a few at a time.
pub(crate) type Batches = BoxStream<'static, Result<RecordBatch>>;

impl Files {
    /// Some columns of a file, in the order of the table.
    pub(crate) async fn batches(
        &self,
        table: Table,
        file: &DataFile,
        columns: &[&str],
    ) -> Result<Batches> {
        self.batches_of(table, file, columns, KEYS_AT_ONCE).await
    }

    /// The same, so many rows at once.
    pub(crate) async fn batches_of(
        &self,
        table: Table,
        file: &DataFile,
        columns: &[&str],
        rows: usize,
    ) -> Result<Batches> {
        let path = object_path(table, &file.path);
        let mut bytes = ObjectBytes { store: self.store(), path, length: file.bytes };
        let failed = LakeError::data("reading", table);
        let metadata = bytes.get_metadata(None).await.and_then(|found| opened(table, found));
        let metadata = metadata.map_err(|error| gone_or(error, &failed))?;
        let builder = ParquetRecordBatchStreamBuilder::new_with_metadata(bytes, metadata);
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        let stream = builder.with_projection(mask).with_batch_size(rows).build();
        let failed = LakeError::data("reading", table);
        let stream = stream.map_err(|error| gone_or(error, &failed))?;
        let asked = older::asked_of(table, columns);
        let whole = move |batch: Result<RecordBatch, ParquetError>| {
            let batch = batch.map_err(|error| gone_or(error, &failed))?;
            older::complete(batch, &asked).map_err(LakeError::data("reading", table))
        };
        Ok(stream.map(whole).boxed())
    }
}

/// All columns of a file whose bytes are in memory, a few rows at a time.
pub(crate) fn rows_of(
    table: Table,
    bytes: Bytes,
) -> Result<impl Iterator<Item = Result<RecordBatch>> + Send + use<>> {
    let failed = LakeError::data("reading", table);
    let reader = ParquetMetaDataReader::new()
        .parse_and_finish(&bytes)
        .and_then(|metadata| opened(table, Arc::new(metadata)))
        .map(|metadata| ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, metadata))
        .and_then(|builder| builder.with_batch_size(ROWS_AT_ONCE).build())
        .map_err(&failed)?;
    let schema = table.file_schema();
    Ok(reader.map(move |batch| {
        let whole = batch.and_then(|batch| older::complete(batch, &schema));
        whole.map_err(LakeError::data("reading", table))
    }))
}

/// What is known of a file, with its columns in the types of the table.
fn opened(table: Table, found: Arc<ParquetMetaData>) -> Result<ArrowReaderMetadata, ParquetError> {
    let schema = older::schema_of(table, found.file_metadata().schema_descr());
    ArrowReaderMetadata::try_new(found, ArrowReaderOptions::new().with_schema(schema))
}

/// The bytes of an object, by ranges.
struct ObjectBytes {
    store: Arc<dyn ObjectStore>,
    path: Path,
    length: u64,
}

impl AsyncFileReader for ObjectBytes {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        async move { Ok(self.store.get_range(&self.path, range).await?) }.boxed()
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        async move { Ok(self.store.get_ranges(&self.path, &ranges).await?) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        async move {
            let length = self.length;
            let metadata = ParquetMetaDataReader::new().load_and_finish(self, length).await?;
            Ok(Arc::new(metadata))
        }
        .boxed()
    }
}

/// The object store's own error where it is one, so that a file that is gone is known as such.
fn gone_or(error: ParquetError, failed: &impl Fn(ParquetError) -> LakeError) -> LakeError {
    match error {
        ParquetError::External(source) => match source.downcast::<object_store::Error>() {
            Ok(source) => LakeError::object("reading", path_of(&source))(*source),
            Err(source) => failed(ParquetError::External(source)),
        },
        error => failed(error),
    }
}

fn path_of(error: &object_store::Error) -> String {
    match error {
        object_store::Error::NotFound { path, .. } => path.clone(),
        _ => "a data file".to_owned(),
    }
}

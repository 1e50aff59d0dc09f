//! Items of tables that lie elsewhere, read in place by their indexes, with code of its own.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray},
    compute::{cast, concat_batches},
    datatypes::{DataType, Field, Int64Type, Schema, TimeUnit, TimestampMicrosecondType},
    error::ArrowError,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use policy::Instant;
use serde::Deserialize;

use crate::{AuditError, Result, files::Files, table::Row};

/// A file of a table that lies elsewhere, with the index of its rows.
#[derive(Debug)]
pub(crate) struct AttachedFile {
    base: Base,
    partition: BTreeMap<String, Option<String>>,
    /// Where its index lies in the lake.
    index: String,
    index_blake3: String,
    columns: Arc<Columns>,
}

#[derive(Debug, Deserialize)]
struct Record {
    columns: Columns,
    files: Vec<FileRecord>,
}

#[derive(Debug, Deserialize)]
struct FileRecord {
    pin: Base,
    partition: BTreeMap<String, Option<String>>,
    index: String,
    index_blake3: String,
}

/// The file as it was when it was looked at.
#[derive(Debug, Deserialize)]
struct Base {
    path: PathBuf,
    bytes: u64,
    modified: Instant,
}

#[derive(Debug, Deserialize)]
struct Columns {
    kind: Said,
    text: String,
    title: Option<String>,
    language: Option<Said>,
    visibility: Option<Said>,
    declared_visibility: Option<String>,
    created: Option<Time>,
    sensitive: Option<String>,
    content_usage: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Said {
    Always(String),
    Column(String),
    Values { column: String, values: BTreeMap<String, String> },
}

#[derive(Debug, Deserialize)]
struct Time {
    column: String,
    unit: String,
}

/// The files of one attached table, as a version of the lake names them.
pub(crate) async fn files(lake: &Files, name: &str, version: i64) -> Result<Vec<AttachedFile>> {
    let folder = format!("_attached/{name}");
    let path = format!("{folder}/{version:020}.json");
    let bytes = lake.read(&path).await?;
    let record: Record = serde_json::from_slice(&bytes)
        .map_err(|source| AuditError::Json { path: lake.shown(&path), source })?;
    let columns = Arc::new(record.columns);
    let file = |file: FileRecord| AttachedFile {
        base: file.pin,
        partition: file.partition,
        index: format!("{folder}/{}", file.index),
        index_blake3: file.index_blake3,
        columns: Arc::clone(&columns),
    };
    Ok(record.files.into_iter().map(file).collect())
}

impl AttachedFile {
    /// Calls `visit` for every row that is read.
    pub(crate) async fn for_each(
        &self,
        lake: &Files,
        visit: &mut impl FnMut(Row<'_>),
    ) -> Result<()> {
        let path = &self.base.path;
        self.check_unchanged()?;
        let index = self.index(lake).await?;
        let parquet = |source| AuditError::Parquet { path: path.clone(), source };
        let file = File::open(path).map_err(failed(path))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(parquet)?;
        let mut seen = 0;
        for batch in reader {
            let batch = batch.map_err(|error| parquet(error.into()))?;
            let rows = batch.num_rows();
            if seen + rows > index.num_rows() {
                return Err(wrong(path, "more rows than its index".to_owned()));
            }
            let said = self.said(&batch, &index.slice(seen, rows));
            let said = said.map_err(|error| parquet(error.into()))?;
            seen += rows;
            for at in 0..rows {
                let row = Row::of(&said, at);
                if row.long("member_number").is_some() {
                    visit(row);
                }
            }
        }
        match seen == index.num_rows() {
            true => self.check_unchanged(),
            false => Err(wrong(path, "fewer rows than its index".to_owned())),
        }
    }

    fn check_unchanged(&self) -> Result<()> {
        let Base { path, bytes, modified } = &self.base;
        let found = fs::metadata(path).map_err(failed(path))?;
        let since = found.modified().map_err(failed(path))?;
        let since = since.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_micros();
        match found.len() == *bytes && i64::try_from(since).ok() == Some(modified.as_micros()) {
            true => Ok(()),
            false => Err(wrong(path, "an attached file that has changed since".to_owned())),
        }
    }

    async fn index(&self, lake: &Files) -> Result<RecordBatch> {
        let bytes = lake.read(&self.index).await?;
        let path = lake.shown(&self.index);
        if blake3::hash(&bytes).to_hex().as_str() != self.index_blake3 {
            return Err(wrong(&path, "an index that is not the one it names".to_owned()));
        }
        let parquet = |source| AuditError::Parquet { path: path.clone(), source };
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes);
        let builder = builder.map_err(parquet)?;
        let schema = Arc::clone(builder.schema());
        let reader = builder.build().map_err(parquet)?;
        let batches = reader.collect::<Result<Vec<_>, _>>();
        let batches = batches.map_err(|error| parquet(error.into()))?;
        concat_batches(&schema, &batches).map_err(|error| parquet(error.into()))
    }

    /// The rows by the names that the lake has for what they say.
    fn said(&self, batch: &RecordBatch, index: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let Columns {
            kind,
            text,
            title,
            language,
            visibility,
            created,
            sensitive,
            content_usage,
            ..
        } = self.columns.as_ref();
        let words = |texts: Vec<Option<String>>| Arc::new(StringArray::from(texts)) as ArrayRef;
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("kind", words(self.words(batch, kind)?)),
            ("text", words(self.texts(batch, text)?)),
            ("visibility", words(self.audience(batch, visibility.as_ref())?)),
        ];
        if let Some(title) = title {
            columns.push(("title", words(self.texts(batch, title)?)));
        }
        if let Some(content_usage) = content_usage {
            columns.push(("content_usage", words(self.texts(batch, content_usage)?)));
        }
        if let Some(language) = language {
            columns.push(("language", words(self.words(batch, language)?)));
        }
        if let Some(created) = created {
            columns.push(("created", Arc::new(self.times(batch, created)?)));
        }
        if let Some(column) = sensitive.as_ref().and_then(|name| batch.column_by_name(name)) {
            let flags: BooleanArray = cast(column, &DataType::Boolean)?.as_boolean().clone();
            columns.push(("sensitive", Arc::new(flags)));
        }
        for number in ["member_number", "item", "lake_version"] {
            let values = index.column_by_name(number).cloned();
            let missing = || ArrowError::SchemaError(format!("an index without `{number}`"));
            columns.push((number, values.ok_or_else(missing)?));
        }
        let fields = columns
            .iter()
            .map(|(name, values)| Field::new(*name, values.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        RecordBatch::try_new(schema, columns.into_iter().map(|(_, values)| values).collect())
    }

    fn texts(&self, batch: &RecordBatch, name: &str) -> Result<Vec<Option<String>>, ArrowError> {
        let Some(column) = batch.column_by_name(name) else {
            let value = self.partition.get(name).cloned().flatten();
            return Ok(vec![value; batch.num_rows()]);
        };
        let texts = cast(column, &DataType::Utf8)?;
        Ok(texts.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect())
    }

    fn words(&self, batch: &RecordBatch, said: &Said) -> Result<Vec<Option<String>>, ArrowError> {
        Ok(match said {
            Said::Always(word) => vec![Some(word.clone()); batch.num_rows()],
            Said::Column(name) => self.texts(batch, name)?,
            Said::Values { column, values } => {
                let raw = self.texts(batch, column)?.into_iter();
                raw.map(|value| values.get(&value?).cloned()).collect()
            }
        })
    }

    /// A declaration speaks where the table says nothing, and not where it is not understood.
    fn audience(
        &self,
        batch: &RecordBatch,
        said: Option<&Said>,
    ) -> Result<Vec<Option<String>>, ArrowError> {
        let declared = &self.columns.declared_visibility;
        let (column, said) = match said {
            None => return Ok(vec![declared.clone(); batch.num_rows()]),
            Some(said @ Said::Always(_)) => return self.words(batch, said),
            Some(said @ (Said::Column(column) | Said::Values { column, .. })) => (column, said),
        };
        let raw = self.texts(batch, column)?;
        let words = self.words(batch, said)?;
        let filled = raw.into_iter().zip(words);
        Ok(filled.map(|(raw, word)| if raw.is_none() { declared.clone() } else { word }).collect())
    }

    fn times(&self, batch: &RecordBatch, time: &Time) -> Result<Int64Array, ArrowError> {
        let factor = match time.unit.as_str() {
            "seconds" => 1_000_000,
            "milliseconds" => 1_000,
            "microseconds" => 1,
            "timestamp" | "utc" => return stamps(batch, &time.column),
            _ => {
                let texts = self.texts(batch, &time.column)?.into_iter();
                let instant = |text: Option<String>| text?.parse::<Instant>().ok();
                return Ok(texts.map(|text| instant(text).map(Instant::as_micros)).collect());
            }
        };
        let Some(column) = batch.column_by_name(&time.column) else {
            let texts = self.texts(batch, &time.column)?.into_iter();
            let number = |text: Option<String>| text?.parse::<i64>().ok()?.checked_mul(factor);
            return Ok(texts.map(number).collect());
        };
        let numbers = cast(column, &DataType::Int64)?;
        let numbers = numbers.as_primitive::<Int64Type>();
        Ok(numbers.iter().map(|number| number?.checked_mul(factor)).collect())
    }
}

fn stamps(batch: &RecordBatch, name: &str) -> Result<Int64Array, ArrowError> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(Int64Array::new_null(batch.num_rows()));
    };
    let zone = match column.data_type() {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    let micros = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, zone))?;
    Ok(micros.as_primitive::<TimestampMicrosecondType>().iter().collect())
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> AuditError {
    move |source| AuditError::File { path: path.to_owned(), source }
}

fn wrong(path: &Path, what: String) -> AuditError {
    AuditError::Lake { path: path.to_owned(), what }
}

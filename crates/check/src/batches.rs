//! Rows of Parquet and Arrow files, one batch in memory at a time.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    panic::{self, AssertUnwindSafe},
};

use arrow::{array::RecordBatch, datatypes::Schema, error::ArrowError, ipc::reader::FileReader};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use crate::{
    CheckError, Columns, DataFile,
    column::{Column, Unusable, parts},
    lines::{Read as ReadRow, Visit},
    row::Row,
    streams::{Stream, check_blocks},
};

/// How many rows of a Parquet file are in memory at a time.
const ROWS: usize = 8_192;

/// How Arrow's file format starts; its stream format does not.
const MAGIC: &[u8] = b"ARROW1";

/// Reads a Parquet file; only the columns that say something are unpacked.
pub(crate) fn read_parquet(
    file: &DataFile,
    columns: &Columns,
    visit: &mut Visit<'_>,
) -> Result<(), CheckError> {
    let broken = |row| move |source| CheckError::Parquet { file: file.path.clone(), row, source };
    let bytes = open(file)?;
    let opened = guarded(file, 0, || ParquetRecordBatchReaderBuilder::try_new(bytes))?;
    let builder = opened.map_err(broken(0))?;
    let roots = roots(file, builder.schema(), columns)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    let builder = builder.with_projection(mask).with_batch_size(ROWS);
    let mut reader = guarded(file, 0, || builder.build())?.map_err(broken(0))?;
    let mut rows = Rows { file, columns, read: 0 };
    while let Some(batch) = guarded(file, rows.read, || reader.next())? {
        let batch = batch.map_err(|fault| broken(rows.read)(fault.into()))?;
        rows.visit(&batch, share(file.bytes, rows.read, total), visit)?;
    }
    Ok(())
}

/// Reads a file in either of Arrow's formats.
pub(crate) fn read_arrow(
    file: &DataFile,
    columns: &Columns,
    visit: &mut Visit<'_>,
) -> Result<(), CheckError> {
    let at = |source| CheckError::Read { file: file.path.clone(), source };
    let broken = |source| CheckError::Arrow { file: file.path.clone(), row: 0, source };
    let mut bytes = BufReader::new(open(file)?);
    let mut start = Vec::new();
    (&mut bytes).take(MAGIC.len() as u64).read_to_end(&mut start).map_err(at)?;
    bytes.seek(SeekFrom::Start(0)).map_err(at)?;
    let mut rows = Rows { file, columns, read: 0 };
    if start == MAGIC {
        let opened = guarded(file, 0, || {
            check_blocks(&mut bytes)?;
            FileReader::try_new(bytes, None)
        })?;
        let reader = opened.map_err(broken)?;
        roots(file, &reader.schema(), columns)?;
        return rows.visit_all(reader, visit);
    }
    let stream = guarded(file, 0, || Stream::open(bytes))?.map_err(broken)?;
    roots(file, &stream.schema(), columns)?;
    rows.visit_all(stream, visit)
}

/// Goes through the batches of one file.
struct Rows<'a> {
    file: &'a DataFile,
    columns: &'a Columns,
    /// Rows so far.
    read: u64,
}

impl Rows<'_> {
    fn visit_all(
        &mut self,
        mut batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
        visit: &mut Visit<'_>,
    ) -> Result<(), CheckError> {
        while let Some(batch) = guarded(self.file, self.read, || batches.next())? {
            let (file, row) = (self.file.path.clone(), self.read);
            let batch = batch.map_err(|source| CheckError::Arrow { file, row, source })?;
            self.visit(&batch, 0, visit)?;
        }
        Ok(())
    }

    fn visit(
        &mut self,
        batch: &RecordBatch,
        bytes: u64,
        visit: &mut Visit<'_>,
    ) -> Result<(), CheckError> {
        let named = self.columns.named();
        let columns = named.map(|(field, path)| {
            let column = guarded(self.file, self.read, || Column::of(batch, path))?;
            column
                .map(|column| (field, column))
                .map_err(|why| unusable(self.file, self.read, path, why))
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for at in 0..batch.num_rows() {
            let mut row = Row::empty();
            for (field, column) in &columns {
                row.set(*field, column.value(at));
            }
            self.read += 1;
            visit(ReadRow { row: self.read, bytes, said: Ok(&row) })?;
        }
        Ok(())
    }
}

/// The places of the top-level columns that are needed.
fn roots(file: &DataFile, schema: &Schema, columns: &Columns) -> Result<Vec<usize>, CheckError> {
    let place = |path: &str| {
        let parts = parts(schema, path)?;
        let first = parts.first().ok_or(Unusable::Missing)?;
        schema.index_of(first).map_err(|_| Unusable::Missing)
    };
    let fault = |path: &str, why| {
        let Unusable::Missing = why else { return unusable(file, 0, path, why) };
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let known = format!("it has {}", names.join(", "));
        CheckError::MissingColumn { file: file.path.clone(), column: path.to_owned(), known }
    };
    columns.named().map(|(_, path)| place(path).map_err(|why| fault(path, why))).collect()
}

fn unusable(file: &DataFile, row: u64, path: &str, why: Unusable) -> CheckError {
    let (file, column) = (file.path.clone(), path.to_owned());
    match why {
        Unusable::Missing => {
            CheckError::MissingColumn { file, column, known: "it changed".to_owned() }
        }
        Unusable::Several => CheckError::SeveralColumns { file, column },
        Unusable::Holds(holds) => CheckError::WrongColumn { file, column, holds },
        Unusable::Broken(source) => CheckError::Arrow { file, row, source },
    }
}

/// Arrow's readers trust some numbers of a file and panic where these contradict each other; that
/// is a fault of the file, and costs the file alone.
fn guarded<T>(file: &DataFile, row: u64, read: impl FnOnce() -> T) -> Result<T, CheckError> {
    panic::catch_unwind(AssertUnwindSafe(read)).map_err(|said| {
        let words = said.downcast_ref::<String>().map(String::as_str);
        let what = words.or_else(|| said.downcast_ref::<&str>().copied());
        let what = what.unwrap_or("the reader gave up").to_owned();
        CheckError::Contradiction { file: file.path.clone(), row, what }
    })
}

fn open(file: &DataFile) -> Result<File, CheckError> {
    let at = |source| CheckError::Read { file: file.path.clone(), source };
    File::open(&file.path).map_err(at)
}

/// The bytes that so many of all rows stand for.
fn share(bytes: u64, rows: u64, total: u64) -> u64 {
    let share = u128::from(bytes) * u128::from(rows) / u128::from(total.max(1));
    u64::try_from(share).unwrap_or(bytes)
}

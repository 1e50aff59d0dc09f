//! Finding, pinning and reading the files of a table that lies elsewhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

use arrow::datatypes::{Schema, SchemaRef};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path};
use parquet::arrow::{
    ParquetRecordBatchStreamBuilder, ProjectionMask, async_reader::ParquetRecordBatchStream,
};
use policy::Instant;
use tokio::fs::File;
use url::Url;

use super::Pin;
use crate::{LakeError, Result};

/// Rows that are decoded at a time.
const BATCH: usize = 8192;

/// A table that lies elsewhere, as it is now.
#[derive(Debug, Clone)]
pub struct OutsideTable {
    /// What its columns are called and of which type they are.
    pub schema: SchemaRef,
    /// Its version, if it is a Delta table.
    pub delta_version: Option<u64>,
    /// Its files, by path.
    pub files: Vec<OutsideFile>,
}

/// A file of a table that lies elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideFile {
    /// The file as it is now.
    pub pin: Pin,
    /// What its path or log says of all of its rows.
    pub partition: BTreeMap<String, Option<String>>,
}

impl OutsideTable {
    /// Finds a table: a Delta table's folder, a Parquet file, a folder of Parquet files, or a
    /// pattern for their paths in which `*` and `?` stand for parts of a name.
    ///
    /// # Errors
    /// If there is none, or it has deletion vectors or mapped columns, or its files differ in the
    /// columns that they have.
    pub async fn find(location: &str) -> Result<Self> {
        let path = FilePath::new(location);
        if !path.is_absolute() {
            return Err(wrong(location, "is no absolute path"));
        }
        if path.join("_delta_log").is_dir() {
            return Self::delta(location).await;
        }
        let found = match path.is_dir() {
            true => parquet_below(path)?,
            false if location.contains(['*', '?']) => matching(path)?,
            false => path.is_file().then(|| path.to_owned()).into_iter().collect(),
        };
        if found.is_empty() {
            let hint = "names no Parquet file and no Delta table (hint: a file, a folder, or a \
                        pattern such as `/data/posts/*.parquet`)";
            return Err(wrong(location, hint));
        }
        let schema = Arc::new(Schema::empty());
        let mut table = Self { schema, delta_version: None, files: Vec::new() };
        for file in found {
            let partition = partition_of(path, &file);
            let (pin, schema) = describe(&file).await?;
            table.take_in(location, &schema, &partition, &pin)?;
            table.files.push(OutsideFile { pin, partition });
        }
        table.files.sort_by(|one, other| one.pin.path.cmp(&other.pin.path));
        Ok(table)
    }

    /// Every file of a folder has the same columns, or nobody can tell what a missing one means.
    fn take_in(
        &mut self,
        location: &str,
        schema: &Schema,
        partition: &BTreeMap<String, Option<String>>,
        pin: &Pin,
    ) -> Result<()> {
        let words = partition
            .keys()
            .map(|name| arrow::datatypes::Field::new(name, arrow::datatypes::DataType::Utf8, true));
        let fields = schema.fields().iter().map(|field| field.as_ref().clone()).chain(words);
        let schema = Schema::new(fields.collect::<Vec<_>>());
        let named = |schema: &Schema| -> BTreeMap<String, String> {
            let fields = schema.fields().iter();
            fields.map(|field| (field.name().clone(), field.data_type().to_string())).collect()
        };
        if self.files.is_empty() {
            self.schema = Arc::new(schema);
        } else if named(&self.schema) != named(&schema) {
            let first = self.files.first().map(|file| file.pin.path.clone()).unwrap_or_default();
            let what = format!(
                "has files with other columns or types: `{}` and `{first}` (hint: a mapping for \
                 each kind of file)",
                pin.path
            );
            return Err(wrong(location, &what));
        }
        Ok(())
    }

    async fn delta(location: &str) -> Result<Self> {
        let failed = |error| unreadable_log(location, &error);
        let url = Url::from_directory_path(location)
            .map_err(|()| wrong(location, "is no absolute path"))?;
        let builder = DeltaTableBuilder::from_url(url).map_err(failed)?;
        let delta = builder.load().await.map_err(failed)?;
        Self::of_log(location, &delta).await
    }

    async fn of_log(location: &str, delta: &DeltaTable) -> Result<Self> {
        let snapshot = delta.snapshot().map_err(|error| unreadable_log(location, &error))?;
        let mode = snapshot.metadata().configuration().get("delta.columnMapping.mode");
        if mode.is_some_and(|mode| mode != "none") {
            return Err(wrong(location, "is a Delta table with mapped columns, which is not read"));
        }
        let schema = snapshot.snapshot().arrow_schema();
        let mut files = Vec::new();
        for view in snapshot.log_data().iter() {
            if view.deletion_vector_descriptor().is_some() {
                let what = "is a Delta table with deletion vectors, which is not read (hint: \
                            `REORG TABLE … APPLY (PURGE)`)";
                return Err(wrong(location, what));
            }
            let path = FilePath::new(location).join(view.path().as_ref());
            let pin = pin(&path).await?;
            let partition = view.partition_values_map().into_iter().collect();
            files.push(OutsideFile { pin, partition });
        }
        files.sort_by(|one, other| one.pin.path.cmp(&other.pin.path));
        Ok(Self { schema, delta_version: delta.version(), files })
    }
}

impl Pin {
    /// Whether the file is still what it was; what is different, if it is not.
    ///
    /// # Errors
    /// If that cannot be told.
    pub async fn difference(&self) -> Result<Option<String>> {
        let path = location_of(&self.path)?;
        let found = match store().head(&path).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(Some("it is gone".to_owned())),
            Err(source) => return Err(LakeError::object("looking at", &self.path)(source)),
        };
        Ok(match () {
            () if found.size != self.bytes => {
                Some(format!("it had {} bytes and has {}", self.bytes, found.size))
            }
            () if instant(&found) != self.modified => {
                Some(format!("it was written at {} again", instant(&found)))
            }
            () if found.e_tag != self.e_tag => Some("another file took its place".to_owned()),
            () => None,
        })
    }

    /// Its rows, but only some of the columns; those that it does not have are left out.
    ///
    /// # Errors
    /// If it cannot be read as Parquet.
    pub async fn read(&self, columns: &BTreeSet<&str>) -> Result<ParquetRecordBatchStream<File>> {
        let builder = open(&self.path).await?;
        let schema = builder.schema();
        let roots = columns.iter().filter_map(|column| schema.index_of(column).ok());
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots.collect::<Vec<_>>());
        let rows = builder.with_projection(mask).with_batch_size(BATCH).build();
        rows.map_err(|source| LakeError::OutsideData { path: self.path.clone(), source })
    }
}

async fn open(path: &str) -> Result<ParquetRecordBatchStreamBuilder<File>> {
    let file = File::open(path).await.map_err(LakeError::file("opening", path))?;
    let found = file.metadata().await.map_err(LakeError::file("looking at", path))?;
    if found.len() == 0 {
        let what = "is empty, and no Parquet file (hint: delete it, or write it again)";
        return Err(wrong(path, what));
    }
    let builder = ParquetRecordBatchStreamBuilder::new(file).await;
    builder.map_err(|source| LakeError::OutsideData { path: path.to_owned(), source })
}

/// Where tables of others lie: what is read there is not below the lake.
fn store() -> Arc<dyn ObjectStore> {
    Arc::new(LocalFileSystem::new())
}

fn location_of(path: &str) -> Result<Path> {
    Path::from_absolute_path(path).map_err(|_| wrong(path, "is no path of a file"))
}

fn instant(found: &object_store::ObjectMeta) -> Instant {
    Instant::from_micros(found.last_modified.timestamp_micros())
}

async fn pin(path: &FilePath) -> Result<Pin> {
    let path = path.to_string_lossy().into_owned();
    let found = store().head(&location_of(&path)?).await;
    let found = found.map_err(LakeError::object("looking at", &path))?;
    Ok(Pin { bytes: found.size, modified: instant(&found), e_tag: found.e_tag, path })
}

async fn describe(path: &FilePath) -> Result<(Pin, SchemaRef)> {
    let pin = pin(path).await?;
    let schema = Arc::clone(open(&pin.path).await?.schema());
    Ok((pin, schema))
}

/// The Parquet files of a folder and of those below; what begins with `_` or `.` is no data.
fn parquet_below(folder: &FilePath) -> Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for (name, path) in entries(&folder)? {
            match () {
                () if name.starts_with(['_', '.']) => {}
                () if path.is_dir() => folders.push(path),
                () if name.ends_with(".parquet") => files.push(path),
                () => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The files whose path is as a pattern says, name by name.
fn matching(pattern: &FilePath) -> Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let part = part.as_os_str().to_string_lossy();
        let mut next = Vec::new();
        for folder in found {
            if !part.contains(['*', '?']) {
                next.push(folder.join(part.as_ref()));
                continue;
            }
            if folder.is_dir() {
                let entries = entries(&folder)?.into_iter();
                next.extend(entries.filter(|(name, _)| is_like(&part, name)).map(|(_, path)| path));
            }
        }
        found = next;
    }
    found.retain(|path| path.is_file());
    found.sort();
    Ok(found)
}

fn entries(folder: &FilePath) -> Result<Vec<(String, PathBuf)>> {
    let failed = || LakeError::file("listing", folder);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    Ok(found)
}

/// Whether a name is as a pattern says.
fn is_like(pattern: &str, name: &str) -> bool {
    let mut rest = pattern.chars();
    let Some(first) = rest.next() else { return name.is_empty() };
    let mut letters = name.chars();
    match first {
        '*' => {
            let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.filter_map(|at| name.get(at..)).any(|name| is_like(rest.as_str(), name))
        }
        '?' => letters.next().is_some() && is_like(rest.as_str(), letters.as_str()),
        letter => letters.next() == Some(letter) && is_like(rest.as_str(), letters.as_str()),
    }
}

/// What folders named `COLUMN=VALUE` between a table and a file say.
fn partition_of(table: &FilePath, file: &FilePath) -> BTreeMap<String, Option<String>> {
    let below = file.strip_prefix(table).unwrap_or(FilePath::new(""));
    let folders = below.parent().into_iter().flat_map(FilePath::components);
    let said = folders.filter_map(|folder| {
        let folder = folder.as_os_str().to_string_lossy();
        let (column, value) = folder.split_once('=')?;
        let value = (value != "__HIVE_DEFAULT_PARTITION__").then(|| value.to_owned());
        Some((column.to_owned(), value))
    });
    said.collect()
}

/// Why a log cannot be read: the first commit that is damaged, or else what the reader said of it,
/// which may have a backtrace below its first line.
fn unreadable_log(location: &str, error: &DeltaTableError) -> LakeError {
    let log = FilePath::new(location).join("_delta_log");
    let damaged = entries(&log).ok().and_then(|mut entries| {
        entries.retain(|(name, _)| name.ends_with(".json"));
        entries.sort();
        entries.into_iter().find_map(|(_, path)| Some((damaged_line(&path)?, path)))
    });
    if let Some((line, path)) = damaged {
        let what = format!(
            "is damaged: line {line} is no JSON object (hint: put the file back as it was written)"
        );
        return wrong(&path.to_string_lossy(), &what);
    }
    let said = error.to_string();
    let what = format!(
        "is a Delta table whose log cannot be read: {} (hint: see `_delta_log`; every commit since \
         the last checkpoint has to be there)",
        said.lines().next().unwrap_or_default()
    );
    wrong(location, &what)
}

/// The first line of a commit that is not as it has to be.
fn damaged_line(commit: &FilePath) -> Option<usize> {
    let bytes = std::fs::read(commit).ok()?;
    let is_object = |line: &[u8]| {
        line.trim_ascii().is_empty()
            || serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line).is_ok()
    };
    let damaged = bytes.split(|byte| *byte == b'\n').position(|line| !is_object(line));
    damaged.map(|place| place.saturating_add(1))
}

fn wrong(path: &str, what: &str) -> LakeError {
    LakeError::Outside { path: path.to_owned(), what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names() {
        let table = [
            ("*.parquet", "a.parquet", true),
            ("*.parquet", "a.parquet.tmp", false),
            ("part-?.parquet", "part-1.parquet", true),
            ("part-?.parquet", "part-12.parquet", false),
            ("*", "", true),
            ("a*b*c", "a1b2b3c", true),
            ("", "a", false),
        ];
        for (pattern, name, expected) in table {
            assert_eq!(is_like(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn folders_say_what_holds_for_all_rows_of_a_file() {
        let said = partition_of(
            FilePath::new("/data/posts"),
            FilePath::new("/data/posts/lang=de/year=__HIVE_DEFAULT_PARTITION__/a.parquet"),
        );
        let expected = [("lang", Some("de")), ("year", None)];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.map(str::to_owned)));
        assert_eq!(said, BTreeMap::from(expected));
        assert!(
            partition_of(FilePath::new("/data/*"), FilePath::new("/data/a.parquet")).is_empty()
        );
    }
}

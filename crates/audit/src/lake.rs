//! The lake as it lies on disk: version files, Delta logs and data files, read one by one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use arrow::array::{Array, AsArray};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use policy::{Category, Visibility};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    AuditError, Result,
    attached::{self, AttachedFile},
    rule::RowFacts,
    table::{self, Row},
};

/// What is known here of a table whose rows are given out.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) table: &'static str,
    /// The columns that become text, one paragraph each; none if rows have no text.
    pub(crate) paragraphs: &'static [&'static str],
    /// The columns in which somebody may be named.
    pub(crate) free_text: &'static [&'static str],
}

/// The tables whose rows are given out, in the order in which a lineage has them.
pub(crate) const TABLES: [Layout; 6] = [
    Layout {
        table: "profiles",
        paragraphs: &["headline", "about"],
        free_text: &["headline", "about", "location"],
    },
    Layout {
        table: "positions",
        paragraphs: &["title", "employer", "description"],
        free_text: &["title", "employer", "description"],
    },
    Layout {
        table: "education",
        paragraphs: &["school", "degree", "field", "description"],
        free_text: &["school", "degree", "field", "description"],
    },
    Layout { table: "skills", paragraphs: &[], free_text: &["name"] },
    Layout { table: "items", paragraphs: &["title", "text"], free_text: &["title", "text"] },
    Layout { table: "activity", paragraphs: &[], free_text: &["kind"] },
];

/// The table in which the rows of tables that lie elsewhere are.
pub(crate) const ATTACHED: &str = "items";

/// The newest version of a lake.
#[derive(Debug)]
pub(crate) struct Lake {
    root: PathBuf,
    /// The data files of each table.
    files: BTreeMap<String, Vec<PathBuf>>,
    /// The files of tables that lie elsewhere, whose rows are items.
    attached: Vec<AttachedFile>,
}

#[derive(Debug, Deserialize)]
struct Version {
    version: i64,
    tables: BTreeMap<String, u64>,
    #[serde(default)]
    attached: BTreeMap<String, i64>,
    evidence: Option<Evidence>,
}

#[derive(Debug, Deserialize)]
struct Evidence {
    files_rewritten: Vec<Rewritten>,
}

#[derive(Debug, Deserialize)]
struct Rewritten {
    table: String,
    rows_removed: u64,
}

impl Layout {
    pub(crate) fn of(table: &str) -> Option<&'static Self> {
        TABLES.iter().find(|layout| layout.table == table)
    }

    /// What kind of data a row is; `None` if it says nothing that is known.
    pub(crate) fn category(&self, row: Row<'_>) -> Option<Category> {
        match self.table {
            "profiles" => Some(Category::Profile),
            "positions" => Some(Category::Positions),
            "education" => Some(Category::Education),
            "skills" => Some(Category::Skills),
            "activity" => Some(Category::Activity),
            _ => match row.text("kind")? {
                "post" => Some(Category::Posts),
                "article" => Some(Category::Articles),
                "comment" => Some(Category::Comments),
                "group" => Some(Category::GroupContent),
                _ => None,
            },
        }
    }

    /// What the rule asks of a row; `None` if its category is not known.
    pub(crate) fn facts(&self, row: Row<'_>, names_objector: bool) -> Option<RowFacts> {
        Some(RowFacts {
            item: row.long("item")?,
            category: self.category(row)?,
            visibility: row.text("visibility").and_then(visibility),
            created: row.long("created").map(policy::Instant::from_micros),
            sensitive: row.is_set("sensitive"),
            names_objector,
        })
    }
}

fn visibility(word: &str) -> Option<Visibility> {
    Some(match word {
        "public" => Visibility::Public,
        "network" => Visibility::Network,
        "connections" => Visibility::Connections,
        "group" => Visibility::Group,
        "private" => Visibility::Private,
        _ => return None,
    })
}

impl Lake {
    /// Reads which files are alive in the newest version.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let newest = versions(root)?.pop_last().map(|(_, path)| read_version(&path)).transpose()?;
        let (mut files, mut attached) = (BTreeMap::new(), Vec::new());
        if let Some(newest) = newest {
            for (table, version) in newest.tables {
                let alive = alive(&root.join(&table), version)?;
                files.insert(table, alive);
            }
            for (name, version) in newest.attached {
                attached.extend(attached::files(root, &name, version)?);
            }
        }
        Ok(Self { root: root.to_owned(), files, attached })
    }

    /// Calls `visit` for every row of a table, those that lie elsewhere included.
    pub(crate) fn for_each(&self, table: &str, mut visit: impl FnMut(Row<'_>)) -> Result<()> {
        self.for_each_own(table, &mut visit)?;
        if table == ATTACHED { self.for_each_attached(visit) } else { Ok(()) }
    }

    /// Calls `visit` for every row of the tables that lie elsewhere.
    pub(crate) fn for_each_attached(&self, mut visit: impl FnMut(Row<'_>)) -> Result<()> {
        self.attached.iter().try_for_each(|file| file.for_each(&mut visit))
    }

    /// Calls `visit` for every row of a table that lies in the lake itself.
    pub(crate) fn for_each_own(&self, table: &str, mut visit: impl FnMut(Row<'_>)) -> Result<()> {
        for path in self.files.get(table).into_iter().flatten() {
            let bytes = Bytes::from(fs::read(path).map_err(failed(path))?);
            let parquet = |source| AuditError::Parquet { path: path.clone(), source };
            table::for_each(bytes, &mut visit).map_err(parquet)?;
        }
        Ok(())
    }

    /// Every table there is.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// How many rows of each table were erased after a version, by what the lake says of itself.
    pub(crate) fn erased_since(&self, version: i64) -> Result<BTreeMap<String, u64>> {
        let mut erased = BTreeMap::new();
        for path in versions(&self.root)?.into_values() {
            let record = read_version(&path)?;
            let evidence = record.evidence.filter(|_| record.version > version);
            for file in evidence.into_iter().flat_map(|evidence| evidence.files_rewritten) {
                *erased.entry(file.table).or_default() += file.rows_removed;
            }
        }
        Ok(erased)
    }
}

/// The version files that are complete, by number.
fn versions(root: &Path) -> Result<BTreeMap<i64, PathBuf>> {
    let folder = root.join("_versions");
    let mut versions = BTreeMap::new();
    for path in files_of(&folder)? {
        let number = numbered(&path, ".json").and_then(|number| i64::try_from(number).ok());
        // An empty file is what a power failure leaves of one that nobody was told of.
        let is_complete = fs::metadata(&path).map_err(failed(&path))?.len() > 0;
        if let Some(number) = number.filter(|_| is_complete) {
            versions.insert(number, path);
        }
    }
    Ok(versions)
}

fn read_version(path: &Path) -> Result<Version> {
    let bytes = fs::read(path).map_err(failed(path))?;
    serde_json::from_slice(&bytes)
        .map_err(|source| AuditError::Json { path: path.to_owned(), source })
}

/// The data files of a table that are alive at a version of its log.
fn alive(table: &Path, version: u64) -> Result<Vec<PathBuf>> {
    let log = table.join("_delta_log");
    let commits: BTreeMap<u64, PathBuf> = files_of(&log)?
        .into_iter()
        .filter_map(|path| Some((numbered(&path, ".json")?, path)))
        .filter(|(number, _)| *number <= version)
        .collect();
    let mut alive = BTreeSet::new();
    let mut next = 0;
    if !commits.contains_key(&0) {
        let (number, path) = checkpoint(&log, version)?;
        alive = read_checkpoint(&path)?;
        next = number + 1;
    }
    for number in next..=version {
        let missing = || wrong(&log, format!("no commit {number}"));
        replay(commits.get(&number).ok_or_else(missing)?, &mut alive)?;
    }
    Ok(alive.into_iter().map(|path| table.join(decoded(&path))).collect())
}

/// Applies one commit: a JSON object a line, each with one action.
fn replay(path: &Path, alive: &mut BTreeSet<String>) -> Result<()> {
    let text = fs::read_to_string(path).map_err(failed(path))?;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let action: Value = serde_json::from_str(line)
            .map_err(|source| AuditError::Json { path: path.to_owned(), source })?;
        let path_of = |kind: &str| action.get(kind)?.get("path")?.as_str().map(str::to_owned);
        if action
            .get("add")
            .is_some_and(|add| add.get("deletionVector").is_some_and(|v| !v.is_null()))
        {
            return Err(wrong(path, "a deletion vector, which no version of it writes".to_owned()));
        }
        if let Some(removed) = path_of("remove") {
            alive.remove(&removed);
        }
        alive.extend(path_of("add"));
    }
    Ok(())
}

/// The newest checkpoint up to a version.
fn checkpoint(log: &Path, version: u64) -> Result<(u64, PathBuf)> {
    let found = files_of(log)?.into_iter().filter_map(|path| {
        let number = numbered(&path, ".checkpoint.parquet")?;
        (number <= version).then_some((number, path))
    });
    found.max().ok_or_else(|| wrong(log, "neither its first commit nor a checkpoint".to_owned()))
}

fn read_checkpoint(path: &Path) -> Result<BTreeSet<String>> {
    let parquet = |source| AuditError::Parquet { path: path.to_owned(), source };
    let bytes = Bytes::from(fs::read(path).map_err(failed(path))?);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(parquet)?;
    let mut alive = BTreeSet::new();
    for batch in reader {
        let batch = batch.map_err(|error| parquet(error.into()))?;
        let Some(added) = batch.column_by_name("add").and_then(|add| add.as_struct_opt()) else {
            return Err(wrong(path, "a checkpoint without files".to_owned()));
        };
        let paths = added.column_by_name("path").and_then(|paths| paths.as_string_opt::<i32>());
        let paths = paths.ok_or_else(|| wrong(path, "a checkpoint without paths".to_owned()))?;
        let valid = (0..paths.len()).filter(|at| added.is_valid(*at) && paths.is_valid(*at));
        alive.extend(valid.map(|at| paths.value(at).to_owned()));
    }
    Ok(alive)
}

/// A path in a log is percent-encoded.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { others.get(2..).unwrap_or_default() } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The number that a file is named after; `None` if it is not named after one.
fn numbered(path: &Path, ending: &str) -> Option<u64> {
    path.file_name()?.to_str()?.strip_suffix(ending)?.parse().ok()
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed(folder))?,
    };
    let paths: std::io::Result<Vec<_>> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect();
    paths.map_err(failed(folder))
}

pub(crate) fn failed(path: &Path) -> impl Fn(std::io::Error) -> AuditError {
    move |source| AuditError::File { path: path.to_owned(), source }
}

pub(crate) fn wrong(path: &Path, what: String) -> AuditError {
    AuditError::Lake { path: path.to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_replayed_up_to_its_version_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("_delta_log");
        fs::create_dir(&log).unwrap();
        let commits = [
            "{\"protocol\":{}}\n{\"metaData\":{}}\n",
            "{\"add\":{\"path\":\"range=0/a%20b.parquet\"}}\n{\"add\":{\"path\":\"c\"}}\n",
            "{\"remove\":{\"path\":\"c\"}}\n{\"add\":{\"path\":\"d\"}}\n",
            "{\"remove\":{\"path\":\"d\"}}\n",
        ];
        for (number, commit) in commits.iter().enumerate() {
            fs::write(log.join(format!("{number:020}.json")), commit).unwrap();
        }
        let names = |version| -> Vec<String> {
            let paths = alive(folder.path(), version).unwrap();
            let name =
                |path: &PathBuf| path.strip_prefix(folder.path()).unwrap().display().to_string();
            paths.iter().map(name).collect()
        };
        assert!(names(0).is_empty());
        assert_eq!(names(1), ["c", "range=0/a b.parquet"]);
        assert_eq!(names(2), ["d", "range=0/a b.parquet"]);
        assert!(alive(folder.path(), 9).is_err());
        fs::remove_file(log.join(format!("{:020}.json", 0))).unwrap();
        assert!(alive(folder.path(), 2).is_err());
    }
}

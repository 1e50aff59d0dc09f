//! The lake as it lies: version files, Delta logs and data files, read one by one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use arrow::array::{Array, AsArray};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use policy::{Category, Visibility, aipref::Usage};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    AuditError, LakePlace, Result,
    attached::{self, AttachedFile},
    files::Files,
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
        paragraphs: &["title", "employer", "started", "ended", "description"],
        free_text: &["title", "employer", "started", "ended", "description"],
    },
    Layout {
        table: "education",
        paragraphs: &["school", "degree", "field", "started", "ended", "description"],
        free_text: &["school", "degree", "field", "started", "ended", "description"],
    },
    Layout { table: "skills", paragraphs: &["name"], free_text: &["name"] },
    Layout { table: "items", paragraphs: &["title", "text"], free_text: &["title", "text"] },
    Layout { table: "activity", paragraphs: &[], free_text: &["kind"] },
];

/// The table in which the rows of tables that lie elsewhere are.
pub(crate) const ATTACHED: &str = "items";

/// The newest version of a lake.
#[derive(Debug)]
pub(crate) struct Lake {
    files: Files,
    /// The versions that are there.
    versions: BTreeSet<i64>,
    /// The data files of each table.
    alive: BTreeMap<String, Vec<String>>,
    /// Data files that are not what they should be. What cannot be read of them is left out.
    damaged: BTreeSet<String>,
    /// The files of tables that lie elsewhere, whose rows are items.
    attached: Vec<AttachedFile>,
    /// Rows up to this version were looked at for what they reveal.
    judged_through: i64,
}

#[derive(Debug, Deserialize)]
struct Version {
    version: i64,
    tables: BTreeMap<String, u64>,
    #[serde(default)]
    judged: Judged,
    #[serde(default)]
    attached: BTreeMap<String, i64>,
    evidence: Option<Evidence>,
}

/// Which rows were looked at for what they reveal of special categories.
#[derive(Debug, Default, Deserialize)]
struct Judged {
    through: i64,
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
    pub(crate) fn facts(
        &self,
        row: Row<'_>,
        is_revealing: bool,
        names_objector: bool,
    ) -> Option<RowFacts> {
        Some(RowFacts {
            item: row.long("item")?,
            category: self.category(row)?,
            visibility: row.text("visibility").and_then(visibility),
            created: row.long("created").map(policy::Instant::from_micros),
            signal: Usage::read(row.text("content_usage").unwrap_or_default()),
            sensitive: is_revealing || row.is_set("sensitive"),
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
    pub(crate) async fn open(place: &LakePlace) -> Result<Self> {
        let files = Files::open(place)?;
        let (mut all_alive, mut attached) = (BTreeMap::new(), Vec::new());
        let mut judged_through = 0;
        let versions = versions(&files).await?;
        if let Some(newest) = versions.values().next_back() {
            let newest = read_version(&files, newest).await?;
            judged_through = newest.judged.through;
            for (table, version) in newest.tables {
                let alive = alive(&files, &table, version).await?;
                all_alive.insert(table, alive);
            }
            for (name, version) in newest.attached {
                attached.extend(attached::files(&files, &name, version).await?);
            }
        }
        let (versions, damaged) = (versions.into_keys().collect(), BTreeSet::new());
        Ok(Self { files, versions, alive: all_alive, damaged, attached, judged_through })
    }

    /// The number of the newest version; 0 before the first.
    pub(crate) fn newest(&self) -> i64 {
        self.versions.last().copied().unwrap_or_default()
    }

    /// The first version before the newest that is not there.
    pub(crate) fn first_missing(&self) -> Option<i64> {
        (1..self.newest()).find(|version| !self.versions.contains(version))
    }

    /// The version up to which rows were looked at for what they reveal.
    pub(crate) fn judged_through(&self) -> i64 {
        self.judged_through
    }

    /// The rows that were found to reveal special categories of personal data.
    pub(crate) async fn revealing(&self) -> Result<HashSet<(i64, i64)>> {
        let mut found = HashSet::new();
        let note = |row: Row<'_>| found.extend(row.long("member_number").zip(row.long("item")));
        self.for_each("sensitive", note).await?;
        Ok(found)
    }

    /// The data files of all tables.
    pub(crate) fn data_files(&self) -> Vec<String> {
        self.alive.values().flatten().cloned().collect()
    }

    /// The bytes of a data file; `None` if it is not there.
    pub(crate) async fn bytes_of(&self, path: &str) -> Result<Option<Bytes>> {
        match self.files.read(path).await {
            Err(error) if error.is_missing() => Ok(None),
            read => read.map(Some),
        }
    }

    /// From now on a data file is not expected to be whole.
    pub(crate) fn note_damaged(&mut self, path: String) {
        self.damaged.insert(path);
    }

    /// Calls `visit` for every row of a table, those that lie elsewhere included.
    pub(crate) async fn for_each(&self, table: &str, mut visit: impl FnMut(Row<'_>)) -> Result<()> {
        self.for_each_own(table, &mut visit).await?;
        if table == ATTACHED { self.for_each_attached(visit).await } else { Ok(()) }
    }

    /// Calls `visit` for every row of the tables that lie elsewhere.
    pub(crate) async fn for_each_attached(&self, mut visit: impl FnMut(Row<'_>)) -> Result<()> {
        for file in &self.attached {
            file.for_each(&self.files, &mut visit).await?;
        }
        Ok(())
    }

    /// Calls `visit` for every row of a table that lies in the lake itself.
    pub(crate) async fn for_each_own(
        &self,
        table: &str,
        mut visit: impl FnMut(Row<'_>),
    ) -> Result<()> {
        for path in self.alive.get(table).into_iter().flatten() {
            match self.for_each_of(path, &mut visit).await {
                Err(_) if self.damaged.contains(path) => {}
                read => read?,
            }
        }
        Ok(())
    }

    async fn for_each_of(&self, path: &str, visit: impl FnMut(Row<'_>)) -> Result<()> {
        let bytes = self.files.read(path).await?;
        let parquet = |source| AuditError::Parquet { path: self.files.shown(path), source };
        table::for_each(bytes, visit).map(drop).map_err(parquet)
    }

    /// Every table there is.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &str> {
        self.alive.keys().map(String::as_str)
    }

    /// How many rows of each table were erased after a version, by what the lake says of itself.
    pub(crate) async fn erased_since(&self, version: i64) -> Result<BTreeMap<String, u64>> {
        let mut erased = BTreeMap::new();
        for path in versions(&self.files).await?.into_values() {
            let record = read_version(&self.files, &path).await?;
            let evidence = record.evidence.filter(|_| record.version > version);
            for file in evidence.into_iter().flat_map(|evidence| evidence.files_rewritten) {
                *erased.entry(file.table).or_default() += file.rows_removed;
            }
        }
        Ok(erased)
    }
}

/// The version files that are complete, by number.
async fn versions(files: &Files) -> Result<BTreeMap<i64, String>> {
    let mut versions = BTreeMap::new();
    // An empty file is what a power failure leaves of one that nobody was told of.
    for file in files.list("_versions").await?.into_iter().filter(|file| file.bytes > 0) {
        let number = numbered(&file.name, ".json").and_then(|number| i64::try_from(number).ok());
        if let Some(number) = number {
            versions.insert(number, format!("_versions/{}", file.name));
        }
    }
    Ok(versions)
}

async fn read_version(files: &Files, path: &str) -> Result<Version> {
    serde_json::from_slice(&files.read(path).await?)
        .map_err(|source| AuditError::Json { path: files.shown(path), source })
}

/// The data files of a table that are alive at a version of its log.
async fn alive(files: &Files, table: &str, version: u64) -> Result<Vec<String>> {
    let log = format!("{table}/_delta_log");
    let names: Vec<_> = files.list(&log).await?.into_iter().map(|file| file.name).collect();
    let commits: BTreeMap<u64, &String> = names
        .iter()
        .filter_map(|name| Some((numbered(name, ".json")?, name)))
        .filter(|(number, _)| *number <= version)
        .collect();
    let mut alive = BTreeSet::new();
    let mut next = 0;
    if !commits.contains_key(&0) {
        let what = || "neither its first commit nor a checkpoint".to_owned();
        let newest = checkpoint(&names, version).ok_or_else(|| wrong(files, &log, what()))?;
        alive = read_checkpoint(files, &format!("{log}/{}", newest.1)).await?;
        next = newest.0 + 1;
    }
    for number in next..=version {
        let missing = || wrong(files, &log, format!("no commit {number}"));
        let name = commits.get(&number).ok_or_else(missing)?;
        replay(files, &format!("{log}/{name}"), &mut alive).await?;
    }
    Ok(alive.into_iter().map(|path| format!("{table}/{}", decoded(&path))).collect())
}

/// Applies one commit: a JSON object a line, each with one action.
async fn replay(files: &Files, path: &str, alive: &mut BTreeSet<String>) -> Result<()> {
    let bytes = files.read(path).await?;
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        let action: Value = serde_json::from_slice(line)
            .map_err(|source| AuditError::Json { path: files.shown(path), source })?;
        let path_of = |kind: &str| action.get(kind)?.get("path")?.as_str().map(str::to_owned);
        if action
            .get("add")
            .is_some_and(|add| add.get("deletionVector").is_some_and(|v| !v.is_null()))
        {
            let what = "a deletion vector, which no version of it writes".to_owned();
            return Err(wrong(files, path, what));
        }
        if let Some(removed) = path_of("remove") {
            alive.remove(&removed);
        }
        alive.extend(path_of("add"));
    }
    Ok(())
}

/// The newest checkpoint up to a version.
fn checkpoint(names: &[String], version: u64) -> Option<(u64, &String)> {
    let found = names.iter().filter_map(|name| {
        let number = numbered(name, ".checkpoint.parquet")?;
        (number <= version).then_some((number, name))
    });
    found.max()
}

async fn read_checkpoint(files: &Files, path: &str) -> Result<BTreeSet<String>> {
    let parquet = |source| AuditError::Parquet { path: files.shown(path), source };
    let reader = ParquetRecordBatchReaderBuilder::try_new(files.read(path).await?)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(parquet)?;
    let mut alive = BTreeSet::new();
    for batch in reader {
        let batch = batch.map_err(|error| parquet(error.into()))?;
        let Some(added) = batch.column_by_name("add").and_then(|add| add.as_struct_opt()) else {
            return Err(wrong(files, path, "a checkpoint without files".to_owned()));
        };
        let paths = added.column_by_name("path").and_then(|paths| paths.as_string_opt::<i32>());
        let missing = || wrong(files, path, "a checkpoint without paths".to_owned());
        let paths = paths.ok_or_else(missing)?;
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
fn numbered(name: &str, ending: &str) -> Option<u64> {
    name.strip_suffix(ending)?.parse().ok()
}

fn wrong(files: &Files, path: &str, what: String) -> AuditError {
    AuditError::Lake { path: files.shown(path), what }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[tokio::test]
    async fn a_log_is_replayed_up_to_its_version_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("items/_delta_log");
        fs::create_dir_all(&log).unwrap();
        let commits = [
            "{\"protocol\":{}}\n{\"metaData\":{}}\n",
            "{\"add\":{\"path\":\"range=0/a%20b.parquet\"}}\n{\"add\":{\"path\":\"c\"}}\n",
            "{\"remove\":{\"path\":\"c\"}}\n{\"add\":{\"path\":\"d\"}}\n",
            "{\"remove\":{\"path\":\"d\"}}\n",
        ];
        for (number, commit) in commits.iter().enumerate() {
            fs::write(log.join(format!("{number:020}.json")), commit).unwrap();
        }
        let files = Files::Folder(folder.path().to_owned());
        let names = async |version| alive(&files, "items", version).await;
        assert!(names(0).await.unwrap().is_empty());
        assert_eq!(names(1).await.unwrap(), ["items/c", "items/range=0/a b.parquet"]);
        assert_eq!(names(2).await.unwrap(), ["items/d", "items/range=0/a b.parquet"]);
        assert!(names(9).await.is_err());
        fs::remove_file(log.join(format!("{:020}.json", 0))).unwrap();
        assert!(names(2).await.is_err());
    }
}

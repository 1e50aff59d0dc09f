//! The files of a corpus, read whether they are what they should be or not.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
};

use bytes::Bytes;
use parquet::file::metadata::ParquetMetaData;

use crate::{
    AuditError, Code, Findings, Place, Result, Severity,
    manifest::{self, Manifest, Shard},
    store::Store,
    table::{self, Row},
};

/// The folders in which the shards lie.
const SPLITS: [&str; 3] = ["train", "validation", "test"];

const SHARD_COLUMNS: [&str; 8] = [
    "document",
    "category",
    "language",
    "created",
    "answers",
    "content_usage",
    "paragraphs",
    "text",
];
const LINEAGE_COLUMNS: [&str; 6] = ["member_number", "item", "table", "file", "row", "document"];

/// What of a corpus could be read.
#[derive(Debug, Default)]
pub(crate) struct Corpus {
    /// In the order of the manifest.
    pub(crate) shards: Vec<ShardRows>,
    pub(crate) lineage: Vec<LineageRow>,
}

#[derive(Debug)]
pub(crate) struct ShardRows {
    pub(crate) path: String,
    /// `None` if the file could not be read.
    pub(crate) rows: Option<Vec<Document>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) document: i64,
    pub(crate) category: String,
    pub(crate) language: Option<String>,
    pub(crate) created: Option<i64>,
    pub(crate) answers: Option<i64>,
    pub(crate) content_usage: Option<String>,
    pub(crate) paragraphs: String,
    pub(crate) text: String,
}

#[derive(Debug, Clone)]
pub(crate) struct LineageRow {
    pub(crate) member: i64,
    pub(crate) item: i64,
    pub(crate) table: String,
    pub(crate) file: String,
    pub(crate) row: i64,
    pub(crate) document: i64,
}

/// A file as the manifest has it.
struct Named<'a> {
    path: &'a str,
    rows: u64,
    bytes: u64,
    blake3: &'a str,
}

impl<'a> Named<'a> {
    fn of(beside: &'a manifest::Beside) -> Self {
        let manifest::Beside { path, rows, bytes, blake3 } = beside;
        Self { path, rows: *rows, bytes: *bytes, blake3 }
    }
}

impl Corpus {
    /// Reads every file that the manifest names, and looks for others.
    pub(crate) fn read(
        folder: &Path,
        manifest: &Manifest,
        store: &Store,
        findings: &mut Findings,
    ) -> Result<Self> {
        let mut corpus = Self::default();
        for shard in &manifest.files {
            check_path(shard, manifest, findings);
            let Shard { path, rows, bytes, blake3, .. } = shard;
            let named = Named { path, rows: *rows, bytes: *bytes, blake3 };
            let rows = read(folder, &named, &SHARD_COLUMNS, findings, document)?;
            findings.checked.rows += rows.as_ref().map_or(0, |rows| rows.len() as u64);
            corpus.shards.push(ShardRows { path: path.clone(), rows });
        }
        let lineage = Named::of(&manifest.lineage);
        let rows = read(folder, &lineage, &LINEAGE_COLUMNS, findings, lineage_row)?;
        corpus.lineage = rows.unwrap_or_default();
        let traits = Named::of(&manifest.traits);
        let numbers = read(folder, &traits, &["trait"], findings, |row| row.long("trait"))?;
        if !numbers.unwrap_or_default().is_sorted_by(|one, next| one < next) {
            let what = "a number stands before one that is not greater";
            findings.violation(Code::Unsorted, Place::file(traits.path), what);
        }
        let holder = store.holder(&manifest.holder);
        let awaited = holder.and_then(|holder| store.first_awaited(holder));
        check_others(folder, manifest, awaited.is_some(), findings)?;
        Ok(corpus)
    }

    /// Every document that could be read.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.shards.iter().flat_map(|shard| shard.rows.iter().flatten())
    }

    /// The document at a place that the lineage names.
    pub(crate) fn document(&self, file: &str, row: i64) -> Option<&Document> {
        let shard = self.shards.iter().find(|shard| shard.path == file)?;
        shard.rows.as_ref()?.get(usize::try_from(row).ok()?)
    }
}

fn document(row: Row<'_>) -> Option<Document> {
    Some(Document {
        document: row.long("document")?,
        category: row.text("category")?.to_owned(),
        language: row.text("language").map(str::to_owned),
        created: row.long("created"),
        answers: row.long("answers"),
        content_usage: row.text("content_usage").map(str::to_owned),
        paragraphs: row.text("paragraphs")?.to_owned(),
        text: row.text("text")?.to_owned(),
    })
}

fn lineage_row(row: Row<'_>) -> Option<LineageRow> {
    Some(LineageRow {
        member: row.long("member_number")?,
        item: row.long("item")?,
        table: row.text("table")?.to_owned(),
        file: row.text("file")?.to_owned(),
        row: row.long("row")?,
        document: row.long("document")?,
    })
}

/// The rows of a file; `None`, and a finding, if it is not there or no table.
fn read<T>(
    folder: &Path,
    named: &Named<'_>,
    columns: &[&str],
    findings: &mut Findings,
    decode: impl Fn(Row<'_>) -> Option<T>,
) -> Result<Option<Vec<T>>> {
    let place = || Place::file(named.path);
    let Some(bytes) = bytes_of(folder, named.path, findings)? else { return Ok(None) };
    findings.checked.files += 1;
    if blake3::hash(&bytes).to_hex().as_str() != named.blake3 {
        findings.violation(Code::FileHash, place(), "its bytes are not those of the manifest");
    }
    if bytes.len() as u64 != named.bytes {
        let what = format!("it has {} bytes, the manifest says {}", bytes.len(), named.bytes);
        findings.violation(Code::FileCount, place(), what);
    }
    let mut rows = Vec::new();
    let mut undecoded = 0_u64;
    let parsed = table::for_each(bytes, |row| match decode(row) {
        Some(row) => rows.push(row),
        None => undecoded += 1,
    });
    let Ok((found, footer)) = parsed else {
        findings.violation(Code::FileUnreadable, place(), "it is no table that can be read");
        return Ok(None);
    };
    if found != columns || undecoded > 0 {
        let what = format!("its columns are not those of its kind, or empty in {undecoded} rows");
        findings.violation(Code::FileUnreadable, place(), what);
    }
    if rows.len() as u64 + undecoded != named.rows {
        let what = format!("it has {} rows, the manifest says {}", rows.len(), named.rows);
        findings.violation(Code::FileCount, place(), what);
    }
    if let Some(column) = bounded_column(&footer) {
        let what = format!("it keeps bounds of the column `{column}`");
        findings.violation(Code::FileStatistics, place(), what);
    }
    Ok(Some(rows))
}

fn bytes_of(folder: &Path, path: &str, findings: &mut Findings) -> Result<Option<Bytes>> {
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
        let what = "the path leads out of the corpus";
        findings.violation(Code::FilePath, Place::file(path), what);
        return Ok(None);
    }
    let full = folder.join(path);
    if full.ancestors().take_while(|part| *part != folder).any(Path::is_symlink) {
        let what = "a symbolic link stands in its place, and leads elsewhere";
        findings.violation(Code::FilePath, Place::file(path), what);
        return Ok(None);
    }
    match fs::read(&full) {
        Ok(bytes) => Ok(Some(bytes.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            findings.violation(Code::FileMissing, Place::file(path), "it is not there");
            Ok(None)
        }
        Err(source) => Err(AuditError::File { path: full, source }),
    }
}

/// A column of a file that keeps its least and greatest value. Member numbers of a lineage may:
/// that is how one member is found in it.
fn bounded_column(footer: &ParquetMetaData) -> Option<String> {
    let columns = footer.row_groups().iter().flat_map(|group| group.columns());
    let bounded = columns.filter(|column| {
        let bounds = column.statistics();
        bounds.is_some_and(|bounds| {
            bounds.min_bytes_opt().is_some() || bounds.max_bytes_opt().is_some()
        })
    });
    let mut names = bounded.map(|column| column.column_path().string());
    names.find(|name| name != "member_number")
}

/// A shard's path says in which cell it is, and begins to say its hash.
fn check_path(shard: &Shard, manifest: &Manifest, findings: &mut Findings) {
    let hash: String = shard.blake3.chars().take(12).collect();
    let Shard { path, split, shard: number, slice, .. } = shard;
    let cut = &manifest.configuration;
    let is_cell = SPLITS.contains(&split.as_str())
        && (0..cut.shards).contains(number)
        && (0..cut.slices).contains(slice);
    if !is_cell || *path != format!("{split}/shard-{number}-slice-{slice}.{hash}.parquet") {
        let what = "the path, the cell and the hash do not fit each other";
        findings.violation(Code::FilePath, Place::file(path), what);
    }
    let same =
        |other: &&Shard| (&other.split, other.shard, other.slice) == (split, *number, *slice);
    if manifest.files.iter().filter(same).count() > 1 {
        findings.violation(Code::FilePath, Place::file(path), "its cell has more than one file");
    }
}

/// Nothing may lie in the folder that the manifest does not name, but for what a release that was
/// cut off has left and the next one deletes.
fn check_others(
    folder: &Path,
    manifest: &Manifest,
    awaits_release: bool,
    findings: &mut Findings,
) -> Result<()> {
    let staging = |what: &str| folder.with_file_name(format!("{}.{what}", manifest.name));
    let is_cut_off = awaits_release && staging("releasing").exists();
    let shards = manifest.files.iter().map(|shard| shard.path.as_str());
    let named: BTreeSet<PathBuf> = shards
        .chain([&manifest.lineage, &manifest.traits].map(|file| file.path.as_str()))
        .chain([manifest::FILE])
        .map(|path| folder.join(path))
        .collect();
    for path in all_files(folder)? {
        if !named.contains(&path) {
            let place = path.strip_prefix(folder).unwrap_or(&path);
            let is_pending = is_cut_off && is_swept(place);
            let severity = if is_pending { Severity::Pending } else { Severity::Violation };
            let place = Place::file(&place.display().to_string());
            findings.add(severity, Code::FileUnexpected, place, "the manifest does not name it");
        }
    }
    for unfinished in ["building", "releasing"] {
        if staging(unfinished).exists() {
            let what = "a run that was not finished, or is under way, keeps files there";
            let place = Place::file(&format!("../{}.{unfinished}", manifest.name));
            findings.add(Severity::Pending, Code::FileUnexpected, place, what);
        }
    }
    Ok(())
}

/// Whether a release deletes a file, by its place, if its manifest does not name it.
fn is_swept(place: &Path) -> bool {
    let folder = place.parent().and_then(Path::to_str);
    folder.is_some_and(|folder| folder.is_empty() || SPLITS.contains(&folder))
        && place.extension().is_some_and(|ending| ending == "parquet")
}

fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |source| AuditError::File { path: folder.to_owned(), source };
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

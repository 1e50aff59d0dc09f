//! Finding the files of a data set.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{CheckError, FailedFile, error::ENDINGS};

/// The files of a data set, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSet {
    /// What is read.
    pub files: Vec<DataFile>,
    /// What may hold rows and cannot be read.
    pub failed: Vec<FailedFile>,
    /// What lies beside them, holds no rows and is no description of a data set either.
    pub unread: Vec<PathBuf>,
}

/// A file of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Where it is.
    pub path: PathBuf,
    /// How people know it: relative to the data set.
    pub shown: String,
    /// How it is read.
    pub format: Format,
    /// Its length.
    pub bytes: u64,
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Parquet.
    Parquet,
    /// Arrow's stream or file format.
    Arrow,
    /// One JSON object a line, perhaps packed.
    Lines(Packing),
}

/// How lines are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// By gzip.
    Gzip,
    /// By Zstandard.
    Zstd,
}

/// Files that describe a data set and hold no rows of it.
const DESCRIPTIONS: [&str; 9] = [
    "dataset_info.json",
    "dataset_infos.json",
    "dataset_dict.json",
    "state.json",
    "README.md",
    "LICENSE",
    "LICENSE.txt",
    "croissant.json",
    "config.json",
];

/// Endings of words about data, of code, of checksums and of pictures. Everything else may hold
/// rows: there are more formats than any list has.
const WITHOUT_ROWS: [&str; 18] = [
    "md", "rst", "bib", "cff", "yaml", "yml", "toml", "lock", "py", "sh", "md5", "sha256", "png",
    "jpg", "jpeg", "gif", "svg", "webp",
];

/// How the files start in which Hugging Face's datasets keeps what it computed.
const CACHE: &str = "cache-";

/// Lists the files of what `save_to_disk` of Hugging Face's datasets writes.
const STATE: &str = "state.json";

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 32;

#[derive(Deserialize)]
struct State {
    #[serde(rename = "_data_files")]
    data_files: Vec<StateFile>,
}

#[derive(Deserialize)]
struct StateFile {
    filename: PathBuf,
}

impl DataSet {
    /// Finds the files of a data set: the file itself, or everything below a folder. Where a
    /// folder lists its own files in `state.json`, those are meant, not what lies in caches beside.
    ///
    /// # Errors
    /// If something cannot be read or there is no data file.
    pub fn find(path: &Path) -> Result<Self, CheckError> {
        let mut found = Self { files: Vec::new(), failed: Vec::new(), unread: Vec::new() };
        let meta = fs::metadata(path).map_err(at(path))?;
        if meta.is_dir() {
            found.look_into(path, path, 0)?;
            if found.files.is_empty() && found.failed.is_empty() {
                return Err(CheckError::NoData { folder: path.to_owned() });
            }
            found.files.sort_by(|one, other| one.shown.cmp(&other.shown));
            found.failed.sort_by(|one, other| one.file.cmp(&other.file));
            found.unread.sort();
        } else {
            let Some(format) = Format::of(path) else {
                return Err(CheckError::UnknownFormat { file: path.to_owned() });
            };
            let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let (path, shown, bytes) = (path.to_owned(), shown.into_owned(), meta.len());
            found.files.push(DataFile { path, shown, format, bytes });
        }
        Ok(found)
    }

    /// The length of all files together.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    fn look_into(&mut self, root: &Path, folder: &Path, depth: usize) -> Result<(), CheckError> {
        let listed = listed_files(folder)?;
        for entry in fs::read_dir(folder).map_err(at(folder))? {
            let entry = entry.map_err(at(folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(at(&path))?;
            if kind.is_dir() && depth < DEEPEST {
                self.look_into(root, &path, depth + 1)?;
            } else if kind.is_dir() {
                self.fail(root, path, "it lies in too many folders");
            } else if path.is_dir() {
                // it may lead anywhere, and in a circle
                self.fail(
                    root,
                    path,
                    "links to folders are not followed (hint: put the folder here)",
                );
            } else if !path.is_file() {
                self.fail(root, path, "it is no file, or a link to none");
            } else {
                self.take(root, path, listed.as_deref())?;
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        root: &Path,
        path: PathBuf,
        listed: Option<&[PathBuf]>,
    ) -> Result<(), CheckError> {
        let bytes = fs::metadata(&path).map_err(at(&path))?.len();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_listed = listed.is_none_or(|listed| listed.contains(&path));
        match Format::of(&path) {
            Some(format) if is_listed => {
                let shown = shown(root, &path);
                self.files.push(DataFile { path, shown, format, bytes });
            }
            Some(Format::Arrow) if name.starts_with(CACHE) => self.unread.push(path),
            Some(_) => self.fail(root, path, "`state.json` beside it does not list it"),
            None if DESCRIPTIONS.contains(&&*name) || name.starts_with('.') => {}
            None if bytes == 0 || is_without_rows(&path) => self.unread.push(path),
            None => self.fail(root, path, &format!("it may hold rows (hint: {ENDINGS})")),
        }
        Ok(())
    }

    /// What is hidden is part of no data set, unless it is a data file.
    fn fail(&mut self, root: &Path, path: PathBuf, why: &str) {
        let file = shown(root, &path);
        match Path::new(&file).iter().any(|part| part.to_string_lossy().starts_with('.')) {
            true => self.unread.push(path),
            false => self.failed.push(FailedFile { file, why: why.to_owned() }),
        }
    }
}

impl Format {
    /// The format that the ending of a path says.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let (stem, packing) = match name.rsplit_once('.') {
            Some((stem, "gz")) => (stem, Packing::Gzip),
            Some((stem, "zst")) => (stem, Packing::Zstd),
            _ => (name.as_str(), Packing::Plain),
        };
        match (stem.rsplit_once('.')?.1, packing) {
            ("parquet", Packing::Plain) => Some(Self::Parquet),
            ("arrow", Packing::Plain) => Some(Self::Arrow),
            ("jsonl" | "ndjson", packing) => Some(Self::Lines(packing)),
            _ => None,
        }
    }
}

/// The files that a folder says it consists of, if it says so; each has to be there.
fn listed_files(folder: &Path) -> Result<Option<Vec<PathBuf>>, CheckError> {
    let file = folder.join(STATE);
    if !file.is_file() {
        return Ok(None);
    }
    let wrong = |why: String| CheckError::FileList { file: file.clone(), why };
    let text = fs::read_to_string(&file).map_err(at(&file))?;
    let state: State = serde_json::from_str(&text).map_err(|fault| wrong(fault.to_string()))?;
    let files: Vec<_> = state.data_files.iter().map(|one| folder.join(&one.filename)).collect();
    for path in &files {
        let name = path.strip_prefix(folder).unwrap_or(path).display();
        if path.parent() != Some(folder) || !path.is_file() {
            return Err(wrong(format!("`{name}` is not there")));
        }
        if Format::of(path).is_none() {
            return Err(wrong(format!("`{name}` is no data file")));
        }
    }
    Ok(Some(files))
}

fn is_without_rows(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    WITHOUT_ROWS.contains(&&*ending)
}

/// A path as people know it: relative to the data set.
fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> CheckError {
    move |source| CheckError::Read { file: path.to_owned(), source }
}

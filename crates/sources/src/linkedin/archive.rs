//! An archive as a list of files, whether it is a ZIP file or a folder.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use policy::Day;

use crate::{
    SourcesError,
    refusal::shown_name,
    zip::{
        EntryReader, LINK, NO_FOLDER, SharedFile, TWICE, ZipEntry, ZipFault, is_name_of_file,
        read_directory,
    },
};

/// Folders inside of folders beyond this depth are no archive.
const DEEPEST: usize = 8;

/// More files than this are no member's archive.
const MOST_FILES: usize = 200_000;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// A file of an archive, opened.
pub(super) type Opened = BufReader<Box<dyn Read + Send>>;

/// The files of an archive, whose own structure has been checked.
pub(super) struct Archive {
    path: PathBuf,
    place: Place,
    /// In the order of names.
    pub(super) files: Vec<ArchiveFile>,
}

/// One file of an archive.
#[derive(Debug, Clone)]
pub(super) struct ArchiveFile {
    /// The path inside of the archive, with `/` between folders.
    pub(super) name: String,
    /// Its length in bytes once it is unpacked.
    pub(super) length: u64,
    /// The day of its last change, where the archive says one.
    pub(super) changed: Option<Day>,
    index: usize,
}

enum Place {
    Folder,
    Zip { file: SharedFile, entries: Vec<ZipEntry> },
}

impl Archive {
    /// Lists the files. A ZIP file is unpacked once, into nothing: whatever is wrong with it shows
    /// before a single row is read.
    pub(super) fn open(path: &Path) -> Result<Self, SourcesError> {
        let at = |source| SourcesError::Read { file: path.to_owned(), source };
        let metadata = path.metadata().map_err(at)?;
        let mut archive = if metadata.is_dir() {
            let mut files = Vec::new();
            list(path, "", 0, &mut files)?;
            Self { path: path.to_owned(), place: Place::Folder, files }
        } else {
            Self::open_zip(path)?
        };
        archive.files.retain(|file| !is_by_the_way(&file.name));
        archive.files.sort_by(|left, right| left.name.cmp(&right.name));
        if archive.files.len() > MOST_FILES {
            return Err(archive.wrong(None, "holds more than 200,000 files"));
        }
        archive.check_names()?;
        archive.check_content()?;
        Ok(archive)
    }

    /// A file of the folder that only archives of ours have, also if all of the archive was put
    /// into another folder.
    pub(super) fn of_ours(&self, name: &str) -> Option<&ArchiveFile> {
        let is_meant = |file: &&ArchiveFile| {
            let outer = file.name.strip_suffix(name).map(|outer| outer.trim_end_matches('/'));
            outer.is_some_and(|outer| !outer.contains('/'))
        };
        self.files.iter().find(is_meant)
    }

    /// Starts reading a file.
    pub(super) fn read(&self, file: &ArchiveFile) -> Result<Opened, SourcesError> {
        let reader: Box<dyn Read + Send> = match &self.place {
            Place::Folder => {
                let path = self.path.join(&file.name);
                let opened = File::open(&path);
                Box::new(opened.map_err(|source| SourcesError::Read { file: path, source })?)
            }
            Place::Zip { file: zip, entries } => {
                let missing = || self.wrong(Some(&file.name), "is not in the archive");
                let entry = entries.get(file.index).ok_or_else(missing)?;
                Box::new(EntryReader::new(zip, entry))
            }
        };
        Ok(BufReader::with_capacity(CHUNK, reader))
    }

    /// The error of reading on in a file.
    pub(super) fn failed(&self, file: &str, source: io::Error) -> SourcesError {
        match (&self.place, source.kind()) {
            (Place::Zip { .. }, io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
                self.wrong(Some(file), &format!("cannot be unpacked: {source}"))
            }
            _ => SourcesError::Read { file: self.path.join(file), source },
        }
    }

    /// The error of an archive that is not as it has to be.
    pub(super) fn wrong(&self, entry: Option<&str>, what: &str) -> SourcesError {
        wrong(&self.path, entry, what)
    }

    fn open_zip(path: &Path) -> Result<Self, SourcesError> {
        let at = |source| SourcesError::Read { file: path.to_owned(), source };
        let file = SharedFile::new(File::open(path).map_err(at)?);
        let entries = read_directory(&file).map_err(|fault| match fault {
            ZipFault::Read(source) => at(source),
            ZipFault::Wrong { entry, what } => wrong(path, entry.as_deref(), &what),
        })?;
        let files = entries.iter().enumerate().map(|(index, entry)| ArchiveFile {
            name: entry.name.clone(),
            length: entry.size,
            changed: entry.changed,
            index,
        });
        let files = files.collect();
        Ok(Self { path: path.to_owned(), place: Place::Zip { file, entries }, files })
    }

    /// No two files of a folder whose names differ in case alone, as nobody could tell which of
    /// them is meant.
    fn check_names(&self) -> Result<(), SourcesError> {
        let mut names = HashSet::new();
        match self.files.iter().find(|file| !names.insert(file.name.to_lowercase())) {
            Some(file) => Err(self.wrong(Some(&file.name), TWICE)),
            None => Ok(()),
        }
    }

    fn check_content(&self) -> Result<(), SourcesError> {
        if matches!(self.place, Place::Folder) {
            return Ok(());
        }
        for file in &self.files {
            let read = io::copy(&mut self.read(file)?, &mut io::sink());
            read.map_err(|source| self.failed(&file.name, source))?;
        }
        Ok(())
    }
}

/// Files that systems put beside those of the archive.
fn is_by_the_way(name: &str) -> bool {
    name.split('/').any(|part| part == "__MACOSX" || part.starts_with('.'))
        || name.ends_with("Thumbs.db")
        || name.ends_with("desktop.ini")
}

fn list(
    folder: &Path,
    inside: &str,
    depth: usize,
    files: &mut Vec<ArchiveFile>,
) -> Result<(), SourcesError> {
    let at = |source| SourcesError::Read { file: folder.to_owned(), source };
    if depth > DEEPEST {
        return Err(wrong(folder, None, "lies deeper than any archive goes"));
    }
    for entry in folder.read_dir().map_err(at)? {
        let entry = entry.map_err(at)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        // The kind of the entry itself: what a link points at is not part of the archive.
        let kind = entry.file_type().map_err(at)?;
        if kind.is_symlink() {
            return Err(wrong(folder, Some(&name), LINK));
        }
        if kind.is_dir() {
            if is_name_of_file(&name) {
                return Err(wrong(folder, Some(&name), NO_FOLDER));
            }
            list(&entry.path(), &name, depth + 1, files)?;
        } else if !kind.is_file() {
            let what = "is neither a file nor a folder (hint: unpack the archive anew)";
            return Err(wrong(folder, Some(&name), what));
        } else {
            let length = entry.metadata().map_err(at)?.len();
            files.push(ArchiveFile { name, length, changed: None, index: files.len() });
        }
    }
    Ok(())
}

fn wrong(path: &Path, entry: Option<&str>, what: &str) -> SourcesError {
    let entry = entry.map(|entry| format!(": `{}`", shown_name(entry))).unwrap_or_default();
    SourcesError::Archive { file: path.to_owned(), entry, what: what.to_owned() }
}

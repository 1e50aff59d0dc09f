//! The folder of a corpus and what stands beside it while it is changed.
//!
//! `NAME/` holds the manifest and the files that it names, `NAME.building/` and `NAME.releasing/`
//! what is not complete, `NAME.building.lock` and `NAME.content.lock` the locks. No name of a
//! corpus has a full stop in it.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Seek, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{CorpusError, CorpusFile, Manifest, Result, Split, sealed};

const RETRY: Duration = Duration::from_millis(50);

/// How often the content lock is tried: ten minutes, as long as a release may take.
const TRIES: u32 = 12_000;

/// Where the files of one corpus are.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    corpora: PathBuf,
    name: String,
}

/// Why files are not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Staging {
    Building,
    Releasing,
}

/// The exclusive right to do something with a corpus, across processes, until dropped.
///
/// The operating system gives it back when the process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Whether a name can be a folder on every system: up to 64 of a-z, 0-9, `-` and `_`.
pub fn is_name(name: &str) -> bool {
    let known = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter)
    };
    !name.is_empty() && name.len() <= 64 && name.chars().all(known)
}

impl Staging {
    const fn name(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Releasing => "releasing",
        }
    }
}

impl Folder {
    pub(crate) fn new(corpora: &Path, name: &str) -> Result<Self> {
        if !is_name(name) {
            return Err(CorpusError::Name { name: name.to_owned() });
        }
        Ok(Self { corpora: corpora.to_owned(), name: name.to_owned() })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.corpora.join(&self.name)
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.root().join(Manifest::FILE)
    }

    pub(crate) fn staging(&self, staging: Staging) -> PathBuf {
        self.corpora.join(format!("{}.{}", self.name, staging.name()))
    }

    /// The right to build under this name; refused while somebody else has it.
    pub(crate) fn lock_building(&self) -> Result<Lock> {
        let path = self.lock_path("building");
        let lock = Lock::take(&path)?;
        lock.ok_or_else(|| self.busy("built", path))
    }

    /// The right to change what the manifest names; waits while somebody else has it.
    pub(crate) async fn lock_content(&self) -> Result<Lock> {
        let path = self.lock_path("content");
        for _ in 0..TRIES {
            if let Some(lock) = Lock::take(&path)? {
                return Ok(lock);
            }
            tokio::time::sleep(RETRY).await;
        }
        Err(self.busy("changed", path))
    }

    /// An empty staging folder.
    pub(crate) fn stage(&self, staging: Staging) -> Result<PathBuf> {
        let path = self.staging(staging);
        self.drop_staging(staging)?;
        fs::create_dir_all(&path).map_err(CorpusError::file("creating", &path))?;
        Ok(path)
    }

    pub(crate) fn drop_staging(&self, staging: Staging) -> Result<()> {
        delete_folder(&self.staging(staging))
    }

    /// Makes the names of staged files durable, so that what is sealed cannot be lost any more.
    pub(crate) fn flush_staged(&self, staging: Staging) -> Result<()> {
        let staging = self.staging(staging);
        let splits = Split::ALL.iter().map(|split| staging.join(split.name()));
        let folders = splits.chain([staging.clone(), self.corpora.clone()]);
        folders.into_iter().try_for_each(|folder| flush(&folder))
    }

    /// Puts staged files where they belong; nothing names them yet.
    ///
    /// A file that is there already has the same content: its name says so.
    pub(crate) fn place(&self, staging: Staging, manifest: &Manifest) -> Result<()> {
        let (staging, root) = (self.staging(staging), self.root());
        for folder in self.folders() {
            fs::create_dir_all(&folder).map_err(CorpusError::file("creating", &folder))?;
        }
        for path in manifest.paths() {
            let (from, to) = (staging.join(path), root.join(path));
            // what a link leads to is not ours, whatever it is called
            if !to.exists() || to.is_symlink() {
                fs::rename(&from, &to).map_err(CorpusError::file("placing", &to))?;
            }
        }
        // only who builds a corpus that goes on from this one reads it, so that it may lie damaged long
        let CorpusFile { path, blake3, .. } = &manifest.traits;
        let (from, to) = (staging.join(path), root.join(path));
        if from.exists() && sealed::check(&to, blake3).is_err() {
            fs::rename(&from, &to).map_err(CorpusError::file("placing", &to))?;
        }
        self.folders().iter().try_for_each(|folder| flush(folder))?;
        flush(&self.corpora)
    }

    /// The moment at which the staged manifest holds.
    pub(crate) fn point(&self, staging: Staging) -> Result<()> {
        let (from, to) = (self.staging(staging).join(Manifest::FILE), self.manifest());
        fs::rename(&from, &to).map_err(CorpusError::file("placing", &to))?;
        flush(&self.root())
    }

    /// Deletes what the manifest does not name; without a manifest everything.
    pub(crate) fn sweep(&self, manifest: Option<&Manifest>) -> Result<u64> {
        let Some(manifest) = manifest else {
            delete_folder(&self.root())?;
            flush(&self.corpora)?;
            return Ok(0);
        };
        let unnamed = self.unnamed(manifest)?;
        for path in &unnamed {
            fs::remove_file(path).map_err(CorpusError::file("deleting", path))?;
        }
        self.folders().iter().try_for_each(|folder| flush(folder))?;
        Ok(unnamed.len() as u64)
    }

    /// The files of documents that the manifest does not name.
    pub(crate) fn unnamed(&self, manifest: &Manifest) -> Result<Vec<PathBuf>> {
        let root = self.root();
        let named: BTreeSet<_> = manifest.paths().map(|path| root.join(path)).collect();
        let is_ours = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "parquet");
        let mut unnamed = Vec::new();
        for folder in self.folders() {
            unnamed.extend(files_in(&folder)?.into_iter().filter(is_ours));
        }
        unnamed.retain(|path| !named.contains(path));
        Ok(unnamed)
    }

    /// The corpus itself and the folder of each split, where they exist.
    fn folders(&self) -> Vec<PathBuf> {
        let root = self.root();
        let splits = Split::ALL.iter().map(|split| root.join(split.name()));
        [root.clone()].into_iter().chain(splits).collect()
    }

    fn lock_path(&self, what: &str) -> PathBuf {
        self.corpora.join(format!("{}.{what}.lock", self.name))
    }

    fn busy(&self, doing: &'static str, path: PathBuf) -> CorpusError {
        let by = fs::read_to_string(&path).unwrap_or_default();
        let by = if by.is_empty() { "somebody".to_owned() } else { by };
        CorpusError::Busy { name: self.name.clone(), doing, by, path }
    }
}

impl Lock {
    /// `None` if somebody else has it.
    fn take(path: &Path) -> Result<Option<Self>> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(CorpusError::file("creating", folder))?;
        }
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(CorpusError::file("opening the lock", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => {
                return Err(CorpusError::file("locking", path)(error));
            }
        }
        let signed = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "process {}", std::process::id()));
        signed.map_err(CorpusError::file("signing the lock", path))?;
        Ok(Some(Self { _file: file }))
    }
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CorpusError::file("listing", folder)(error)),
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths = paths.collect::<std::io::Result<Vec<_>>>();
    let paths = paths.map_err(CorpusError::file("listing", folder))?;
    Ok(paths.into_iter().filter(|path| path.is_file() || path.is_symlink()).collect())
}

fn delete_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(CorpusError::file("deleting", path)(error))
        }
        _ => Ok(()),
    }
}

/// A rename is durable only once its folder has been flushed as well.
fn flush(folder: &Path) -> Result<()> {
    match File::open(folder) {
        Ok(folder_file) => folder_file.sync_all().map_err(CorpusError::file("flushing", folder)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(CorpusError::file("opening", folder)(error)),
    }
}

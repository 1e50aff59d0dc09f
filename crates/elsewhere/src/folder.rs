//! The files of one holder: `NAME/holder.json`, `NAME/exports/1.json` and `1.parquet`,
//! `NAME/evidence/…`, and beside it the lock.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{ElsewhereError, Export, Registered, Result, draft::Draft};

const RETRY: Duration = Duration::from_millis(50);

/// How often the lock is tried: ten seconds.
const TRIES: u32 = 200;

/// Where the files of one holder are.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
    name: String,
}

/// The exclusive right to export to a holder or to release it, until dropped.
///
/// The operating system gives it back when the process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Folder {
    pub(crate) fn new(root: &Path, name: &str) -> Result<Self> {
        if !corpus::is_name(name) {
            return Err(ElsewhereError::Name { name: name.to_owned() });
        }
        Ok(Self { root: root.to_owned(), name: name.to_owned() })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.join(&self.name)
    }

    pub(crate) fn index_path(number: u32) -> String {
        format!("exports/{number}.parquet")
    }

    /// The name of the list of documents that was shown of an export.
    pub(crate) fn list_name(number: u32) -> String {
        format!("{number}.documents")
    }

    fn lock_path(&self) -> PathBuf {
        self.root.join(format!("{}.lock", self.name))
    }

    fn record_path(number: u32) -> String {
        format!("exports/{number}.json")
    }

    fn draft_path(number: u32) -> String {
        format!("exports/{number}.draft")
    }

    /// Waits a while for whoever has the right. What exports that were cut off have left is deleted.
    pub(crate) async fn lock(&self) -> Result<Lock> {
        for _ in 0..TRIES {
            match self.try_lock()? {
                Some(lock) => return Ok(lock),
                None => tokio::time::sleep(RETRY).await,
            }
        }
        Err(ElsewhereError::Busy { name: self.name.clone(), path: self.lock_path() })
    }

    /// The same without waiting; `None` if somebody else has the right.
    pub(crate) fn try_lock(&self) -> Result<Option<Lock>> {
        let path = self.lock_path();
        fs::create_dir_all(&self.root).map_err(ElsewhereError::file("making", &self.root))?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(ElsewhereError::file("opening the lock", &path))?;
        match file.try_lock() {
            Ok(()) => {
                self.delete_drafts()?;
                Ok(Some(Lock { _file: file }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(ElsewhereError::file("locking", &path)(error)),
        }
    }

    /// What was registered, with the hash of its bytes; `None` if nothing was.
    pub(crate) fn registered(&self) -> Result<Option<(Registered, String)>> {
        read(&self.path().join(REGISTERED))
    }

    /// Makes the folder of a new holder, in which nothing of an earlier one is left.
    pub(crate) fn register(&self, registered: &Registered) -> Result<String> {
        self.delete()?;
        for folder in ["exports", "evidence"] {
            let path = self.path().join(folder);
            fs::create_dir_all(&path).map_err(ElsewhereError::file("making", &path))?;
        }
        flush(&self.root)?;
        write(&self.path().join(REGISTERED), registered)
    }

    /// Every export that is on record, with the hash of its record, the oldest first.
    pub(crate) fn exports(&self) -> Result<Vec<(Export, String)>> {
        let folder = self.path().join("exports");
        let mut exports = Vec::new();
        for path in files_in(&folder)? {
            if path.extension().is_some_and(|ending| ending == "json") {
                exports.extend(read::<Export>(&path)?);
            }
        }
        exports.sort_by_key(|(export, _)| export.number);
        Ok(exports)
    }

    /// Puts an export on record; its index is there already. Returns the hash of the record.
    pub(crate) fn put(&self, export: &Export) -> Result<String> {
        write(&self.path().join(Self::record_path(export.number)), export)
    }

    /// Notes where the rows of an export are written before they are whole.
    pub(crate) fn note_draft(&self, number: u32, draft: &Draft) -> Result<()> {
        write(&self.path().join(Self::draft_path(number)), draft).map(drop)
    }

    /// Forgets the draft of an export that is whole, or of which nothing is left.
    pub(crate) fn forget_draft(&self, number: u32) -> Result<()> {
        remove(&self.path().join(Self::draft_path(number)))
    }

    /// Deletes the drafts that nobody writes any more: whoever wrote one had the lock.
    fn delete_drafts(&self) -> Result<()> {
        let folder = self.path().join("exports");
        if !folder.exists() {
            return Ok(());
        }
        for note in files_in(&folder)? {
            if note.extension().is_none_or(|ending| ending != "draft") {
                continue;
            }
            if let Some((draft, _)) = read::<Draft>(&note)? {
                draft.delete()?;
            }
            remove(&note)?;
        }
        Ok(())
    }

    /// Deletes what is known of exports of which nothing is left.
    pub(crate) fn forget(&self, gone: impl Iterator<Item = u32>) -> Result<()> {
        for number in gone {
            // without its record nobody looks for the index
            let list = format!("evidence/{}", Self::list_name(number));
            for path in [Self::record_path(number), Self::index_path(number), list] {
                let path = self.path().join(path);
                remove(&path)?;
            }
        }
        flush(&self.path().join("exports"))
    }

    /// Deletes indexes that no record names: an export ended before it was on record.
    pub(crate) fn sweep(&self, exports: &[(Export, String)]) -> Result<()> {
        for path in files_in(&self.path().join("exports"))? {
            let is_index = path.extension().is_some_and(|ending| ending == "parquet");
            let of_export =
                |(export, _): &(Export, String)| path.ends_with(Self::index_path(export.number));
            if is_index && !exports.iter().any(of_export) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Keeps the evidence of a release under a name.
    pub(crate) fn keep(&self, name: &str, bytes: &[u8]) -> Result<()> {
        write_bytes(&self.path().join("evidence").join(name), bytes)
    }

    /// Every file, relative to the folder; but for notes of drafts, which are written here and nowhere
    /// else.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let mut files = vec![REGISTERED.to_owned()];
        for folder in ["exports", "evidence"] {
            for path in files_in(&self.path().join(folder))? {
                if path.extension().is_some_and(|ending| ending == "draft") {
                    continue;
                }
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                files.extend(name.map(|name| format!("{folder}/{name}")));
            }
        }
        Ok(files)
    }

    /// Deletes everything.
    pub(crate) fn delete(&self) -> Result<()> {
        match fs::remove_dir_all(self.path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(ElsewhereError::file("deleting", &self.path())(error))
            }
            _ => Ok(()),
        }
    }
}

const REGISTERED: &str = "holder.json";

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(ElsewhereError::file("listing", folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<std::io::Result<_>>().map_err(ElsewhereError::file("listing", folder))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(ElsewhereError::file("deleting", path)(error))
        }
        _ => Ok(()),
    }
}

/// A file with the hash of its bytes; `None` if it is not there.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<(T, String)>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ElsewhereError::file("reading", path)(error)),
    };
    let read = serde_json::from_slice(&bytes)
        .map_err(|source| ElsewhereError::Json { path: path.to_owned(), source })?;
    Ok(Some((read, blake3::hash(&bytes).to_hex().to_string())))
}

/// Writes a file as JSON, whole or not at all, and returns the hash of its bytes.
fn write(path: &Path, content: &impl Serialize) -> Result<String> {
    let mut bytes = serde_json::to_vec_pretty(content)
        .map_err(|source| ElsewhereError::Json { path: path.to_owned(), source })?;
    bytes.push(b'\n');
    write_bytes(path, &bytes)?;
    Ok(blake3::hash(&bytes).to_hex().to_string())
}

fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part).map_err(ElsewhereError::file("creating", &part))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(ElsewhereError::file("writing", &part))?;
    fs::rename(&part, path).map_err(ElsewhereError::file("placing", path))?;
    path.parent().map_or(Ok(()), flush)
}

/// A rename is durable only once its folder has been flushed as well.
fn flush(folder: &Path) -> Result<()> {
    let flushed = File::open(folder).and_then(|folder| folder.sync_all());
    flushed.map_err(ElsewhereError::file("flushing", folder))
}

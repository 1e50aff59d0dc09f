//! What a backup is on disk: a folder of files, and one file that names them all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, bail};
use lake::CopiedFile;
use policy::{Instant, LakeVersion, Sequence};
use serde::{Deserialize, Serialize};
use store::chain::ChainEnd;

use crate::state::make_private;

/// The file that names all others; a folder without it is no backup.
const FILE: &str = "backup.json";

/// The layout that this version writes and reads.
const FORMAT: u32 = 1;

/// Where the lake lies in a backup, wherever it lies in the system.
pub(crate) const LAKE: &str = "lake";

/// Bytes that are copied at a time.
const BUFFER: usize = 1 << 20;

/// What a backup has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    /// The layout.
    pub(crate) format: u32,
    /// When it was made.
    pub(crate) at: Instant,
    /// The version of Zweck that made it.
    pub(crate) zweck_version: String,
    /// The system that it is of.
    pub(crate) system: String,
    /// How far the journal had come with the facts of the backup.
    pub(crate) journal: ChainEnd,
    /// The last fact that is in it.
    pub(crate) last_sequence: Sequence,
    /// The version of the lake that is in it.
    pub(crate) lake_version: LakeVersion,
    /// Every file, relative to the backup and to the state folder.
    pub(crate) files: Vec<BackupFile>,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupFile {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) blake3: String,
}

impl Contents {
    /// The layout that is written.
    pub(crate) const FORMAT: u32 = FORMAT;

    /// Reads what a backup has.
    pub(crate) fn read(backup: &Path) -> anyhow::Result<Self> {
        let path = backup.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
                "`{}` is no backup, or one that was never finished: it has no {FILE}",
                backup.display()
            ),
            Err(error) => {
                return Err(error).with_context(|| format!("reading `{}`", path.display()));
            }
        };
        let found: Self = serde_json::from_slice(&bytes)
            .with_context(|| format!("reading the backup `{}`", path.display()))?;
        if found.format != FORMAT {
            bail!(
                "the backup `{}` has format {}, which this version does not know (hint: use the \
                 newer version that made it)",
                backup.display(),
                found.format
            );
        }
        if let Some(file) = found.files.iter().find(|file| !is_below(Path::new(&file.path))) {
            bail!("the backup `{}` names `{}`, which is not in it", backup.display(), file.path);
        }
        Ok(found)
    }

    /// Writes what a backup has; from then on it is one.
    pub(crate) fn write(&self, backup: &Path) -> anyhow::Result<()> {
        let path = backup.join(FILE);
        let mut bytes = serde_json::to_vec_pretty(self).context("describing the backup")?;
        bytes.push(b'\n');
        write_whole(&path, &mut bytes.as_slice())
            .with_context(|| format!("writing `{}`", path.display()))?;
        Ok(())
    }

    /// How large it is, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

impl BackupFile {
    /// Copies the file from one folder to another, flushed; what is there already is left if it is
    /// the same. An error if the bytes are not those that it has to have.
    pub(crate) fn copy(&self, from: &Path, to: &Path) -> anyhow::Result<()> {
        let (source, target) = (from.join(&self.path), to.join(&self.path));
        if hash_of(&target).is_ok_and(|hash| hash == self.blake3) {
            return Ok(());
        }
        let mut file =
            File::open(&source).with_context(|| format!("opening `{}`", source.display()))?;
        let hash = write_whole(&target, &mut file)
            .with_context(|| format!("copying to `{}`", target.display()))?;
        if hash != self.blake3 {
            bail!("`{}` is damaged: it is not the file that was backed up", source.display());
        }
        Ok(())
    }

    /// The same file as the lake knows it; `None` if it is not of the lake.
    pub(crate) fn of_lake(&self) -> Option<CopiedFile> {
        let path = self.path.strip_prefix(LAKE)?.strip_prefix('/')?.to_owned();
        Some(CopiedFile { path, bytes: self.bytes, blake3: self.blake3.clone() })
    }

    /// Describes a file that is in a folder.
    pub(crate) fn of(folder: &Path, path: String) -> anyhow::Result<Self> {
        let file = folder.join(&path);
        let described = || -> io::Result<Self> {
            Ok(Self { bytes: file.metadata()?.len(), blake3: hash_of(&file)?, path })
        };
        described().with_context(|| format!("reading `{}`", file.display()))
    }
}

/// Whether a path leads nowhere but into the folder that it is joined to.
fn is_below(path: &Path) -> bool {
    path.components().next().is_some()
        && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Every file below a folder, relative to it.
pub(crate) fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                files.push(relative.to_owned());
            }
        }
    }
    Ok(files)
}

/// Makes the names in a folder, and in all below it, durable.
pub(crate) fn flush_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            flush_folders(&path)?;
        }
    }
    File::open(folder)?.sync_all()
}

/// The folder in which another one lies.
pub(crate) fn above(folder: &Path) -> &Path {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// The same folder with something behind its name.
pub(crate) fn with_suffix(folder: &Path, suffix: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    folder.with_file_name(name)
}

/// Writes a file, all of it or nothing, flushes it, and returns the hash of its bytes.
fn write_whole(target: &Path, content: &mut dyn Read) -> io::Result<String> {
    make_private(above(target))?;
    let part = with_suffix(target, ".part");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = content.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        file.write_all(bytes)?;
    }
    file.sync_all()?;
    fs::rename(&part, target)?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn hash_of(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

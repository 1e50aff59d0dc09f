use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Seek, Write},
    path::Path,
    time::Duration,
};

use crate::{LakeError, Result, lease::Lease};

const RETRY: Duration = Duration::from_millis(50);

/// The exclusive right to write, until dropped.
#[derive(Debug)]
pub(crate) enum WriteLock {
    /// To a folder.
    File { _lock: FileLock },
    /// To a bucket.
    Lease(Lease),
}

/// The exclusive right to write to a folder, across processes, until dropped.
///
/// The lock is advisory and belongs to the open file, so the operating system gives it back when
/// the holder dies, and two writers within one process exclude each other as well.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

impl WriteLock {
    /// Which lease of a bucket it is.
    pub(crate) fn lease_number(&self) -> Option<u64> {
        match self {
            Self::File { .. } => None,
            Self::Lease(lease) => Some(lease.number()),
        }
    }

    /// Whether requests of an earlier holder may still arrive. The operating system gives a file
    /// lock back only once its holder is gone.
    pub(crate) fn is_in_doubt(&self) -> bool {
        match self {
            Self::File { .. } => false,
            Self::Lease(lease) => lease.is_in_doubt(),
        }
    }

    /// Notes whether it is known what became of every request that was made.
    pub(crate) fn set_in_doubt(&self, is_in_doubt: bool) {
        if let Self::Lease(lease) = self {
            lease.set_in_doubt(is_in_doubt);
        }
    }

    /// Whether somebody else has taken it since.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::File { .. } => false,
            Self::Lease(lease) => lease.is_lost(),
        }
    }

    /// Stops renewing a lease without giving it back; a file lock stays.
    pub(crate) fn abandon(&mut self) {
        if let Self::Lease(lease) = self {
            lease.abandon();
        }
    }
}

impl FileLock {
    /// Takes the lock, trying again for about `wait`.
    pub(crate) async fn take(path: &Path, wait: Duration) -> Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(LakeError::file("opening the lock", path))?;
        let mut tries = wait.as_millis() / RETRY.as_millis();
        loop {
            match file.try_lock() {
                Ok(()) => return Self::signed(file, path),
                Err(TryLockError::WouldBlock) if tries > 0 => tries -= 1,
                Err(TryLockError::WouldBlock) => return Err(held(path)),
                Err(TryLockError::Error(source)) => {
                    return Err(LakeError::file("locking", path)(source));
                }
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Writes down who holds it, for the message that the next one gets.
    fn signed(mut file: File, path: &Path) -> Result<Self> {
        let failed = || LakeError::file("signing the lock", path);
        file.set_len(0).map_err(failed())?;
        file.rewind().map_err(failed())?;
        write!(file, "process {}", std::process::id()).map_err(failed())?;
        Ok(Self { _file: file })
    }
}

fn held(path: &Path) -> LakeError {
    let holder = std::fs::read_to_string(path).unwrap_or_default();
    let holder = if holder.is_empty() { "somebody".to_owned() } else { holder };
    LakeError::Locked { holder, lock: path.display().to_string() }
}

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Seek, Write},
    path::Path,
    time::Duration,
};

use crate::{LakeError, Result};

const RETRY: Duration = Duration::from_millis(50);

/// The exclusive right to write, across processes, until dropped.
///
/// The lock is advisory and belongs to the open file, so the operating system gives it back when
/// the holder dies, and two writers within one process exclude each other as well.
#[derive(Debug)]
pub(crate) struct WriteLock {
    _file: File,
}

impl WriteLock {
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
    LakeError::Locked { holder, path: path.to_owned() }
}

//! Where an export is written until it is whole, so that nothing of one that was cut off stays.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{ElsewhereError, Result};

/// The file of an export that says which one it is; the first to be written.
pub const NAMES: &str = "export.json";

/// A folder that is being filled.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// Where it is, from the root of the file system.
    pub(crate) folder: PathBuf,
    /// The hash of the record of its export, which its file of names has as well.
    pub(crate) record: String,
}

#[derive(Deserialize)]
struct Names {
    record: String,
}

impl Draft {
    /// Deletes the folder. One that does not say that it is this export is somebody else's and stays.
    pub(crate) fn delete(&self) -> Result<()> {
        let Self { folder, record } = self;
        let failed = |error| ElsewhereError::file("deleting", folder)(error);
        if record_of(folder).as_ref() == Some(record) {
            fs::remove_dir_all(folder).map_err(failed)?;
            let place = folder.display();
            tracing::warn!(%place, "what an export that was cut off had written is deleted");
            return Ok(());
        }
        // one that was made and not written to
        match fs::remove_dir(folder) {
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => {
                    Ok(())
                }
                _ => Err(failed(error)),
            },
            Ok(()) => Ok(()),
        }
    }
}

fn record_of(folder: &Path) -> Option<String> {
    let names = fs::read(folder.join(NAMES)).ok()?;
    serde_json::from_slice::<Names>(&names).ok().map(|names| names.record)
}

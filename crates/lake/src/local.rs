//! What an object store does not promise on a local disk: durability, and no half-written files.

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
};

use crate::{LakeError, Result, Table};

/// Flushes the files and every folder between them and `root`, so that they survive a power loss.
///
/// A rename or link is durable only once its folder has been flushed as well.
pub(crate) async fn flush(root: &Path, files: Vec<PathBuf>) -> Result<()> {
    let root = root.to_owned();
    blocking(root.clone(), move || {
        let mut folders = BTreeSet::new();
        for file in &files {
            sync(file)?;
            let inside = |folder: &&Path| folder.starts_with(&root);
            folders.extend(file.ancestors().skip(1).take_while(inside).map(Path::to_owned));
        }
        folders.iter().rev().try_for_each(|folder| sync(folder))
    })
    .await
}

/// Deletes the temporary files that a killed writer left in the data folders of a table.
///
/// The object store stages a file as `NAME#NUMBER` and hides such names from its listing; what is
/// in them may be the rows of somebody who asked for erasure.
pub(crate) async fn delete_staged(root: &Path, table: Table) -> Result<()> {
    let folder = root.join(table.name());
    blocking(folder.clone(), move || {
        for file in files_below(&folder)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name.contains('#') {
                std::fs::remove_file(&file).map_err(LakeError::file("deleting", &file))?;
            }
        }
        Ok(())
    })
    .await
}

async fn blocking(path: PathBuf, work: impl FnOnce() -> Result<()> + Send + 'static) -> Result<()> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.map_err(|error| LakeError::file("waiting for", path)(error.into()))?
}

fn sync(path: &Path) -> Result<()> {
    let file = File::open(path).map_err(LakeError::file("opening", path))?;
    file.sync_all().map_err(LakeError::file("flushing", path))
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        let entries = std::fs::read_dir(&folder).map_err(LakeError::file("listing", &folder))?;
        for entry in entries {
            let path = entry.map_err(LakeError::file("listing", &folder))?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    Ok(files)
}

//! A copy of one version, made while others write.
//!
//! Every file of a lake is written once and never changed, so a copy of a version is the files
//! that it names; what came later is left out. Attached tables lie elsewhere and are not copied.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path as FolderPath,
};

use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStoreExt, path::Path};

use crate::{
    LakeError, Result, Snapshot, Table, attached,
    files::object_path,
    lake::SETTINGS,
    local,
    versions::{FOLDER, SWEPT, version_of},
};

/// A file of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedFile {
    /// Relative to the lake.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// The hash of its bytes in lower-case hex.
    pub blake3: String,
}

impl Snapshot {
    /// Copies everything that this version needs into a folder, and flushes it. Files that an
    /// earlier try left there are used; `told` hears how many bytes are there.
    ///
    /// # Errors
    /// If reading or writing fails; see [`LakeError::is_gone`] for a version that was erased
    /// meanwhile.
    pub async fn copy_to(
        &self,
        folder: &FolderPath,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Vec<CopiedFile>> {
        let mut copied = Vec::new();
        let mut done = 0;
        for (path, bytes) in self.needed().await? {
            let file = self.copy_file(&path, bytes, folder).await?;
            done += file.bytes;
            told(done);
            copied.push(file);
        }
        let files = copied.iter().map(|file| folder.join(&file.path)).collect();
        local::flush(folder, files).await?;
        Ok(copied)
    }

    /// Every file that the version needs, with its size.
    async fn needed(&self) -> Result<Vec<(Path, u64)>> {
        let mut needed = Vec::new();
        let is_settings = |meta: &ObjectMeta| meta.location == Path::from(SETTINGS);
        needed.extend(self.listed(None).await?.into_iter().filter(is_settings));
        for kind in [FOLDER, SWEPT] {
            let mut files = self.listed(Some(&Path::from(kind))).await?;
            let newest = self.version().as_i64();
            files.retain(|file| version_of(&file.location).is_some_and(|one| one <= newest));
            needed.extend(files);
        }
        for (table, version) in &self.record().tables {
            let log = Path::from(table.name()).join("_delta_log");
            let mut files = self.listed(Some(&log)).await?;
            files.retain(|file| logged_version(&file.location).is_some_and(|one| one <= *version));
            needed.extend(files);
        }
        let attached = attached::needed(self).await?;
        for path in attached {
            let found = self.lake().shared.home.store.head(&path).await;
            needed.push(found.map_err(LakeError::object("reading", &path))?);
        }
        let mut needed: Vec<_> =
            needed.into_iter().map(|file| (file.location, file.size)).collect();
        for table in Table::ALL.iter().copied() {
            let data = self.files(table).await?.into_iter();
            needed.extend(data.map(|file| (object_path(table, &file.path), file.bytes)));
        }
        Ok(needed)
    }

    /// The files in one folder, those of folders below it left out.
    async fn listed(&self, folder: Option<&Path>) -> Result<Vec<ObjectMeta>> {
        let store = &self.lake().shared.home.store;
        let failed = || LakeError::object("listing", folder.cloned().unwrap_or_default());
        match folder {
            None => Ok(store.list_with_delimiter(None).await.map_err(failed())?.objects),
            Some(folder) => store.list(Some(folder)).try_collect().await.map_err(failed()),
        }
    }

    async fn copy_file(&self, path: &Path, bytes: u64, folder: &FolderPath) -> Result<CopiedFile> {
        let target = folder.join(path.as_ref());
        let earlier = target.metadata().ok().filter(|found| found.len() == bytes);
        let hash = match earlier {
            Some(_) => {
                let content = fs::read(&target).map_err(LakeError::file("reading", &target))?;
                blake3::hash(&content)
            }
            None => {
                let object = self.lake().shared.home.store.get(path).await;
                let object = object.map_err(LakeError::object("reading", path))?;
                let content = object.bytes().await.map_err(LakeError::object("reading", path))?;
                write_whole(&target, &content)?;
                blake3::hash(&content)
            }
        };
        Ok(CopiedFile { path: path.to_string(), bytes, blake3: hash.to_hex().to_string() })
    }
}

/// The version of a commit or a checkpoint; `None` for what only points at one.
fn logged_version(path: &Path) -> Option<u64> {
    path.filename()?.split('.').next()?.parse().ok()
}

/// Under its name stands the whole file or none.
fn write_whole(target: &FolderPath, content: &[u8]) -> Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(LakeError::file("creating", folder))?;
    }
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = target.with_file_name(name);
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&part);
    let written = file.and_then(|mut file: File| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.map_err(LakeError::file("writing", &part))?;
    fs::rename(&part, target).map_err(LakeError::file("naming", target))
}

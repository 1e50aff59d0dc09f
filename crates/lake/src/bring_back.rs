//! A copy of a lake goes back to where no lake is, be it a folder or a bucket.

use std::{collections::BTreeMap, path::Path as FolderPath};

use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStoreExt, PutMode, path::Path};

use crate::{CopiedFile, LakeError, Place, Result, home::Home, lease, versions::FOLDER};

impl Place {
    /// Puts the files of a copy there; those that an earlier try has put are used. The versions
    /// come last: until then there is no lake. `told` hears how many bytes are there.
    ///
    /// # Errors
    /// [`LakeError::Occupied`] if anything else is there, [`LakeError::DamagedCopy`] if a file is
    /// not as it was copied; otherwise if reading or writing fails.
    pub async fn bring_back(
        &self,
        copy: &FolderPath,
        files: &[CopiedFile],
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<()> {
        let home = Home::open(self)?;
        self.refuse_others(&home, files).await?;
        let mut files: Vec<_> = files.iter().collect();
        files.sort_by_key(|file| (file.path.starts_with(FOLDER), &file.path));
        let mut done = 0;
        for file in &files {
            self.put_back(&home, copy, file).await?;
            done += file.bytes;
            told(done);
        }
        home.flush(files.into_iter().map(|file| file.path.clone()).collect()).await
    }

    /// Whatever is there has to be of the copy: another lake is never mixed with it.
    async fn refuse_others(&self, home: &Home, files: &[CopiedFile]) -> Result<()> {
        let listed = home.store.list(None);
        let found: Vec<ObjectMeta> =
            listed.try_collect().await.map_err(LakeError::object("listing", self))?;
        let known: BTreeMap<&str, u64> =
            files.iter().map(|file| (file.path.as_str(), file.bytes)).collect();
        let is_other = |file: &&ObjectMeta| {
            let path = file.location.as_ref();
            path != lease::FILE && known.get(path) != Some(&file.size)
        };
        match found.iter().find(is_other) {
            Some(other) => Err(self.occupied(other.location.as_ref())),
            None => Ok(()),
        }
    }

    async fn put_back(&self, home: &Home, copy: &FolderPath, file: &CopiedFile) -> Result<()> {
        let source = copy.join(&file.path);
        let content = std::fs::read(&source).map_err(LakeError::file("reading", &source))?;
        let is_copied = |content: &[u8]| *blake3::hash(content).to_hex() == *file.blake3;
        if !is_copied(&content) {
            return Err(LakeError::DamagedCopy { path: source });
        }
        let path = Path::from(file.path.as_str());
        match home.store.put_opts(&path, content.into(), PutMode::Create.into()).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => {
                let failed = || LakeError::object("reading", &path);
                let found = home.store.get(&path).await.map_err(failed())?;
                let found = found.bytes().await.map_err(failed())?;
                if is_copied(&found) { Ok(()) } else { Err(self.occupied(&file.path)) }
            }
            Err(source) => Err(LakeError::object("writing", &path)(source)),
        }
    }

    fn occupied(&self, path: &str) -> LakeError {
        LakeError::Occupied { place: self.to_string(), path: path.to_owned() }
    }
}

//! The files that sealed corpora consist of, for whoever copies them.

use std::{fs, path::Path};

use store::HolderState;

use crate::{Corpora, CorpusError, Manifest, Result, corpora::name_of, folder::Folder};

/// A file of a sealed corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// Relative to the folder of corpora.
    pub path: String,
    /// The hash that its bytes have to have, in lower-case hex.
    pub blake3: String,
}

/// Checks that a file holds what the manifest says.
pub(crate) fn check(path: &Path, blake3: &str) -> Result<()> {
    let bytes = fs::read(path).map_err(CorpusError::file("reading", path))?;
    match blake3::hash(&bytes).to_hex().as_str() == blake3 {
        true => Ok(()),
        false => Err(CorpusError::damaged(path, "its bytes are not those of the manifest")),
    }
}

impl Corpora {
    /// Every file of every sealed corpus, manifests included.
    ///
    /// # Errors
    /// [`Lost`](crate::CorpusError::Lost) if the manifest on disk is not the one that the store
    /// knows: the files are gone, or somebody changes the corpus at this moment.
    pub async fn sealed_files(&self) -> Result<Vec<SealedFile>> {
        let mut files = Vec::new();
        for holder in self.all_active().await? {
            let Some(name) = name_of(&holder).filter(|_| holder.state == HolderState::Sealed)
            else {
                continue;
            };
            let folder = Folder::new(self.root(), name)?;
            let found = self.read_manifest(&folder).await?;
            let found = found.filter(|(_, hash)| Some(hash) == holder.manifest_hash.as_ref());
            let Some((manifest, hash)) = found else {
                return Err(self.lost(&folder, &holder.id).await);
            };
            let file = |path: &str, blake3: &str| SealedFile {
                path: format!("{name}/{path}"),
                blake3: blake3.to_owned(),
            };
            files.push(file(Manifest::FILE, &hash));
            files.extend(manifest.beside().map(|one| file(&one.path, &one.blake3)));
            files.extend(manifest.files.iter().map(|shard| file(&shard.path, &shard.blake3)));
        }
        Ok(files)
    }
}

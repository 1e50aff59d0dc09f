//! The files that sealed corpora consist of, for whoever copies them.

use crate::{Corpora, Manifest, Result, corpora::name_of, folder::Folder};
use store::HolderState;

/// A file of a sealed corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// Relative to the folder of corpora.
    pub path: String,
    /// The hash that its bytes have to have, in lower-case hex.
    pub blake3: String,
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
            let found = folder.read_manifest()?;
            let found = found.filter(|(_, hash)| Some(hash) == holder.manifest_hash.as_ref());
            let (manifest, hash) = found.ok_or_else(|| folder.lost(&holder.id))?;
            let file = |path: &str, blake3: &str| SealedFile {
                path: format!("{name}/{path}"),
                blake3: blake3.to_owned(),
            };
            files.push(file(Manifest::FILE, &hash));
            files.push(file(&manifest.lineage.path, &manifest.lineage.blake3));
            files.extend(manifest.files.iter().map(|shard| file(&shard.path, &shard.blake3)));
        }
        Ok(files)
    }
}

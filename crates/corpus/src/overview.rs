use gate::{Gate, in_words};
use policy::Sequence;
use store::{Holder, HolderId, HolderState};

use crate::{Corpora, CorpusError, Followed, Manifest, Result, corpora::name_of, folder::Folder};

/// What a corpus is and where it stands, for people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Overview {
    /// What it is made of; `None` if its first build has not been sealed, or there is a fault.
    pub manifest: Option<Manifest>,
    /// The hash of the manifest.
    pub manifest_hash: Option<String>,
    /// Why there is no manifest that can be read, and what can be done about it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The corpus that it goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Followed>,
    /// What the store knows it as, the newest last.
    pub holders: Vec<HolderOverview>,
    /// The last fact there is.
    pub last_sequence: Sequence,
}

/// A holder of a corpus, as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HolderOverview {
    /// Its id.
    pub id: HolderId,
    /// What it is doing.
    pub state: HolderState,
    /// The last fact whose refusals it has applied; `None` while it is building.
    pub applied: Option<Sequence>,
    /// Whether a removal waits for it.
    pub pending: bool,
}

impl Corpora {
    /// What a corpus is and where it stands. Reads no document. That its manifest is damaged or
    /// gone is no error here but a fault of the corpus.
    ///
    /// # Errors
    /// [`CorpusError::Unknown`] if there is neither a folder nor a holder of that name.
    pub async fn show(&self, gate: &Gate, name: &str) -> Result<Overview> {
        let folder = Folder::new(self.root(), name)?;
        let active = self.active(name).await?;
        let (read, fault) = match self.manifest_of(&folder, &active).await {
            Ok(read) => (read, None),
            Err(error) => (None, Some(in_words(&error))),
        };
        if read.is_none() && fault.is_none() && active.is_empty() {
            return Err(CorpusError::Unknown { name: name.to_owned() });
        }
        let after = match &read {
            Some((manifest, _)) => manifest.after.clone(),
            None => self.registered_after(&active).await?,
        };
        let mut holders = Vec::new();
        for holder in active {
            let pending = gate.is_behind(&holder).await?;
            let Holder { id, state, applied_sequence: applied, .. } = holder;
            holders.push(HolderOverview { id, state, applied, pending });
        }
        let (manifest, manifest_hash) = read.unzip();
        let last_sequence = self.store().last_sequence().await?;
        Ok(Overview { manifest, manifest_hash, fault, after, holders, last_sequence })
    }

    /// Why there is no manifest that can be read of a corpus, and what can be done about it, in
    /// words; `None` if there is one, or if none was sealed.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn fault(&self, name: &str) -> Result<Option<String>> {
        let folder = Folder::new(self.root(), name)?;
        let active = self.active(name).await?;
        Ok(self.manifest_of(&folder, &active).await.err().map(|error| in_words(&error)))
    }

    /// The manifest with its hash; one that was sealed may still have to be put in its place.
    async fn manifest_of(
        &self,
        folder: &Folder,
        active: &[Holder],
    ) -> Result<Option<(Manifest, String)>> {
        if let Some(read) = self.read_manifest(folder).await? {
            return Ok(Some(read));
        }
        let sealed = active.iter().rfind(|holder| holder.state == HolderState::Sealed);
        let Some(newest) = sealed else { return Ok(None) };
        let staged = self.read_staged_manifest(folder).await?;
        match staged.filter(|(_, hash)| newest.manifest_hash.as_ref() == Some(hash)) {
            Some(staged) => Ok(Some(staged)),
            None => Err(self.lost(folder, &newest.id).await),
        }
    }

    /// The corpus that the newest holder is registered to go on from.
    async fn registered_after(&self, active: &[Holder]) -> Result<Option<Followed>> {
        let Some(parent) = active.last().and_then(|holder| holder.parent.as_ref()) else {
            return Ok(None);
        };
        let Some(parent) = self.store().holder(parent).await? else { return Ok(None) };
        let (holder, lake_version) = (parent.id.clone(), parent.lake_version);
        let corpus = name_of(&parent).map(str::to_owned);
        Ok(corpus.map(|corpus| Followed { corpus, holder, lake_version }))
    }
}

//! The manifest of a corpus as it lies on disk, and what is said where there is none that can be read.

use store::{HolderId, HolderState};

use crate::{
    Corpora, CorpusError, Manifest, Result,
    folder::{Folder, Staging},
};

impl Corpora {
    /// The manifest with the hash of its bytes; `None` if there is none.
    pub(crate) async fn read_manifest(
        &self,
        folder: &Folder,
    ) -> Result<Option<(Manifest, String)>> {
        match Manifest::read(&folder.manifest()) {
            Err(error) => Err(self.unreadable(folder, error).await),
            read => read,
        }
    }

    /// The manifest of a build that is not in place, as [`Self::read_manifest`] has it.
    pub(crate) async fn read_staged_manifest(
        &self,
        folder: &Folder,
    ) -> Result<Option<(Manifest, String)>> {
        match Manifest::read(&folder.staging(Staging::Building).join(Manifest::FILE)) {
            // what is sealed was written whole before: this is of no use to anybody
            Err(CorpusError::Manifest { .. }) => Ok(None),
            Err(error) => Err(self.unreadable(folder, error).await),
            read => read,
        }
    }

    /// The manifest of a sealed holder is not in its place.
    pub(crate) async fn lost(&self, folder: &Folder, holder: &HolderId) -> CorpusError {
        let (name, path) = (folder.name().to_owned(), folder.manifest());
        match self.followers(&name).await {
            Ok(followers) => CorpusError::Lost { name, holder: holder.clone(), path, followers },
            Err(error) => error,
        }
    }

    /// Why a corpus of which there is no manifest cannot be opened.
    pub(crate) async fn missing(&self, folder: &Folder) -> CorpusError {
        let active = match self.active(folder.name()).await {
            Ok(active) => active,
            Err(error) => return error,
        };
        match active.iter().rfind(|holder| holder.state == HolderState::Sealed) {
            Some(sealed) => self.lost(folder, &sealed.id).await,
            None => CorpusError::Unknown { name: folder.name().to_owned() },
        }
    }

    async fn unreadable(&self, folder: &Folder, error: CorpusError) -> CorpusError {
        let is_earlier = match &error {
            CorpusError::Format { format, .. } => *format < Manifest::FORMAT,
            CorpusError::Manifest { .. } => false,
            _ => return error,
        };
        let name = folder.name().to_owned();
        let followers = match self.followers(&name).await {
            Ok(followers) => followers,
            Err(error) => return error,
        };
        let source = Box::new(error);
        match is_earlier {
            true => CorpusError::Outdated { name, followers, source },
            false => CorpusError::Unreadable { name, followers, source },
        }
    }
}

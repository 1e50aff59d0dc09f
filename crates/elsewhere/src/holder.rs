use std::{collections::BTreeMap, path::PathBuf};

use async_trait::async_trait;
use corpus::Corpora;
use gate::{Artefacts, Gate, Held, HolderError, Release};
use policy::{Instant, ItemId, MemberNumber, Sequence};
use serde_json::json;
use store::{Holder, HolderFilter, HolderId, HolderState, NewHolder, Seal, Store};

use crate::{ElsewhereError, Export, Registered, Result, folder::Folder, index, record::FORMAT};

/// The kind as which holders elsewhere are registered in the store.
pub const KIND: &str = "elsewhere";

/// Every holder elsewhere; what is known of each lies below one folder. Clones share what they
/// point at.
#[derive(Clone)]
pub struct Elsewhere {
    pub(crate) root: PathBuf,
    pub(crate) store: Store,
    pub(crate) corpora: Corpora,
}

/// A holder that is to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewElsewhere {
    /// Its name: up to 64 of a-z, 0-9, `-` and `_`.
    pub name: String,
    /// What it is: training job, index, warehouse.
    pub what: String,
    /// Where it keeps what it holds, in the words of who registers it.
    pub location: String,
    /// The corpus of which it may be given documents.
    pub corpus: String,
}

/// What is known of a holder elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// As the store knows it.
    pub holder: Holder,
    /// As it was registered.
    pub registered: Registered,
    /// What it was given and did not show to be gone, the oldest first.
    pub exports: Vec<Export>,
}

impl std::fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Elsewhere").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Elsewhere {
    /// Holders elsewhere whose records lie below `root`, which is made when it is needed; the store
    /// is the one that the gate asks.
    pub fn new(root: impl Into<PathBuf>, store: Store, corpora: Corpora) -> Self {
        Self { root: root.into(), store, corpora }
    }

    /// Registers a holder that may be given documents of a corpus. It holds nothing yet, and follows
    /// removals by itself as long as it does.
    ///
    /// # Errors
    /// [`ElsewhereError::Taken`] if a holder has the name; if the corpus is not there, or a removal
    /// waits for it.
    pub async fn register(&self, gate: &Gate, new: &NewElsewhere, at: Instant) -> Result<Holder> {
        let folder = Folder::new(&self.root, &new.name)?;
        let _lock = folder.lock().await?;
        let holders = self.store.holders(&HolderFilter::default()).await?;
        let of_name = |holder: &&Holder| holder.name == new.name;
        if holders.iter().filter(of_name).any(|holder| holder.state != HolderState::Retired) {
            return Err(ElsewhereError::Taken { name: new.name.clone() });
        }
        let corpus = self.corpora.open(gate, &new.corpus).await?;
        let earlier = holders.iter().filter(of_name).filter(|holder| holder.kind == KIND).count();
        let id = HolderId::new(format!("{KIND}.{}.{}", new.name, earlier + 1));
        let manifest = corpus.manifest();
        let holder = NewHolder {
            id: id.clone(),
            kind: KIND.to_owned(),
            name: new.name.clone(),
            location: new.location.clone(),
            purpose: manifest.purpose.clone(),
            parent: Some(corpus.holder().id.clone()),
            policy_hash: manifest.policy.clone(),
            started_sequence: manifest.facts.from,
            as_of: manifest.as_of,
            lake_version: manifest.lake_version,
        };
        let registered = Registered {
            format: FORMAT,
            holder: id.clone(),
            what: new.what.clone(),
            corpus: new.corpus.clone(),
            at,
        };
        let hash = folder.register(&registered)?;
        self.store.register_holder(&holder, at).await?;
        match self.store.seal(&id, corpus.holder().position(), &hash, at).await? {
            Seal::Sealed(_) => {}
            Seal::Moved { .. } => {
                self.store.retire_holder(&id, &json!({ "abandoned": true }), at).await?;
                return Err(ElsewhereError::Moved { name: new.name.clone() });
            }
        }
        let found = self.store.holder(&id).await?;
        found.ok_or_else(|| ElsewhereError::Unknown { name: new.name.clone() })
    }

    /// Retires a holder of which, as somebody says, nothing is left.
    ///
    /// # Errors
    /// [`ElsewhereError::Unknown`].
    pub async fn retire(&self, name: &str, note: &str, at: Instant) -> Result<Holder> {
        let folder = Folder::new(&self.root, name)?;
        let _lock = folder.lock().await?;
        let holder = self.active(&folder).await?;
        // a folder that stays behind belongs to nobody, and the next of that name deletes it
        self.store.retire_holder(&holder.id, &json!({ "gone": note }), at).await?;
        folder.delete()?;
        Ok(holder)
    }

    /// What is known of a holder.
    ///
    /// # Errors
    /// [`ElsewhereError::Unknown`], or if its records cannot be read.
    pub async fn show(&self, name: &str) -> Result<Overview> {
        let folder = Folder::new(&self.root, name)?;
        let _lock = folder.lock().await?;
        let (holder, registered) = self.registered(&folder).await?;
        let exports = self.may_have(&folder, &holder).await?;
        let exports = exports.into_iter().map(|(export, _)| export).collect();
        Ok(Overview { holder, registered, exports })
    }

    /// Deletes what exports that were cut off have written: called with every run of the removals, so
    /// that no copy waits for somebody to look into its holder. Where it cannot be deleted, that is
    /// logged.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn settle(&self) -> Result<()> {
        let (kind, state) = (Some(KIND.to_owned()), Some(HolderState::Sealed));
        let filter = HolderFilter { kind, state, ..Default::default() };
        for holder in self.store.holders(&filter).await? {
            // whoever gets the lock deletes what is left, and whoever has it has done so
            let locked = self.folder_of(&holder).and_then(|folder| folder.try_lock());
            if let Err(error) = locked {
                let holder = holder.name;
                tracing::warn!(%error, holder, "what exports that were cut off have written stays");
            }
        }
        Ok(())
    }

    /// Every file that is kept of holders elsewhere, relative to their folder, for whoever copies
    /// them.
    ///
    /// # Errors
    /// [`ElsewhereError::Damaged`] if what is there is not what the store knows: files are gone, or
    /// somebody releases at this moment.
    pub async fn files(&self) -> Result<Vec<String>> {
        let filter = HolderFilter { kind: Some(KIND.to_owned()), ..Default::default() };
        let mut files = Vec::new();
        for holder in self.store.holders(&filter).await? {
            if holder.state != HolderState::Sealed {
                continue;
            }
            let folder = self.folder_of(&holder)?;
            let _lock = folder.lock().await?;
            self.may_have(&folder, &holder).await?;
            let below = folder.files()?.into_iter();
            files.extend(below.map(|path| format!("{}/{path}", folder.name())));
        }
        Ok(files)
    }

    /// The holder of that name that is not retired.
    async fn active(&self, folder: &Folder) -> Result<Holder> {
        let filter = HolderFilter { kind: Some(KIND.to_owned()), ..Default::default() };
        let holders = self.store.holders(&filter).await?;
        let is_it = |one: &Holder| one.name == folder.name() && one.state != HolderState::Retired;
        let found = holders.into_iter().find(is_it);
        found.ok_or_else(|| ElsewhereError::Unknown { name: folder.name().to_owned() })
    }

    /// A sealed holder as the store and its folder know it.
    pub(crate) async fn registered(&self, folder: &Folder) -> Result<(Holder, Registered)> {
        let holder = self.active(folder).await?;
        let damaged = |reason: &str| damaged(&holder, folder, reason);
        if holder.state != HolderState::Sealed {
            return Err(damaged("its registration was cut off"));
        }
        let registered = folder.registered()?.map(|(registered, _)| registered);
        let registered = registered.filter(|registered| registered.holder == holder.id);
        let registered =
            registered.ok_or_else(|| damaged("its folder is missing, or of another holder"))?;
        let parent = match &holder.parent {
            Some(parent) => self.store.holder(parent).await?,
            None => None,
        };
        if parent.is_none_or(|parent| !corpus::is_of(&parent, &registered.corpus)) {
            return Err(damaged("it names another corpus than the one that it was registered for"));
        }
        Ok((holder, registered))
    }

    /// The exports that a holder was given and did not show to be gone, with the hashes of their
    /// records. What is still known of earlier ones is deleted.
    pub(crate) async fn may_have(
        &self,
        folder: &Folder,
        holder: &Holder,
    ) -> Result<Vec<(Export, String)>> {
        let damaged = |reason: String| damaged(holder, folder, reason);
        let exports = folder.exports()?;
        let shown = exports.iter().find(|(_, hash)| Some(hash) == holder.manifest_hash.as_ref());
        let shown = shown.map(|(export, _)| export.number);
        let registered = folder.registered()?.map(|(_, hash)| hash);
        if shown.is_none() && registered != holder.manifest_hash {
            return Err(damaged("the export that it released with is not on record".to_owned()));
        }
        let first = shown.unwrap_or_default();
        for (number, record) in self.permitted(holder).await? {
            let is_there =
                exports.iter().any(|(export, hash)| export.number == number && *hash == record);
            if number >= first && !is_there {
                return Err(damaged(format!("export {number} is not as it was recorded")));
            }
        }
        let (left, gone): (Vec<_>, Vec<_>) =
            exports.into_iter().partition(|(export, _)| export.number >= first);
        if !gone.is_empty() {
            folder.forget(gone.iter().map(|(export, _)| export.number))?;
        }
        Ok(left)
    }

    /// Every export that a permit was given for, with the hash of its record.
    pub(crate) async fn permitted(&self, holder: &Holder) -> Result<BTreeMap<u32, String>> {
        let permits = self.store.permits(&holder.id).await?.into_iter();
        let named = permits.filter_map(|permit| {
            let counts = permit.counts?;
            let number = u32::try_from(counts.get("export")?.as_u64()?).ok()?;
            Some((number, counts.get("record")?.as_str()?.to_owned()))
        });
        Ok(named.collect())
    }

    /// The last number that was given to an export of a holder of this name, retired ones included:
    /// what one of them showed is no evidence for another.
    pub(crate) async fn last_number(&self, name: &str) -> Result<u32> {
        let filter = HolderFilter { kind: Some(KIND.to_owned()), ..Default::default() };
        let mut last = 0;
        for holder in self.store.holders(&filter).await?.iter().filter(|one| one.name == name) {
            last = self.permitted(holder).await?.into_keys().max().unwrap_or(0).max(last);
        }
        Ok(last)
    }

    fn folder_of(&self, held: &Holder) -> Result<Folder> {
        Folder::new(&self.root, &held.name)
    }
}

#[async_trait]
impl gate::Holder for Elsewhere {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// A removal that changes nothing that the holder may have is followed by that alone.
    async fn release(
        &self,
        gate: &Gate,
        held: &Holder,
        _: Sequence,
        _: Instant,
    ) -> Result<Option<Release>, HolderError> {
        let folder = self.folder_of(held)?;
        let _lock = match folder.lock().await {
            // an export that is under way may be the one that it waits for
            Err(ElsewhereError::Busy { .. }) => return Ok(None),
            lock => lock?,
        };
        let (holder, registered) = self.registered(&folder).await?;
        let to_go = self.differences(gate, &folder, &holder, &registered.corpus).await?;
        let manifest_hash = holder.manifest_hash.unwrap_or_default();
        Ok(to_go.is_empty().then(|| Release { manifest_hash, ..Default::default() }))
    }

    async fn holds(
        &self,
        held: &Holder,
        member: MemberNumber,
        item: Option<ItemId>,
    ) -> Result<Vec<Held>, HolderError> {
        let folder = self.folder_of(held)?;
        let mut held_rows = Vec::new();
        for (export, _) in self.may_have(&folder, held).await? {
            let mut row = 0;
            index::for_each(&folder.path(), &export.index, |left| {
                if left.member == member && item.is_none_or(|item| item == left.item) {
                    held_rows.push(Held {
                        artefact: format!("export {}: {}", export.number, left.cell),
                        row,
                        item: left.item,
                        table: left.table,
                    });
                }
                row += 1;
                Ok(())
            })?;
        }
        Ok(held_rows)
    }

    async fn artefacts(&self, held: &Holder) -> Result<Artefacts, HolderError> {
        let folder = self.folder_of(held)?;
        let exports = self.may_have(&folder, held).await?;
        let files: Vec<_> = exports.into_iter().map(|(export, _)| export.index).collect();
        Ok(Artefacts { root: folder.path(), lineage: files.clone(), files, others: Vec::new() })
    }

    async fn is_gone(&self, held: &Holder) -> Result<bool, HolderError> {
        let registered = self.folder_of(held)?.registered()?;
        Ok(registered.is_none_or(|(registered, _)| registered.holder != held.id))
    }
}

fn damaged(holder: &Holder, folder: &Folder, reason: impl Into<String>) -> ElsewhereError {
    let (holder, reason) = (holder.id.clone(), reason.into());
    ElsewhereError::Damaged { holder, reason, path: folder.path() }
}

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use gate::{Gate, GateError};
use policy::Sequence;
use store::{Holder, HolderFilter, HolderState, Store};

use crate::{
    Cell, CorpusError, Document, Manifest, Result, ShardFile, SliceKey, Split, folder::Folder,
    lineage, sealed, shard,
};

/// The kind as which corpora are registered in the store.
pub(crate) const KIND: &str = "corpus";

/// What stands before the name of a corpus in its holder's location.
const LOCATION: &str = "corpora/";

/// Every corpus below one folder. Clones share what they point at.
#[derive(Clone)]
pub struct Corpora {
    root: PathBuf,
    store: Store,
    key: SliceKey,
    progress: Arc<dyn Fn(Step) + Send + Sync>,
}

/// How far a build or a release is. Each is reported once it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The holder is in the store.
    Registered,
    /// The gate gave a permit; rows are read from here on.
    Permitted,
    /// The files are written, in a staging folder.
    Drafted {
        /// Documents in them.
        documents: u64,
    },
    /// The manifest is written, in the staging folder.
    Described,
    /// A refusal came in meanwhile: the files are written again.
    Moved {
        /// The facts that are applied next.
        to: Sequence,
    },
    /// The store has sealed the holder.
    Sealed,
    /// The files are where they belong, and nothing names them yet.
    Placed,
    /// The manifest is in its place.
    Pointed,
    /// Nothing is left of what was before.
    Swept,
}

/// A corpus that may be read: it has applied every removal.
#[derive(Debug, Clone)]
pub struct Corpus {
    root: PathBuf,
    manifest: Manifest,
    holder: Holder,
}

impl Corpora {
    /// Corpora below `root`, which is made when it is needed; the store is the one that the gate
    /// asks.
    pub fn new(root: impl Into<PathBuf>, store: Store, key: SliceKey) -> Self {
        Self { root: root.into(), store, key, progress: Arc::new(|_| {}) }
    }

    /// Tells how far each build and release is.
    #[must_use]
    pub fn with_progress(self, progress: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Self { progress: Arc::new(progress), ..self }
    }

    /// Opens a corpus for reading; one that was sealed and not put in place is put in place first.
    ///
    /// # Errors
    /// [`CorpusError::RemovalPending`] while a removal waits for it, see
    /// [`Gate::run_removals`]; [`CorpusError::Unknown`] if it is not there or not sealed;
    /// [`CorpusError::Lost`], [`CorpusError::Unreadable`] and [`CorpusError::Outdated`] if it is
    /// sealed and has no manifest that can be read.
    pub async fn open(&self, gate: &Gate, name: &str) -> Result<Corpus> {
        let folder = Folder::new(&self.root, name)?;
        let unknown = || CorpusError::Unknown { name: name.to_owned() };
        if self.active(name).await?.is_empty() {
            return Err(unknown());
        }
        let content = folder.lock_content().await?;
        let Some(manifest) = self.recover(&folder).await? else {
            return Err(self.missing(&folder).await);
        };
        drop(content);
        let holder = self.store.holder(&manifest.holder).await?.ok_or_else(unknown)?;
        if gate.is_behind(&holder).await? {
            return Err(CorpusError::RemovalPending {
                name: name.to_owned(),
                purpose: holder.purpose.clone(),
                applied: holder.position(),
                last: self.store.last_sequence().await?,
            });
        }
        Ok(Corpus { root: folder.root(), manifest, holder })
    }

    /// The names of all corpora that the store knows and that are not retired, sorted.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn names(&self) -> Result<Vec<String>> {
        let holders = self.all_active().await?;
        let mut names: Vec<_> = holders.iter().filter_map(name_of).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Whether the store has a sealed corpus of that name, whatever became of its files.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn is_sealed(&self, name: &str) -> Result<bool> {
        let active = self.active(name).await?;
        Ok(active.iter().any(|holder| holder.state == HolderState::Sealed))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn key(&self) -> &SliceKey {
        &self.key
    }

    pub(crate) fn report(&self, step: Step) {
        (self.progress)(step);
    }

    /// The holders of one corpus that are not retired, by time of registration.
    pub(crate) async fn active(&self, name: &str) -> Result<Vec<Holder>> {
        let mut holders = self.all_active().await?;
        holders.retain(|holder| name_of(holder) == Some(name));
        Ok(holders)
    }

    pub(crate) async fn all_active(&self) -> Result<Vec<Holder>> {
        let filter = HolderFilter { kind: Some(KIND.to_owned()), ..Default::default() };
        let mut holders = self.store.holders(&filter).await?;
        holders.retain(|holder| holder.state != HolderState::Retired);
        Ok(holders)
    }
}

impl Corpus {
    /// What it is made of, of what it was made, and by which rules.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The holder as which it is registered.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// The folder below which the paths of the manifest lie.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The documents of one cell, sorted by id; none if nobody in it has one.
    ///
    /// # Errors
    /// [`CorpusError::Damaged`] if the file is not the one that the manifest names.
    pub fn documents(&self, cell: Cell) -> Result<Vec<Document>> {
        let Some(file) = self.manifest.shard(cell) else { return Ok(Vec::new()) };
        let path = self.root.join(&file.path);
        sealed::check(&path, &file.blake3)?;
        shard::read(&path)
    }

    /// How many members have a document in each cell that is not empty.
    ///
    /// # Errors
    /// If the lineage cannot be read.
    pub fn members(&self) -> Result<Vec<(Cell, u64)>> {
        let by_file = lineage::members_by_file(&self.root.join(&self.manifest.lineage.path))?;
        let of_file =
            |file: &ShardFile| (file.cell(), by_file.get(&file.path).copied().unwrap_or_default());
        Ok(self.manifest.files.iter().map(of_file).collect())
    }

    /// Every cell of a split, empty ones included, in order.
    pub fn cells(&self, split: Split) -> impl Iterator<Item = Cell> + use<> {
        let (shards, slices) =
            (self.manifest.configuration.shards, self.manifest.configuration.slices);
        let cell = move |shard| (0..slices).map(move |slice| Cell { split, shard, slice });
        (0..shards).flat_map(cell)
    }
}

/// Whether a holder is, or was, the corpus of that name.
pub fn is_of(holder: &Holder, name: &str) -> bool {
    holder.kind == KIND && name_of(holder) == Some(name)
}

/// The corpus that a holder is, by its location.
pub(crate) fn name_of(holder: &Holder) -> Option<&str> {
    holder.location.strip_prefix(LOCATION)
}

/// Where a corpus is, relative to the state folder.
pub(crate) fn location_of(name: &str) -> String {
    format!("{LOCATION}{name}")
}

pub(crate) fn no_policy(at: Sequence) -> CorpusError {
    CorpusError::Gate(GateError::NoPolicy { at })
}

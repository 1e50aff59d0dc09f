use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, path::Path};
use policy::{Instant, LakeVersion};
use serde::{Deserialize, Serialize};

use crate::{ErasureEvidence, LakeError, Result, Table};

/// The folder of the lake versions, below the lake.
pub(crate) const FOLDER: &str = "_versions";
/// The folder of what is written down of sweeps, below the lake.
pub(crate) const SWEPT: &str = "_swept";

/// What one version of the lake consists of: one small file, written last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRecord {
    /// Which version.
    pub version: LakeVersion,
    /// When it was written, by the clock of who wrote it.
    pub at: Instant,
    /// What brought it about.
    pub operation: Operation,
    /// Older versions may not be read any more.
    pub oldest_readable: LakeVersion,
    /// Names in the rows up to this version have been resolved into mentions.
    pub mentions_through: LakeVersion,
    /// Which rows have been judged: whether they reveal special categories of personal data.
    #[serde(default)]
    pub judged: Judged,
    /// The Delta version of every table that exists.
    pub tables: BTreeMap<Table, u64>,
    /// The lease under which it was written, in a bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<u64>,
    /// Tables that lie elsewhere, by name, with the version that looked at them last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attached: BTreeMap<String, LakeVersion>,
    /// What an erasure did; it holds no personal value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<ErasureEvidence>,
}

/// Which rows were judged, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Rows up to this version were; 0 is none.
    pub through: LakeVersion,
    /// By this version of the lists of terms.
    pub lists: u32,
}

/// What brought a lake version about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Rows came in, and replaced others perhaps.
    Append,
    /// Rows of members were erased.
    Erase,
    /// Files were joined; the rows are the same.
    Compact,
    /// Files of no longer readable versions were deleted; the rows are the same.
    Sweep,
    /// A writer gave up its lease without saying what became of its last version; this one takes
    /// its place, and everything is the same.
    Fence,
    /// A table that lies elsewhere was attached, looked at again, or is attached no longer.
    Attach,
}

impl Default for Judged {
    /// Nothing was.
    fn default() -> Self {
        Self { through: LakeVersion::from_i64(0), lists: 0 }
    }
}

impl VersionRecord {
    /// How far names are resolved at a version that follows and brings no text.
    pub(crate) fn mentions_through_without_text(&self, version: LakeVersion) -> LakeVersion {
        if self.mentions_through == self.version { version } else { self.mentions_through }
    }

    /// What is judged at a version that follows and brings no text.
    pub(crate) fn judged_without_text(&self, version: LakeVersion) -> Judged {
        let is_complete = self.judged.through == self.version;
        let through = if is_complete { version } else { self.judged.through };
        Judged { through, ..self.judged }
    }

    /// The lake before its first version.
    pub(crate) fn empty() -> Self {
        Self {
            version: LakeVersion::from_i64(0),
            at: Instant::from_micros(0),
            operation: Operation::Append,
            oldest_readable: LakeVersion::from_i64(0),
            mentions_through: LakeVersion::from_i64(0),
            judged: Judged::default(),
            tables: BTreeMap::new(),
            lease: None,
            attached: BTreeMap::new(),
            evidence: None,
        }
    }
}

/// The versions of one lake, gapless from 1.
#[derive(Debug)]
pub(crate) struct Versions {
    store: Arc<dyn ObjectStore>,
    /// The newest version seen so far; spares listing a long history.
    seen: AtomicI64,
}

impl Versions {
    pub(crate) fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, seen: AtomicI64::new(0) }
    }

    /// The newest record, [`VersionRecord::empty`] if there is none.
    pub(crate) async fn newest(&self) -> Result<VersionRecord> {
        let mut newest = self.seen.load(Ordering::Acquire);
        if newest == 0 {
            newest = self.list().await?.into_iter().max().unwrap_or(0);
        }
        while self.is_complete(newest.saturating_add(1)).await? {
            newest = newest.saturating_add(1);
        }
        self.seen.fetch_max(newest, Ordering::AcqRel);
        match newest {
            0 => Ok(VersionRecord::empty()),
            _ => self.read(LakeVersion::from_i64(newest)).await,
        }
    }

    pub(crate) async fn read(&self, version: LakeVersion) -> Result<VersionRecord> {
        let path = path_of(FOLDER, version);
        let object = self.store.get(&path).await;
        let object = object.map_err(LakeError::object("reading", &path))?;
        let bytes = object.bytes().await.map_err(LakeError::object("reading", &path))?;
        serde_json::from_slice(&bytes)
            .map_err(|source| LakeError::Damaged { path: path.to_string(), source })
    }

    /// Writes the record if its version does not exist yet; the moment at which it is visible.
    pub(crate) async fn put(&self, record: &VersionRecord) -> Result<Path> {
        let path = path_of(FOLDER, record.version);
        let bytes = serde_json::to_vec_pretty(record)
            .map_err(|source| LakeError::Damaged { path: path.to_string(), source })?;
        match self.store.put_opts(&path, bytes.into(), PutMode::Create.into()).await {
            Ok(_) => Ok(path),
            Err(object_store::Error::AlreadyExists { .. }) => match self.read(record.version).await
            {
                // it arrived, and the answer did not: nobody else writes under this lease
                Ok(found) if found.lease.is_some() && found == *record => Ok(path),
                _ => Err(LakeError::Conflict { what: format!("lake version {}", record.version) }),
            },
            Err(source) => Err(LakeError::object("writing", &path)(source)),
        }
    }

    /// Puts a version that changes nothing, so that no version which is still on its way from an
    /// earlier holder of the lease can become visible.
    pub(crate) async fn fence(&self, lease: Option<u64>) -> Result<()> {
        loop {
            let head = self.newest().await?;
            let version = LakeVersion::from_i64(head.version.as_i64().saturating_add(1));
            let record = VersionRecord {
                version,
                operation: Operation::Fence,
                mentions_through: head.mentions_through_without_text(version),
                judged: head.judged_without_text(version),
                lease,
                evidence: None,
                ..head
            };
            match self.put(&record).await {
                // that one arrived first, and is a version like any other
                Err(LakeError::Conflict { .. }) => {}
                done => return done.map(drop),
            }
        }
    }

    /// Deletes an empty file that a power failure left behind the newest version.
    pub(crate) async fn drop_torn(&self, after: LakeVersion) -> Result<()> {
        let path = path_of(FOLDER, LakeVersion::from_i64(after.as_i64().saturating_add(1)));
        match self.store.head(&path).await {
            Ok(meta) if meta.size == 0 => {
                self.store.delete(&path).await.map_err(LakeError::object("deleting", &path))
            }
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(LakeError::object("reading", &path)(source)),
        }
    }

    /// Whether the files of versions older than `oldest` have been deleted.
    pub(crate) async fn is_swept(&self, oldest: LakeVersion) -> Result<bool> {
        let path = path_of(SWEPT, oldest);
        match self.store.head(&path).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(oldest.as_i64() == 0),
            Err(source) => Err(LakeError::object("reading", &path)(source)),
        }
    }

    pub(crate) async fn mark_swept(&self, oldest: LakeVersion) -> Result<Path> {
        let path = path_of(SWEPT, oldest);
        let put = self.store.put(&path, "{}".into()).await;
        put.map_err(LakeError::object("writing", &path))?;
        Ok(path)
    }

    /// Whether there is any.
    pub(crate) async fn exist(&self) -> Result<bool> {
        Ok(!self.list().await?.is_empty())
    }

    async fn is_complete(&self, version: i64) -> Result<bool> {
        let path = path_of(FOLDER, LakeVersion::from_i64(version));
        match self.store.head(&path).await {
            Ok(meta) => Ok(meta.size > 0),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(LakeError::object("reading", &path)(source)),
        }
    }

    async fn list(&self) -> Result<Vec<i64>> {
        let folder = Path::from(FOLDER);
        let found: Vec<_> = self
            .store
            .list(Some(&folder))
            .try_collect()
            .await
            .map_err(LakeError::object("listing", &folder))?;
        let complete = found.iter().filter(|meta| meta.size > 0);
        Ok(complete.filter_map(|meta| version_of(&meta.location)).collect())
    }
}

/// The version that a file in one of the two folders is of.
pub(crate) fn version_of(path: &Path) -> Option<i64> {
    path.filename()?.strip_suffix(".json")?.parse().ok()
}

fn path_of(folder: &str, version: LakeVersion) -> Path {
    Path::from(format!("{folder}/{:020}.json", version.as_i64()))
}

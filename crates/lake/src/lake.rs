use std::{collections::BTreeMap, sync::Arc, time::Duration};

use datafusion::catalog::TableProvider;
use object_store::{ObjectStoreExt, PutMode, path::Path};
use policy::{Instant, LakeVersion, MemberNumber};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    ContentKey, LakeError, Place, Result, Snapshot, Table, Writer, error::is_without_bucket,
    files::Files, home::Home, lock::WriteLock, log::TableLog, versions::Versions,
};

/// The file of the options, below the lake.
pub(crate) const SETTINGS: &str = "lake.json";

/// The layout of the files of a lake; one with a higher number is refused.
const FORMAT: u32 = 1;

/// How a lake is cut; recorded when the lake is created, and fixed from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many consecutive member numbers share a range; at least 1.
    pub members_per_range: i64,
}

/// A lake: versioned tables in one folder or bucket. Cloning is cheap, clones share what they know.
#[derive(Debug, Clone)]
pub struct Lake {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) home: Home,
    pub(crate) files: Files,
    pub(crate) versions: Versions,
    pub(crate) members_per_range: i64,
    /// The table logs read last, because replaying a log costs more than most scans.
    opened: Mutex<BTreeMap<Table, TableLog>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Lakes from before this was written have the first format.
    #[serde(default = "first_format")]
    format: u32,
    members_per_range: i64,
}

/// What every format has, whatever else there is.
#[derive(Debug, Deserialize)]
struct Format {
    #[serde(default = "first_format")]
    format: u32,
}

const fn first_format() -> u32 {
    1
}

impl Default for Options {
    fn default() -> Self {
        Self { members_per_range: 65_536 }
    }
}

impl Lake {
    /// Opens the lake at `location`, as [`Place::parse`] reads it.
    ///
    /// # Errors
    /// As [`Self::open_at`].
    pub async fn open(location: &str, options: Options) -> Result<Self> {
        Self::open_at(&Place::parse(location)?, options).await
    }

    /// Opens the lake at a place, and creates it if need be.
    ///
    /// Of an existing lake the recorded options hold, whatever `options` say. The write lock of a
    /// folder is the file beside it, named like it with `.lock` behind; that of a bucket is an
    /// object in it, which the writer renews.
    ///
    /// # Errors
    /// If the place cannot be created or read.
    pub async fn open_at(place: &Place, options: Options) -> Result<Self> {
        if options.members_per_range < 1 {
            let reason = "a range needs at least one member";
            return Err(LakeError::Location { location: place.to_string(), reason });
        }
        let home = Home::open(place)?;
        let settings = settings(&home, options).await?;
        Ok(Self {
            shared: Arc::new(Shared {
                files: Files::new(Arc::clone(&home.store)),
                versions: Versions::new(Arc::clone(&home.store)),
                members_per_range: settings.members_per_range,
                opened: Mutex::default(),
                home,
            }),
        })
    }

    /// Whether a lake at the place has any version.
    ///
    /// # Errors
    /// If the place cannot be read.
    pub async fn is_begun(place: &Place) -> Result<bool> {
        match place {
            // looking must not make the folder
            Place::Folder(folder) if !folder.exists() => Ok(false),
            _ => Versions::new(Home::open(place)?.store).exist().await,
        }
    }

    /// How many consecutive member numbers share a range.
    pub fn members_per_range(&self) -> i64 {
        self.shared.members_per_range
    }

    /// The range in which all rows of a member lie, in every table.
    pub fn range_of(&self, member: MemberNumber) -> i64 {
        member.as_i64().div_euclid(self.shared.members_per_range)
    }

    /// The newest version; 0 is the lake before its first.
    ///
    /// # Errors
    /// If the version files cannot be read.
    pub async fn version(&self) -> Result<LakeVersion> {
        Ok(self.shared.versions.newest().await?.version)
    }

    /// The newest version, to be read from.
    ///
    /// # Errors
    /// If the version files cannot be read.
    pub async fn head(&self) -> Result<Snapshot> {
        Ok(Snapshot::new(self.clone(), self.shared.versions.newest().await?))
    }

    /// An older version, to be read from.
    ///
    /// # Errors
    /// [`LakeError::UnknownVersion`] if it does not exist, [`LakeError::RefusedVersion`] if rows
    /// that it held have been erased since.
    pub async fn at(&self, version: LakeVersion) -> Result<Snapshot> {
        let newest = self.shared.versions.newest().await?;
        if version > newest.version || version.as_i64() < 0 {
            return Err(LakeError::UnknownVersion { version, newest: newest.version });
        }
        if version < newest.oldest_readable {
            return Err(LakeError::RefusedVersion { version, oldest: newest.oldest_readable });
        }
        match version.as_i64() {
            0 => Ok(Snapshot::new(self.clone(), crate::VersionRecord::empty())),
            _ => Ok(Snapshot::new(self.clone(), self.shared.versions.read(version).await?)),
        }
    }

    /// When a version was made, also one that may not be read any more.
    ///
    /// # Errors
    /// If there is no such version.
    pub async fn made_at(&self, version: LakeVersion) -> Result<Instant> {
        Ok(self.shared.versions.read(version).await?.at)
    }

    /// A table at the newest version, see [`Snapshot::table`].
    ///
    /// # Errors
    /// If the version files or the table's log cannot be read.
    pub async fn table(&self, table: Table) -> Result<Arc<dyn TableProvider>> {
        self.head().await?.table(table).await
    }

    /// What a table holds at the newest version, see [`Snapshot::content_keys`].
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn content_keys(&self, table: Table) -> Result<Vec<ContentKey>> {
        self.head().await?.content_keys(table).await
    }

    /// Takes the write lock, undoes what a dead writer left half done, and gives the writer.
    ///
    /// # Errors
    /// [`LakeError::Locked`] at once if somebody else writes; otherwise if recovery fails.
    pub async fn writer(&self) -> Result<Writer> {
        self.writer_within(Duration::ZERO).await
    }

    /// The same as [`Lake::writer`], but waits about `wait` for the lock.
    ///
    /// # Errors
    /// [`LakeError::Locked`] if somebody else still writes; otherwise if recovery fails.
    pub async fn writer_within(&self, wait: Duration) -> Result<Writer> {
        let lock = self.lock(wait).await?;
        Writer::open(self.clone(), Some(lock)).await
    }

    /// Waits until nobody writes, for about `wait`: what the writers before had begun is visible
    /// then, or was given up.
    ///
    /// # Errors
    /// [`LakeError::Locked`] if somebody still writes.
    pub async fn settled(&self, wait: Duration) -> Result<()> {
        if self.shared.home.is_quiet().await? {
            return Ok(());
        }
        self.lock(wait).await.map(drop)
    }

    /// A writer that takes no lock, for the tests that show what the lock is not needed for.
    ///
    /// # Errors
    /// If recovery fails.
    #[doc(hidden)]
    pub async fn writer_without_lock(&self) -> Result<Writer> {
        Writer::open(self.clone(), None).await
    }

    /// Takes the write lock. Whoever held it before can make nothing visible from then on.
    async fn lock(&self, wait: Duration) -> Result<WriteLock> {
        let lock = self.shared.home.lock(wait).await?;
        if lock.is_in_doubt() {
            self.shared.versions.fence(lock.lease_number()).await?;
            lock.set_in_doubt(false);
        }
        Ok(lock)
    }

    /// The log of a table at a Delta version.
    pub(crate) async fn log(&self, table: Table, version: u64) -> Result<TableLog> {
        let mut opened = self.shared.opened.lock().await;
        if let Some(log) = opened.get(&table)
            && log.version()? == version
        {
            return Ok(log.clone());
        }
        let reason = "its log is gone";
        let log = TableLog::open(&self.shared.home, table, Some(version))
            .await?
            .ok_or(LakeError::Inconsistent { table, reason })?;
        opened.insert(table, log.clone());
        Ok(log)
    }
}

/// Reads the recorded options, and records the given ones if the lake is new.
async fn settings(home: &Home, options: Options) -> Result<Settings> {
    // reading comes first: who only reads may have no right to write
    if let Some(recorded) = recorded(home).await? {
        return Ok(recorded);
    }
    let path = Path::from(SETTINGS);
    let wanted = Settings { format: FORMAT, members_per_range: options.members_per_range };
    let bytes = serde_json::to_vec(&wanted)
        .map_err(|source| LakeError::Damaged { path: SETTINGS.to_owned(), source })?;
    match home.store.put_opts(&path, bytes.into(), PutMode::Create.into()).await {
        Ok(_) => {
            home.flush(vec![SETTINGS.to_owned()]).await?;
            Ok(wanted)
        }
        Err(object_store::Error::AlreadyExists { .. }) => {
            recorded(home).await?.ok_or(LakeError::Conflict { what: SETTINGS.to_owned() })
        }
        Err(source) => Err(LakeError::object("writing", &path)(source)),
    }
}

async fn recorded(home: &Home) -> Result<Option<Settings>> {
    let path = Path::from(SETTINGS);
    let object = match home.store.get(&path).await {
        Ok(object) => object,
        Err(ref source @ object_store::Error::NotFound { .. }) if !is_without_bucket(source) => {
            return Ok(None);
        }
        Err(source) => return Err(LakeError::object("reading", &path)(source)),
    };
    let bytes = object.bytes().await.map_err(LakeError::object("reading", &path))?;
    let damaged = |source| LakeError::Damaged { path: SETTINGS.to_owned(), source };
    let found: Format = serde_json::from_slice(&bytes).map_err(damaged)?;
    if found.format > FORMAT {
        return Err(LakeError::Newer { format: found.format, known: FORMAT });
    }
    serde_json::from_slice(&bytes).map_err(damaged).map(Some)
}

//! The Delta log of one table: which data files are alive.

use std::collections::{BTreeSet, HashMap};

use deltalake::{
    DeltaTable, DeltaTableError,
    kernel::{
        Action, Add, Metadata, MetadataExt, Remove, StructType,
        transaction::{CommitBuilder, CommitProperties, TransactionError},
    },
    protocol::{DeltaOperation, SaveMode, checkpoints},
};
use policy::Instant;

use crate::{LakeError, Result, Table, columns::RANGE, files::DataFile, home::Home};

/// Reading a log means reading what came after its last checkpoint, all commits at once: each
/// takes about a megabyte while it is parsed, however short it is.
const COMMITS_PER_CHECKPOINT: u64 = 10;

/// A table at one version of its Delta log.
#[derive(Debug, Clone)]
pub(crate) struct TableLog {
    table: Table,
    delta: DeltaTable,
}

/// A change to the set of files that are alive.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) added: Vec<DataFile>,
    pub(crate) removed: Vec<DataFile>,
    pub(crate) kind: ChangeKind,
}

/// How a change is described in the log; never by a value of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Append,
    Erase,
    Compact,
    RollBack,
}

impl TableLog {
    /// The table at `version` or the newest; `None` if it does not exist.
    pub(crate) async fn open(
        home: &Home,
        table: Table,
        version: Option<u64>,
    ) -> Result<Option<Self>> {
        let failed = || LakeError::log("opening", table);
        let mut delta = home.table(table)?;
        if !delta.log_store().is_delta_table_location().await.map_err(failed())? {
            return Ok(None);
        }
        match version {
            Some(version) => delta.load_version(version).await.map_err(failed())?,
            None => delta.load().await.map_err(failed())?,
        }
        Ok(Some(Self { table, delta }))
    }

    /// Creates the table, empty, with statistics switched off from the first commit on.
    pub(crate) async fn create(home: &Home, table: Table) -> Result<Self> {
        let failed = || LakeError::log("creating", table);
        let delta = home
            .table(table)?
            .create()
            .with_columns(table.delta_fields())
            .with_partition_columns([RANGE])
            .with_configuration([("delta.dataSkippingNumIndexedCols", Some("0"))])
            .await
            .map_err(failed())?;
        Ok(Self { table, delta })
    }

    pub(crate) fn delta(&self) -> &DeltaTable {
        &self.delta
    }

    pub(crate) fn version(&self) -> Result<u64> {
        let reason = "its log was not loaded";
        self.delta.version().ok_or(LakeError::Inconsistent { table: self.table, reason })
    }

    /// Whether it was made, or written to, since the youngest column came to the table.
    pub(crate) fn knows_every_column(&self) -> Result<bool> {
        let snapshot = self.delta.snapshot().map_err(LakeError::log("reading", self.table))?;
        let schema = snapshot.schema();
        Ok(self.table.columns().all(|column| schema.contains(column.name)))
    }

    /// The files alive at this version, by path.
    pub(crate) fn files(&self) -> Result<Vec<DataFile>> {
        let snapshot = self.delta.snapshot().map_err(LakeError::log("reading", self.table))?;
        let mut files = Vec::new();
        for view in snapshot.log_data().iter() {
            let range = view.partition_values_map().remove(RANGE).flatten();
            let reason = "a file has no range";
            let range = range
                .and_then(|range| range.parse().ok())
                .ok_or(LakeError::Inconsistent { table: self.table, reason })?;
            files.push(DataFile {
                path: view.path().into_owned(),
                range,
                bytes: u64::try_from(view.size()).unwrap_or_default(),
                at: Instant::from_micros(view.modification_time().saturating_mul(1000)),
            });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// The files alive at this version that lie in one of `ranges`.
    pub(crate) fn files_in(&self, ranges: &BTreeSet<i64>) -> Result<Vec<DataFile>> {
        let mut files = self.files()?;
        files.retain(|file| ranges.contains(&file.range));
        Ok(files)
    }

    /// Commits the change right behind this version, or fails with a conflict.
    ///
    /// There is no second try: a change was computed from the files of this version, and on any
    /// other set of files it could bring erased rows back.
    pub(crate) async fn commit(&mut self, change: Change, at: Instant) -> Result<()> {
        let failed = || LakeError::log("committing to", self.table);
        let operation = change.kind.operation();
        let properties = CommitProperties::default()
            .with_max_retries(0)
            .with_create_checkpoint(false)
            .with_cleanup_expired_logs(Some(false));
        let mut actions = change.into_actions(at);
        // else nobody would see what stands in columns that came to the table since
        actions.extend(self.new_columns()?.map(Action::Metadata));
        let snapshot = self.delta.snapshot().map_err(failed())?;
        let commit = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(snapshot.snapshot()), self.delta.log_store(), operation)
            .await;
        match commit {
            Ok(commit) => {
                self.delta.state = Some(commit.snapshot);
                Ok(())
            }
            Err(
                DeltaTableError::VersionAlreadyExists(_)
                | DeltaTableError::Transaction { source: TransactionError::MaxCommitAttempts(_) },
            ) => Err(LakeError::Conflict { what: self.table.name().to_owned() }),
            Err(source) => Err(failed()(source)),
        }
    }

    /// What the log has to know of columns that came to the table since, if any did.
    fn new_columns(&self) -> Result<Option<Metadata>> {
        if self.knows_every_column()? {
            return Ok(None);
        }
        let failed = || LakeError::log("committing to", self.table);
        let snapshot = self.delta.snapshot().map_err(failed())?;
        let schema = StructType::try_new(self.table.delta_fields());
        let schema = schema.map_err(|source| failed()(source.into()))?;
        let metadata = snapshot.metadata().clone().with_schema(&schema);
        metadata.map(Some).map_err(|source| failed()(source.into()))
    }

    /// Writes a checkpoint now and then. A checkpoint is a convenience: failing is only logged.
    pub(crate) async fn maybe_checkpoint(&self, before: u64) {
        let now = self.delta.version().unwrap_or(before);
        if now / COMMITS_PER_CHECKPOINT == before / COMMITS_PER_CHECKPOINT {
            return;
        }
        if let Err(error) = checkpoints::create_checkpoint(&self.delta, None).await {
            tracing::warn!(table = self.table.name(), %error, "could not write a checkpoint");
        }
    }

    /// Where the newest commit lies, relative to the lake.
    pub(crate) fn commit_path(&self) -> Result<String> {
        Ok(format!("{}/_delta_log/{:020}.json", self.table, self.version()?))
    }
}

impl Change {
    fn into_actions(self, at: Instant) -> Vec<Action> {
        let data_change = self.kind != ChangeKind::Compact;
        let remove = |file: DataFile| {
            Action::Remove(Remove {
                data_change,
                deletion_timestamp: Some(at.as_micros().div_euclid(1000)),
                extended_file_metadata: Some(true),
                partition_values: Some(partition(file.range)),
                size: Some(length(file.bytes)),
                path: file.path,
                ..Remove::default()
            })
        };
        let add = |file: DataFile| {
            Action::Add(Add {
                partition_values: partition(file.range),
                size: length(file.bytes),
                modification_time: file.at.as_micros().div_euclid(1000),
                data_change,
                stats: None,
                path: file.path,
                ..Add::default()
            })
        };
        let removed: Vec<_> = self.removed.into_iter().map(remove).collect();
        removed.into_iter().chain(self.added.into_iter().map(add)).collect()
    }
}

impl ChangeKind {
    fn operation(self) -> DeltaOperation {
        match self {
            Self::Append => DeltaOperation::Write {
                mode: SaveMode::Append,
                partition_by: None,
                predicate: None,
            },
            Self::Erase => DeltaOperation::Delete { predicate: None },
            Self::Compact => DeltaOperation::Optimize {
                predicate: None,
                target_size: length(crate::compact::TARGET),
            },
            Self::RollBack => DeltaOperation::Restore { version: None, datetime: None },
        }
    }
}

fn partition(range: i64) -> HashMap<String, Option<String>> {
    HashMap::from([(RANGE.to_owned(), Some(range.to_string()))])
}

fn length(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

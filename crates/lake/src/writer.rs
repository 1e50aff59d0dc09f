use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use policy::{Instant, ItemId, LakeVersion, MemberNumber};

use crate::{
    ErasureEvidence, Judged, Lake, LakeError, Operation, Result, Table, VersionRecord,
    files::{DataFile, Encoder, FileName, object_path},
    lock::WriteLock,
    log::{Change, ChangeKind, TableLog},
    recover,
    rewrite::{Doomed, Rewrite},
    rows,
};

/// What comes in with one version.
#[derive(Debug, Clone, Default)]
pub struct Append {
    /// New rows by table, in [`Table::input_schema`]; columns may stand in any order.
    pub rows: BTreeMap<Table, RecordBatch>,
    /// Rows of older versions that go, because they were edited or deleted, also from attached
    /// tables. Rows of the same address in `rows` stay.
    pub replaced: Vec<(Table, MemberNumber, ItemId)>,
}

/// What was found in rows that are in the lake, with how far they have been looked through.
#[derive(Debug, Clone)]
pub struct Findings {
    /// Rows of [`Table::Mentions`] and [`Table::Sensitive`].
    pub rows: BTreeMap<Table, RecordBatch>,
    /// Rows of these tables that hold no longer.
    pub replaced: Vec<(Table, MemberNumber, ItemId)>,
    /// Names in rows up to this version are resolved.
    pub mentions_through: LakeVersion,
    /// What has been judged.
    pub judged: Judged,
}

/// The one who may change a lake, until dropped.
///
/// Every call writes its files, commits to the tables, flushes all of it to disk, and writes the
/// version file last. If a call fails or is cancelled halfway, the writer refuses further calls;
/// the next writer undoes what did not become visible.
#[derive(Debug)]
pub struct Writer {
    pub(crate) lake: Lake,
    lock: Option<WriteLock>,
    pub(crate) logs: BTreeMap<Table, TableLog>,
    pub(crate) head: VersionRecord,
    /// Files written since the last flush, relative to the lake.
    pub(crate) unflushed: Vec<String>,
    /// Counts the data files of one version, which are named by it.
    place: u64,
    spoiled: bool,
    steps_left: Option<usize>,
}

/// What the next version consists of.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) operation: Operation,
    pub(crate) changes: BTreeMap<Table, Change>,
    pub(crate) evidence: Option<ErasureEvidence>,
    pub(crate) mentions_through: Option<LakeVersion>,
    pub(crate) judged: Option<Judged>,
    /// The tables that are attached from then on; `None` leaves them as they are.
    pub(crate) attached: Option<BTreeMap<String, LakeVersion>>,
}

impl Plan {
    pub(crate) fn new(operation: Operation) -> Self {
        Self {
            operation,
            changes: BTreeMap::new(),
            evidence: None,
            mentions_through: None,
            judged: None,
            attached: None,
        }
    }
}

impl Writer {
    pub(crate) async fn open(lake: Lake, lock: Option<WriteLock>) -> Result<Self> {
        let head = lake.shared.versions.newest().await?;
        lake.shared.versions.drop_torn(head.version).await?;
        let mut writer = Self {
            lake,
            lock,
            logs: BTreeMap::new(),
            head,
            unflushed: Vec::new(),
            place: 0,
            spoiled: false,
            steps_left: None,
        };
        recover::recover(&mut writer).await?;
        Ok(writer)
    }

    /// The version that this writer builds upon.
    pub fn version(&self) -> LakeVersion {
        self.head.version
    }

    /// Adds rows and takes out the replaced ones in one new version, and returns it.
    ///
    /// Nothing to add and nothing to take out makes no new version. The lake does not look for
    /// rows that are there already, see [`crate::Snapshot::content_keys`].
    ///
    /// # Errors
    /// If a batch does not fit its table, which leaves the writer usable; otherwise if reading or
    /// writing fails, or another writer came first.
    pub async fn append(&mut self, append: Append, at: Instant) -> Result<LakeVersion> {
        let replaced = append.replaced.clone();
        let plan = self.plan(append, at).await?;
        let attached = self.take_over(&replaced).await?;
        self.publish(Plan { attached, ..plan }, at).await
    }

    /// Adds what was found in rows, and notes how far they have been looked through, which always
    /// makes a new version.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn append_found(&mut self, found: Findings, at: Instant) -> Result<LakeVersion> {
        let Findings { rows, replaced, mentions_through, judged } = found;
        let mut plan = self.plan(Append { rows, replaced }, at).await?;
        // the new version adds no text: if nobody else has, it is looked through as well
        let next = self.next_version();
        let reached = |through| if through == self.head.version { next } else { through };
        plan.mentions_through = Some(reached(mentions_through));
        plan.judged = Some(Judged { through: reached(judged.through), ..judged });
        self.publish(plan, at).await
    }

    pub(crate) async fn plan(&mut self, append: Append, at: Instant) -> Result<Plan> {
        let version = self.next_version();
        let mut parts = BTreeMap::new();
        for (table, batch) in &append.rows {
            let batch = rows::conform(*table, batch, version)?;
            parts.insert(*table, rows::split(*table, &batch, self.lake.members_per_range())?);
        }
        self.start()?;
        let replaced = Doomed::of_rows(&append.replaced);
        let tables: BTreeSet<_> = parts.keys().chain(replaced.keys()).copied().collect();
        let mut changes = BTreeMap::new();
        for table in tables {
            let rewrite = match replaced.get(&table) {
                Some(doomed) => self.rewrite(table, doomed, at).await?,
                None => Rewrite::default(),
            };
            let mut added = rewrite.added;
            for (range, rows) in parts.remove(&table).unwrap_or_default() {
                added.push(self.write(table, range, &rows, at).await?);
            }
            let change = Change { added, removed: rewrite.removed, kind: ChangeKind::Append };
            changes.insert(table, change);
        }
        Ok(Plan { changes, ..Plan::new(Operation::Append) })
    }

    /// Stops before the durable step number `steps`, counted from 0, as a crash would.
    #[doc(hidden)]
    pub fn stop_before_step(&mut self, steps: usize) {
        self.steps_left = Some(steps);
    }

    /// Renews the lease no more and gives it back neither, as if the machine had stopped. The lock
    /// of a folder stays.
    #[doc(hidden)]
    pub fn abandon_lease(&mut self) {
        self.lock.iter_mut().for_each(WriteLock::abandon);
    }

    /// The version that this writer makes next.
    pub fn next_version(&self) -> LakeVersion {
        LakeVersion::from_i64(self.head.version.as_i64().saturating_add(1))
    }

    /// Marks the writer as being in the middle of something, until [`Self::publish`] is through.
    pub(crate) fn start(&mut self) -> Result<()> {
        if self.spoiled {
            return Err(LakeError::Spoiled);
        }
        self.check_lease()?;
        self.under_way(true);
        self.place = 0;
        Ok(())
    }

    /// Commits the changes, flushes them, and makes them visible as a version.
    ///
    /// An append or a compaction that changes nothing makes no version; an erasure always does.
    pub(crate) async fn publish(&mut self, mut plan: Plan, at: Instant) -> Result<LakeVersion> {
        plan.changes.retain(|_, change| !change.added.is_empty() || !change.removed.is_empty());
        let refuses_older = matches!(plan.operation, Operation::Erase | Operation::Sweep);
        let changes_nothing =
            plan.changes.is_empty() && plan.mentions_through.is_none() && plan.attached.is_none();
        if changes_nothing && !refuses_older {
            self.under_way(false);
            return Ok(self.head.version);
        }
        let adds_text = matches!(plan.operation, Operation::Append | Operation::Attach)
            && plan.judged.is_none();
        let before = self.table_versions()?;
        for (table, change) in plan.changes {
            self.commit(table, change, at).await?;
        }
        self.step("flush")?;
        self.flush().await?;
        self.check_lease()?;
        let version = self.next_version();
        let record = VersionRecord {
            version,
            at,
            operation: plan.operation,
            oldest_readable: if refuses_older { version } else { self.head.oldest_readable },
            mentions_through: plan.mentions_through.unwrap_or_else(|| match adds_text {
                true => self.head.mentions_through,
                false => self.head.mentions_through_without_text(version),
            }),
            judged: plan.judged.unwrap_or_else(|| match adds_text {
                true => self.head.judged,
                false => self.head.judged_without_text(version),
            }),
            tables: self.table_versions()?,
            lease: self.lock.as_ref().and_then(WriteLock::lease_number),
            attached: plan.attached.unwrap_or_else(|| self.head.attached.clone()),
            evidence: plan.evidence,
        };
        self.step("publish")?;
        let path = self.lake.shared.versions.put(&record).await?;
        self.unflushed.push(path.to_string());
        self.flush().await?;
        self.head = record;
        if refuses_older {
            self.step("sweep")?;
            self.delete_unreadable().await?;
        }
        for (table, log) in &self.logs {
            log.maybe_checkpoint(before.get(table).copied().unwrap_or_default()).await;
        }
        self.under_way(false);
        Ok(version)
    }

    pub(crate) async fn commit(&mut self, table: Table, change: Change, at: Instant) -> Result<()> {
        self.step("commit")?;
        if !self.logs.contains_key(&table) {
            let log = TableLog::create(&self.lake.shared.home, table).await?;
            self.unflushed.push(log.commit_path()?);
            self.logs.insert(table, log);
            self.step("commit to the new table")?;
        }
        let reason = "its log is not open";
        let log = self.logs.get_mut(&table).ok_or(LakeError::Inconsistent { table, reason })?;
        let data = change.added.iter().map(|file| object_path(table, &file.path).to_string());
        self.unflushed.extend(data);
        log.commit(change, at).await?;
        self.unflushed.push(log.commit_path()?);
        Ok(())
    }

    pub(crate) async fn write(
        &mut self,
        table: Table,
        range: i64,
        rows: &RecordBatch,
        at: Instant,
    ) -> Result<DataFile> {
        let mut encoder = Encoder::new(table)?;
        encoder.write(rows)?;
        self.put_rows(table, range, encoder, at).await
    }

    /// Writes a file whose rows have been encoded already.
    pub(crate) async fn put_rows(
        &mut self,
        table: Table,
        range: i64,
        rows: Encoder,
        at: Instant,
    ) -> Result<DataFile> {
        let name = FileName { range, version: self.next_version(), place: self.place, at };
        self.place = self.place.saturating_add(1);
        self.lake.shared.files.put(table, rows.finish()?, &name).await
    }

    pub(crate) async fn flush(&mut self) -> Result<()> {
        let files = std::mem::take(&mut self.unflushed);
        self.lake.shared.home.flush(files).await
    }

    pub(crate) fn step(&mut self, step: &'static str) -> Result<()> {
        match self.steps_left {
            Some(0) => {
                // stopped between two requests, so nothing is on its way
                self.lock.iter().for_each(|lock| lock.set_in_doubt(false));
                Err(LakeError::Stopped { step })
            }
            Some(left) => {
                self.steps_left = Some(left.saturating_sub(1));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes whether a call is in the middle of something.
    fn under_way(&mut self, is_under_way: bool) {
        self.spoiled = is_under_way;
        self.lock.iter().for_each(|lock| lock.set_in_doubt(is_under_way));
    }

    /// Spares the work for a version that could not become visible.
    fn check_lease(&self) -> Result<()> {
        match self.lock.as_ref().is_some_and(WriteLock::is_lost) {
            true => Err(LakeError::LeaseLost),
            false => Ok(()),
        }
    }

    fn table_versions(&self) -> Result<BTreeMap<Table, u64>> {
        self.logs.iter().map(|(table, log)| Ok((*table, log.version()?))).collect()
    }
}

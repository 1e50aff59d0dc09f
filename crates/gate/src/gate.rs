use std::{collections::BTreeMap, sync::Arc};

use datafusion::{
    logical_expr::{Expr, lit},
    prelude::col,
};
use lake::{Lake, Snapshot, Table};
use policy::{Ambiguous, Instant, LakeVersion, Purpose};
use store::{HolderId, NewPermit, PermitId, Store};

use crate::{
    Accounting, FactRange, GateError, MentionsResolved, Permit, PermitRequest, Permitted, Result,
    barrier::Barrier,
    columns::session,
    functions::{Evaluation, Evaluations, Functions},
    mentions::{Look, WAIT},
    thread_index::ITEMS_IN_PART,
};

/// The tables whose rows are given out for uses.
pub const GIVEN_OUT: [Table; 6] = [
    Table::Profiles,
    Table::Positions,
    Table::Education,
    Table::Skills,
    Table::Items,
    Table::Activity,
];

/// The only way out of the lake. Clones share it.
#[derive(Clone)]
pub struct Gate {
    lake: Lake,
    store: Store,
    evaluations: Arc<Evaluations>,
    functions: Functions,
    partitions: Option<usize>,
    items_in_part: usize,
}

impl Gate {
    /// A gate before a lake, with the facts of a store.
    pub fn new(lake: Lake, store: Store) -> Self {
        let evaluations = Arc::new(Evaluations::default());
        let functions = Functions::over(&evaluations);
        let (partitions, items_in_part) = (None, ITEMS_IN_PART);
        Self { lake, store, evaluations, functions, partitions, items_in_part }
    }

    /// The same gate, whose scans use a fixed number of threads.
    #[must_use]
    pub fn with_partitions(self, partitions: usize) -> Self {
        Self { partitions: Some(partitions), ..self }
    }

    /// The same gate, which resolves the names of so many items at once, for tests of that.
    #[doc(hidden)]
    #[must_use]
    pub fn with_items_in_part(self, items_in_part: usize) -> Self {
        Self { items_in_part, ..self }
    }

    /// The facts that the gate decides by.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The newest version of the lake.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn lake_version(&self) -> Result<LakeVersion> {
        self.lake.version().await.map_err(GateError::lake("opening the lake"))
    }

    pub(crate) fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Looks through what came in since the last look: resolves names into mentions, and finds the
    /// rows that reveal special categories of personal data; see [`Gate::permit`], which does so by
    /// itself where it was not done. Where that shows who is named in what holders took before and
    /// must not be, or that a row which they took reveals something, a removal is started.
    ///
    /// # Errors
    /// If the store or the lake cannot be read or written.
    pub async fn resolve_mentions(&self, at: Instant) -> Result<MentionsResolved> {
        self.resolve_mentions_but(None, at).await
    }

    /// The same, for all holders but one, which is about to apply what is found by itself.
    async fn resolve_mentions_but(
        &self,
        applies: Option<&HolderId>,
        at: Instant,
    ) -> Result<MentionsResolved> {
        let mut resolved = MentionsResolved::default();
        let look = Look::start(&self.lake, self.items_in_part).await?;
        let Some(mut look) = look else { return Ok(resolved) };
        while let Some(found) = look.next().await? {
            // Facts first: if this ends in between, all of it is found once more.
            self.remove_names(&found.learned, applies, at).await?;
            self.remove_revealed(&found.revealed, at).await?;
            let more = look.write_down(found, at).await?;
            resolved.items += more.items;
            resolved.mentions += more.mentions;
            resolved.sensitive += more.sensitive;
        }
        Ok(resolved)
    }

    /// Permits rows to a registered holder, and puts the permit on record. Nothing is scanned yet;
    /// [`Permitted::account`] adds the accounting to the record.
    ///
    /// # Errors
    /// If facts may be missing, the instant asked about is later than `at`, no policy is in force,
    /// it does not name the purpose, the facts or the lake version do not exist, or anything
    /// cannot be read: then nothing is permitted.
    pub async fn permit(&self, request: &PermitRequest, at: Instant) -> Result<Permitted> {
        let PermitRequest { holder, purpose, as_of, facts, lake_version, after } = request;
        if *as_of > at {
            return Err(GateError::AsOfAhead { as_of: *as_of });
        }
        self.check_whole().await?;
        self.check_lake_version(*lake_version).await?;
        // Whoever imports records that a row goes before it goes. The facts of this permit are
        // on record, so once nobody writes, what they say has happened in the lake as well.
        self.lake.settled(WAIT).await.map_err(GateError::lake("waiting for who writes"))?;
        self.resolve_mentions_but(Some(holder), at).await?;
        let evaluation = Arc::new(self.evaluate(purpose, *as_of, *facts).await?);
        let regime = evaluation.evaluator.regimes().first();
        let policy = regime.map(|regime| Arc::clone(&regime.policy));
        let policy = policy.ok_or(GateError::NoPolicy { at: facts.from })?;
        let earlier =
            self.store.permits(holder).await.map_err(GateError::store("reading permits"))?;
        let head = self.head().await?;
        let permit = Permit {
            id: PermitId::new(format!("{holder}.{}", earlier.len() + 1)),
            holder: holder.clone(),
            purpose: purpose.clone(),
            policy: policy.hash.clone(),
            policy_version: policy.version,
            facts: *facts,
            as_of: *as_of,
            lake_version: *lake_version,
            after: *after,
            attached: head.pinned().await.map_err(GateError::lake("opening attached tables"))?,
        };
        self.store
            .issue_permit(holder, &new_permit(&permit), at)
            .await
            .map_err(GateError::store("recording a permit"))?;
        self.open(permit, evaluation, &head).await
    }

    /// What would be permitted for a purpose now, and what not, by reason. Gives out no row.
    ///
    /// # Errors
    /// As [`Gate::permit`].
    pub async fn report(&self, purpose: &Purpose, as_of: Instant) -> Result<Accounting> {
        self.check_whole().await?;
        let last = self.store.last_sequence().await.map_err(GateError::store("reading facts"))?;
        let evaluation = Arc::new(self.evaluate(purpose, as_of, FactRange::at(last)).await?);
        let identity = format!("report.{purpose}.{as_of}.{last}");
        let _loaded = self.load(&identity, evaluation);
        let head = self.head().await?;
        let newest = head.version();
        let tables =
            self.barriers(&identity, (&head, None, newest), Ambiguous::Redact, false).await?;
        account(&tables, self.partitions).await
    }

    async fn check_lake_version(&self, version: LakeVersion) -> Result<()> {
        let newest = self.lake_version().await?;
        if version > newest { Err(GateError::LakeVersion { version, newest }) } else { Ok(()) }
    }

    fn load(&self, identity: &str, evaluation: Arc<Evaluation>) -> Loaded {
        self.evaluations.insert(identity.to_owned(), Arc::clone(&evaluation));
        let (identity, evaluations) = (identity.to_owned(), Arc::clone(&self.evaluations));
        Loaded { identity, evaluation, evaluations }
    }

    pub(crate) async fn head(&self) -> Result<Snapshot> {
        self.lake.head().await.map_err(GateError::lake("opening the lake"))
    }

    async fn open(
        &self,
        permit: Permit,
        evaluation: Arc<Evaluation>,
        head: &Snapshot,
    ) -> Result<Permitted> {
        let identity = permit.id.to_string();
        let masks = !evaluation.redactor.is_idle();
        let ambiguous = treatment(&evaluation);
        let loaded = self.load(&identity, evaluation);
        let rows = (head, permit.after, permit.lake_version);
        let tables = self.barriers(&identity, rows, ambiguous, masks).await?;
        Ok(Permitted::new(permit, self.store.clone(), tables, self.partitions, loaded))
    }

    /// A barrier before each table that is given out.
    async fn barriers(
        &self,
        identity: &str,
        (head, after, lake_version): (&Snapshot, Option<LakeVersion>, LakeVersion),
        ambiguous: Ambiguous,
        masks: bool,
    ) -> Result<BTreeMap<Table, Arc<Barrier>>> {
        // a comparison with every row is saved where none can have come later
        let came_by = (lake_version < head.version()).then(|| came_by(lake_version));
        let looked_at = came_by.into_iter().chain(after.map(came_after)).reduce(Expr::and);
        let mut barriers = BTreeMap::new();
        for table in GIVEN_OUT {
            let inner = match after {
                Some(after) => head.table_after(table, after),
                None => head.table(table).await.map_err(GateError::lake("opening a table"))?,
            };
            let reasons = self.functions.reasons_of(identity, table, ambiguous);
            let columns = match masks {
                true => self.functions.masked(identity, table),
                false => table.columns().map(|column| col(column.name)).collect(),
            };
            let barrier = Barrier::new(inner, looked_at.clone(), reasons, columns);
            barriers.insert(table, Arc::new(barrier));
        }
        Ok(barriers)
    }
}

/// The rows of every table by the reasons against them; scans only the tables that no scan has
/// seen whole.
pub(crate) async fn account(
    tables: &BTreeMap<Table, Arc<Barrier>>,
    partitions: Option<usize>,
) -> Result<Accounting> {
    let session = session(partitions).state();
    let mut accounting = Accounting::default();
    for (table, barrier) in tables {
        accounting.tables.entry(*table).or_default();
        let rows = barrier.count(&session).await;
        let rows = rows.map_err(GateError::plan("counting rows"))?;
        accounting.book_all(*table, &rows);
    }
    Ok(accounting)
}

/// An evaluation that is loaded for as long as this lives.
pub(crate) struct Loaded {
    identity: String,
    pub(crate) evaluation: Arc<Evaluation>,
    evaluations: Arc<Evaluations>,
}

impl Drop for Loaded {
    fn drop(&mut self) {
        self.evaluations.remove(&self.identity);
    }
}

/// What happens to rows with names that may be an objector's: looking at them refuses.
fn treatment(evaluation: &Evaluation) -> Ambiguous {
    let mut regimes = evaluation.evaluator.regimes().iter();
    let reviews = regimes.any(|one| one.policy.ambiguous_names == Ambiguous::Review);
    if reviews { Ambiguous::Review } else { Ambiguous::Redact }
}

fn new_permit(permit: &Permit) -> NewPermit {
    NewPermit {
        id: permit.id.clone(),
        purpose: permit.purpose.clone(),
        policy_hash: permit.policy.clone(),
        sequence: permit.facts.to,
        as_of: permit.as_of,
        lake_version: permit.lake_version,
        reads: (!permit.attached.is_empty()).then(|| serde_json::json!(permit.attached)),
    }
}

/// Rows that came in with the version or an earlier one.
fn came_by(version: LakeVersion) -> Expr {
    col("lake_version").lt_eq(lit(version.as_i64()))
}

/// Rows that came in with a later version.
fn came_after(version: LakeVersion) -> Expr {
    col("lake_version").gt(lit(version.as_i64()))
}

use std::{
    collections::BTreeMap,
    sync::Arc,
};

use datafusion::{
    functions_aggregate::expr_fn::count,
    logical_expr::{Expr, lit},
    prelude::{DataFrame, col},
};
use lake::{Lake, Table};
use policy::{Ambiguous, Instant, LakeVersion, Purpose, ReasonSet};
use store::{NewPermit, PermitId, Store};

use crate::{
    Accounting, FactRange, GateError, MentionsResolved, Permit, PermitRequest, Permitted, Result,
    barrier::Barrier,
    columns::{Columns, session},
    functions::{Evaluation, Evaluations, Functions},
    mentions,
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
}

impl Gate {
    /// A gate before a lake, with the facts of a store.
    pub fn new(lake: Lake, store: Store) -> Self {
        let evaluations = Arc::new(Evaluations::default());
        let functions = Functions::over(&evaluations);
        Self { lake, store, evaluations, functions, partitions: None }
    }

    /// The same gate, whose scans use a fixed number of threads.
    #[must_use]
    pub fn with_partitions(self, partitions: usize) -> Self {
        Self { partitions: Some(partitions), ..self }
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

    /// Resolves the names in what came in since the last resolution, and writes the mentions into
    /// the lake; see [`Gate::permit`], which does so by itself where it was not done.
    ///
    /// # Errors
    /// If the lake cannot be read or written.
    pub async fn resolve_mentions(&self, at: Instant) -> Result<MentionsResolved> {
        mentions::resolve(&self.lake, at).await
    }

    /// Permits rows to a registered holder, and puts the permit on record with its accounting.
    ///
    /// # Errors
    /// If no policy is in force, it does not name the purpose, the facts or the lake version do
    /// not exist, or anything cannot be read: then nothing is permitted.
    pub async fn permit(&self, request: &PermitRequest, at: Instant) -> Result<Permitted> {
        let PermitRequest { holder, purpose, as_of, facts, lake_version } = request;
        self.check_lake_version(*lake_version).await?;
        self.resolve_mentions(at).await?;
        let evaluation = Arc::new(self.evaluate(purpose, *as_of, *facts).await?);
        let regime = evaluation.evaluator.regimes().first();
        let policy = regime.map(|regime| Arc::clone(&regime.policy));
        let policy = policy.ok_or(GateError::NoPolicy { at: facts.from })?;
        let earlier =
            self.store.permits(holder).await.map_err(GateError::store("reading permits"))?;
        let permit = Permit {
            id: PermitId::new(format!("{holder}.{}", earlier.len() + 1)),
            holder: holder.clone(),
            purpose: purpose.clone(),
            policy: policy.hash.clone(),
            policy_version: policy.version,
            facts: *facts,
            as_of: *as_of,
            lake_version: *lake_version,
        };
        self.store
            .issue_permit(holder, &new_permit(&permit), at)
            .await
            .map_err(GateError::store("recording a permit"))?;
        let permitted = self.open(permit, evaluation).await?;
        let counts = serde_json::json!(permitted.accounting());
        let counted = self.store.count_permit(&permitted.permit().id, &counts).await;
        counted.map_err(GateError::store("recording a permit"))?;
        Ok(permitted)
    }

    /// What would be permitted for a purpose now, and what not, by reason. Gives out no row.
    ///
    /// # Errors
    /// As [`Gate::permit`].
    pub async fn report(&self, purpose: &Purpose, as_of: Instant) -> Result<Accounting> {
        let last = self.store.last_sequence().await.map_err(GateError::store("reading facts"))?;
        let evaluation = Arc::new(self.evaluate(purpose, as_of, FactRange::at(last)).await?);
        let identity = format!("report.{purpose}.{as_of}.{last}");
        let _loaded = self.load(&identity, evaluation);
        let newest = self.lake_version().await?;
        self.account(&identity, newest, Ambiguous::Redact).await
    }

    async fn check_lake_version(&self, version: LakeVersion) -> Result<()> {
        let newest = self.lake_version().await?;
        if version > newest { Err(GateError::LakeVersion { version, newest }) } else { Ok(()) }
    }

    fn load(&self, identity: &str, evaluation: Arc<Evaluation>) -> Loaded {
        self.evaluations.insert(identity.to_owned(), evaluation);
        Loaded { identity: identity.to_owned(), evaluations: Arc::clone(&self.evaluations) }
    }

    async fn open(&self, permit: Permit, evaluation: Arc<Evaluation>) -> Result<Permitted> {
        let identity = permit.id.to_string();
        let regimes = evaluation.evaluator.regimes().iter();
        let review =
            regimes.map(|one| one.policy.ambiguous_names).find(|one| *one == Ambiguous::Review);
        let ambiguous = review.unwrap_or(Ambiguous::Redact);
        let masks = !evaluation.redactor.is_idle();
        let loaded = self.load(&identity, evaluation);
        let accounting = self.account(&identity, permit.lake_version, ambiguous).await?;
        let head = self.lake.head().await.map_err(GateError::lake("opening the lake"))?;
        let mut tables = BTreeMap::new();
        for table in GIVEN_OUT {
            let inner = head.table(table).await.map_err(GateError::lake("opening a table"))?;
            let reasons = self.functions.reasons_of(&identity, table, ambiguous);
            let columns = match masks {
                true => self.functions.masked(&identity, table),
                false => table.columns().map(|column| col(column.name)).collect(),
            };
            // a comparison with every row is saved where none can have come later
            let came_by = (permit.lake_version < head.version()).then(|| came_by(permit.lake_version));
            let barrier = Barrier::new(inner, came_by, reasons, columns);
            tables.insert(table, Arc::new(barrier));
        }
        Ok(Permitted::new(permit, accounting, tables, self.partitions, loaded))
    }

    /// Counts the rows of every table by the reasons against them.
    async fn account(
        &self,
        identity: &str,
        lake_version: LakeVersion,
        ambiguous: Ambiguous,
    ) -> Result<Accounting> {
        let head = self.lake.head().await.map_err(GateError::lake("opening the lake"))?;
        let mut accounting = Accounting::default();
        for table in GIVEN_OUT {
            accounting.tables.entry(table).or_default();
            let inner = head.table(table).await.map_err(GateError::lake("opening a table"))?;
            let reasons = self.functions.reasons_of(identity, table, ambiguous).alias("reasons");
            let by_reasons = |frame: DataFrame| {
                frame
                    .filter(came_by(lake_version))?
                    .select(vec![reasons])?
                    .aggregate(vec![col("reasons")], vec![count(lit(1_i64)).alias("rows")])
            };
            let frame = session(self.partitions).read_table(inner).and_then(by_reasons);
            let frame = frame.map_err(GateError::plan("planning the accounting"))?;
            for batch in frame.collect().await.map_err(GateError::plan("counting rows"))? {
                let columns = Columns::of(&batch);
                for at in 0..batch.num_rows() {
                    let reasons = ReasonSet::from_bits(columns.bits(0, at).unwrap_or(u32::MAX));
                    let rows = columns.long(1, at).and_then(|rows| u64::try_from(rows).ok());
                    accounting.book(table, reasons, rows.unwrap_or_default());
                }
            }
        }
        Ok(accounting)
    }
}

/// An evaluation that is loaded for as long as this lives.
pub(crate) struct Loaded {
    identity: String,
    evaluations: Arc<Evaluations>,
}

impl Drop for Loaded {
    fn drop(&mut self) {
        self.evaluations.remove(&self.identity);
    }
}

fn new_permit(permit: &Permit) -> NewPermit {
    NewPermit {
        id: permit.id.clone(),
        purpose: permit.purpose.clone(),
        policy_hash: permit.policy.clone(),
        sequence: permit.facts.to,
        as_of: permit.as_of,
        lake_version: permit.lake_version,
    }
}

/// Rows that came in with the version or an earlier one.
fn came_by(version: LakeVersion) -> Expr {
    col("lake_version").lt_eq(lit(version.as_i64()))
}

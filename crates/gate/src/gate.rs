use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

use datafusion::{
    functions_aggregate::expr_fn::count,
    logical_expr::{Expr, lit},
    prelude::{DataFrame, col},
};
use futures::TryStreamExt;
use lake::{Lake, Table, columns::{ColumnKind, Unit}};
use policy::{Ambiguous, Instant, ItemId, LakeVersion, MemberNumber, Policy, PolicyHash, Purpose, ReasonSet, Sequence};
use store::{Holder as HolderRecord, NewPermit, Objection, PermitId, Store};

use crate::{
    Accounting, FactRange, GateError, MentionsResolved, Permit, PermitRequest, Permitted, Result,
    barrier::Barrier,
    columns::{Columns, session},
    evaluator::Evaluator,
    folding,
    functions::{Evaluation, Evaluations, Functions, RowColumns},
    mentions,
    names::{NameFinder, NamesToRedact, Span},
    prepare::Preparation,
    redactor::{MentionSpan, Redactor},
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
        let earlier = self.store.permits(holder).await.map_err(GateError::store("reading permits"))?;
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

    /// The evaluation under which a holder keeps what it keeps, with refusals up to `to`.
    pub(crate) async fn evaluation_of(
        &self,
        held: &HolderRecord,
        to: Sequence,
    ) -> Result<Evaluation> {
        let facts = FactRange { from: held.started_sequence, to };
        self.evaluate(&held.purpose, held.as_of, facts).await
    }

    /// Resolves every member's answer and gathers the names that have to go.
    pub(crate) async fn evaluate(
        &self,
        purpose: &Purpose,
        as_of: Instant,
        facts: FactRange,
    ) -> Result<Evaluation> {
        let (evaluator, objections) = self.evaluator(purpose, as_of, facts).await?;
        let ambiguous = evaluator.regimes().iter().map(|one| one.policy.ambiguous_names);
        let ambiguous = ambiguous.min().unwrap_or(Ambiguous::Redact);
        let finder = self.finder(&evaluator, &objections, ambiguous).await?;
        let mentions = self.mention_spans(&evaluator).await?;
        Ok(Evaluation { redactor: Redactor::new(finder, mentions), evaluator })
    }

    pub(crate) async fn evaluator(
        &self,
        purpose: &Purpose,
        as_of: Instant,
        facts: FactRange,
    ) -> Result<(Evaluator, Vec<Objection>)> {
        let FactRange { from, to } = facts;
        let last = self.store.last_sequence().await.map_err(GateError::store("reading facts"))?;
        if from > to || to > last {
            return Err(GateError::FactRange { from, to, last });
        }
        let mut policies = self.policies(to).await?;
        let first = policies.range(..=from).next_back().map(|(_, policy)| Arc::clone(policy));
        let first = first.ok_or(GateError::NoPolicy { at: from })?;
        if first.rules(purpose).is_none() {
            let known: Vec<_> = first.purposes.keys().map(Purpose::as_str).collect();
            return Err(GateError::UnknownPurpose {
                purpose: purpose.clone(),
                version: first.version,
                known: known.join(", "),
            });
        }
        let read = self.store.snapshot_between(from, to).await;
        let (mut snapshot, later) = read.map_err(GateError::store("reading facts"))?;
        let mut preparation = Preparation::start(purpose, as_of, first, &snapshot);
        for fact in &later {
            snapshot.apply(fact);
            preparation.follow(fact, &snapshot, policies.remove(&fact.sequence));
        }
        Ok(preparation.finish())
    }

    /// Every policy that was applied, by the sequence of its application.
    async fn policies(&self, up_to: Sequence) -> Result<BTreeMap<Sequence, Arc<Policy>>> {
        let applied = self.store.policies_applied(up_to).await;
        let applied = applied.map_err(GateError::store("reading policies"))?;
        let parse = |(sequence, policy): (Sequence, store::AppliedPolicy)| {
            let parsed = parse_policy(&policy.hash, &policy.document)?;
            Ok((sequence, Arc::new(parsed)))
        };
        applied.into_iter().map(parse).collect()
    }

    /// Finds the names of everybody who must not be named, by what the lake calls them.
    async fn finder(
        &self,
        evaluator: &Evaluator,
        objections: &[Objection],
        ambiguous: Ambiguous,
    ) -> Result<NameFinder> {
        let mut names = NamesToRedact::default();
        for objection in objections {
            names.non_members.extend(objection.names.iter().cloned());
            names.emails.extend(objection.emails.iter().cloned());
        }
        let redacted = evaluator.redacted_members();
        if !redacted.is_empty() {
            self.for_each_name(|member, name| {
                if redacted.contains(&member) {
                    names.members.insert(name.to_owned());
                }
            })
            .await?;
        }
        let patterns = patterns(&names);
        if !patterns.is_empty() {
            let mut shared = BTreeSet::new();
            self.for_each_name(|member, name| {
                if !redacted.contains(&member) {
                    let others = NamesToRedact::patterns_of(name).into_iter().map(|(name, _)| name);
                    shared.extend(others.filter(|pattern| patterns.contains(pattern)));
                }
            })
            .await?;
            names.shared = shared;
        }
        let count = names.members.len() + names.non_members.len() + names.emails.len();
        let finder = NameFinder::new(&names, ambiguous);
        finder.map_err(|source| GateError::Names { names: count, source })
    }

    async fn for_each_name(&self, mut visit: impl FnMut(MemberNumber, &str)) -> Result<()> {
        let columns = ["member_number", "display_name"];
        let mut batches = mentions::scan(&self.lake, Table::Members, &columns).await?;
        while let Some(batch) = batches.try_next().await.map_err(GateError::plan("reading names"))? {
            let rows = Columns::of(&batch);
            for at in 0..batch.num_rows() {
                if let Some((member, name)) = rows.long(0, at).zip(rows.text(1, at)) {
                    visit(MemberNumber::from_i64(member), name);
                }
            }
        }
        Ok(())
    }

    /// Where resolved mentions of the members stand who must not be named.
    ///
    /// A place that may mean several members counts if all of them must not be named.
    async fn mention_spans(
        &self,
        evaluator: &Evaluator,
    ) -> Result<HashMap<(MemberNumber, ItemId), Vec<MentionSpan>>> {
        type Place = ((MemberNumber, ItemId), String, Span);
        let redacted = evaluator.redacted_members();
        let mut found: HashMap<Place, (i64, BTreeSet<MemberNumber>)> = HashMap::new();
        if redacted.is_empty() {
            return Ok(HashMap::new());
        }
        let columns = [
            "member_number",
            "author_member",
            "author_item",
            "field",
            "span_start",
            "span_end",
            "candidates",
        ];
        let mut batches = mentions::scan(&self.lake, Table::Mentions, &columns).await?;
        let reading = || GateError::plan("reading mentions");
        while let Some(batch) = batches.try_next().await.map_err(reading())? {
            let rows = Columns::of(&batch);
            for at in 0..batch.num_rows() {
                let long = |column| rows.long(column, at).unwrap_or_default();
                let named = MemberNumber::from_i64(long(0));
                if !redacted.contains(&named) {
                    continue;
                }
                let author = (MemberNumber::from_i64(long(1)), ItemId::from_i64(long(2)));
                let [start, end] =
                    [4, 5].map(|column| usize::try_from(long(column)).unwrap_or_default());
                let field = rows.text(3, at).unwrap_or_default().to_owned();
                let entry = found.entry((author, field, Span { start, end })).or_default();
                entry.0 = long(6);
                entry.1.insert(named);
            }
        }
        let mut spans: HashMap<_, Vec<MentionSpan>> = HashMap::new();
        for ((author, field, span), (candidates, named)) in found {
            if i64::try_from(named.len()).is_ok_and(|named| named >= candidates) {
                spans.entry(author).or_default().push(MentionSpan { field, span });
            }
        }
        Ok(spans)
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
        let review = regimes.map(|one| one.policy.ambiguous_names).find(|one| *one == Ambiguous::Review);
        let ambiguous = review.unwrap_or(Ambiguous::Redact);
        let loaded = self.load(&identity, evaluation);
        let accounting = self.account(&identity, permit.lake_version, ambiguous).await?;
        let head = self.lake.head().await.map_err(GateError::lake("opening the lake"))?;
        let mut tables = BTreeMap::new();
        for table in GIVEN_OUT {
            let inner = head.table(table).await.map_err(GateError::lake("opening a table"))?;
            let keep = self.rows(&identity, table, ambiguous).eq(lit(0_u32));
            let keep = keep.and(came_by(permit.lake_version));
            let barrier = Barrier::new(inner, keep, self.masked(&identity, table));
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
            let reasons = self.rows(identity, table, ambiguous).alias("reasons");
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

    /// The reasons against the rows of a table, as an expression over its columns.
    fn rows(&self, identity: &str, table: Table, ambiguous: Ambiguous) -> Expr {
        let column = |name: &str| {
            let exists = table.columns().any(|column| column.name == name);
            if exists { col(name) } else { lit(datafusion::common::ScalarValue::Null) }
        };
        let names_objector = if ambiguous == Ambiguous::Review {
            let named = free_text(table).map(|name| self.functions.needs_review(identity, col(name)));
            named.reduce(Expr::or).unwrap_or_else(|| lit(false))
        } else {
            lit(false)
        };
        let columns = RowColumns {
            member: col("member_number"),
            item: col("item"),
            kind: if table == Table::Items { col("kind") } else { column("") },
            visibility: column("visibility"),
            created: column("created"),
            sensitive: column("sensitive"),
            names_objector,
        };
        self.functions.reasons(identity, table, columns)
    }

    /// Every column of a table, free text without the names that have to go.
    fn masked(&self, identity: &str, table: Table) -> Vec<Expr> {
        let free: BTreeSet<_> = free_text(table).collect();
        let masked = |name: &'static str| {
            if !free.contains(name) {
                return col(name);
            }
            let row = [col("member_number"), col("item")];
            self.functions.redact(identity, name, row, col(name)).alias(name)
        };
        table.columns().map(|column| masked(column.name)).collect()
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

fn parse_policy(hash: &PolicyHash, document: &str) -> Result<Policy> {
    let parsed = Policy::parse(Path::new("the store"), document.as_bytes());
    parsed.map_err(|source| GateError::PolicyUnreadable { hash: hash.clone(), source })
}

/// Rows that came in with the version or an earlier one.
fn came_by(version: LakeVersion) -> Expr {
    col("lake_version").lt_eq(lit(version.as_i64()))
}

/// The columns of a table in which anybody may be named.
fn free_text(table: Table) -> impl Iterator<Item = &'static str> {
    let free = table.columns().filter(|column| {
        column.kind == ColumnKind::Text && column.unit == Unit::FreeText
    });
    free.map(|column| column.name)
}

/// Every folded pattern under which the names would be found.
fn patterns(names: &NamesToRedact) -> BTreeSet<String> {
    let all = names.members.iter().chain(&names.non_members);
    let patterns = all.flat_map(|name| NamesToRedact::patterns_of(name)).map(|(name, _)| name);
    patterns.chain(names.emails.iter().map(|email| folding::fold_name(email))).collect()
}

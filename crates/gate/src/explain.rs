use datafusion::prelude::{col, lit};
use lake::{ItemKind, Table};
use policy::{
    Basis, Category, Country, Day, Decision, Instant, ItemId, MemberNumber, PolicyHash, Purpose,
    Request, Sequence, Status, Visibility, decide,
};
use serde::Serialize;
use store::{HolderFilter, HolderState, Scope};

use crate::{
    FactRange, Gate, GateError, Held, Holders, Result,
    columns::{Columns, session},
    evaluator::RowFacts,
    gate::GIVEN_OUT,
};

/// Why a member's data may be used for a purpose, or why not, and where it is.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Whose data.
    pub member: MemberNumber,
    /// Which item; `None` asks for every category.
    pub item: Option<ItemId>,
    /// What for.
    pub purpose: Purpose,
    /// The instant the question is about.
    pub as_of: Instant,
    /// The last fact that had been recorded by then.
    pub sequence: Sequence,
    /// The policy that was in force.
    pub policy: PolicyHash,
    /// Its version.
    pub policy_version: Day,
    /// What is known of the member.
    pub known: KnownFacts,
    /// The rule for the member's region; `None` where the policy has none.
    pub cell: Option<CellInForce>,
    /// The decision for each row or category that was asked about.
    pub decisions: Vec<ExplainedRow>,
    /// What holders keep of it now.
    pub held: Vec<HeldBy>,
}

/// What is known of a member; `None` is a missing fact.
#[derive(Debug, Clone, Serialize)]
pub struct KnownFacts {
    /// Where the member lives.
    pub region: Option<Country>,
    /// Adult or minor.
    pub age: Option<policy::AgeClass>,
    /// The state of the account.
    pub status: Option<Status>,
    /// When the announcement that counts reached the member.
    pub notice: Option<Instant>,
    /// Whether every required document is on record.
    pub documents_complete: bool,
    /// Every choice in force for the purpose: scope, answer, and when it was said.
    pub choices: Vec<(String, policy::ChoiceInForce)>,
}

/// The cell of the policy that holds for a member.
#[derive(Debug, Clone, Serialize)]
pub struct CellInForce {
    /// The regions it names.
    pub regions: Vec<policy::Region>,
    /// The legal ground.
    pub basis: Basis,
    /// What holds while the member has said nothing.
    pub default: policy::Answer,
    /// The first day of the use.
    pub from: Day,
    /// Where the rule comes from.
    pub source: String,
}

/// The decision for one row, or for what a row of the category would be if nothing in the row
/// itself spoke against it.
#[derive(Debug, Clone, Serialize)]
pub struct ExplainedRow {
    /// The kind of data.
    pub category: Category,
    /// The table in which the row was found.
    pub table: Option<Table>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
    /// When it was created.
    pub created: Option<Instant>,
    /// Every reason against; none means that it may be used.
    pub reasons: Vec<policy::Reason>,
}

/// What one holder keeps of a member.
#[derive(Debug, Clone, Serialize)]
pub struct HeldBy {
    /// The holder's name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Every refusal up to here is applied.
    pub applied: Sequence,
    /// The rows.
    pub rows: Vec<Held>,
}

impl Gate {
    /// Why a member's data may be used for a purpose as of an instant, or why not: with every
    /// fact recorded by then, and what the holders keep now.
    ///
    /// # Errors
    /// If the member, the purpose or the policy is unknown, or anything cannot be read.
    pub async fn explain(
        &self,
        member: MemberNumber,
        item: Option<ItemId>,
        purpose: &Purpose,
        as_of: Instant,
        holders: &Holders,
    ) -> Result<Explanation> {
        let sequence = self.sequence_at(as_of).await?;
        let (evaluator, _) = self.evaluator(purpose, as_of, FactRange::at(sequence)).await?;
        let policy = evaluator.regimes().first().map(|regime| &regime.policy);
        let policy = policy.ok_or(GateError::NoPolicy { at: sequence })?;
        let snapshot = self.store().snapshot_at(sequence).await;
        let snapshot = snapshot.map_err(GateError::store("reading facts"))?;
        if !snapshot.is_known(member) {
            return Err(GateError::UnknownMember { member });
        }
        let facts = snapshot.facts(policy, purpose, member, Category::Profile, None);
        let rules = policy.rules(purpose);
        let cell = facts.region.and_then(|region| rules?.cell(region));
        let decisions = match item {
            Some(item) => {
                let rows = self.rows_of(member, item).await?.into_iter();
                let explain = |(table, row): (Table, RowFacts)| {
                    let reasons = evaluator.reasons(&row);
                    row.category.map(|category| explained(Some(table), category, &row, reasons))
                };
                rows.filter_map(explain).collect()
            }
            None => rules
                .into_iter()
                .flat_map(|rules| rules.categories.iter())
                .map(|category| {
                    let mut facts = snapshot.facts(policy, purpose, member, *category, None);
                    facts.item.visibility = Some(Visibility::Public);
                    facts.item.created = Some(as_of);
                    let request = Request { policy, purpose, category: *category, as_of };
                    let Decision { reasons } = decide(&request, &facts);
                    ExplainedRow {
                        category: *category,
                        table: None,
                        visibility: None,
                        created: None,
                        reasons: reasons.iter().collect(),
                    }
                })
                .collect(),
        };
        Ok(Explanation {
            member,
            item,
            purpose: purpose.clone(),
            as_of,
            sequence,
            policy: policy.hash.clone(),
            policy_version: policy.version,
            known: KnownFacts {
                region: facts.region,
                age: facts.age,
                status: facts.status,
                notice: facts.notice,
                documents_complete: facts.documents_complete,
                choices: snapshot
                    .choices_of(member, purpose)
                    .into_iter()
                    .map(|(scope, choice)| (scope_in_words(scope), choice))
                    .collect(),
            },
            cell: cell.map(|cell| CellInForce {
                regions: cell.regions.clone(),
                basis: cell.basis,
                default: cell.default,
                from: cell.from,
                source: cell.source.clone(),
            }),
            decisions,
            held: self.held_by(member, item, purpose, holders).await?,
        })
    }

    /// What the holders of a purpose keep of a member, or of one item.
    ///
    /// # Errors
    /// If a holder cannot tell.
    pub async fn held_by(
        &self,
        member: MemberNumber,
        item: Option<ItemId>,
        purpose: &Purpose,
        holders: &Holders,
    ) -> Result<Vec<HeldBy>> {
        let filter = HolderFilter {
            purpose: Some(purpose.clone()),
            state: Some(HolderState::Sealed),
            ..Default::default()
        };
        let sealed = self.store().holders(&filter).await;
        let mut found = Vec::new();
        for held in sealed.map_err(GateError::store("listing holders"))? {
            let rows = holders.of_kind(&held.kind)?.holds(&held, member, item).await;
            let failed = |source| GateError::Release { holder: held.id.clone(), source };
            let rows = rows.map_err(failed)?;
            let applied = held.position();
            found.push(HeldBy { name: held.name, kind: held.kind, applied, rows });
        }
        Ok(found)
    }

    /// The last fact that had been recorded by an instant.
    async fn sequence_at(&self, at: Instant) -> Result<Sequence> {
        let last = self.store().last_sequence().await.map_err(GateError::store("reading facts"))?;
        let facts = self.store().facts_between(Sequence::START, last).await;
        let facts = facts.map_err(GateError::store("reading facts"))?;
        let by_then = facts.iter().rev().find(|fact| fact.recorded_at <= at);
        Ok(by_then.map_or(Sequence::START, |fact| fact.sequence))
    }

    /// The rows of a member with an item id: one, unless two tables share the id.
    async fn rows_of(&self, member: MemberNumber, item: ItemId) -> Result<Vec<(Table, RowFacts)>> {
        let mut rows = Vec::new();
        for table in GIVEN_OUT {
            let provider =
                self.lake().table(table).await.map_err(GateError::lake("opening a table"))?;
            let wanted = col(lake::RANGE)
                .eq(lit(self.lake().range_of(member)))
                .and(col("member_number").eq(lit(member.as_i64())))
                .and(col("item").eq(lit(item.as_i64())));
            let frame = session(None).read_table(provider).and_then(|frame| frame.filter(wanted));
            let frame = frame.map_err(GateError::plan("planning a look-up"))?;
            for batch in frame.collect().await.map_err(GateError::plan("looking a row up"))? {
                let found =
                    (0..batch.num_rows()).map(|at| row_facts(table, &batch, at, member, item));
                rows.extend(found.map(|row| (table, row)));
            }
        }
        Ok(rows)
    }
}

fn row_facts(
    table: Table,
    batch: &arrow::array::RecordBatch,
    at: usize,
    member: MemberNumber,
    item: ItemId,
) -> RowFacts {
    let columns = Columns::of(batch);
    let schema = batch.schema();
    let text = |name: &str| columns.text(schema.index_of(name).ok()?, at);
    let kind =
        if table == Table::Items { text("kind").and_then(|kind| kind.parse().ok()) } else { None };
    RowFacts {
        member,
        item,
        category: match (table, kind) {
            (Table::Items, None::<ItemKind>) => None,
            _ => table.category_of_row(kind),
        },
        visibility: text("visibility").and_then(|word| word.parse().ok()),
        created: schema
            .index_of("created")
            .ok()
            .and_then(|column| columns.long(column, at))
            .map(Instant::from_micros),
        sensitive: schema.index_of("sensitive").ok().is_some_and(|column| columns.flag(column, at)),
        names_objector: false,
    }
}

fn explained(
    table: Option<Table>,
    category: Category,
    row: &RowFacts,
    reasons: policy::ReasonSet,
) -> ExplainedRow {
    ExplainedRow {
        category,
        table,
        visibility: row.visibility,
        created: row.created,
        reasons: reasons.iter().collect(),
    }
}

fn scope_in_words(scope: Scope) -> String {
    match scope {
        Scope::Everything => "everything".to_owned(),
        Scope::Category(category) => category.to_string(),
        Scope::Item(item) => format!("item {item}"),
    }
}

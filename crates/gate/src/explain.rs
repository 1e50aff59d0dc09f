use std::collections::BTreeMap;

use lake::Table;
use policy::{
    Basis, Category, Country, Day, Decision, Instant, ItemId, MemberNumber, PolicyHash, Purpose,
    Reason, Request, Sequence, Status, Visibility, decide,
};
use serde::Serialize;
use store::{HolderFilter, HolderState, Scope};

use crate::{Evaluator, FactRange, Gate, GateError, Held, Holders, Result, Reveals, RowFacts};

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
    /// The decision for the item; without one, for a public row of today in each category that the
    /// purpose uses.
    pub decisions: Vec<ExplainedRow>,
    /// Without an item: every row of the member's, counted by category; those with rows alone.
    pub rows: Vec<ExplainedCategory>,
    /// What holders keep of it now; those that keep something alone.
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
    /// What its author wants it to be used for, as far as AI Preferences have words for it.
    pub content_usage: Option<String>,
    /// Every reason against; none means that it may be used.
    pub reasons: Vec<Reason>,
    /// What special category of personal data it reveals, and on what basis that was found.
    pub reveals: Option<Reveals>,
}

/// The rows that a member has in one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedCategory {
    /// The kind of data; `None` where the rows say something unknown.
    pub category: Option<Category>,
    /// How many there are.
    pub rows: u64,
    /// How many of them may be used.
    pub permitted: u64,
    /// The others.
    pub refused: Vec<RefusedAlike>,
}

/// Rows against which the same speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedAlike {
    /// Every reason.
    pub reasons: Vec<Reason>,
    /// How many rows.
    pub rows: u64,
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
        // Of some members nothing is known but their rows, as of those of a mere archive.
        let count = self.store().member_count().await;
        let count = count.map_err(GateError::store("counting members"))?;
        if !(0..count).contains(&member.as_i64()) {
            return Err(GateError::UnknownMember { member });
        }
        let facts = snapshot.facts(policy, purpose, member, Category::Profile, None);
        let rules = policy.rules(purpose);
        let cell = facts.region.and_then(|region| rules?.cell(region));
        let decisions = match item {
            Some(item) => {
                let rows = self.rows_of(member, Some(item)).await?.into_iter();
                let found = self.revealed_by((member, item)).await?;
                let explain = |(table, row): (Table, RowFacts)| {
                    let reasons = evaluator.reasons(&row);
                    let said = row.sensitive.then_some(Reveals { category: None, terms: vec![] });
                    let reveals = found.clone().or(said);
                    let category = row.category?;
                    Some(ExplainedRow {
                        reveals,
                        ..explained(Some(table), category, &row, reasons)
                    })
                };
                rows.filter_map(explain).collect()
            }
            None => {
                let categories = rules.into_iter().flat_map(|rules| rules.categories.iter());
                let public_of_today = |category: &Category| {
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
                        content_usage: None,
                        reasons: reasons.iter().collect(),
                        reveals: None,
                    }
                };
                categories.map(public_of_today).collect()
            }
        };
        let rows = match item {
            Some(_) => Vec::new(),
            None => counted(&evaluator, self.rows_of(member, None).await?),
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
            rows,
            held: self.held_by(member, item, purpose, holders).await?,
        })
    }

    /// What the holders of a purpose keep of a member, or of one item; those that keep something.
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
            if rows.is_empty() {
                continue;
            }
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
        content_usage: row.content_usage.expression(),
        reasons: reasons.iter().collect(),
        reveals: None,
    }
}

/// Counts rows by category and by all that speaks against them.
fn counted(evaluator: &Evaluator, rows: Vec<(Table, RowFacts)>) -> Vec<ExplainedCategory> {
    let mut counts = BTreeMap::<_, BTreeMap<Vec<Reason>, u64>>::new();
    for (_, row) in rows {
        let reasons = evaluator.reasons(&row).iter().collect();
        *counts.entry(row.category).or_default().entry(reasons).or_default() += 1;
    }
    let of_category = |(category, mut by_reasons): (_, BTreeMap<Vec<Reason>, u64>)| {
        let rows = by_reasons.values().sum();
        let permitted = by_reasons.remove(&Vec::new()).unwrap_or_default();
        let alike = |(reasons, rows)| RefusedAlike { reasons, rows };
        let refused = by_reasons.into_iter().map(alike).collect();
        ExplainedCategory { category, rows, permitted, refused }
    };
    counts.into_iter().map(of_category).collect()
}

fn scope_in_words(scope: Scope) -> String {
    match scope {
        Scope::Everything => "everything".to_owned(),
        Scope::Category(category) => category.to_string(),
        Scope::Item(item) => format!("item {item}"),
    }
}

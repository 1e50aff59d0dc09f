//! From facts to rows.

use policy::{Instant, Sequence};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryTrait,
    Statement,
};
use serde::{Deserialize, Serialize};

use crate::{
    AccountFact, AppliedPolicy, Choice, Document, Fact, NewFact, Notice, Objection, Reach, Result,
    Ruling, Scope, StoreError,
    entities::{
        account_facts, applied_policies, choices, documents, notices, objections, removals, rulings,
    },
    error::Doing,
    read::FactRow,
    removal::Started,
};

/// Rows of one statement; a database bounds how many values a statement may carry.
pub(crate) const ROWS_A_STATEMENT: usize = 500;

/// Values that one `IN` list may carry. The last list of a batch is of any length and so makes a
/// statement of its own, which takes memory for each value while it is kept prepared.
pub(crate) const VALUES_A_LIST: usize = 500;

/// The rows of one transaction, by table.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) facts: FactRows,
    /// What follows from the facts.
    removals: Vec<removals::Model>,
}

/// The facts of one transaction, as they stand in the tables and in the journal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FactRows {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<account_facts::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<choices::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<notices::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objections: Vec<objections::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rulings: Vec<rulings::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policies: Vec<applied_policies::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<documents::Model>,
    /// Removals that are facts themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    withdrawn: Vec<removals::Model>,
}

/// Where and when a row is recorded.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    pub(crate) sequence: Sequence,
    pub(crate) at: Instant,
}

impl FactRows {
    pub(crate) fn is_empty(&self) -> bool {
        self.last().is_none()
    }

    /// The last place in the order of facts.
    pub(crate) fn last(&self) -> Option<i64> {
        let Self {
            accounts,
            choices,
            notices,
            objections,
            rulings,
            policies,
            documents,
            withdrawn,
        } = self;
        let tables = [
            accounts.last().map(|row| row.sequence),
            choices.last().map(|row| row.sequence),
            notices.last().map(|row| row.sequence),
            objections.last().map(|row| row.sequence),
            rulings.last().map(|row| row.sequence),
            policies.last().map(|row| row.sequence),
            documents.last().map(|row| row.sequence),
            withdrawn.last().map(|row| row.sequence),
        ];
        tables.into_iter().flatten().max()
    }

    /// The facts, in their order.
    pub(crate) fn into_facts(self) -> Result<Vec<Fact>> {
        let mut facts = Vec::new();
        take_in(&mut facts, self.accounts)?;
        take_in(&mut facts, self.choices)?;
        take_in(&mut facts, self.notices)?;
        take_in(&mut facts, self.objections)?;
        take_in(&mut facts, self.rulings)?;
        take_in(&mut facts, self.policies)?;
        take_in(&mut facts, self.documents)?;
        take_in(&mut facts, self.withdrawn)?;
        facts.sort_unstable_by_key(|fact| fact.sequence);
        Ok(facts)
    }
}

fn take_in<R: FactRow>(facts: &mut Vec<Fact>, rows: Vec<R>) -> Result<()> {
    for row in rows {
        facts.push(row.into_fact()?);
    }
    Ok(())
}

impl Rows {
    /// Adds the row of a fact; a withdrawal has none but its removal.
    pub(crate) fn add_fact(&mut self, fact: &NewFact, stamp: Stamp) -> Result<()> {
        let facts = &mut self.facts;
        match fact {
            NewFact::Account(account) => facts.accounts.push(account_row(account, stamp)),
            NewFact::Choice(choice) => facts.choices.push(choice_row(choice, stamp)),
            NewFact::Notice(notice) => facts.notices.push(notice_row(notice, stamp)),
            NewFact::Objection(said) => facts.objections.push(objection_row(said, stamp)?),
            NewFact::Ruling(ruling) => facts.rulings.push(ruling_row(ruling, stamp)),
            NewFact::PolicyApplied(policy) => facts.policies.push(policy_row(policy, stamp)),
            NewFact::Document(document) => facts.documents.push(document_row(document, stamp)),
            NewFact::Withdrawn(_) => {}
        }
        Ok(())
    }

    /// Adds the removal that a fact starts.
    pub(crate) fn add_removal(&mut self, started: &Started, stamp: Stamp, ended: bool) {
        let withdrawn = &started.removal;
        let row = removals::Model {
            sequence: stamp.sequence.as_i64(),
            recorded_at: stamp.at.as_micros(),
            cause: withdrawn.cause.name().to_owned(),
            member: withdrawn.member.map(|member| member.as_i64()),
            item: withdrawn.item.map(|item| item.as_i64()),
            category: withdrawn.category.map(|category| category.name().to_owned()),
            purpose: withdrawn.purpose.as_ref().map(ToString::to_string),
            note: withdrawn.note.clone(),
            is_fact: started.is_fact,
            ended_at: ended.then(|| stamp.at.as_micros()),
        };
        let rows = if started.is_fact { &mut self.facts.withdrawn } else { &mut self.removals };
        rows.push(row);
    }

    /// Writes everything.
    pub(crate) async fn insert<C: ConnectionTrait>(self, tx: &C) -> Result<()> {
        for statement in self.statements(tx.get_database_backend()) {
            tx.execute_raw(statement).await.doing("writing facts")?;
        }
        Ok(())
    }

    /// The statements that write everything.
    pub(crate) fn statements(self, backend: DbBackend) -> Vec<Statement> {
        let Self { facts, removals } = self;
        let FactRows {
            accounts,
            choices,
            notices,
            objections,
            rulings,
            policies,
            documents,
            withdrawn,
        } = facts;
        let mut all = inserts::<account_facts::Entity, _>(accounts, backend);
        all.extend(inserts::<choices::Entity, _>(choices, backend));
        all.extend(inserts::<notices::Entity, _>(notices, backend));
        all.extend(inserts::<objections::Entity, _>(objections, backend));
        all.extend(inserts::<rulings::Entity, _>(rulings, backend));
        all.extend(inserts::<applied_policies::Entity, _>(policies, backend));
        all.extend(inserts::<documents::Entity, _>(documents, backend));
        all.extend(inserts::<removals::Entity, _>(withdrawn, backend));
        all.extend(inserts::<removals::Entity, _>(removals, backend));
        all
    }
}

/// Inserts models in statements of bounded size.
pub(crate) async fn insert_all<E, A, C>(models: Vec<E::Model>, tx: &C) -> Result<()>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
    E::Model: IntoActiveModel<A>,
    C: ConnectionTrait,
{
    for statement in inserts::<E, A>(models, tx.get_database_backend()) {
        tx.execute_raw(statement).await.doing("writing facts")?;
    }
    Ok(())
}

fn inserts<E, A>(models: Vec<E::Model>, backend: DbBackend) -> Vec<Statement>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
    E::Model: IntoActiveModel<A>,
{
    let mut models = models.into_iter().map(IntoActiveModel::into_active_model).peekable();
    let mut statements = Vec::new();
    while models.peek().is_some() {
        statements.push(E::insert_many(models.by_ref().take(ROWS_A_STATEMENT)).build(backend));
    }
    statements
}

fn account_row(account: &AccountFact, stamp: Stamp) -> account_facts::Model {
    account_facts::Model {
        sequence: stamp.sequence.as_i64(),
        recorded_at: stamp.at.as_micros(),
        member: account.member.as_i64(),
        region: account.region.map(|region| region.to_string()),
        age: account.age.map(|age| age.to_string()),
        status: account.status.map(|status| status.to_string()),
        source: account.source.clone(),
        declaration: account.declaration.clone(),
    }
}

fn choice_row(choice: &Choice, stamp: Stamp) -> choices::Model {
    let (scope_kind, category, item) = match choice.scope {
        Scope::Everything => ("everything", None, None),
        Scope::Category(category) => ("category", Some(category.name().to_owned()), None),
        Scope::Item(item) => ("item", None, Some(item.as_i64())),
    };
    choices::Model {
        sequence: stamp.sequence.as_i64(),
        recorded_at: stamp.at.as_micros(),
        member: choice.member.as_i64(),
        purpose: choice.purpose.to_string(),
        scope_kind: scope_kind.to_owned(),
        category,
        item,
        answer: choice.answer.name().to_owned(),
        said_at: choice.said_at.as_micros(),
        source: choice.source.clone(),
        withdraws_consent: choice.withdraws_consent,
    }
}

fn notice_row(notice: &Notice, stamp: Stamp) -> notices::Model {
    let (member, regions, members_below) = match &notice.reach {
        Reach::Member(member) => (Some(member.as_i64()), None, None),
        Reach::Cohort { regions, members_below } => {
            let words: Vec<_> = regions.iter().map(ToString::to_string).collect();
            (None, Some(words.join(",")), Some(members_below.as_i64()))
        }
    };
    notices::Model {
        sequence: stamp.sequence.as_i64(),
        recorded_at: stamp.at.as_micros(),
        policy_version: notice.policy_version.to_string(),
        member,
        regions,
        members_below,
        delivered_at: notice.delivered_at.as_micros(),
        source: notice.source.clone(),
    }
}

fn objection_row(objection: &Objection, stamp: Stamp) -> Result<objections::Model> {
    let json = |column, list: &Vec<String>| {
        serde_json::to_string(list).map_err(|source| StoreError::Json { column, source })
    };
    Ok(objections::Model {
        sequence: stamp.sequence.as_i64(),
        recorded_at: stamp.at.as_micros(),
        id: objection.id.clone(),
        purpose: objection.purpose.to_string(),
        names: json("names", &objection.names)?,
        emails: json("emails", &objection.emails)?,
        said_at: objection.said_at.as_micros(),
        lifted: objection.lifted,
    })
}

fn ruling_row(ruling: &Ruling, stamp: Stamp) -> rulings::Model {
    rulings::Model {
        sequence: stamp.sequence.as_i64(),
        recorded_at: stamp.at.as_micros(),
        member: ruling.member.as_i64(),
        item: ruling.item.map(|item| item.as_i64()),
        restricted: ruling.restricted,
        reason: ruling.reason.clone(),
    }
}

fn policy_row(policy: &AppliedPolicy, stamp: Stamp) -> applied_policies::Model {
    applied_policies::Model {
        sequence: stamp.sequence.as_i64(),
        recorded_at: stamp.at.as_micros(),
        hash: policy.hash.to_string(),
        version: policy.version.to_string(),
        document: policy.document.clone(),
    }
}

fn document_row(document: &Document, stamp: Stamp) -> documents::Model {
    documents::Model {
        sequence: stamp.sequence.as_i64(),
        recorded_at: stamp.at.as_micros(),
        kind: document.kind.clone(),
        policy_version: document.policy_version.map(|version| version.to_string()),
        hash: document.hash.clone(),
        title: document.title.clone(),
    }
}

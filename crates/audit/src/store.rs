//! The store's tables, read with plain SQL in one transaction.

use std::{collections::BTreeMap, str::FromStr};

use policy::{AgeClass, Answer, Category, Country, Day, Instant, Region, Status};

use crate::{
    AuditError, AuditedStore, Result,
    database::Reader,
    held::{Holder, Permit, Release, Removal},
};

/// Everything that the audit reads of the store.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// In their order.
    pub(crate) facts: Vec<Fact>,
    /// The last place that was given out.
    pub(crate) last: i64,
    /// By member number: when the identity was erased.
    pub(crate) identities: BTreeMap<i64, Option<i64>>,
    pub(crate) holders: Vec<Holder>,
    pub(crate) permits: Vec<Permit>,
    pub(crate) releases: Vec<Release>,
    pub(crate) removals: Vec<Removal>,
    /// Removals whose rows the lake has erased.
    pub(crate) erased_in_lake: Vec<i64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) sequence: i64,
    pub(crate) recorded_at: Instant,
    pub(crate) said: Said,
}

#[derive(Debug, Clone)]
pub(crate) enum Said {
    Account {
        member: i64,
        region: Option<Country>,
        age: Option<AgeClass>,
        status: Option<Status>,
    },
    Choice(Choice),
    Notice(Notice),
    Objection(Objection),
    Ruling {
        member: i64,
        item: Option<i64>,
        restricted: bool,
    },
    Policy(AppliedPolicy),
    Document {
        kind: String,
        about: Option<Day>,
    },
    /// Something changed in the lake; what changed is a removal.
    Withdrawn {
        member: Option<i64>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) member: i64,
    pub(crate) purpose: String,
    pub(crate) scope: Scope,
    pub(crate) answer: Answer,
    pub(crate) said_at: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Everything,
    Category(Category),
    Item(i64),
}

#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) version: Day,
    /// One member; otherwise a cohort.
    pub(crate) member: Option<i64>,
    pub(crate) regions: Vec<Region>,
    pub(crate) members_below: i64,
    pub(crate) delivered_at: Instant,
}

#[derive(Debug, Clone)]
pub(crate) struct Objection {
    pub(crate) id: String,
    pub(crate) purpose: String,
    pub(crate) names: Vec<String>,
    pub(crate) emails: Vec<String>,
    pub(crate) lifted: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct AppliedPolicy {
    pub(crate) hash: String,
    pub(crate) version: Day,
    pub(crate) document: String,
}

impl Store {
    /// Reads the store as it stands; changes nothing in it.
    pub(crate) async fn read(place: &AuditedStore) -> Result<Self> {
        let mut tx = Reader::begin(place).await?;
        let mut store = Self { last: last(&mut tx).await?, ..Self::default() };
        read_facts(&mut tx, &mut store.facts).await?;
        store.facts.sort_by_key(|fact| fact.sequence);
        read_others(&mut tx, &mut store).await?;
        tx.end().await?;
        Ok(store)
    }

    /// The holder of a corpus.
    pub(crate) fn holder(&self, id: &str) -> Option<&Holder> {
        self.holders.iter().find(|holder| holder.id == id)
    }

    /// The first open removal that waits for a holder. The next run of the removals lets the
    /// holder release, and ends or deletes whatever a release that was cut off has left.
    pub(crate) fn first_awaited(&self, holder: &Holder) -> Option<i64> {
        let applied = holder.applied_sequence.filter(|_| holder.state == "sealed")?;
        let waits = |removal: &&Removal| {
            removal.ended_at.is_none()
                && removal.sequence > applied
                && removal.concerns(&holder.purpose)
        };
        self.removals.iter().filter(waits).map(|removal| removal.sequence).min()
    }

    /// The policies that were applied, by the place of their application.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (i64, &AppliedPolicy)> {
        self.facts.iter().filter_map(|fact| match &fact.said {
            Said::Policy(policy) => Some((fact.sequence, policy)),
            _ => None,
        })
    }
}

async fn last(tx: &mut Reader) -> Result<i64> {
    let rows: Vec<(i64,)> =
        tx.rows("fact_counter", "SELECT last_sequence FROM fact_counter").await?;
    Ok(rows.first().map_or(0, |(last,)| *last))
}

async fn read_facts(tx: &mut Reader, facts: &mut Vec<Fact>) -> Result<()> {
    read_accounts(tx, facts).await?;
    read_choices(tx, facts).await?;
    read_notices(tx, facts).await?;
    read_objections(tx, facts).await?;
    read_rulings(tx, facts).await?;
    read_policies(tx, facts).await?;
    read_documents(tx, facts).await?;
    let rows: Vec<(i64, i64, Option<i64>)> = tx
        .rows("removals", "SELECT sequence, recorded_at, member FROM removals WHERE is_fact")
        .await?;
    facts.extend(
        rows.into_iter()
            .map(|(sequence, at, member)| fact(sequence, at, Said::Withdrawn { member })),
    );
    Ok(())
}

async fn read_accounts(tx: &mut Reader, facts: &mut Vec<Fact>) -> Result<()> {
    type Row = (i64, i64, i64, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = tx
        .rows(
            "account_facts",
            "SELECT sequence, recorded_at, member, region, age, status FROM account_facts",
        )
        .await?;
    for (sequence, at, member, region, age, status) in rows {
        let cell = Cell { table: "account_facts", sequence };
        let region = cell.maybe("region", region)?;
        let (age, status) = (cell.maybe("age", age)?, cell.maybe("status", status)?);
        facts.push(fact(sequence, at, Said::Account { member, region, age, status }));
    }
    Ok(())
}

async fn read_choices(tx: &mut Reader, facts: &mut Vec<Fact>) -> Result<()> {
    type Row = (i64, i64, i64, String, String, Option<String>, Option<i64>, String, i64);
    let rows: Vec<Row> = tx
        .rows(
            "choices",
            "SELECT sequence, recorded_at, member, purpose, scope_kind, category, item, answer, \
         said_at FROM choices",
        )
        .await?;
    for (sequence, at, member, purpose, kind, category, item, answer, said_at) in rows {
        let cell = Cell { table: "choices", sequence };
        let category: Option<Category> = cell.maybe("category", category)?;
        let scope = match (kind.as_str(), category, item) {
            ("everything", None, None) => Scope::Everything,
            ("category", Some(category), None) => Scope::Category(category),
            ("item", None, Some(item)) => Scope::Item(item),
            _ => return Err(cell.wrong("scope_kind", kind)),
        };
        let answer = cell.word("answer", answer)?;
        let said_at = Instant::from_micros(said_at);
        let choice = Choice { member, purpose, scope, answer, said_at };
        facts.push(fact(sequence, at, Said::Choice(choice)));
    }
    Ok(())
}

async fn read_notices(tx: &mut Reader, facts: &mut Vec<Fact>) -> Result<()> {
    type Row = (i64, i64, String, Option<i64>, Option<String>, Option<i64>, i64);
    let rows: Vec<Row> = tx
        .rows(
            "notices",
            "SELECT sequence, recorded_at, policy_version, member, regions, members_below, \
         delivered_at FROM notices",
        )
        .await?;
    for (sequence, at, version, member, regions, below, delivered_at) in rows {
        let cell = Cell { table: "notices", sequence };
        let words = regions.unwrap_or_default();
        let words = words.split(',').filter(|word| !word.is_empty());
        let regions: Result<_> = words.map(|one| cell.word("regions", one.to_owned())).collect();
        let notice = Notice {
            version: cell.day("policy_version", version)?,
            member,
            regions: regions?,
            members_below: below.unwrap_or_default(),
            delivered_at: Instant::from_micros(delivered_at),
        };
        facts.push(fact(sequence, at, Said::Notice(notice)));
    }
    Ok(())
}

async fn read_objections(tx: &mut Reader, facts: &mut Vec<Fact>) -> Result<()> {
    type Row = (i64, i64, String, String, String, String, bool);
    let rows: Vec<Row> = tx
        .rows(
            "objections",
            "SELECT sequence, recorded_at, id, purpose, names, emails, lifted FROM objections",
        )
        .await?;
    for (sequence, at, id, purpose, names, emails, lifted) in rows {
        let cell = Cell { table: "objections", sequence };
        let (names, emails) = (cell.list("names", &names)?, cell.list("emails", &emails)?);
        let objection = Objection { id, purpose, names, emails, lifted };
        facts.push(fact(sequence, at, Said::Objection(objection)));
    }
    Ok(())
}

async fn read_rulings(tx: &mut Reader, facts: &mut Vec<Fact>) -> Result<()> {
    let rows: Vec<(i64, i64, i64, Option<i64>, bool)> = tx
        .rows("rulings", "SELECT sequence, recorded_at, member, item, restricted FROM rulings")
        .await?;
    facts.extend(rows.into_iter().map(|(sequence, at, member, item, restricted)| {
        fact(sequence, at, Said::Ruling { member, item, restricted })
    }));
    Ok(())
}

async fn read_policies(tx: &mut Reader, facts: &mut Vec<Fact>) -> Result<()> {
    let rows: Vec<(i64, i64, String, String, String)> = tx
        .rows(
            "applied_policies",
            "SELECT sequence, recorded_at, hash, version, document FROM applied_policies",
        )
        .await?;
    for (sequence, at, hash, version, document) in rows {
        let version = Cell { table: "applied_policies", sequence }.day("version", version)?;
        facts.push(fact(sequence, at, Said::Policy(AppliedPolicy { hash, version, document })));
    }
    Ok(())
}

async fn read_documents(tx: &mut Reader, facts: &mut Vec<Fact>) -> Result<()> {
    let rows: Vec<(i64, i64, String, Option<String>)> = tx
        .rows("documents", "SELECT sequence, recorded_at, kind, policy_version FROM documents")
        .await?;
    for (sequence, at, kind, about) in rows {
        let cell = Cell { table: "documents", sequence };
        let about = about.map(|about| cell.day("policy_version", about)).transpose()?;
        facts.push(fact(sequence, at, Said::Document { kind, about }));
    }
    Ok(())
}

async fn read_others(tx: &mut Reader, store: &mut Store) -> Result<()> {
    let identities: Vec<(i64, Option<i64>)> =
        tx.rows("identities", "SELECT number, erased_at FROM identities").await?;
    store.identities = identities.into_iter().collect();
    store.holders = tx.rows("holders", "SELECT * FROM holders").await?;
    store.permits = tx.rows("permits", "SELECT * FROM permits ORDER BY issued_at, id").await?;
    store.releases = tx.rows("releases", "SELECT * FROM releases ORDER BY id").await?;
    store.removals = tx.rows("removals", "SELECT * FROM removals ORDER BY sequence").await?;
    let done: Vec<(i64,)> =
        tx.rows("lake_steps", "SELECT removal FROM lake_steps WHERE state = 'done'").await?;
    store.erased_in_lake = done.into_iter().map(|(removal,)| removal).collect();
    Ok(())
}

fn fact(sequence: i64, recorded_at: i64, said: Said) -> Fact {
    Fact { sequence, recorded_at: Instant::from_micros(recorded_at), said }
}

/// A row of a table of facts, for messages.
#[derive(Clone, Copy)]
struct Cell {
    table: &'static str,
    sequence: i64,
}

impl Cell {
    fn wrong(self, column: &'static str, word: String) -> AuditError {
        let Self { table, sequence } = self;
        AuditError::StoreWord { table, column, sequence, word }
    }

    fn word<T: FromStr>(self, column: &'static str, word: String) -> Result<T> {
        word.parse().map_err(|_| self.wrong(column, word))
    }

    fn maybe<T: FromStr>(self, column: &'static str, word: Option<String>) -> Result<Option<T>> {
        word.map(|word| self.word(column, word)).transpose()
    }

    fn day(self, column: &'static str, day: String) -> Result<Day> {
        self.word(column, day)
    }

    fn list(self, column: &'static str, json: &str) -> Result<Vec<String>> {
        // The list holds names, which no message may repeat.
        serde_json::from_str(json).map_err(|_| self.wrong(column, "no list".to_owned()))
    }
}

//! Retention: rows leave the lake, and every holder, once they were kept for as long as they may.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt;
use lake::{Erasure, ItemKind, Lake, Table};
use policy::{Category, Instant, ItemId, LakeVersion, MemberNumber};
use store::{NewFact, RemovalCause, Withdrawn};

use crate::{Gate, GateError, Result, columns::Columns, lake_rows::scan_provider, mentions::WAIT};

/// Rows that are taken out in one go: as many as an import brings in.
const BATCH: usize = 100_000;

/// The tables whose rows expire. Whoever has an account keeps the name in `members`: it is how
/// others' texts are redacted. Mentions go with the texts that they are in.
const EXPIRING: [Table; 6] = [
    Table::Profiles,
    Table::Positions,
    Table::Education,
    Table::Skills,
    Table::Items,
    Table::Activity,
];

/// For how long rows of one category are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// The category.
    pub category: Category,
    /// Rows from before this instant are not kept: by when they were published, or else by when
    /// they came in.
    pub kept_from: Instant,
    /// The period in words, for the removals.
    pub period: String,
}

/// Rows of one category that are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExpiredRows {
    /// How many.
    pub rows: u64,
    /// Of how many members.
    pub members: u64,
}

/// A row that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Expired {
    table: Table,
    member: MemberNumber,
    item: ItemId,
    category: Category,
}

impl Gate {
    /// Counts the rows that are not kept. Changes nothing.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn count_expired(
        &self,
        rules: &[Retention],
    ) -> Result<BTreeMap<Category, ExpiredRows>> {
        Ok(count(rules, &expired(self.lake(), rules, usize::MAX).await?))
    }

    /// Takes the rows that are not kept out of the lake, and starts a removal of each from every
    /// holder. Ends early at any moment without harm: what is left goes with the next run.
    ///
    /// # Errors
    /// If the store or the lake cannot be read or written.
    pub async fn expire(
        &self,
        rules: &[Retention],
        at: Instant,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<BTreeMap<Category, ExpiredRows>> {
        let (mut rows, mut members) = (BTreeMap::new(), BTreeMap::new());
        loop {
            // the names in rows that go are written down before
            self.resolve_mentions(at).await?;
            let batch = self.expire_batch(rules, at).await?;
            for one in &batch {
                *rows.entry(one.category).or_insert(0) += 1;
                members.entry(one.category).or_insert_with(BTreeSet::new).insert(one.member);
            }
            told(rows.values().sum());
            if batch.is_empty() {
                break;
            }
        }
        let expired = |rule: &Retention| ExpiredRows {
            rows: rows.get(&rule.category).copied().unwrap_or_default(),
            members: members.get(&rule.category).map_or(0, |members| members.len() as u64),
        };
        Ok(rules.iter().map(|rule| (rule.category, expired(rule))).collect())
    }

    async fn expire_batch(&self, rules: &[Retention], at: Instant) -> Result<Vec<Expired>> {
        let writer = self.lake().writer_within(WAIT).await;
        let mut writer = writer.map_err(GateError::lake("opening the lake"))?;
        let batch = expired(self.lake(), rules, BATCH).await?;
        if batch.is_empty() {
            return Ok(batch);
        }
        // Removals first: after a crash in between the next run starts them once more, while the
        // other way round a row would be gone that no holder was told of.
        let facts = batch.iter().map(|one| withdrawn(one, rules)).collect();
        let recorded = self.store().record(facts, at).await;
        recorded.map_err(GateError::store("starting removals"))?;
        let rows = batch.iter().map(|one| (one.table, one.member, one.item)).collect();
        let erased = writer.erase(&Erasure { members: Vec::new(), rows }, at).await;
        erased.map_err(GateError::lake("erasing"))?;
        Ok(batch)
    }
}

fn withdrawn(expired: &Expired, rules: &[Retention]) -> NewFact {
    let rule = rules.iter().find(|rule| rule.category == expired.category);
    let period = rule.map(|rule| rule.period.as_str()).unwrap_or_default();
    NewFact::Withdrawn(Withdrawn {
        category: Some(expired.category),
        note: format!("{} are kept for {period}", expired.category),
        ..Withdrawn::of_row(RemovalCause::Retention, (expired.member, expired.item))
    })
}

fn count(rules: &[Retention], found: &[Expired]) -> BTreeMap<Category, ExpiredRows> {
    let of = |rule: &Retention| {
        let rows = || found.iter().filter(|one| one.category == rule.category);
        let members: BTreeSet<_> = rows().map(|one| one.member).collect();
        ExpiredRows { rows: rows().count() as u64, members: members.len() as u64 }
    };
    rules.iter().map(|rule| (rule.category, of(rule))).collect()
}

/// The rows of the newest version that are not kept, but no more than `limit`.
async fn expired(lake: &Lake, rules: &[Retention], limit: usize) -> Result<Vec<Expired>> {
    let mut found = Vec::new();
    for table in EXPIRING {
        let mut arrivals = Arrivals { lake, known: BTreeMap::new() };
        let is_dated = has(table, "created");
        let mut columns = vec!["member_number", "item", "lake_version"];
        columns.extend(is_dated.then_some("created"));
        columns.extend((table == Table::Items).then_some("kind"));
        // what lies in an attached table is its owner's to keep or to delete
        let own = lake.head().await.map_err(GateError::lake("opening the lake"))?;
        let own = own.own_table(table).await.map_err(GateError::lake("opening a table"))?;
        let mut batches = scan_provider(own, &columns).await?;
        while let Some(batch) =
            batches.try_next().await.map_err(GateError::plan("reading the ages of rows"))?
        {
            let rows = Columns::of(&batch);
            for at in 0..batch.num_rows() {
                let kind = rows.text(4, at).and_then(|kind| kind.parse::<ItemKind>().ok());
                let Some(category) = table.category_of_row(kind) else { continue };
                let Some(rule) = rules.iter().find(|rule| rule.category == category) else {
                    continue;
                };
                let (Some(member), Some(item)) = (rows.long(0, at), rows.long(1, at)) else {
                    continue;
                };
                let created = rows.long(3, at).filter(|_| is_dated).map(Instant::from_micros);
                let since = match created {
                    Some(created) => created,
                    None => arrivals.of(rows.long(2, at).unwrap_or_default()).await?,
                };
                if since < rule.kept_from {
                    let (member, item) = (MemberNumber::from_i64(member), ItemId::from_i64(item));
                    found.push(Expired { table, member, item, category });
                }
                if found.len() >= limit {
                    return Ok(found);
                }
            }
        }
    }
    Ok(found)
}

fn has(table: Table, column: &str) -> bool {
    table.columns().any(|one| one.name == column)
}

/// When rows came in, by the versions that brought them.
struct Arrivals<'a> {
    lake: &'a Lake,
    known: BTreeMap<i64, Instant>,
}

impl Arrivals<'_> {
    async fn of(&mut self, version: i64) -> Result<Instant> {
        if let Some(at) = self.known.get(&version) {
            return Ok(*at);
        }
        let at = self.lake.made_at(LakeVersion::from_i64(version)).await;
        let at = at.map_err(GateError::lake("reading when rows came in"))?;
        self.known.insert(version, at);
        Ok(at)
    }
}

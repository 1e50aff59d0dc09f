use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use lake::{Append, Lake, Table, Writer};
use policy::MemberNumber;
use store::{FeedPosition, Identity, Membership, NewFact, Store};

use crate::{
    Declaration, Event, Keys, Located, Options, RefusalReason, SourcesError,
    batch::{mentions_to_batch, rows_to_batch},
    facts::KnownFacts,
    keys::checked_source_name,
    orders::Orders,
    plan::{Address, Gathered, Pending, People, Plan},
    repeats::Repeats,
    report::{Report, TableChanges},
};

/// How long an import waits for whoever is writing the lake, before each batch.
const LOCK_WAIT: Duration = Duration::from_secs(60);

/// By how much the clock of a source may be ahead of ours, in microseconds: five minutes.
const CLOCKS_DIFFER_MICROS: i64 = 5 * 60 * 1_000_000;

/// Takes rows in, batch after batch.
pub(crate) struct Importer<'a> {
    pub(crate) name: String,
    pub(crate) store: &'a Store,
    pub(crate) options: Options<'a>,
    pub(crate) report: Report,
    keys: &'a Keys,
    lake: &'a Lake,
    known: KnownFacts,
    /// Members whose rows were met, to count each once.
    met: HashSet<MemberNumber>,
}

impl<'a> Importer<'a> {
    /// An importer of a source that has taken nothing in yet; puts the declaration on record.
    pub(crate) async fn new(
        source: &str,
        (lake, store, keys): (&'a Lake, &'a Store, &'a Keys),
        options: Options<'a>,
    ) -> Result<Self, SourcesError> {
        let name = checked_source_name(source)?;
        let hash = options.declaration.map(|declaration| declaration.hash.as_str());
        if let Some(Declaration { hash, text, .. }) = options.declaration {
            store.record_declaration(hash, text, options.at).await?;
        }
        let report = Report::new(&name, hash, lake.version().await?);
        let known = KnownFacts::new(options.declaration);
        Ok(Self { name, store, options, report, keys, lake, known, met: HashSet::new() })
    }

    /// Books what is decided already, and keeps the rest for the batch.
    pub(crate) fn sort(&mut self, located: Located, pending: &mut Vec<Pending>) {
        let Located { position, table, event } = located;
        let outcomes = self.report.table(&table);
        outcomes.read += 1;
        match event {
            Err(refusal) => self.report.refuse(&table, &position, refusal),
            Ok(Event::NoPlace) => outcomes.no_place += 1,
            Ok(Event::Sealed { category }) => {
                outcomes.sealed += 1;
                *self.report.sealed.entry(category.name()).or_default() += 1;
            }
            Ok(event) if self.is_from_the_future(&event) => {
                let hint = "`at` is later than now by more than five minutes";
                let refusal = RefusalReason::FromTheFuture.because(hint);
                self.report.refuse(&table, &position, refusal);
            }
            Ok(mut event) => {
                if let Event::Upsert { rows, .. } = &mut event
                    && let Some(visibility) = self.options.declaration.and_then(|d| d.visibility)
                {
                    rows.iter_mut().for_each(|row| row.fill_visibility(visibility));
                }
                pending.push(Pending { position, table, event });
            }
        }
    }

    /// Whether an event cannot have happened yet; clocks may differ a little.
    fn is_from_the_future(&self, event: &Event) -> bool {
        let latest = self.options.at.as_micros().saturating_add(CLOCKS_DIFFER_MICROS);
        event.occurrence().is_some_and(|occurrence| occurrence.at.as_micros() > latest)
    }

    /// Takes the lake's lock; nothing is lost if somebody else has it.
    pub(crate) async fn writer(&self) -> Result<Writer, SourcesError> {
        Ok(self.lake.writer_within(LOCK_WAIT).await?)
    }

    /// Commits a batch, and how far the files are that it came from. The lake's lock is taken
    /// before, so that an erasure is either seen when members are resolved, or comes after the
    /// rows and takes them out again.
    pub(crate) async fn commit(
        &mut self,
        writer: &mut Writer,
        pending: Vec<Pending>,
        positions: &[FeedPosition],
    ) -> Result<(), SourcesError> {
        let name = self.name.clone();
        let (store, named) = (self.store, (self.keys, name.as_str()));
        let declared = self.report.declaration.as_deref().unwrap_or_default();
        let repeats = Repeats::find(store, &pending, declared, named).await?;
        let people = self.people(&pending, &repeats).await?;
        let mut orders = Orders::load(store, repeats.fresh(&pending), named).await?;
        let mut gathered = Gathered::new(&pending, &repeats, &people, &mut orders, named);
        let existing = self.existing(gathered.touched()).await?;
        let plan = gathered.compare(&existing, &people, named);
        // The order first: cut off after it, the same events hold when they come again, and an
        // older one in between does not.
        store.record_orders(&orders.moved).await?;
        // Removals before rows: after a crash in between, the next import starts them once more,
        // while the other way round a row would be gone that no holder was told of.
        self.record_facts(&gathered, &plan).await?;
        self.append(writer, &plan).await?;
        let events = repeats.came_in(gathered.outcomes.iter().map(Result::is_ok));
        store.record_events(&events, positions).await?;
        let outcomes = std::mem::take(&mut gathered.outcomes);
        for (outcome, Pending { position, table, .. }) in outcomes.into_iter().zip(&pending) {
            match outcome {
                Ok(outcome) => self.report.table(table).count(outcome),
                Err(refusal) => self.report.refuse(table, position, refusal),
            }
        }
        Ok(())
    }

    /// Resolves everybody whom the batch is about. Authors of rows, and those who are named or
    /// pointed at, get numbers, so that it does not matter who comes in first; those whose rows
    /// are deleted are looked up.
    async fn people(
        &mut self,
        pending: &[Pending],
        repeats: &Repeats,
    ) -> Result<People, SourcesError> {
        let (mut authors, mut named, mut others) = Default::default();
        for Pending { event, .. } in repeats.fresh(pending) {
            gather_people(event, &mut authors, &mut named, &mut others);
        }
        let identity = |external: &str| Identity {
            source: self.name.clone(),
            external_hash: self.keys.identity_hash(&self.name, external),
        };
        let resolved: Vec<&str> = authors.union(&named).copied().collect();
        let identities: Vec<_> = resolved.iter().map(|one| identity(one)).collect();
        let memberships = self.store.members(&identities).await?;
        let mut people = People::default();
        for (external, membership) in resolved.into_iter().zip(memberships) {
            match membership {
                Membership::New(member) => {
                    self.report.members_new += 1;
                    self.met.insert(member);
                }
                Membership::Known(member) if authors.contains(external) => {
                    self.report.members_known += u64::from(self.met.insert(member));
                }
                Membership::Known(_) | Membership::Erased { .. } => {}
            }
            people.by_external.insert(external.to_owned(), membership);
        }
        others.retain(|external: &&str| !people.by_external.contains_key(*external));
        let identities: Vec<_> = others.iter().map(|one| identity(one)).collect();
        let found = self.store.lookup_all(&identities).await?;
        for (external, membership) in others.into_iter().zip(found) {
            if let Some(membership) = membership {
                people.by_external.insert(external.to_owned(), membership);
            }
        }
        Ok(people)
    }

    /// The contents that the lake holds at the touched members' addresses.
    async fn existing(
        &self,
        touched: BTreeMap<Table, BTreeSet<MemberNumber>>,
    ) -> Result<HashMap<Address, i64>, SourcesError> {
        let head = self.lake.head().await?;
        let mut existing = HashMap::new();
        for (table, members) in touched {
            let keys = head.content_keys_of(table, &members).await?;
            existing
                .extend(keys.into_iter().map(|key| ((table, key.member, key.item), key.content)));
        }
        Ok(existing)
    }

    async fn record_facts(
        &mut self,
        gathered: &Gathered<'_>,
        plan: &Plan<'_>,
    ) -> Result<(), SourcesError> {
        self.known.refresh(self.store).await?;
        let mut facts: Vec<NewFact> = Vec::new();
        for (member, said) in &gathered.accounts {
            facts.extend(self.known.news(*member, *said, &self.name, self.options.declaration));
        }
        facts.extend(plan.removals.iter().cloned());
        if facts.is_empty() {
            return Ok(());
        }
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        self.report.facts_recorded += count(facts.len());
        self.report.removals_started += count(plan.removals.len());
        self.store.record(facts, self.options.at).await?;
        Ok(())
    }

    async fn append(&mut self, writer: &mut Writer, plan: &Plan<'_>) -> Result<(), SourcesError> {
        if plan.is_empty() {
            return Ok(());
        }
        let mut append = Append { rows: BTreeMap::new(), replaced: plan.gone.clone() };
        for (table, rows) in &plan.added {
            append.rows.insert(*table, rows_to_batch(*table, &self.name, rows)?);
        }
        let mut changes = plan.changes.clone();
        let of_mentions = changes.entry(Table::Mentions).or_default();
        if !plan.mentions.is_empty() {
            let batch = mentions_to_batch(&self.name, &plan.mentions)?;
            append.rows.insert(Table::Mentions, batch);
            of_mentions.added += u64::try_from(plan.mentions.len()).unwrap_or(u64::MAX);
        }
        let texts = plan.texts_gone();
        if !texts.is_empty() {
            for (named, mention) in self.lake.head().await?.mentions_in(&texts).await? {
                append.replaced.push((Table::Mentions, named, mention));
                of_mentions.removed += 1;
            }
        }
        self.report.lake_version_after = writer.append(append, self.options.at).await?;
        for (table, change) in changes {
            let TableChanges { added, replaced, removed } = change;
            if change != TableChanges::default() {
                let total = self.report.lake.entry(table.name()).or_default();
                total.added += added;
                total.replaced += replaced;
                total.removed += removed;
            }
        }
        Ok(())
    }
}

fn gather_people<'a>(
    event: &'a Event,
    authors: &mut BTreeSet<&'a str>,
    named: &mut BTreeSet<&'a str>,
    others: &mut BTreeSet<&'a str>,
) {
    match event {
        Event::Upsert { rows, .. } => {
            for row in rows {
                authors.insert(&row.member);
                named.extend(row.mentions().iter().map(|mention| mention.member.as_str()));
                named.extend(row.reference().map(|reference| reference.member.as_str()));
            }
        }
        Event::Delete { member, .. } => {
            others.insert(member);
        }
        Event::Sealed { .. } | Event::NoPlace => {}
    }
}

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use lake::{Append, ContentKey, Lake, Table, Writer};
use policy::{Instant, MemberNumber, MemberSet, Visibility};
use store::{FeedPosition, Identity, Membership, NewFact, Store};

use crate::{
    Account, Acquaintance, Declaration, DeclaredNotice, Event, Keys, Located, Options, Refusal,
    RefusalReason, Row, Source, SourcesError,
    batch::{mentions_to_batch, rows_to_batch},
    comparison::Comparison,
    facts::KnownFacts,
    keys::{as_other_words, checked_source_name},
    orders::Orders,
    plan::{Address, Gathered, Pending, People, Plan},
    repeats::Repeats,
    report::{Report, TableChanges},
};

/// How long an import waits for whoever is writing the lake, before each batch.
pub(crate) const LOCK_WAIT: Duration = Duration::from_secs(60);

/// By how much the clock of a source may be ahead of ours, in microseconds: five minutes.
const CLOCKS_DIFFER_MICROS: i64 = 5 * 60 * 1_000_000;

/// Takes rows in, batch after batch.
pub(crate) struct Importer<'a> {
    pub(crate) name: String,
    pub(crate) lake: &'a Lake,
    pub(crate) store: &'a Store,
    pub(crate) keys: &'a Keys,
    pub(crate) options: Options<'a>,
    pub(crate) report: Report,
    /// What came in of a source that hands over everything.
    pub(crate) comparison: Option<Comparison>,
    known: KnownFacts,
    /// Members whose rows were met, to count each once.
    met: MemberSet,
    /// Those whom the source knows by a reference of ours, from earlier imports.
    acquaintances: HashMap<String, MemberNumber>,
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
        if let Some(Declaration { hash, text, notice, .. }) = options.declaration {
            if let Some(DeclaredNotice { delivered_at, .. }) = *notice
                && delivered_at > options.at
            {
                return Err(SourcesError::NoticeAhead { delivered_at });
            }
            store.record_declaration(hash, text, options.at).await?;
        }
        let report = Report::new(&name, hash, lake.version().await?);
        Ok(Self {
            name,
            lake,
            store,
            keys,
            options,
            report,
            comparison: None,
            known: KnownFacts::new(options.declaration),
            met: MemberSet::default(),
            acquaintances: HashMap::new(),
        })
    }

    /// Tells a source that resolves names by itself who came in with its earlier imports.
    pub(crate) async fn introduce(&mut self, source: &mut dyn Source) -> Result<(), SourcesError> {
        let own = source.own_people();
        if own.is_empty() {
            return Ok(());
        }
        let identities: Vec<_> = own.iter().map(|external| self.identity(external)).collect();
        let own = self.store.lookup_all(&identities).await?;
        let own: HashSet<_> = own.into_iter().flatten().map(Membership::number).collect();
        let head = self.lake.head().await?;
        let headlines = head.texts(Table::Profiles, &self.name, "headline").await?;
        let headlines: HashMap<_, _> = headlines.into_iter().collect();
        let mut known = Vec::new();
        for (member, name) in head.texts(Table::Members, &self.name, "display_name").await? {
            if !own.contains(&member) {
                let (reference, headline) = (format!("#{member}"), headlines.get(&member).cloned());
                self.acquaintances.insert(reference.clone(), member);
                known.push(Acquaintance { reference, member, name, headline });
            }
        }
        source.meet(&known);
        Ok(())
    }

    /// By what the store knows somebody.
    pub(crate) fn identity(&self, external: &str) -> Identity {
        Identity {
            source: self.name.clone(),
            external_hash: self.keys.identity_hash(&self.name, external),
        }
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
            Ok(mut event) => {
                if let Err(refusal) = self.check_instants(&event) {
                    return self.report.refuse(&table, &position, refusal);
                }
                self.drop_broken_seals(&mut event);
                if let Some(visibility) = self.options.declaration.and_then(|d| d.visibility) {
                    fill_visibility(&mut event, visibility);
                }
                pending.push(Pending { position, table, event });
            }
        }
    }

    /// A place counts only for the very row that was given out with it.
    fn drop_broken_seals(&self, event: &mut Event) {
        let Event::Returned { rows } = event else { return };
        for (row, place) in rows {
            if place.as_ref().is_some_and(|place| !self.keys.is_sealed(&self.name, row, place)) {
                *place = None;
            }
        }
    }

    /// Refuses an event that tells of what cannot have happened yet.
    fn check_instants(&self, event: &Event) -> Result<(), Refusal> {
        let Some(occurrence) = event.occurrence() else { return Ok(()) };
        let rows = match event {
            Event::Upsert { rows, .. } => rows.as_slice(),
            _ => &[],
        };
        let told = [("at", Some(occurrence.at))].into_iter();
        check_not_later(self.options.at, told.chain(rows.iter().flat_map(Row::dates)))
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
        let people = self.people(&pending).await?;
        let declared = self.report.declaration.as_deref().unwrap_or_default();
        let repeats = Repeats::find(store, &pending, &people, declared, self.keys).await?;
        let fresh = repeats.fresh(&pending);
        let mut orders = Orders::load(store, fresh, &people, self.keys).await?;
        let mut gathered = Gathered::new(&pending, &repeats, &people, &mut orders, named);
        let existing = self.existing(&gathered, &people).await?;
        let plan = gathered.compare(&existing, &people, named);
        if let Some(comparison) = &mut self.comparison {
            comparison.note(gathered.addresses(), store, self.options.at).await?;
        }
        // The order first: cut off after it, the same events hold when they come again, and an
        // older one in between does not.
        store.record_orders(&orders.moved).await?;
        // Removals before rows: after a crash in between, the next import starts them once more,
        // while the other way round a row would be gone that no holder was told of.
        self.record_facts(&gathered.accounts, &plan).await?;
        self.append(writer, &plan).await?;
        let events = repeats.came_in(gathered.outcomes.iter().map(Result::is_ok));
        store.record_events(events, positions).await?;
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
    /// pointed at, get numbers, so that it does not matter who comes in first; so do those of
    /// whom a deletion is the first word, for what is older may come after it.
    async fn people(&mut self, pending: &[Pending]) -> Result<People, SourcesError> {
        let (mut authors, mut named) = Default::default();
        for Pending { event, .. } in pending {
            gather_people(event, &mut authors, &mut named);
        }
        let mut people = self.acquainted(&mut named);
        let resolved: Vec<&str> = authors.union(&named).copied().collect();
        let identities: Vec<_> = resolved.iter().map(|one| self.identity(one)).collect();
        let memberships = self.store.members(&identities).await?;
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
        Ok(people)
    }

    /// Gives numbers to people, and records what the declaration says of them.
    pub(crate) async fn register(
        &mut self,
        externals: &[&str],
    ) -> Result<Vec<Membership>, SourcesError> {
        let identities: Vec<_> = externals.iter().map(|one| self.identity(one)).collect();
        let memberships = self.store.members(&identities).await?;
        let mut accounts = BTreeMap::new();
        for membership in &memberships {
            let is_new = matches!(membership, Membership::New(_));
            if self.met.insert(membership.number()) {
                self.report.members_new += u64::from(is_new);
                self.report.members_known += u64::from(!is_new);
            }
            accounts.extend(membership.admitted().map(|member| (member, Account::default())));
        }
        self.record_facts(&accounts, &Plan::default()).await?;
        Ok(memberships)
    }

    /// Takes those out who are named by a reference of ours: they have their numbers.
    fn acquainted(&self, named: &mut BTreeSet<&str>) -> People {
        let mut people = People::default();
        named.retain(|reference| {
            let member = self.acquaintances.get(*reference).copied();
            let known = member.map(|member| ((*reference).to_owned(), Membership::Known(member)));
            people.by_external.extend(known);
            member.is_none()
        });
        people
    }

    /// The contents that the lake holds at the touched addresses, or that are attached to it there.
    async fn existing(
        &self,
        gathered: &Gathered<'_>,
        people: &People,
    ) -> Result<HashMap<Address, i64>, SourcesError> {
        let head = self.lake.head().await?;
        let mut existing = HashMap::new();
        for (table, mut rows) in gathered.touched(people) {
            for ContentKey { member, item, content } in head.find(table, &rows).await? {
                existing.insert((table, member, item), content);
                rows.remove(&(member, item));
            }
            if table == Table::Items {
                for ContentKey { member, item, content } in head.find_attached(&rows).await? {
                    // an import takes over also what it says in the same words
                    existing.insert((table, member, item), as_other_words(content));
                }
            }
        }
        Ok(existing)
    }

    pub(crate) async fn record_facts(
        &mut self,
        accounts: &BTreeMap<MemberNumber, Account>,
        plan: &Plan<'_>,
    ) -> Result<(), SourcesError> {
        self.known.refresh(self.store).await?;
        let mut facts: Vec<NewFact> = Vec::new();
        for (member, said) in accounts {
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

    pub(crate) async fn append(
        &mut self,
        writer: &mut Writer,
        plan: &Plan<'_>,
    ) -> Result<(), SourcesError> {
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

/// Refuses what is told to be later than now, by the first key that says so; clocks may differ a
/// little.
pub(crate) fn check_not_later(
    now: Instant,
    told: impl IntoIterator<Item = (&'static str, Option<Instant>)>,
) -> Result<(), Refusal> {
    let latest = now.as_micros().saturating_add(CLOCKS_DIFFER_MICROS);
    let is_later =
        |(_, date): &(_, Option<Instant>)| date.is_some_and(|date| date.as_micros() > latest);
    let Some((key, _)) = told.into_iter().find(is_later) else { return Ok(()) };
    let hint = format!("`{key}` is later than now by more than five minutes");
    Err(RefusalReason::FromTheFuture.because(hint))
}

/// Says who sees the rows of an event where nobody has; rows that were given out say it.
fn fill_visibility(event: &mut Event, visibility: Visibility) {
    match event {
        Event::Upsert { rows, .. } => {
            rows.iter_mut().for_each(|row| row.fill_visibility(visibility));
        }
        Event::Returned { rows } => {
            let altered = rows.iter_mut().filter(|(_, place)| place.is_none());
            altered.for_each(|(row, _)| row.fill_visibility(visibility));
        }
        Event::Delete { .. } | Event::Sealed { .. } | Event::NoPlace => {}
    }
}

fn gather_people<'a>(
    event: &'a Event,
    authors: &mut BTreeSet<&'a str>,
    named: &mut BTreeSet<&'a str>,
) {
    match event {
        Event::Upsert { rows, .. } => {
            for row in rows {
                authors.insert(&row.member);
                named.extend(row.mentions().iter().map(|mention| mention.member.as_str()));
                named.extend(row.reference().map(|reference| reference.member.as_str()));
            }
        }
        Event::Returned { rows } => {
            for (row, _) in rows {
                authors.insert(&row.member);
                named.extend(row.reference().map(|reference| reference.member.as_str()));
            }
        }
        Event::Delete { member, .. } => {
            named.insert(member);
        }
        Event::Sealed { .. } | Event::NoPlace => {}
    }
}

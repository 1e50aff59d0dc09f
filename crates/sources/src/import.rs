use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use lake::{Append, Lake, Table, Writer};
use policy::{Instant, LakeVersion, MemberNumber, Visibility};
use store::{Identity, ImportReport, Membership, NewFact, Store};

use crate::{
    Account, Acquaintance, Declaration, Event, Keys, Located, Position, Source, SourcesError,
    batch::{mentions_to_batch, rows_to_batch},
    comparison::Comparison,
    facts::KnownFacts,
    plan::{Address, Gathered, Pending, People, Plan},
    report::{Report, TableChanges},
};

/// A batch is committed early once its rows took this many bytes in the source.
const BATCH_BYTES: u64 = 128 * 1024 * 1024;

/// How long an import waits for whoever is writing the lake, before each batch.
pub(crate) const LOCK_WAIT: Duration = Duration::from_secs(60);

/// After how many rows progress is told.
const TOLD_EVERY: u64 = 10_000;

/// How an import is run.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// What the operator says where the source is silent.
    pub declaration: Option<&'a Declaration>,
    /// How many rows make a batch, that is one lake version; at least 1.
    pub batch_rows: usize,
    /// The instant at which everything is recorded.
    pub at: Instant,
}

impl Options<'_> {
    /// No declaration, 100,000 rows a batch.
    pub const fn at(at: Instant) -> Self {
        Self { declaration: None, batch_rows: 100_000, at }
    }
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The file that is being read.
    pub file: Arc<str>,
    /// Bytes read over all files.
    pub bytes_read: u64,
    /// Bytes there are over all files; 0 if that is not known.
    pub total_bytes: u64,
    /// Rows read.
    pub rows: u64,
    /// Rows refused.
    pub refused: u64,
    /// The newest lake version that the import made, or the one it started from.
    pub lake_version: LakeVersion,
}

/// Reads a source to its end and commits what may come in, batch after batch.
///
/// A batch becomes visible as one lake version or not at all. Identities, account facts and
/// removals are recorded before it, so that an import that was cut off is simply run again; the
/// same rows twice change nothing. An event with a name comes in exactly once, however often and
/// in which order it is handed over, unless the declaration changed.
///
/// # Errors
/// If the source cannot be read, or the store or lake fail. Batches committed before stay.
pub async fn import(
    source: &mut dyn Source,
    lake: &Lake,
    store: &Store,
    keys: &Keys,
    options: Options<'_>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, SourcesError> {
    let name = source.name().to_owned();
    let hash = options.declaration.map(|declaration| declaration.hash.as_str());
    if let Some(Declaration { hash, text, .. }) = options.declaration {
        store.record_declaration(hash, text, options.at).await?;
    }
    let import_id = store.start_import(&name, options.at).await?;
    let report = Report::new(&name, hash, lake.version().await?);
    let known = KnownFacts::new(options.declaration);
    let met = HashSet::new();
    let acquaintances = HashMap::new();
    let mut importer = Importer {
        name,
        lake,
        store,
        keys,
        options,
        report,
        known,
        met,
        comparison: None,
        acquaintances,
    };
    importer.introduce(source).await?;
    if let Some(whole) = source.whole() {
        importer.comparison = Some(Comparison::start(&whole, &importer).await?);
    }
    importer.run(source, progress).await?;
    if let Some(whole) = source.whole() {
        importer.remove_missing(&whole).await?;
    }
    let report = importer.report;
    report.check()?;
    let total = report.total();
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let finished = ImportReport {
        accepted: number(total.accepted + total.replaced + total.unchanged),
        refused: number(total.refused.values().sum()),
        report: serde_json::to_value(&report).map_err(|source| SourcesError::Report { source })?,
    };
    store.finish_import(import_id, &finished, options.at).await?;
    Ok(report)
}

pub(crate) struct Importer<'a> {
    pub(crate) name: String,
    pub(crate) lake: &'a Lake,
    pub(crate) store: &'a Store,
    pub(crate) keys: &'a Keys,
    pub(crate) options: Options<'a>,
    pub(crate) report: Report,
    known: KnownFacts,
    /// Members whose rows were met, to count each once.
    met: HashSet<MemberNumber>,
    /// What came in of a source that hands over everything.
    pub(crate) comparison: Option<Comparison>,
    /// Those whom the source knows by a reference of ours, from earlier imports.
    acquaintances: HashMap<String, MemberNumber>,
}

impl Importer<'_> {
    async fn run(
        &mut self,
        source: &mut dyn Source,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), SourcesError> {
        let total_bytes = source.total_bytes();
        let (mut rows, mut committed_bytes) = (0, 0);
        let mut pending = Vec::new();
        let mut last: Option<Position> = None;
        while let Some(located) = source.next()? {
            rows += 1;
            let position = located.position.clone();
            self.sort(located, &mut pending);
            let is_full = pending.len() >= self.options.batch_rows.max(1)
                || position.bytes_read.saturating_sub(committed_bytes) >= BATCH_BYTES;
            if is_full {
                self.commit(std::mem::take(&mut pending)).await?;
                committed_bytes = position.bytes_read;
            }
            if is_full || rows % TOLD_EVERY == 0 {
                progress(self.progress(&position, total_bytes, rows));
            }
            last = Some(position);
        }
        self.commit(pending).await?;
        if let Some(position) = last {
            progress(self.progress(&position, total_bytes, rows));
        }
        Ok(())
    }

    /// Tells a source that resolves names by itself who came in with its earlier imports.
    async fn introduce(&mut self, source: &mut dyn Source) -> Result<(), SourcesError> {
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

    fn identity(&self, external: &str) -> Identity {
        Identity {
            source: self.name.clone(),
            external_hash: self.keys.identity_hash(&self.name, external),
        }
    }

    fn progress(&self, position: &Position, total_bytes: u64, rows: u64) -> Progress {
        Progress {
            file: Arc::clone(&position.file),
            bytes_read: position.bytes_read,
            total_bytes,
            rows,
            refused: self.report.total().refused.values().sum(),
            lake_version: self.report.lake_version_after,
        }
    }

    /// Books what is decided already, and keeps the rest for the batch.
    fn sort(&mut self, located: Located, pending: &mut Vec<Pending>) {
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

    /// Commits a batch. The lake's lock is taken first, so that an erasure is either seen when
    /// members are resolved, or comes after the rows and takes them out again.
    async fn commit(&mut self, pending: Vec<Pending>) -> Result<(), SourcesError> {
        if pending.is_empty() {
            return Ok(());
        }
        let mut writer = self.lake.writer_within(LOCK_WAIT).await?;
        let events = self.event_names(&pending);
        let repeated = self.repeated(&events).await?;
        let people = self.people(&pending, &repeated).await?;
        let named = (self.keys, self.name.as_str());
        let mut gathered = Gathered::new(&pending, &repeated, &people, named);
        let existing = self.existing(&gathered).await?;
        let plan = gathered.compare(&existing, &people, named);
        if let Some(comparison) = &mut self.comparison {
            comparison.note(gathered.addresses(), self.store, self.options.at).await?;
        }
        // Removals first: after a crash in between, the next import starts them once more, while
        // the other way round a row would be gone that no holder was told of.
        self.record_facts(&gathered.accounts, &plan).await?;
        self.append(&mut writer, &plan).await?;
        let came_in = events.iter().zip(&gathered.outcomes);
        let came_in = came_in.filter(|(_, outcome)| outcome.is_ok());
        let names: Vec<_> = came_in.filter_map(|(name, _)| name.clone()).collect();
        self.store.record_events(&names).await?;
        let outcomes = std::mem::take(&mut gathered.outcomes);
        for (outcome, Pending { position, table, .. }) in outcomes.into_iter().zip(&pending) {
            match outcome {
                Ok(outcome) => self.report.table(table).count(outcome),
                Err(refusal) => self.report.refuse(table, position, refusal),
            }
        }
        Ok(())
    }

    /// The hash of each row's event, if it has one. It covers the declaration, so that another
    /// declaration can fill the gaps of events that came in before.
    fn event_names(&self, pending: &[Pending]) -> Vec<Option<String>> {
        let declared = self.report.declaration.as_deref().unwrap_or_default();
        let hash = |event: &str| self.keys.event_hash(&self.name, declared, event);
        pending.iter().map(|one| one.event.name().map(hash)).collect()
    }

    /// Which rows repeat an event that came in before, in an earlier batch or in this one.
    async fn repeated(&self, events: &[Option<String>]) -> Result<HashSet<usize>, SourcesError> {
        let names: Vec<_> = events.iter().flatten().cloned().collect();
        let seen = self.store.events_seen(&names).await?;
        let mut met: HashSet<&str> = seen.iter().map(String::as_str).collect();
        let repeats = events.iter().enumerate().filter_map(|(index, event)| {
            let is_new = event.as_deref().is_none_or(|event| met.insert(event));
            (!is_new).then_some(index)
        });
        Ok(repeats.collect())
    }

    /// Resolves everybody whom the batch is about. Authors of rows and those who are named get
    /// numbers; those who are only pointed at, or whose rows are deleted, are looked up.
    async fn people(
        &mut self,
        pending: &[Pending],
        repeated: &HashSet<usize>,
    ) -> Result<People, SourcesError> {
        let (mut authors, mut named, mut others) = Default::default();
        let fresh = pending.iter().enumerate().filter(|(index, _)| !repeated.contains(index));
        for (_, Pending { event, .. }) in fresh {
            gather_people(event, &mut authors, &mut named, &mut others);
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
        others.retain(|external: &&str| !people.by_external.contains_key(*external));
        let identities: Vec<_> = others.iter().map(|one| self.identity(one)).collect();
        let found = self.store.lookup_all(&identities).await?;
        for (external, membership) in others.into_iter().zip(found) {
            if let Some(membership) = membership {
                people.by_external.insert(external.to_owned(), membership);
            }
        }
        Ok(people)
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

    /// The contents that the lake holds at the touched addresses.
    async fn existing(
        &self,
        gathered: &Gathered<'_>,
    ) -> Result<HashMap<Address, i64>, SourcesError> {
        let head = self.lake.head().await?;
        let mut existing = HashMap::new();
        for (table, members) in gathered.touched() {
            let keys = head.content_keys_of(table, &members).await?.into_iter();
            let keys = keys.map(|key| ((table, key.member, key.item), key.content));
            existing.extend(keys.filter(|(address, _)| gathered.touches(address)));
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
    others: &mut BTreeSet<&'a str>,
) {
    match event {
        Event::Upsert { rows, .. } => {
            for row in rows {
                authors.insert(&row.member);
                named.extend(row.mentions().iter().map(|mention| mention.member.as_str()));
                others.extend(row.reference().map(|reference| reference.member.as_str()));
            }
        }
        Event::Returned { rows } => {
            for (row, _) in rows {
                authors.insert(&row.member);
                others.extend(row.reference().map(|reference| reference.member.as_str()));
            }
        }
        Event::Delete { member, .. } => {
            others.insert(member);
        }
        Event::Sealed { .. } | Event::NoPlace => {}
    }
}

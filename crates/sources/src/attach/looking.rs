//! One look at a table: from its rows to indexes, and from what changed to removals.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use arrow::{array::Array, error::ArrowError};
use futures::TryStreamExt;
use lake::{
    AttachedFile, Attachment, IndexRow, IndexWriter, ItemColumns, ItemKind, LakeError, OutsideFile,
    OutsideRows, OutsideTable, Snapshot, Table, Writer,
};
use parquet::errors::ParquetError;
use policy::{Category, Instant, ItemId, LakeVersion, MemberNumber};
use store::{Membership, NewFact, RemovalCause, Withdrawn};

use super::{
    Again, ITEMS, Mapping,
    rows::{Batch, Filed, Ids, Named, of_item, text},
};
use crate::{
    Declaration, Keys, Options, Position, Refusal, RefusalReason, SourcesError,
    importer::{Importer, check_not_later},
    keys::is_narrowed,
    orders::Thing,
    report::Outcome,
};

type Address = (MemberNumber, ItemId);

/// A look at a table.
pub(super) struct Look {
    attachment: Attachment,
    source: String,
    /// Files that have to be read.
    fresh: Vec<OutsideFile>,
    /// Rows of files that have changed or are gone, until they are met again.
    old: HashMap<Address, IndexRow>,
    /// Whose each item is, for answers to find it.
    authors_of: HashMap<ItemId, MemberNumber>,
    /// Items of files that were met.
    met: HashSet<ItemId>,
    /// Rows that the lake has from elsewhere.
    elsewhere: HashSet<Address>,
    /// Rows of which events spoke.
    spoken_of: HashSet<Address>,
    people: HashMap<String, MemberNumber>,
    removals: Vec<NewFact>,
    /// Rows whose words changed or are gone.
    stale: HashSet<Address>,
    is_changed: bool,
    not_understood: BTreeMap<&'static str, u64>,
}

impl Look {
    /// Finds which files have to be read.
    pub(super) async fn start(
        mapping: &Mapping,
        table: OutsideTable,
        importer: &mut Importer<'_>,
        again: Again,
    ) -> Result<Self, SourcesError> {
        let Options { at, declaration, .. } = importer.options;
        let mut look = Self::new(mapping, &table, at, declaration);
        let head = importer.lake.head().await?;
        let before = look.find_elsewhere(&head).await?;
        let reads_alike = before.as_ref().is_some_and(|before| before.reads_like(&look.attachment));
        look.is_changed = before.as_ref().is_none_or(|before| {
            !reads_alike || before.delta_version != look.attachment.delta_version
        });
        let files = before.into_iter().flat_map(|before| before.files);
        let state = |file: AttachedFile| ((file.pin.clone(), file.partition.clone()), file);
        let mut known: BTreeMap<_, _> = files.map(state).collect();
        for file in table.files {
            let state = (file.pin.clone(), file.partition.clone());
            // read otherwise, a file that is what it was says something else
            let is_kept = |file: &AttachedFile| {
                reads_alike && (again == Again::Nothing || file.refused.is_empty())
            };
            let kept = match known.get(&state) {
                Some(file) if is_kept(file) => known.remove(&state),
                _ => None,
            };
            match kept {
                Some(kept) => {
                    let rows = head.index(&mapping.name, &kept).await?;
                    look.keep(kept, rows.into_iter().flatten(), importer);
                }
                None => look.fresh.push(file),
            }
        }
        for file in known.values() {
            let rows = head.index(&mapping.name, file).await?.into_iter().flatten();
            look.old.extend(rows.map(|row| ((row.member, row.item), row)));
        }
        look.is_changed |= !look.fresh.is_empty() || !known.is_empty();
        Ok(look)
    }

    /// Notes which rows the lake has from elsewhere, and returns the look at this table before.
    async fn find_elsewhere(
        &mut self,
        head: &Snapshot,
    ) -> Result<Option<Attachment>, SourcesError> {
        let own = head.content_keys(Table::Items).await?;
        self.elsewhere = own.into_iter().map(|key| (key.member, key.item)).collect();
        let mut before = None;
        for attached in head.attachments().await? {
            if attached.name == self.attachment.name {
                before = Some(attached);
                continue;
            }
            for file in &attached.files {
                let rows = head.index(&attached.name, file).await?.into_iter().flatten();
                self.elsewhere.extend(rows.map(|row| (row.member, row.item)));
            }
        }
        Ok(before)
    }

    fn new(
        mapping: &Mapping,
        table: &OutsideTable,
        at: Instant,
        declaration: Option<&Declaration>,
    ) -> Self {
        let columns = ItemColumns {
            declared_visibility: declaration.and_then(|one| one.visibility),
            ..mapping.items.columns.clone()
        };
        let attachment = Attachment {
            name: mapping.name.clone(),
            source: mapping.source.clone(),
            mapping_hash: mapping.hash.clone(),
            mapping: mapping.text.clone(),
            declaration: declaration.map(|one| one.hash.clone()),
            at,
            folder: mapping.folder.to_string_lossy().into_owned(),
            location: mapping.items.location.clone(),
            delta_version: table.delta_version,
            columns,
            files: Vec::new(),
        };
        Self {
            attachment,
            source: mapping.source.clone(),
            fresh: Vec::new(),
            old: HashMap::new(),
            authors_of: HashMap::new(),
            met: HashSet::new(),
            elsewhere: HashSet::new(),
            spoken_of: HashSet::new(),
            people: HashMap::new(),
            removals: Vec::new(),
            stale: HashSet::new(),
            is_changed: false,
            not_understood: BTreeMap::new(),
        }
    }

    pub(super) fn files_to_read(&self) -> u64 {
        self.fresh.len() as u64
    }

    /// A file that is what it was: its rows are as they were.
    fn keep(
        &mut self,
        file: AttachedFile,
        rows: impl Iterator<Item = IndexRow>,
        importer: &mut Importer<'_>,
    ) {
        for row in rows {
            self.authors_of.insert(row.item, row.member);
            self.met.insert(row.item);
        }
        let outcomes = importer.report.table(ITEMS);
        outcomes.read += file.rows;
        outcomes.unchanged += file.attached;
        for (reason, rows) in &file.refused {
            let reason = RefusalReason::ALL.iter().find(|one| one.name() == reason);
            let name = reason.map_or("not read", |reason| reason.name());
            *outcomes.refused.entry(name).or_default() += rows;
        }
        outcomes.sealed += file.sealed.values().sum::<u64>();
        for (category, rows) in &file.sealed {
            if let Ok(category) = category.parse::<Category>() {
                *importer.report.sealed.entry(category.name()).or_default() += rows;
            }
        }
        self.attachment.files.push(file);
    }

    /// Gives numbers to all authors, and notes whose each item is and which events spoke of.
    pub(super) async fn find_authors(
        &mut self,
        importer: &mut Importer<'_>,
    ) -> Result<(), SourcesError> {
        let columns = self.attachment.columns.clone();
        let mut read = BTreeSet::from([columns.author.as_str(), columns.item.as_str()]);
        read.extend(columns.kind.column());
        for file in self.fresh.clone() {
            let mut rows = file.pin.read(&read).await?;
            while let Some(batch) = rows.try_next().await.map_err(unreadable(&file))? {
                let said = OutsideRows::new(&batch, &file.partition);
                let ids = Ids::of(&columns, &said).map_err(wrong)?;
                self.register(&ids, importer).await?;
                let mut things = BTreeMap::new();
                for row in 0..batch.num_rows() {
                    let Ok(Named { author, kind: Filed::Item(kind), external }) = ids.named(row)
                    else {
                        continue;
                    };
                    let Some(member) = self.people.get(author) else { continue };
                    let item = importer.keys.item_id(&self.source, of_item(kind), external);
                    self.authors_of.entry(item).or_insert(*member);
                    let thing = Thing { member: *member, what: of_item(kind).name(), id: external };
                    things.insert(thing.hash(importer.keys), (*member, item));
                }
                let orders =
                    importer.store.newest_orders(&things.keys().copied().collect()).await?;
                self.spoken_of.extend(orders.keys().filter_map(|thing| things.get(thing)));
            }
        }
        Ok(())
    }

    async fn register(
        &mut self,
        ids: &Ids<'_>,
        importer: &mut Importer<'_>,
    ) -> Result<(), SourcesError> {
        let named = (0..ids.author.len()).filter_map(|row| ids.named(row).ok());
        let named = named.filter(|named| matches!(named.kind, Filed::Item(_)));
        let authors: BTreeSet<&str> = named.map(|named| named.author).collect();
        let new: Vec<_> =
            authors.into_iter().filter(|author| !self.people.contains_key(*author)).collect();
        let memberships = importer.register(&new).await?;
        let numbers = memberships.into_iter().map(Membership::number);
        self.people.extend(new.into_iter().map(str::to_owned).zip(numbers));
        Ok(())
    }

    /// Reads the files, and writes their indexes.
    pub(super) async fn read(
        &mut self,
        importer: &mut Importer<'_>,
        writer: &mut Writer,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), SourcesError> {
        let name = self.attachment.name.clone();
        for (place, file) in std::mem::take(&mut self.fresh).into_iter().enumerate() {
            let version = writer.next_version();
            let (bytes, counts) = self.index_file(&file, version, importer, told).await?;
            let (index, index_blake3) = writer.write_index(&name, place, bytes).await?;
            if let Some(what) = file.pin.difference().await? {
                let path = file.pin.path;
                return Err(LakeError::Changed { path, name, what }.into());
            }
            let (OutsideFile { pin, partition }, Counts { rows, attached, refused, sealed }) =
                (file, counts);
            self.attachment.files.push(AttachedFile {
                pin,
                partition,
                rows,
                attached,
                refused,
                sealed,
                index,
                index_blake3,
            });
        }
        self.attachment.files.sort_by(|one, other| one.pin.path.cmp(&other.pin.path));
        Ok(())
    }

    async fn index_file(
        &mut self,
        file: &OutsideFile,
        version: LakeVersion,
        importer: &mut Importer<'_>,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(Vec<u8>, Counts), SourcesError> {
        let columns = self.attachment.columns.clone();
        let read: BTreeSet<_> = columns.read().into_iter().map(|(column, _)| column).collect();
        let mut index = IndexWriter::new().map_err(unreadable(file))?;
        let mut counts = Counts::default();
        let mut rows = file.pin.read(&read).await?;
        while let Some(batch) = rows.try_next().await.map_err(unreadable(file))? {
            let said = OutsideRows::new(&batch, &file.partition);
            let batch = Batch::of(&columns, &said).map_err(wrong)?;
            for (column, rows) in &batch.not_understood {
                *self.not_understood.entry(column).or_default() += rows;
            }
            let rows = 0..batch.ids.author.len();
            let indexed: Vec<_> = rows
                .map(|row| self.index(&batch, row, (file, version), importer, &mut counts))
                .collect();
            index.push(&indexed).map_err(unreadable(file))?;
            told(indexed.len() as u64);
        }
        Ok((index.finish().map_err(unreadable(file))?, counts))
    }

    /// What the index says of one row, which is accounted for.
    fn index(
        &mut self,
        batch: &Batch<'_>,
        row: usize,
        (file, version): (&OutsideFile, LakeVersion),
        importer: &mut Importer<'_>,
        counts: &mut Counts,
    ) -> Option<IndexRow> {
        counts.rows += 1;
        importer.report.table(ITEMS).read += 1;
        match self.place(batch, row, version, importer) {
            Ok(Filed::Item((indexed, outcome))) => {
                counts.attached += 1;
                importer.report.table(ITEMS).count(outcome);
                Some(indexed)
            }
            Ok(Filed::Sealed(category)) => {
                *counts.sealed.entry(category.name().to_owned()).or_default() += 1;
                importer.report.table(ITEMS).sealed += 1;
                *importer.report.sealed.entry(category.name()).or_default() += 1;
                None
            }
            Err(refusal) => {
                *counts.refused.entry(refusal.reason.name().to_owned()).or_default() += 1;
                let path = file.pin.path.as_str().into();
                let position = Position { file: path, line: counts.rows, bytes_read: 0 };
                importer.report.refuse(ITEMS, &position, refusal);
                None
            }
        }
    }

    fn place(
        &mut self,
        batch: &Batch<'_>,
        row: usize,
        version: LakeVersion,
        Importer { keys, options, .. }: &Importer<'_>,
    ) -> Result<Filed<(IndexRow, Outcome)>, Refusal> {
        let Named { author, kind, external } = batch.ids.named(row)?;
        let kind = match kind {
            Filed::Item(kind) => kind,
            Filed::Sealed(category) => return Ok(Filed::Sealed(category)),
        };
        let said = batch.row(row, author, (kind, external))?;
        check_not_later(options.at, said.dates())?;
        let member = self.people.get(author).copied().ok_or(RefusalReason::NoAuthor)?;
        let item = keys.item_id(&self.source, of_item(kind), external);
        if self.elsewhere.contains(&(member, item)) {
            return Err(RefusalReason::AlreadyIn.because("imported, or in another attached table"));
        }
        if self.spoken_of.contains(&(member, item)) {
            return Err(RefusalReason::TakenOver.because("an event deleted it"));
        }
        if !self.met.insert(item) {
            return Err(RefusalReason::DuplicateId.because("an item stands in a table once"));
        }
        let content = keys.content(&said);
        let before = self.old.remove(&(member, item));
        let outcome = self.compare((member, item), before, content);
        let is_same = before.filter(|before| before.content == content);
        let version = is_same.map_or(version, |before| before.version);
        let parent = text(&batch.parent, row).and_then(|parent| self.find(parent, keys));
        Ok(Filed::Item((IndexRow { member, item, content, version, parent }, outcome)))
    }

    fn compare(&mut self, address: Address, before: Option<IndexRow>, content: i64) -> Outcome {
        match before.map(|before| before.content) {
            None => Outcome::Accepted,
            Some(before) if before == content => Outcome::Unchanged,
            Some(before) => {
                let cause = match is_narrowed(before, content) {
                    true => RemovalCause::Visibility,
                    false => RemovalCause::Edit,
                };
                self.withdraw(address, cause);
                Outcome::Replaced
            }
        }
    }

    fn withdraw(&mut self, address: Address, cause: RemovalCause) {
        self.stale.insert(address);
        self.removals.push(NewFact::Withdrawn(Withdrawn::of_row(cause, address)));
    }

    /// What an answer answers: an item of the table, of whichever kind.
    fn find(&self, external: &str, keys: &Keys) -> Option<Address> {
        ItemKind::ALL.iter().find_map(|kind| {
            let item = keys.item_id(&self.source, of_item(*kind), external);
            self.authors_of.get(&item).map(|member| (*member, item))
        })
    }

    /// Starts the removals, and makes the look the newest version of the lake.
    pub(super) async fn finish(
        mut self,
        importer: &mut Importer<'_>,
        writer: &mut Writer,
    ) -> Result<BTreeMap<&'static str, u64>, SourcesError> {
        for address in std::mem::take(&mut self.old).into_keys().collect::<BTreeSet<_>>() {
            self.withdraw(address, RemovalCause::Deletion);
        }
        let is_gone = |fact: &&NewFact| matches!(fact, NewFact::Withdrawn(one) if one.cause == RemovalCause::Deletion);
        let gone = self.removals.iter().filter(is_gone).count() as u64;
        let outcomes = importer.report.table(ITEMS).clone();
        let changes = importer.report.lake.entry(ITEMS).or_default();
        changes.added = outcomes.accepted;
        changes.replaced = outcomes.replaced;
        changes.removed = gone;
        if !self.is_changed {
            return Ok(self.not_understood);
        }
        let removals = self.removals.len() as u64;
        importer.report.removals_started += removals;
        importer.report.facts_recorded += removals;
        let at = importer.options.at;
        // Removals before rows, as in an import.
        if !self.removals.is_empty() {
            importer.store.record(self.removals, at).await?;
        }
        let noted = importer.lake.head().await?.noted_of(&self.stale).await?;
        importer.report.lake_version_after = writer.attach(&self.attachment, noted, at).await?;
        Ok(self.not_understood)
    }
}

/// What became of the rows of one file.
#[derive(Default)]
struct Counts {
    rows: u64,
    attached: u64,
    refused: BTreeMap<String, u64>,
    sealed: BTreeMap<String, u64>,
}

pub(super) fn unreadable(file: &OutsideFile) -> impl Fn(ParquetError) -> SourcesError + use<> {
    let path = file.pin.path.clone();
    move |source| LakeError::OutsideData { path: path.clone(), source }.into()
}

pub(super) fn wrong(source: ArrowError) -> SourcesError {
    SourcesError::Columns { table: ITEMS, source }
}

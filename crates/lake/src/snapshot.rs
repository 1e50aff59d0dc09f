use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use arrow::array::{Array, AsArray, RecordBatch};
use datafusion::{catalog::TableProvider, datasource::MemTable};
use futures::TryStreamExt;
use policy::{ItemId, LakeVersion, MemberNumber};

use crate::{
    Attachment, Lake, LakeError, Result, Table, VersionRecord,
    attached::WithAttached,
    files::DataFile,
    older,
    rows::{longs, texts},
};

/// The columns of a [`ContentKey`].
const KEYS: [&str; 3] = ["member_number", "item", "content"];

/// One version of the lake, all tables of which fit together.
///
/// An erasure that comes later deletes files: a scan that is under way then fails, and a snapshot
/// taken before must be taken anew.
#[derive(Debug, Clone)]
pub struct Snapshot {
    lake: Lake,
    record: VersionRecord,
}

/// What a table takes on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Footprint {
    /// How many rows it has.
    pub rows: u64,
    /// In how many data files they are.
    pub files: u64,
    /// The size of those files, in bytes.
    pub bytes: u64,
    /// How many ranges have rows.
    pub ranges: u64,
    /// The size of the files of the largest range in bytes: what erasing one row rewrites at most.
    pub largest_range_bytes: u64,
}

/// Identifies a row and its content, so that an importer sees what is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentKey {
    /// Whose row.
    pub member: MemberNumber,
    /// Which of that member's rows.
    pub item: ItemId,
    /// The keyed hash of the content, as the importer gave it.
    pub content: i64,
}

impl Snapshot {
    pub(crate) fn new(lake: Lake, record: VersionRecord) -> Self {
        Self { lake, record }
    }

    /// Which version this is.
    pub fn version(&self) -> LakeVersion {
        self.record.version
    }

    /// What the version consists of and what brought it about.
    pub fn record(&self) -> &VersionRecord {
        &self.record
    }

    /// A table for DataFusion, in [`Table::scan_schema`]; files are pruned by `range` alone. Rows
    /// of attached tables are in it, read in place.
    ///
    /// It carries no statistics of values. It applies no choice of anybody: only the gate may use
    /// it for a purpose.
    ///
    /// # Errors
    /// If the table's log cannot be read, or a file of an attached table is not what it was.
    pub async fn table(&self, table: Table) -> Result<Arc<dyn TableProvider>> {
        let own = self.own_table(table).await?;
        if table != Table::Items || self.record.attached.is_empty() {
            return Ok(own);
        }
        let attached = self.unchanged_attachments().await?;
        Ok(Arc::new(WithAttached::new(own, attached, self.lake.clone())))
    }

    /// The attached tables, each of which is still what it was when it was looked at.
    pub(crate) async fn unchanged_attachments(&self) -> Result<Vec<Attachment>> {
        let attached = self.attachments().await?;
        for attachment in &attached {
            attachment.check_unchanged().await?;
        }
        Ok(attached)
    }

    /// The same as [`Self::table`] without the rows of attached tables.
    ///
    /// # Errors
    /// If the table's log cannot be read.
    pub async fn own_table(&self, table: Table) -> Result<Arc<dyn TableProvider>> {
        let Some(version) = self.record.tables.get(&table) else {
            let empty = MemTable::try_new(table.scan_schema(), vec![vec![]]);
            return Ok(Arc::new(empty.map_err(LakeError::data("making up", table))?));
        };
        let log = self.lake.log(table, *version).await?;
        let own = log.delta().table_provider().await;
        let own = own.map_err(LakeError::data("reading", table))?;
        match log.knows_every_column()? {
            true => Ok(own),
            false => older::widened(table, own).map_err(LakeError::data("reading", table)),
        }
    }

    /// What a table takes on disk. Reads the log and the footers of the files, and no row.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn footprint(&self, table: Table) -> Result<Footprint> {
        let mut footprint = Footprint::default();
        let mut ranges = BTreeMap::<i64, u64>::new();
        for file in self.files(table).await? {
            footprint.rows += self.lake.shared.files.count(table, &file).await?;
            footprint.files += 1;
            footprint.bytes += file.bytes;
            *ranges.entry(file.range).or_default() += file.bytes;
        }
        footprint.ranges = ranges.len() as u64;
        footprint.largest_range_bytes = ranges.into_values().max().unwrap_or_default();
        Ok(footprint)
    }

    /// The keys of every row of a table, in no particular order; for tables of which it is known
    /// that they are small.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn content_keys(&self, table: Table) -> Result<Vec<ContentKey>> {
        let mut keys = Vec::new();
        for file in self.files(table).await? {
            let mut batches = self.lake.shared.files.batches(table, &file, &KEYS).await?;
            while let Some(batch) = batches.try_next().await? {
                keys.extend(keys_in(table, &batch)?);
            }
        }
        Ok(keys)
    }

    /// The keys of those of the asked rows that a table has, in no particular order. Reads the
    /// keys of every file in whose range one is; little of them is in memory.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn find(
        &self,
        table: Table,
        asked: &BTreeSet<(MemberNumber, ItemId)>,
    ) -> Result<Vec<ContentKey>> {
        let members: BTreeSet<_> = asked.iter().map(|(member, _)| *member).collect();
        let mut found = Vec::new();
        for file in self.files_of(table, &members).await? {
            let mut batches = self.lake.shared.files.batches(table, &file, &KEYS).await?;
            // a file is sorted as what is asked for is, so both are gone through once, from the
            // first member of its range on
            let first = file.range.saturating_mul(self.lake.members_per_range());
            let first = (MemberNumber::from_i64(first), ItemId::from_i64(i64::MIN));
            let mut asked = asked.range(first..).peekable();
            while let Some(batch) = batches.try_next().await? {
                for key in keys_in(table, &batch)? {
                    let row = (key.member, key.item);
                    while asked.next_if(|one| **one < row).is_some() {}
                    found.extend(asked.peek().is_some_and(|one| **one == row).then_some(key));
                }
            }
        }
        Ok(found)
    }

    /// Visits the keys of the rows of one member with their `kind`, in tables that have such a
    /// column, so that an importer sees what is there no more.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn for_each_kind(
        &self,
        table: Table,
        member: MemberNumber,
        visit: &mut (dyn FnMut(ContentKey, Option<&str>) + Send),
    ) -> Result<()> {
        let has_kind = table.own_columns().iter().any(|column| column.name == "kind");
        let mut columns = KEYS.to_vec();
        columns.extend(has_kind.then_some("kind"));
        for file in self.files_of(table, &BTreeSet::from([member])).await? {
            let mut batches = self.lake.shared.files.batches(table, &file, &columns).await?;
            while let Some(batch) = batches.try_next().await? {
                let words = batch.column_by_name("kind").and_then(|kind| kind.as_string_view_opt());
                let of_row = |row| words.filter(|words| words.is_valid(row));
                for (row, key) in keys_in(table, &batch)?.enumerate() {
                    if key.member == member {
                        visit(key, of_row(row).map(|words| words.value(row)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Where the mentions that stand in the given rows are kept, to replace them with the rows.
    ///
    /// `texts` are (author, item). The mentions are sorted by who is named, so all are looked
    /// through.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn mentions_in(
        &self,
        texts: &HashSet<(MemberNumber, ItemId)>,
    ) -> Result<BTreeSet<(MemberNumber, ItemId)>> {
        let columns = ["member_number", "item", "author_member", "author_item"];
        let table = Table::Mentions;
        let mut found = BTreeSet::new();
        for file in self.files(table).await? {
            let mut batches = self.lake.shared.files.batches(table, &file, &columns).await?;
            while let Some(batch) = batches.try_next().await? {
                let [member, item, author, text] = columns.map(|name| longs(table, &batch, name));
                let authors = author?.values().iter().zip(text?.values());
                let named = member?.values().iter().zip(item?.values());
                for ((author, text), (member, item)) in authors.zip(named) {
                    if texts.contains(&(MemberNumber::from_i64(*author), ItemId::from_i64(*text))) {
                        found.insert((MemberNumber::from_i64(*member), ItemId::from_i64(*item)));
                    }
                }
            }
        }
        Ok(found)
    }

    /// What is noted of the given rows in other tables, to go with them.
    ///
    /// # Errors
    /// As [`Self::mentions_in`].
    pub async fn noted_of(
        &self,
        rows: &HashSet<(MemberNumber, ItemId)>,
    ) -> Result<Vec<(Table, MemberNumber, ItemId)>> {
        let mentions = self.mentions_in(rows).await?.into_iter();
        let mentions = mentions.map(|(member, item)| (Table::Mentions, member, item));
        let found = rows.iter().map(|(member, item)| (Table::Sensitive, *member, *item));
        Ok(mentions.chain(found).collect())
    }

    /// What one text column says in the rows of one source, with whose row it is; rows that say
    /// nothing are left out.
    ///
    /// It is for an importer that has to know whom names mean, and serves no purpose of a policy.
    ///
    /// # Errors
    /// If the lake cannot be read, or the table has no such column.
    pub async fn texts(
        &self,
        table: Table,
        source: &str,
        column: &'static str,
    ) -> Result<Vec<(MemberNumber, String)>> {
        let mut found = Vec::new();
        for file in self.files(table).await? {
            let columns = ["member_number", "source", column];
            let mut batches = self.lake.shared.files.batches(table, &file, &columns).await?;
            while let Some(batch) = batches.try_next().await? {
                let members = longs(table, &batch, "member_number")?;
                let sources = texts(table, &batch, "source")?;
                let said = texts(table, &batch, column)?;
                for ((member, of), said) in members.values().iter().zip(sources).zip(said) {
                    if let Some(said) = said.filter(|_| of == Some(source)) {
                        found.push((MemberNumber::from_i64(*member), said.to_owned()));
                    }
                }
            }
        }
        Ok(found)
    }

    pub(crate) fn lake(&self) -> &Lake {
        &self.lake
    }

    pub(crate) async fn files(&self, table: Table) -> Result<Vec<DataFile>> {
        match self.record.tables.get(&table) {
            Some(version) => self.lake.log(table, *version).await?.files(),
            None => Ok(Vec::new()),
        }
    }

    /// The files of a table in whose ranges the members are.
    async fn files_of(
        &self,
        table: Table,
        members: &BTreeSet<MemberNumber>,
    ) -> Result<Vec<DataFile>> {
        let mut files = self.files(table).await?;
        let ranges: BTreeSet<_> = members.iter().map(|one| self.lake.range_of(*one)).collect();
        files.retain(|file| ranges.contains(&file.range));
        Ok(files)
    }
}

/// The keys of a batch, row by row.
fn keys_in(table: Table, batch: &RecordBatch) -> Result<impl Iterator<Item = ContentKey>> {
    let [member, item, content] = KEYS.map(|name| longs(table, batch, name));
    let rows = member?.values().iter().zip(item?.values()).zip(content?.values());
    Ok(rows.map(|((member, item), content)| ContentKey {
        member: MemberNumber::from_i64(*member),
        item: ItemId::from_i64(*item),
        content: *content,
    }))
}

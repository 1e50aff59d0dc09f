//! Finding out what is gone, from a source that hands over all that a member has.

use std::collections::{BTreeMap, BTreeSet};

use lake::{ContentKey, Lake, Table};
use policy::{Day, Instant, MemberNumber};
use spill::{Sorted, Sorter, SpillError};
use store::{Identity, Store};

use crate::{
    Part, SourcesError, Whole,
    importer::Importer,
    plan::{Address, Plan},
    refusal::shown_name,
    report::ArchiveReport,
};

/// How many rows are remembered in memory; the others lie on disk.
const ROWS_IN_MEMORY: usize = 200_000;

/// The rows of one member that came in, to find those that did not.
pub(crate) struct Comparison {
    made: Day,
    /// Table and item id of each row.
    came_in: Sorter<2>,
    is_recorded: bool,
}

impl Comparison {
    /// Refuses what is older than what came in before: it would bring back what is gone. Refuses
    /// what is of the future, too, to which everything after would be older; a day is left for
    /// zones. Refuses who is a member under another name, as what they chose stands under that one.
    pub(crate) async fn start(
        whole: &Whole,
        importer: &Importer<'_>,
    ) -> Result<Self, SourcesError> {
        let (made, today) = (whole.made, importer.options.at.day());
        if made > today.plus_days(1) {
            return Err(SourcesError::FutureArchive { made, today });
        }
        if let Some((source, member)) = &whole.elsewhere {
            let external_hash = importer.keys.identity_hash(source, member);
            let identity = Identity { source: source.clone(), external_hash };
            if importer.store.lookup(&identity).await?.is_some() {
                let known = shown_name(&format!("{source}:{member}"));
                let named = format!("{}:{}", importer.name, whole.member);
                return Err(SourcesError::KnownElsewhere { known, named });
            }
        }
        if let Some(member) = importer.member_of(whole).await?
            && let Some(newest) = importer.store.newest_archive(member).await?
            && made < newest
        {
            return Err(SourcesError::OlderArchive { made, newest });
        }
        Ok(Self { made, came_in: Sorter::new(ROWS_IN_MEMORY), is_recorded: false })
    }

    /// Remembers rows that are about to come in; with the first of them the archive counts as the
    /// newest of its member.
    pub(crate) async fn note(
        &mut self,
        addresses: impl Iterator<Item = &Address>,
        store: &Store,
        at: Instant,
    ) -> Result<(), SourcesError> {
        for (table, member, item) in addresses {
            if !self.is_recorded {
                store.record_archive(*member, self.made, at).await?;
                self.is_recorded = true;
            }
            self.came_in.push([place(*table), item.as_i64()])?;
        }
        Ok(())
    }
}

/// A number for each table.
const fn place(table: Table) -> i64 {
    table as i64
}

impl Importer<'_> {
    /// Removes what the lake holds of the member in the parts that came in completely, and did
    /// not come in.
    pub(crate) async fn remove_missing(&mut self, whole: &Whole) -> Result<(), SourcesError> {
        let comparison = self.comparison.take();
        let mut gone = BTreeMap::new();
        if let Some(comparison) = comparison
            && let Some(member) = self.member_of(whole).await?
        {
            gone = self.remove_from(whole, member, comparison.came_in.finish()?).await?;
        }
        let names = |parts: &[crate::Part]| parts.iter().map(|part| part.name()).collect();
        self.report.archive = Some(ArchiveReport {
            made: whole.made,
            compared: names(&whole.parts),
            not_compared: names(&whole.unsure),
            gone,
        });
        Ok(())
    }

    async fn remove_from(
        &mut self,
        whole: &Whole,
        member: MemberNumber,
        came_in: Sorted<2>,
    ) -> Result<BTreeMap<String, u64>, SourcesError> {
        let mut writer = self.writer().await?;
        let room = self.options.batch_rows.max(1);
        let mut missing = Missing { whole, came_in, room, found: Vec::new(), failed: None };
        let tables: BTreeSet<Table> = whole.parts.iter().map(|part| part.table).collect();
        let mut gone = BTreeMap::new();
        for table in tables {
            loop {
                let rows = missing.find(self.lake, table, member).await?;
                let mut plan = Plan::default();
                for (part, key) in &rows {
                    plan.delete((table, member, key.item), Some(key.content));
                    *gone.entry(part.name()).or_default() += 1;
                }
                self.record_facts(&BTreeMap::new(), &plan).await?;
                self.append(&mut writer, &plan).await?;
                if rows.len() < room {
                    break;
                }
            }
        }
        Ok(gone)
    }

    /// The number of the member of an archive; `None` before anything came in, and after an
    /// erasure.
    async fn member_of(&self, whole: &Whole) -> Result<Option<MemberNumber>, SourcesError> {
        let membership = self.store.lookup(&self.identity(&whole.member)).await?;
        Ok(membership.and_then(store::Membership::admitted))
    }
}

/// Looks for the rows of the lake that did not come in.
struct Missing<'a> {
    whole: &'a Whole,
    came_in: Sorted<2>,
    /// How many are found at once.
    room: usize,
    found: Vec<(Part, ContentKey)>,
    failed: Option<SpillError>,
}

impl Missing<'_> {
    /// The first that are missing, as many as there is room for.
    async fn find(
        &mut self,
        lake: &Lake,
        table: Table,
        member: MemberNumber,
    ) -> Result<Vec<(Part, ContentKey)>, SourcesError> {
        let head = lake.head().await?;
        let mut visit = |key, kind: Option<&str>| self.look(table, key, kind);
        head.for_each_kind(table, member, &mut visit).await?;
        match self.failed.take() {
            Some(failed) => Err(failed.into()),
            None => Ok(std::mem::take(&mut self.found)),
        }
    }

    fn look(&mut self, table: Table, key: ContentKey, kind: Option<&str>) {
        if self.found.len() >= self.room {
            return;
        }
        let mut of_table = self.whole.parts.iter().filter(|part| part.table == table);
        let Some(part) = of_table.find(|part| part.contains(kind)) else { return };
        match self.came_in.find(&[place(table), key.item.as_i64()]) {
            Ok(Some(_)) => {}
            Ok(None) => self.found.push((*part, key)),
            Err(error) => self.failed = Some(error),
        }
    }
}

//! Finding out what is gone, from a source that hands over all that a member has.

use std::collections::{BTreeMap, BTreeSet};

use lake::Table;
use policy::{Day, Instant, MemberNumber};
use store::Store;

use crate::{
    SourcesError, Whole,
    importer::Importer,
    plan::{Address, Plan},
    report::ArchiveReport,
};

/// The rows of one member that came in, to find those that did not.
pub(crate) struct Comparison {
    made: Day,
    /// The item ids of each table.
    came_in: BTreeMap<Table, Vec<i64>>,
    is_recorded: bool,
}

impl Comparison {
    /// Refuses what is older than what came in before: it would bring back what is gone. Refuses
    /// what is of the future, too, to which everything after would be older; a day is left for
    /// zones.
    pub(crate) async fn start(
        whole: &Whole,
        importer: &Importer<'_>,
    ) -> Result<Self, SourcesError> {
        let (made, today) = (whole.made, importer.options.at.day());
        if made > today.plus_days(1) {
            return Err(SourcesError::FutureArchive { made, today });
        }
        if let Some(member) = importer.member_of(whole).await?
            && let Some(newest) = importer.store.newest_archive(member).await?
            && made < newest
        {
            return Err(SourcesError::OlderArchive { made, newest });
        }
        Ok(Self { made, came_in: BTreeMap::new(), is_recorded: false })
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
            self.came_in.entry(*table).or_default().push(item.as_i64());
        }
        Ok(())
    }

    fn sort(&mut self) {
        self.came_in.values_mut().for_each(|items| items.sort_unstable());
    }

    fn has(&self, table: Table, item: i64) -> bool {
        self.came_in.get(&table).is_some_and(|items| items.binary_search(&item).is_ok())
    }
}

impl Importer<'_> {
    /// Removes what the lake holds of the member in the parts that came in completely, and did
    /// not come in.
    pub(crate) async fn remove_missing(&mut self, whole: &Whole) -> Result<(), SourcesError> {
        let mut comparison = self.comparison.take();
        let mut gone = BTreeMap::new();
        if let Some(comparison) = &mut comparison
            && let Some(member) = self.member_of(whole).await?
        {
            comparison.sort();
            gone = self.remove_from(whole, member, comparison).await?;
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
        comparison: &Comparison,
    ) -> Result<BTreeMap<String, u64>, SourcesError> {
        let mut writer = self.writer().await?;
        let head = self.lake.head().await?;
        let mut plan = Plan::default();
        let mut gone = BTreeMap::new();
        let tables: BTreeSet<Table> = whole.parts.iter().map(|part| part.table).collect();
        for table in tables {
            for (key, kind) in head.kinds_of(table, member).await? {
                let of_table = || whole.parts.iter().filter(|part| part.table == table);
                let part = of_table().find(|part| part.contains(kind.as_deref()));
                if let Some(part) = part.filter(|_| !comparison.has(table, key.item.as_i64())) {
                    plan.delete((table, member, key.item), Some(key.content));
                    *gone.entry(part.name()).or_default() += 1;
                }
            }
        }
        self.record_facts(&BTreeMap::new(), &plan).await?;
        self.append(&mut writer, &plan).await?;
        Ok(gone)
    }

    /// The number of the member of an archive; `None` before anything came in, and after an
    /// erasure.
    async fn member_of(&self, whole: &Whole) -> Result<Option<MemberNumber>, SourcesError> {
        let membership = self.store.lookup(&self.identity(&whole.member)).await?;
        Ok(membership.and_then(store::Membership::admitted))
    }
}

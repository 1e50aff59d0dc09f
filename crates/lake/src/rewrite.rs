//! Taking rows out: only the files that hold them are written anew.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use arrow::{
    array::{BooleanArray, RecordBatch},
    compute,
};
use futures::TryStreamExt;
use policy::{Instant, ItemId, MemberNumber};

use crate::{
    LakeError, Result, RewrittenFile, Table, Writer,
    files::{DataFile, Encoder},
    reading::rows_of,
    rows::longs,
};

/// The rows of one table that are to go.
#[derive(Debug, Default)]
pub(crate) struct Doomed {
    /// Every row of these members.
    pub(crate) members: HashSet<i64>,
    /// These rows, by member and item.
    pub(crate) rows: HashSet<(i64, i64)>,
    /// Mentions only: every row that points into a text of these members.
    pub(crate) authors: HashSet<i64>,
    /// Mentions only: every row that points into one of these texts, by author and item.
    pub(crate) texts: HashSet<(i64, i64)>,
}

/// What became of the files of one table.
#[derive(Debug, Default)]
pub(crate) struct Rewrite {
    pub(crate) added: Vec<DataFile>,
    pub(crate) removed: Vec<DataFile>,
    pub(crate) files: Vec<RewrittenFile>,
}

impl Doomed {
    /// The given rows, by table, and what was found in them.
    pub(crate) fn of_rows(rows: &[(Table, MemberNumber, ItemId)]) -> BTreeMap<Table, Self> {
        let mut doomed = BTreeMap::<Table, Self>::new();
        for (table, member, item) in rows {
            let findings = (*table != Table::Mentions).then_some(Table::Sensitive);
            for table in [*table].into_iter().chain(findings) {
                doomed.entry(table).or_default().rows.insert((member.as_i64(), item.as_i64()));
            }
        }
        doomed
    }

    /// The ranges that can hold a doomed row; `None` if any can.
    fn ranges(&self, members_per_range: i64) -> Option<BTreeSet<i64>> {
        if !self.authors.is_empty() || !self.texts.is_empty() {
            return None;
        }
        let members = self.members.iter().copied();
        let members = members.chain(self.rows.iter().map(|(member, _)| *member));
        Some(members.map(|member| member.div_euclid(members_per_range)).collect())
    }

    /// For each row whether it stays; it needs the columns of [`Self::columns`] alone.
    fn keep(&self, table: Table, batch: &RecordBatch) -> Result<BooleanArray> {
        let members = longs(table, batch, "member_number")?.values();
        let items = longs(table, batch, "item")?.values();
        let addressed = members.iter().zip(items);
        let mut keep: Vec<bool> = addressed
            .map(|(member, item)| {
                !self.members.contains(member) && !self.rows.contains(&(*member, *item))
            })
            .collect();
        if table == Table::Mentions {
            let authors = longs(table, batch, "author_member")?.values();
            let texts = longs(table, batch, "author_item")?.values();
            for (keep, (author, text)) in keep.iter_mut().zip(authors.iter().zip(texts)) {
                *keep &= !self.authors.contains(author) && !self.texts.contains(&(*author, *text));
            }
        }
        Ok(BooleanArray::from(keep))
    }

    fn columns(table: Table) -> &'static [&'static str] {
        match table {
            Table::Mentions => &["member_number", "item", "author_member", "author_item"],
            _ => &["member_number", "item"],
        }
    }
}

impl Writer {
    /// Writes the files of a table that hold doomed rows anew without them, and commits nothing.
    pub(crate) async fn rewrite(
        &mut self,
        table: Table,
        doomed: &Doomed,
        at: Instant,
    ) -> Result<Rewrite> {
        let mut rewrite = Rewrite::default();
        let Some(log) = self.logs.get(&table) else {
            return Ok(rewrite);
        };
        let candidates = match doomed.ranges(self.lake.members_per_range()) {
            Some(ranges) => log.files_in(&ranges)?,
            None => log.files()?,
        };
        for file in candidates {
            self.rewrite_file(table, doomed, file, at, &mut rewrite).await?;
        }
        Ok(rewrite)
    }

    async fn rewrite_file(
        &mut self,
        table: Table,
        doomed: &Doomed,
        file: DataFile,
        at: Instant,
        rewrite: &mut Rewrite,
    ) -> Result<()> {
        let rows_removed = self.count_doomed(table, doomed, &file).await?;
        if rows_removed == 0 {
            return Ok(());
        }
        let bytes = self.lake.shared.files.fetch(table, &file).await?;
        rewrite.files.push(RewrittenFile {
            table,
            path: file.path.clone(),
            bytes: file.bytes,
            blake3: blake3::hash(&bytes).to_hex().to_string(),
            rows_removed,
        });
        let mut encoder = None;
        for rows in rows_of(table, bytes)? {
            let rows = rows?;
            let kept = compute::filter_record_batch(&rows, &doomed.keep(table, &rows)?)
                .map_err(LakeError::data("filtering", table))?;
            if kept.num_rows() > 0 {
                let encoder = match &mut encoder {
                    Some(encoder) => encoder,
                    none => none.insert(Encoder::new(table)?),
                };
                encoder.write(&kept)?;
            }
        }
        if let Some(encoder) = encoder {
            rewrite.added.push(self.put_rows(table, file.range, encoder, at).await?);
        }
        rewrite.removed.push(file);
        Ok(())
    }

    /// How many rows of a file are to go, by its keys alone.
    async fn count_doomed(&self, table: Table, doomed: &Doomed, file: &DataFile) -> Result<u64> {
        let files = &self.lake.shared.files;
        let mut batches = files.batches(table, file, Doomed::columns(table)).await?;
        let mut count = 0;
        while let Some(keys) = batches.try_next().await? {
            count += doomed.keep(table, &keys)?.false_count() as u64;
        }
        Ok(count)
    }
}

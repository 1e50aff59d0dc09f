//! What an import takes over: a row that it brings or deletes is read from no attached table.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use policy::{ItemId, LakeVersion, MemberNumber};

use super::{Attachment, IndexRow, IndexWriter};
use crate::{ContentKey, LakeError, Result, Snapshot, Table, Writer};

/// Rows that an import took over are accounted for under this word.
pub const TAKEN_OVER: &str = "taken over by an import";

type Address = (MemberNumber, ItemId);

impl Snapshot {
    /// The keys of those of the asked items that are read from attached tables. Reads every index.
    ///
    /// # Errors
    /// If an index cannot be read.
    pub async fn find_attached(&self, asked: &BTreeSet<Address>) -> Result<Vec<ContentKey>> {
        let mut found = Vec::new();
        if asked.is_empty() {
            return Ok(found);
        }
        for attachment in self.attachments().await? {
            for file in &attachment.files {
                let rows = self.index(&attachment.name, file).await?.into_iter().flatten();
                let rows = rows.filter(|row| asked.contains(&(row.member, row.item)));
                found.extend(rows.map(|IndexRow { member, item, content, .. }| ContentKey {
                    member,
                    item,
                    content,
                }));
            }
        }
        Ok(found)
    }
}

impl Writer {
    /// Writes the indexes anew that have a replaced item, without it; which tables are attached
    /// from then on, if that changes anything.
    pub(crate) async fn take_over(
        &mut self,
        replaced: &[(Table, MemberNumber, ItemId)],
    ) -> Result<Option<BTreeMap<String, LakeVersion>>> {
        let items = replaced.iter().filter(|(table, ..)| *table == Table::Items);
        let items: HashSet<_> = items.map(|(_, member, item)| (*member, *item)).collect();
        let mut attached = self.head.attached.clone();
        if items.is_empty() || attached.is_empty() {
            return Ok(None);
        }
        let head = Snapshot::new(self.lake.clone(), self.head.clone());
        for mut attachment in head.attachments().await? {
            if self.take_over_from(&mut attachment, &items, &head).await? {
                let version = self.put_attachment(&attachment).await?;
                attached.insert(attachment.name, version);
            }
        }
        Ok((attached != self.head.attached).then_some(attached))
    }

    async fn take_over_from(
        &mut self,
        attachment: &mut Attachment,
        items: &HashSet<Address>,
        head: &Snapshot,
    ) -> Result<bool> {
        let name = attachment.name.as_str();
        let mut is_changed = false;
        for (place, file) in attachment.files.iter_mut().enumerate() {
            let mut index = head.index(name, file).await?;
            let mut taken = 0;
            for row in &mut index {
                taken +=
                    u64::from(row.take_if(|row| items.contains(&(row.member, row.item))).is_some());
            }
            if taken > 0 {
                let bytes = encode(&index)
                    .map_err(LakeError::data("writing the index of", Table::Items))?;
                (file.index, file.index_blake3) = self.write_index(name, place, bytes).await?;
                file.attached = file.attached.saturating_sub(taken);
                *file.refused.entry(TAKEN_OVER.to_owned()).or_default() += taken;
                is_changed = true;
            }
        }
        Ok(is_changed)
    }
}

fn encode(index: &[Option<IndexRow>]) -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let mut writer = IndexWriter::new()?;
    writer.push(index)?;
    writer.finish()
}

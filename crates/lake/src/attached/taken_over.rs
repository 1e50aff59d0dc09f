//! What an import takes over: a row that it brings or deletes is read from no attached table.

use std::collections::{BTreeMap, BTreeSet};

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
        let members = asked.iter().map(|(member, _)| *member).collect();
        for attachment in self.attachments().await? {
            for file in &attachment.files {
                let keys = self.attached_keys(&attachment.name, file, &members).await?;
                found
                    .extend(keys.into_iter().filter(|key| asked.contains(&(key.member, key.item))));
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
        let items: BTreeSet<_> = items.map(|(_, member, item)| (*member, *item)).collect();
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
        items: &BTreeSet<Address>,
        head: &Snapshot,
    ) -> Result<bool> {
        let name = attachment.name.as_str();
        let members = items.iter().map(|(member, _)| *member).collect();
        let mut is_changed = false;
        for (place, file) in attachment.files.iter_mut().enumerate() {
            let keys = head.attached_keys(name, file, &members).await?;
            if !keys.iter().any(|key| items.contains(&(key.member, key.item))) {
                continue;
            }
            let mut index = head.index(name, file).await?;
            let is_taken = |row: &mut IndexRow| items.contains(&(row.member, row.item));
            let taken = index.iter_mut().filter_map(|row| row.take_if(is_taken)).count() as u64;
            let bytes =
                encode(&index).map_err(LakeError::data("writing the index of", Table::Items))?;
            (file.index, file.index_blake3) = self.write_index(name, place, bytes).await?;
            file.attached = file.attached.saturating_sub(taken);
            *file.refused.entry(TAKEN_OVER.to_owned()).or_default() += taken;
            is_changed = true;
        }
        Ok(is_changed)
    }
}

fn encode(index: &[Option<IndexRow>]) -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let mut writer = IndexWriter::new()?;
    writer.push(index)?;
    writer.finish()
}

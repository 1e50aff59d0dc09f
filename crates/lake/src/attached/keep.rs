//! How attachments are kept: one file for each look at a table, named by the lake version that it
//! came with, and the indexes that it names.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, path::Path};
use policy::{Instant, ItemId, LakeVersion, MemberNumber, MemberSet};

use super::{AttachedFile, Attachment, IndexRow, PinnedTable, index::IndexReader};
use crate::{
    Append, ContentKey, Lake, LakeError, Operation, Result, Snapshot, Table, Writer, writer::Plan,
};

/// The folder of everything about attached tables, below the lake.
const FOLDER: &str = "_attached";

impl Snapshot {
    /// The tables that are attached, by name.
    ///
    /// # Errors
    /// If one cannot be read.
    pub async fn attachments(&self) -> Result<Vec<Attachment>> {
        let mut attachments = Vec::new();
        for (name, version) in &self.record().attached {
            attachments.push(read(self.lake(), name, *version).await?);
        }
        Ok(attachments)
    }

    /// Which files of attached tables a scan reads.
    ///
    /// # Errors
    /// If an attachment cannot be read.
    pub async fn pinned(&self) -> Result<Vec<PinnedTable>> {
        Ok(self.attachments().await?.iter().map(Attachment::pinned).collect())
    }

    /// What the index of one file of an attachment says, row by row.
    ///
    /// # Errors
    /// If it cannot be read, or is not what it was.
    pub async fn index(
        &self,
        attachment: &str,
        file: &AttachedFile,
    ) -> Result<Vec<Option<IndexRow>>> {
        let bytes = fetch(self.lake(), attachment, file).await?;
        let rows = IndexReader::new(bytes).and_then(IndexReader::rows);
        rows.map_err(LakeError::data("reading the index of", Table::Items))
    }

    /// The keys of some members' rows in one file of an attachment. All of the index is read.
    pub(super) async fn attached_keys(
        &self,
        attachment: &str,
        file: &AttachedFile,
        members: &MemberSet,
    ) -> Result<Vec<ContentKey>> {
        let bytes = fetch(self.lake(), attachment, file).await?;
        let keys = IndexReader::keys(bytes, members);
        keys.map_err(LakeError::data("reading the index of", Table::Items))
    }

    /// How many rows of some members are in attached tables, by member and attachment; their files
    /// are what they were when this was counted.
    ///
    /// # Errors
    /// If an index cannot be read, or a file has changed.
    pub async fn attached_rows_of(
        &self,
        members: &BTreeSet<MemberNumber>,
    ) -> Result<BTreeMap<MemberNumber, BTreeMap<String, u64>>> {
        let mut found: BTreeMap<MemberNumber, BTreeMap<String, u64>> = BTreeMap::new();
        let members: MemberSet = members.iter().copied().collect();
        for attachment in self.attachments().await? {
            attachment.check_unchanged().await?;
            for file in &attachment.files {
                for key in self.attached_keys(&attachment.name, file, &members).await? {
                    let of_member = found.entry(key.member).or_default();
                    *of_member.entry(attachment.name.clone()).or_default() += 1;
                }
            }
        }
        Ok(found)
    }
}

impl Attachment {
    /// Checks that every file is what it was when it was looked at.
    ///
    /// # Errors
    /// [`LakeError::Changed`] for the first that is not.
    pub async fn check_unchanged(&self) -> Result<()> {
        for file in &self.files {
            self.check_file(file).await?;
        }
        Ok(())
    }

    pub(crate) async fn check_file(&self, file: &AttachedFile) -> Result<()> {
        match file.pin.difference().await? {
            Some(what) => {
                let (path, name) = (file.pin.path.clone(), self.name.clone());
                Err(LakeError::Changed { path, name, what })
            }
            None => Ok(()),
        }
    }
}

impl Writer {
    /// Keeps the index of a file for an attachment that is to come, and returns its name and hash.
    /// `place` tells the files of one attachment apart.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn write_index(
        &mut self,
        attachment: &str,
        place: usize,
        bytes: Vec<u8>,
    ) -> Result<(String, String)> {
        let hash = blake3::hash(&bytes).to_hex().to_string();
        let version = self.next_version();
        let short = hash.get(..16).unwrap_or(&hash);
        let name = format!("{:020}-{place:06}-{short}.parquet", version.as_i64());
        self.put(&path_of(attachment, &name), bytes.into()).await?;
        Ok((name, hash))
    }

    /// Attaches a table, or takes the place of an earlier look at it, in one new version; `noted`
    /// is what was noted of rows that are gone or have changed, which goes with them.
    ///
    /// # Errors
    /// If writing fails, or another writer came first.
    pub async fn attach(
        &mut self,
        attachment: &Attachment,
        noted: Vec<(Table, MemberNumber, ItemId)>,
        at: Instant,
    ) -> Result<LakeVersion> {
        let version = self.put_attachment(attachment).await?;
        let mut attached = self.head.attached.clone();
        attached.insert(attachment.name.clone(), version);
        self.publish_attached(attached, noted, at).await
    }

    /// Attaches a table no longer; what was noted of its rows goes with it.
    ///
    /// # Errors
    /// As [`Self::attach`].
    pub async fn detach(
        &mut self,
        name: &str,
        noted: Vec<(Table, MemberNumber, ItemId)>,
        at: Instant,
    ) -> Result<LakeVersion> {
        let mut attached = self.head.attached.clone();
        attached.remove(name);
        self.publish_attached(attached, noted, at).await
    }

    /// Keeps an attachment for the version that comes next, which is returned.
    pub(super) async fn put_attachment(&mut self, attachment: &Attachment) -> Result<LakeVersion> {
        let version = self.next_version();
        let bytes = serde_json::to_vec_pretty(attachment)
            .map_err(|source| LakeError::Damaged { path: attachment.name.clone(), source })?;
        self.put(&record_path(&attachment.name, version), bytes.into()).await?;
        Ok(version)
    }

    async fn publish_attached(
        &mut self,
        attached: BTreeMap<String, LakeVersion>,
        noted: Vec<(Table, MemberNumber, ItemId)>,
        at: Instant,
    ) -> Result<LakeVersion> {
        let append = Append { rows: BTreeMap::new(), replaced: noted };
        let plan = self.plan(append, at).await?;
        let (operation, attached) = (Operation::Attach, Some(attached));
        self.publish(Plan { operation, attached, ..plan }, at).await
    }

    async fn put(&mut self, path: &Path, bytes: Bytes) -> Result<()> {
        let put = self.lake.shared.home.store.put(path, bytes.into()).await;
        put.map_err(LakeError::object("writing", path))?;
        self.unflushed.push(path.to_string());
        Ok(())
    }
}

/// Deletes the files about attached tables that the newest version does not need.
pub(crate) async fn delete_unneeded(writer: &Writer) -> Result<()> {
    let (store, folder) = (&writer.lake.shared.home.store, Path::from(FOLDER));
    let found: Vec<ObjectMeta> = store
        .list(Some(&folder))
        .try_collect()
        .await
        .map_err(LakeError::object("listing", &folder))?;
    if found.is_empty() {
        return Ok(());
    }
    let head = Snapshot::new(writer.lake.clone(), writer.head.clone());
    let needed: BTreeSet<_> = needed(&head).await?.into_iter().collect();
    for file in found.iter().filter(|file| !needed.contains(&file.location)) {
        let deleted = store.delete(&file.location).await;
        deleted.map_err(LakeError::object("deleting", &file.location))?;
    }
    Ok(())
}

/// The files that a version needs of attached tables, which themselves lie elsewhere.
pub(crate) async fn needed(snapshot: &Snapshot) -> Result<Vec<Path>> {
    let mut needed = Vec::new();
    for (name, version) in &snapshot.record().attached {
        needed.push(record_path(name, *version));
        let attachment = read(snapshot.lake(), name, *version).await?;
        needed.extend(attachment.files.iter().map(|file| path_of(name, &file.index)));
    }
    Ok(needed)
}

/// The bytes of an index, if they are what they were.
pub(crate) async fn fetch(lake: &Lake, attachment: &str, file: &AttachedFile) -> Result<Bytes> {
    let path = path_of(attachment, &file.index);
    let object = lake.shared.home.store.get(&path).await;
    let object = object.map_err(LakeError::object("reading", &path))?;
    let bytes = object.bytes().await.map_err(LakeError::object("reading", &path))?;
    match blake3::hash(&bytes).to_hex().as_str() == file.index_blake3 {
        true => Ok(bytes),
        false => {
            let what = "is not the index that was written".to_owned();
            Err(LakeError::Outside { path: path.to_string(), what })
        }
    }
}

async fn read(lake: &Lake, name: &str, version: LakeVersion) -> Result<Attachment> {
    let path = record_path(name, version);
    let object = lake.shared.home.store.get(&path).await;
    let object = object.map_err(LakeError::object("reading", &path))?;
    let bytes = object.bytes().await.map_err(LakeError::object("reading", &path))?;
    serde_json::from_slice(&bytes)
        .map_err(|source| LakeError::Damaged { path: path.to_string(), source })
}

fn record_path(attachment: &str, version: LakeVersion) -> Path {
    path_of(attachment, &format!("{:020}.json", version.as_i64()))
}

fn path_of(attachment: &str, file: &str) -> Path {
    Path::from(FOLDER).join(attachment).join(file)
}

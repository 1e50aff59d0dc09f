//! What a new writer does first: undo what its predecessor did not finish.

use futures::TryStreamExt;
use object_store::{ObjectStoreExt, path::Path};

use crate::{
    LakeError, Result, Table, Writer, attached,
    files::DataFile,
    log::{Change, ChangeKind, TableLog},
};

/// Brings every table back to what the newest lake version names, and finishes its deletions.
///
/// The files of the version that was not finished stay until the next sweep: nobody deletes a file
/// before the version that another writer could have needed it for is taken.
pub(crate) async fn recover(writer: &mut Writer) -> Result<()> {
    for table in Table::ALL.iter().copied() {
        if writer.lake.shared.home.can_have_torn_files() {
            delete_torn_commits(writer, table).await?;
        }
        recover_table(writer, table).await?;
    }
    attached::delete_unneeded(writer).await?;
    writer.flush().await?;
    if !writer.lake.shared.versions.is_swept(writer.head.oldest_readable).await? {
        writer.delete_unreadable().await?;
    }
    Ok(())
}

async fn recover_table(writer: &mut Writer, table: Table) -> Result<()> {
    let named = writer.head.tables.get(&table).copied();
    let Some(log) = TableLog::open(&writer.lake.shared.home, table, None).await? else {
        let reason = "its log is gone";
        return named.map_or(Ok(()), |_| Err(LakeError::Inconsistent { table, reason }));
    };
    let newest = log.version()?;
    if named.is_some_and(|named| named > newest) {
        return Err(LakeError::Inconsistent { table, reason: "its log is shorter" });
    }
    let current = log.files()?;
    writer.logs.insert(table, log);
    if named == Some(newest) {
        return Ok(());
    }
    let wanted = match named {
        Some(version) => writer.lake.log(table, version).await?.files()?,
        None => Vec::new(),
    };
    let is_in = |files: &[DataFile], path: &str| {
        files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok()
    };
    let added: Vec<_> =
        wanted.iter().filter(|file| !is_in(&current, &file.path)).cloned().collect();
    let removed: Vec<_> =
        current.iter().filter(|file| !is_in(&wanted, &file.path)).cloned().collect();
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    tracing::warn!(
        table = table.name(),
        files_added = added.len(),
        files_removed = removed.len(),
        "undoing a version that was not finished"
    );
    let at = writer.head.at;
    writer.commit(table, Change { added, removed, kind: ChangeKind::RollBack }, at).await
}

/// A power failure can leave a commit as an empty file, which nobody was told of and no log reader
/// gets past.
async fn delete_torn_commits(writer: &Writer, table: Table) -> Result<()> {
    let store = &writer.lake.shared.home.store;
    let folder = Path::from(table.name()).join("_delta_log");
    let known = writer.head.tables.get(&table).copied().unwrap_or_default();
    let from = folder.clone().join(format!("{known:020}"));
    let listed = store.list_with_offset(Some(&folder), &from);
    let found: Vec<_> =
        listed.try_collect().await.map_err(LakeError::object("listing", &folder))?;
    let is_commit = |path: &Path| path.extension() == Some("json");
    for torn in found.iter().filter(|file| file.size == 0 && is_commit(&file.location)) {
        let deleted = store.delete(&torn.location).await;
        deleted.map_err(LakeError::object("deleting", &torn.location))?;
    }
    Ok(())
}

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStore, path::Path};
use policy::{Instant, LakeVersion};

use crate::{
    Lake, LakeError, Operation, Result, Table, Writer,
    files::{DataFile, object_path, version_in},
    writer::Plan,
};

impl Lake {
    /// Whether files lie about that the newest version does not need: with rows that were edited
    /// or deleted, or of a writer that is busy or died. [`Writer::sweep`] deletes them.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn has_leftovers(&self) -> Result<bool> {
        let head = self.head().await?;
        for table in Table::ALL.iter().copied() {
            let alive = locations(table, &head.files(table).await?);
            let found = data_files_on_disk(self, table).await?;
            if found.iter().any(|file| !alive.contains(&file.location)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Writer {
    /// Refuses all older versions and deletes every file that the newest does not need: rows that
    /// were replaced, files that were joined, leftovers of writers that died.
    ///
    /// Call it after edits and deletions, so that the old text is gone from the disk as well.
    ///
    /// # Errors
    /// If writing or deleting fails, or another writer came first.
    pub async fn sweep(&mut self, at: Instant) -> Result<LakeVersion> {
        self.start()?;
        let (operation, changes) = (Operation::Sweep, BTreeMap::new());
        self.publish(Plan { changes, ..Plan::new(operation) }, at).await
    }

    /// Deletes what no readable version needs, and writes down that it is done.
    ///
    /// Files of later versions than this writer's are left alone. So it is safe even for a writer
    /// whose lease ran out: a file of this version or an earlier one, which this version does not
    /// name, no later version can name.
    pub(crate) async fn delete_unreadable(&mut self) -> Result<()> {
        let newest = self.head.version.as_i64();
        for table in Table::ALL.iter().copied() {
            let alive = self.alive(table)?;
            let mut found = data_files_on_disk(&self.lake, table).await?;
            found.retain(|file| {
                let is_later = version_in(&file.location).is_some_and(|version| version > newest);
                !is_later && !alive.contains(&file.location)
            });
            delete(&self.lake.shared.home.store, found).await?;
            self.lake.shared.home.delete_staged(table).await?;
        }
        let swept = self.lake.shared.versions.mark_swept(self.head.oldest_readable).await?;
        self.unflushed.push(swept.to_string());
        self.flush().await
    }

    fn alive(&self, table: Table) -> Result<HashSet<Path>> {
        let files = self.logs.get(&table).map_or_else(|| Ok(Vec::new()), |log| log.files())?;
        Ok(locations(table, &files))
    }
}

fn locations(table: Table, files: &[DataFile]) -> HashSet<Path> {
    files.iter().map(|file| object_path(table, &file.path)).collect()
}

async fn data_files_on_disk(lake: &Lake, table: Table) -> Result<Vec<ObjectMeta>> {
    let folder = Path::from(table.name());
    let log = folder.clone().join("_delta_log");
    let listed = lake.shared.home.store.list(Some(&folder));
    let mut files: Vec<_> =
        listed.try_collect().await.map_err(LakeError::object("listing", &folder))?;
    files.retain(|file: &ObjectMeta| !file.location.prefix_matches(&log));
    Ok(files)
}

async fn delete(store: &Arc<dyn ObjectStore>, files: Vec<ObjectMeta>) -> Result<()> {
    let paths = stream::iter(files.into_iter().map(|file| Ok(file.location)));
    let mut deleted = store.delete_stream(paths.boxed());
    while let Some(one) = deleted.next().await {
        match one {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
            Err(source) => return Err(LakeError::object("deleting", "data files")(source)),
        }
    }
    Ok(())
}

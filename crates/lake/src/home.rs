//! A place that is opened: what differs between a folder and a bucket, and nothing else.

use std::{
    path::{Path as FolderPath, PathBuf},
    sync::Arc,
    time::Duration,
};

use deltalake::{
    DeltaTable, DeltaTableBuilder,
    logstore::{StorageConfig, default_logstore},
};
use object_store::{ObjectStore, aws::AmazonS3, local::LocalFileSystem, prefix::PrefixStore};
use url::Url;

use crate::{
    LakeError, Place, Result, Table,
    lease::Lease,
    local,
    lock::{FileLock, WriteLock},
    place::Bucket,
    requests::Requests,
};

/// Where a lake lies, ready for use.
#[derive(Debug)]
pub(crate) struct Home {
    /// Paths in it count from the lake.
    pub(crate) store: Arc<dyn ObjectStore>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Folder(PathBuf),
    Bucket { bucket: Bucket, whole: AmazonS3, requests: Arc<Requests> },
}

impl Home {
    /// Opens the place; a folder that is missing is made, a bucket has to be there.
    pub(crate) fn open(place: &Place) -> Result<Self> {
        match place {
            Place::Folder(folder) => Self::of_folder(folder),
            Place::Bucket(bucket) => Self::of_bucket(bucket),
        }
    }

    fn of_folder(root: &FolderPath) -> Result<Self> {
        std::fs::create_dir_all(root).map_err(LakeError::file("creating", root))?;
        let root = root.canonicalize().map_err(LakeError::file("opening", root))?;
        let store = LocalFileSystem::new_with_prefix(&root)
            .map_err(LakeError::object("opening", root.display()))?;
        Ok(Self { store: Arc::new(store), kind: Kind::Folder(root) })
    }

    fn of_bucket(bucket: &Bucket) -> Result<Self> {
        let requests = Requests::start()
            .map_err(LakeError::file("preparing requests to", bucket.to_string()))?;
        let whole = bucket.connect(requests.handle());
        let whole = whole.map_err(LakeError::object("opening", bucket))?;
        let store = Arc::new(PrefixStore::new(whole.clone(), bucket.prefix().clone()));
        let (bucket, requests) = (bucket.clone(), Arc::new(requests));
        Ok(Self { store, kind: Kind::Bucket { bucket, whole, requests } })
    }

    /// Makes files durable. What a bucket has acknowledged is durable already.
    pub(crate) async fn flush(&self, files: Vec<String>) -> Result<()> {
        match &self.kind {
            Kind::Folder(root) => {
                local::flush(root, files.iter().map(|file| root.join(file)).collect()).await
            }
            Kind::Bucket { .. } => Ok(()),
        }
    }

    /// Deletes what a killed writer left half written. In a bucket a file is there or is not: all
    /// are put in one request.
    pub(crate) async fn delete_staged(&self, table: Table) -> Result<()> {
        match &self.kind {
            Kind::Folder(root) => local::delete_staged(root, table).await,
            Kind::Bucket { .. } => Ok(()),
        }
    }

    /// Whether a power failure can leave a file without its content.
    pub(crate) fn can_have_torn_files(&self) -> bool {
        matches!(self.kind, Kind::Folder(_))
    }

    /// Takes the exclusive right to write, trying for about `wait`.
    pub(crate) async fn lock(&self, wait: Duration) -> Result<WriteLock> {
        match &self.kind {
            Kind::Folder(root) => {
                let lock = FileLock::take(&lock_beside(root), wait).await?;
                Ok(WriteLock::File { _lock: lock })
            }
            Kind::Bucket { bucket, requests, .. } => {
                let lease = Lease::take(&self.store, requests, &bucket.to_string(), wait).await?;
                Ok(WriteLock::Lease(lease))
            }
        }
    }

    /// Whether nobody writes, if that can be seen without taking the lock.
    pub(crate) async fn is_quiet(&self) -> Result<bool> {
        match &self.kind {
            Kind::Folder(_) => Ok(false),
            Kind::Bucket { .. } => Lease::is_free(&self.store).await,
        }
    }

    /// A table whose log is not read yet.
    pub(crate) fn table(&self, table: Table) -> Result<DeltaTable> {
        let failed = || LakeError::log("opening", table);
        match &self.kind {
            Kind::Folder(root) => {
                let builder = DeltaTableBuilder::from_url(url_of(root, table)?);
                builder.and_then(DeltaTableBuilder::build).map_err(failed())
            }
            Kind::Bucket { bucket, whole, .. } => {
                let prefix = bucket.prefix().clone().join(table.name());
                let of_table = Arc::new(PrefixStore::new(whole.clone(), prefix));
                let (whole, url) = (Arc::new(whole.clone()), bucket.url_of(table.name())?);
                let config = StorageConfig::default();
                Ok(DeltaTable::new(default_logstore(of_table, whole, &url, &config)))
            }
        }
    }
}

fn lock_beside(root: &FolderPath) -> PathBuf {
    let mut name = root.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    root.with_file_name(name)
}

fn url_of(root: &FolderPath, table: Table) -> Result<Url> {
    let folder = root.join(table.name());
    Url::from_directory_path(&folder).map_err(|()| LakeError::Location {
        location: folder.display().to_string(),
        reason: "it is not an absolute path",
    })
}

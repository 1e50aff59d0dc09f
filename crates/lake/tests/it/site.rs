//! Where the lake of a test lies: every promise is tried in a folder and in a bucket.

use std::{
    path::{Path as FolderPath, PathBuf},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures::TryStreamExt;
use lake::{Lake, Options, Place};
use object_store::{
    ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, path::Path, prefix::PrefixStore,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use testkit::S3Server;

use crate::support::lines;

/// Below which prefix the lake of a bucket lies.
const PREFIX: &str = "some/lake";

/// The kind of place at which a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Folder,
    Bucket,
}

/// A place for one lake, which nothing else uses.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) place: Place,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Folder(tempfile::TempDir),
    Bucket { store: Arc<dyn ObjectStore>, name: String },
}

/// Makes two tests of each: in a folder and in a bucket.
macro_rules! in_both {
    ($($test:ident),+ $(,)?) => {
        mod in_a_folder {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(crate::site::At::Folder).await;
                }
            )+
        }

        mod in_a_bucket {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    if crate::site::has_buckets() {
                        super::$test(crate::site::At::Bucket).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use in_both;

/// One for all tests; it ends with them.
static SERVER: LazyLock<Option<S3Server>> = LazyLock::new(start);

#[expect(clippy::print_stderr, reason = "skipped tests say so")]
fn start() -> Option<S3Server> {
    let server = S3Server::start();
    if server.is_none() {
        eprintln!("skipped, all tests in buckets: there is no Python with moto[server]");
    }
    server
}

pub(crate) fn has_buckets() -> bool {
    SERVER.is_some()
}

pub(crate) fn server() -> &'static S3Server {
    SERVER.as_ref().unwrap()
}

impl At {
    /// A lake at a place of its own, ten members to a range.
    pub(crate) async fn fresh(self) -> (Site, Lake) {
        let site = self.site();
        let lake = site.open().await;
        (site, lake)
    }

    /// A place without a lake.
    pub(crate) fn site(self) -> Site {
        match self {
            Self::Folder => {
                let folder = tempfile::tempdir().unwrap();
                let place = folder.path().join("lake");
                Site { place: Place::Folder(place), kind: Kind::Folder(folder) }
            }
            Self::Bucket => bucket(),
        }
    }
}

fn bucket() -> Site {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("bucket-{}", COUNT.fetch_add(1, Ordering::SeqCst));
    server().make_bucket(&name).unwrap();
    let settings = [
        ("endpoint", server().endpoint()),
        ("allow_http", "true"),
        ("region", "us-east-1"),
        ("access_key_id", "test"),
        ("secret_access_key", "test"),
    ];
    let place = Place::parse(&format!("s3://{name}/{PREFIX}")).unwrap().with(settings).unwrap();
    let mut builder = AmazonS3Builder::new().with_bucket_name(&name);
    for (key, value) in settings {
        builder = builder.with_config(key.parse().unwrap(), value);
    }
    let store = Arc::new(PrefixStore::new(builder.build().unwrap(), PREFIX));
    Site { place, kind: Kind::Bucket { store, name } }
}

impl Site {
    /// A handle of its own, as another process would have it.
    pub(crate) async fn open(&self) -> Lake {
        Lake::open_at(&self.place, Options { members_per_range: 10 }).await.unwrap()
    }

    /// Every file, relative to the lake, sorted.
    pub(crate) async fn files(&self) -> Vec<String> {
        let mut found = match &self.kind {
            Kind::Folder(folder) => {
                let root = folder.path().join("lake");
                let relative = |path: PathBuf| path.strip_prefix(&root).unwrap().to_owned();
                let paths = below(&root).into_iter().map(relative);
                paths.map(|path| path.to_str().unwrap().to_owned()).collect()
            }
            Kind::Bucket { store, .. } => {
                let listed: Vec<_> = store.list(None).try_collect().await.unwrap();
                listed.into_iter().map(|one| one.location.to_string()).collect::<Vec<_>>()
            }
        };
        found.sort();
        found
    }

    pub(crate) async fn data_files(&self) -> Vec<String> {
        let mut found = self.files().await;
        found.retain(|path| path.ends_with(".parquet") && !is_log(path));
        found
    }

    pub(crate) async fn read(&self, path: &str) -> Bytes {
        match &self.kind {
            Kind::Folder(folder) => {
                std::fs::read(folder.path().join("lake").join(path)).unwrap().into()
            }
            Kind::Bucket { store, .. } => {
                store.get(&Path::from(path)).await.unwrap().bytes().await.unwrap()
            }
        }
    }

    pub(crate) async fn write(&self, path: &str, content: &str) {
        match &self.kind {
            Kind::Folder(folder) => {
                std::fs::write(folder.path().join("lake").join(path), content).unwrap();
            }
            Kind::Bucket { store, .. } => {
                store.put(&Path::from(path), content.to_owned().into()).await.unwrap();
            }
        }
    }

    pub(crate) async fn delete(&self, path: &str) {
        match &self.kind {
            Kind::Folder(folder) => {
                std::fs::remove_file(folder.path().join("lake").join(path)).unwrap();
            }
            Kind::Bucket { store, .. } => store.delete(&Path::from(path)).await.unwrap(),
        }
    }

    /// The files that hold the needle, as bytes or in a decoded row.
    pub(crate) async fn hunt(&self, needle: &str) -> Vec<String> {
        let mut found = Vec::new();
        for path in self.files().await {
            let bytes = self.read(&path).await;
            let raw = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            let is_parquet = path.ends_with(".parquet");
            if raw || is_parquet && decoded(bytes).iter().any(|line| line.contains(needle)) {
                found.push(path);
            }
        }
        found
    }

    /// The name of the bucket.
    pub(crate) fn bucket(&self) -> &str {
        match &self.kind {
            Kind::Folder(_) => panic!("a folder is no bucket"),
            Kind::Bucket { name, .. } => name,
        }
    }
}

/// Every row of a Parquet file.
pub(crate) fn decoded(bytes: Bytes) -> Vec<String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap();
    reader.flat_map(|batch| lines(&batch.unwrap())).collect()
}

pub(crate) fn is_log(path: &str) -> bool {
    path.split('/').any(|part| part == "_delta_log")
}

fn below(folder: &FolderPath) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(below(&path)) } else { found.push(path) }
    }
    found
}

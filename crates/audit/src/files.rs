//! Where a lake lies, and how its files are listed and read there.

use std::{fs, path::PathBuf};

use bytes::Bytes;
use object_store::{
    ObjectStore, ObjectStoreExt,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};

use crate::{AuditError, Result};

/// Where a lake lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LakePlace {
    /// A folder.
    Folder(PathBuf),
    /// A bucket of S3, or of a service that speaks its protocol. Credentials come from the
    /// environment.
    Bucket {
        /// `s3://BUCKET/PREFIX`.
        url: String,
        /// What goes before the environment's `AWS_…`, by the names of `object_store`.
        settings: Vec<(String, String)>,
    },
}

/// The files of a lake, addressed relative to it.
#[derive(Debug)]
pub(crate) enum Files {
    Folder(PathBuf),
    Bucket { bucket: Box<AmazonS3>, prefix: Path, url: String },
}

/// A file as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) bytes: u64,
}

impl Files {
    pub(crate) fn open(place: &LakePlace) -> Result<Self> {
        match place {
            LakePlace::Folder(folder) => Ok(Self::Folder(folder.clone())),
            LakePlace::Bucket { url, settings } => {
                let path = url.strip_prefix("s3://").unwrap_or(url);
                let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
                let mut builder = AmazonS3Builder::from_env().with_bucket_name(name);
                let failed = |source| AuditError::Bucket { path: PathBuf::from(url), source };
                for (key, value) in settings {
                    builder = builder.with_config(key.parse().map_err(failed)?, value);
                }
                let bucket = Box::new(builder.build().map_err(failed)?);
                Ok(Self::Bucket { bucket, prefix: Path::from(prefix), url: url.clone() })
            }
        }
    }

    /// How a file is named in messages.
    pub(crate) fn shown(&self, path: &str) -> PathBuf {
        match self {
            Self::Folder(root) => root.join(path),
            Self::Bucket { url, .. } => PathBuf::from(url).join(path),
        }
    }

    pub(crate) async fn read(&self, path: &str) -> Result<Bytes> {
        match self {
            Self::Folder(root) => {
                let path = root.join(path);
                let read = fs::read(&path);
                read.map(Bytes::from).map_err(|source| AuditError::File { path, source })
            }
            Self::Bucket { bucket, prefix, .. } => {
                let failed = |source| AuditError::Bucket { path: self.shown(path), source };
                let object = bucket.get(&below(prefix, path)).await.map_err(failed)?;
                object.bytes().await.map_err(failed)
            }
        }
    }

    /// What lies directly in a folder; nothing if there is no such folder.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<Listed>> {
        match self {
            Self::Folder(root) => {
                let path = root.join(folder);
                list_folder(&path).map_err(|source| AuditError::File { path, source })
            }
            Self::Bucket { bucket, prefix, .. } => {
                let failed = |source| AuditError::Bucket { path: self.shown(folder), source };
                let listed = bucket.list_with_delimiter(Some(&below(prefix, folder))).await;
                let objects = listed.map_err(failed)?.objects.into_iter();
                let named = objects.filter_map(|object| {
                    let name = object.location.filename()?.to_owned();
                    Some(Listed { name, bytes: object.size })
                });
                Ok(named.collect())
            }
        }
    }
}

fn below(prefix: &Path, path: &str) -> Path {
    path.split('/').fold(prefix.clone(), |folder, part| folder.join(part))
}

fn list_folder(folder: &std::path::Path) -> std::io::Result<Vec<Listed>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push(Listed { name, bytes: entry.metadata()?.len() });
    }
    Ok(found)
}

use std::{io::ErrorKind, path::PathBuf};

use policy::LakeVersion;

use crate::Table;

/// Why the lake could not do what it was asked.
///
/// No message quotes a value of a row: errors end up in logs.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The location is not one that this build can open.
    #[error("`{location}` is no place for a lake: {reason}")]
    Location {
        /// As it was given.
        location: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The local file system failed.
    #[error("{doing} `{}`{}", path.display(), hint(source))]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The object store failed.
    #[error("{doing} `{path}`{}", hint_of_object(source))]
    Object {
        /// What was being done.
        doing: &'static str,
        /// To which object, relative to the lake.
        path: String,
        /// The cause.
        source: object_store::Error,
    },
    /// The Delta log of a table could not be read or written.
    #[error("{doing} table `{table}`")]
    Log {
        /// What was being done.
        doing: &'static str,
        /// To which table.
        table: Table,
        /// The cause.
        source: Box<deltalake::DeltaTableError>,
    },
    /// A data file could not be read or written.
    #[error("{doing} a data file of table `{table}`")]
    Data {
        /// What was being done.
        doing: &'static str,
        /// Of which table.
        table: Table,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file of the lake's own is not as the lake writes it.
    #[error("`{path}` is damaged")]
    Damaged {
        /// Relative to the lake.
        path: String,
        /// The cause.
        source: serde_json::Error,
    },
    /// The lake was written by a later version of Zweck.
    #[error(
        "the lake has format {format}, and this version knows formats up to {known} \
         (hint: use the newer version that wrote it)"
    )]
    Newer {
        /// Its format.
        format: u32,
        /// The newest format that is known here.
        known: u32,
    },
    /// A table and the lake version that names it do not fit together.
    #[error("table `{table}` does not hold what the lake version says: {reason}")]
    Inconsistent {
        /// Which table.
        table: Table,
        /// What does not fit.
        reason: &'static str,
    },
    /// Somebody else holds the write lock.
    #[error("the lake is being written by {holder}; the lock is `{lock}`")]
    Locked {
        /// Who, as the holder wrote it.
        holder: String,
        /// The lock file, or the object that serves as one.
        lock: String,
    },
    /// The writer did not renew its lease in time, and somebody else has taken it.
    #[error("the lease of this writer ran out and somebody else has it; open a new one")]
    LeaseLost,
    /// The bucket keeps what is deleted from it, so nothing could be erased.
    #[error(
        "`{place}` keeps old versions of what is deleted, so nothing in it can be erased (hint: a \
         bucket without versioning, and with nothing copied elsewhere)"
    )]
    KeepsVersions {
        /// The place of the lake.
        place: String,
    },
    /// There is another lake where a copy was to be brought back.
    #[error("there is `{path}` in `{place}`, which is not of the copy (hint: an empty place)")]
    Occupied {
        /// Where the copy was to go.
        place: String,
        /// What is there, relative to it.
        path: String,
    },
    /// A file of a copy is not the one that was copied.
    #[error("`{}` is damaged: it is not the file that was copied", path.display())]
    DamagedCopy {
        /// The file.
        path: PathBuf,
    },
    /// The version does not exist (yet).
    #[error("there is no lake version `{version}`; the newest is `{newest}`")]
    UnknownVersion {
        /// As it was asked for.
        version: LakeVersion,
        /// The newest there is.
        newest: LakeVersion,
    },
    /// The version held rows that have since been erased.
    #[error("lake version `{version}` may not be read any more; the oldest is `{oldest}`")]
    RefusedVersion {
        /// As it was asked for.
        version: LakeVersion,
        /// The oldest that may be read.
        oldest: LakeVersion,
    },
    /// Another writer committed first; nothing of this one became visible.
    #[error("another writer changed `{what}` since this writer was opened")]
    Conflict {
        /// A table, or the lake version.
        what: String,
    },
    /// An earlier call of this writer failed halfway; opening a new writer recovers.
    #[error("this writer failed earlier; open a new one")]
    Spoiled,
    /// A test asked the writer to stop here.
    #[error("stopped before step `{step}`")]
    Stopped {
        /// Which durable step was not done.
        step: &'static str,
    },
    /// A table that lies elsewhere cannot be read.
    #[error("`{path}` {what}")]
    Outside {
        /// The table or file.
        path: String,
        /// What is wrong with it, with a hint where one helps.
        what: String,
    },
    /// A file that lies elsewhere is no Parquet file that can be read.
    #[error("`{path}` cannot be read as Parquet{}", hint_of_parquet(source))]
    OutsideData {
        /// The file.
        path: String,
        /// The cause.
        source: parquet::errors::ParquetError,
    },
    /// A file of an attached table is not what it was when it was looked at.
    #[error(
        "`{path}` of the attached table `{name}` has changed since it was looked at: {what} \
         (hint: `zweck attach refresh {name}`)"
    )]
    Changed {
        /// The file.
        path: String,
        /// The attachment.
        name: String,
        /// What is different.
        what: String,
    },
    /// The batch lacks a column.
    #[error("rows for table `{table}` lack the column `{column}`")]
    MissingColumn {
        /// Which table.
        table: Table,
        /// Which column.
        column: &'static str,
    },
    /// The batch has a column that the table does not know; nothing unlabelled enters.
    #[error("rows for table `{table}` have an unknown column `{column}`")]
    UnknownColumn {
        /// Which table.
        table: Table,
        /// Which column.
        column: String,
    },
    /// A value is not of the column's kind, null where it may not be, or not in its word list.
    #[error("row `{row}` for table `{table}`, column `{column}`: {reason}")]
    Value {
        /// Which table.
        table: Table,
        /// Which column.
        column: &'static str,
        /// Which row of the batch, from 0.
        row: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// A column has another type than the table's.
    #[error("rows for table `{table}`: column `{column}` is `{given}` instead of `{expected}`")]
    Kind {
        /// Which table.
        table: Table,
        /// Which column.
        column: &'static str,
        /// The Arrow type given.
        given: String,
        /// The Arrow type of [`Table::input_schema`].
        expected: String,
    },
}

/// The result of whatever the lake does.
pub type Result<T, E = LakeError> = std::result::Result<T, E>;

impl LakeError {
    /// Whether a file was not there: an erasure or a sweep has deleted it since its version was
    /// read, so that the newest version has to be read instead.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Object { source: object_store::Error::NotFound { .. }, .. })
    }

    pub(crate) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }

    pub(crate) fn object(
        doing: &'static str,
        path: impl ToString,
    ) -> impl FnOnce(object_store::Error) -> Self {
        let path = path.to_string();
        move |source| Self::Object { doing, path, source }
    }

    pub(crate) fn log(
        doing: &'static str,
        table: Table,
    ) -> impl FnOnce(deltalake::DeltaTableError) -> Self {
        move |source| Self::Log { doing, table, source: Box::new(source) }
    }

    pub(crate) fn data<E: std::error::Error + Send + Sync + 'static>(
        doing: &'static str,
        table: Table,
    ) -> impl Fn(E) -> Self {
        move |source| Self::Data { doing, table, source: Box::new(source) }
    }
}

/// Whether it is the bucket that is not there, and not an object in it.
pub(crate) fn is_without_bucket(source: &object_store::Error) -> bool {
    matches!(source, object_store::Error::NotFound { source, .. }
        if source.to_string().contains("NoSuchBucket"))
}

/// What usually helps where an object store failed, as the end of a message.
/// What helps with a file that cannot be read; a text in another encoding is no damage.
fn hint_of_parquet(source: &parquet::errors::ParquetError) -> &'static str {
    let said = source.to_string().to_ascii_lowercase();
    if said.contains("utf-8") || said.contains("utf8") {
        return " (hint: a column of text holds bytes that are not UTF-8; the table has to be written \
                anew, with its texts in UTF-8)";
    }
    " (hint: it is damaged, or was not written to its end)"
}

fn hint_of_object(source: &object_store::Error) -> &'static str {
    use object_store::Error as Fault;
    match source {
        fault if is_without_bucket(fault) => {
            " (hint: there is no such bucket; `[lake] url` in zweck.toml names it)"
        }
        Fault::Generic { store: "S3", .. }
        | Fault::PermissionDenied { .. }
        | Fault::Unauthenticated { .. } => {
            " (hint: `[lake]` in zweck.toml says where the bucket is, AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY who asks for it)"
        }
        Fault::Generic { source, .. } => {
            let cause = source.source().and_then(|cause| cause.downcast_ref());
            cause.map_or("", hint)
        }
        _ => "",
    }
}

/// The same where the file system failed.
fn hint(source: &std::io::Error) -> &'static str {
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            " (hint: whoever runs this has to be able to read and to write there)"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => " (hint: no space is left there)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_is_said() {
        let denied = std::io::Error::from(ErrorKind::PermissionDenied);
        let refused = object_store::Error::Generic { store: "S3", source: "refused".into() };
        let no_bucket = object_store::Error::NotFound {
            path: "lake".to_owned(),
            source: "<Code>NoSuchBucket</Code>".into(),
        };
        let no_object = object_store::Error::NotFound { path: "x".to_owned(), source: "x".into() };
        let gone = LakeError::file("opening", "lake.lock")(ErrorKind::NotFound.into());
        let outside = |said: &str| LakeError::OutsideData {
            path: "a.parquet".to_owned(),
            source: parquet::errors::ParquetError::General(said.to_owned()),
        };
        for (error, words) in [
            (LakeError::file("opening", "lake.lock")(denied), "to read and to write there"),
            (LakeError::object("reading", "x")(refused), "AWS_ACCESS_KEY_ID"),
            (LakeError::object("reading", "x")(no_bucket), "there is no such bucket"),
            (
                outside("encountered non UTF-8 data: invalid utf-8 sequence"),
                "bytes that are not UTF-8",
            ),
            (outside("Invalid Parquet file. Corrupt footer"), "it is damaged"),
        ] {
            assert!(error.to_string().contains(words), "{error}");
        }
        for error in [LakeError::object("reading", "x")(no_object), gone] {
            assert!(!error.to_string().contains("hint"), "{error}");
        }
    }
}

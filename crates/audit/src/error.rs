use std::path::PathBuf;

/// Why an audit could not be carried out. What is wrong with the corpus itself is a finding.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store could not be opened or read.
    #[error("reading `{what}` of the store failed")]
    Store {
        /// The table, or what was done.
        what: &'static str,
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// A row of the store says something that has no meaning.
    #[error("row {sequence} of `{table}` in the store has `{word}` as its {column}")]
    StoreWord {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        sequence: i64,
        /// What stands there.
        word: String,
    },
    /// A file could not be read.
    #[error("reading `{path}` failed")]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A bucket could not be read.
    #[error("reading `{}` failed", path.display())]
    Bucket {
        /// The object, or the whole lake.
        path: PathBuf,
        /// The cause.
        #[source]
        source: object_store::Error,
    },
    /// A file of the lake holds no valid JSON.
    #[error("`{path}` is not valid JSON")]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
    /// A file of the lake holds no valid table.
    #[error("`{path}` is not a readable Parquet file")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// The lake is not laid out as it should be.
    #[error("the lake has at `{path}` {what}")]
    Lake {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

impl AuditError {
    /// Whether it was a file or an object that is not there.
    pub(crate) fn is_missing(&self) -> bool {
        match self {
            Self::File { source, .. } => source.kind() == std::io::ErrorKind::NotFound,
            Self::Bucket { source, .. } => matches!(source, object_store::Error::NotFound { .. }),
            _ => false,
        }
    }
}

/// What the functions of this crate return.
pub type Result<T, E = AuditError> = std::result::Result<T, E>;

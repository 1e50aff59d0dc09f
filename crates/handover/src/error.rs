use std::path::{Path, PathBuf};

use crate::Split;

/// Why a corpus could not be given out.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// A file could not be made, written or named: most likely the disk is full.
    #[error("{doing} `{}`", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A row came that belongs before the one that was written last, or is it once more.
    #[error(
        "document `{document}` of slice {slice} does not come after the one written before it; \
         rows have to be sorted by slice and document"
    )]
    Order {
        /// The row's document.
        document: i64,
        /// The row's slice.
        slice: u16,
    },
    /// A row of one shard was given to the file of another.
    #[error("a row of shard {row} cannot stand in the file of shard {file} of {split}")]
    Shard {
        /// The shard of the row.
        row: u16,
        /// The shard of the file.
        file: u16,
        /// The split of the file.
        split: Split,
    },
    /// A value could not be encoded as JSON.
    #[error("encoding `{what}` as JSON")]
    Json {
        /// What was being encoded.
        what: &'static str,
        /// What the encoder said.
        #[source]
        source: serde_json::Error,
    },
}

/// The result of whatever is done to give a corpus out.
pub type Result<T, E = HandoverError> = std::result::Result<T, E>;

impl HandoverError {
    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { doing, path, source }
    }
}

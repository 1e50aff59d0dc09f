use std::path::{Path, PathBuf};

use corpus::CorpusError;
use gate::GateError;
use store::{HolderId, StoreError};

/// Why something could not be given out, or its release did not count.
///
/// No message quotes a document: errors end up in logs.
#[derive(Debug, thiserror::Error)]
pub enum ElsewhereError {
    /// A name that cannot be a folder on every system.
    #[error("`{name}` is no name for a holder: use up to 64 of a-z, 0-9, `-` and `_`")]
    Name {
        /// As it was given.
        name: String,
    },
    /// Another holder has the name.
    #[error("a holder `{name}` is registered already (hint: `zweck holder list`)")]
    Taken {
        /// As it was given.
        name: String,
    },
    /// No such holder is registered.
    #[error("no holder `{name}` is registered elsewhere (hint: `zweck holder register {name} …`)")]
    Unknown {
        /// As it was asked for.
        name: String,
    },
    /// The holder was registered for another corpus.
    #[error("holder `{name}` is registered for the corpus `{registered}`, not for `{asked}`")]
    OtherCorpus {
        /// The holder.
        name: String,
        /// Its corpus.
        registered: String,
        /// As it was asked for.
        asked: String,
    },
    /// The corpus was built anew since the holder was registered.
    #[error(
        "corpus `{corpus}` was built anew since holder `{name}` was registered for it (hint: register \
         another holder for what is made of the new one, and retire this one once nothing of it is \
         left)"
    )]
    BuiltAnew {
        /// The holder.
        name: String,
        /// Its corpus.
        corpus: String,
    },
    /// Somebody else exports to the holder or releases it.
    #[error("holder `{name}` is being changed by another process; the lock is `{}`", path.display())]
    Busy {
        /// The holder.
        name: String,
        /// The lock file.
        path: PathBuf,
    },
    /// A removal came in while it was registered.
    #[error("a removal came in while holder `{name}` was registered (hint: try again)")]
    Moved {
        /// The holder.
        name: String,
    },
    /// The corpus changed while it was written out.
    #[error(
        "corpus `{corpus}` changed while it was written out, so what was written is not what it is \
         now; it was deleted again (hint: run it again)"
    )]
    Changed {
        /// The corpus.
        corpus: String,
    },
    /// What is on record of the holder is not what the store says.
    #[error(
        "what is on record of holder `{holder}` is damaged: {reason} (hint: put the folder `{}` \
         back from a backup, or retire the holder once nothing of it is left)",
        path.display()
    )]
    Damaged {
        /// The holder.
        holder: HolderId,
        /// What does not fit.
        reason: String,
        /// Its folder.
        path: PathBuf,
    },
    /// A release that does not count.
    #[error("the release of holder `{name}` does not count: {reason}")]
    Refused {
        /// The holder.
        name: String,
        /// Why.
        reason: String,
    },
    /// The file system failed.
    #[error("{doing} `{}`", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A Parquet file could not be written or read.
    #[error("{doing} `{}`", path.display())]
    Parquet {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// The cause.
        source: parquet::errors::ParquetError,
    },
    /// A file is not as it has to be.
    #[error("reading `{}`", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// The corpus could not be read.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The gate refused or failed.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The result of whatever is done for a holder elsewhere.
pub type Result<T, E = ElsewhereError> = std::result::Result<T, E>;

impl ElsewhereError {
    pub(crate) fn file(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { doing, path, source }
    }

    pub(crate) fn parquet(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(parquet::errors::ParquetError) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Parquet { doing, path, source }
    }

    pub(crate) fn refused(name: &str, reason: impl Into<String>) -> Self {
        Self::Refused { name: name.to_owned(), reason: reason.into() }
    }
}

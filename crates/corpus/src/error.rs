use std::path::{Path, PathBuf};

use gate::{GateError, Table};
use policy::{Purpose, Sequence};
use store::{HolderId, StoreError};

use crate::Manifest;

/// Why a corpus could not be built, opened or changed.
///
/// No message quotes a document: errors end up in logs.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A name that cannot be a folder on every system.
    #[error("`{name}` is no name for a corpus: use up to 64 of a-z, 0-9, `-` and `_`")]
    Name {
        /// As it was given.
        name: String,
    },
    /// A number of shards or slices that cannot be built.
    #[error(
        "a corpus of {shards} shards of {slices} slices: each has to be at least 1 and their \
         product at most {most}"
    )]
    Configuration {
        /// As it was given.
        shards: u16,
        /// As it was given.
        slices: u16,
        /// The greatest product.
        most: u32,
    },
    /// Only one end of the range of facts was given, or they are the wrong way round.
    #[error("facts from `{from}` to `{to}`: give both or none, the earlier first")]
    Facts {
        /// As it was given; 0 if it was not.
        from: Sequence,
        /// As it was given; 0 if it was not.
        to: Sequence,
    },
    /// What is known of documents could not be sorted.
    #[error("sorting what is known of documents")]
    Sorting {
        /// What went wrong.
        #[source]
        source: spill::SpillError,
    },
    /// The rules of quality could not be made ready.
    #[error("making the rules of quality ready")]
    Quality {
        /// What went wrong.
        #[source]
        source: text::quality::BuildError,
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
    /// A manifest is not as this version writes it.
    #[error("reading the manifest `{}`", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// A manifest is laid out as another version of Zweck does it.
    #[error(
        "`{}` has the format {format}, and this version of Zweck reads {known}",
        path.display(),
        known = Manifest::FORMAT
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The manifest of a corpus is damaged, or of a later version.
    #[error(
        "the manifest of corpus `{name}` cannot be read (hint: put it back as it was, or {})",
        way_to_build_anew(name, followers)
    )]
    Unreadable {
        /// The corpus.
        name: String,
        /// The corpora that go on from it, in the order in which they have to be discarded.
        followers: Vec<String>,
        /// The cause.
        source: Box<Self>,
    },
    /// A corpus was made by an earlier version, and this one reads it no more.
    #[error(
        "corpus `{name}` was made by an earlier version of Zweck and has to be built again (hint: \
         {})",
        way_to_build_anew(name, followers)
    )]
    Outdated {
        /// The corpus.
        name: String,
        /// The corpora that go on from it, in the order in which they have to be discarded.
        followers: Vec<String>,
        /// Which format it has.
        source: Box<Self>,
    },
    /// A file of the corpus does not hold what its manifest says.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: &'static str,
    },
    /// Rows came through the gate in a shape that the corpus does not know.
    #[error("rows of table `{table}`: column `{column}` {reason}")]
    Column {
        /// Which table.
        table: Table,
        /// Which column.
        column: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// Permitted rows could not be read.
    #[error("reading permitted rows")]
    Rows {
        /// The cause.
        source: Box<datafusion::error::DataFusionError>,
    },
    /// The rows that came are not those that the gate accounts for.
    #[error("table `{table}` yielded {rows} rows, the gate accounts for {accounted}")]
    Unbalanced {
        /// Which table.
        table: Table,
        /// Rows that came.
        rows: u64,
        /// Rows that the gate says it let through.
        accounted: u64,
    },
    /// Somebody else builds or changes this corpus.
    #[error("corpus `{name}` is being {doing} by {by}; the lock is `{}`", path.display())]
    Busy {
        /// The corpus.
        name: String,
        /// What the other one does.
        doing: &'static str,
        /// Who, as the holder of the lock wrote it.
        by: String,
        /// The lock file.
        path: PathBuf,
    },
    /// An earlier build is to be reproduced under the name of a corpus that is in use.
    #[error("corpus `{name}` is in use; reproduce a build under another name")]
    Taken {
        /// The corpus.
        name: String,
    },
    /// There is no such corpus.
    #[error("there is no corpus `{name}`")]
    Unknown {
        /// As it was asked for.
        name: String,
    },
    /// The store knows a sealed corpus, and the manifest that it was sealed or released with is
    /// not in its folder.
    #[error(
        "corpus `{name}` is sealed as holder `{holder}`, but its manifest is not at `{}` (hint: \
         put the folder back, or, if it is gone for good, {})",
        path.display(),
        way_to_build_anew(name, followers)
    )]
    Lost {
        /// The corpus.
        name: String,
        /// Its holder.
        holder: HolderId,
        /// Where the manifest has to be.
        path: PathBuf,
        /// The corpora that go on from it, in the order in which they have to be discarded.
        followers: Vec<String>,
    },
    /// The holder's files are not, or no longer, those of the corpus.
    #[error("corpus `{name}` is no longer held by `{holder}`")]
    Superseded {
        /// The corpus.
        name: String,
        /// The holder that was asked for.
        holder: HolderId,
    },
    /// The corpus was built with another key, so that its cells cannot be built again.
    #[error("corpus `{name}` was built with the slice key `{built_with}`, not with `{given}`")]
    Key {
        /// The corpus.
        name: String,
        /// The fingerprint in the manifest.
        built_with: String,
        /// The fingerprint of the key at hand.
        given: String,
    },
    /// A removal has not reached the corpus yet.
    #[error(
        "corpus `{name}` has applied the facts up to `{applied}`, and a refusal for `{purpose}` \
         lies between there and `{last}`; apply the removals first (hint: `zweck removal run`)"
    )]
    RemovalPending {
        /// The corpus.
        name: String,
        /// What it serves.
        purpose: Purpose,
        /// The last fact it applied.
        applied: Sequence,
        /// The last fact there is.
        last: Sequence,
    },
    /// A corpus is to release before the one that it goes on from has.
    #[error(
        "corpus `{name}` goes on from `{after}`, and releases once that has (hint: see what holds up \
         `{after}`, then `zweck removal run`)"
    )]
    Waits {
        /// The corpus.
        name: String,
        /// The one that it goes on from, or that this one goes on from in turn.
        after: String,
    },
    /// A corpus cannot go on from another one.
    #[error("corpus `{name}` cannot go on from `{after}`: {reason}")]
    CannotFollow {
        /// The corpus that was to be built.
        name: String,
        /// The one that it was to go on from.
        after: String,
        /// Why not.
        reason: &'static str,
    },
    /// Other corpora go on from this one, which stands for what is the same in both.
    #[error(
        "corpus `{name}` has to stay as long as others go on from it: {} (hint: {}; what is still \
         needed of them is built again afterwards)",
        in_backticks(by),
        discards(by)
    )]
    Followed {
        /// The corpus that was to be replaced or discarded.
        name: String,
        /// Those that go on from it, in turn as well, in the order in which they have to be
        /// discarded.
        by: Vec<String>,
    },
    /// The file by which those that go on from a corpus know what it has is gone or damaged.
    #[error(
        "what corpus `{name}` has cannot be told to one that goes on from it (hint: copy the file \
         back from a backup, or wait for the next removal: `zweck removal run` writes it anew when \
         `{name}` follows one, and so does a new build of `{name}`, while nothing goes on from it)"
    )]
    Traits {
        /// The corpus.
        name: String,
        /// Which file, and what is wrong with it.
        source: Box<Self>,
    },
    /// Refusals kept coming while the corpus was to be sealed.
    #[error("corpus `{name}` could not be sealed: refusals came in during each of {tries} tries")]
    Unsettled {
        /// The corpus.
        name: String,
        /// How often it was tried.
        tries: u32,
    },
    /// Work on another thread ended without a result.
    #[error("waiting for a thread")]
    Thread {
        /// The cause.
        source: tokio::task::JoinError,
    },
    /// The gate refused or failed.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The result of whatever a corpus does.
pub type Result<T, E = CorpusError> = std::result::Result<T, E>;

impl CorpusError {
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

    pub(crate) const fn sorting(source: spill::SpillError) -> Self {
        Self::Sorting { source }
    }

    pub(crate) fn damaged(path: &Path, reason: &'static str) -> Self {
        Self::Damaged { path: path.to_owned(), reason }
    }
}

/// The commands by which a corpus is built anew, after those that go on from it were discarded.
fn way_to_build_anew(name: &str, followers: &[String]) -> String {
    let names = [followers, &[name.to_owned()]].concat();
    let others = if followers.is_empty() { "" } else { " and the others after it" };
    format!("{}, then `zweck corpus build {name} …`{others}", discards(&names))
}

/// The commands by which corpora are discarded, one after the other.
fn discards(names: &[String]) -> String {
    let commands = names.iter().map(|name| format!("`zweck corpus discard {name} --yes`"));
    commands.collect::<Vec<_>>().join(", then ")
}

fn in_backticks(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

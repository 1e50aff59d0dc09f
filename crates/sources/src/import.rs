use std::sync::Arc;

use lake::Lake;
use policy::{Instant, LakeVersion};
use store::Store;

use crate::{Declaration, Fed, Following, Keys, Position, Report, Source, SourcesError};

/// After how many rows progress is told.
const TOLD_EVERY: u64 = 10_000;

/// How an import is run.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// What the operator says where the source is silent.
    pub declaration: Option<&'a Declaration>,
    /// How many rows make a batch, that is one lake version; at least 1.
    pub batch_rows: usize,
    /// How many small files of a range are joined, looked for after so many batches, for each may
    /// add one; 0 never joins any.
    pub join_files: usize,
    /// The instant at which everything is recorded.
    pub at: Instant,
}

impl Options<'_> {
    /// No declaration, 25,000 rows a batch, files joined after 64.
    pub const fn at(at: Instant) -> Self {
        Self { declaration: None, batch_rows: 25_000, join_files: 64, at }
    }
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The file that is being read.
    pub file: Arc<str>,
    /// Bytes read over all files.
    pub bytes_read: u64,
    /// Bytes there are over all files; 0 if that is not known.
    pub total_bytes: u64,
    /// Rows read.
    pub rows: u64,
    /// Rows refused.
    pub refused: u64,
    /// The newest lake version that the import made, or the one it started from.
    pub lake_version: LakeVersion,
}

/// Reads a source to its end and commits what may come in, batch after batch.
///
/// A batch becomes visible as one lake version or not at all. Identities, account facts and
/// removals are recorded before it, so that an import that was cut off is simply run again; the
/// same rows twice change nothing. An event with an id comes in exactly once, however often it is
/// handed over, unless the declaration changed; and in whichever order, what it says about a thing
/// holds only if nothing newer was said about it.
///
/// # Errors
/// If the source cannot be read, or the store or lake fail. Batches committed before stay.
pub async fn import(
    source: &mut dyn Source,
    lake: &Lake,
    store: &Store,
    keys: &Keys,
    options: Options<'_>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, SourcesError> {
    let mut following = Following::start(source.name(), (lake, store, keys), options).await?;
    following.prepare(source).await?;
    read_to_end(source, &mut following, options.at, progress).await?;
    if let Some(whole) = source.whole() {
        following.remove_missing(&whole).await?;
    }
    following.finish(options.at).await
}

async fn read_to_end(
    source: &mut dyn Source,
    following: &mut Following<'_>,
    at: Instant,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), SourcesError> {
    let total_bytes = source.total_bytes();
    let mut told = 0;
    let mut last: Option<Position> = None;
    while let Some(located) = source.next()? {
        let position = located.position.clone();
        following.take(Fed { located, mark: None });
        let is_full = following.is_full();
        if is_full {
            following.commit(at).await?;
        }
        if is_full || following.rows() >= told + TOLD_EVERY {
            told = following.rows();
            progress(following.progress(&position, total_bytes));
        }
        last = Some(position);
    }
    following.commit(at).await?;
    if let Some(position) = last {
        progress(following.progress(&position, total_bytes));
    }
    Ok(())
}

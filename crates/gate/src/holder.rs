use std::path::PathBuf;

use async_trait::async_trait;
use policy::{Instant, ItemId, MemberNumber, Sequence};
use serde::{Deserialize, Serialize};
use store::Holder as HolderRecord;

use crate::Gate;

/// What went wrong inside a holder.
pub type HolderError = Box<dyn std::error::Error + Send + Sync>;

/// Whatever keeps what it derived from permitted rows.
#[async_trait]
pub trait Holder: Send + Sync {
    /// The kind of holder, as it is registered.
    fn kind(&self) -> &'static str;

    /// Applies every refusal up to `to`. Safe to repeat, also after a crash halfway. `None` if it
    /// waits for somebody elsewhere, who has to let go first.
    ///
    /// # Errors
    /// If anything is left that should have gone.
    async fn release(
        &self,
        gate: &Gate,
        held: &HolderRecord,
        to: Sequence,
        at: Instant,
    ) -> Result<Option<Release>, HolderError>;

    /// What is kept of a member, or of one item.
    ///
    /// # Errors
    /// If it cannot be told.
    async fn holds(
        &self,
        held: &HolderRecord,
        member: MemberNumber,
        item: Option<ItemId>,
    ) -> Result<Vec<Held>, HolderError>;

    /// The files that are kept, so that the gate can check a release by itself.
    ///
    /// # Errors
    /// If they cannot be named.
    async fn artefacts(&self, held: &HolderRecord) -> Result<Artefacts, HolderError>;

    /// Whether nothing is left of a holder that is retired.
    ///
    /// # Errors
    /// If it cannot be told.
    async fn is_gone(&self, held: &HolderRecord) -> Result<bool, HolderError>;
}

/// The files of a holder: Parquet, with the columns `document`, `category`, `created` and, where
/// there is text, `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefacts {
    /// The folder below which the paths lie.
    pub root: PathBuf,
    /// Everything that holds something derived from members.
    pub files: Vec<Artefact>,
    /// Whose rows stand where: `member_number`, `item`, `table`, `file`, `row`, `document`.
    pub lineage: Vec<Artefact>,
    /// Files that tell of no row, such as what duplicates are told by: of these the gate knows only
    /// whether they are what they are said to be.
    pub others: Vec<Artefact>,
}

/// One file of a holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// Relative to the root.
    pub path: String,
    /// The hash of its bytes, in lower-case hex.
    pub blake3: String,
    /// How many rows it has.
    pub rows: u64,
}

/// One row of a member's in a holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The file.
    pub artefact: String,
    /// The row in it, from 0.
    pub row: u64,
    /// The member's item.
    pub item: ItemId,
    /// The table of the lake that the item came from.
    pub table: String,
}

/// What a holder gave up, and how that shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Release {
    /// The hash of the manifest that holds now.
    pub manifest_hash: String,
    /// The files that changed.
    pub rewritten: Vec<ArtefactChange>,
    /// Rows that went.
    pub rows_removed: u64,
    /// Rows of others in which a name was masked.
    pub rows_redacted: u64,
    /// Rows of others that took the place of a duplicate that went.
    pub rows_promoted: u64,
}

/// A file before and after a release; `None` where it was not, or is no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtefactChange {
    /// Where it lay.
    pub path_before: Option<String>,
    /// Its hash then.
    pub before: Option<String>,
    /// Where it lies.
    pub path_after: Option<String>,
    /// Its hash now.
    pub after: Option<String>,
}

use corpus::{Cell, Split};
use gate::Artefact;
use policy::{Instant, Sequence};
use serde::{Deserialize, Serialize};
use store::HolderId;

/// The layout of the files that are written and read.
pub(crate) const FORMAT: u32 = 1;

/// A holder as it was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// The layout of this file.
    pub format: u32,
    /// Its id in the store.
    pub holder: HolderId,
    /// What it is, in the words of who registered it: training job, index, warehouse.
    pub what: String,
    /// The corpus of which it may be given documents.
    pub corpus: String,
    /// When it was registered.
    pub at: Instant,
}

/// What left with one export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// The layout of this file.
    pub format: u32,
    /// From 1.
    pub number: u32,
    /// To whom.
    pub holder: HolderId,
    /// The holder of the corpus that it was read from.
    pub corpus: HolderId,
    /// The hash of that corpus's manifest.
    pub manifest: String,
    /// Every refusal up to here had been applied.
    pub applied: Sequence,
    /// When it left.
    pub at: Instant,
    /// The cells that it was read from, in the order of the rows of the index.
    pub cells: Vec<ExportedCell>,
    /// Which documents of whom left.
    pub index: Artefact,
}

/// A cell of the corpus as it was when it left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedCell {
    /// What it is for.
    pub split: Split,
    /// From 0.
    pub shard: u16,
    /// From 0.
    pub slice: u16,
    /// The hash of the file of the corpus.
    pub blake3: String,
    /// Documents in it.
    pub rows: u64,
}

impl ExportedCell {
    pub(crate) const fn cell(&self) -> Cell {
        Cell { split: self.split, shard: self.shard, slice: self.slice }
    }
}

//! The lake: versioned tables in which every column has a category, a unit and a reason.
//!
//! Parquet files without statistics, a Delta log for each table, and over all tables one small
//! file for each lake version, which is written last: nothing is visible before it. Rows are
//! appended, replaced and erased; an erasure deletes the files that held them and refuses all
//! older versions. Items that lie in tables elsewhere can be attached: they are read there, in
//! place, as they were when they were looked at.
//!
//! No code but the gate reads the lake for a use, and nothing here knows of choices.

mod attached;
mod bring_back;
mod came_after;
pub mod columns;
mod compact;
mod copy;
mod erase;
mod error;
mod files;
mod home;
mod in_turn;
mod lake;
mod lease;
mod local;
mod lock;
mod log;
mod merge;
mod older;
mod place;
mod reading;
mod recover;
mod requests;
mod rewrite;
mod rows;
mod schema;
mod snapshot;
mod sweep;
mod table;
mod versions;
mod writer;

pub use attached::{
    AttachedFile, Attachment, IndexRow, IndexWriter, ItemColumns, OutsideFile, OutsideRows,
    OutsideTable, Pin, PinnedTable, Said, TAKEN_OVER, TimeColumn, TimeUnit, Values,
};
pub use columns::{Label, RANGE};
pub use compact::{Compacted, Compaction, CompactionProgress};
pub use copy::CopiedFile;
pub use erase::{Erasure, ErasureEvidence, RewrittenFile};
pub use error::{LakeError, Result};
pub use lake::{Lake, Options};
pub use place::{Bucket, Place};
pub use schema::columns_document;
pub use snapshot::{ContentKey, Footprint, Snapshot};
pub use table::{ItemKind, Table, VenueKind};
pub use versions::{Judged, Operation, VersionRecord};
pub use writer::{Append, Findings, Writer};

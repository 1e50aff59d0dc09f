//! Reads what members and platforms hand over into typed, labelled rows and commits them.
//!
//! A [`Source`] yields one [`Located`] event or refusal for each row of what it reads, in order
//! and never as a whole file in memory. [`import`] resolves members in the store, drops what may
//! not come in, and appends the rest to the lake, one lake version for each batch.

mod attach;
mod batch;
mod bundestag;
mod comparison;
mod declaration;
mod encoding;
mod error;
mod event;
mod facts;
mod feed;
mod following;
mod html;
mod import;
mod importer;
mod keys;
mod linkedin;
mod ndjson;
mod orders;
mod piece;
mod plan;
mod refusal;
mod repeats;
mod report;
mod row;
mod stack_exchange;
mod unbatch;
mod zip;

pub use attach::{
    Attached, Detached, Examined, Mapping, ReadThrough, attach, detach, has_changed, look_again,
};
pub use bundestag::BundestagSource;
pub use declaration::{Declaration, DeclaredNotice};
pub use encoding::is_utf_16;
pub use error::SourcesError;
pub use event::{
    Account, Acquaintance, Event, Located, Occurrence, Part, Place, Position, Source, Whole,
};
pub use feed::{Fed, Feed, FeedMark, Step};
pub use following::{Committed, Following};
pub use html::html_to_text;
pub use import::{Options, Progress, import};
pub use keys::Keys;
pub use linkedin::{LINKEDIN, LinkedInExport, LinkedInOptions, LinkedInSource, Written};
pub use ndjson::{NdjsonSource, unambiguous_json};
pub use piece::{LONGEST_ROW, Piece, Pieces};
pub use refusal::{Refusal, RefusalReason};
pub use report::{ArchiveReport, Outcomes, RefusedRow, Report, TableChanges};
pub use row::{
    ActivityRow, Body, EducationRow, ItemRow, Kind, MemberRow, Mention, PositionRow, ProfileRow,
    Reference, Row, SkillRow,
};
pub use stack_exchange::StackExchangeSource;

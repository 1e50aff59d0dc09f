//! Checks a corpus from outside, with eyes of its own.
//!
//! This crate shares no code with those that build a corpus: it reads the store with plain SQL,
//! the lake's logs and files one by one, and replays every fact. Of `policy` it uses the words and
//! the reading of policy files, not the rule; of `text`, how a text is made clean, not whose it is or
//! who is named in it. What it finds should not be there; what it cannot see is in its favour: it has
//! no key, so it cannot tell which document should bear which number.
//!
//! Run it while nothing else writes to the state folder: the store is read at one moment, the
//! files a little later.

mod attached;
mod checks;
mod corpus;
mod database;
mod earlier;
mod elsewhere;
mod error;
mod files;
mod findings;
mod held;
mod judge;
mod lake;
mod manifest;
mod marks;
mod names;
mod people;
mod rule;
mod scripts;
mod spelling;
mod store;
mod table;
mod text;
mod verify;
mod ways;
mod world;

pub use database::AuditedStore;
pub use elsewhere::{HolderInput, verify_holder};
pub use error::{AuditError, Result};
pub use files::LakePlace;
pub use findings::{Checked, Code, Finding, Findings, Place, Severity};
pub use verify::{AuditInput, verify};

//! The transactional facts: who said what and when, who holds what, and what is on its way out.
//!
//! Facts stand in one gapless order, are committed in that order, and are never changed. A
//! [`Snapshot`] folds them up to one place in the order into the [`policy::Facts`] that `decide`
//! asks for. Every fact that can end a permission starts a [`Removal`] in the same transaction.
//!
//! Time is a parameter: every call that records takes the instant at which it does so.

mod account;
mod archives;
pub mod chain;
mod choosing;
mod compared;
mod connection;
mod entities;
mod error;
mod events;
mod fact;
mod facts_read;
mod holder;
mod holders;
mod identities;
mod ids;
mod imports;
mod in_thread;
mod journal;
mod keys;
mod known;
mod ledger;
mod migration;
mod place;
mod plan;
mod read;
mod removal;
mod removals;
mod replays;
mod rows;
mod seal;
mod snapshot;
mod standing;
mod store;
mod words;
mod writer;

pub use error::{Result, StoreError};
pub use events::{EventOrder, FeedLine, FeedPosition, KeyedHash, SeenEvent};
pub use fact::{
    AccountFact, AppliedPolicy, Choice, Document, Fact, NewFact, Notice, Objection, Reach, Ruling,
    Scope, Withdrawn,
};
pub use holder::{Holder, HolderFilter, NewHolder, NewPermit, Permit, Seal};
pub use identities::{Identity, Membership};
pub use ids::{HolderId, PermitId, RemovalId};
pub use imports::{Import, ImportReport};
pub use journal::{JournalOverview, JournalPlace};
pub use keys::BoundKey;
pub use place::{ServerPlace, StorePlace};
pub use removal::{HolderStep, LakeStep, Removal, RemovalProgress};
pub use removals::RemovalFilter;
pub use replays::Replay;
pub use snapshot::Snapshot;
pub use store::Store;
pub use words::{HolderProgress, HolderState, LakeStepState, ReleaseOutcome, RemovalCause};

//! The gate: the only way out of the lake, and the way back from every holder.
//!
//! [`Gate::permit`] applies policy and choices to rows and gives out [`Permitted`]; whoever takes
//! them is registered first. [`Gate::run_removals`] takes back from every [`Holder`] what a later
//! refusal ends.

mod accounting;
mod admit;
mod answers;
mod barrier;
mod check;
mod columns;
mod doubtful;
mod erasing;
mod error;
mod evaluation;
mod evaluator;
mod explain;
mod expressions;
mod folding;
mod forms;
mod functions;
mod gate;
mod holder;
mod kernel;
mod lake_rows;
mod links;
mod markup;
#[doc(hidden)]
pub mod measured;
mod mention;
mod mentions;
mod names;
mod ordinary;
mod own_data;
mod participant;
mod patterns;
mod permit;
mod permitted;
mod prepare;
mod readings;
mod redactor;
mod removal;
mod replays;
mod retention;
mod rows;
mod scripts;
mod sensitive;
mod sieve;
mod thread_index;
mod threads;

pub use accounting::{Accounting, TableAccounting};
pub use answers::{Answers, CategoryReasons, MemberAnswer};
pub use erasing::RowsStillAttached;
pub use error::{GateError, Result};
pub use evaluator::{Evaluator, MemberState, Regime, RowFacts};
pub use explain::{
    CellInForce, ExplainedCategory, ExplainedRow, Explanation, HeldBy, KnownFacts, RefusedAlike,
};
pub use gate::{GIVEN_OUT, Gate};
pub use holder::{Artefact, ArtefactChange, Artefacts, Held, Holder, HolderError, Release};
pub use lake::{Pin, PinnedTable, Table};
pub use mentions::MentionsResolved;
pub use names::{NAME_MASK, NameFinder, NamesToRedact, Span};
pub use own_data::OwnData;
pub use permit::{FactRange, Permit, PermitRequest};
pub use permitted::Permitted;
pub use removal::{HolderOutcome, Holders, RemovalsRun, in_words};
pub use retention::{ExpiredRows, Retention};
pub use sensitive::Reveals;

//! Which rows of a data set that exists already must not be there, and why.
//!
//! A [`DataSet`] is found on disk: Parquet, Arrow or JSON lines, or a folder of them as Hugging
//! Face keeps it. [`check`] reads it row by row, and a [`Judge`] asks `policy::decide` about each,
//! with the facts that the row's columns say and those that a declaration fills in. It needs no
//! state, no lake and no gate, and holds no second rule.

mod batches;
mod choices;
mod column;
mod dataset;
mod error;
mod facts;
mod judge;
mod lines;
mod row;
mod run;
mod streams;

pub use choices::{Choices, Said, SaidScope};
pub use dataset::{DataFile, DataSet, Format, Packing};
pub use error::CheckError;
pub use facts::Rules;
pub use judge::{Judge, NotUnderstood};
pub use row::{Columns, Field};
pub use run::{FailedFile, Judged, Summary, Told, check};

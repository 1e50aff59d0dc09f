//! The corpus with a real lake, store and gate, from outside.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail like the tests themselves"
)]

mod accounting;
mod building;
mod causes;
mod crashes;
mod determinism;
mod following;
mod history;
mod pairs;
mod recipe;
mod releasing;
mod support;
mod waiting;

//! The store from outside, on a real file.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod chain;
mod choices;
mod facts;
mod holders;
mod identities;
mod in_force;
mod journal;
mod opening;
mod removals;
mod sample;
mod short_way;
mod snapshots;

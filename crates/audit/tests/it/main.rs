//! The audit, from outside: nothing is found in what the real crates make, and every planted
//! fault is.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail like the tests themselves"
)]

mod clean;
mod faults;
mod following;
mod kit;
mod network;

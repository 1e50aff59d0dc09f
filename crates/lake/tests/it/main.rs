//! What the lake promises, tried from outside.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail like the tests themselves"
)]

mod append;
mod attached;
mod columns;
mod compact;
mod copy;
mod cost;
mod crash;
mod erase;
mod input;
mod lease;
mod model;
mod older;
mod race;
mod site;
mod statistics;
mod support;

//! The gate with a real lake and a real store.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod attached;
mod barrier;
mod datasets;
mod differential;
mod mentions;
mod own_data;
mod removals;
mod replays;
mod retention;
mod sensitive;
mod signals;
mod support;

//! The store from outside, on a real file and on a real server.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail the test")]

mod chain;
mod choices;
mod facts;
mod holders;
mod home;
mod identities;
mod in_force;
mod journal;
mod opening;
mod removals;
mod sample;
mod server;
mod short_way;
mod snapshots;

//! The store from outside, on a real file.

mod choices;
mod facts;
mod holders;
mod identities;
mod in_force;
mod opening;
mod removals;
mod sample;
mod snapshots;
mod speed;

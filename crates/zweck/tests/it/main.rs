//! The command line, run as people and scripts run it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail like the tests themselves"
)]

mod attach;
mod beside;
mod bucket;
mod bundestag;
mod canaries;
mod check;
mod choosing;
mod command_line;
mod demo;
mod elsewhere;
mod examples;
mod flow;
mod follow;
mod going_on;
mod keeping;
mod keys;
mod kill;
mod linkedin;
mod missing;
mod network;
mod operators;
mod postgres;
mod readme;
mod rooms;
mod run;
mod signals;
mod tables_in_place;
mod telling;

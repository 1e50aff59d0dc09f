//! The readers on good, broken and arbitrary input, and the import into a lake and a store.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy takes only functions marked as tests for tests, not what they share"
)]

mod attach;
mod bad_input;
mod bundestag;
mod declaration;
mod events;
mod feed;
mod following;
mod fuzz;
mod html;
mod importing;
mod lake_rows;
mod linkedin_bad;
mod linkedin_importing;
mod linkedin_reading;
mod linkedin_round_trip;
mod orders;
mod real_dump;
mod refusals;
mod stack_exchange;
mod support;
mod synthetic_network;

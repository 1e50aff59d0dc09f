//! Data sets of every format, good, broken and arbitrary, against rules and choices.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes only functions marked as tests for tests, not what they share"
)]

mod arbitrary;
mod columns;
mod files;
mod items;
mod judging;
mod support;

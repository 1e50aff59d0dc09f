//! Integration tests of the crate `policy`.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes only functions marked as tests for tests, not what they share"
)]

mod aipref;
mod document;
mod generators;
mod properties;
mod shipped;
mod supersede;
mod words;

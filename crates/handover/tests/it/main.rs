//! Tests of what is given out, as its readers see it.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like the tests themselves")]

mod croissant;
mod dataset_card;
mod description;
mod json_lines;
mod plots;
mod sample;
mod summary;

//! How well the lists and rules do on texts that were written to try them.

#![expect(clippy::unwrap_used, reason = "a list that does not parse has to fail the test")]

mod normalisation;
mod sensitive;

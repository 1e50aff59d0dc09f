//! The gate with a real lake and a real store.

mod barrier;
mod differential;
mod mentions;
mod removals;
mod support;

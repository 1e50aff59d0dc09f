//! What the measurements share: a network made by formula, clocks, and numbers in JSON.

pub mod clock;
pub mod consume;
pub mod instructions;
pub mod network;
pub mod rows;
pub mod tables;

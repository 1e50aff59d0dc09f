//! The audit, from outside: nothing is found in what the real crates make, and every planted
//! fault is.

mod clean;
mod faults;
mod kit;
mod network;

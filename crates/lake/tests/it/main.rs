//! What the lake promises, tried from outside.

mod append;
mod columns;
mod compact;
mod crash;
mod erase;
mod input;
mod model;
mod race;
mod statistics;
mod support;

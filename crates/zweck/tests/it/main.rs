//! The command line, run as people and scripts run it.

mod command_line;
mod demo;
mod flow;
mod keys;
mod kill;
mod network;
mod readme;
mod rooms;
mod run;

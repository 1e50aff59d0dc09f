//! Zweck's command line: arguments, configuration, progress and exit codes around the crates that
//! do the work.

mod acts;
mod args;
mod backup;
mod clock;
mod commands;
mod config;
mod exit;
mod facts;
mod keys;
mod lake_place;
mod memory;
mod output;
mod period;
mod progress;
mod recipe;
mod state;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use crate::{
    args::{Cli, Command},
    exit::Exit,
    output::show_error,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(cli.global.verbose);
    let ended = run(cli);
    ended
        .unwrap_or_else(|error| {
            show_error(&error);
            Exit::Failure
        })
        .into()
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    if matches!(cli.command, Command::Import(_)) {
        memory::keep_little();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("starting the runtime")?.block_on(commands::run(cli))
}

/// Logs go to standard error; `RUST_LOG` says which, or else `-v`. What the reader of Delta logs has
/// to say comes back as an error, and its own lines would tell it in backtraces.
fn start_logging(verbose: u8) {
    let level = match verbose {
        0 => "error,corpus=warn,elsewhere=warn,lake=warn,sources=warn,store=warn,zweck=warn",
        1 => "info",
        _ => "debug",
    };
    let usual = || tracing_subscriber::EnvFilter::new(format!("{level},buoyant_kernel=off"));
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| usual());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(output::is_error_coloured())
        .init();
}

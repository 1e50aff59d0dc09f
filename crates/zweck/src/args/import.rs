use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `zweck import`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck import events.ndjson
  cat events.ndjson | zweck import -
  zweck import ./quantumcomputing --declare declaration.toml
  zweck import ./protocols --format bundestag --declare declaration.toml
  zweck import events/ --source my-network --refused refused.ndjson

Members are then named SOURCE:EXTERNAL-ID. The same import twice changes nothing. Exits with 3 if
rows were refused; all others are in.")]
pub(crate) struct Import {
    /// Files or folders; `-` is standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to read them; a folder with Users.xml is stack-exchange, plenary protocols are bundestag,
    /// everything else is ndjson.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// What you say where the source is silent (region, age, visibility), as TOML.
    #[arg(long, value_name = "FILE")]
    pub(crate) declare: Option<PathBuf>,
    /// The name of the source: `platform` for ndjson, `stack-exchange:FOLDER` for a dump, `bundestag`.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Writes the refused rows there, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) refused: Option<PathBuf>,
}

/// How a path is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Events, one JSON object a line.
    Ndjson,
    /// A folder of a Stack Exchange data dump.
    StackExchange,
    /// Plenary protocols of the German Bundestag, in XML.
    Bundestag,
}

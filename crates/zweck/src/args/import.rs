use std::path::PathBuf;

use clap::{Args, ValueEnum};
use policy::Day;

/// `zweck import`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck import events.ndjson
  cat events.ndjson | zweck import -
  zweck import ./quantumcomputing --declare declaration.toml
  zweck import ./protocols --format bundestag --declare declaration.toml
  zweck import events/ --source my-network --refused refused.ndjson
  zweck import Complete_LinkedInDataExport_03-05-2026.zip --member 123456789

Members are then named SOURCE:EXTERNAL-ID. The same import twice changes nothing. Exits with 3 if
rows were refused; all others are in. An archive of LinkedIn holds all that a member has: what an
earlier one had, and this one has not, is removed.")]
pub(crate) struct Import {
    /// Files or folders; `-` is standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to read them; a folder with Users.xml is stack-exchange, a ZIP file or a folder with
    /// Profile.csv is linkedin, plenary protocols are bundestag, everything else is ndjson.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// What you say where the source is silent (region, age, visibility), as TOML.
    #[arg(long, value_name = "FILE")]
    pub(crate) declare: Option<PathBuf>,
    /// The name of the source: `platform` for ndjson, `linkedin` for its archives,
    /// `stack-exchange:FOLDER` for a dump, `bundestag`.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Writes the refused rows there, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) refused: Option<PathBuf>,
    /// Whose archive it is, where it does not say so itself (linkedin).
    #[arg(long, value_name = "EXTERNAL-ID", help_heading = "Archives of a member")]
    pub(crate) member: Option<String>,
    /// The day on which the archive was made, where its name does not say it (linkedin).
    #[arg(long, value_name = "DAY", help_heading = "Archives of a member")]
    pub(crate) made: Option<Day>,
    /// Whether the archive is complete, where its name does not say it (linkedin).
    #[arg(long, value_enum, help_heading = "Archives of a member")]
    pub(crate) scope: Option<Scope>,
}

/// What it means that a file is not in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    /// The member has nothing of the kind, or no more: it goes.
    Complete,
    /// Nothing: it was not asked for.
    Basic,
}

/// How a path is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Events, one JSON object a line.
    Ndjson,
    /// A folder of a Stack Exchange data dump.
    StackExchange,
    /// The archive that a member of LinkedIn gets, or that `zweck export member` writes.
    #[value(name = "linkedin")]
    LinkedIn,
    /// Plenary protocols of the German Bundestag, in XML.
    Bundestag,
}

use clap::{Args, Subcommand};
use lake::Table;

/// `zweck lake …`
#[derive(Debug, Subcommand)]
pub(crate) enum LakeCommand {
    /// The newest version and what its tables take on disk.
    #[command(after_help = "Examples:\n  zweck lake show\n  zweck lake show --json")]
    Show,
    /// Joins small files; the rows stay the same.
    Compact(Compact),
}

/// `zweck lake compact`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck lake compact
  zweck lake compact --table items --min-files 8

What is read meanwhile has to be read again: the files that were joined are deleted. After an
import the same is done by itself where a range has many files, see [lake] in `zweck config`.")]
pub(crate) struct Compact {
    /// Only this table.
    #[arg(long)]
    pub(crate) table: Option<Table>,
    /// Files of a range are joined from this many on.
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    pub(crate) min_files: usize,
}

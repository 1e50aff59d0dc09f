use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `zweck attach …`
#[derive(Debug, Subcommand)]
pub(crate) enum AttachCommand {
    /// Reads a table where it lies, by a mapping; nothing of it is copied.
    Add(AttachAdd),
    /// The tables that are attached, and whether they are what they were.
    #[command(after_help = "Examples:\n  zweck attach list\n  zweck attach list --json")]
    List,
    /// One of them: its mapping, its files, and what became of its rows.
    #[command(after_help = "Example:\n  zweck attach show warehouse-posts")]
    Show {
        /// The name in the mapping.
        name: String,
    },
    /// Is this mapping sound, and does it fit its tables? Changes nothing.
    #[command(after_help = "Example:\n  zweck attach check posts.toml")]
    Check {
        /// The mapping.
        #[arg(value_name = "MAPPING.toml")]
        mapping: PathBuf,
    },
    /// Looks at attached tables again. Rows that were edited, narrowed or deleted start removals.
    #[command(
        after_help = "Examples:\n  zweck attach refresh\n  zweck attach refresh warehouse-posts

`zweck removal run` does the same first."
    )]
    Refresh {
        /// The name in the mapping; without it, all that have changed.
        name: Option<String>,
    },
    /// Reads a table no longer: holders give up what they took of it.
    #[command(after_help = "Example:\n  zweck attach remove warehouse-posts --yes")]
    Remove {
        /// The name in the mapping.
        name: String,
        /// Does it: nobody is asked again.
        #[arg(long)]
        yes: bool,
    },
}

/// `zweck attach add`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck attach add posts.toml
  zweck attach add posts.toml --declare posts-declaration.toml

See docs/tables-in-place.md for the mapping. The same name again takes the place of what was
attached under it.")]
pub(crate) struct AttachAdd {
    /// Which columns say what.
    #[arg(value_name = "MAPPING.toml")]
    pub(crate) mapping: PathBuf,
    /// Fills what the table leaves out: a file with region, age, status, visibility, reason.
    #[arg(long, value_name = "FILE")]
    pub(crate) declare: Option<PathBuf>,
}

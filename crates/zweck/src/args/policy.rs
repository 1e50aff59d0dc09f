use std::path::PathBuf;

use clap::{Args, Subcommand};
use policy::Day;

/// `zweck policy …`
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Says what is wrong with policy files, each with its line and a hint.
    #[command(after_help = "\
Examples:
  zweck policy check my-policy.toml
  zweck policy check 2025-11-03           a shipped version

Exits with 4 if anything was found.")]
    Check {
        /// Files, or versions that are shipped.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
    },
    /// Says in words what changes for whom from one policy to another.
    #[command(after_help = "Example:\n  zweck policy diff 2024-11-20 2025-11-03")]
    Diff {
        /// A file or a version.
        old: String,
        /// A file or a version.
        new: String,
    },
    /// Prints the whole decision table.
    #[command(after_help = "\
Examples:
  zweck policy table                      of the policy in force
  zweck policy table 2025-11-03")]
    Table {
        /// A file or a version; the policy in force, if not given.
        #[arg(value_name = "FILE")]
        policy: Option<String>,
    },
    /// Puts a policy in force, says what changes, and starts the removals that follow from it.
    #[command(after_help = "\
Example:
  zweck policy apply 2025-11-03

A text that was applied keeps its version: what is wider or narrower is another
version, with an announcement of its own. No policy turns what a member has
refused into a permission.")]
    Apply {
        /// A file or a version.
        #[arg(value_name = "FILE")]
        policy: String,
    },
    /// Shows a policy: purposes, places, grounds, data.
    #[command(after_help = "Example:\n  zweck policy show 2025-11-03")]
    Show {
        /// A file or a version; the policy in force, if not given.
        #[arg(value_name = "FILE")]
        policy: Option<String>,
    },
    /// Lists the policies that are shipped and those that were applied.
    #[command(after_help = "Example:\n  zweck policy list")]
    List,
}

/// `zweck document …`
#[derive(Debug, Subcommand)]
pub(crate) enum DocumentCommand {
    /// Puts a document on record, by its hash.
    Add(DocumentAdd),
    /// Lists the documents on record, and those that the policy in force still misses.
    #[command(after_help = "Example:\n  zweck document list")]
    List,
}

/// `zweck document add`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  zweck document add --kind dpia --title \"Impact assessment, generative AI\" dpia.pdf")]
pub(crate) struct DocumentAdd {
    /// What it is, as policies name it: dpia, legitimate-interest-assessment, …
    #[arg(long)]
    pub(crate) kind: String,
    /// Its title, for people.
    #[arg(long)]
    pub(crate) title: String,
    /// The document; only its hash is recorded.
    pub(crate) file: PathBuf,
    /// The one version of the policy that it is about; every version, if not given.
    #[arg(long, value_name = "DAY")]
    pub(crate) policy_version: Option<Day>,
}

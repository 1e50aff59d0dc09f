use clap::{Args, Subcommand};
use policy::Purpose;

use super::{ItemReference, MemberReference};

/// `zweck gate …`
#[derive(Debug, Subcommand)]
pub(crate) enum GateCommand {
    /// Counts the rows of a member that may be used, by kind of data, and those that may not with
    /// every reason against; or tells of one row.
    Explain(Explain),
    /// Counts the rows that may be used for a purpose, and those left out by reason.
    #[command(after_help = "\
Examples:
  zweck gate report --purpose generative-ai
  zweck gate report --purpose generative-ai --at 2026-01-01")]
    Report {
        /// For which purpose.
        #[arg(long)]
        purpose: Purpose,
    },
}

/// `zweck gate explain`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck gate explain --member platform:m000007 --purpose generative-ai
  zweck gate explain --member platform:m000007 --item post:i0000012 --purpose generative-ai")]
pub(crate) struct Explain {
    /// Whose rows: SOURCE:EXTERNAL-ID or #NUMBER.
    #[arg(long)]
    pub(crate) member: MemberReference,
    /// Only this row: KIND:EXTERNAL-ID or #ID.
    #[arg(long)]
    pub(crate) item: Option<ItemReference>,
    /// For which purpose.
    #[arg(long)]
    pub(crate) purpose: Purpose,
}

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `zweck export …`
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Writes all that the lake holds of a member as an archive, for the member.
    #[command(after_help = "\
Examples:
  zweck export member m000007 --source platform --out m000007.zip
  zweck export member 123456789 --source linkedin --out ./archive

The files have the format of LinkedIn's data export. What that cannot carry stands in the folder
Zweck of the archive, so that `zweck import` reads the same rows again. Every member gets their own
data, whatever they chose and whatever the state of the account; what nobody else may see is in it.")]
    Member(ExportMember),
}

/// `zweck export member`
#[derive(Debug, Args)]
pub(crate) struct ExportMember {
    /// The member's id in the source.
    #[arg(value_name = "EXTERNAL-ID")]
    pub(crate) member: String,
    /// The source under which the member was imported.
    #[arg(long, value_name = "NAME", default_value = "platform")]
    pub(crate) source: String,
    /// Where to write: a ZIP file if it ends in .zip, else a folder. Nothing may be there yet.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: PathBuf,
}

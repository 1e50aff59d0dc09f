use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `zweck recipe …`
#[derive(Debug, Subcommand)]
pub(crate) enum RecipeCommand {
    /// Prints the recipe that holds if none is named, with what each line means.
    #[command(after_help = "\
Examples:
  zweck recipe show
  zweck recipe show > recipe.toml")]
    Show,
    /// Says whether a recipe is sound.
    #[command(after_help = "Example:\n  zweck recipe check recipe.toml")]
    Check {
        /// The recipe, a TOML file.
        file: PathBuf,
    },
    /// Shows what a recipe makes of texts. Nothing is kept.
    Try(Try),
}

/// `zweck recipe try`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck recipe try posts.jsonl
  zweck recipe try posts.jsonl --recipe recipe.toml --json
  echo 'Ruf mich an: 030 1234567' | zweck recipe try - --plain

Names of people who objected are no matter of a recipe: the gate masks them.")]
pub(crate) struct Try {
    /// JSON lines, each an object with a `text`; `-` is standard input.
    pub(crate) texts: PathBuf,
    /// The whole file is one text.
    #[arg(long)]
    pub(crate) plain: bool,
    /// The recipe; without one, the default.
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<PathBuf>,
}

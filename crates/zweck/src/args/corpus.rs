use std::{num::NonZeroU16, path::PathBuf};

use clap::{Args, Subcommand};
use policy::{Instant, Purpose};

/// `zweck corpus …`
#[derive(Debug, Subcommand)]
pub(crate) enum CorpusCommand {
    /// Builds a training set from what may be used, and registers it as a holder.
    Build(Build),
    /// What a corpus is: permit, accounting, files, releases.
    #[command(after_help = "Example:\n  zweck corpus show assistants")]
    Show {
        /// Its name.
        name: String,
    },
    /// Describes a corpus for whoever is to trust it; no row leaves.
    #[command(after_help = "\
Examples:
  zweck corpus describe assistants --to description
  zweck corpus describe assistants --to description --provider provider.toml

Writes a data card and its plots as SVG, and the public summary of the content that a model is trained
on (AI Act, art. 53(1)(d)) in German and English. What only the provider of the model knows comes from
--provider, a TOML file with texts such as `name`, `contact` and `model`, each a text or one for each
language, `{ en = \"…\", de = \"…\" }`; what is not given is said to be missing.")]
    Describe {
        /// Its name.
        name: String,
        /// A folder that is not there yet, or is empty.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// What only the provider of the model knows.
        #[arg(long, value_name = "FILE")]
        provider: Option<PathBuf>,
    },
    /// Lists the corpora.
    #[command(after_help = "Example:\n  zweck corpus list")]
    List,
    /// Deletes a corpus and retires its holders, also if its files are gone already.
    #[command(after_help = "Example:\n  zweck corpus discard assistants --yes")]
    Discard {
        /// Its name.
        name: String,
        /// Really.
        #[arg(long)]
        yes: bool,
    },
    /// Reads corpus, lake and facts with code of its own, and says what should not be there.
    #[command(after_help = "\
Example:
  zweck corpus verify assistants

Run it while nothing else writes. Exits with 4 if anything was found that must not be.")]
    Verify {
        /// Its name.
        name: String,
    },
}

/// `zweck corpus build`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck corpus build assistants --purpose generative-ai
  zweck corpus build assistants --purpose generative-ai --shards 8 --slices 16
  zweck corpus build assistants --purpose generative-ai --recipe recipe.toml

A corpus of that name is replaced once the new one is sealed. What is refused later is taken out by
`zweck removal run`.")]
pub(crate) struct Build {
    /// Its name: up to 64 lower-case letters, digits, hyphens and underscores.
    pub(crate) name: String,
    /// For which purpose.
    #[arg(long)]
    pub(crate) purpose: Purpose,
    /// The instant that the question is about; that of --at, if not given.
    #[arg(long, value_name = "INSTANT", value_parser = super::instant)]
    pub(crate) as_of: Option<Instant>,
    /// Over how many shards members are spread; as configured, if not given.
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub(crate) shards: Option<NonZeroU16>,
    /// Into how many slices a shard is cut; as configured, if not given.
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub(crate) slices: Option<NonZeroU16>,
    /// What is done to its texts; without one, the default (`zweck recipe show`).
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<PathBuf>,
}

fn count(text: &str) -> Result<NonZeroU16, String> {
    text.parse()
        .map_err(|_| format!("a count is a whole number, at least 1 and at most {}", u16::MAX))
}

/// `zweck holder …`
#[derive(Debug, Subcommand)]
pub(crate) enum HolderCommand {
    /// Lists everything that holds what it derived from members' data.
    #[command(after_help = "Example:\n  zweck holder list")]
    List,
}

/// `zweck removal …`
#[derive(Debug, Subcommand)]
pub(crate) enum RemovalCommand {
    /// Lists the removals that are open.
    #[command(after_help = "Examples:\n  zweck removal list\n  zweck removal list --all")]
    List {
        /// Also those that have ended.
        #[arg(long)]
        all: bool,
    },
    /// One removal, holder by holder, with the evidence.
    #[command(after_help = "Example:\n  zweck removal show 17")]
    Show {
        /// Its number.
        id: i64,
    },
    /// Carries every open removal on: the lake erases, holders release, the gate checks.
    #[command(after_help = "Example:\n  zweck removal run\n\nExits with 5 if one is still open.")]
    Run,
}

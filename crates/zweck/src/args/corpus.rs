use std::{num::NonZeroU16, path::PathBuf};

use clap::{Args, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};
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
    /// Gives a corpus out to a holder elsewhere: rows, and everything that describes them.
    #[command(after_help = "\
Example:
  zweck corpus export assistants --holder trainer --to export-1

The holder has to be registered before (`zweck holder register`). What it is given is on record before
the first row leaves, so that every later removal reaches it. The folder has the documents and the task
pairs that they make (`zweck corpus pairs`) as JSON lines, a Croissant description, a card for Hugging
Face's `datasets`, plots, the public summary of training content, and `export.json`, which names the
export.")]
    Export(CorpusExport),
    /// Shows the task pairs that the documents of a corpus make.
    #[command(after_help = "\
Examples:
  zweck corpus pairs assistants
  zweck corpus pairs assistants --task post --most 3
  zweck --json corpus pairs assistants --most 0

A pair is what an assistant is asked and what it answers: career to headline or About, position to
description, notes to post or article, job and career to a message. The words around what members
wrote are templates in German and English, and every pair names the documents that it is made of.
`zweck corpus export` writes them all.")]
    Pairs {
        /// Its name.
        name: String,
        /// Only those of this task: headline, about, description, post, article or message.
        #[arg(long)]
        task: Option<corpus::Task>,
        /// How many of each task are shown; 0 only counts them.
        #[arg(long, value_name = "COUNT", default_value_t = 1)]
        most: usize,
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
  zweck corpus build assistants-2 --purpose generative-ai --after assistants

A corpus of that name is replaced once the new one is sealed. What is refused later is taken out by
`zweck removal run`. With --after only what is new is read and written: rows that came into the lake
since the other corpus was built, but for what is the same there, or nearly. Who allowed only later
comes in with the next corpus that is built whole.")]
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
    /// A corpus to go on from: takes in only what came into the lake since, and nothing that is the
    /// same there. Cut and recipe are those of that corpus.
    #[arg(long, value_name = "CORPUS", conflicts_with_all = ["shards", "slices", "recipe"])]
    pub(crate) after: Option<String>,
}

/// `zweck corpus export`
#[derive(Debug, Args)]
pub(crate) struct CorpusExport {
    /// Its name.
    pub(crate) name: String,
    /// The holder to whom it is given.
    #[arg(long, value_name = "NAME")]
    pub(crate) holder: String,
    /// A folder that is not there yet, or is empty.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: PathBuf,
    /// How the rows are compressed; gzip is read by Python without anything else.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) compression: Compression,
    /// What only the provider of the model knows, see `zweck corpus describe --help`.
    #[arg(long, value_name = "FILE")]
    pub(crate) provider: Option<PathBuf>,
}

/// How rows are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Compression {
    /// Zstandard.
    #[default]
    Zstd,
    /// gzip.
    Gzip,
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
    /// Registers a holder that is not ours, before it is given anything.
    #[command(after_help = "\
Example:
  zweck holder register trainer --corpus assistants --what \"training job\" --location gpu-7:/models

From then on every removal asks for it. `zweck corpus export` gives it rows, `zweck holder removals`
says what of them has to go, `zweck holder release` takes the evidence that it went.")]
    Register {
        /// Its name: up to 64 lower-case letters, digits, hyphens and underscores.
        name: String,
        /// The corpus of which it may be given rows.
        #[arg(long, value_name = "NAME")]
        corpus: String,
        /// What it is: training job, index, warehouse.
        #[arg(long, value_parser = NonEmptyStringValueParser::new())]
        what: String,
        /// Where it keeps what it holds.
        #[arg(long, value_parser = NonEmptyStringValueParser::new())]
        location: String,
    },
    /// What a holder elsewhere was given, and where it stands.
    #[command(after_help = "Example:\n  zweck holder show trainer")]
    Show {
        /// Its name.
        name: String,
    },
    /// What a holder elsewhere has to let go, document by document.
    #[command(after_help = "\
Examples:
  zweck holder removals trainer
  zweck --json holder removals trainer > removals.json

Names member, item, corpus, shard and slice of each. A document to replace has to go as it is: the
next export has it with other words. What is listed is what the holder may have; run `zweck removal
run` first, so that the corpus has followed.")]
    Removals {
        /// Its name.
        name: String,
    },
    /// Takes the evidence that a holder elsewhere has let go, checks and records it.
    #[command(after_help = "\
Example:
  zweck holder release trainer --evidence model/evidence.json

The evidence is a JSON file, to whose folder its paths are relative:
  {\"format\": 1, \"holder\": \"trainer\", \"export\": 2, \"deleted\": [1],
   \"artefacts\": [{\"path\": \"model.pt\", \"bytes\": 1234, \"sha256\": \"…\"}],
   \"documents\": \"documents.txt\"}
`export` is the newest one that it was given, of which alone it is made, and `deleted` are all others.
The file of documents has a line for each that it is made of: its name and the SHA-256 of its text.
Artefacts that are there are hashed again. Exits with 5 if a removal still waits for it.")]
    Release {
        /// Its name.
        name: String,
        /// What it says it is made of.
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
    },
    /// Looks again whether what a holder elsewhere showed is true, with code of its own.
    #[command(after_help = "\
Example:
  zweck holder verify trainer

Exits with 4 if anything was found that must not be.")]
    Verify {
        /// Its name.
        name: String,
    },
    /// Takes a holder elsewhere from the list, because nothing of it is left.
    #[command(after_help = "\
Example:
  zweck holder retire trainer --note \"model and exports deleted, ticket 7\" --yes")]
    Retire {
        /// Its name.
        name: String,
        /// How it is known that nothing is left; goes on record.
        #[arg(long, value_parser = NonEmptyStringValueParser::new())]
        note: String,
        /// Really.
        #[arg(long)]
        yes: bool,
    },
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

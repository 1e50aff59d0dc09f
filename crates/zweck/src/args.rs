//! The command line.

mod attach;
mod check;
mod choose;
mod corpus;
mod export;
mod gate;
mod import;
mod keeping;
mod lake;
mod member;
mod policy;
mod recipe;
mod reference;

use std::path::PathBuf;

use ::policy::Instant;
use clap::{ArgAction, Args, Parser, Subcommand};

pub(crate) use self::{
    attach::{AttachAdd, AttachCommand},
    check::Check,
    choose::{Choose, NoticeArgs, ObjectArgs, One},
    corpus::{Build, Compression, CorpusCommand, CorpusExport, HolderCommand, RemovalCommand},
    export::{ExportCommand, ExportMember},
    gate::{Explain, GateCommand},
    import::{Format, Import, Pace, Scope},
    keeping::{
        Backup, JournalCommand, KeysCommand, LogCommand, LogShow, Restore, RetentionCommand,
    },
    lake::{Compact, LakeCommand},
    member::MemberCommand,
    policy::{DocumentAdd, DocumentCommand, PolicyCommand},
    recipe::{RecipeCommand, Try},
    reference::{ItemReference, MemberReference, SPLIT},
};
use crate::exit::Exit;

const FIRST_STEPS: &str = "\
First steps:
  zweck demo                                  from nothing to a corpus that follows an objection
  zweck policy check FILE                     is this policy sound?
  zweck import events.ndjson                  bring members and their content in
  zweck corpus build NAME --purpose PURPOSE   what may be used, with its accounting
";

/// Uses members' data only for the purposes it was promised for, and shows it.
#[derive(Debug, Parser)]
#[command(name = "zweck", version, after_help = format!("{FIRST_STEPS}\n{}", Exit::table()))]
#[command(max_term_width = 100)]
pub(crate) struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// The folder of facts, lake, corpora and keys.
    #[arg(long, value_name = "DIR", global = true, env = "ZWECK_STATE")]
    #[arg(default_value = "./zweck-state", hide_env_values = true)]
    pub(crate) state: PathBuf,
    /// The configuration; without it, zweck.toml in the state folder or here.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Writes JSON to standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Says more on standard error; twice for even more.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The instant at which everything is recorded and asked; now, if not given.
    #[arg(long, value_name = "INSTANT", global = true, value_parser = instant)]
    pub(crate) at: Option<Instant>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows everything on a made-up network, in a fresh folder.
    Demo(Demo),
    /// The rules: check, compare, apply.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// The documents that a policy requires before a use.
    #[command(subcommand)]
    Document(DocumentCommand),
    /// Brings members and their content in.
    Import(Import),
    /// Reads members' content where it lies, in Parquet files or a Delta table.
    #[command(subcommand)]
    Attach(AttachCommand),
    /// Gives members their own data.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Records what members said about a purpose.
    Choose(Choose),
    /// Records the objection of a person without an account.
    Object(ObjectArgs),
    /// Records that an announcement was delivered.
    Notice(NoticeArgs),
    /// Members: what is known, and erasure.
    #[command(subcommand)]
    Member(MemberCommand),
    /// What may be used for a purpose, and why not.
    #[command(subcommand)]
    Gate(GateCommand),
    /// Whatever keeps what it derived from members' data.
    #[command(subcommand)]
    Holder(HolderCommand),
    /// Data on its way out of all holders.
    #[command(subcommand)]
    Removal(RemovalCommand),
    /// Training sets that follow removals.
    #[command(subcommand)]
    Corpus(CorpusCommand),
    /// What is done to texts on their way into a corpus.
    #[command(subcommand)]
    Recipe(RecipeCommand),
    /// The tables of members' data.
    #[command(subcommand)]
    Lake(LakeCommand),
    /// Tells which rows of a data set must not be there, and why.
    Check(Box<Check>),
    /// For how long rows are kept.
    #[command(subcommand)]
    Retention(RetentionCommand),
    /// Copies facts, lake and corpora while the system runs.
    Backup(Backup),
    /// Brings a backup back, with everything that the journal knows since.
    Restore(Restore),
    /// Brings the state of an earlier version to this one.
    #[command(after_help = "\
Example:
  zweck upgrade

The facts are copied beside the state folder first, and the upgrade is tried on another copy.")]
    Upgrade,
    /// The journal, which has every fact once more.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// The secret keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// What operators did.
    #[command(subcommand)]
    Log(LogCommand),
    /// Lists every column of the lake with its category, unit and reason.
    #[command(after_help = "Example:\n  zweck columns > columns.md")]
    Columns,
    /// Prints the configuration with every default and what it means.
    #[command(after_help = "Example:\n  zweck config > zweck.toml")]
    Config,
}

/// `zweck demo`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck demo
  zweck demo --members 500 --seed 7 --keep ./my-demo")]
pub(crate) struct Demo {
    /// How many members the network has.
    #[arg(long, value_name = "COUNT", default_value_t = 2_000)]
    #[arg(value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(50..=200_000))]
    pub(crate) members: usize,
    /// Another seed makes another network.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// The folder to make anew; only one that an earlier demo made is deleted.
    #[arg(long, value_name = "DIR", default_value = "./zweck-demo")]
    pub(crate) keep: PathBuf,
}

/// Reads an instant, saying how one looks.
fn instant(text: &str) -> Result<Instant, String> {
    let example = "an instant is `2026-11-01` or `2026-11-01T08:00:00Z`";
    text.parse().map_err(|_| example.to_owned())
}

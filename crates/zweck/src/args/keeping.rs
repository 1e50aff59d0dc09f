//! Commands that keep a system: backup, journal, keys, retention, the operators' log.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::MemberReference;
use crate::keys::KeyName;

/// `zweck backup`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck backup /backups/2026-11-01
  zweck backup /backups/2026-11-01 --json

Facts, lake and sealed corpora, while the system runs. Cut off, it goes on where it was. Keys and
journal are not in it: keep both apart, or a restored system cannot be used.")]
pub(crate) struct Backup {
    /// The folder to make.
    #[arg(value_name = "FOLDER")]
    pub(crate) to: PathBuf,
}

/// `zweck restore`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  zweck --state ./zweck-state restore /backups/2026-11-01 --journal ./old-journal --keys ./keys

Every choice, removal and erasure from after the backup is taken from the journal before anything
may be used. Without the journal of that very system, whole and going past the backup, the gate
stays closed; there is no way around it. Then run `zweck removal run`, and import again what came in
after the backup. A database that [store] names takes the facts if it is empty. The file that
--config names becomes zweck.toml of the restored state, instead of the one in the backup.")]
pub(crate) struct Restore {
    /// What `zweck backup` made.
    #[arg(value_name = "BACKUP")]
    pub(crate) from: PathBuf,
    /// The folder of the journal of the system that was backed up.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) journal: Option<PathBuf>,
    /// The folder of its keys.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
}

/// `zweck journal …`
#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Reads a journal from its first line to its last and checks every hash.
    #[command(after_help = "\
Examples:
  zweck journal verify
  zweck journal verify ./old-journal

Without a folder it is also compared with the store, which knows how far the journal has to go.
Exits with 4 if a line is missing, or is not as it was written.")]
    Verify {
        /// Its folder; that of this system, if not given.
        folder: Option<PathBuf>,
    },
    /// Gives a restored system its journal, and opens the gate.
    #[command(after_help = "Example:\n  zweck journal use ./old-journal")]
    Use {
        /// The folder of the journal.
        folder: PathBuf,
    },
    /// Drops the half line that a journal ends with if its system died while writing.
    #[command(after_help = "\
Example:
  zweck journal mend ./old-journal

Nobody was answered by half a line. But a journal that was cut looks the same: use the whole one if
there is one. A last line that lacks its newline alone is whole: it stays, and gets its newline.")]
    Mend {
        /// The folder of the journal.
        folder: PathBuf,
    },
}

/// `zweck keys …`
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Lists the keys: what each is for, its fingerprint, whether it can be another one.
    #[command(after_help = "Example:\n  zweck keys list")]
    List,
    /// Makes a new key in the place of an old one, if that is not fixed.
    #[command(after_help = "\
Example:
  zweck keys rotate log

The old key is gone then: what stands in for names in the operators' log before and after cannot be
brought together any more.")]
    Rotate {
        /// Which one.
        #[arg(value_name = "KEY")]
        key: KeyName,
    },
}

/// `zweck retention …`
#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Takes rows out of the lake that were kept for as long as `[retention]` says, and starts their
    /// removals. Meant to be run every day.
    #[command(after_help = "\
Examples:
  zweck retention run --dry-run
  zweck retention run && zweck removal run")]
    Run {
        /// Counts what would go, and changes nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

/// `zweck log …`
#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Lists what operators did, the newest last.
    #[command(after_help = "\
Examples:
  zweck log show --limit 50
  zweck log show --verify
  zweck log show --about platform:m000007

External ids stand in it as keyed hashes. Exits with 4 if --verify finds anything wrong.")]
    Show(LogShow),
}

/// `zweck log show`
#[derive(Debug, Args)]
pub(crate) struct LogShow {
    /// Only the last so many.
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    pub(crate) limit: usize,
    /// Only what was done about this member.
    #[arg(long, value_name = "MEMBER")]
    pub(crate) about: Option<MemberReference>,
    /// Says whether every line is there as it was written.
    #[arg(long)]
    pub(crate) verify: bool,
}

//! The operators' log: who did what to this system, in an append-only file of chained lines.
//!
//! A line is written before a command that changes anything begins, and another when it ends, so
//! that one that was killed shows as well. It lies with the journal, outside of every backup.

mod describe;

use std::{
    fs::{File, OpenOptions},
    io::Read,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::Context;
use policy::Instant;
use serde::{Deserialize, Serialize};
use store::chain::{Chain, ChainEnd};

pub(crate) use describe::{Act, Pseudonyms};

use crate::{
    args::{Cli, Global},
    config::Config,
    exit::Exit,
    state::{has_state, make_private},
};

const FILE: &str = "operators.log";
/// Holds the end of the chain, so that appending does not mean reading; and is the lock.
const END: &str = "operators.end";

/// The log of one system.
pub(crate) struct ActLog {
    folder: PathBuf,
    chain: Chain,
}

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// When it was written: by the machine's clock, or by --at.
    pub(crate) at: Instant,
    /// The user of the operating system.
    pub(crate) who: String,
    /// The process, by which beginning and end belong together.
    pub(crate) process: u32,
    /// What was begun or ended.
    pub(crate) command: String,
    /// What was asked for, without anybody's name.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub(crate) arguments: serde_json::Map<String, serde_json::Value>,
    /// The exit code; `None` where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exit: Option<u8>,
}

/// An act that has begun.
pub(crate) struct Begun {
    log: ActLog,
    entry: Entry,
    names: Pseudonyms,
    /// Whether its beginning is in the log. The first act of all has no state to be logged in
    /// until it has made one.
    is_written: bool,
}

/// Writes down that a command begins, if it is one that changes anything.
pub(crate) fn begin(cli: &Cli) -> anyhow::Result<Option<Begun>> {
    let has_state = has_state(&cli.global);
    if !has_state && !describe::makes_state(&cli.command) {
        return Ok(None);
    }
    let names = Pseudonyms::find_or_draw(&cli.global)?;
    let Some(Act { command, arguments }) = describe::act(&cli.command, &names) else {
        return Ok(None);
    };
    let entry = Entry {
        at: cli.global.clock().now(),
        who: user(),
        process: std::process::id(),
        command: command.to_owned(),
        arguments,
        exit: None,
    };
    let log = ActLog::of(&cli.global)?;
    let mut begun = Begun { log, entry, names, is_written: false };
    if has_state {
        begun.write(&cli.global)?;
    }
    Ok(Some(begun))
}

impl Begun {
    /// Writes down how it ended.
    pub(crate) fn end(mut self, global: &Global, exit: Exit) -> anyhow::Result<()> {
        if !self.is_written && !has_state(global) {
            return Ok(());
        }
        self.write(global)?;
        let (at, arguments) = (global.clock().now(), serde_json::Map::new());
        self.log.append(&Entry { at, arguments, exit: Some(exit.code()), ..self.entry })
    }

    /// Writes down that it began, once.
    fn write(&mut self, global: &Global) -> anyhow::Result<()> {
        if !self.is_written {
            self.names.keep(global)?;
            self.log.append(&self.entry)?;
            self.is_written = true;
        }
        Ok(())
    }
}

impl ActLog {
    /// The log of the system that the command line names.
    pub(crate) fn of(global: &Global) -> anyhow::Result<Self> {
        let config = Config::find(global.config.as_deref(), &global.state)?;
        let folder = config.journal_folder(&global.state)?;
        Ok(Self { chain: Chain::new(folder.join(FILE)), folder })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        self.chain.path()
    }

    /// Every line, with every hash checked, and the length of what is torn behind the last.
    pub(crate) fn read(&self) -> anyhow::Result<(Vec<Entry>, u64)> {
        if !self.chain.exists() {
            return Ok((Vec::new(), 0));
        }
        let mut reader = self.chain.read(ChainEnd::default())?;
        let mut entries = Vec::new();
        while let Some(line) = reader.next_entry()? {
            let entry = serde_json::from_str(&line.text);
            entries.push(entry.with_context(|| {
                format!("reading line {} of `{}`", line.end.entries, self.path().display())
            })?);
        }
        Ok((entries, reader.torn_bytes()))
    }

    /// Adds a line; durable when it returns.
    fn append(&self, entry: &Entry) -> anyhow::Result<()> {
        self.try_append(entry)
            .with_context(|| format!("writing the operators' log `{}`", self.path().display()))
    }

    fn try_append(&self, entry: &Entry) -> anyhow::Result<()> {
        make_private(&self.folder)?;
        let mut lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(self.folder.join(END))?;
        lock.lock()?;
        let end = self.end(&mut lock)?;
        let end = self.chain.append(&end, &serde_json::to_string(entry)?)?;
        write_end(&mut lock, &end)
    }

    /// The end of the chain: as it was written down, if that is true, or else read anew. Half a
    /// line of somebody who died is cut off.
    fn end(&self, lock: &mut File) -> anyhow::Result<ChainEnd> {
        let mut text = String::new();
        lock.read_to_string(&mut text)?;
        let length = self.chain.length()?;
        let known = serde_json::from_str::<ChainEnd>(&text).ok();
        if let Some(known) = known.filter(|known| known.bytes == length)
            && self.chain.holds(&known)?
        {
            return Ok(known);
        }
        if !self.chain.exists() {
            return Ok(ChainEnd::default());
        }
        let (end, torn) = self.chain.verify()?;
        if torn > 0 {
            self.chain.cut(&end)?;
        }
        Ok(end)
    }
}

fn write_end(lock: &mut File, end: &ChainEnd) -> anyhow::Result<()> {
    use std::io::{Seek, Write};
    lock.set_len(0)?;
    lock.rewind()?;
    Ok(lock.write_all(&serde_json::to_vec(end)?)?)
}

/// Who runs this process, by the name that the operating system has for the number.
fn user() -> String {
    let number = std::fs::metadata("/proc/self").map(|process| process.uid());
    let Ok(number) = number else {
        // no such folder on this system: what the environment says is all there is
        return std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    };
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let of_line = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(number)).then(|| name.to_owned())
    };
    users.lines().find_map(of_line).unwrap_or_else(|| format!("uid {number}"))
}

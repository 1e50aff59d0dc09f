//! The operators' log: who did what to this system, in an append-only file of chained lines.
//!
//! A line is written before a command that changes anything begins, and another when it ends, so
//! that one that was killed shows as well. It lies with the journal, outside of every backup.

mod describe;

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read, Seek, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
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

    /// Whether lines are missing at the end, as far as can be told by the end that was written down
    /// when the last of them was.
    pub(crate) fn check_end(&self) -> anyhow::Result<()> {
        let (path, length) = (self.folder.join(END), self.chain.length()?);
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound && length == 0 => return Ok(()),
            read => read.with_context(|| format!("reading `{}`", path.display()))?,
        };
        let known: ChainEnd = serde_json::from_str(&text)
            .with_context(|| format!("`{}` does not say where the log ends", path.display()))?;
        self.check_holds(&known)
    }

    fn check_holds(&self, known: &ChainEnd) -> anyhow::Result<()> {
        ensure!(
            self.chain.holds(known)?,
            "it had {} lines, and the last of them is not there any more (hint: put the whole log \
             back; moved away together with `{}`, a new one is begun)",
            known.entries,
            self.folder.join(END).display()
        );
        Ok(())
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
        if let Ok(known) = serde_json::from_str::<ChainEnd>(&text) {
            // a new line would hide that old ones are missing
            self.check_holds(&known)?;
            if known.bytes == length {
                return Ok(known);
            }
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
    let text = serde_json::to_vec(end)?;
    // Written over what was there, never shorter: whoever dies in between leaves an end behind.
    lock.rewind()?;
    lock.write_all(&text)?;
    Ok(lock.set_len(text.len() as u64)?)
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

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
use serde_json::{Map, Value};
use store::chain::{Chain, ChainEnd};

pub(crate) use describe::{Act, HASHED, Pseudonyms};

use crate::{
    args::{Cli, Global},
    clock::Clock,
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
    /// When it was written, by the machine's clock.
    pub(crate) at: Instant,
    /// As of when the command was to work, if --at said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<Instant>,
    /// The user of the operating system.
    pub(crate) who: String,
    /// The process, by which beginning and end belong together.
    pub(crate) process: u32,
    /// What was begun or ended.
    pub(crate) command: String,
    /// What was asked for, without anybody's name.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) arguments: Map<String, Value>,
    /// The fingerprint of the key by which names were hashed, where it begins. Lines of earlier
    /// versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// The exit code; `None` where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exit: Option<u8>,
}

impl Entry {
    /// The number of the member whom it was about, or what stands in for an external id.
    pub(crate) fn member(&self) -> Option<&str> {
        self.arguments.get("member")?.as_str()
    }
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
    let log = ActLog::of(&cli.global)?;
    // in this order: whoever begins a log puts its key there first
    let (is_begun, known) = (log.exists(), Pseudonyms::find(&cli.global)?);
    let is_lost = is_begun && known.is_none();
    let names = known.map_or_else(Pseudonyms::draw, Ok)?;
    let Some(Act { command, arguments }) = describe::act(&cli.command, &names) else {
        return Ok(None);
    };
    // without a state there is none to go on with: what would make one anew is refused for that
    if is_lost && has_state && !describe::brings_key(&cli.command) {
        return Err(Pseudonyms::lost(&cli.global));
    }
    let entry = Entry {
        at: Clock::System.now(),
        as_of: cli.global.at,
        who: user(),
        process: std::process::id(),
        command: command.to_owned(),
        arguments,
        key: (!is_lost).then(|| names.fingerprint()),
        exit: None,
    };
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
        let (at, arguments, exit) = (Clock::System.now(), Map::new(), Some(exit.code()));
        self.log.append(&Entry { at, arguments, key: None, exit, ..self.entry })
    }

    /// Writes down that it began, once.
    fn write(&mut self, global: &Global) -> anyhow::Result<()> {
        if !self.is_written {
            if !self.log.exists() {
                self.names.keep(global)?;
            }
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

    /// Whether it was begun.
    pub(crate) fn exists(&self) -> bool {
        self.chain.exists()
    }

    /// Every line, with every hash checked, and whether the file ends where the last of them does.
    pub(crate) fn read(&self) -> anyhow::Result<(Vec<Entry>, bool)> {
        if !self.exists() {
            return Ok((Vec::new(), true));
        }
        let mut reader = self.chain.read(ChainEnd::default())?;
        let mut entries = Vec::new();
        while let Some(line) = reader.next_entry()? {
            let entry = serde_json::from_str(&line.text);
            entries.push(entry.with_context(|| {
                format!("reading line {} of `{}`", line.end.entries, self.path().display())
            })?);
        }
        Ok((entries, reader.torn_bytes() == 0 && !reader.lacks_newline()))
    }

    /// Whether lines are missing at the end, as far as can be told by the end that was written down
    /// when the last of them was.
    pub(crate) fn check_end(&self) -> anyhow::Result<()> {
        let path = self.folder.join(END);
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.with_context(|| format!("reading `{}`", path.display()))?,
        };
        self.known_end(&text).map(drop)
    }

    /// The end that was written down, which the log has to reach. Before the first line there may
    /// be none; a log without one is a log that may have been shortened.
    fn known_end(&self, text: &str) -> anyhow::Result<ChainEnd> {
        let path = self.folder.join(END);
        if text.is_empty() && self.chain.length()? == 0 {
            return Ok(ChainEnd::default());
        }
        let known: ChainEnd = serde_json::from_str(text).with_context(|| {
            format!(
                "nobody can tell where it ends, as `{}` is missing or does not say it (hint: put \
                 both back; moved away together, a new log is begun)",
                path.display()
            )
        })?;
        ensure!(
            self.chain.holds(&known)?,
            "it had {} lines, and the last of them is not there any more (hint: put the whole log \
             back; moved away together with `{}`, a new one is begun)",
            known.entries,
            path.display()
        );
        Ok(known)
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

    /// The end of the chain: as it was written down, or behind what somebody added who died before
    /// writing it down; of that, half a line is cut off. A new line would hide that old ones are
    /// missing, so those are looked for first.
    fn end(&self, lock: &mut File) -> anyhow::Result<ChainEnd> {
        let mut text = String::new();
        lock.read_to_string(&mut text)?;
        let known = self.known_end(&text)?;
        if known.entries == 0 {
            // whoever dies over the first line leaves an end behind as well
            write_end(lock, &known)?;
        }
        if known.bytes == self.chain.length()? {
            return Ok(known);
        }
        let (end, torn) = self.chain.verify()?;
        self.chain.mend(&end, torn)?;
        Ok(end)
    }
}

fn write_end(lock: &mut File, end: &ChainEnd) -> anyhow::Result<()> {
    let text = serde_json::to_vec(end)?;
    // Written over what was there, never shorter: whoever dies in between leaves an end behind.
    lock.rewind()?;
    lock.write_all(&text)?;
    lock.set_len(text.len() as u64)?;
    // a power cut must not leave a log without its end
    Ok(lock.sync_data()?)
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

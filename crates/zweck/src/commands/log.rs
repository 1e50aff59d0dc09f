use serde::Serialize;

use crate::{
    acts::{ActLog, Entry, HASHED, Pseudonyms},
    args::{Global, LogCommand, LogShow, MemberReference},
    exit::Exit,
    output::{Output, Page, Table, View, counted},
};

/// Runs `zweck log …`.
pub(super) fn run(
    global: &Global,
    command: LogCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let LogCommand::Show(LogShow { limit, about, verify }) = command;
    let log = ActLog::of(global)?;
    // the end comes first: lines that are added meanwhile lie behind it
    let end = if verify { log.check_end() } else { Ok(()) };
    let read = end.and_then(|()| log.read());
    let (mut entries, is_whole) = match (read, verify) {
        (Ok(read), _) => read,
        (Err(error), true) => {
            let place = log.path().display().to_string();
            output.show(&BrokenView { log: place, broken: format!("{error:#}") })?;
            return Ok(Exit::Found);
        }
        (Err(error), false) => return Err(error),
    };
    let lines = entries.len();
    let by_other_keys = match about {
        Some(member) => Some(keep_about(&member, &mut entries, global)?),
        None => None,
    };
    let entries = entries.split_off(entries.len().saturating_sub(limit));
    output.show(&LogView {
        entries,
        lines,
        by_other_keys,
        verified: verify.then_some(is_whole),
    })?;
    Ok(if verify && !is_whole { Exit::Found } else { Exit::Success })
}

/// Keeps what was done about a member. Returns in how many other lines the member cannot be
/// recognised: a number stands there as it is, an external id is hashed.
fn keep_about(
    member: &MemberReference,
    entries: &mut Vec<Entry>,
    global: &Global,
) -> anyhow::Result<usize> {
    let (name, key) = match member {
        MemberReference::Number(number) => (format!("#{number}"), None),
        MemberReference::External(_) if entries.is_empty() => return Ok(0),
        MemberReference::External(_) => {
            let names = Pseudonyms::of_log(global)?;
            (names.member(member), Some(names.fingerprint()))
        }
    };
    let is_hashed = |entry: &Entry| entry.member().is_some_and(|one| one.starts_with(HASHED));
    let is_other = |entry: &&Entry| key.is_some() && is_hashed(entry) && entry.key != key;
    let all = entries.iter().filter(is_other).count();
    entries.retain(|entry| entry.member() == Some(&name));
    Ok(all - entries.iter().filter(is_other).count())
}

#[derive(Serialize)]
struct LogView {
    entries: Vec<Entry>,
    /// How many lines the whole log has.
    lines: usize,
    /// How many lines name somebody by another key than that of now, or do not say by which.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_other_keys: Option<usize>,
    /// Whether every line is whole and as it was written; all hashes were checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<bool>,
}

impl View for LogView {
    fn write(&self, page: &mut Page) {
        let mut table = Table::new(["at", "who", "#process", "command", "ended", "arguments"]);
        for entry in &self.entries {
            let ended = entry.exit.map_or("-".to_owned(), |exit| exit.to_string());
            let arguments = entry.arguments.iter().map(|(name, value)| match value.as_str() {
                Some(text) => format!("{name} {text}"),
                None => format!("{name} {value}"),
            });
            let as_of = entry.as_of.map(|instant| format!("as of {instant}"));
            let arguments = arguments.chain(as_of).collect::<Vec<_>>().join(", ");
            let (at, process) = (entry.at.to_string(), entry.process.to_string());
            table.row([at, entry.who.clone(), process, entry.command.clone(), ended, arguments]);
        }
        page.table(&table);
        if let Some(others @ 1..) = self.by_other_keys {
            let lines = counted(others as u64, "line names", "lines name");
            page.paragraph(
                0,
                format_args!(
                    "{lines} a member by another key of the log, or without saying by which: \
                     nobody can be searched for there."
                ),
            );
        }
        match self.verified {
            None => {}
            Some(true) => {
                let is_as_written = ("line is as it was written", "lines are as they were written");
                let lines = counted(self.lines as u64, is_as_written.0, is_as_written.1);
                page.line(format_args!("{lines}, and none is missing."));
            }
            Some(false) => page.line("The last line is not whole."),
        }
    }
}

#[derive(Serialize)]
struct BrokenView {
    log: String,
    /// What is wrong with it.
    broken: String,
}

impl View for BrokenView {
    fn write(&self, page: &mut Page) {
        page.line(format_args!("{} is not as it was written: {}", self.log, self.broken));
    }
}

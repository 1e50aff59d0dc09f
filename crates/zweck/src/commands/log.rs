use serde::Serialize;

use crate::{
    acts::{ActLog, Entry, Pseudonyms},
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
    let (mut entries, torn_bytes) = match (read, verify) {
        (Ok(read), _) => read,
        (Err(error), true) => {
            let place = log.path().display().to_string();
            output.show(&BrokenView { log: place, broken: format!("{error:#}") })?;
            return Ok(Exit::Found);
        }
        (Err(error), false) => return Err(error),
    };
    let lines = entries.len();
    if let Some(member) = about {
        let name = match member {
            MemberReference::Number(number) => format!("#{number}"),
            MemberReference::External(text) => Pseudonyms::find_or_draw(global)?.of_words(&text),
        };
        entries.retain(|entry| entry.arguments.get("member").is_some_and(|one| *one == name));
    }
    let entries = entries.split_off(entries.len().saturating_sub(limit));
    let is_whole = torn_bytes == 0;
    output.show(&LogView { entries, lines, verified: verify.then_some(is_whole) })?;
    Ok(if verify && !is_whole { Exit::Found } else { Exit::Success })
}

#[derive(Serialize)]
struct LogView {
    entries: Vec<Entry>,
    /// How many lines the whole log has.
    lines: usize,
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
            let arguments = arguments.collect::<Vec<_>>().join(", ");
            let (at, process) = (entry.at.to_string(), entry.process.to_string());
            table.row([at, entry.who.clone(), process, entry.command.clone(), ended, arguments]);
        }
        page.table(&table);
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

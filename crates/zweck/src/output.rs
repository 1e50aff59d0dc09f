//! What the program says: pages for people or JSON for machines, on standard output.

mod bars;
mod page;
mod table;

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use serde::Serialize;

pub(crate) use bars::{Bar, counted, with_separators};
pub(crate) use page::{Page, Style};
pub(crate) use table::{Table, printable};

/// No line of a page is wider, in characters.
pub(crate) const WIDTH: usize = 100;

/// Something that can be shown: to machines as it is serialised, to people as it is written.
pub(crate) trait View: Serialize {
    /// Writes it for people.
    fn write(&self, page: &mut Page);
}

/// Standard output.
pub(crate) struct Output {
    is_json: bool,
    is_coloured: bool,
    /// Whoever was reading has gone; the work goes on without being told about.
    is_closed: bool,
}

impl Output {
    /// Opens standard output; colour only where a terminal shows it and `NO_COLOR` is not set.
    pub(crate) fn open(is_json: bool) -> Self {
        let is_coloured = io::stdout().is_terminal() && !is_json && wants_colour();
        Self { is_json, is_coloured, is_closed: false }
    }

    /// Shows something.
    pub(crate) fn show(&mut self, view: &impl View) -> anyhow::Result<()> {
        if self.is_json {
            let text = serde_json::to_string_pretty(view).context("serialising the output")?;
            return self.write(&format!("{text}\n"));
        }
        let mut page = Page::new(self.is_coloured);
        view.write(&mut page);
        self.write(page.text())
    }

    /// Shows one of many things: to machines, a line of its own.
    pub(crate) fn show_line(&mut self, view: &impl View) -> anyhow::Result<()> {
        if self.is_json {
            let line = serde_json::to_string(view).context("serialising the output")?;
            return self.write(&format!("{line}\n"));
        }
        self.show(view)
    }

    /// Shows a page that only people get.
    pub(crate) fn page(&mut self, write: impl FnOnce(&mut Page)) -> anyhow::Result<()> {
        if self.is_json {
            return Ok(());
        }
        let mut page = Page::new(self.is_coloured);
        write(&mut page);
        self.write(page.text())
    }

    /// Shows a text that people get as it is, and machines as what it says.
    pub(crate) fn show_text(&mut self, text: &str, says: &impl Serialize) -> anyhow::Result<()> {
        if !self.is_json {
            return self.write(text);
        }
        let json = serde_json::to_string_pretty(says).context("serialising the output")?;
        self.write(&format!("{json}\n"))
    }

    /// Writes text as it is, for people and machines alike.
    pub(crate) fn write(&mut self, text: &str) -> anyhow::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(())
            }
            written => written.context("writing to standard output"),
        }
    }
}

/// Tells people what went wrong, with every cause and hint, on standard error.
pub(crate) fn show_error(error: &anyhow::Error) {
    let style = Style::new(is_error_coloured());
    let mut text = String::new();
    for (place, words) in told_once(error).iter().enumerate() {
        let label = if place == 0 { style.red("error") } else { style.bold("caused by") };
        // A message of many lines tells of many errors.
        for line in table::printable(words).lines() {
            let (what, hint) = split_hint(line);
            text.push_str(&format!("{label}: {what}\n"));
            if let Some(hint) = hint {
                text.push_str(&format!("{}: {hint}\n", style.green("hint")));
            }
        }
    }
    // Nobody is left to be told if standard error is gone as well.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// An error and its causes, without those that the one before has told already.
fn told_once(error: &anyhow::Error) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for words in error.chain().map(ToString::to_string) {
        if !told.last().is_some_and(|before| before.contains(&words)) {
            told.push(words);
        }
    }
    told
}

/// Tells people something beside the work, on standard error.
pub(crate) fn tell(text: impl std::fmt::Display) {
    let line = format!("{}\n", table::printable(&text.to_string()));
    // Nobody is left to be told if standard error is gone as well.
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Takes the hint at the end of a message apart from it.
fn split_hint(words: &str) -> (&str, Option<&str>) {
    let parts = words.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (hint: "));
    match parts {
        Some((what, hint)) => (what, Some(hint)),
        None => (words, None),
    }
}

/// Whether standard error shows colours.
pub(crate) fn is_error_coloured() -> bool {
    io::stderr().is_terminal() && wants_colour()
}

/// See <https://no-color.org>.
fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_an_error_tells_itself_is_not_told_again() {
        let error = anyhow::anyhow!("connection refused").context("GET: connection refused");
        let error = error.context("reading `lake.json`");
        assert_eq!(told_once(&error), ["reading `lake.json`", "GET: connection refused"]);
    }

    #[test]
    fn hints_stand_apart() {
        let table = [
            ("no such file", ("no such file", None)),
            ("no state (hint: `zweck demo`)", ("no state", Some("`zweck demo`"))),
            ("a (b)", ("a (b)", None)),
        ];
        for (words, expected) in table {
            assert_eq!(split_hint(words), expected);
        }
    }
}

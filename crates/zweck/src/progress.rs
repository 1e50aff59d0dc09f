use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

/// How far a piece of work is, on standard error; says nothing where that is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Of a known number of bytes, with the time that is left.
    pub(crate) fn of_bytes(what: &str, total: u64) -> Self {
        if total == 0 {
            return Self::of_unknown(what);
        }
        let shape = "{msg} {bar:30} {bytes} of {total_bytes}, {eta} left";
        Self::new(what, Some(total), shape)
    }

    /// Of work whose size is not known.
    pub(crate) fn of_unknown(what: &str) -> Self {
        let progress = Self::new(what, None, "{spinner} {msg} {elapsed}");
        if !progress.bar.is_hidden() {
            progress.bar.enable_steady_tick(Duration::from_millis(120));
        }
        progress
    }

    /// So much is done.
    pub(crate) fn set(&self, done: u64) {
        self.bar.set_position(done);
    }

    /// What is being done now.
    pub(crate) fn say(&self, what: impl Into<String>) {
        self.bar.set_message(what.into());
    }

    fn new(what: &str, total: Option<u64>, shape: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template(shape) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Self { bar }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

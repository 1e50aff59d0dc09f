use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use policy::Sequence;
use serde::Serialize;
use store::{JournalOverview, chain::ChainEnd};

use super::restore::Brought;
use crate::{
    args::{Global, JournalCommand},
    exit::Exit,
    output::{Output, Page, View, counted},
    state::{State, make_private},
};

/// Runs `zweck journal …`.
pub(super) async fn run(
    global: &Global,
    command: JournalCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    match command {
        JournalCommand::Verify { folder } => {
            let folder = match folder {
                Some(folder) => folder,
                None => State::open(global).await?.journal_folder()?,
            };
            let view = JournalView { overview: JournalOverview::read(&folder)?, folder };
            output.show(&view)?;
            Ok(if view.overview.torn_bytes == 0 { Exit::Success } else { Exit::Found })
        }
        JournalCommand::Use { folder } => {
            let state = State::open(global).await?;
            let end = state.store.journal_end().await?;
            let (system, end) = end.context("this system keeps no journal")?;
            adopt(&folder, &state.journal_folder()?, (&system, &end))?;
            drop(state);
            output.show(&Brought::by_journal(global, end.entries).await?)?;
            Ok(Exit::Success)
        }
        JournalCommand::Mend { folder } => {
            output.show(&JournalView { overview: JournalOverview::mend(&folder)?, folder })?;
            Ok(Exit::Success)
        }
    }
}

/// Puts a journal where a system has its own, once it is sure that it goes with it.
pub(super) fn adopt(
    from: &Path,
    to: &Path,
    (system, end): (&str, &ChainEnd),
) -> anyhow::Result<()> {
    JournalOverview::fitting(from, system, end)?;
    let (from, target) = (JournalOverview::file(from), JournalOverview::file(to));
    if target.exists() {
        let is_same = from.canonicalize()? == target.canonicalize()?;
        ensure!(
            is_same,
            "there is another journal in `{}` (hint: move it away, if it is of no use)",
            target.display()
        );
        return Ok(());
    }
    let copied = || -> std::io::Result<()> {
        make_private(to)?;
        let part = target.with_extension("part");
        std::fs::copy(&from, &part)?;
        std::fs::File::open(&part)?.sync_all()?;
        std::fs::rename(&part, &target)?;
        std::fs::File::open(to)?.sync_all()
    };
    copied().with_context(|| format!("copying the journal to `{}`", target.display()))
}

#[derive(Serialize)]
struct JournalView {
    folder: PathBuf,
    #[serde(flatten)]
    overview: JournalOverview,
}

impl View for JournalView {
    fn write(&self, page: &mut Page) {
        let JournalOverview { system, base, last, end, torn_bytes } = &self.overview;
        page.heading(format_args!("Journal in {}", self.folder.display()));
        let facts = match base {
            base if *base == Sequence::START => format!("up to {last}"),
            base => format!("after {base}, up to {last}"),
        };
        page.fields(&[
            ("system", system.clone()),
            ("facts", facts),
            ("lines", counted(end.entries, "line", "lines")),
            ("bytes", end.bytes.to_string()),
        ]);
        if *torn_bytes > 0 {
            page.line(format_args!("It ends with {torn_bytes} bytes of a line that is not whole."));
        } else {
            page.line("Every line is as it was written.");
        }
    }
}

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use policy::Sequence;
use serde::Serialize;
use store::{JournalOverview, StoreError, chain::ChainEnd};

use super::restore::{self, Brought};
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
            let view = match folder {
                Some(folder) => JournalView::of(folder, None)?,
                None => verify_own(global).await?,
            };
            output.show(&view)?;
            Ok(if view.is_whole() { Exit::Success } else { Exit::Found })
        }
        JournalCommand::Use { folder } => {
            let state = State::open(global).await?;
            let end = state.store.journal_end().await?;
            let (system, end) = end.context("this system keeps no journal")?;
            adopt(&folder, &state.journal_folder()?, (&system, &end))?;
            drop(state);
            let brought = Brought::by_journal(global, end.entries).await?;
            restore::end(&global.state)?;
            output.show(&brought)?;
            Ok(Exit::Success)
        }
        JournalCommand::Mend { folder } => {
            let overview = Some(JournalOverview::mend(&folder)?);
            output.show(&JournalView {
                folder,
                overview,
                store_reaches: None,
                differs: None,
                broken: None,
            })?;
            Ok(Exit::Success)
        }
    }
}

/// Reads the journal of this system, which has to go as far as its store.
async fn verify_own(global: &Global) -> anyhow::Result<JournalView> {
    let state = State::open(global).await?;
    let end = state.store.journal_end().await?;
    let (_, end) = end.context("this system keeps no journal")?;
    let mut view = JournalView::of(state.journal_folder()?, Some(end.entries))?;
    if let Err(why) = state.store.check_open() {
        view.broken = view.broken.or_else(|| Some(fault(&why)));
    }
    if view.broken.is_none() {
        let differs = state.store.differs_from_journal(&state.journal_folder()?).await?;
        view.differs = differs.map(|sequence| sequence.as_i64());
    }
    Ok(view)
}

/// Puts a journal where a system has its own, once it is sure that it goes with it.
pub(super) fn adopt(
    from: &Path,
    to: &Path,
    (system, end): (&str, &ChainEnd),
) -> anyhow::Result<()> {
    let given = JournalOverview::fitting(from, system, end)?;
    let (from, target) = (JournalOverview::file(from), JournalOverview::file(to));
    if target.exists() {
        // one that has every line of it was copied from it, by a try that was cut off
        let has_all = || JournalOverview::fitting(to, system, &given.end).is_ok();
        ensure!(
            from.canonicalize()? == target.canonicalize()? || has_all(),
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
    overview: Option<JournalOverview>,
    /// The line up to which the facts of the store go; `None` if no store was looked at.
    store_reaches: Option<u64>,
    /// The first fact that the store has otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    differs: Option<i64>,
    /// What is wrong with it, beside a last line that is not whole.
    broken: Option<String>,
}

impl JournalView {
    /// Reads all of it. That a line is not as it was written is found here, and no error.
    fn of(folder: PathBuf, store_reaches: Option<u64>) -> anyhow::Result<Self> {
        let (overview, broken) = match JournalOverview::read(&folder) {
            Ok(overview) => (Some(overview), None),
            Err(error) if error.is_broken_journal() => (None, Some(fault(&error))),
            // beside its store it is known to have been there
            Err(error @ StoreError::JournalGone { .. }) if store_reaches.is_some() => {
                (None, Some(fault(&error)))
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self { folder, overview, store_reaches, differs: None, broken })
    }

    fn is_whole(&self) -> bool {
        let is_cut = |found: &JournalOverview| found.torn_bytes > 0 || found.lacks_newline;
        self.broken.is_none()
            && self.differs.is_none()
            && !self.overview.as_ref().is_some_and(is_cut)
    }

    fn verdict(&self) -> String {
        if let Some(fact) = self.differs {
            return format!(
                "Every line is as it was written, and the store says something else, from fact \
                 {fact} on: somebody changed it. The journal counts: restore a backup from before \
                 with it."
            );
        }
        match (&self.broken, &self.overview, self.store_reaches) {
            (Some(broken), _, _) => format!("It is not whole: {broken}"),
            (None, Some(JournalOverview { torn_bytes: torn @ 1.., .. }), _) => {
                format!("It ends with {torn} bytes of a line that is not whole.")
            }
            (None, Some(JournalOverview { lacks_newline: true, .. }), _) => {
                "Its last line is whole, and the newline behind it is not there: it was cut (hint: \
                 `zweck journal mend FOLDER` puts it back)."
                    .to_owned()
            }
            (None, _, Some(_)) => {
                "Every line is as it was written, none of those that the store knows is missing, \
                 and every fact of the store is as it stands there."
                    .to_owned()
            }
            (None, _, None) => "Every line is as it was written. Whether lines are missing at its \
                                end is known to its store alone."
                .to_owned(),
        }
    }
}

impl View for JournalView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("Journal in {}", self.folder.display()));
        if let Some(JournalOverview { system, base, last, end, .. }) = &self.overview {
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
        }
        page.paragraph(0, self.verdict());
    }
}

/// What is wrong with the journal itself.
fn fault(error: &StoreError) -> String {
    match error {
        StoreError::Closed { source } => fault(source),
        StoreError::Journal { source } => source.to_string(),
        other => other.to_string(),
    }
}

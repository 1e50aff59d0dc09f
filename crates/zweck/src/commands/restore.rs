use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use lake::Place;
use serde::Serialize;
use store::{HolderFilter, JournalOverview};

use super::{journal::adopt, removal::write_waiting};
use crate::{
    args::{Global, Restore},
    backup::{BackupFile, Contents, LAKE, above, files_below, flush_folders, with_suffix},
    config::Config,
    exit::Exit,
    output::{Output, Page, View, counted},
    progress::Progress,
    state::{State, make_private},
};

/// Says of a folder that it is a restore that was never finished.
const MARK: &str = "restore.partial";

/// Where keys are put.
const KEYS: &str = "keys";

/// Runs `zweck restore`.
pub(super) async fn run(
    global: &Global,
    args: &Restore,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let contents = Contents::read(&args.from)?;
    let target = std::path::absolute(&global.state).context("looking for the state folder")?;
    ensure!(
        is_free(&target)?,
        "there is something in `{}` already (hint: --state names another folder)",
        target.display()
    );
    let draft = bring_back(global, args, &contents, &target).await?;
    fs::rename(&draft, &target)
        .and_then(|()| fs::remove_file(target.join(MARK)))
        .and_then(|()| fs::File::open(above(&target))?.sync_all())
        .with_context(|| format!("naming the state folder `{}`", target.display()))?;
    let own = Config::find(global.config.as_deref(), &target)?.journal_folder(&target)?;
    let in_place = JournalOverview::file(&own).exists().then_some(&own);
    let Some(journal) = args.journal.as_ref().or(in_place) else {
        bail!(
            "the state is back, and its gate is closed: choices and removals from after the backup \
             are missing (hint: `zweck journal use FOLDER` with the journal of the system)"
        );
    };
    let place = (contents.system.as_str(), &contents.journal);
    adopt(journal, &own, place).context(
        "the state is back, and its gate is closed: this journal does not go with it (hint: \
         `zweck journal use FOLDER` with the one that does)",
    )?;
    output.show(&Brought::by_journal(global, contents.journal.entries).await?)?;
    Ok(Exit::Success)
}

/// Whether a state can be put there.
fn is_free(target: &Path) -> anyhow::Result<bool> {
    match fs::read_dir(target) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("looking at `{}`", target.display())),
    }
}

/// Copies everything into a draft beside the state folder, checking every hash. What a restore
/// left there that was cut off is used.
async fn bring_back(
    global: &Global,
    args: &Restore,
    contents: &Contents,
    target: &Path,
) -> anyhow::Result<PathBuf> {
    let draft = with_suffix(target, ".restoring");
    ensure!(
        is_free(&draft)? || draft.join(MARK).exists(),
        "`{}` is in the way (hint: move it away)",
        draft.display()
    );
    make_private(&draft)
        .and_then(|()| fs::write(draft.join(MARK), "zweck restore\n"))
        .with_context(|| format!("making `{}`", draft.display()))?;
    let progress = Progress::of_bytes("restoring", contents.bytes());
    // what is not of the lake comes first: the configuration is among it
    let (others, lake): (Vec<_>, Vec<_>) =
        contents.files.iter().partition(|file| file.of_lake().is_none());
    let done = copy_all(&others, &args.from, &draft, |done| progress.set(done))?;
    let mut show = |more: u64| progress.set(done + more);
    let place = Config::find(global.config.as_deref(), &draft)?.lake.place(&draft)?;
    match &place {
        Place::Folder(_) => copy_all(&lake, &args.from, &draft, &mut show).map(drop)?,
        Place::Bucket(_) => put_back(&lake, &args.from, &place, &mut show).await?,
    }
    if let Some(keys) = &args.keys {
        copy_keys(keys, &draft)?;
    }
    drop_others(&draft, contents)
        .and_then(|()| flush_folders(&draft))
        .with_context(|| format!("finishing `{}`", draft.display()))?;
    Ok(draft)
}

/// Copies files, and returns how many bytes they have.
fn copy_all(
    files: &[&BackupFile],
    from: &Path,
    to: &Path,
    mut told: impl FnMut(u64),
) -> anyhow::Result<u64> {
    let mut done = 0;
    for file in files {
        file.copy(from, to)?;
        done += file.bytes;
        told(done);
    }
    Ok(done)
}

/// Puts the files of the lake into a bucket, in which no other lake may be.
async fn put_back(
    files: &[&BackupFile],
    from: &Path,
    place: &Place,
    told: &mut (dyn FnMut(u64) + Send),
) -> anyhow::Result<()> {
    let files: Vec<_> = files.iter().filter_map(|file| file.of_lake()).collect();
    let brought = place.bring_back(&from.join(LAKE), &files, told).await;
    brought.with_context(|| format!("bringing the lake back to `{place}`"))
}

/// Deletes what a restore of another backup left in the draft.
fn drop_others(draft: &Path, contents: &Contents) -> std::io::Result<()> {
    let wanted: BTreeSet<_> = contents.files.iter().map(|file| Path::new(&file.path)).collect();
    for path in files_below(draft)? {
        let stays = path == Path::new(MARK) || path.starts_with(KEYS);
        if !stays && !wanted.contains(path.as_path()) {
            fs::remove_file(draft.join(path))?;
        }
    }
    Ok(())
}

fn copy_keys(keys: &Path, draft: &Path) -> anyhow::Result<()> {
    let target = draft.join(KEYS);
    let reading = || format!("copying the keys from `{}`", keys.display());
    let found = files_below(keys).with_context(reading)?;
    for path in found.iter().filter(|path| path.extension().is_some_and(|kind| kind == "key")) {
        let file = BackupFile::of(keys, path.to_string_lossy().into_owned())?;
        file.copy(keys, &target)?;
    }
    Ok(())
}

/// What the journal brought.
#[derive(Serialize)]
pub(super) struct Brought {
    /// Lines of the journal that the backup did not know.
    lines: u64,
    /// The last fact.
    last_fact: i64,
    lake_version: i64,
    open_removals: usize,
    /// Holders that have to release before anybody may use them.
    holders_behind: usize,
}

impl Brought {
    /// Opens the state with its journal, which records what it lacks.
    pub(super) async fn by_journal(global: &Global, known_lines: u64) -> anyhow::Result<Self> {
        let state = State::open(global).await?;
        state.store.check_open()?;
        let lake = state.lake().await?;
        let gate = state.gate().await?;
        let mut holders_behind = 0;
        for holder in state.store.holders(&HolderFilter::default()).await? {
            holders_behind +=
                usize::from(holder.retired_at.is_none() && gate.is_behind(&holder).await?);
        }
        let end = state.store.journal_end().await?;
        let lines = end.map_or(0, |(_, end)| end.entries.saturating_sub(known_lines));
        Ok(Self {
            lines,
            last_fact: state.last_sequence().await?.as_i64(),
            lake_version: lake.version().await?.as_i64(),
            open_removals: state.store.open_removals().await?.len(),
            holders_behind,
        })
    }
}

impl View for Brought {
    fn write(&self, page: &mut Page) {
        page.line("The state is back, with everything that its journal has.");
        page.fields(&[
            ("from the journal", counted(self.lines, "line", "lines")),
            ("facts", format!("up to {}", self.last_fact)),
            ("lake version", self.lake_version.to_string()),
            ("may not be used yet", counted(self.holders_behind as u64, "holder", "holders")),
        ]);
        write_waiting(self.open_removals, page);
        page.line("What came in after the backup has to be imported again.");
    }
}

use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use lake::Place;
use serde::Serialize;
use store::{HolderFilter, JournalOverview};

use super::{journal::adopt, removal::write_waiting};
use crate::{
    args::{Global, Restore},
    backup::{
        BackupFile, Contents, LAKE, above, files_below, flush_folders, with_suffix, write_whole,
    },
    config::{self, Config},
    exit::Exit,
    facts::{BOND, Facts},
    keys::{KeyName, take_over},
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
    if is_begun(&target, &contents)? {
        if let Some(keys) = &args.keys {
            take_over(keys, &target)?;
        }
    } else {
        ensure!(
            is_free(&target)?,
            "there is something in `{}` already (hint: --state names another folder)",
            target.display()
        );
        bring_facts_back(global, args, &contents, &target).await?;
    }
    use_journal(global, args, &contents, &target)?;
    let brought = Brought::by_journal(global, contents.journal.entries).await?;
    end(&target)?;
    output.show(&brought)?;
    Ok(Exit::Success)
}

/// Brings back all that a backup has, and gives the state folder its name.
async fn bring_facts_back(
    global: &Global,
    args: &Restore,
    contents: &Contents,
    target: &Path,
) -> anyhow::Result<()> {
    let draft = bring_back(global, args, contents, target).await?;
    let config = Config::find(global.config.as_deref(), &draft)?;
    let brought = Facts::of(&config, &draft)?.take_over(&draft, &contents.system).await;
    brought.context("bringing the facts of the backup where [store] says")?;
    fs::rename(&draft, target)
        .and_then(|()| fs::File::open(above(target))?.sync_all())
        .with_context(|| format!("naming the state folder `{}`", target.display()))
}

/// Gives the state that is back its journal.
fn use_journal(
    global: &Global,
    args: &Restore,
    contents: &Contents,
    target: &Path,
) -> anyhow::Result<()> {
    let own = Config::find(global.config.as_deref(), target)?.journal_folder(target)?;
    let in_place = JournalOverview::file(&own).exists().then_some(&own);
    let Some(journal) = args.journal.as_ref().or(in_place) else {
        let keys = missing_keys(target)?;
        let keys = if keys.is_empty() { String::new() } else { format!("; {}", without(&keys)) };
        bail!(
            "the state is back, and its gate is closed: choices and removals from after the backup \
             are missing{keys} (hint: `zweck journal use FOLDER` with the journal of the system)"
        );
    };
    let place = (contents.system.as_str(), &contents.journal);
    adopt(journal, &own, place).context(
        "the state is back, and its gate is closed: this journal does not go with it (hint: \
         `zweck journal use FOLDER` with the one that does)",
    )
}

/// Whether a restore of this very backup was cut off when the state folder had its name already.
fn is_begun(target: &Path, contents: &Contents) -> anyhow::Result<bool> {
    let path = target.join(MARK);
    match fs::read_to_string(&path) {
        Ok(mark) => {
            ensure!(
                mark == mark_of(contents)?,
                "a restore of another backup into `{}` was cut off (hint: finish it with that \
                 backup, or move the folder away)",
                target.display()
            );
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("reading `{}`", path.display())),
    }
}

/// Stands in a folder for as long as the restore of a backup into it has not ended.
fn mark_of(contents: &Contents) -> anyhow::Result<String> {
    let named = serde_json::to_vec(contents).context("describing the backup")?;
    Ok(format!("zweck restore {}\n", blake3::hash(&named).to_hex()))
}

/// From here on the state is one like any other.
pub(super) fn end(state: &Path) -> anyhow::Result<()> {
    let mark = state.join(MARK);
    match fs::remove_file(&mark).and_then(|()| fs::File::open(state)?.sync_all()) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("deleting `{}`", mark.display()))
        }
        _ => Ok(()),
    }
}

/// The keys that cannot be made anew and are not there.
fn missing_keys(state: &Path) -> anyhow::Result<Vec<&'static str>> {
    let mut missing = Vec::new();
    for name in KeyName::ALL.into_iter().filter(|name| name.fixed_because().is_some()) {
        if name.find(state)?.is_none() {
            missing.push(name.name());
        }
    }
    Ok(missing)
}

/// What is not possible without some keys.
fn without(keys: &[&str]) -> String {
    format!(
        "the keys {} are missing, and no backup has them: until they are put into the folder \
         `keys`, nobody is known by an external id, nothing comes in, and no corpus is built or \
         follows a removal",
        keys.join(", ")
    )
}

/// Whether a state can be put there.
fn is_free(target: &Path) -> anyhow::Result<bool> {
    match fs::read_dir(target) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
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
    let (draft, mark) = (with_suffix(target, ".restoring"), mark_of(contents)?);
    ensure!(
        is_free(&draft)? || draft.join(MARK).exists(),
        "`{}` is in the way (hint: move it away)",
        draft.display()
    );
    make_private(&draft)
        .and_then(|()| fs::write(draft.join(MARK), mark))
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
        take_over(keys, &draft)?;
    }
    drop_others(&draft, contents)
        .and_then(|()| keep_configuration(global, &draft))
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

/// The configuration by which a state is brought back is its own from then on: the one that it had
/// may say that facts or lake are elsewhere.
fn keep_configuration(global: &Global, draft: &Path) -> std::io::Result<()> {
    let Some(named) = &global.config else { return Ok(()) };
    write_whole(&draft.join(config::NAME), &mut fs::File::open(named)?).map(drop)
}

/// Deletes what a restore of another backup left in the draft.
fn drop_others(draft: &Path, contents: &Contents) -> std::io::Result<()> {
    let wanted: BTreeSet<_> = contents.files.iter().map(|file| Path::new(&file.path)).collect();
    for path in files_below(draft)? {
        let stays = [MARK, BOND].map(Path::new).contains(&path.as_path()) || path.starts_with(KEYS);
        if !stays && !wanted.contains(path.as_path()) {
            fs::remove_file(draft.join(path))?;
        }
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
    /// Keys that have to be put back before the state is of use.
    missing_keys: Vec<&'static str>,
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
            missing_keys: missing_keys(&global.state)?,
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
        if !self.missing_keys.is_empty() {
            page.paragraph(0, format_args!("Not of use yet: {}.", without(&self.missing_keys)));
        }
    }
}

//! A backup is made in a draft beside its place, and gets its name when it is whole.
//!
//! Nothing is locked: facts are copied as of one moment, then the corpora that these facts know,
//! then the newest version of the lake. What an erasure or a release deletes meanwhile is missed,
//! and the backup begun again; files that are there already are not copied twice. The lake may be
//! newer than the facts, never older: the journal brings the facts that lie between.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use ::elsewhere::{Elsewhere, ElsewhereError};
use anyhow::{Context, bail, ensure};
use corpus::{Corpora, CorpusError, SealedFile, SliceKey};
use policy::LakeVersion;
use serde::Serialize;
use store::Store;

use super::holder::corpora;
use crate::{
    args::{Backup, Global},
    backup::{BackupFile, Contents, LAKE, above, files_below, flush_folders, with_suffix},
    config,
    exit::Exit,
    output::{Output, Page, View, counted},
    progress::Progress,
    state::{State, make_private},
};

/// How often a backup is begun anew when something is deleted under it.
const TRIES: u32 = 10;

/// Before it is: a release is soon through.
const PAUSE: Duration = Duration::from_millis(500);

/// What is said of a lake that is not whole.
const LOST: &str = "a file of the lake is missing, so there is nothing whole to be backed up (hint: \
                    put it back from `lake/` of an earlier backup; `zweck corpus verify NAME` \
                    names all that are missing)";

const STORE: &str = "store.sqlite";
const CORPORA: &str = "corpora";
const HOLDERS: &str = "holders";

/// Runs `zweck backup`.
pub(super) async fn run(
    global: &Global,
    args: &Backup,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    state.store.check_open().context("a backup of it would lack facts as well")?;
    let target = std::path::absolute(&args.to).context("looking for the place of the backup")?;
    if target.exists() {
        bail!("`{}` is there already (hint: another name)", target.display());
    }
    check_outside(&target, &state)?;
    let draft = with_suffix(&target, ".partial");
    let progress = Progress::of_unknown("backing up");
    let contents = make(&state, &draft, &progress).await?;
    fs::rename(&draft, &target)
        .and_then(|()| fs::File::open(above(&target))?.sync_all())
        .with_context(|| format!("naming the backup `{}`", target.display()))?;
    output.show(&BackupView {
        backup: target.display().to_string(),
        last_fact: contents.last_sequence.as_i64(),
        lake_version: contents.lake_version.as_i64(),
        files: contents.files.len() as u64,
        bytes: contents.bytes(),
    })?;
    Ok(Exit::Success)
}

/// A backup in the state that it is of, or beside its journal, would be lost with it.
fn check_outside(target: &Path, state: &State) -> anyhow::Result<()> {
    // the part of the path that is there leads where its links lead
    let there = target.ancestors().find_map(|above| above.canonicalize().ok());
    let journal = state.journal_folder()?;
    for (folder, name) in [(state.folder(), "state folder"), (&journal, "folder of the journal")] {
        let folder = folder.canonicalize().with_context(|| format!("looking for the {name}"))?;
        ensure!(
            !there.as_ref().is_some_and(|there| there.starts_with(&folder)),
            "`{}` is in the {name} itself (hint: a folder elsewhere, best on another disk)",
            target.display()
        );
    }
    Ok(())
}

/// What was copied, or why it has to be tried again: something was deleted meanwhile.
type Copied<T> = Result<T, anyhow::Error>;

/// Fills the draft; another try begins with what is there.
async fn make(state: &State, draft: &Path, progress: &Progress) -> anyhow::Result<Contents> {
    make_private(draft).with_context(|| format!("making `{}`", draft.display()))?;
    let mut moved = None;
    for _ in 0..TRIES {
        if moved.is_some() {
            tokio::time::sleep(PAUSE).await;
        }
        match try_make(state, draft, progress).await? {
            Ok(contents) => return Ok(contents),
            Err(why) => moved = Some(why),
        }
    }
    let why = moved.unwrap_or_else(|| anyhow::anyhow!("there was no try"));
    Err(why.context(format!(
        "something was erased or released in each of {TRIES} tries (hint: try again, what was \
         copied so far is used; if nothing runs beside it, `zweck corpus verify NAME` names what \
         is missing)"
    )))
}

async fn try_make(
    state: &State,
    draft: &Path,
    progress: &Progress,
) -> anyhow::Result<Copied<Contents>> {
    progress.say("copying facts");
    let mut contents = copy_facts(state, draft).await?;
    progress.say("copying corpora");
    match copy_corpora(state, draft).await? {
        Ok(files) => contents.files.extend(files),
        Err(why) => return Ok(Err(why)),
    }
    match copy_holders(state, draft).await? {
        Ok(files) => contents.files.extend(files),
        Err(why) => return Ok(Err(why)),
    }
    match copy_lake(state, draft, progress).await? {
        Ok((version, files)) => {
            contents.lake_version = version;
            contents.files.extend(files);
        }
        Err(why) => return Ok(Err(why)),
    }
    contents.files.extend(copy_configuration(state, draft)?);
    contents.files.push(BackupFile::of(draft, STORE.to_owned())?);
    drop_others(draft, &contents)?;
    contents.write(draft)?;
    flush_folders(draft).with_context(|| format!("flushing `{}`", draft.display()))?;
    Ok(Ok(contents))
}

async fn copy_facts(state: &State, draft: &Path) -> anyhow::Result<Contents> {
    let copy = draft.join(STORE);
    if copy.exists() {
        fs::remove_file(&copy).with_context(|| format!("deleting `{}`", copy.display()))?;
    }
    Store::copy(state.facts.place(), &copy).await?;
    let copied = Store::open(&copy).await?;
    let end = copied.journal_end().await?;
    let (system, journal) = end.context("this system keeps no journal")?;
    Ok(Contents {
        format: Contents::FORMAT,
        at: state.now(),
        zweck_version: env!("CARGO_PKG_VERSION").to_owned(),
        system,
        journal,
        last_sequence: copied.last_sequence().await?,
        lake_version: LakeVersion::from_i64(0),
        files: Vec::new(),
    })
}

/// The corpora as the copied facts know them.
async fn copy_corpora(state: &State, draft: &Path) -> anyhow::Result<Copied<Vec<BackupFile>>> {
    let copied = Store::open(draft.join(STORE)).await?;
    let key = SliceKey::new(state.keys()?.slice);
    let corpora = Corpora::new(state.corpora_folder(), copied, key);
    let sealed = match corpora.sealed_files().await {
        Ok(sealed) => sealed,
        // between the manifest and the record of a release
        Err(lost @ CorpusError::Lost { .. }) => return Ok(Err(lost.into())),
        Err(error) => return Err(error.into()),
    };
    let mut files = Vec::new();
    for SealedFile { path, blake3 } in sealed {
        let path = format!("{CORPORA}/{path}");
        let bytes = state.folder().join(&path).metadata().map_or(0, |found| found.len());
        let file = BackupFile { path, bytes, blake3 };
        if let Err(why) = file.copy(state.folder(), draft) {
            return Ok(Err(why));
        }
        files.push(file);
    }
    Ok(Ok(files))
}

/// What holders elsewhere were given, as the copied facts know it.
async fn copy_holders(state: &State, draft: &Path) -> anyhow::Result<Copied<Vec<BackupFile>>> {
    let copied = Store::open(draft.join(STORE)).await?;
    let elsewhere = Elsewhere::new(state.holders_folder(), copied, corpora(state)?);
    let paths = match elsewhere.files().await {
        Ok(paths) => paths,
        // between the record of a release and what follows it
        Err(damaged @ ElsewhereError::Damaged { .. }) => return Ok(Err(damaged.into())),
        Err(error) => return Err(error.into()),
    };
    let mut files = Vec::new();
    for path in paths {
        let copied = BackupFile::of(state.folder(), format!("{HOLDERS}/{path}"))
            .and_then(|file| file.copy(state.folder(), draft).map(|()| file));
        match copied {
            Ok(file) => files.push(file),
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(files))
}

/// The newest version of the lake.
async fn copy_lake(
    state: &State,
    draft: &Path,
    progress: &Progress,
) -> anyhow::Result<Copied<(LakeVersion, Vec<BackupFile>)>> {
    let lake = state.lake().await?;
    let head = lake.head().await?;
    let mut show = |bytes: u64| progress.say(format!("copying the lake, {} MB", bytes / 1_000_000));
    let copied = match head.copy_to(&draft.join(LAKE), &mut show).await {
        Ok(copied) => copied,
        // files are deleted behind a newer version, and by nobody else
        Err(error) if error.is_gone() && lake.version().await? > head.version() => {
            return Ok(Err(error.into()));
        }
        Err(error) if error.is_gone() => return Err(error).context(LOST),
        Err(error) => return Err(error.into()),
    };
    let files = copied.into_iter().map(|file| BackupFile {
        path: format!("{LAKE}/{}", file.path),
        bytes: file.bytes,
        blake3: file.blake3,
    });
    Ok(Ok((head.version(), files.collect())))
}

fn copy_configuration(state: &State, draft: &Path) -> anyhow::Result<Option<BackupFile>> {
    if !state.folder().join(config::NAME).exists() {
        return Ok(None);
    }
    let file = BackupFile::of(state.folder(), config::NAME.to_owned())?;
    file.copy(state.folder(), draft)?;
    Ok(Some(file))
}

/// Deletes what an earlier try has copied and what was erased since.
fn drop_others(draft: &Path, contents: &Contents) -> anyhow::Result<()> {
    let wanted: BTreeSet<_> = contents.files.iter().map(|file| Path::new(&file.path)).collect();
    let deleted = || -> std::io::Result<()> {
        let found = files_below(draft)?;
        for path in found.iter().filter(|path| !wanted.contains(path.as_path())) {
            fs::remove_file(draft.join(path))?;
        }
        Ok(())
    };
    deleted().with_context(|| format!("clearing `{}`", draft.display()))
}

#[derive(Serialize)]
struct BackupView {
    backup: String,
    /// The last fact that is in it.
    last_fact: i64,
    lake_version: i64,
    files: u64,
    bytes: u64,
}

impl View for BackupView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("Backup {}", self.backup));
        page.fields(&[
            ("facts", format!("up to {}", self.last_fact)),
            ("lake version", self.lake_version.to_string()),
            ("files", counted(self.files, "file", "files")),
            ("bytes", self.bytes.to_string()),
        ]);
        page.paragraph(
            0,
            "Not in it: the keys, and the journal, which has to outlive this system. Keep both \
             apart.",
        );
    }
}

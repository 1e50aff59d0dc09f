//! A backup is made in a draft beside its place, and gets its name when it is whole.
//!
//! Nothing is locked: facts are copied as of one moment, then the corpora that these facts know,
//! then the newest version of the lake. What an erasure or a release deletes meanwhile is missed,
//! and the backup begun again; files that are there already are not copied twice. The lake may be
//! newer than the facts, never older: the journal brings the facts that lie between.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, bail};
use corpus::{Corpora, CorpusError, SliceKey};
use policy::LakeVersion;
use serde::Serialize;
use store::{Store, StoreError};

use crate::{
    args::{Backup, Global},
    backup::{BackupFile, Contents, above, files_below, flush_folders, with_suffix},
    exit::Exit,
    output::{Output, Page, View, counted},
    progress::Progress,
    state::{State, make_private},
};

/// How often a backup is begun anew when something is deleted under it.
const TRIES: u32 = 5;

const STORE: &str = "store.sqlite";
const LAKE: &str = "lake";
const CORPORA: &str = "corpora";
const CONFIGURATION: &str = "zweck.toml";

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

/// Fills the draft; another try begins with what is there.
async fn make(state: &State, draft: &Path, progress: &Progress) -> anyhow::Result<Contents> {
    make_private(draft).with_context(|| format!("making `{}`", draft.display()))?;
    for _ in 0..TRIES {
        progress.say("copying facts");
        let mut contents = copy_facts(state, draft).await?;
        progress.say("copying corpora");
        let Some(corpora) = copy_corpora(state, draft).await? else { continue };
        contents.files.extend(corpora);
        let Some((version, lake)) = copy_lake(state, draft, progress).await? else { continue };
        contents.lake_version = version;
        contents.files.extend(lake);
        contents.files.extend(copy_configuration(state, draft)?);
        contents.files.push(BackupFile::of(draft, STORE.to_owned())?);
        drop_others(draft, &contents)?;
        contents.write(draft)?;
        flush_folders(draft).with_context(|| format!("flushing `{}`", draft.display()))?;
        return Ok(contents);
    }
    bail!(
        "something was erased or released in each of {TRIES} tries (hint: try again; what was \
         copied so far is used)"
    )
}

async fn copy_facts(state: &State, draft: &Path) -> anyhow::Result<Contents> {
    let copy = draft.join(STORE);
    if copy.exists() {
        fs::remove_file(&copy).with_context(|| format!("deleting `{}`", copy.display()))?;
    }
    Store::copy(state.store_file(), &copy).await?;
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

/// The corpora as the copied facts know them; `None` if one has changed since.
async fn copy_corpora(state: &State, draft: &Path) -> anyhow::Result<Option<Vec<BackupFile>>> {
    let copied = Store::open(draft.join(STORE)).await?;
    let key = SliceKey::new(state.keys()?.slice);
    let corpora = Corpora::new(state.corpora_folder(), copied, key);
    let sealed = match corpora.sealed_files().await {
        Ok(sealed) => sealed,
        Err(CorpusError::Lost { name, .. }) if has_changed(state, draft, &name).await? => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let mut files = Vec::new();
    for file in sealed {
        let path = format!("{CORPORA}/{}", file.path);
        let source = state.folder().join(&path);
        let bytes = match source.metadata() {
            Ok(found) => found.len(),
            Err(_) => return Ok(None),
        };
        let file = BackupFile { path, bytes, blake3: file.blake3 };
        if file.copy(state.folder(), draft).is_err() {
            // swapped by a release since; whether it is damaged instead, the next try tells
            return match state.folder().join(&file.path).exists() {
                true => file.copy(state.folder(), draft).map(|()| None),
                false => Ok(None),
            };
        }
        files.push(file);
    }
    Ok(Some(files))
}

/// Whether the facts have moved on since they were copied, so that a corpus may have as well.
async fn has_changed(state: &State, draft: &Path, name: &str) -> Result<bool, StoreError> {
    let copied = Store::open(draft.join(STORE)).await?;
    let of_name = |holders: Vec<store::Holder>| {
        let location = format!("{CORPORA}/{name}");
        let mut holders: Vec<_> =
            holders.into_iter().filter(|holder| holder.location == location).collect();
        holders.sort_by(|one, other| one.id.cmp(&other.id));
        holders
    };
    let then = of_name(copied.holders(&Default::default()).await?);
    Ok(then != of_name(state.store.holders(&Default::default()).await?))
}

/// The newest version of the lake; `None` if it was erased meanwhile.
async fn copy_lake(
    state: &State,
    draft: &Path,
    progress: &Progress,
) -> anyhow::Result<Option<(LakeVersion, Vec<BackupFile>)>> {
    let head = state.lake().await?.head().await?;
    let mut show = |bytes: u64| progress.say(format!("copying the lake, {} MB", bytes / 1_000_000));
    let copied = match head.copy_to(&draft.join(LAKE), &mut show).await {
        Ok(copied) => copied,
        Err(error) if error.is_gone() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let files = copied.into_iter().map(|file| BackupFile {
        path: format!("{LAKE}/{}", file.path),
        bytes: file.bytes,
        blake3: file.blake3,
    });
    Ok(Some((head.version(), files.collect())))
}

fn copy_configuration(state: &State, draft: &Path) -> anyhow::Result<Option<BackupFile>> {
    if !state.folder().join(CONFIGURATION).exists() {
        return Ok(None);
    }
    let file = BackupFile::of(state.folder(), CONFIGURATION.to_owned())?;
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

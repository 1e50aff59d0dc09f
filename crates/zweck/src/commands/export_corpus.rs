//! A corpus is written out in a draft beside its place, which gets its name when it is whole.

use std::{fs, path::Path};

use ::corpus::{Cell, Corpus, Followed, Split};
use ::elsewhere::{Exporting, NAMES};
use anyhow::{Context, ensure};
use handover::{Description, ExportedFile, JsonLines, PairRow, Records, Statistics};
use serde::Serialize;

use super::{
    describe::{again, check_empty, dataset, read_provider, row, with_members, write_after},
    holder::elsewhere,
};
use crate::{
    args::{Compression, CorpusExport},
    backup::{above, with_suffix, write_whole},
    output::{Page, View, counted},
    progress::Progress,
    state::{State, make_private},
};

/// What an export is, for programs.
#[derive(Serialize)]
struct Names<'a> {
    format: u32,
    /// To whom it is given.
    holder: &'a str,
    /// Its number among those that the holder was given.
    export: u32,
    /// The hash of what is on record of it.
    record: &'a str,
    corpus: &'a str,
    /// The corpus that it goes on from, of which nothing is in this export.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a Followed>,
    purpose: &'a str,
    documents: u64,
    /// The files of documents, in the order in which they are learned, and those of pairs.
    files: &'a [ExportedFile],
}

/// Gives a corpus out to a holder.
pub(super) async fn export(state: &State, args: &CorpusExport) -> anyhow::Result<ExportView> {
    let provider = read_provider(args.provider.as_deref())?;
    let to = std::path::absolute(&args.to).context("looking for the place of the export")?;
    check_place(state, &to)?;
    let gate = state.gate().await?;
    let progress = Progress::of_unknown(&format!("exporting {}", args.name));
    progress.say("putting on record what leaves");
    let names = (args.holder.as_str(), args.name.as_str());
    let exporting = elsewhere(state)?.export(&gate, names, state.now()).await?;
    let (number, holder) = (exporting.export().number, exporting.holder().name.clone());
    let short = exporting.record().get(..12).unwrap_or_default();
    let draft = with_suffix(&to, &format!(".{holder}-{number}-{short}.partial"));
    exporting.begin(&draft)?;
    let written = write(&exporting, &draft, args.compression, &provider, &progress);
    let documents = exporting.export().index.rows;
    let after = exporting.corpus().manifest().after.clone();
    let checked = match written {
        Ok(files) => exporting.check(&gate).await.map(|()| files).map_err(Into::into),
        Err(error) => Err(error),
    };
    let placed = checked.and_then(|files| place(&draft, &to).map(|()| files));
    let files = match placed {
        Ok(files) => {
            exporting.finish()?;
            files
        }
        Err(error) => {
            delete(&draft)?;
            exporting.finish()?;
            return Err(error.context(format!(
                "export {number} is on record as given to {holder}, and nothing of it is left here \
                 (hint: name it among the `deleted` of the next evidence)"
            )));
        }
    };
    Ok(ExportView {
        corpus: args.name.clone(),
        after,
        holder,
        export: number,
        folder: to.display().to_string(),
        documents,
        pairs: files
            .iter()
            .filter(|file| file.records == Records::Pairs)
            .map(|file| file.rows)
            .sum(),
        bytes: files.iter().map(|file| file.bytes).sum(),
        files: files.into_iter().map(|file| file.path).collect(),
    })
}

/// Nothing that is there is written over, and what leaves does not stay in the state.
fn check_place(state: &State, to: &Path) -> anyhow::Result<()> {
    ensure!(!to.is_symlink(), "`{}` is a link (hint: name the folder itself)", to.display());
    check_empty(to)?;
    let there = to.ancestors().find_map(|above| above.canonicalize().ok());
    let folder = state.folder().canonicalize().context("looking for the state folder")?;
    ensure!(
        !there.is_some_and(|there| there.starts_with(&folder)),
        "`{}` is in the state folder (hint: a folder elsewhere)",
        to.display()
    );
    Ok(())
}

/// Gives the draft its name.
fn place(draft: &Path, to: &Path) -> anyhow::Result<()> {
    if to.exists() {
        fs::remove_dir(to).with_context(|| format!("replacing `{}`", to.display()))?;
    }
    fs::rename(draft, to)
        .and_then(|()| fs::File::open(above(to))?.sync_all())
        .with_context(|| format!("naming `{}`", to.display()))
}

/// Writes documents and pairs, and what describes them.
fn write(
    exporting: &Exporting,
    draft: &Path,
    compression: Compression,
    provider: &handover::Provider,
    progress: &Progress,
) -> anyhow::Result<Vec<ExportedFile>> {
    make_private(draft).with_context(|| format!("making `{}`", draft.display()))?;
    name(exporting, draft, &[])?;
    let compression = match compression {
        Compression::Zstd => handover::Compression::Zstandard,
        Compression::Gzip => handover::Compression::Gzip,
    };
    let corpus = exporting.corpus();
    let (mut files, statistics) = documents(exporting, draft, compression, progress)?;
    progress.say("writing pairs");
    files.extend(pairs(corpus, draft, compression)?);
    let statistics = with_members(statistics, corpus)?;
    let dataset = dataset(corpus.manifest(), &exporting.holder().id)?;
    let (dataset, statistics) = (&dataset, &statistics);
    Description { dataset, statistics, provider, files: &files }.write(draft)?;
    name(exporting, draft, &files)?;
    Ok(files)
}

/// Says in the folder which export it is, and of which files; before there are any, so that a draft
/// can be told from everything else.
fn name(exporting: &Exporting, draft: &Path, files: &[ExportedFile]) -> anyhow::Result<()> {
    let manifest = exporting.corpus().manifest();
    let names = Names {
        format: 1,
        holder: &exporting.holder().name,
        export: exporting.export().number,
        record: exporting.record(),
        corpus: &manifest.name,
        after: manifest.after.as_ref(),
        purpose: manifest.purpose.as_str(),
        documents: exporting.export().index.rows,
        files,
    };
    let mut named = serde_json::to_vec_pretty(&names).context("naming the export")?;
    named.push(b'\n');
    let path = draft.join(NAMES);
    write_whole(&path, &mut named.as_slice())
        .with_context(|| format!("writing `{}`", path.display()))?;
    Ok(())
}

/// Writes the documents, shard by shard.
fn documents(
    exporting: &Exporting,
    draft: &Path,
    compression: handover::Compression,
    progress: &Progress,
) -> anyhow::Result<(Vec<ExportedFile>, Statistics)> {
    let (corpus, mut statistics) = (exporting.corpus(), Statistics::default());
    let mut files = Vec::new();
    for split in Split::ALL {
        let cells: Vec<Cell> = exporting.cells(*split).collect();
        let handed: handover::Split = again(split)?;
        for of_shard in cells.chunk_by(|one, next| one.shard == next.shard) {
            let Some(shard) = of_shard.first().map(|cell| cell.shard) else { continue };
            progress.say(format!("writing {split}, shard {shard}"));
            let place = (handed, shard);
            let mut lines = JsonLines::create(draft, Records::Documents, place, compression)?;
            for cell in of_shard {
                for document in corpus.documents(*cell)? {
                    let columns = document.paragraphs.to_string();
                    let row = row(*cell, &document, &columns);
                    lines.write(&row)?;
                    statistics.add(handed, &row);
                }
            }
            files.push(lines.finish()?);
        }
    }
    Ok((files, statistics))
}

/// Writes the task pairs that the documents make, for every shard that has any.
fn pairs(
    corpus: &Corpus,
    draft: &Path,
    compression: handover::Compression,
) -> anyhow::Result<Vec<ExportedFile>> {
    let mut files = Vec::new();
    let mut open: Option<((Split, u16), JsonLines)> = None;
    corpus.for_each_pair(|cell, pair| {
        let place = (cell.split, cell.shard);
        if let Some((_, done)) = open.take_if(|(open, _)| *open != place) {
            files.push(done.finish()?);
        }
        let lines = match &mut open {
            Some((_, lines)) => lines,
            none => {
                let handed = (again(&cell.split)?, cell.shard);
                let lines = JsonLines::create(draft, Records::Pairs, handed, compression)?;
                &mut none.insert((place, lines)).1
            }
        };
        let documents: Vec<_> = pair.documents.iter().map(|one| one.as_i64()).collect();
        Ok::<(), anyhow::Error>(lines.write_pair(&PairRow {
            task: pair.task.name(),
            language: pair.language,
            documents: &documents,
            prompt: &pair.prompt,
            completion: &pair.completion,
            shard: cell.shard,
            slice: cell.slice,
        })?)
    })?;
    if let Some((_, done)) = open {
        files.push(done.finish()?);
    }
    Ok(files)
}

fn delete(draft: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("deleting `{}`", draft.display()))
        }
        _ => Ok(()),
    }
}

/// What left.
#[derive(Serialize)]
pub(super) struct ExportView {
    corpus: String,
    /// The corpus that it goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Followed>,
    holder: String,
    /// The number of the export.
    export: u32,
    folder: String,
    documents: u64,
    /// Task pairs that the documents make.
    pairs: u64,
    bytes: u64,
    files: Vec<String>,
}

impl View for ExportView {
    fn write(&self, page: &mut Page) {
        let documents = counted(self.documents, "document", "documents");
        let pairs = counted(self.pairs, "pair", "pairs");
        page.line(format_args!(
            "Export {} of {} to {}: {documents}, and {pairs} made of them, in {}.",
            self.export, self.corpus, self.holder, self.folder
        ));
        for file in &self.files {
            page.line(format_args!("  {file}"));
        }
        write_after(&self.corpus, self.after.as_ref(), page);
        page.paragraph(
            0,
            format_args!(
                "Every removal asks for {} from here on; `zweck holder removals {}` says what has \
                 to go.",
                self.holder, self.holder
            ),
        );
    }
}

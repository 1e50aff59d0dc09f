//! From permitted rows to the files of a corpus, in a staging folder.

use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
};

use arrow::array::RecordBatch;
use futures::TryStreamExt;
use gate::{Accounting, NameFinder, Permitted, Table};
use text::minhash::MinHash;

use crate::{
    Cell, Configuration, CorpusError, DocumentAccounting, DocumentId, LeftOut, Recipe, Result,
    ShardFile, SliceKey, Steps,
    document::{self, Candidate},
    earlier::{self, Earlier},
    lineage::{self, Place},
    manifest::CorpusFile,
    recipe::Tried,
    shard,
    spilled::{self, Spill, Spilled},
    standing::{self, Standing, StoodFor},
    table_file::Finished,
};

/// The files of a corpus, and what became of every row.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) rows: Accounting,
    pub(crate) documents: DocumentAccounting,
    pub(crate) files: Vec<ShardFile>,
    pub(crate) lineage: CorpusFile,
    pub(crate) traits: CorpusFile,
}

/// Writes the files of a corpus into an empty staging folder. What has come `earlier` stands for what
/// is the same, or nearly.
///
/// The bytes do not depend on the order in which rows come.
pub(crate) async fn draft(
    permitted: &Permitted,
    key: &SliceKey,
    (configuration, recipe): (Configuration, &Recipe),
    earlier: Earlier,
    staging: &Path,
) -> Result<Draft> {
    let mut sorter = Sorter::create(staging, key.clone(), configuration, recipe.clone())?;
    for table in permitted.tables() {
        let Some(template) = document::template(table) else { continue };
        let mut rows = permitted.rows(table).await?;
        while let Some(batch) = rows.try_next().await.map_err(reading)? {
            sorter.add((table, template), &batch, permitted.names())?;
        }
    }
    let rows = permitted.account().await?;
    for (table, counts) in &rows.tables {
        sorter.balance(*table, counts.kept)?;
    }
    let work = tokio::task::spawn_blocking(move || sorter.finish(rows, earlier));
    work.await.map_err(|source| CorpusError::Thread { source })?
}

fn reading(source: datafusion::error::DataFusionError) -> CorpusError {
    CorpusError::Rows { source: Box::new(source) }
}

/// Deals documents to cells, and finds of equal ones the one that stands.
struct Sorter {
    staging: PathBuf,
    key: SliceKey,
    configuration: Configuration,
    steps: Steps,
    /// Finds texts that are nearly the same, where the recipe looks for them.
    minhash: Option<MinHash>,
    spill: Spill,
    standing: Standing,
    documents: DocumentAccounting,
}

impl Sorter {
    fn create(
        staging: &Path,
        key: SliceKey,
        configuration: Configuration,
        recipe: Recipe,
    ) -> Result<Self> {
        let near = recipe.duplicates.near.then(|| MinHash::new(recipe.duplicates.minhash));
        Ok(Self {
            staging: staging.to_owned(),
            key,
            configuration,
            steps: Steps::of(recipe)?,
            minhash: near,
            spill: Spill::create(staging.join("spill"))?,
            standing: Standing::new(),
            documents: DocumentAccounting::default(),
        })
    }

    /// Holds what came against what the gate kept; rows that give no document did not come.
    fn balance(&mut self, table: Table, kept: u64) -> Result<()> {
        let counts = self.documents.of(table);
        if document::template(table).is_none() {
            counts.rows_in += kept;
            counts.leave_out(LeftOut::NoDocument, kept);
        }
        let rows = counts.rows_in;
        if rows != kept {
            return Err(CorpusError::Unbalanced { table, rows, accounted: kept });
        }
        Ok(())
    }

    fn add(
        &mut self,
        (table, template): (Table, document::Template),
        rows: &RecordBatch,
        names: &NameFinder,
    ) -> Result<()> {
        for mut candidate in document::documents(table, template, rows, &self.key)? {
            let counts = self.documents.of(table);
            counts.rows_in += 1;
            let is_prose = document::is_prose(table);
            let Tried { text, paragraphs, normalised, redacted, language, left_out } =
                self.steps.apply_to(&candidate.document, is_prose, (&self.key, names));
            if let Some(reason) = left_out {
                counts.leave_out(reason, 1);
                continue;
            }
            if let Cow::Owned(replaced) = text {
                candidate.document.text = replaced;
                candidate.document.paragraphs = paragraphs;
            }
            let told = || language.map(|language| language.code().to_owned());
            candidate.document.language = candidate.document.language.take().or_else(told);
            let mut traits = Vec::new();
            if is_prose {
                let words = self.key.text(&candidate.document.text);
                let bands =
                    self.minhash.iter_mut().flat_map(|one| one.bands(&candidate.document.text));
                traits = standing::traits(words, bands);
                self.standing.push(candidate.document.document, &traits)?;
            }
            let cell = self.key.cell(candidate.member, self.configuration);
            self.spill.push(cell, &Spilled { normalised, redacted, traits, candidate })?;
        }
        Ok(())
    }

    fn finish(self, rows: Accounting, earlier: Earlier) -> Result<Draft> {
        let Self { staging, spill, standing, mut documents, .. } = self;
        let stood_for = standing.finish(earlier)?;
        let mut traits = spill::Sorter::new(standing::ROOM);
        let mut files: Vec<ShardFile> = Vec::new();
        let mut places = Vec::new();
        for (cell, path) in spill.finish()? {
            let kept = standing_in(spilled::read(&path)?, &stood_for, &mut documents)?;
            fs::remove_file(&path).map_err(CorpusError::file("deleting", &path))?;
            for number in kept.iter().flat_map(|one| &one.traits) {
                traits.push([*number]).map_err(CorpusError::sorting)?;
            }
            if !kept.is_empty() {
                let file = u32::try_from(files.len()).unwrap_or(u32::MAX);
                places.extend(places_of(&kept, file));
                files.push(write_shard(&staging, cell, &kept)?);
            }
        }
        let spill = staging.join("spill");
        fs::remove_dir(&spill).map_err(CorpusError::file("deleting", &spill))?;
        let lineage = write_lineage(&staging, places, &files)?;
        let traits = write_traits(&staging, traits)?;
        Ok(Draft { rows, documents, files, lineage, traits })
    }
}

/// The documents of a cell that stand, sorted.
fn standing_in(
    cell: Vec<Spilled>,
    stood_for: &StoodFor,
    documents: &mut DocumentAccounting,
) -> Result<Vec<Spilled>> {
    let mut kept = Vec::with_capacity(cell.len());
    for spilled in cell {
        let Candidate { table, document, .. } = &spilled.candidate;
        match stood_for.reason(document.document)? {
            Some(reason) => documents.of(*table).leave_out(reason, 1),
            None => kept.push(spilled),
        }
    }
    kept.sort_unstable_by(|one, other| order(one).cmp(&order(other)));
    kept.dedup_by(|later, earlier| {
        let same = order(later).0 == order(earlier).0;
        documents.of(later.candidate.table).leave_out(LeftOut::Duplicate, u64::from(same));
        same
    });
    for spilled in &kept {
        documents.of(spilled.candidate.table).keep(spilled);
    }
    Ok(kept)
}

/// By document; the rest decides only between rows that share an address.
fn order(spilled: &Spilled) -> (DocumentId, &str) {
    let document = &spilled.candidate.document;
    (document.document, &document.text)
}

fn places_of(kept: &[Spilled], file: u32) -> impl Iterator<Item = Place> {
    kept.iter().zip(0..).map(move |(Spilled { candidate, .. }, row)| Place {
        member: candidate.member,
        item: candidate.item,
        table: candidate.table,
        file,
        row,
        document: candidate.document.document,
    })
}

fn write_shard(staging: &Path, cell: Cell, kept: &[Spilled]) -> Result<ShardFile> {
    let unnamed = staging.join("unnamed");
    let finished = shard::write(&unnamed, kept.iter().map(|one| &one.candidate.document))?;
    let path = format!("{cell}.{}.parquet", finished.short_hash());
    name(staging, &unnamed, &path)?;
    let Cell { split, shard, slice } = cell;
    let (rows, bytes, blake3) = (finished.rows, finished.bytes, finished.blake3);
    Ok(ShardFile { path, split, shard, slice, rows, bytes, blake3 })
}

fn write_lineage(staging: &Path, places: Vec<Place>, files: &[ShardFile]) -> Result<CorpusFile> {
    let names: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    let unnamed = staging.join("unnamed");
    let finished = lineage::write(&unnamed, places, &names)?;
    name_beside(staging, ("lineage", &unnamed), finished)
}

fn write_traits(staging: &Path, traits: spill::Sorter<1>) -> Result<CorpusFile> {
    let unnamed = staging.join("unnamed");
    let finished = earlier::write(&unnamed, &traits.finish().map_err(CorpusError::sorting)?)?;
    name_beside(staging, ("traits", &unnamed), finished)
}

/// Names a file that has no documents.
fn name_beside(
    staging: &Path,
    (what, unnamed): (&str, &Path),
    finished: Finished,
) -> Result<CorpusFile> {
    let path = format!("{what}.{}.parquet", finished.short_hash());
    name(staging, unnamed, &path)?;
    let Finished { rows, bytes, blake3 } = finished;
    Ok(CorpusFile { path, rows, bytes, blake3 })
}

/// A file is named by its hash, which is known only when it is complete.
fn name(staging: &Path, unnamed: &Path, path: &str) -> Result<()> {
    let named = staging.join(path);
    if let Some(folder) = named.parent() {
        fs::create_dir_all(folder).map_err(CorpusError::file("creating", folder))?;
    }
    fs::rename(unnamed, &named).map_err(CorpusError::file("naming", &named))
}

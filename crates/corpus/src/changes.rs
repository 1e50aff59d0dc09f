use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use gate::ArtefactChange;

use crate::{Cell, DocumentId, Manifest, Result, ShardFile, draft::Draft, shard};

/// What differs between a corpus and its successor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Changes {
    pub(crate) rewritten: Vec<ArtefactChange>,
    pub(crate) removed: u64,
    pub(crate) redacted: u64,
    pub(crate) promoted: u64,
}

/// Compares cell by cell; reads only files that differ.
pub(crate) fn between(
    root: &Path,
    before: &Manifest,
    staging: &Path,
    after: &Draft,
) -> Result<Changes> {
    let (old, new) = (by_cell(&before.files), by_cell(&after.files));
    let cells: BTreeSet<Cell> = old.keys().chain(new.keys()).copied().collect();
    let mut changes = Changes::default();
    for cell in cells {
        let (old, new) = (old.get(&cell), new.get(&cell));
        let hash = |file: Option<&&ShardFile>| file.map(|file| file.blake3.clone());
        if hash(old) == hash(new) {
            continue;
        }
        let path = |file: Option<&&ShardFile>| file.map(|file| file.path.clone());
        changes.rewritten.push(ArtefactChange {
            path_before: path(old),
            before: hash(old),
            path_after: path(new),
            after: hash(new),
        });
        changes.count(&texts(root, old)?, &texts(staging, new)?);
    }
    let beside = before.beside().into_iter().zip([&after.lineage, &after.traits]);
    for (old, new) in beside.filter(|(old, new)| old != new) {
        changes.rewritten.push(ArtefactChange {
            path_before: Some(old.path.clone()),
            before: Some(old.blake3.clone()),
            path_after: Some(new.path.clone()),
            after: Some(new.blake3.clone()),
        });
    }
    Ok(changes)
}

impl Changes {
    fn count(&mut self, old: &BTreeMap<DocumentId, String>, new: &BTreeMap<DocumentId, String>) {
        for (document, text) in old {
            match new.get(document) {
                None => self.removed += 1,
                Some(now) => self.redacted += u64::from(now != text),
            }
        }
        self.promoted += new.keys().filter(|document| !old.contains_key(document)).count() as u64;
    }
}

fn by_cell(files: &[ShardFile]) -> BTreeMap<Cell, &ShardFile> {
    files.iter().map(|file| (file.cell(), file)).collect()
}

fn texts(root: &Path, file: Option<&&ShardFile>) -> Result<BTreeMap<DocumentId, String>> {
    let Some(file) = file else { return Ok(BTreeMap::new()) };
    let documents = shard::read(&root.join(&file.path))?;
    Ok(documents.into_iter().map(|one| (one.document, one.text)).collect())
}

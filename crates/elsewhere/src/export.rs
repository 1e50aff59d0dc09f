use std::path::Path;

use corpus::{Corpus, Split};
use gate::Gate;
use policy::Instant;
use serde_json::json;
use store::{Holder, NewPermit, PermitId};

use crate::{
    Elsewhere, ElsewhereError, Export, Result,
    draft::Draft,
    folder::{Folder, Lock},
    index::IndexFile,
    record::{ExportedCell, FORMAT},
};

/// An export that is on record: from here on the holder may have every document of it.
///
/// Whoever has it [`Self::begin`]s, writes the documents out, [`Self::check`]s and
/// [`Self::finish`]es. As long as it is there nobody else exports to the holder, and no removal ends
/// for it.
#[derive(Debug)]
pub struct Exporting {
    elsewhere: Elsewhere,
    corpus: Corpus,
    holder: Holder,
    export: Export,
    /// The hash of what is on record of it.
    record: String,
    folder: Folder,
    _lock: Lock,
}

impl Elsewhere {
    /// Puts on record that the holder is given a corpus as it is now, before anything of it leaves.
    ///
    /// # Errors
    /// [`ElsewhereError::Unknown`] if no such holder is registered, [`ElsewhereError::OtherCorpus`]
    /// and [`ElsewhereError::BuiltAnew`] if it is registered for another corpus, or for an earlier
    /// build; if a removal waits for the corpus.
    pub async fn export(
        &self,
        gate: &Gate,
        (name, corpus): (&str, &str),
        at: Instant,
    ) -> Result<Exporting> {
        let folder = Folder::new(&self.root, name)?;
        let lock = folder.lock().await?;
        let (holder, registered) = self.registered(&folder).await?;
        if registered.corpus != corpus {
            return Err(ElsewhereError::OtherCorpus {
                name: name.to_owned(),
                registered: registered.corpus,
                asked: corpus.to_owned(),
            });
        }
        let corpus = self.corpora.open(gate, corpus).await?;
        // what it has was permitted on the facts and as of the instant of one build
        if holder.parent.as_ref() != Some(&corpus.holder().id) {
            let (name, corpus) = (name.to_owned(), registered.corpus);
            return Err(ElsewhereError::BuiltAnew { name, corpus });
        }
        // what is on record has to be whole before anything is added to it
        self.may_have(&folder, &holder).await?;
        let earlier = folder.exports()?;
        folder.sweep(&earlier)?;
        let permitted = self.last_number(name).await?;
        let recorded = earlier.last().map_or(0, |(export, _)| export.number);
        let number = recorded.max(permitted) + 1;
        let mut index = IndexFile::create(&folder.path(), Folder::index_path(number))?;
        corpus.for_each_owned(|cell, owner, document| index.push(cell, owner, &document))?;
        let manifest = corpus.holder().manifest_hash.clone().unwrap_or_default();
        let cells = corpus.manifest().files.iter().map(|file| ExportedCell {
            split: file.split,
            shard: file.shard,
            slice: file.slice,
            blake3: file.blake3.clone(),
            rows: file.rows,
        });
        let export = Export {
            format: FORMAT,
            number,
            holder: holder.id.clone(),
            corpus: corpus.holder().id.clone(),
            manifest,
            applied: corpus.holder().position(),
            at,
            cells: cells.collect(),
            index: index.finish()?,
        };
        let record = folder.put(&export)?;
        self.permit(&corpus, &holder, (&export, &record), at).await?;
        let elsewhere = self.clone();
        let exporting =
            Exporting { elsewhere, corpus, holder, export, record, folder, _lock: lock };
        exporting.check(gate).await?;
        Ok(exporting)
    }

    /// What the holder was given, and when, is on record like every other permit.
    async fn permit(
        &self,
        corpus: &Corpus,
        holder: &Holder,
        (export, record): (&Export, &str),
        at: Instant,
    ) -> Result<()> {
        let manifest = corpus.manifest();
        let reads = match manifest.attached.is_empty() {
            true => None,
            false => Some(json!(manifest.attached)),
        };
        let permit = NewPermit {
            id: PermitId::new(format!("{}.{}", holder.id, export.number)),
            purpose: manifest.purpose.clone(),
            policy_hash: manifest.policy.clone(),
            sequence: manifest.facts.to,
            as_of: manifest.as_of,
            lake_version: manifest.lake_version,
            reads,
        };
        let counts = json!({
            "export": export.number,
            "record": record,
            "documents": export.index.rows,
        });
        Ok(self.store.record_export(&holder.id, &permit, &counts, at).await?)
    }
}

impl Exporting {
    /// The corpus that is written out.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// To whom.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// What is on record of it.
    pub fn export(&self) -> &Export {
        &self.export
    }

    /// The hash of what is on record of it.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// Notes in which folder it is written until it is whole. If this process ends before, whoever
    /// next has to do with the holder deletes that folder, if its [`NAMES`](crate::NAMES) has
    /// [`Self::record`].
    ///
    /// # Errors
    /// If the note cannot be written.
    pub fn begin(&self, draft: &Path) -> Result<()> {
        let draft = Draft { folder: draft.to_owned(), record: self.record.clone() };
        self.folder.note_draft(self.export.number, &draft)
    }

    /// Every cell of a split that has documents, in order.
    pub fn cells(&self, split: Split) -> impl Iterator<Item = corpus::Cell> + '_ {
        let cells = self.export.cells.iter().map(ExportedCell::cell);
        cells.filter(move |cell| cell.split == split)
    }

    /// Checks that what was written out is what the corpus still is.
    ///
    /// # Errors
    /// [`ElsewhereError::Changed`]: what was written has to be deleted.
    pub async fn check(&self, gate: &Gate) -> Result<()> {
        let name = &self.corpus.manifest().name;
        let now = self.elsewhere.corpora.open(gate, name).await;
        let is_same = now.as_ref().is_ok_and(|now| {
            now.manifest().has_files_of(self.corpus.manifest())
                && now.holder().id == self.corpus.holder().id
        });
        if is_same { Ok(()) } else { Err(ElsewhereError::Changed { corpus: name.clone() }) }
    }

    /// Ends the export: what was written is in its place, or nothing of it is left.
    ///
    /// # Errors
    /// If the note of where it was written cannot be deleted.
    pub fn finish(self) -> Result<Export> {
        self.folder.forget_draft(self.export.number)?;
        Ok(self.export)
    }
}

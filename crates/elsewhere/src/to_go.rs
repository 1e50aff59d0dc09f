//! What a holder may have and must not, or not as it has it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use corpus::{Cell, Corpus, CorpusError, DocumentId};
use gate::Gate;
use policy::{ItemId, MemberNumber, Sequence};
use serde::Serialize;
use store::{Holder, Removal, RemovalFilter};

use crate::{
    Elsewhere, Export, Result,
    folder::Folder,
    index::{self, TextHash},
};

/// A document that a holder may have and has to let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToGo {
    /// Its number in the corpus.
    pub document: DocumentId,
    /// Whether it has to go, or to become another.
    pub what: What,
    /// The open removals that speak of its row; none where only somebody else's name goes.
    pub because: Vec<Sequence>,
    /// Whose it was.
    pub member: MemberNumber,
    /// Which of the member's.
    pub item: ItemId,
    /// The table of the lake that it came from.
    pub table: String,
    /// The corpus that it came from.
    pub corpus: String,
    /// Where it was there.
    pub cell: Cell,
    /// The exports that it left with.
    pub exports: BTreeSet<u32>,
}

/// What has to become of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The corpus has it no more.
    Remove,
    /// The corpus has it with other words: somebody's name is masked in it.
    Replace,
}

/// What the corpus has now in the cells that an export was read from and that have changed.
struct Now<'a> {
    corpus: &'a Corpus,
    cell: Option<Cell>,
    documents: HashMap<DocumentId, TextHash>,
}

impl Elsewhere {
    /// What a holder has to let go, by cell and document; nothing while no removal changes what it
    /// may have.
    ///
    /// # Errors
    /// If its corpus cannot be opened, or the records cannot be read.
    pub async fn to_go(&self, gate: &Gate, name: &str) -> Result<Vec<ToGo>> {
        let folder = Folder::new(&self.root, name)?;
        let _lock = folder.lock().await?;
        let (holder, registered) = self.registered(&folder).await?;
        // what a corpus that was built anew has no more has to go with the next removal, not before
        if !gate.is_behind(&holder).await? {
            return Ok(Vec::new());
        }
        self.differences(gate, &folder, &holder, &registered.corpus).await
    }

    /// The same, for who has the lock.
    pub(crate) async fn differences(
        &self,
        gate: &Gate,
        folder: &Folder,
        holder: &Holder,
        name: &str,
    ) -> Result<Vec<ToGo>> {
        let exports = self.may_have(folder, holder).await?;
        if exports.is_empty() {
            return Ok(Vec::new());
        }
        let corpus = match self.corpora.open(gate, name).await {
            Ok(corpus) => Some(corpus),
            // nothing of it may be used any more
            Err(CorpusError::Unknown { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let removals = self.open_removals(holder).await?;
        let mut to_go = BTreeMap::new();
        for (export, _) in &exports {
            let now = (name, corpus.as_ref());
            compare(folder, export, now, &removals, &mut to_go)?;
        }
        Ok(to_go.into_values().collect())
    }

    async fn open_removals(&self, holder: &Holder) -> Result<Vec<Removal>> {
        let filter = RemovalFilter {
            purpose: Some(holder.purpose.clone()),
            after: Some(holder.position()),
            open_only: true,
            ..Default::default()
        };
        Ok(self.store.removals(&filter).await?)
    }
}

/// Takes in what an export has and the corpus has no more, or with other words.
fn compare(
    folder: &Folder,
    export: &Export,
    (name, corpus): (&str, Option<&Corpus>),
    removals: &[Removal],
    to_go: &mut BTreeMap<(Cell, DocumentId, What), ToGo>,
) -> Result<()> {
    let changed: BTreeSet<_> = export
        .cells
        .iter()
        .filter(|cell| {
            let now = corpus.and_then(|corpus| corpus.manifest().shard(cell.cell()));
            now.is_none_or(|now| now.blake3 != cell.blake3)
        })
        .map(|cell| cell.cell())
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut now = corpus.map(Now::of);
    index::for_each(&folder.path(), &export.index, |left| {
        if !changed.contains(&left.cell) {
            return Ok(());
        }
        let found = match &mut now {
            Some(now) => now.find(left.cell, left.document)?,
            None => None,
        };
        let what = match found {
            Some(text) if text == left.text => return Ok(()),
            Some(_) => What::Replace,
            None => What::Remove,
        };
        let entry = to_go.entry((left.cell, left.document, what));
        let entry = entry.or_insert_with(|| ToGo {
            document: left.document,
            what,
            because: because(removals, left.member, left.item),
            member: left.member,
            item: left.item,
            table: left.table,
            corpus: name.to_owned(),
            cell: left.cell,
            exports: BTreeSet::new(),
        });
        entry.exports.insert(export.number);
        Ok(())
    })
}

/// The removals that speak of a row.
fn because(removals: &[Removal], member: MemberNumber, item: ItemId) -> Vec<Sequence> {
    let speaks = |removal: &&Removal| {
        removal.member == Some(member) && removal.item.is_none_or(|one| one == item)
    };
    removals.iter().filter(speaks).map(|removal| removal.sequence).collect()
}

impl<'a> Now<'a> {
    fn of(corpus: &'a Corpus) -> Self {
        Self { corpus, cell: None, documents: HashMap::new() }
    }

    /// The words that a document has now, by their hash. An index is in the order of cells, so each
    /// is read once.
    fn find(&mut self, cell: Cell, document: DocumentId) -> Result<Option<TextHash>> {
        if self.cell != Some(cell) {
            let documents = self.corpus.documents(cell)?.into_iter();
            self.documents =
                documents.map(|one| (one.document, index::hash_of(&one.text))).collect();
            self.cell = Some(cell);
        }
        Ok(self.documents.get(&document).copied())
    }
}

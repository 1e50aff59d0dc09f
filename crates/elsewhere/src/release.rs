use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use corpus::DocumentId;
use gate::{Artefacts, Gate};
use policy::{Instant, Sequence};
use serde_json::json;
use store::Holder;

use crate::{
    Elsewhere, ElsewhereError, Evidence, Export, Result,
    evidence::ClaimFile,
    folder::Folder,
    index::{self, TextHash},
    record::FORMAT,
};

/// A release of a holder elsewhere that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedElsewhere {
    /// The holder, as it stands now.
    pub holder: Holder,
    /// Every refusal up to here had been applied before.
    pub from: Sequence,
    /// Every refusal up to here is applied now.
    pub to: Sequence,
    /// What is kept of it.
    pub evidence: Evidence,
}

impl Elsewhere {
    /// Takes what a holder says it is made of, checks it against the export that it names, and
    /// records the release.
    ///
    /// The newest export counts alone; of every other one that the holder was given, the claim has
    /// to say that nothing is left. Every document that the holder is made of has to be in the
    /// export, with the same words, and nothing in the export may be refused by the facts that it
    /// rests on. Artefacts that are there are hashed again.
    ///
    /// # Errors
    /// [`ElsewhereError::Refused`] with the reason; then nothing has changed.
    pub async fn release(
        &self,
        gate: &Gate,
        name: &str,
        claim: &Path,
        at: Instant,
    ) -> Result<ReleasedElsewhere> {
        let folder = Folder::new(&self.root, name)?;
        let _lock = folder.lock().await?;
        let (holder, _) = self.registered(&folder).await?;
        let read = ClaimFile::from(claim, name)?;
        if read.claim.holder != name {
            let reason = format!("it is of the holder `{}`", read.claim.holder);
            return Err(ElsewhereError::refused(name, reason));
        }
        let exports = self.may_have(&folder, &holder).await?;
        let (export, record) = self.newest(name, &read, &exports)?;
        let artefacts = read.artefacts(name)?;
        let (list, documents) = read.documents(name, export.index.rows)?;
        check_absent(name, &folder, export, documents.clone())?;
        let kept = Artefacts {
            root: folder.path(),
            files: vec![export.index.clone()],
            lineage: vec![export.index.clone()],
            others: Vec::new(),
        };
        gate.check_kept(&holder, &kept, export.applied).await?;
        let list_path = Folder::list_name(export.number);
        let evidence = Evidence {
            format: FORMAT,
            export: export.number,
            record: record.clone(),
            artefacts,
            documents: Path::new("evidence").join(&list_path),
            documents_blake3: blake3::hash(&list).to_hex().to_string(),
            documents_count: documents.len() as u64,
            deleted: read.claim.deleted.clone(),
        };
        folder.keep(&list_path, &list)?;
        let from = holder.position();
        let to = export.applied.max(from);
        self.store.record_release(&holder.id, to, record, &json!(evidence), at).await?;
        let gone = exports.iter().map(|(one, _)| one.number);
        folder.forget(gone.filter(|number| *number != export.number))?;
        let holder = self.store.holder(&holder.id).await?.unwrap_or(holder);
        Ok(ReleasedElsewhere { holder, from, to, evidence })
    }

    /// The export that a claim names, which has to be the only one that is left.
    fn newest<'a>(
        &self,
        name: &str,
        read: &ClaimFile,
        exports: &'a [(Export, String)],
    ) -> Result<&'a (Export, String)> {
        let refused = |reason: String| ElsewhereError::refused(name, reason);
        let newest = exports.last().ok_or_else(|| refused("it was given nothing".to_owned()))?;
        let number = newest.0.number;
        if read.claim.export != number {
            let named = read.claim.export;
            return Err(refused(format!(
                "it is made of export {named}, the newest one that it was given is {number}"
            )));
        }
        let deleted: BTreeSet<_> = read.claim.deleted.iter().copied().collect();
        if let Some(never) = deleted.iter().find(|one| **one > number) {
            return Err(refused(format!(
                "export {never} is said to be deleted, and never was given"
            )));
        }
        if deleted.contains(&number) {
            return Err(refused(format!("export {number} is said to be deleted as well")));
        }
        let left = exports.iter().map(|(export, _)| export.number);
        let left = left.filter(|one| *one != number && !deleted.contains(one));
        match left.map(|one| one.to_string()).collect::<Vec<_>>().as_slice() {
            [] => Ok(newest),
            left => {
                let left = left.join(", ");
                Err(refused(format!("it does not say that nothing is left of export {left}")))
            }
        }
    }
}

/// Every document that a holder is made of is in the export, with the same words.
fn check_absent(
    name: &str,
    folder: &Folder,
    export: &Export,
    mut documents: HashMap<DocumentId, TextHash>,
) -> Result<()> {
    let mut changed = None;
    index::for_each(&folder.path(), &export.index, |left| {
        if documents.remove(&left.document).is_some_and(|text| text != left.text) {
            changed = Some(left.document);
        }
        Ok(())
    })?;
    let number = export.number;
    let name_of = |document: DocumentId| handover::document_name(document.as_i64());
    if let Some(document) = changed {
        let document = name_of(document);
        let reason = format!("document {document} has other words in export {number}");
        return Err(ElsewhereError::refused(name, reason));
    }
    let Some(document) = documents.keys().min() else { return Ok(()) };
    let more = match documents.len() - 1 {
        0 => String::new(),
        more => format!(", nor are {more} more"),
    };
    let reason = format!("document {} is not in export {number}{more}", name_of(*document));
    Err(ElsewhereError::refused(name, reason))
}

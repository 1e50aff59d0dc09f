//! A corpus follows removals: it becomes what a clean build of the same facts would be.

use async_trait::async_trait;
use gate::{Artefact, Artefacts, FactRange, Gate, Held, HolderError, PermitRequest, Release};
use policy::{Instant, ItemId, MemberNumber, Sequence};
use store::Holder;

use crate::{
    Corpora, CorpusError, CorpusFile, Manifest, Released, Result, Step,
    changes::{self, Changes},
    corpora::{KIND, name_of},
    draft::draft,
    folder::{Folder, Staging},
    lineage,
};

#[async_trait]
impl gate::Holder for Corpora {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn release(
        &self,
        gate: &Gate,
        held: &Holder,
        to: Sequence,
        at: Instant,
    ) -> Result<Option<Release>, HolderError> {
        Ok(Some(self.follow(gate, held, to, at).await?))
    }

    async fn holds(
        &self,
        held: &Holder,
        member: MemberNumber,
        item: Option<ItemId>,
    ) -> Result<Vec<Held>, HolderError> {
        let (folder, manifest, _) = self.current(held).await?;
        let lineage = folder.root().join(&manifest.lineage.path);
        let rows = lineage::read_member(&lineage, member, item)?;
        let held = rows.into_iter().map(|row| Held {
            artefact: row.file,
            row: row.row,
            item: row.item,
            table: row.table,
        });
        Ok(held.collect())
    }

    async fn artefacts(&self, held: &Holder) -> Result<Artefacts, HolderError> {
        let (folder, manifest, _) = self.current(held).await?;
        let files = manifest.files.into_iter().map(|file| Artefact {
            path: file.path,
            blake3: file.blake3,
            rows: file.rows,
        });
        let [lineage, others] = [manifest.lineage, manifest.traits]
            .map(|CorpusFile { path, rows, blake3, .. }| vec![Artefact { path, blake3, rows }]);
        Ok(Artefacts { root: folder.root(), files: files.collect(), lineage, others })
    }

    async fn is_gone(&self, held: &Holder) -> Result<bool, HolderError> {
        let folder = self.folder_of(held)?;
        // whoever replaces a corpus has it until the old files are deleted
        let _content = folder.lock_content().await?;
        match self.recover(&folder).await? {
            Some(manifest) => {
                Ok(manifest.holder != held.id && folder.unnamed(&manifest)?.is_empty())
            }
            None => Ok(!folder.root().exists()),
        }
    }
}

impl Corpora {
    /// Builds what refusals up to `to` leave, and swaps in the files that differ.
    async fn follow(
        &self,
        gate: &Gate,
        held: &Holder,
        to: Sequence,
        at: Instant,
    ) -> Result<Release> {
        let folder = self.folder_of(held)?;
        let _content = folder.lock_content().await?;
        self.recover(&folder).await?;
        let (folder, before, hash) = self.current(held).await?;
        folder.drop_staging(Staging::Releasing)?;
        folder.sweep(Some(&before))?;
        if to <= before.facts.to {
            return Ok(evidence(&before, hash, held.position()));
        }
        let after = self.swap_in(gate, &folder, before, to, at).await;
        // Whether it succeeded or not: what is staged is somebody's, and nobody's holder keeps it.
        folder.drop_staging(Staging::Releasing)?;
        let (after, hash) = after?;
        self.report(Step::Swept);
        Ok(evidence(&after, hash, held.position()))
    }

    async fn swap_in(
        &self,
        gate: &Gate,
        folder: &Folder,
        before: Manifest,
        to: Sequence,
        at: Instant,
    ) -> Result<(Manifest, String)> {
        let (after, changes) = self.write_release(gate, folder, &before, to, at).await?;
        let after = with_history(after, before.facts.to, changes, at);
        let hash = after.write(&folder.staging(Staging::Releasing))?;
        self.report(Step::Described);
        folder.place(Staging::Releasing, &after)?;
        self.report(Step::Placed);
        folder.point(Staging::Releasing)?;
        self.report(Step::Pointed);
        folder.sweep(Some(&after))?;
        Ok((after, hash))
    }

    async fn write_release(
        &self,
        gate: &Gate,
        folder: &Folder,
        before: &Manifest,
        to: Sequence,
        at: Instant,
    ) -> Result<(Manifest, Changes)> {
        let facts = FactRange { from: before.facts.from, to };
        let permit = PermitRequest {
            holder: before.holder.clone(),
            purpose: before.purpose.clone(),
            as_of: before.as_of,
            facts,
            lake_version: before.lake_version,
            after: before.after.as_ref().map(|after| after.lake_version),
        };
        // what stands before this has to have followed the same removals
        let earlier = self.earlier(gate, &before.name, before.after.as_ref()).await;
        let earlier = earlier.map_err(|error| match error {
            CorpusError::RemovalPending { name: after, .. } => {
                CorpusError::Waits { name: before.name.clone(), after }
            }
            other => other,
        })?;
        let permitted = gate.permit(&permit, at).await?;
        self.report(Step::Permitted);
        let staging = folder.stage(Staging::Releasing)?;
        let made = (before.cut()?, &before.recipe);
        let draft = draft(&permitted, self.key(), made, earlier, &staging).await?;
        self.report(Step::Drafted { documents: draft.lineage.rows });
        let changes = changes::between(&folder.root(), before, &staging, &draft)?;
        let permit = permitted.permit();
        let after = Manifest {
            policy: permit.policy.clone(),
            policy_version: permit.policy_version,
            facts,
            attached: permit.attached.clone(),
            zweck_version: env!("CARGO_PKG_VERSION").to_owned(),
            rows: draft.rows,
            documents: draft.documents,
            files: draft.files,
            lineage: draft.lineage,
            traits: draft.traits,
            ..before.clone()
        };
        Ok((after, changes))
    }

    fn folder_of(&self, held: &Holder) -> Result<Folder> {
        let name = name_of(held).unwrap_or(&held.name);
        Folder::new(self.root(), name)
    }

    /// The corpus that a holder has, with its manifest's hash.
    async fn current(&self, held: &Holder) -> Result<(Folder, Manifest, String)> {
        let folder = self.folder_of(held)?;
        let name = || folder.name().to_owned();
        let Some((manifest, hash)) = self.read_manifest(&folder).await? else {
            return Err(self.lost(&folder, &held.id).await);
        };
        if manifest.holder != held.id {
            return Err(CorpusError::Superseded { name: name(), holder: held.id.clone() });
        }
        if manifest.after.as_ref().map(|after| &after.holder) != held.parent.as_ref() {
            let reason =
                "it goes on from another corpus than the one it is registered to go on from";
            return Err(CorpusError::damaged(&folder.manifest(), reason));
        }
        let built_with = &manifest.configuration.key_fingerprint;
        if built_with != self.key().fingerprint() {
            return Err(CorpusError::Key {
                name: name(),
                built_with: built_with.clone(),
                given: self.key().fingerprint().to_owned(),
            });
        }
        Ok((folder, manifest, hash))
    }
}

/// A release in which nothing changed leaves no trace but its facts.
fn with_history(after: Manifest, from: Sequence, changes: Changes, at: Instant) -> Manifest {
    let Changes { rewritten, removed, redacted, promoted } = changes;
    let mut history = after.history.clone();
    if !rewritten.is_empty() {
        history.push(Released {
            from,
            to: after.facts.to,
            at,
            rewritten,
            rows_removed: removed,
            rows_redacted: redacted,
            rows_promoted: promoted,
        });
    }
    Manifest { history, ..after }
}

/// What was given up since the store last heard of a release: more than one if the process died
/// before the store was told.
fn evidence(manifest: &Manifest, manifest_hash: String, known: Sequence) -> Release {
    let mut release = Release { manifest_hash, ..Default::default() };
    for released in manifest.history.iter().filter(|released| released.to > known) {
        release.rewritten.extend(released.rewritten.iter().cloned());
        release.rows_removed += released.rows_removed;
        release.rows_redacted += released.rows_redacted;
        release.rows_promoted += released.rows_promoted;
    }
    release
}

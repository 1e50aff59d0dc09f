//! A corpus comes into being: registered, written, sealed, and only then put in place.
//!
//! A build may end at any moment. Until the store has sealed the holder, everything is in a
//! staging folder and the next build starts again. From then on the staged manifest is the one
//! whose hash the store knows, and whoever comes next puts it in place.

use gate::{FactRange, Gate, PermitRequest};
use policy::{Instant, LakeVersion, Purpose, Sequence};
use serde_json::json;
use store::{Holder, HolderId, HolderState, NewHolder, Seal};

use crate::{
    Configuration, Corpora, CorpusError, Followed, Manifest, Recipe, Result, Step,
    corpora::{KIND, location_of, no_policy},
    draft::draft,
    folder::{Folder, Staging},
    manifest::Cut,
};

/// How often the files are written before a build gives up on a moment without refusals.
const TRIES: u32 = 8;

/// What is to be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildRequest {
    /// The name of the corpus: up to 64 of a-z, 0-9, `-` and `_`.
    pub name: String,
    /// What it may be used for.
    pub purpose: Purpose,
    /// The instant as of which notices, windows and dates count.
    pub as_of: Instant,
    /// Rows that came into the lake later are left out.
    pub lake_version: LakeVersion,
    /// A corpus to go on from: what it has, and whatever came in before it was built, is left out.
    pub after: Option<String>,
    /// The facts of an earlier build that is to be reproduced; `None` builds on the facts of now.
    pub facts: Option<FactRange>,
    /// How it is cut.
    pub configuration: Configuration,
    /// What is done to its texts.
    pub recipe: Recipe,
}

/// What came of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// What the corpus is made of.
    pub manifest: Manifest,
    /// Whether it may be used. A reproduction of facts that a removal has passed may not: it can
    /// be compared and has to be discarded, see [`Corpora::discard`].
    pub sealed: bool,
}

/// What a corpus is made from.
#[derive(Clone, Copy)]
struct Source<'a> {
    gate: &'a Gate,
    request: &'a BuildRequest,
    after: Option<&'a Followed>,
}

impl Corpora {
    /// Builds a corpus and seals it; an earlier one of the same name is in use until then, and
    /// retired afterwards.
    ///
    /// # Errors
    /// [`CorpusError::Busy`] while somebody else builds it, [`CorpusError::Unsettled`] if refusals
    /// keep coming in, [`CorpusError::CannotFollow`] if it cannot go on from the corpus that it is to
    /// go on from, [`CorpusError::Followed`] if another one goes on from it; whenever it fails, an
    /// earlier corpus of the name stays as it was.
    pub async fn build(&self, gate: &Gate, request: &BuildRequest, at: Instant) -> Result<Built> {
        let folder = Folder::new(self.root(), &request.name)?;
        let facts = self.facts(request).await?;
        let _building = folder.lock_building()?;
        {
            let _content = folder.lock_content().await?;
            self.clear_leftovers(&folder, request.facts.is_some(), at).await?;
        }
        self.check_unfollowed(&request.name).await?;
        let (after, stays) = self.followed(gate, request).await?.unzip();
        let holder = self.register(request, after.as_ref(), facts.from, at).await?;
        drop(stays);
        self.report(Step::Registered);
        let source = Source { gate, request, after: after.as_ref() };
        let built = self.write_and_seal(source, &folder, (&holder, facts), at).await;
        if built.is_err() {
            self.abandon(&folder, &holder, at).await;
        }
        built
    }

    /// Deletes a corpus and retires its holders.
    ///
    /// # Errors
    /// [`CorpusError::Busy`] while somebody builds it, [`CorpusError::Followed`] if another one goes
    /// on from it.
    pub async fn discard(&self, name: &str, at: Instant) -> Result<()> {
        let folder = Folder::new(self.root(), name)?;
        let _building = folder.lock_building()?;
        let _content = folder.lock_content().await?;
        let holders = self.active(name).await?;
        if holders.is_empty() && !folder.root().exists() {
            return Err(CorpusError::Unknown { name: name.to_owned() });
        }
        self.check_unfollowed(name).await?;
        folder.drop_staging(Staging::Building)?;
        folder.drop_staging(Staging::Releasing)?;
        folder.sweep(None)?;
        for holder in holders {
            self.store().retire_holder(&holder.id, &json!({ "discarded": true }), at).await?;
        }
        Ok(())
    }

    /// Finishes or undoes what dead builds left behind, for every corpus that is not being built:
    /// called when a program starts, so that no removal waits for a holder that is gone.
    ///
    /// A corpus whose files cannot be read stays as it is, and keeps no other from being settled:
    /// why it cannot be read is told when it is to release.
    ///
    /// # Errors
    /// If the store cannot be read or written.
    pub async fn settle(&self, at: Instant) -> Result<()> {
        for name in self.names().await? {
            match self.settle_one(&name, at).await {
                Err(error @ CorpusError::Store(_)) => return Err(error),
                Err(error) => tracing::warn!(%error, corpus = name, "a corpus is not settled"),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    async fn settle_one(&self, name: &str, at: Instant) -> Result<()> {
        let folder = Folder::new(self.root(), name)?;
        let building = match folder.lock_building() {
            Err(CorpusError::Busy { .. }) => None,
            lock => Some(lock?),
        };
        let _content = folder.lock_content().await?;
        let sealed = self.recover(&folder).await?;
        if let Some(manifest) = &sealed {
            folder.sweep(Some(manifest))?;
        }
        if building.is_some() {
            folder.drop_staging(Staging::Building)?;
        }
        // A reproduction that was not sealed stays until it is discarded.
        let current = self.read_manifest(&folder).await?.map(|(manifest, _)| manifest.holder);
        for holder in self.active(name).await? {
            let gone = match holder.state {
                HolderState::Sealed => sealed.is_some(),
                HolderState::Building => building.is_some(),
                HolderState::Retired => false,
            };
            if gone && current.as_ref() != Some(&holder.id) {
                self.retire(&holder.id, current.as_ref(), at).await?;
            }
        }
        Ok(())
    }

    /// Finishes or clears what a dead build left behind. The caller has both locks.
    async fn clear_leftovers(&self, folder: &Folder, reproduces: bool, at: Instant) -> Result<()> {
        let current = self.recover(folder).await?;
        let sealed = |holder: &Holder| holder.state == HolderState::Sealed;
        let active = self.active(folder.name()).await?;
        match (&current, active.into_iter().find(sealed)) {
            (Some(_), _) if reproduces => {
                return Err(CorpusError::Taken { name: folder.name().to_owned() });
            }
            // Files that may only be out of reach are no reason to say that they are gone.
            (None, Some(holder)) => return Err(self.lost(folder, &holder.id).await),
            _ => {}
        }
        folder.drop_staging(Staging::Building)?;
        folder.sweep(current.as_ref())?;
        let keep = current.map(|manifest| manifest.holder);
        self.retire_others(folder, keep.as_ref(), at).await
    }

    /// The manifest of the sealed corpus, put in place first if a dead build had sealed it and got
    /// no further. The caller has the content lock.
    pub(crate) async fn recover(&self, folder: &Folder) -> Result<Option<Manifest>> {
        let active = self.active(folder.name()).await?;
        let sealed = |id: &HolderId| {
            active.iter().find(|one| one.id == *id && one.state == HolderState::Sealed)
        };
        let current = self.read_manifest(folder).await?.map(|(manifest, _)| manifest);
        let current = current.filter(|manifest| sealed(&manifest.holder).is_some());
        let staged = self.read_staged_manifest(folder).await?;
        let Some((staged, hash)) = staged else { return Ok(current) };
        let holder = sealed(&staged.holder);
        if holder.and_then(|holder| holder.manifest_hash.as_ref()) != Some(&hash) {
            return Ok(current);
        }
        self.put_in_place(folder, &staged)?;
        Ok(Some(staged))
    }

    /// The facts to start from.
    async fn facts(&self, request: &BuildRequest) -> Result<FactRange> {
        match request.facts {
            None => Ok(FactRange::at(self.store().last_sequence().await?)),
            Some(FactRange { from, to }) if from > to => Err(CorpusError::Facts { from, to }),
            Some(facts) => Ok(facts),
        }
    }

    async fn register(
        &self,
        request: &BuildRequest,
        after: Option<&Followed>,
        from: Sequence,
        at: Instant,
    ) -> Result<HolderId> {
        let applied = self.store().policies_applied(from).await?;
        let (_, policy) = applied.into_iter().next_back().ok_or_else(|| no_policy(from))?;
        let filter = store::HolderFilter { kind: Some(KIND.to_owned()), ..Default::default() };
        let location = location_of(&request.name);
        let holders = self.store().holders(&filter).await?;
        let earlier = holders.iter().filter(|holder| holder.location == location).count();
        // Two builds of one corpus are in the store at once until the new one is sealed.
        let name = format!("{}.{}", request.name, earlier + 1);
        let id = HolderId::new(format!("{KIND}.{name}"));
        let new = NewHolder {
            id: id.clone(),
            kind: KIND.to_owned(),
            name,
            location,
            purpose: request.purpose.clone(),
            parent: after.map(|after| after.holder.clone()),
            policy_hash: policy.hash,
            started_sequence: from,
            as_of: request.as_of,
            lake_version: request.lake_version,
        };
        self.store().register_holder(&new, at).await?;
        Ok(id)
    }

    async fn write_and_seal(
        &self,
        source: Source<'_>,
        folder: &Folder,
        (holder, mut facts): (&HolderId, FactRange),
        at: Instant,
    ) -> Result<Built> {
        let request = source.request;
        for _ in 0..TRIES {
            let manifest = self.write(source, folder, (holder, facts), at).await?;
            let hash = manifest.write(&folder.staging(Staging::Building))?;
            folder.flush_staged(Staging::Building)?;
            self.report(Step::Described);
            // Taken before sealing: what is sealed is put in place at once.
            let _content = folder.lock_content().await?;
            match self.store().seal(holder, facts.to, &hash, at).await? {
                Seal::Sealed(_) => {
                    self.report(Step::Sealed);
                    self.put_in_place(folder, &manifest)?;
                    self.retire_others(folder, Some(holder), at).await?;
                    return Ok(Built { manifest, sealed: true });
                }
                Seal::Moved { .. } if request.facts.is_some() => {
                    self.put_in_place(folder, &manifest)?;
                    return Ok(Built { manifest, sealed: false });
                }
                Seal::Moved { now } => {
                    facts.to = now;
                    self.report(Step::Moved { to: now });
                }
            }
        }
        Err(CorpusError::Unsettled { name: request.name.clone(), tries: TRIES })
    }

    async fn write(
        &self,
        Source { gate, request, after }: Source<'_>,
        folder: &Folder,
        (holder, facts): (&HolderId, FactRange),
        at: Instant,
    ) -> Result<Manifest> {
        let earlier = self.earlier(gate, &request.name, after).await?;
        let permit = PermitRequest {
            holder: holder.clone(),
            purpose: request.purpose.clone(),
            as_of: request.as_of,
            facts,
            lake_version: request.lake_version,
            after: after.map(|after| after.lake_version),
        };
        let permitted = gate.permit(&permit, at).await?;
        self.report(Step::Permitted);
        let staging = folder.stage(Staging::Building)?;
        let made = (request.configuration, &request.recipe);
        let draft = draft(&permitted, self.key(), made, earlier, &staging).await?;
        self.report(Step::Drafted { documents: draft.lineage.rows });
        let permit = permitted.permit();
        Ok(Manifest {
            format: Manifest::FORMAT,
            name: request.name.clone(),
            holder: holder.clone(),
            purpose: request.purpose.clone(),
            policy: permit.policy.clone(),
            policy_version: permit.policy_version,
            facts,
            as_of: request.as_of,
            lake_version: request.lake_version,
            after: after.cloned(),
            attached: permit.attached.clone(),
            configuration: Cut::of(request.configuration, self.key()),
            recipe: request.recipe.clone(),
            zweck_version: env!("CARGO_PKG_VERSION").to_owned(),
            rows: draft.rows,
            documents: draft.documents,
            files: draft.files,
            lineage: draft.lineage,
            traits: draft.traits,
            history: Vec::new(),
        })
    }

    /// What follows once the store has sealed the holder. The caller has the content lock.
    fn put_in_place(&self, folder: &Folder, manifest: &Manifest) -> Result<()> {
        folder.place(Staging::Building, manifest)?;
        self.report(Step::Placed);
        folder.point(Staging::Building)?;
        self.report(Step::Pointed);
        folder.sweep(Some(manifest))?;
        folder.drop_staging(Staging::Building)?;
        self.report(Step::Swept);
        Ok(())
    }

    /// Retires the holders of a corpus whose files are gone.
    async fn retire_others(
        &self,
        folder: &Folder,
        keep: Option<&HolderId>,
        at: Instant,
    ) -> Result<()> {
        for holder in self.active(folder.name()).await? {
            if Some(&holder.id) != keep {
                self.retire(&holder.id, keep, at).await?;
            }
        }
        Ok(())
    }

    async fn retire(&self, holder: &HolderId, by: Option<&HolderId>, at: Instant) -> Result<()> {
        let evidence = json!({ "files_deleted": true, "replaced_by": by });
        Ok(self.store().retire_holder(holder, &evidence, at).await?)
    }

    /// Undoes a build that failed; what cannot be undone now, the next build undoes.
    async fn abandon(&self, folder: &Folder, holder: &HolderId, at: Instant) {
        let state = self.store().holder(holder).await;
        let building = matches!(state, Ok(Some(found)) if found.state == HolderState::Building);
        // A sealed one is put in place by whoever comes next.
        if !building {
            return;
        }
        if let Err(error) = folder.drop_staging(Staging::Building) {
            tracing::warn!(%error, corpus = folder.name(), "a failed build left files behind");
            return;
        }
        let evidence = json!({ "abandoned": true });
        if let Err(error) = self.store().retire_holder(holder, &evidence, at).await {
            tracing::warn!(%error, corpus = folder.name(), "a failed build is still registered");
        }
    }
}

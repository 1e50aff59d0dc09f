use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use lake::Erasure;
use policy::{Category, Instant, MemberNumber, MemberSet, Sequence};
use serde_json::json;
use store::{
    Holder as HolderRecord, HolderFilter, HolderId, HolderState, LakeStepState, NewFact, Removal,
    RemovalCause, RemovalFilter, Withdrawn,
};

use crate::{
    FactRange, Gate, GateError, Holder, Release, Result, check,
    mentions::{self, WAIT},
};

/// How many rows of members there are in attached tables, by member and attachment.
pub type RowsStillAttached = BTreeMap<MemberNumber, BTreeMap<String, u64>>;

/// Whose rows were erased, and who has rows left in attached tables.
#[derive(Default)]
struct Erased {
    members: Vec<MemberNumber>,
    attached: RowsStillAttached,
}

/// What one run of the removals did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RemovalsRun {
    /// Members whose rows left the lake.
    pub erased: Vec<MemberNumber>,
    /// Erased members whose rows are still in attached tables, and how many in which.
    pub attached: RowsStillAttached,
    /// Every holder that was behind, and how its release went.
    pub holders: Vec<HolderOutcome>,
    /// Holders that were behind and were retired meanwhile, which settles what they had to release;
    /// nothing is left of them.
    pub retired: Vec<HolderRecord>,
    /// Removals that are still open.
    pub still_open: u64,
}

/// How the release of one holder went.
#[derive(Debug, Clone, PartialEq)]
pub struct HolderOutcome {
    /// The holder.
    pub holder: HolderRecord,
    /// Every refusal up to here was to be applied.
    pub to: Sequence,
    /// What it gave up, or why it could not, in words.
    pub outcome: Result<Release, String>,
}

/// The code that releases what holders keep, by kind.
#[derive(Clone, Default)]
pub struct Holders {
    by_kind: BTreeMap<&'static str, Arc<dyn Holder>>,
}

impl Holders {
    /// Registers the code for one kind of holder.
    #[must_use]
    pub fn with(mut self, holder: Arc<dyn Holder>) -> Self {
        self.by_kind.insert(holder.kind(), holder);
        self
    }

    /// The code for a kind.
    ///
    /// # Errors
    /// [`GateError::UnknownHolderKind`].
    pub fn of_kind(&self, kind: &str) -> Result<&Arc<dyn Holder>> {
        let unknown = || GateError::UnknownHolderKind { kind: kind.to_owned() };
        self.by_kind.get(kind).ok_or_else(unknown)
    }
}

impl Gate {
    /// Carries every open removal on: the erased leave the lake, and so do the old words of what
    /// was edited or deleted; holders release, and what they say is checked before it counts. A
    /// holder that fails keeps its removals open and does not keep others from releasing.
    ///
    /// # Errors
    /// If the store or the lake cannot be read or written.
    pub async fn run_removals(&self, holders: &Holders, at: Instant) -> Result<RemovalsRun> {
        self.settle_replays(at).await?;
        let Erased { members: erased, attached } = self.erase_pending(at).await?;
        let mut run = RemovalsRun { erased, attached, ..Default::default() };
        self.resolve_mentions(at).await?;
        self.sweep(at).await?;
        let mut tried = BTreeSet::new();
        // who takes the place of one that is retired meanwhile may be behind as well
        while let Some(held) = self.next_behind(&mut tried).await? {
            match self.release(holders, &held, at).await? {
                Some(outcome) => run.holders.push(outcome),
                None => run.retired.push(held),
            }
        }
        let open =
            self.store().open_removals().await.map_err(GateError::store("reading removals"))?;
        run.still_open = open.len() as u64;
        Ok(run)
    }

    /// Erases a member: the identity is closed for ever, the rows leave the lake, and a removal
    /// from every holder is started; see [`Gate::run_removals`].
    ///
    /// # Errors
    /// If the member is unknown, or the store or the lake cannot be written. What was not
    /// finished is finished by the next run of the removals.
    pub async fn erase(&self, member: MemberNumber, source: &str, at: Instant) -> Result<Sequence> {
        let erase = self.store().erase_member(member, source, at).await;
        let sequence = erase.map_err(GateError::store("recording an erasure"))?;
        self.erase_pending(at).await?;
        Ok(sequence)
    }

    /// The next sealed holder, each once, with an open removal of its purpose that it has not
    /// applied.
    async fn next_behind(&self, tried: &mut BTreeSet<HolderId>) -> Result<Option<HolderRecord>> {
        let sealed = HolderFilter { state: Some(HolderState::Sealed), ..Default::default() };
        let holders = self.store().holders(&sealed).await;
        for holder in holders.map_err(GateError::store("listing holders"))? {
            if !tried.contains(&holder.id) && self.is_behind(&holder).await? {
                tried.insert(holder.id.clone());
                return Ok(Some(holder));
            }
        }
        Ok(None)
    }

    /// Whether a removal of the holder's purpose waits for it.
    ///
    /// # Errors
    /// If the store cannot be read, or facts may be missing from it: nobody can tell then.
    pub async fn is_behind(&self, holder: &HolderRecord) -> Result<bool> {
        self.check_whole().await?;
        let filter = RemovalFilter {
            purpose: Some(holder.purpose.clone()),
            after: Some(holder.position()),
            open_only: true,
            ..Default::default()
        };
        let pending = self.store().removals(&filter).await;
        Ok(!pending.map_err(GateError::store("reading removals"))?.is_empty())
    }

    /// Lets a holder release. `None` if somebody retired it meanwhile: then nothing of it may be
    /// left.
    async fn release(
        &self,
        holders: &Holders,
        held: &HolderRecord,
        at: Instant,
    ) -> Result<Option<HolderOutcome>> {
        let to = self.store().last_sequence().await.map_err(GateError::store("reading facts"))?;
        let outcome = self.release_checked(holders, held, to, at).await;
        let recorded = match &outcome {
            Ok(release) => {
                let evidence = json!(release);
                let manifest = &release.manifest_hash;
                self.store().record_release(&held.id, to, manifest, &evidence, at).await
            }
            Err(error) => {
                let words = in_words(error);
                let evidence = json!({ "to": to });
                self.store().record_failed_release(&held.id, to, &words, &evidence, at).await
            }
        };
        if recorded.is_err() && self.is_retired(&held.id).await? {
            self.check_gone(holders, held).await?;
            return Ok(None);
        }
        recorded.map_err(GateError::store("recording a release"))?;
        let outcome = outcome.map_err(|error| in_words(&error));
        Ok(Some(HolderOutcome { holder: held.clone(), to, outcome }))
    }

    async fn is_retired(&self, holder: &HolderId) -> Result<bool> {
        let found = self.store().holder(holder).await;
        let found = found.map_err(GateError::store("reading a holder"))?;
        Ok(found.is_some_and(|found| found.state == HolderState::Retired))
    }

    async fn check_gone(&self, holders: &Holders, held: &HolderRecord) -> Result<()> {
        let is_gone = holders.of_kind(&held.kind)?.is_gone(held).await;
        let failed = |source| GateError::Release { holder: held.id.clone(), source };
        match is_gone.map_err(failed)? {
            true => Ok(()),
            false => Err(GateError::NotGone { holder: held.id.clone() }),
        }
    }

    async fn release_checked(
        &self,
        holders: &Holders,
        held: &HolderRecord,
        to: Sequence,
        at: Instant,
    ) -> Result<Release> {
        let holder = holders.of_kind(&held.kind)?;
        let failed = |source| GateError::Release { holder: held.id.clone(), source };
        let release = holder.release(self, held, to, at).await.map_err(failed)?;
        let artefacts = holder.artefacts(held).await.map_err(failed)?;
        let evaluation = self.evaluation_of(held, to).await?;
        let found = check::release(&artefacts, &release, &evaluation);
        found.map_err(|finding| GateError::FalseRelease { holder: held.id.clone(), finding })?;
        Ok(release)
    }

    /// Takes the rows of members who are erased, and still in the lake, out of it, and looks whether
    /// their rows have left the tables that are attached to it.
    async fn erase_pending(&self, at: Instant) -> Result<Erased> {
        let open =
            self.store().open_removals().await.map_err(GateError::store("reading removals"))?;
        let (mut pending, mut waiting) = (Vec::new(), Vec::new());
        for removal in open.into_iter().filter(|one| one.cause == RemovalCause::Erasure) {
            let progress = self.store().removal(removal.id).await;
            let progress = progress.map_err(GateError::store("reading a removal"))?;
            let has = |state| progress.lake.iter().any(|step| step.state == state);
            match () {
                () if has(LakeStepState::Done) => {}
                () if has(LakeStepState::Waiting) => waiting.push(removal),
                () => pending.push(removal),
            }
        }
        let mut erased = Erased::default();
        if !pending.is_empty() {
            self.erase_from_lake(&pending, &mut erased, at).await?;
        }
        if !waiting.is_empty() {
            self.look_in_attached(&waiting, &mut erased, at).await?;
        }
        Ok(erased)
    }

    async fn erase_from_lake(
        &self,
        removals: &[Removal],
        erased: &mut Erased,
        at: Instant,
    ) -> Result<()> {
        let members: Vec<_> = removals.iter().filter_map(|removal| removal.member).collect();
        // the names go with the rows: where others wrote them is written down before
        self.resolve_mentions(at).await?;
        mentions::pin(self.lake(), &members, at).await?;
        let writer = self.lake().writer_within(WAIT).await;
        let mut writer = writer.map_err(GateError::lake("opening the lake"))?;
        let erasure = Erasure { members: members.clone(), rows: Vec::new() };
        let evidence = writer.erase(&erasure, at).await.map_err(GateError::lake("erasing"))?;
        drop(writer);
        let attached = self.attached_rows_of(&members).await?;
        for removal in removals {
            let still = removal.member.and_then(|member| attached.get(&member));
            let mut evidence = json!(evidence);
            let state = match (still, evidence.as_object_mut()) {
                (Some(still), Some(evidence)) => {
                    evidence.insert("attached_rows".to_owned(), json!(still));
                    LakeStepState::Waiting
                }
                _ => LakeStepState::Done,
            };
            let step = self.store().record_lake_step(removal.id, state, &evidence, at).await;
            step.map_err(GateError::store("recording an erasure"))?;
        }
        erased.members.extend(members);
        erased.attached.extend(attached);
        self.store().scrub().await.map_err(GateError::store("scrubbing the store"))
    }

    /// Whether rows of the erased have left the attached tables, out of which only their owners can
    /// take them. Their files were read when they were looked at, and have not changed since.
    async fn look_in_attached(
        &self,
        removals: &[Removal],
        erased: &mut Erased,
        at: Instant,
    ) -> Result<()> {
        let members: Vec<_> = removals.iter().filter_map(|removal| removal.member).collect();
        let attached = self.attached_rows_of(&members).await?;
        let pinned = self.lake().head().await.map_err(GateError::lake("opening the lake"))?;
        let pinned = pinned.pinned().await.map_err(GateError::lake("opening attached tables"))?;
        let is_gone = |removal: &&Removal| {
            removal.member.is_none_or(|member| !attached.contains_key(&member))
        };
        for removal in removals.iter().filter(is_gone) {
            let evidence = json!({ "attached_rows": 0, "looked_at": pinned });
            let done = LakeStepState::Done;
            let step = self.store().record_lake_step(removal.id, done, &evidence, at).await;
            step.map_err(GateError::store("recording an erasure"))?;
        }
        erased.attached.extend(attached);
        Ok(())
    }

    async fn attached_rows_of(&self, members: &[MemberNumber]) -> Result<RowsStillAttached> {
        let failed = || GateError::lake("looking for rows in attached tables");
        let head = self.lake().head().await.map_err(failed())?;
        head.attached_rows_of(&members.iter().copied().collect()).await.map_err(failed())
    }

    /// Deletes the files that still hold the old words of rows that were edited or deleted. The
    /// names in them have been resolved before.
    async fn sweep(&self, at: Instant) -> Result<()> {
        let failed = || GateError::lake("sweeping the lake");
        if self.lake().has_leftovers().await.map_err(failed())? {
            let mut writer = self.lake().writer_within(WAIT).await.map_err(failed())?;
            writer.sweep(at).await.map_err(failed())?;
        }
        Ok(())
    }

    /// Starts a removal of the names, among those that were learned, that a holder must not keep.
    pub(crate) async fn remove_names(
        &self,
        learned: &MemberSet,
        applies: Option<&HolderId>,
        at: Instant,
    ) -> Result<()> {
        if learned.is_empty() {
            return Ok(());
        }
        let to = self.store().last_sequence().await.map_err(GateError::store("reading facts"))?;
        let mut unwanted = BTreeSet::new();
        for held in self.active_holders().await?.iter().filter(|held| Some(&held.id) != applies) {
            let facts = FactRange { from: held.started_sequence, to };
            let (evaluator, _) = self.evaluator(&held.purpose, held.as_of, facts).await?;
            let redacted = evaluator.redacted_members().iter();
            let here = redacted.filter(|member| learned.contains(**member));
            unwanted.extend(here.map(|member| (*member, held.purpose.clone())));
        }
        let withdrawn = unwanted.into_iter().map(|(member, purpose)| {
            NewFact::Withdrawn(Withdrawn {
                cause: RemovalCause::Edit,
                member: Some(member),
                item: None,
                category: Some(Category::Profile),
                purpose: Some(purpose),
                note: "named where the name was not known before".to_owned(),
            })
        });
        let withdrawn: Vec<_> = withdrawn.collect();
        if !withdrawn.is_empty() {
            let recorded = self.store().record(withdrawn, at).await;
            recorded.map_err(GateError::store("starting a removal"))?;
        }
        Ok(())
    }

    async fn active_holders(&self) -> Result<Vec<HolderRecord>> {
        let holders = self.store().holders(&HolderFilter::default()).await;
        let mut holders = holders.map_err(GateError::store("listing holders"))?;
        holders.retain(|holder| holder.state != HolderState::Retired);
        Ok(holders)
    }
}

/// An error with its causes, in one line.
fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}

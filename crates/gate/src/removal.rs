use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use policy::{Category, Instant, MemberNumber, MemberSet, Sequence};
use serde_json::json;
use store::{
    Holder as HolderRecord, HolderFilter, HolderId, HolderState, NewFact, RemovalCause,
    RemovalFilter, Withdrawn,
};

use crate::{
    Artefacts, FactRange, Gate, GateError, Holder, Release, Result, check,
    erasing::{Erased, RowsStillAttached},
    mentions::WAIT,
};

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
    /// Holders that are behind until somebody elsewhere has let go.
    pub waiting: Vec<HolderRecord>,
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
            self.release(holders, held, at, &mut run).await?;
        }
        let open = self.store().open_removals_count().await;
        run.still_open = open.map_err(GateError::store("reading removals"))?;
        Ok(run)
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

    /// The next sealed holder, each once, with an open removal of its purpose that it has not
    /// applied. Those that are made from others come last: they look at what these have become.
    async fn next_behind(&self, tried: &mut BTreeSet<HolderId>) -> Result<Option<HolderRecord>> {
        let sealed = HolderFilter { state: Some(HolderState::Sealed), ..Default::default() };
        let mut sealed = self.holders(&sealed).await?;
        let parents: BTreeMap<_, _> =
            sealed.iter().map(|holder| (holder.id.clone(), holder.parent.clone())).collect();
        let parent = |holder: &HolderId| parents.get(holder).and_then(Option::as_ref);
        sealed.sort_by_cached_key(|holder| {
            std::iter::successors(Some(&holder.id), |id| parent(id)).count()
        });
        for holder in sealed {
            if !tried.contains(&holder.id) && self.is_behind(&holder).await? {
                tried.insert(holder.id.clone());
                return Ok(Some(holder));
            }
        }
        Ok(None)
    }

    /// Lets a holder release. If somebody retired it meanwhile, nothing of it may be left.
    async fn release(
        &self,
        holders: &Holders,
        held: HolderRecord,
        at: Instant,
        run: &mut RemovalsRun,
    ) -> Result<()> {
        let to = self.store().last_sequence().await.map_err(GateError::store("reading facts"))?;
        let outcome = match self.release_checked(holders, &held, to, at).await {
            Ok(None) => {
                run.waiting.push(held);
                return Ok(());
            }
            Ok(Some(release)) => Ok(release),
            Err(error) => Err(in_words(&error)),
        };
        let outcome = HolderOutcome { holder: held.clone(), to, outcome };
        match self.record_outcome(&outcome, at).await {
            Ok(()) => run.holders.push(outcome),
            Err(_) if self.is_retired(&held.id).await? => {
                self.check_gone(holders, &held).await?;
                run.retired.push(held);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn record_outcome(&self, outcome: &HolderOutcome, at: Instant) -> Result<()> {
        let HolderOutcome { holder, to, outcome } = outcome;
        let recorded = match outcome {
            Ok(release) => {
                let (manifest, evidence) = (&release.manifest_hash, json!(release));
                self.store().record_release(&holder.id, *to, manifest, &evidence, at).await
            }
            Err(words) => {
                let evidence = json!({ "to": to });
                self.store().record_failed_release(&holder.id, *to, words, &evidence, at).await
            }
        };
        recorded.map_err(GateError::store("recording a release"))
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
    ) -> Result<Option<Release>> {
        let holder = holders.of_kind(&held.kind)?;
        let failed = |source| GateError::Release { holder: held.id.clone(), source };
        let release = holder.release(self, held, to, at).await.map_err(failed)?;
        let Some(release) = release else { return Ok(None) };
        let artefacts = holder.artefacts(held).await.map_err(failed)?;
        let evaluation = self.evaluation_of(held, to).await?;
        let found = check::release(&artefacts, &release, &evaluation);
        found.map_err(|finding| GateError::FalseRelease { holder: held.id.clone(), finding })?;
        Ok(Some(release))
    }

    /// Looks whether every row that a holder says it keeps is one that it may keep by the facts up to
    /// `to`.
    ///
    /// # Errors
    /// [`GateError::FalseRelease`] with the first that is not, or if a file is not what it is said to
    /// be.
    pub async fn check_kept(
        &self,
        held: &HolderRecord,
        artefacts: &Artefacts,
        to: Sequence,
    ) -> Result<()> {
        let evaluation = self.evaluation_of(held, to).await?;
        let found = check::kept(artefacts, &evaluation);
        found.map_err(|finding| GateError::FalseRelease { holder: held.id.clone(), finding })
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
        for held in self.holders(&HolderFilter::default()).await? {
            if held.state == HolderState::Retired || Some(&held.id) == applies {
                continue;
            }
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

    /// Starts removals for members whose rows holders took before other lists of terms showed what
    /// they reveal.
    pub(crate) async fn remove_revealed(
        &self,
        revealed: &BTreeSet<MemberNumber>,
        at: Instant,
    ) -> Result<()> {
        let withdrawn = revealed.iter().map(|member| {
            NewFact::Withdrawn(Withdrawn {
                cause: RemovalCause::Edit,
                member: Some(*member),
                item: None,
                category: None,
                purpose: None,
                note: "newer lists show what was not known to be sensitive before".to_owned(),
            })
        });
        let withdrawn: Vec<_> = withdrawn.collect();
        if withdrawn.is_empty() {
            return Ok(());
        }
        let recorded = self.store().record(withdrawn, at).await;
        recorded.map(drop).map_err(GateError::store("starting a removal"))
    }

    async fn holders(&self, filter: &HolderFilter) -> Result<Vec<HolderRecord>> {
        self.store().holders(filter).await.map_err(GateError::store("listing holders"))
    }
}

/// An error with its causes, in one line.
pub fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}

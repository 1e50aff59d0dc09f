//! Erasures: the rows of the erased leave the lake, and are looked for in the tables that are
//! attached to it.

use std::collections::BTreeMap;

use lake::Erasure;
use policy::{Instant, MemberNumber, Sequence};
use serde_json::{Value, json};
use store::{LakeStepState, Removal, RemovalCause, RemovalId};

use crate::{
    Gate, GateError, Result,
    mentions::{self, WAIT},
};

/// How many rows of members there are in attached tables, by member and attachment.
pub type RowsStillAttached = BTreeMap<MemberNumber, BTreeMap<String, u64>>;

/// Whose rows were erased, and who has rows left in attached tables.
#[derive(Default)]
pub(crate) struct Erased {
    pub(crate) members: Vec<MemberNumber>,
    pub(crate) attached: RowsStillAttached,
}

impl Gate {
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

    /// Takes the rows of members who are erased, and still in the lake, out of it, and looks whether
    /// their rows have left the tables that are attached to it.
    pub(crate) async fn erase_pending(&self, at: Instant) -> Result<Erased> {
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
        let members = members_of(removals);
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
            self.record_step(removal.id, state, &evidence, at).await?;
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
        let attached = self.attached_rows_of(&members_of(removals)).await?;
        let pinned = self.lake().head().await.map_err(GateError::lake("opening the lake"))?;
        let pinned = pinned.pinned().await.map_err(GateError::lake("opening attached tables"))?;
        let evidence = json!({ "attached_rows": 0, "looked_at": pinned });
        let is_gone = |removal: &&Removal| {
            removal.member.is_none_or(|member| !attached.contains_key(&member))
        };
        for removal in removals.iter().filter(is_gone) {
            self.record_step(removal.id, LakeStepState::Done, &evidence, at).await?;
        }
        erased.attached.extend(attached);
        Ok(())
    }

    async fn record_step(
        &self,
        removal: RemovalId,
        state: LakeStepState,
        evidence: &Value,
        at: Instant,
    ) -> Result<()> {
        let recorded = self.store().record_lake_step(removal, state, evidence, at).await;
        recorded.map_err(GateError::store("recording an erasure"))
    }

    async fn attached_rows_of(&self, members: &[MemberNumber]) -> Result<RowsStillAttached> {
        let failed = || GateError::lake("looking for rows in attached tables");
        let head = self.lake().head().await.map_err(failed())?;
        head.attached_rows_of(&members.iter().copied().collect()).await.map_err(failed())
    }
}

fn members_of(removals: &[Removal]) -> Vec<MemberNumber> {
    removals.iter().filter_map(|removal| removal.member).collect()
}

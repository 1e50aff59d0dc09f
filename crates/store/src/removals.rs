use std::collections::BTreeMap;

use policy::{Instant, MemberNumber, Purpose, Sequence};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde_json::Value;

use crate::{
    HolderFilter, HolderId, HolderProgress, HolderState, HolderStep, LakeStep, LakeStepState,
    ReleaseOutcome, Removal, RemovalId, RemovalProgress, Result, Store, StoreError,
    entities::{lake_steps, releases, removals},
    error::Doing,
    ledger::Ledger,
    read::{json, word},
    seal::end_removals,
};

/// Which removals to list; the default lists all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemovalFilter {
    /// Only those of this member's data.
    pub member: Option<MemberNumber>,
    /// Only those that concern this purpose, that is also those of all purposes.
    pub purpose: Option<Purpose>,
    /// Only those started after this fact.
    pub after: Option<Sequence>,
    /// Only those started by this fact or before.
    pub up_to: Option<Sequence>,
    /// Only those that have not ended.
    pub open_only: bool,
}

impl Store {
    /// The removals that pass the filter, in the order in which they started.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn removals(&self, filter: &RemovalFilter) -> Result<Vec<Removal>> {
        let RemovalFilter { member, purpose, after, up_to, open_only } = filter;
        let purpose = purpose.as_ref().map(|one| {
            let of_purpose = removals::Column::Purpose.eq(one.as_str());
            Condition::any().add(removals::Column::Purpose.is_null()).add(of_purpose)
        });
        let others = [
            member.map(|one| removals::Column::Member.eq(one.as_i64())),
            after.map(|one| removals::Column::Sequence.gt(one.as_i64())),
            up_to.map(|one| removals::Column::Sequence.lte(one.as_i64())),
            open_only.then(|| removals::Column::EndedAt.is_null()),
        ];
        let filter = others.into_iter().flatten().fold(Condition::all(), Condition::add);
        let rows = removals::Entity::find()
            .filter(filter.add_option(purpose))
            .order_by_asc(removals::Column::Sequence)
            .all(&self.db)
            .await
            .doing("reading removals")?;
        rows.into_iter().map(Removal::read).collect()
    }

    /// The removals that have not ended, oldest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn open_removals(&self) -> Result<Vec<Removal>> {
        self.removals(&RemovalFilter { open_only: true, ..Default::default() }).await
    }

    /// How many removals have not ended.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn open_removals_count(&self) -> Result<u64> {
        let open = removals::Entity::find().filter(removals::Column::EndedAt.is_null());
        open.count(&self.db).await.doing("counting removals")
    }

    /// One removal, holder by holder.
    ///
    /// # Errors
    /// If there is no such removal.
    pub async fn removal(&self, id: RemovalId) -> Result<RemovalProgress> {
        let row = removals::Entity::find_by_id(id.as_i64()).one(&self.db).await;
        let row = row.doing("reading a removal")?;
        let row = row.ok_or(StoreError::RemovalUnknown { removal: id })?;
        let removal = Removal::read(row)?;
        let holders = self.holder_steps(&removal).await?;
        let lake = self.lake_steps(id).await?;
        Ok(RemovalProgress { removal, holders, lake })
    }

    /// Records what the lake did for a removal; an erasure does not end before it has.
    ///
    /// # Errors
    /// If there is no such removal.
    pub async fn record_lake_step(
        &self,
        id: RemovalId,
        state: LakeStepState,
        evidence: &Value,
        at: Instant,
    ) -> Result<()> {
        let writing = self.write().await?;
        let _ledger = Ledger::open(&writing).await?;
        let row = removals::Entity::find_by_id(id.as_i64()).one(&writing.tx).await;
        row.doing("reading a removal")?.ok_or(StoreError::RemovalUnknown { removal: id })?;
        let step = lake_steps::ActiveModel {
            removal: Set(id.as_i64()),
            state: Set(state.name().to_owned()),
            evidence: Set(evidence.to_string()),
            recorded_at: Set(at.as_micros()),
            ..Default::default()
        };
        let insert = lake_steps::Entity::insert(step);
        insert.exec_without_returning(&writing.tx).await.doing("recording a lake step")?;
        end_removals(&writing.tx, at).await?;
        writing.commit().await
    }

    async fn lake_steps(&self, id: RemovalId) -> Result<Vec<LakeStep>> {
        let rows = lake_steps::Entity::find()
            .filter(lake_steps::Column::Removal.eq(id.as_i64()))
            .order_by_asc(lake_steps::Column::Id)
            .all(&self.db)
            .await
            .doing("reading lake steps")?;
        let read = |row: lake_steps::Model| {
            Ok(LakeStep {
                state: word("lake_steps", "state", &row.state)?,
                evidence: json("evidence", &row.evidence)?,
                recorded_at: Instant::from_micros(row.recorded_at),
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn holder_steps(&self, removal: &Removal) -> Result<Vec<HolderStep>> {
        let filter = HolderFilter { purpose: removal.purpose.clone(), ..Default::default() };
        let mut attempts = self.attempts_for(removal).await?;
        let mut steps = Vec::new();
        for holder in self.holders(&filter).await? {
            // Who started at or after the fact never took the data; who was retired before it, had
            // nothing left.
            let gone = holder.state == HolderState::Retired && holder.position() < removal.sequence;
            if holder.started_sequence >= removal.sequence || gone {
                continue;
            }
            let mut step = HolderStep {
                progress: HolderProgress::Pending,
                holder: holder.id,
                name: holder.name,
                kind: holder.kind,
                at: None,
                evidence: None,
                error: None,
            };
            for attempt in attempts.remove(&step.holder).unwrap_or_default() {
                step.take_in(attempt)?;
            }
            steps.push(step);
        }
        steps.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(steps)
    }

    /// The attempts that covered the removal, by holder, oldest first.
    async fn attempts_for(
        &self,
        removal: &Removal,
    ) -> Result<BTreeMap<HolderId, Vec<releases::Model>>> {
        let rows = releases::Entity::find()
            .filter(releases::Column::FromSequence.lt(removal.sequence.as_i64()))
            .filter(releases::Column::ToSequence.gte(removal.sequence.as_i64()))
            .order_by_asc(releases::Column::Id)
            .all(&self.db)
            .await
            .doing("reading releases")?;
        let mut attempts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in rows {
            attempts.entry(HolderId::new(row.holder.clone())).or_default().push(row);
        }
        Ok(attempts)
    }
}

impl HolderStep {
    fn take_in(&mut self, attempt: releases::Model) -> Result<()> {
        self.progress = match word("releases", "outcome", &attempt.outcome)? {
            ReleaseOutcome::Released => HolderProgress::Released,
            ReleaseOutcome::Failed => HolderProgress::Failed,
        };
        self.at = Some(Instant::from_micros(attempt.released_at));
        self.evidence = Some(json("evidence", &attempt.evidence)?);
        self.error = attempt.error;
        Ok(())
    }
}

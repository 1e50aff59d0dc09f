//! How a holder's applied sequence moves: sealing, releasing, retiring; each in one transaction,
//! with its evidence, and with the removals that end thereby.

use policy::{Instant, Sequence};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde_json::{Value, json};

use crate::{
    Holder, HolderId, HolderState, LakeStepState, ReleaseOutcome, RemovalCause, Result, Seal,
    Store,
    entities::{holders, lake_steps, releases, removals},
    error::Doing,
    holders::{check_range, find_active, wrong_state},
    ledger::Ledger,
    store::Writing,
};

/// An attempt of a holder to release.
struct Attempt<'a> {
    from: Sequence,
    to: Sequence,
    evidence: &'a Value,
    error: Option<&'a str>,
}

impl Store {
    /// Seals a holder that has applied every refusal up to `applied`, unless a removal that it
    /// has to follow started after that.
    ///
    /// Facts after `applied` that cannot end a permission do not stand in the way.
    ///
    /// # Errors
    /// If the holder is not building, or `applied` is no sequence from its start on.
    pub async fn seal(
        &self,
        holder: &HolderId,
        applied: Sequence,
        manifest_hash: &str,
        at: Instant,
    ) -> Result<Seal> {
        let writing = self.write().await?;
        let tx = &writing.tx;
        let now = Ledger::open(&writing).await?.last();
        let found = find_active(tx, holder, "sealing").await?;
        if found.state != HolderState::Building {
            return Err(wrong_state(&found, "sealing"));
        }
        check_range(applied, found.started_sequence, now)?;
        if must_follow(tx, &found, applied).await? {
            return Ok(Seal::Moved { now });
        }
        let evidence = json!({ "sealed": manifest_hash });
        let from = found.started_sequence;
        note(tx, holder, Attempt { from, to: applied, evidence: &evidence, error: None }, at)
            .await?;
        advance(tx, holder, applied, Some(manifest_hash)).await?;
        end_removals(tx, at).await?;
        writing.commit().await?;
        Ok(Seal::Sealed(applied))
    }

    /// Records that a sealed holder has given up everything that removals up to `to` ask for.
    ///
    /// # Errors
    /// If the holder is not sealed, or `to` lies behind what it released before, or ahead of the
    /// last fact.
    pub async fn record_release(
        &self,
        holder: &HolderId,
        to: Sequence,
        manifest_hash: &str,
        evidence: &Value,
        at: Instant,
    ) -> Result<()> {
        let writing = self.write().await?;
        let tx = &writing.tx;
        let from = check_release(&writing, holder, to).await?;
        note(tx, holder, Attempt { from, to, evidence, error: None }, at).await?;
        advance(tx, holder, to, Some(manifest_hash)).await?;
        end_removals(tx, at).await?;
        writing.commit().await
    }

    /// Records that a sealed holder tried to release and could not; its removals stay open.
    ///
    /// # Errors
    /// As [`Self::record_release`].
    pub async fn record_failed_release(
        &self,
        holder: &HolderId,
        to: Sequence,
        error: &str,
        evidence: &Value,
        at: Instant,
    ) -> Result<()> {
        let writing = self.write().await?;
        let from = check_release(&writing, holder, to).await?;
        let attempt = Attempt { from, to, evidence, error: Some(error) };
        note(&writing.tx, holder, attempt, at).await?;
        writing.commit().await
    }

    /// Records that a holder is gone, with the evidence, which releases everything it held.
    ///
    /// # Errors
    /// If the holder is unknown or already retired.
    pub async fn retire_holder(
        &self,
        holder: &HolderId,
        evidence: &Value,
        at: Instant,
    ) -> Result<()> {
        let writing = self.write().await?;
        let tx = &writing.tx;
        let last = Ledger::open(&writing).await?.last();
        let from = find_active(tx, holder, "retiring").await?.position();
        note(tx, holder, Attempt { from, to: last, evidence, error: None }, at).await?;
        advance(tx, holder, last, None).await?;
        holders::Entity::update_many()
            .col_expr(holders::Column::State, Expr::value(HolderState::Retired.name()))
            .col_expr(holders::Column::RetiredAt, Expr::value(at.as_micros()))
            .filter(holders::Column::Id.eq(holder.as_str()))
            .exec(tx)
            .await
            .doing("retiring a holder")?;
        end_removals(tx, at).await?;
        writing.remembered.forget();
        writing.commit().await
    }
}

async fn check_release(writing: &Writing, holder: &HolderId, to: Sequence) -> Result<Sequence> {
    let last = Ledger::open(writing).await?.last();
    let found = find_active(&writing.tx, holder, "releasing from").await?;
    if found.state != HolderState::Sealed {
        return Err(wrong_state(&found, "releasing from"));
    }
    check_range(to, found.position(), last)?;
    Ok(found.position())
}

/// Ends every open removal for which nobody is left to release.
pub(crate) async fn end_removals(tx: &DatabaseTransaction, at: Instant) -> Result<()> {
    let erased = Condition::any()
        .add(removals::Column::Cause.ne(RemovalCause::Erasure.name()))
        .add(Expr::exists(lake_step_done()));
    removals::Entity::update_many()
        .col_expr(removals::Column::EndedAt, Expr::value(at.as_micros()))
        .filter(removals::Column::EndedAt.is_null())
        .filter(erased)
        .filter(Expr::exists(holders_behind()).not())
        .exec(tx)
        .await
        .doing("ending removals")?;
    Ok(())
}

/// Whether a removal after `applied` concerns the holder.
async fn must_follow(tx: &DatabaseTransaction, holder: &Holder, applied: Sequence) -> Result<bool> {
    let concerned = Condition::any()
        .add(removals::Column::Purpose.is_null())
        .add(removals::Column::Purpose.eq(holder.purpose.as_str()));
    let after = removals::Entity::find()
        .filter(removals::Column::Sequence.gt(applied.as_i64()))
        .filter(concerned)
        .count(tx)
        .await
        .doing("looking for removals after the build")?;
    Ok(after > 0)
}

async fn note(
    tx: &DatabaseTransaction,
    holder: &HolderId,
    attempt: Attempt<'_>,
    at: Instant,
) -> Result<()> {
    let outcome = match attempt.error {
        Some(_) => ReleaseOutcome::Failed,
        None => ReleaseOutcome::Released,
    };
    let row = releases::ActiveModel {
        holder: Set(holder.to_string()),
        from_sequence: Set(attempt.from.as_i64()),
        to_sequence: Set(attempt.to.as_i64()),
        released_at: Set(at.as_micros()),
        evidence: Set(attempt.evidence.to_string()),
        outcome: Set(outcome.name().to_owned()),
        error: Set(attempt.error.map(ToOwned::to_owned)),
        ..Default::default()
    };
    let insert = releases::Entity::insert(row);
    insert.exec_without_returning(tx).await.doing("recording a release")?;
    Ok(())
}

/// Moves the applied sequence; with a manifest the holder is sealed.
async fn advance(
    tx: &DatabaseTransaction,
    holder: &HolderId,
    to: Sequence,
    manifest_hash: Option<&str>,
) -> Result<()> {
    let mut update = holders::Entity::update_many()
        .col_expr(holders::Column::AppliedSequence, Expr::value(to.as_i64()));
    if let Some(hash) = manifest_hash {
        update = update
            .col_expr(holders::Column::State, Expr::value(HolderState::Sealed.name()))
            .col_expr(holders::Column::ManifestHash, Expr::value(hash));
    }
    let update = update.filter(holders::Column::Id.eq(holder.as_str()));
    update.exec(tx).await.doing("moving a holder's applied sequence")?;
    Ok(())
}

/// The lake has erased, for the removal of the surrounding statement.
fn lake_step_done() -> SelectStatement {
    let removal = Expr::col((removals::Entity, removals::Column::Sequence));
    Query::select()
        .expr(Expr::val(1))
        .from(lake_steps::Entity)
        .and_where(Expr::col((lake_steps::Entity, lake_steps::Column::Removal)).eq(removal))
        .and_where(lake_steps::Column::State.eq(LakeStepState::Done.name()))
        .take()
}

/// Holders that have not applied the removal of the surrounding statement. One that is still
/// building counts from where it started: it keeps the removal open until it is sealed.
fn holders_behind() -> SelectStatement {
    let removal = |column| Expr::col((removals::Entity, column));
    let holder = |column| Expr::col((holders::Entity, column));
    let position = Expr::expr(sea_orm::sea_query::Func::coalesce([
        holder(holders::Column::AppliedSequence),
        holder(holders::Column::StartedSequence),
    ]));
    let concerned = Condition::any()
        .add(removal(removals::Column::Purpose).is_null())
        .add(holder(holders::Column::Purpose).eq(removal(removals::Column::Purpose)));
    Query::select()
        .expr(Expr::val(1))
        .from(holders::Entity)
        .and_where(holders::Column::State.ne(HolderState::Retired.name()))
        .cond_where(concerned)
        .and_where(position.lt(removal(removals::Column::Sequence)))
        .take()
}

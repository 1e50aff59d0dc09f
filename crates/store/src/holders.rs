use policy::{Instant, Sequence};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::Expr,
};

use crate::{
    Holder, HolderFilter, HolderId, HolderState, NewHolder, NewPermit, Permit, PermitId, Result,
    Store, StoreError,
    entities::{holders, permits},
    error::Doing,
    ledger::{self, Ledger},
    store::Writing,
};

impl Store {
    /// Registers a holder, which is building from here on: every removal after its
    /// `started_sequence` waits for it until it is sealed or retired.
    ///
    /// # Errors
    /// If the id or the active name is taken, the parent is unknown or retired, or the sequence
    /// lies ahead.
    pub async fn register_holder(&self, new: &NewHolder, at: Instant) -> Result<()> {
        let writing = self.write().await?;
        let ledger = Ledger::open(&writing).await?;
        check_range(new.started_sequence, Sequence::START, ledger.last())?;
        let taken = Condition::any().add(holders::Column::Id.eq(new.id.as_str())).add(
            Condition::all()
                .add(holders::Column::Name.eq(new.name.as_str()))
                .add(holders::Column::RetiredAt.is_null()),
        );
        let found = holders::Entity::find().filter(taken).one(&writing.tx).await;
        if found.doing("looking for the holder's name")?.is_some() {
            let (holder, name) = (new.id.clone(), new.name.clone());
            return Err(StoreError::HolderTaken { holder, name });
        }
        if let Some(parent) = &new.parent {
            find_active(&writing.tx, parent, "deriving from").await?;
        }
        ledger.add_holder(new.row(at)).await?;
        writing.commit().await
    }

    /// Issues a permit to a registered holder.
    ///
    /// # Errors
    /// If the holder is unknown or retired, or registered for another purpose.
    pub async fn issue_permit(
        &self,
        holder: &HolderId,
        new: &NewPermit,
        at: Instant,
    ) -> Result<()> {
        let writing = self.write().await?;
        check_permit(&writing, holder, new).await?;
        let row = new.row(holder, at).into_active_model();
        let insert = permits::Entity::insert(row);
        insert.exec_without_returning(&writing.tx).await.doing("issuing a permit")?;
        writing.commit().await
    }

    /// Issues a permit by which rows leave for a holder elsewhere, and notes what they come to. It is
    /// in the journal as well: what left cannot be looked up again where the holder is.
    ///
    /// # Errors
    /// As [`Self::issue_permit`].
    pub async fn record_export(
        &self,
        holder: &HolderId,
        new: &NewPermit,
        counts: &serde_json::Value,
        at: Instant,
    ) -> Result<()> {
        let writing = self.write().await?;
        check_permit(&writing, holder, new).await?;
        let row = permits::Model { counts: Some(counts.to_string()), ..new.row(holder, at) };
        Ledger::open(&writing).await?.add_export(row).await?;
        writing.commit().await
    }

    /// Notes what the permit's rows came to: in, kept, and left out by reason.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn count_permit(&self, permit: &PermitId, counts: &serde_json::Value) -> Result<()> {
        let writing = self.write().await?;
        permits::Entity::update_many()
            .col_expr(permits::Column::Counts, Expr::value(counts.to_string()))
            .filter(permits::Column::Id.eq(permit.as_str()))
            .exec(&writing.tx)
            .await
            .doing("counting a permit")?;
        writing.commit().await
    }

    /// One holder; `None` if it was never registered.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn holder(&self, id: &HolderId) -> Result<Option<Holder>> {
        find(&self.db, id).await
    }

    /// The holders that pass the filter, by time of registration and id.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn holders(&self, filter: &HolderFilter) -> Result<Vec<Holder>> {
        let HolderFilter { purpose, state, kind, parent } = filter;
        let purpose = purpose.as_ref().map(|one| holders::Column::Purpose.eq(one.as_str()));
        let state = state.map(|one| holders::Column::State.eq(one.name()));
        let kind = kind.as_ref().map(|one| holders::Column::Kind.eq(one.as_str()));
        let parent = parent.as_ref().map(|one| holders::Column::Parent.eq(one.as_str()));
        let filter = [purpose, state, kind, parent].into_iter().flatten();
        let rows = holders::Entity::find()
            .filter(filter.fold(Condition::all(), Condition::add))
            .all(&self.db)
            .await;
        let mut rows = rows.doing("reading holders")?;
        // not by the database, which may order text as some language does
        rows.sort_by(|one, other| {
            (one.registered_at, &one.id).cmp(&(other.registered_at, &other.id))
        });
        rows.into_iter().map(Holder::read).collect()
    }

    /// The permits of one holder, oldest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn permits(&self, holder: &HolderId) -> Result<Vec<Permit>> {
        let rows = permits::Entity::find()
            .filter(permits::Column::Holder.eq(holder.as_str()))
            .all(&self.db)
            .await;
        let mut rows = rows.doing("reading permits")?;
        rows.sort_by(|one, other| (one.issued_at, &one.id).cmp(&(other.issued_at, &other.id)));
        rows.into_iter().map(Permit::read).collect()
    }
}

async fn check_permit(writing: &Writing, holder: &HolderId, new: &NewPermit) -> Result<()> {
    let registered = find_active(&writing.tx, holder, "issuing a permit to").await?;
    if registered.purpose != new.purpose {
        return Err(StoreError::PermitPurpose {
            holder: holder.clone(),
            registered: registered.purpose,
            asked: new.purpose.clone(),
        });
    }
    let last = ledger::last_sequence(&writing.tx).await?;
    check_range(new.sequence, Sequence::START, last)
}

pub(crate) fn check_range(sequence: Sequence, from: Sequence, to: Sequence) -> Result<()> {
    match (from..=to).contains(&sequence) {
        true => Ok(()),
        false => Err(StoreError::SequenceOutOfRange { sequence, from, to }),
    }
}

pub(crate) async fn find<C: ConnectionTrait>(db: &C, id: &HolderId) -> Result<Option<Holder>> {
    let row = holders::Entity::find_by_id(id.to_string()).one(db).await;
    row.doing("reading a holder")?.map(Holder::read).transpose()
}

/// The holder, if it is known and not retired.
pub(crate) async fn find_active<C: ConnectionTrait>(
    db: &C,
    id: &HolderId,
    doing: &'static str,
) -> Result<Holder> {
    let found = find(db, id).await?;
    let holder = found.ok_or_else(|| StoreError::HolderUnknown { holder: id.clone() })?;
    match holder.state {
        HolderState::Retired => Err(wrong_state(&holder, doing)),
        HolderState::Building | HolderState::Sealed => Ok(holder),
    }
}

pub(crate) fn wrong_state(holder: &Holder, doing: &'static str) -> StoreError {
    StoreError::HolderInState { doing, holder: holder.id.clone(), state: holder.state }
}

//! How many members there are and for which purposes somebody holds data, at one place of the
//! journal.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use policy::Purpose;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    HolderState, Result,
    entities::{holders, identities},
    error::Doing,
    journal::Place,
};

/// What every writer has to know of members and holders.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// How many numbers were given out.
    pub(crate) members: i64,
    /// The purposes that somebody holds data for. After another process has retired a holder it
    /// may name one too many until the next fact: a removal is then ended by whoever runs it.
    pub(crate) held: BTreeSet<Purpose>,
}

/// The standing that was read or left last, so that not every writer has to read it again.
///
/// The journal is a chain of hashes and has every number and every holder, so the same place in it
/// means the same standing, whichever process wrote up to there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remembered(Arc<Mutex<Option<(Place, Standing)>>>);

impl Standing {
    pub(crate) async fn read<C: ConnectionTrait>(db: &C) -> Result<Self> {
        Ok(Self { members: member_count(db).await?, held: purposes_held(db).await? })
    }
}

impl Remembered {
    /// The standing at a place, if that is the one remembered.
    pub(crate) fn at(&self, place: &Place) -> Option<Standing> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (its_place, standing) = remembered.as_ref()?;
        (its_place == place).then(|| standing.clone())
    }

    pub(crate) fn keep(&self, place: Place, standing: Standing) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((place, standing));
    }

    /// For what changes the standing and is in no journal.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// How many numbers were given out.
pub(crate) async fn member_count<C: ConnectionTrait>(db: &C) -> Result<i64> {
    let last: Option<Option<i64>> = identities::Entity::find()
        .select_only()
        .column_as(identities::Column::Number.max(), "last")
        .into_tuple()
        .one(db)
        .await
        .doing("counting members")?;
    Ok(last.flatten().map_or(0, |last| last + 1))
}

async fn purposes_held<C: ConnectionTrait>(db: &C) -> Result<BTreeSet<Purpose>> {
    let purposes: Vec<String> = holders::Entity::find()
        .select_only()
        .column(holders::Column::Purpose)
        .distinct()
        .filter(holders::Column::State.ne(HolderState::Retired.name()))
        .into_tuple()
        .all(db)
        .await
        .doing("reading which purposes have holders")?;
    purposes.iter().map(|purpose| crate::read::word("holders", "purpose", purpose)).collect()
}

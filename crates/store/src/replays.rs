//! Facts that came from the journal, and what the lake still has to do about them.

use std::collections::BTreeSet;

use policy::{Instant, ItemId, MemberNumber, Sequence};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};

use crate::{NewFact, Result, Store, entities::replays, error::Doing};

/// How many facts are looked through at a time.
const STRIDE: i64 = 50_000;

/// Facts that came from the journal, by which rows have left the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// Names it.
    pub id: i64,
    /// The last fact before them.
    pub from: Sequence,
    /// The last of them.
    pub to: Sequence,
}

impl Store {
    /// Replays after which the lake may hold rows that had left it. While there is one, no permit
    /// is issued.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn unsettled_replays(&self) -> Result<Vec<Replay>> {
        let rows = replays::Entity::find()
            .filter(replays::Column::SettledAt.is_null())
            .order_by_asc(replays::Column::Id)
            .all(&self.db)
            .await
            .doing("reading replays")?;
        let read = |row: replays::Model| Replay {
            id: row.id,
            from: Sequence::from_i64(row.from_sequence),
            to: Sequence::from_i64(row.to_sequence),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// The rows that have left the lake by the facts of a replay.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn rows_withdrawn(&self, replay: Replay) -> Result<BTreeSet<(MemberNumber, ItemId)>> {
        let mut rows = BTreeSet::new();
        let mut after = replay.from;
        while after < replay.to {
            let up_to = replay.to.min(Sequence::from_i64(after.as_i64() + STRIDE));
            for fact in self.facts_between(after, up_to).await? {
                if let NewFact::Withdrawn(withdrawn) = &fact.content {
                    rows.extend(withdrawn.row());
                }
            }
            after = up_to;
        }
        Ok(rows)
    }

    /// Records that the lake holds none of the rows of a replay any more.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn settle_replay(&self, replay: Replay, at: Instant) -> Result<()> {
        let writing = self.write().await?;
        replays::Entity::update_many()
            .col_expr(replays::Column::SettledAt, Expr::value(at.as_micros()))
            .filter(replays::Column::Id.eq(replay.id))
            .exec(&writing.tx)
            .await
            .doing("settling a replay")?;
        writing.commit().await
    }
}

pub(crate) async fn note(tx: &DatabaseTransaction, from: Sequence, to: Sequence) -> Result<()> {
    let row = replays::ActiveModel {
        from_sequence: Set(from.as_i64()),
        to_sequence: Set(to.as_i64()),
        settled_at: Set(None),
        ..Default::default()
    };
    let insert = replays::Entity::insert(row);
    insert.exec_without_returning(tx).await.doing("noting a replay")?;
    Ok(())
}

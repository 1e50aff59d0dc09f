use policy::{Day, Instant, MemberNumber};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{Result, Store, entities::archives, error::Doing, ledger::Ledger, read::word};

impl Store {
    /// The day of the newest archive of all that a member has, if one came in.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn newest_archive(&self, member: MemberNumber) -> Result<Option<Day>> {
        newest(&self.db, member).await
    }

    /// Notes that rows of such an archive come in. An older one than before changes nothing.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn record_archive(&self, member: MemberNumber, made: Day, at: Instant) -> Result<()> {
        let writing = self.write().await?;
        // One writer at a time, so that the newest wins.
        let _ledger = Ledger::open(&writing).await?;
        if newest(&writing.tx, member).await?.is_some_and(|newest| newest >= made) {
            return Ok(());
        }
        forget(&writing.tx, member).await?;
        let row = archives::ActiveModel {
            member: Set(member.as_i64()),
            made: Set(made.to_string()),
            recorded_at: Set(at.as_micros()),
        };
        let insert = archives::Entity::insert(row);
        insert.exec_without_returning(&writing.tx).await.doing("noting an archive")?;
        writing.commit().await
    }
}

/// Forgets when the newest archive of a member was made.
pub(crate) async fn forget<C: ConnectionTrait>(db: &C, member: MemberNumber) -> Result<()> {
    let delete = archives::Entity::delete_many();
    let of_member = delete.filter(archives::Column::Member.eq(member.as_i64()));
    of_member.exec(db).await.doing("forgetting an archive").map(drop)
}

async fn newest<C: ConnectionTrait>(db: &C, member: MemberNumber) -> Result<Option<Day>> {
    let row = archives::Entity::find_by_id(member.as_i64()).one(db).await;
    let row = row.doing("looking for earlier archives")?;
    row.map(|row| word("archives", "made", &row.made)).transpose()
}

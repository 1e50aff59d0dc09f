use std::{path::Path, sync::Arc};

use policy::{Instant, MemberNumber, Sequence, Status};
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    AccountFact, Choice, NewFact, Result, connection,
    error::Doing,
    ledger::{self, Ledger},
    writer::Writer,
};

/// The facts in one database. Clones share it.
#[derive(Clone)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
    turn: Turn,
    writer: Writer,
}

/// Whose turn it is to write; queues the writers of this process, fairly.
#[derive(Clone, Default)]
pub(crate) struct Turn(Arc<Mutex<()>>);

/// A transaction that may write. Others of this process wait until it is gone.
pub(crate) struct Writing<'a> {
    pub(crate) tx: DatabaseTransaction,
    _turn: MutexGuard<'a, ()>,
}

impl Store {
    /// Opens the file, creating it if it is missing, and runs the migrations that it lacks.
    ///
    /// Has to be called within a Tokio runtime, on which the writer of choices runs.
    ///
    /// # Errors
    /// If the file cannot be opened, or was written by a newer version of Zweck.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let db = connection::open(path.as_ref()).await?;
        let turn = Turn::default();
        let writer = Writer::start(db.clone(), turn.clone());
        Ok(Self { db, turn, writer })
    }

    /// Records facts in one transaction, with the removals that they start, and returns their
    /// sequences.
    ///
    /// A choice or account fact that says the very same as one on record, and a policy that is
    /// already in force, record nothing and return the old sequence.
    ///
    /// # Errors
    /// If one of the facts cannot be recorded; then none is.
    pub async fn record(&self, facts: Vec<NewFact>, at: Instant) -> Result<Vec<Sequence>> {
        let facts: Vec<_> = facts.into_iter().map(|fact| (fact, at)).collect();
        let writing = self.write().await?;
        let sequences = Ledger::open(&writing.tx).await?.write(&facts).await?;
        writing.commit().await?;
        Ok(sequences)
    }

    /// Records a choice; when it returns, the choice is durable.
    ///
    /// Choices that wait at the same time share a transaction.
    ///
    /// # Errors
    /// If the member is unknown, or the transaction failed; then the choice is not recorded.
    pub async fn choose(&self, choice: Choice, at: Instant) -> Result<Sequence> {
        self.writer.choose(choice, at).await
    }

    /// How many transactions [`Self::choose`] has committed in this process so far.
    pub fn choice_commits(&self) -> u64 {
        self.writer.commits()
    }

    /// Erases a member: closes the identity for ever, and starts a removal from everything.
    /// Erasing again changes nothing and returns the old sequence.
    ///
    /// # Errors
    /// If the member is unknown.
    pub async fn erase_member(
        &self,
        member: MemberNumber,
        source: &str,
        at: Instant,
    ) -> Result<Sequence> {
        let erased = AccountFact {
            member,
            region: None,
            age: None,
            status: Some(Status::Erased),
            source: source.to_owned(),
            declaration: None,
        };
        let earlier = self.erasure_of(member).await?;
        match earlier {
            Some(sequence) => Ok(sequence),
            None => {
                let sequences = self.record(vec![NewFact::Account(erased)], at).await?;
                Ok(sequences.first().copied().unwrap_or(Sequence::START))
            }
        }
    }

    /// Rewrites the database and empties its log, so that no free page keeps what was removed.
    ///
    /// # Errors
    /// If another connection is reading meanwhile.
    pub async fn scrub(&self) -> Result<()> {
        let _turn = self.turn.0.lock().await;
        connection::scrub(&self.db).await
    }

    /// The last sequence that was given out; 0 while there is no fact.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn last_sequence(&self) -> Result<Sequence> {
        ledger::last_sequence(&self.db).await
    }

    /// How many member numbers were given out, erased members included.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn member_count(&self) -> Result<i64> {
        ledger::member_count(&self.db).await
    }

    pub(crate) async fn write(&self) -> Result<Writing<'_>> {
        self.turn.begin(&self.db).await
    }
}

impl Turn {
    pub(crate) async fn begin(&self, db: &DatabaseConnection) -> Result<Writing<'_>> {
        let turn = self.0.lock().await;
        Ok(Writing { tx: connection::begin_write(db).await?, _turn: turn })
    }
}

impl Writing<'_> {
    pub(crate) async fn commit(self) -> Result<()> {
        self.tx.commit().await.doing("committing")
    }
}

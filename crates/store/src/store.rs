use std::{path::Path, sync::Arc};

use policy::{Instant, MemberNumber, Sequence, Status};
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    AccountFact, Choice, JournalPlace, NewFact, Result, StoreError,
    chain::ChainEnd,
    choosing::ShortWay,
    connection,
    error::Doing,
    journal::{Journal, Place},
    ledger::{self, Ledger},
    standing::{self, Remembered},
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
pub(crate) struct Turn {
    queue: Arc<Mutex<()>>,
    journal: Option<Journal>,
    remembered: Remembered,
    /// Why nothing may be written.
    closed: Option<Arc<StoreError>>,
}

/// Keeps the turn for as long as anybody has a copy. A line of the journal is still being written
/// when whoever waits for it has given up: nobody else may begin before it is whole.
pub(crate) type Hold = Arc<OwnedMutexGuard<()>>;

/// A transaction that may write. Others of this process wait until it is gone.
pub(crate) struct Writing {
    pub(crate) tx: DatabaseTransaction,
    pub(crate) journal: Option<Journal>,
    pub(crate) remembered: Remembered,
    pub(crate) hold: Hold,
}

impl Store {
    /// Opens the file, creating it if it is missing. A store that keeps a journal can then be read
    /// and not written, see [`Self::open_with_journal`].
    ///
    /// Has to be called within a Tokio runtime, on which the writer of choices runs.
    ///
    /// # Errors
    /// If the file cannot be opened, or was written by a newer or an older version of Zweck.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let db = connection::open(path.as_ref()).await?;
        let turn = Turn::default();
        let writer = Writer::start(db.clone(), turn.clone(), None);
        Ok(Self { db, turn, writer })
    }

    /// Opens the file together with its journal, which is begun if there is none, and records what
    /// the journal has and the store has not. If the two do not go together the store is closed:
    /// it can be read, nothing is recorded, and no permit is issued, see [`Self::check_open`].
    ///
    /// # Errors
    /// As [`Self::open`], or if a new journal cannot be begun.
    pub async fn open_with_journal(
        path: impl AsRef<Path>,
        place: &JournalPlace,
        at: Instant,
    ) -> Result<Self> {
        let journal = Journal::new(&place.folder);
        if !path.as_ref().exists() {
            journal.check_unused()?;
        }
        let db = connection::open(path.as_ref()).await?;
        let mut turn = Turn { journal: Some(journal.clone()), ..Turn::default() };
        match ledger::journal_place(&db).await? {
            None => {
                let writing = turn.begin(&db).await?;
                let ledger = Ledger::open(&writing).await?;
                ledger.begin_journal(&journal, &place.new_system, at).await?;
                writing.commit().await?;
            }
            Some(known) => turn.closed = reconcile(&db, &turn, &journal, &known).await.err(),
        }
        let file = connection::open_beside_journal(path.as_ref())?;
        let short_way = ShortWay { file, journal, remembered: turn.remembered.clone() };
        let writer = Writer::start(db.clone(), turn.clone(), Some(short_way));
        Ok(Self { db, turn, writer })
    }

    /// Brings the file of an earlier version to this one, all of it or nothing, and returns the
    /// steps that were taken.
    ///
    /// # Errors
    /// If the file cannot be read or written, or was written by a newer version of Zweck.
    pub async fn upgrade(path: impl AsRef<Path>) -> Result<Vec<String>> {
        connection::upgrade(path.as_ref()).await
    }

    /// Writes a copy of the file as it stands, while others read and write it.
    ///
    /// # Errors
    /// If the file cannot be read, or there is something where the copy should be.
    pub async fn copy(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<()> {
        connection::copy(from.as_ref(), to.as_ref()).await
    }

    /// Whether the store goes with its journal, so that no fact can be missing.
    ///
    /// # Errors
    /// [`StoreError::Closed`] if it does not.
    pub fn check_open(&self) -> Result<()> {
        self.turn.check_open()
    }

    /// The name of the system and how far the store has come in its journal; `None` if it keeps
    /// none.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn journal_end(&self) -> Result<Option<(String, ChainEnd)>> {
        Ok(ledger::journal_place(&self.db).await?.map(|place| (place.system, place.end)))
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
        let sequences = Ledger::open(&writing).await?.write(&facts).await?;
        writing.commit().await?;
        Ok(sequences)
    }

    /// Records a choice; when it returns, the choice is durable.
    ///
    /// Choices that wait at the same time share a transaction.
    ///
    /// # Errors
    /// If the member is unknown; then the choice is not recorded. If the transaction failed it may
    /// be, once the journal has it; asked again, it is recorded once.
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
        let _turn = self.turn.queue.lock().await;
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
        standing::member_count(&self.db).await
    }

    pub(crate) async fn write(&self) -> Result<Writing> {
        self.turn.begin(&self.db).await
    }
}

impl Turn {
    pub(crate) async fn begin(&self, db: &DatabaseConnection) -> Result<Writing> {
        let hold = self.take().await?;
        let tx = connection::begin_write(db).await?;
        let (journal, remembered) = (self.journal.clone(), self.remembered.clone());
        Ok(Writing { tx, journal, remembered, hold })
    }

    /// Waits until nobody else of this process writes.
    pub(crate) async fn take(&self) -> Result<Hold> {
        self.check_open()?;
        Ok(Arc::new(Arc::clone(&self.queue).lock_owned().await))
    }

    fn check_open(&self) -> Result<()> {
        match &self.closed {
            Some(source) => Err(StoreError::Closed { source: Arc::clone(source) }),
            None => Ok(()),
        }
    }
}

impl Writing {
    pub(crate) async fn commit(self) -> Result<()> {
        self.tx.commit().await.doing("committing")
    }
}

/// Records what the journal has and the store has not.
async fn reconcile(
    db: &DatabaseConnection,
    turn: &Turn,
    journal: &Journal,
    known: &Place,
) -> Result<(), Arc<StoreError>> {
    // Somebody may be between writing the journal and committing: only who may write can tell.
    if journal.check(known)? {
        let writing = turn.begin(db).await?;
        Ledger::open(&writing).await?;
        writing.commit().await?;
    }
    Ok(())
}

use std::{path::Path, sync::Arc};

use policy::{Instant, MemberNumber, Sequence, Status};
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    AccountFact, Choice, JournalPlace, NewFact, Result, StoreError, StorePlace,
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
    place: StorePlace,
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
    /// Opens the store, making it if it is missing: a file, or the tables in an empty database. A
    /// store that keeps a journal can then be read and not written, see [`Self::with_journal`].
    ///
    /// Has to be called within a Tokio runtime, on which the writer of choices runs.
    ///
    /// # Errors
    /// If the database cannot be opened, or was written by a newer or an older version of Zweck.
    pub async fn open(place: impl Into<StorePlace>) -> Result<Self> {
        let place = place.into();
        let db = connection::open(&place).await?;
        Ok(Self::over(db, place, Turn::default(), None))
    }

    /// Opens the store together with its journal, see [`Self::with_journal`]. A file is not made
    /// where a journal says that there was one.
    ///
    /// # Errors
    /// As [`Self::open`] and [`Self::with_journal`].
    pub async fn open_with_journal(
        place: impl Into<StorePlace>,
        journal: &JournalPlace,
        at: Instant,
    ) -> Result<Self> {
        let place = place.into();
        if let StorePlace::File(path) = &place
            && !path.exists()
        {
            Journal::new(&journal.folder).check_unused()?;
        }
        let db = connection::open(&place).await?;
        Self::beside_journal(db, place, journal, at).await
    }

    /// Goes on with the journal, which is begun if there is none, and records what the journal has
    /// and the store has not. If the two do not go together the store is closed: it can be read,
    /// nothing is recorded, and no permit is issued, see [`Self::check_open`].
    ///
    /// # Errors
    /// If a new journal cannot be begun.
    pub async fn with_journal(self, journal: &JournalPlace, at: Instant) -> Result<Self> {
        let Self { db, place, turn: _, writer: _ } = self;
        Self::beside_journal(db, place, journal, at).await
    }

    async fn beside_journal(
        db: DatabaseConnection,
        place: StorePlace,
        kept: &JournalPlace,
        at: Instant,
    ) -> Result<Self> {
        let journal = Journal::new(&kept.folder);
        let mut turn = Turn { journal: Some(journal.clone()), ..Turn::default() };
        match ledger::journal_place(&db).await? {
            None => {
                let writing = turn.begin(&db).await?;
                let ledger = Ledger::open(&writing).await?;
                ledger.begin_journal(&journal, &kept.new_system, at).await?;
                writing.commit().await?;
            }
            Some(known) => turn.closed = reconcile(&db, &turn, &journal, &known).await.err(),
        }
        let remembered = turn.remembered.clone();
        let file = connection::open_beside_journal(&place)?;
        let short_way = file.map(|file| ShortWay { file, journal, remembered });
        Ok(Self::over(db, place, turn, short_way))
    }

    fn over(
        db: DatabaseConnection,
        place: StorePlace,
        turn: Turn,
        short_way: Option<ShortWay>,
    ) -> Self {
        let writer = Writer::start(db.clone(), turn.clone(), short_way);
        Self { db, place, turn, writer }
    }

    /// Brings the store of an earlier version to this one, all of it or nothing, and returns the
    /// steps that were taken. On a server the tables as they were stay in the schema
    /// `before_upgrade`.
    ///
    /// # Errors
    /// If the database cannot be read or written, or was written by a newer version of Zweck.
    pub async fn upgrade(place: impl Into<StorePlace>) -> Result<Vec<String>> {
        connection::upgrade(&place.into()).await
    }

    /// Writes a copy of the facts as they stand into a new SQLite file, while others read and
    /// write them.
    ///
    /// # Errors
    /// If the database cannot be read, or there is something where the copy should be.
    pub async fn copy(from: impl Into<StorePlace>, to: impl AsRef<Path>) -> Result<()> {
        connection::copy(&from.into(), to.as_ref()).await
    }

    /// Brings the facts as they stand in one store, all of them or none, into another one that has
    /// none yet; the two may be of different kinds.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if there are facts already; or if one cannot be read or written.
    pub async fn transfer(from: impl Into<StorePlace>, to: impl Into<StorePlace>) -> Result<()> {
        connection::between(&from.into(), &to.into()).await
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

    /// Rewrites what an erasure has touched, so that no free page keeps what was removed.
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

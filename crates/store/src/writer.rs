use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use policy::{Instant, Sequence};
use sea_orm::DatabaseConnection;
use tokio::sync::{mpsc, oneshot};

use crate::{
    Choice, NewFact, Result, StoreError, choosing::ShortWay, error::Doing, ledger::Ledger,
    store::Turn,
};

/// The most choices that share one transaction.
const BATCH: usize = 1_000;

/// The most choices that wait; who comes then waits outside.
const QUEUE: usize = 4_000;

/// So many choices are moved from the database's log into its file once nobody waits.
const SOME_IN_LOG: usize = 128;

/// So many are moved even if somebody waits.
const MUCH_IN_LOG: usize = 16_384;

/// The way to the task that commits choices in groups.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Waiting>,
    commits: Arc<AtomicU64>,
}

/// A choice and whoever waits for it to be durable.
struct Waiting {
    choice: Choice,
    at: Instant,
    answer: oneshot::Sender<Result<Sequence>>,
}

/// What the task needs to commit.
struct Committing {
    db: DatabaseConnection,
    turn: Turn,
    short_way: Option<ShortWay>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    /// Starts the task; it ends when the last handle of the store is gone and the queue is empty.
    pub(crate) fn start(db: DatabaseConnection, turn: Turn, short_way: Option<ShortWay>) -> Self {
        let (queue, receiver) = mpsc::channel(QUEUE);
        let commits = Arc::new(AtomicU64::new(0));
        let committing = Committing { db, turn, short_way, commits: Arc::clone(&commits) };
        tokio::spawn(committing.run(receiver));
        Self { queue, commits }
    }

    pub(crate) async fn choose(&self, choice: Choice, at: Instant) -> Result<Sequence> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { choice, at, answer };
        self.queue.send(waiting).await.map_err(|_| StoreError::WriterEnded)?;
        answered.await.map_err(|_| StoreError::WriterEnded)?
    }

    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

impl Committing {
    async fn run(self, mut queue: mpsc::Receiver<Waiting>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut in_log = 0;
        while queue.recv_many(&mut batch, BATCH).await > 0 {
            in_log += batch.len();
            let (facts, answers): (Vec<_>, Vec<_>) = batch
                .drain(..)
                .map(|waiting| ((NewFact::Choice(waiting.choice), waiting.at), waiting.answer))
                .unzip();
            let outcome = self.commit(facts).await;
            self.commits.fetch_add(u64::from(outcome.is_ok()), Ordering::Relaxed);
            answer(outcome, answers);
            if in_log >= MUCH_IN_LOG || in_log >= SOME_IN_LOG && queue.is_empty() {
                self.checkpoint().await;
                in_log = 0;
            }
        }
    }

    /// Commits what can be committed; one bad choice does not take its neighbours with it.
    async fn commit(&self, facts: Vec<(NewFact, Instant)>) -> Result<Vec<Result<Sequence>>> {
        let facts = Arc::new(facts);
        match self.commit_the_short_way(Arc::clone(&facts)).await? {
            Some(answers) => Ok(answers),
            None => self.commit_as_others_do(&facts).await,
        }
    }

    async fn commit_the_short_way(
        &self,
        facts: Arc<Vec<(NewFact, Instant)>>,
    ) -> Result<Option<Vec<Result<Sequence>>>> {
        let Some(short_way) = self.short_way.clone() else { return Ok(None) };
        let hold = self.turn.take().await?;
        blocking(move || {
            let outcome = short_way.commit(&facts);
            drop(hold);
            outcome
        })
        .await
    }

    async fn commit_as_others_do(
        &self,
        facts: &[(NewFact, Instant)],
    ) -> Result<Vec<Result<Sequence>>> {
        let writing = self.turn.begin(&self.db).await?;
        let ledger = Ledger::open(&writing).await?;
        let sorted = ledger.sort(facts);
        let sequences = ledger.write(&sorted.good).await?;
        writing.commit().await?;
        Ok(sorted.answers(sequences))
    }

    /// Between choices, so that no choice waits for it.
    async fn checkpoint(&self) {
        let Some(ShortWay { file, .. }) = self.short_way.clone() else { return };
        let moved = blocking(move || file.checkpoint().doing("moving the log into the store"));
        if let Err(error) = moved.await {
            tracing::warn!(%error, "the log of the store grows");
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::WriterEnded)?
}

fn answer(outcome: Result<Vec<Result<Sequence>>>, answers: Vec<oneshot::Sender<Result<Sequence>>>) {
    // Whoever stopped waiting needs no answer, so a failed send is no failure.
    match outcome {
        Ok(results) => {
            for (result, answer) in results.into_iter().zip(answers) {
                let _ = answer.send(result);
            }
        }
        Err(error) => {
            tracing::debug!(choices = answers.len(), %error, "a batch of choices failed");
            let source = Arc::new(error);
            for answer in answers {
                let _ = answer.send(Err(StoreError::Batch { source: Arc::clone(&source) }));
            }
        }
    }
}

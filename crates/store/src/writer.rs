use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use policy::{Instant, Sequence};
use sea_orm::DatabaseConnection;
use tokio::sync::{mpsc, oneshot};

use crate::{Choice, NewFact, Result, StoreError, ledger::Ledger, store::Turn};

/// The most choices that share one transaction.
const BATCH: usize = 1_000;

/// The most choices that wait; who comes then waits outside.
const QUEUE: usize = 4_000;

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

impl Writer {
    /// Starts the task; it ends when the last handle of the store is gone and the queue is empty.
    pub(crate) fn start(db: DatabaseConnection, turn: Turn) -> Self {
        let (queue, receiver) = mpsc::channel(QUEUE);
        let commits = Arc::new(AtomicU64::new(0));
        tokio::spawn(run(db, turn, receiver, Arc::clone(&commits)));
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

async fn run(
    db: DatabaseConnection,
    turn: Turn,
    mut queue: mpsc::Receiver<Waiting>,
    commits: Arc<AtomicU64>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let (facts, answers): (Vec<_>, Vec<_>) = batch
            .drain(..)
            .map(|waiting| ((NewFact::Choice(waiting.choice), waiting.at), waiting.answer))
            .unzip();
        let outcome = commit(&db, &turn, facts).await;
        commits.fetch_add(u64::from(outcome.is_ok()), Ordering::Relaxed);
        answer(outcome, answers);
    }
}

/// Commits what can be committed; one bad choice does not take its neighbours with it.
async fn commit(
    db: &DatabaseConnection,
    turn: &Turn,
    facts: Vec<(NewFact, Instant)>,
) -> Result<Vec<Result<Sequence>>> {
    let writing = turn.begin(db).await?;
    let ledger = Ledger::open(&writing).await?;
    let checks: Vec<_> = facts.iter().map(|(fact, _)| ledger.check(fact)).collect();
    let good: Vec<_> = facts
        .into_iter()
        .zip(&checks)
        .filter_map(|(fact, check)| check.is_ok().then_some(fact))
        .collect();
    let mut sequences = ledger.write(&good).await?.into_iter();
    writing.commit().await?;
    let place =
        |check: Result<()>| check.and_then(|()| sequences.next().ok_or(StoreError::WriterEnded));
    Ok(checks.into_iter().map(place).collect())
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
            tracing::error!(choices = answers.len(), %error, "a batch of choices failed");
            let source = Arc::new(error);
            for answer in answers {
                let _ = answer.send(Err(StoreError::Batch { source: Arc::clone(&source) }));
            }
        }
    }
}

//! The right to write to a bucket: an object that its holder renews.
//!
//! No two clocks are compared. The holder changes the object every few seconds; whoever has seen
//! it unchanged for [`EXPIRES`], by sleeping that long, takes it. Each step is a put on condition
//! that the object is still the one that was read, so of two that try one succeeds. A holder that
//! was only slow may still be under way, so whoever takes a lease that was not given back has to
//! use up the next lake version first, see [`crate::versions::Versions::fence`].

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use object_store::{
    GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutResult, UpdateVersion, path::Path,
};
use serde::{Deserialize, Serialize};
use tokio::{sync::oneshot, task::AbortHandle};

use crate::{LakeError, Result, requests::Requests};

/// The object, below the lake. It is never deleted: the number in it only grows.
pub(crate) const FILE: &str = "_lease.json";

/// How long a lease has to stay the same until it may be taken from its holder.
const EXPIRES: Duration = Duration::from_secs(15);
/// How often the holder renews it.
const RENEW: Duration = Duration::from_secs(3);
/// How long a renewal may take before it is tried anew.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often those who wait look at it.
const LOOK: Duration = Duration::from_millis(250);

/// The exclusive right to write, across machines, until dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    number: u64,
    /// Tells the task that renews the lease how it ended.
    end: Option<oneshot::Sender<State>>,
    /// Closed once the lease is given back.
    ended: Mutex<mpsc::Receiver<()>>,
    renewing: AbortHandle,
    lost: Arc<AtomicBool>,
    in_doubt: AtomicBool,
    /// The task runs on them.
    _requests: Arc<Requests>,
}

/// What stands in the object.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    /// Of how many leases of this lake it is the last.
    number: u64,
    /// Who took it, for people.
    holder: String,
    /// How often it was renewed.
    renewals: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Held,
    /// Given back, and nothing was under way.
    Released,
    /// Given back, but the holder does not know what became of its last requests.
    InDoubt,
}

/// The object as it was read or put last.
#[derive(Debug, Clone)]
struct Seen {
    record: Record,
    at: UpdateVersion,
}

impl Lease {
    /// Takes the lease, trying for about `wait`. One that nobody renews is only taken from its
    /// holder if `wait` is longer than it takes to be sure of that.
    pub(crate) async fn take(
        store: &Arc<dyn ObjectStore>,
        requests: &Arc<Requests>,
        place: &str,
        wait: Duration,
    ) -> Result<Self> {
        let (mut left, mut unchanged) = (wait, Duration::ZERO);
        let mut before: Option<Seen> = None;
        loop {
            let found = read(store).await?;
            if !is_same(before.as_ref(), found.as_ref()) {
                unchanged = Duration::ZERO;
            }
            let held = found.as_ref().is_some_and(|seen| seen.record.state == State::Held);
            if (!held || unchanged >= EXPIRES)
                && let Some(taken) = replace(store, found.as_ref()).await?
            {
                let is_in_doubt = found.is_some_and(|seen| seen.record.state != State::Released);
                let taken = refuse_if_kept(store, place, taken, is_in_doubt).await?;
                return Ok(Self::held(store, requests, taken, is_in_doubt));
            }
            if left.is_zero() {
                let holder = found.map_or("somebody".to_owned(), |seen| seen.record.holder);
                return Err(LakeError::Locked { holder, lock: format!("{place}/{FILE}") });
            }
            let pause = LOOK.min(left);
            tokio::time::sleep(pause).await;
            (left, unchanged) = (left.saturating_sub(pause), unchanged.saturating_add(pause));
            before = found;
        }
    }

    /// Whether it was given back, or never taken.
    pub(crate) async fn is_free(store: &Arc<dyn ObjectStore>) -> Result<bool> {
        Ok(read(store).await?.is_none_or(|seen| seen.record.state == State::Released))
    }

    /// Which lease of the lake it is; a later one has a higher number.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Whether an earlier holder may still be under way, or this one does not know what became of
    /// its requests.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.in_doubt.load(Ordering::Acquire)
    }

    pub(crate) fn set_in_doubt(&self, is_in_doubt: bool) {
        self.in_doubt.store(is_in_doubt, Ordering::Release);
    }

    /// Whether somebody else has taken it.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// Renews it no more and gives it back neither, as if the machine had stopped.
    pub(crate) fn abandon(&mut self) {
        self.renewing.abort();
        self.end = None;
    }

    fn held(
        store: &Arc<dyn ObjectStore>,
        requests: &Arc<Requests>,
        taken: Seen,
        is_in_doubt: bool,
    ) -> Self {
        let (end, told) = oneshot::channel();
        let (given_back, ended) = mpsc::channel();
        let lost = Arc::new(AtomicBool::new(false));
        let number = taken.record.number;
        let keeper = Keeper { store: Arc::clone(store), seen: taken, lost: Arc::clone(&lost) };
        let renewing = requests.handle().spawn(async move {
            keeper.keep(told).await;
            drop(given_back);
        });
        Self {
            number,
            end: Some(end),
            ended: Mutex::new(ended),
            renewing: renewing.abort_handle(),
            lost,
            in_doubt: AtomicBool::new(is_in_doubt),
            _requests: Arc::clone(requests),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let state = if self.is_in_doubt() { State::InDoubt } else { State::Released };
        if self.end.take().is_some_and(|end| end.send(state).is_ok()) {
            // the next one to write is spared the wait, for the price of one request
            let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
            let _ = ended.recv_timeout(PATIENCE);
        }
    }
}

/// Renews a lease until it ends.
struct Keeper {
    store: Arc<dyn ObjectStore>,
    seen: Seen,
    lost: Arc<AtomicBool>,
}

impl Keeper {
    async fn keep(mut self, mut told: oneshot::Receiver<State>) {
        while !self.lost.load(Ordering::Acquire) {
            match tokio::time::timeout(RENEW, &mut told).await {
                Ok(end) => return self.say(end.unwrap_or(State::InDoubt)).await,
                Err(_) => self.say(State::Held).await,
            }
        }
    }

    /// A renewal that fails is tried again with the next; only who sees another holder gives up.
    async fn say(&mut self, state: State) {
        match tokio::time::timeout(PATIENCE, self.try_say(state)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "could not renew the lease of the lake"),
            Err(_) => tracing::warn!("renewing the lease of the lake takes too long"),
        }
    }

    async fn try_say(&mut self, state: State) -> Result<()> {
        let renewals = self.seen.record.renewals.saturating_add(1);
        let record = Record { renewals, state, ..self.seen.record.clone() };
        if let Some(seen) = put(&self.store, record.clone(), Some(&self.seen.at)).await? {
            self.seen = seen;
            return Ok(());
        }
        // somebody else has it, or an earlier renewal arrived whose answer did not
        match read(&self.store).await? {
            Some(found) if found.record.number == record.number => {
                self.seen.at = found.at;
                self.seen.record.renewals = found.record.renewals;
                let renewals = found.record.renewals.saturating_add(1);
                let again = Record { renewals, ..record };
                if let Some(seen) = put(&self.store, again, Some(&self.seen.at)).await? {
                    self.seen = seen;
                }
            }
            _ => self.lost.store(true, Ordering::Release),
        }
        Ok(())
    }
}

fn is_same(one: Option<&Seen>, other: Option<&Seen>) -> bool {
    one.map(|seen| &seen.at.e_tag) == other.map(|seen| &seen.at.e_tag)
}

async fn read(store: &Arc<dyn ObjectStore>) -> Result<Option<Seen>> {
    let failed = || LakeError::object("reading", FILE);
    let object = match store.get(&Path::from(FILE)).await {
        Ok(object) => object,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(source) => return Err(failed()(source)),
    };
    let at =
        UpdateVersion { e_tag: object.meta.e_tag.clone(), version: object.meta.version.clone() };
    let bytes = object.bytes().await.map_err(failed())?;
    let record = serde_json::from_slice(&bytes)
        .map_err(|source| LakeError::Damaged { path: FILE.to_owned(), source })?;
    Ok(Some(Seen { record, at }))
}

/// Puts the next lease in place of the one that was found; `None` if somebody else was faster.
async fn replace(store: &Arc<dyn ObjectStore>, found: Option<&Seen>) -> Result<Option<Seen>> {
    let number = found.map_or(0, |seen| seen.record.number).saturating_add(1);
    let record = Record { number, holder: holder(), renewals: 0, state: State::Held };
    put(store, record, found.map(|seen| &seen.at)).await
}

/// Puts the record in place of that one, or of none; `None` if it is not there any more.
async fn put(
    store: &Arc<dyn ObjectStore>,
    record: Record,
    over: Option<&UpdateVersion>,
) -> Result<Option<Seen>> {
    let bytes = serde_json::to_vec(&record)
        .map_err(|source| LakeError::Damaged { path: FILE.to_owned(), source })?;
    let mode = over.map_or(PutMode::Create, |over| PutMode::Update(over.clone()));
    match store.put_opts(&Path::from(FILE), bytes.into(), mode.into()).await {
        Ok(PutResult { e_tag, version }) => {
            Ok(Some(Seen { record, at: UpdateVersion { e_tag, version } }))
        }
        Err(
            object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. },
        ) => Ok(None),
        Err(source) => Err(LakeError::object("writing", FILE)(source)),
    }
}

/// Refuses a bucket that keeps what is deleted. It gives itself away by numbering what is put; the
/// number of an object that was replaced since still leads to it.
async fn refuse_if_kept(
    store: &Arc<dyn ObjectStore>,
    place: &str,
    taken: Seen,
    is_in_doubt: bool,
) -> Result<Seen> {
    let numbered = |seen: &Seen| seen.at.version.clone().filter(|version| version != "null");
    let Some(version) = numbered(&taken) else { return Ok(taken) };
    let state = if is_in_doubt { State::InDoubt } else { State::Released };
    let released = Record { state, renewals: 1, ..taken.record.clone() };
    let Some(replaced) = put(store, released, Some(&taken.at)).await? else { return Ok(taken) };
    let options = GetOptions { version: Some(version), head: true, ..GetOptions::default() };
    match store.get_opts(&Path::from(FILE), options).await {
        Ok(_) => Err(LakeError::KeepsVersions { place: place.to_owned() }),
        Err(object_store::Error::NotFound { .. }) => {
            let record = Record { state: State::Held, renewals: 2, ..taken.record };
            let again = put(store, record, Some(&replaced.at)).await?;
            again.ok_or_else(|| LakeError::Locked {
                holder: "somebody".to_owned(),
                lock: format!("{place}/{FILE}"),
            })
        }
        Err(source) => Err(LakeError::object("looking for old versions of", FILE)(source)),
    }
}

/// Who holds it: for people, not for decisions.
fn holder() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let process = std::process::id();
    match host.trim() {
        "" => format!("process {process}"),
        host => format!("process {process} on {host}"),
    }
}

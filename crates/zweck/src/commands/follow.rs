use std::{
    convert::Infallible,
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
    thread,
    time::Duration,
};

use anyhow::{Context, bail};
use serde_json::json;
use sources::{
    Committed, Declaration, Fed, Feed, Following, Options, RefusedRow, Report, SourcesError, Step,
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{Notify, mpsc},
    time::{Instant as Moment, sleep, sleep_until},
};

use super::{
    import::{PLATFORM, check_refused},
    removal::carry_on,
};
use crate::{
    args::{Format, Global, Import, Pace},
    exit::Exit,
    keys::Keys,
    output::{Output, tell},
    state::State,
};

/// How long files are left alone once nothing was new in them.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Rows that are handed on together, at most; few, for as many wait at any time.
const CHUNK_ROWS: usize = 256;

/// Rows are handed on early once they took this many bytes in the feed.
const CHUNK_BYTES: u64 = 1024 * 1024;

/// Chunks that wait to be taken in.
const CHUNKS: usize = 4;

/// Rows on their way from the thread that reads to the one that commits.
type Rows = Result<Vec<Fed>, SourcesError>;

/// Why following ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// There is no more.
    Input,
    /// Somebody asked for it.
    Signal,
}

/// Runs `zweck import --follow`.
pub(super) async fn run(
    global: &Global,
    args: &Import,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let declaration = args.declare.as_deref().map(Declaration::read).transpose()?;
    if let Some(file) = &args.refused {
        check_refused(file, &args.paths)?;
    }
    let refused = args.refused.as_deref().map(append_to).transpose()?;
    let stop = Stop::listen()?;
    let state = State::open_or_make(global).await?;
    let (lake, keys) = (state.lake().await?, state.keys()?);
    let feed = open(args, &state, &keys).await?;
    let options = Options {
        declaration: declaration.as_ref(),
        batch_rows: state.config.import.batch_rows.get(),
        join_files: state.config.lake.compact_at_files,
        at: state.now(),
    };
    let parts = (&lake, &state.store, &keys.sources);
    let following = Following::start(feed.name(), parts, options).await?;
    let (due, every) = (Notify::new(), args.every);
    if !state.store.open_removals().await?.is_empty() {
        due.notify_one();
    }
    let told = Told { facts: 0, removals: 0, refused, shown: state.config.import.refused_shown };
    let follow = Follow { state: &state, following, output, due: &due, every, told };
    // Both take turns in one task; a removal that is cut off by the end is carried on by the next.
    let (ended, report) = tokio::select! {
        ended = follow.run(read(feed), stop) => ended?,
        never = removing(&state, &due, args.removals) => match never {},
    };
    let still_open = match (ended, args.removals) {
        (Ended::Input, Pace::Every(_)) => remove(&state).await,
        _ => false,
    };
    let is_complete = report.total().refused.is_empty();
    let why = if ended == Ended::Input { "input" } else { "signal" };
    output.write(&format!("{}\n", json!({ "ended": why, "report": report })))?;
    Ok(match ended {
        Ended::Signal => Exit::Success,
        Ended::Input if !is_complete => Exit::RowsRefused,
        Ended::Input if still_open => Exit::StillOpen,
        Ended::Input => Exit::Success,
    })
}

async fn open(args: &Import, state: &State, keys: &Keys) -> anyhow::Result<Feed> {
    if args.format.is_some_and(|format| format != Format::Ndjson) {
        bail!("only events can be followed (hint: import everything else without --follow)");
    }
    let name = args.source.as_deref().unwrap_or(PLATFORM);
    let path = match args.paths.as_slice() {
        [] => Path::new("-"),
        [path] => path,
        _ => bail!("--follow reads one folder, one file or standard input"),
    };
    if path == Path::new("-") {
        return Ok(Feed::from_reader(name, "standard input", Box::new(std::io::stdin()))?);
    }
    let read = state.store.feed_positions().await?;
    Ok(Feed::open(name, path, &keys.sources, read)?)
}

fn append_to(file: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new().append(true).create(true).open(file);
    opened.with_context(|| format!("opening `{}` for refused rows", file.display()))
}

/// Reads on a thread of its own, for a read of a stream waits as long as it likes.
fn read(feed: Feed) -> mpsc::Receiver<Rows> {
    let (sender, receiver) = mpsc::channel(CHUNKS);
    thread::spawn(move || hand_on(feed, &sender));
    receiver
}

/// Ends with the stream, with an error, or when nobody takes what is read.
fn hand_on(mut feed: Feed, sender: &mpsc::Sender<Rows>) {
    let (mut chunk, mut sent_bytes) = (Vec::new(), 0);
    loop {
        let step = feed.step();
        let is_row = matches!(step, Ok(Step::Row(_)));
        let is_idle = matches!(step, Ok(Step::Idle));
        let mut is_full = false;
        let mut end = None;
        match step {
            Ok(Step::Row(fed)) => {
                let bytes_read = fed.located.position.bytes_read;
                chunk.push(*fed);
                is_full = chunk.len() >= CHUNK_ROWS || bytes_read - sent_bytes >= CHUNK_BYTES;
                sent_bytes = if is_full { bytes_read } else { sent_bytes };
            }
            Ok(Step::Pause | Step::Idle) => {}
            Ok(Step::End) => end = Some(None),
            Err(error) => end = Some(Some(error)),
        }
        if (is_full || !is_row) && !chunk.is_empty() {
            let chunk = std::mem::take(&mut chunk);
            if sender.blocking_send(Ok(chunk)).is_err() {
                return;
            }
        }
        if let Some(error) = end {
            // Nobody is left to be told if the receiver is gone.
            let _ = error.map(|error| sender.blocking_send(Err(error)));
            return;
        }
        if is_idle {
            if sender.is_closed() {
                return;
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

/// The signals by which somebody asks a program to end.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("listening for signals");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

struct Follow<'a> {
    state: &'a State,
    following: Following<'a>,
    output: &'a mut Output,
    /// Told when removals are waiting.
    due: &'a Notify,
    every: Duration,
    told: Told,
}

/// What was told so far.
struct Told {
    facts: u64,
    removals: u64,
    /// Where refused rows are written, too.
    refused: Option<File>,
    /// How many refused rows of a commit are shown to people.
    shown: usize,
}

impl Follow<'_> {
    /// Takes in what comes until there is no more, or somebody asks to end.
    async fn run(
        mut self,
        mut rows: mpsc::Receiver<Rows>,
        mut stop: Stop,
    ) -> anyhow::Result<(Ended, Report)> {
        let mut commit_at: Option<Moment> = None;
        let ended = loop {
            let is_due = async {
                match commit_at {
                    Some(moment) => sleep_until(moment).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = stop.asked() => break Ended::Signal,
                () = is_due => {
                    commit_at = None;
                    self.commit().await?;
                }
                chunk = rows.recv() => match chunk {
                    None => break Ended::Input,
                    Some(Err(error)) => {
                        self.commit().await?;
                        return Err(error.into());
                    }
                    Some(Ok(chunk)) => {
                        self.take(chunk).await?;
                        commit_at = commit_at.or_else(|| Some(Moment::now() + self.every));
                    }
                },
            }
        };
        self.commit().await?;
        let report = self.following.finish(self.state.now()).await?;
        Ok((ended, report))
    }

    async fn take(&mut self, chunk: Vec<Fed>) -> anyhow::Result<()> {
        for fed in chunk {
            self.following.take(fed);
            if self.following.is_full() {
                self.commit().await?;
            }
        }
        Ok(())
    }

    /// Commits what was taken, and says up to where all is durable.
    async fn commit(&mut self) -> anyhow::Result<()> {
        let committed = loop {
            match self.following.commit(self.state.now()).await {
                Err(SourcesError::Lake(lake::LakeError::Locked { .. })) => {
                    tell("somebody else writes the lake; waiting");
                }
                committed => break committed?,
            }
        };
        let Some(committed) = committed else { return Ok(()) };
        self.told.tell_refused(&committed)?;
        self.output.write(&format!("{}\n", json!({ "committed": committed })))?;
        let Committed { facts_recorded, removals_started, .. } = committed;
        let is_edited = removals_started > self.told.removals;
        let has_facts = facts_recorded > self.told.facts;
        (self.told.removals, self.told.facts) = (removals_started, facts_recorded);
        // Old words leave the disk with a run of the removals, whether or not anybody holds them.
        if is_edited || (has_facts && self.state.store.open_removals_count().await? > 0) {
            self.due.notify_one();
        }
        Ok(())
    }
}

impl Told {
    fn tell_refused(&mut self, committed: &Committed) -> anyhow::Result<()> {
        let rows = &committed.refused_rows;
        for RefusedRow { file, line, reason, hint } in rows.iter().take(self.shown) {
            let hint = hint.as_deref().map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
            tell(format_args!("refused {file}:{line}: {reason}{hint}"));
        }
        let more = rows.len().saturating_sub(self.shown) as u64 + committed.refused_rows_untold;
        if more > 0 {
            tell(format_args!("… and {more} more refused; --refused FILE lists them"));
        }
        if let Some(file) = &mut self.refused {
            let mut text = String::new();
            for row in rows {
                text.push_str(&serde_json::to_string(row)?);
                text.push('\n');
            }
            file.write_all(text.as_bytes()).context("writing refused rows")?;
        }
        Ok(())
    }
}

/// Runs the removals whenever some wait, for as long as it is let.
async fn removing(state: &State, due: &Notify, pace: Pace) -> Infallible {
    let Pace::Every(pause) = pace else { return std::future::pending().await };
    loop {
        due.notified().await;
        if remove(state).await {
            // What failed is tried again.
            due.notify_one();
        }
        sleep(pause).await;
    }
}

/// Runs the removals, and tells whether some are still open.
async fn remove(state: &State) -> bool {
    match carry_on(state).await {
        Ok(run) => {
            for failed in run.holders.iter().filter_map(|one| one.failure()) {
                tell(failed);
            }
            run.still_open > 0
        }
        Err(error) => {
            tell(format_args!("the removals could not be run: {error:#}"));
            true
        }
    }
}

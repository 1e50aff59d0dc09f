//! How long a choice takes to be durable, and to be seen by another process.
//!
//! `bench-choices run FOLDER MEMBERS CHOICES` prints one line of JSON; it starts itself as
//! `bench-choices watch FOLDER PURPOSE` for the other process.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use bench::{
    clock::{Watch, micros_since_1970},
    network::{Network, as_of},
};
use policy::{Answer, Category, Instant, MemberNumber, Policy, Request, decide};
use serde_json::{Value, json};
use store::{Choice, Identity, JournalPlace, NewFact, Scope, Store};

/// Between two looks of the other process at the store.
const POLL: Duration = Duration::from_millis(1);

/// Bytes of the bare append that a choice is compared with.
const BARE_BYTES: usize = 256;

/// Facts in one transaction where they come in batches.
const BATCH: usize = 1000;

#[tokio::main]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let task = words.next().context("no task")?;
    let folder = PathBuf::from(words.next().context("no folder")?);
    if task == "watch" {
        return watch(&folder).await;
    }
    let members = words.next().context("no members")?.parse()?;
    let choices = words.next().context("no number of choices")?.parse()?;
    let result = run(&folder, members, choices).await?;
    #[expect(clippy::print_stdout, reason = "the result is what it is for")]
    {
        println!("{result}");
    }
    Ok(())
}

async fn run(folder: &Path, members: u64, choices: u64) -> Result<Value> {
    std::fs::create_dir_all(folder)?;
    let network = Network::new(members, 0)?;
    let bare = Store::open(folder.join("without-journal.sqlite")).await?;
    fill(&bare, &network).await?;
    let store = open(folder).await?;
    let filled = fill(&store, &network).await?;
    let (mut other, mut seen) = start_watching(folder)?;
    let one_by_one = one_by_one((&store, &bare), &network, folder, choices).await?;
    let delays = delays(&mut seen, &one_by_one.acknowledged)?;
    other.kill()?;
    other.wait()?;
    let together_bare = together(&bare, &network).await?;
    let together = together(&store, &network).await?;
    let batches_bare = in_batches(&bare, &network).await?;
    let batches = in_batches(&store, &network).await?;
    Ok(json!({
        "members": members,
        "facts_before": filled,
        "choices": choices,
        "bare_append_bytes": BARE_BYTES,
        "bare_append_microseconds": percentiles(one_by_one.bare),
        "choice_microseconds": percentiles(one_by_one.choices),
        "choice_microseconds_without_journal": percentiles(one_by_one.without_journal),
        "seen_by_another_process_microseconds_after_acknowledgement": percentiles(delays),
        "choices_a_second_from_many_callers": together.0,
        "transactions_of_these": together.1,
        "choices_a_second_in_batches_of_1000": batches,
        "choices_a_second_from_many_callers_without_journal": together_bare.0,
        "choices_a_second_in_batches_of_1000_without_journal": batches_bare,
    }))
}

/// The store as users have it, with its journal.
async fn open(folder: &Path) -> Result<Store> {
    let place = JournalPlace { folder: folder.join("journal"), new_system: "bench".to_owned() };
    Ok(Store::open_with_journal(folder.join("store.sqlite"), &place, as_of()?).await?)
}

/// Members, policy, documents and announcement, without choices.
async fn fill(store: &Store, network: &Network) -> Result<usize> {
    let identity =
        |number| Identity { source: "bench".to_owned(), external_hash: format!("{number:032x}") };
    let identities: Vec<_> = (0..network.members).map(identity).collect();
    store.members(&identities).await?;
    let facts: Vec<_> =
        network.facts()?.filter(|fact| !matches!(fact, NewFact::Choice(_))).collect();
    let count = facts.len();
    store.record(facts, as_of()?.plus_days(-100)).await?;
    Ok(count)
}

/// What it took, in microseconds.
#[derive(Default)]
struct OneByOne {
    bare: Vec<i64>,
    choices: Vec<i64>,
    without_journal: Vec<i64>,
    /// The member of each choice, and when the choice was acknowledged.
    acknowledged: Vec<(i64, i64)>,
}

/// A bare append and a choice with and without a journal in turns, so that all meet the same disk.
async fn one_by_one(
    (store, without_journal): (&Store, &Store),
    network: &Network,
    folder: &Path,
    choices: u64,
) -> Result<OneByOne> {
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join("bare"))?;
    let mut result = OneByOne::default();
    let step = network.members / choices.max(1);
    for number in 0..choices {
        let watch = Watch::start()?;
        append(&mut file)?;
        result.bare.push(i64::try_from(watch.elapsed().as_micros())?);
        let member = (number * step.max(1)).cast_signed();
        let choice = refusal(network, member, 0)?;
        let watch = Watch::start()?;
        store.choose(choice, as_of()?).await?;
        result.choices.push(i64::try_from(watch.elapsed().as_micros())?);
        result.acknowledged.push((member, micros_since_1970()));
        let choice = refusal(network, member, 0)?;
        let watch = Watch::start()?;
        without_journal.choose(choice, as_of()?).await?;
        result.without_journal.push(i64::try_from(watch.elapsed().as_micros())?);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(result)
}

fn append(file: &mut File) -> Result<()> {
    file.write_all(&[7; BARE_BYTES])?;
    Ok(file.sync_data()?)
}

/// As many callers at once as there are choices; they share transactions.
async fn together(store: &Store, network: &Network) -> Result<(f64, u64)> {
    let before = store.choice_commits();
    let mut callers = tokio::task::JoinSet::new();
    let watch = Watch::start()?;
    for number in 0..network.members.cast_signed() {
        let (store, choice) = (store.clone(), refusal(network, number, 1)?);
        let at = as_of()?;
        callers.spawn(async move { store.choose(choice, at).await });
    }
    while let Some(sequence) = callers.join_next().await {
        sequence??;
    }
    let rate = network.members as f64 / watch.elapsed().as_secs_f64();
    Ok((rate, store.choice_commits() - before))
}

async fn in_batches(store: &Store, network: &Network) -> Result<f64> {
    let facts = (0..network.members.cast_signed())
        .map(|number| Ok(NewFact::Choice(refusal(network, number, 2)?)))
        .collect::<Result<Vec<_>>>()?;
    let count = facts.len();
    let watch = Watch::start()?;
    for batch in facts.chunks(BATCH) {
        store.record(batch.to_vec(), as_of()?).await?;
    }
    Ok(count as f64 / watch.elapsed().as_secs_f64())
}

fn refusal(network: &Network, member: i64, seconds: i64) -> Result<Choice> {
    let said_at = as_of()?.plus_days(-1).as_micros() + seconds * 1_000_000;
    Ok(Choice {
        member: MemberNumber::from_i64(member),
        purpose: network.purpose.clone(),
        scope: Scope::Everything,
        answer: Answer::Refuse,
        said_at: Instant::from_micros(said_at),
        source: "bench".to_owned(),
        withdraws_consent: false,
    })
}

fn start_watching(folder: &Path) -> Result<(Child, BufReader<ChildStdout>)> {
    let mut other = Command::new(std::env::current_exe()?)
        .arg("watch")
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut seen = BufReader::new(other.stdout.take().context("no output to read")?);
    let mut ready = String::new();
    seen.read_line(&mut ready)?;
    ensure!(ready.trim() == "ready", "the other process said `{ready}`");
    Ok((other, seen))
}

/// How long after its acknowledgement each choice was seen.
fn delays(seen: &mut impl BufRead, acknowledged: &[(i64, i64)]) -> Result<Vec<i64>> {
    let mut delays = Vec::with_capacity(acknowledged.len());
    for (member, at) in acknowledged {
        let mut line = String::new();
        seen.read_line(&mut line)?;
        let (number, when) = line.trim().split_once(' ').context("the other process is gone")?;
        ensure!(number.parse::<i64>()? == *member, "choices were seen out of order");
        // a choice may be seen between its commit and its acknowledgement
        delays.push((when.parse::<i64>()? - at).max(0));
    }
    Ok(delays)
}

/// The other process: keeps the facts folded, decides as the gate does about everybody who chose,
/// and says when a refusal holds.
async fn watch(folder: &Path) -> Result<()> {
    let store = open(folder).await?;
    let network = Network::new(0, 0)?;
    let mut last = store.last_sequence().await?;
    let mut snapshot = store.snapshot_at(last).await?;
    let mut out = std::io::stdout();
    writeln!(out, "ready")?;
    loop {
        let now = store.last_sequence().await?;
        if now == last {
            tokio::time::sleep(POLL).await;
            continue;
        }
        for fact in store.facts_between(last, now).await? {
            snapshot.apply(&fact);
            let NewFact::Choice(choice) = &fact.content else { continue };
            let policy: &Policy = &network.policy;
            let category = Category::Posts;
            let facts = snapshot.facts(policy, &network.purpose, choice.member, category, None);
            let purpose = &network.purpose;
            let request = Request { policy, purpose, category, as_of: as_of()? };
            let refused = decide(&request, &facts).reasons.contains(policy::Reason::Objected);
            ensure!(refused, "the choice of member {} does not hold", choice.member);
            writeln!(out, "{} {}", choice.member, micros_since_1970())?;
        }
        out.flush()?;
        last = now;
    }
}

fn percentiles(mut values: Vec<i64>) -> Value {
    values.sort_unstable();
    let at = |share: usize| {
        values.get((values.len() * share / 1000).min(values.len().saturating_sub(1)))
    };
    json!({ "p50": at(500), "p90": at(900), "p99": at(990), "p999": at(999), "max": values.last() })
}

//! The real binary, killed at random moments: nothing that was acknowledged is lost, and no corpus
//! is left torn. `ZWECK_KILLS` says how often.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use serde_json::Value;
use testkit::Network;

use crate::{network, run::Place};

/// How often each command is killed, if nobody says otherwise.
const KILLS: u64 = 5;

fn kills() -> u64 {
    std::env::var("ZWECK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Somewhere in a span of time.
fn moment(chance: &mut ChaCha8Rng, within: Duration) -> Duration {
    let micros = u64::try_from(within.as_micros()).unwrap().max(1);
    Duration::from_micros(chance.next_u64() % micros)
}

#[expect(clippy::disallowed_methods, reason = "measures how long a command takes")]
fn started() -> Instant {
    Instant::now()
}

#[test]
fn an_acknowledged_choice_survives_kill_9() {
    let (place, network) = network::ready(60);
    lose_no_acknowledged_choice(&place, &network);
}

/// Kills a program that records choices again and again, and asks for what it had acknowledged.
pub(crate) fn lose_no_acknowledged_choice(place: &Place, network: &Network) {
    let mut chance = seeded(9);
    let mut acknowledged = 0;
    let mut round = 0;
    while round < kills() || acknowledged == 0 {
        let lines = lines(network, round);
        let answers = kill_while_choosing(place, &lines, moment(&mut chance, LONGEST));
        acknowledged += answers.len();
        // The same said again gets the fact that was acknowledged, if that is on record.
        let said_again = answer_all(place, &lines[..answers.len()]);
        assert_eq!(answers, said_again, "round {round}");
        round += 1;
    }
}

/// Longer than it takes to start and to answer many lines.
const LONGEST: Duration = Duration::from_millis(900);
/// Lines on offer in a round; more than can be answered before the kill.
const OFFERED: usize = 20_000;

/// Choices that no other round has.
fn lines(network: &Network, round: u64) -> Vec<String> {
    let members = network.members();
    let start = policy::Instant::from_micros(1_700_000_000_000_000);
    let line = |place: usize| {
        let member = &members[place % members.len()].external_id;
        let offset = i64::try_from(round).unwrap() * 1_000_000 + i64::try_from(place).unwrap();
        let said_at = policy::Instant::from_micros(start.as_micros() + offset);
        let answer = if place.is_multiple_of(2) { "refuse" } else { "allow" };
        format!(
            r#"{{"member":"demo:{member}","purpose":"talent","answer":"{answer}","said_at":"{said_at}"}}"#
        )
    };
    (0..OFFERED).map(line).collect()
}

fn choose(place: &Place) -> Child {
    let mut command = place.command(["choose", "--stdin"]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Offers lines, kills, and returns the facts that were acknowledged, in order.
fn kill_while_choosing(place: &Place, lines: &[String], after: Duration) -> Vec<i64> {
    let mut child = choose(place);
    let mut input = child.stdin.take().unwrap();
    let text = lines.join("\n") + "\n";
    // The pipe breaks with the kill.
    let writing = std::thread::spawn(move || input.write_all(text.as_bytes()).is_ok());
    let output = BufReader::new(child.stdout.take().unwrap());
    let reading = std::thread::spawn(move || facts(output));
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    writing.join().unwrap();
    reading.join().unwrap()
}

fn answer_all(place: &Place, lines: &[String]) -> Vec<i64> {
    let mut child = choose(place);
    let mut input = child.stdin.take().unwrap();
    let text = lines.join("\n");
    let writing = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let answers = facts(BufReader::new(child.stdout.take().unwrap()));
    assert!(child.wait().unwrap().success());
    writing.join().unwrap();
    answers
}

/// The facts of complete answers; the last line may have been cut off by the kill.
fn facts(output: impl BufRead) -> Vec<i64> {
    let lines = output.lines().map_while(Result::ok);
    let answers = lines.map_while(|line| serde_json::from_str::<Value>(&line).ok());
    answers
        .enumerate()
        .map(|(place, answer)| {
            assert_eq!(answer["line"].as_u64(), Some(place as u64 + 1), "{answer}");
            answer["fact"].as_i64().unwrap_or_else(|| panic!("{answer}"))
        })
        .collect()
}

#[test]
fn no_kill_9_leaves_a_torn_corpus() {
    let (place, network) = network::ready(60);
    let mut chance = seeded(10);
    let build = "corpus build assistants --purpose generative-ai --shards 2 --slices 2";
    let start = started();
    place.ok(build);
    let longest = start.elapsed();
    let mut refusing = network.members().iter().cycle();
    let mut allowing = network.members().iter().cycle().skip(network.members().len() / 2);
    for round in 0..kills() {
        let line = if round % 2 == 0 { "removal run" } else { build };
        // Half a lap after a refusal comes its opposite, so that there is always something to
        // release.
        for (members, answer) in
            [(&mut refusing as &mut dyn Iterator<Item = &_>, "refuse"), (&mut allowing, "allow")]
        {
            let member = &members.next().unwrap().external_id;
            let said_at = format!("2026-10-01T00:00:00.{round:06}Z");
            place.ok(&format!(
                "choose --member demo:{member} --purpose generative-ai {answer} --said-at {said_at}"
            ));
        }
        let child =
            place.command(line.split(' ')).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        kill_after(child.unwrap(), moment(&mut chance, longest));
        if round % 2 == 0 {
            // whatever the killed run has left, the next one ends
            place.ok("corpus verify assistants");
        }
        place.ok("removal run");
        check(&place, &format!("round {round}, {line}"));
        if round % 2 == 1 {
            place.ok(build);
            check(&place, &format!("round {round}, built again"));
            let holders = &place.json("corpus show assistants")["holders"];
            assert_eq!(holders.as_array().unwrap().len(), 1, "round {round}: {holders}");
        }
    }
}

fn kill_after(mut child: Child, after: Duration) {
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The corpus is what its manifest says, and nothing else lies beside it.
fn check(place: &Place, when: &str) {
    let verified = place.run("corpus verify assistants");
    assert_eq!(verified.code, 0, "{when}: {}{}", verified.stdout, verified.stderr);
    let shown = place.json("corpus show assistants");
    let manifest = &shown["manifest"];
    let root = place.path().join("zweck-state/corpora/assistants");
    let mut named = BTreeSet::new();
    for file in manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .chain(["lineage", "traits"].map(|one| &manifest[one]))
    {
        let path = file["path"].as_str().unwrap();
        let bytes =
            fs::read(root.join(path)).unwrap_or_else(|error| panic!("{when}: {path}: {error}"));
        assert_eq!(blake3::hash(&bytes).to_hex().as_str(), file["blake3"], "{when}: {path}");
        named.insert(path.to_owned());
    }
    let mut found = BTreeSet::new();
    parquet_files(&root, &root, &mut found);
    assert_eq!(found, named, "{when}");
    // What a killed build registered stays until the next build of that name clears it.
    let holders = shown["holders"].as_array().unwrap().iter();
    let sealed: Vec<_> = holders.filter(|holder| holder["state"] == "sealed").collect();
    assert_eq!(sealed.len(), 1, "{when}: {shown}");
    assert_eq!(sealed[0]["pending"], false, "{when}");
}

fn parquet_files(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            parquet_files(root, &path, found);
        } else if path.extension().is_some_and(|ending| ending == "parquet") {
            found.insert(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
}

//! The real binary, following a feed: nothing comes in twice and nothing is lost, however often it
//! is killed; what a feed takes back leaves the corpora by itself. `ZWECK_KILLS` says how often.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, DirBuilder},
    io::{BufRead, BufReader, Write},
    os::unix::fs::DirBuilderExt,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use serde_json::Value;

use crate::{
    network,
    run::{NOW, Place, Ran, ZWECK},
};

/// How often a feed is killed, if nobody says otherwise.
const KILLS: u64 = 4;

/// So long at most is waited for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that follows, and what it says.
struct Following {
    child: Child,
    input: Option<ChildStdin>,
    said: Receiver<Value>,
}

impl Following {
    fn start(place: &Place, line: &str) -> Self {
        Self::spawn(place.command(line.split_whitespace()))
    }

    fn spawn(mut command: Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, said) = channel();
        thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            for value in lines.map_while(|line| serde_json::from_str(&line).ok()) {
                if sender.send(value).is_err() {
                    break;
                }
            }
        });
        Self { input: child.stdin.take(), child, said }
    }

    fn send(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// The next thing that it says.
    fn hear(&self) -> Value {
        self.said.recv_timeout(PATIENCE).unwrap()
    }

    /// Waits until a line of a file is durable.
    fn hear_of(&self, file: &str, line: u64) -> Value {
        loop {
            let said = self.hear();
            let committed = &said["committed"];
            if committed["file"] == file && committed["line"] == line {
                return said;
            }
        }
    }

    fn ended(mut self) -> (Ran, Vec<Value>) {
        drop(self.input.take());
        let output = self.child.wait_with_output().unwrap();
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::new(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        (ran, self.said.iter().collect())
    }

    fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &process]).status().unwrap().success());
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn member(event: usize, member: usize, more: &str) -> String {
    format!(
        r#"{{"event":"e{event}","kind":"member","member":"m{member}","at":"2026-01-01","name":"Ada"{more}}}"#
    ) + "\n"
}

fn post(event: usize, member: usize, item: usize, text: &str) -> String {
    format!(
        r#"{{"event":"e{event}","kind":"post","member":"m{member}","at":"2026-01-01","id":"m{member}-i{item}","text":"{text}","visibility":"public"}}"#
    ) + "\n"
}

fn delete(event: usize, member: usize, item: usize) -> String {
    format!(
        r#"{{"event":"e{event}","kind":"delete","member":"m{member}","at":"2026-01-01","of":"post","id":"m{member}-i{item}"}}"#
    ) + "\n"
}

const MEMBERS: usize = 20;

/// Events of a small platform: all at one instant, so that their order alone decides.
fn events(count: usize) -> Vec<String> {
    let mut chance = ChaCha8Rng::seed_from_u64(5);
    let mut number = move |below: u64| usize::try_from(chance.next_u64() % below).unwrap();
    let members = MEMBERS as u64;
    let event = |event| match number(10) {
        0..=1 => {
            let status = ["active", "restricted", "closed"][number(3)];
            member(event, number(members), &format!(r#","region":"DE","status":"{status}""#))
        }
        2..=3 => delete(event, number(members), number(9)),
        _ => post(event, number(members), number(9), &format!("words {}", number(1_000))),
    };
    (0..count).map(event).collect()
}

/// What holds, whatever the numbers are that members got: rows by their keyed hashes, which need
/// the same keys, and what is known of each account.
fn state(place: &Place) -> BTreeSet<String> {
    let lake = place.path().join("zweck-state/lake");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut state = runtime.block_on(async {
        let lake =
            lake::Lake::open(lake.to_str().unwrap(), lake::Options::default()).await.unwrap();
        let mut rows = BTreeSet::new();
        for table in [lake::Table::Members, lake::Table::Items] {
            for key in lake.content_keys(table).await.unwrap() {
                let is_new = rows.insert(format!("{table} {} {}", key.item, key.content));
                assert!(is_new, "a row is there twice");
            }
        }
        rows
    });
    for member in 0..MEMBERS {
        let account = &place.json(&format!("member show platform:m{member}"))["account"];
        let sides = ["region", "age", "status"].map(|side| account[side].to_string());
        state.insert(format!("m{member} {sides:?}"));
    }
    state
}

/// A place with keys, and another with the same.
fn two_places() -> (Place, Place) {
    let (one, other) = (Place::new(), Place::new());
    one.write("none.ndjson", "");
    one.ok("import none.ndjson");
    let keys = |place: &Place| place.path().join("zweck-state/keys");
    DirBuilder::new().recursive(true).mode(0o700).create(keys(&other)).unwrap();
    for entry in fs::read_dir(keys(&one)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), keys(&other).join(entry.file_name())).unwrap();
    }
    (one, other)
}

fn kills() -> u64 {
    std::env::var("ZWECK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

#[test]
fn a_feed_that_is_killed_and_handed_over_again_ends_like_one_that_was_not() {
    let (clean, killed) = two_places();
    let events = events(600);
    clean.write("events.ndjson", events.concat());
    clean.ok("import events.ndjson");
    let expected = state(&clean);
    let mut chance = ChaCha8Rng::seed_from_u64(6);
    let mut durable = 0;
    for _ in 0..kills() {
        let mut following = Following::start(&killed, "import --follow --every 20ms");
        let input = following.input.take().unwrap();
        // A connector reads from its source anew from what was acknowledged, or from before.
        let from = durable - durable.min(usize::try_from(chance.next_u64() % 40).unwrap());
        let rest = events[from..].to_vec();
        let writing = thread::spawn(move || write_slowly(input, &rest));
        thread::sleep(Duration::from_millis(300 + chance.next_u64() % 1_500));
        following.kill();
        writing.join().unwrap();
        for said in following.said.iter() {
            let line = said["committed"]["line"].as_u64().unwrap_or_default();
            durable = durable.max(from + usize::try_from(line).unwrap());
        }
    }
    assert!(durable > 0, "nothing was acknowledged between the kills");
    let mut following = Following::start(&killed, "import --follow");
    following.send(&events[durable..].concat());
    let (ran, _) = following.ended();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(state(&killed), expected);
}

/// Until the pipe breaks.
fn write_slowly(mut input: ChildStdin, lines: &[String]) {
    for chunk in lines.chunks(10) {
        if input.write_all(chunk.concat().as_bytes()).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_folder_that_is_followed_is_read_on_after_every_kill() {
    let (clean, killed) = two_places();
    let events = events(600);
    clean.write("events.ndjson", events.concat());
    clean.ok("import events.ndjson");
    let inbox = killed.path().join("inbox");
    fs::create_dir(&inbox).unwrap();
    let files: Vec<_> = events.chunks(40).collect();
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    // The last file is kept back, so that there is something to read in the end.
    let mut come = files[..files.len() - 1].iter().enumerate();
    for _ in 0..kills() {
        let mut following = Following::start(&killed, "import --follow inbox --every 20ms");
        for (place, lines) in come.by_ref().take(3) {
            fs::write(inbox.join(".next"), lines.concat()).unwrap();
            fs::rename(inbox.join(".next"), inbox.join(format!("{place:04}.ndjson"))).unwrap();
            thread::sleep(Duration::from_millis(chance.next_u64() % 500));
        }
        following.kill();
    }
    let last = (files.len() - 1, &files[files.len() - 1]);
    for (place, lines) in come.chain([last]) {
        fs::write(inbox.join(format!("{place:04}.ndjson")), lines.concat()).unwrap();
    }
    let last = format!("{:04}.ndjson", files.len() - 1);
    let following = Following::start(&killed, "import --follow inbox");
    following.hear_of(&last, 40);
    following.signal("-TERM");
    let (ran, said) = following.ended();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(said.last().unwrap()["ended"], "signal");
    assert_eq!(state(&killed), state(&clean));
    // Everything is known: another run has nothing to read.
    let following = Following::start(&killed, "import --follow inbox");
    thread::sleep(Duration::from_millis(1_500));
    following.signal("-INT");
    let (ran, said) = following.ended();
    assert_eq!((ran.code, said.len()), (0, 1), "{said:?}");
    assert_eq!(said[0]["report"]["tables"], serde_json::json!({}));
}

#[test]
fn a_slow_feed_is_acknowledged_soon_and_a_signal_commits_what_is_complete() {
    let place = Place::new();
    let line = "import --follow - --every 100ms --refused refused.ndjson";
    let mut following = Following::start(&place, line);
    following.send(&member(1, 1, r#","order":7"#));
    let said = following.hear();
    assert_eq!(said["committed"]["event"], "e1");
    assert_eq!((&said["committed"]["line"], &said["committed"]["order"]), (&1.into(), &7.into()));
    // What is only partly written is not read.
    following.send(&format!("nonsense\n{}{}", member(2, 2, ""), &member(3, 3, "")[..30]));
    let said = following.hear();
    assert_eq!((&said["committed"]["line"], &said["committed"]["refused"]), (&3.into(), &1.into()));
    following.signal("-TERM");
    let said = following.hear();
    assert_eq!(said["ended"], "signal");
    let (ran, _) = following.ended();
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("refused standard input:2: not json"), "{}", ran.stderr);
    let refused = fs::read_to_string(place.path().join("refused.ndjson")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&refused).unwrap()["line"], 2);
    assert_eq!(place.run("member show platform:m2").code, 0);
    assert_eq!(place.run("member show platform:m3").code, 1);
}

#[test]
fn at_the_end_of_the_input_refused_rows_change_the_exit_code() {
    let place = Place::new();
    let mut following = Following::start(&place, "import --follow");
    let tomorrow = member(2, 2, "").replace("2026-01-01", "2026-11-02");
    let other_words = member(1, 1, "").replace("Ada", "Bea");
    following.send(&[member(1, 1, ""), tomorrow, other_words].concat());
    let (ran, said) = following.ended();
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let refused = &said.last().unwrap()["report"]["refused_rows"];
    let told: Vec<_> = refused.as_array().unwrap().iter().map(|row| &row["reason"]).collect();
    assert_eq!(told, ["from the future", "reused event id"]);
}

#[test]
fn what_a_feed_takes_back_leaves_the_corpora_by_itself() {
    let (place, _) = network::ready(150);
    place.ok("corpus build assistants --purpose generative-ai");
    // Three events that end a permission, on what the corpus holds.
    let events = fs::read_to_string(place.path().join("events.ndjson")).unwrap();
    let posts = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let posts = posts.filter(|event| event["kind"] == "post" && event["visibility"] == "public");
    let mut of_members: BTreeMap<String, Value> = BTreeMap::new();
    for post in posts {
        of_members.insert(post["member"].as_str().unwrap().to_owned(), post);
    }
    let held = |member: &str| {
        let shown = place.json(&format!("member show demo:{member}"));
        shown["holders"][0]["rows"].as_u64().unwrap_or(0)
    };
    let mut holding = of_members.iter().filter(|(member, _)| held(member) > 0);
    let mut next = || holding.next().unwrap();
    let ((closed, _), (one, deleted), (other, narrowed)) = (next(), next(), next());
    let before = [held(one), held(other)];
    let name = "Somebody Else";
    let lines = [
        format!(
            r#"{{"event":"f1","kind":"member","member":"{closed}","at":"{NOW}","name":"{name}","status":"closed"}}"#
        ),
        format!(
            r#"{{"event":"f2","kind":"delete","member":"{one}","at":"{NOW}","of":"post","id":{}}}"#,
            deleted["id"]
        ),
        {
            let mut event = narrowed.clone();
            event["event"] = "f3".into();
            event["at"] = NOW.into();
            event["visibility"] = "private".into();
            event.to_string()
        },
    ];
    let line = "import --follow --source demo --every 100ms --removals 100ms";
    let mut following = Following::start(&place, line);
    following.send(&(lines.join("\n") + "\n"));
    following.hear_of("standard input", 3);
    // While the feed goes on, the removals run beside it.
    let mut waited = 0;
    while !place.json("removal list")["removals"].as_array().unwrap().is_empty() {
        assert!(waited < 120, "the removals do not end");
        waited += 1;
        thread::sleep(Duration::from_millis(500));
    }
    let (ran, _) = following.ended();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    place.ok("corpus verify assistants");
    assert_eq!(held(closed), 0);
    assert!(held(one) < before[0] && held(other) < before[1]);
    let causes = place.json("removal list --all");
    let causes: BTreeSet<_> = causes["removals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["cause"].as_str().unwrap().to_owned())
        .collect();
    for cause in ["account-closed", "deletion", "visibility"] {
        assert!(causes.contains(cause), "{causes:?}");
    }
}

#[test]
fn a_disk_that_is_full_loses_nothing_that_was_acknowledged() {
    let (clean, full) = two_places();
    let events = events(3_000);
    clean.write("events.ndjson", events.concat());
    full.write("events.ndjson", events.concat());
    clean.ok("import events.ndjson");
    // No file may grow beyond 100 KiB or so: writing on is an error, as on a full disk.
    let mut command = Command::new("sh");
    let limited =
        "trap '' XFSZ; ulimit -f 200; exec \"$0\" --at \"$1\" import --follow events.ndjson";
    command.current_dir(full.path()).args(["-c", limited, ZWECK, NOW]);
    let (ran, _) = Following::spawn(command).ended();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    let following = Following::start(&full, "import --follow events.ndjson");
    following.hear_of("events.ndjson", 3_000);
    following.signal("-TERM");
    assert_eq!(following.ended().0.code, 0);
    assert_eq!(state(&full), state(&clean));
}

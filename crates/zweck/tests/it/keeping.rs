//! Backup, restore and journal: nothing that was said is forgotten, whatever is brought back.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use sea_orm::{ConnectionTrait, Database};
use serde_json::Value;
use testkit::Network;

use crate::{network, run::Place};

const BUILD: &str = "corpus build assistants --purpose generative-ai --shards 2 --slices 2";
const REPORT: &str = "gate report --purpose generative-ai";
const RESTORE: &str = "--state restored restore backup --keys zweck-state/keys";

/// A place with a backup, and a network of which much was said after it.
struct Since {
    place: Place,
    network: Network,
}

impl Since {
    fn new() -> Self {
        let (place, network) = network::ready(80);
        place.ok(BUILD);
        copy_folder(&place.path().join("zweck-state-journal"), &place.path().join("early-journal"));
        place.ok("choose --member demo:m000001 --purpose talent refuse");
        let made = place.json("backup backup");
        assert!(made["files"].as_u64().unwrap() > 10, "{made}");
        Self { place, network }
    }

    /// Whose rows the corpus holds.
    fn held(&self, state: &str) -> Vec<String> {
        let members = self.network.members().iter().map(|one| one.external_id.clone());
        members
            .filter(|id| {
                let shown = self.place.json(&format!("--state {state} member show demo:{id}"));
                shown["holders"].as_array().unwrap().iter().any(|held| held["rows"] != 0)
            })
            .collect()
    }

    /// An objection, an erasure, an objection of somebody without an account, a deletion, a new
    /// member, another corpus.
    fn say_much(&self) -> [String; 3] {
        let place = &self.place;
        let held = self.held("zweck-state");
        let [objector, erased, author] = [&held[0], &held[1], &held[2]].map(Clone::clone);
        place.ok(&format!("choose --member demo:{objector} --purpose generative-ai refuse"));
        place.ok(&format!("member erase demo:{erased} --yes"));
        let name = ["object", "--name", "Erika Musterfrau", "--purpose", "generative-ai"];
        assert!(place.command(name).output().unwrap().status.success());
        place.write("later.ndjson", self.later(&author));
        place.ok("import later.ndjson --source demo");
        place.ok("corpus build others --purpose generative-ai --shards 2 --slices 2");
        [objector, erased, author]
    }

    /// Events after the backup: every post of an author is deleted, and somebody is new.
    fn later(&self, author: &str) -> String {
        let mut events = Vec::new();
        self.network.write_events(&mut events).unwrap();
        let events = String::from_utf8(events).unwrap();
        let posts = events.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let of_author = posts.filter(|event| event["kind"] == "post" && event["member"] == *author);
        let mut text = String::new();
        for (place, post) in of_author.enumerate() {
            let id = &post["id"];
            text.push_str(&format!(
                r#"{{"event":"later-{place}","kind":"delete","member":"{author}","at":"2026-10-01T00:00:00Z","of":"post","id":{id}}}"#
            ));
            text.push('\n');
        }
        text.push_str(concat!(
            r#"{"event":"new-1","kind":"member","member":"new","at":"2026-10-01T00:00:00Z","#,
            r#""name":"Neu Angekommen","region":"DE","age":"adult","status":"active"}"#,
            "\n",
            r#"{"event":"new-2","kind":"post","member":"new","at":"2026-10-01T00:00:00Z","#,
            r#""id":"n1","text":"Hello.","visibility":"public"}"#,
            "\n"
        ));
        text
    }
}

#[test]
fn a_restored_system_knows_everything_that_was_said_after_the_backup() {
    let since = Since::new();
    let place = &since.place;
    let [objector, erased, author] = since.say_much();
    assert_eq!(place.json("removal run")["still_open"], 0);

    let brought = place.json(&format!("{RESTORE} --journal zweck-state-journal"));
    assert!(brought["lines"].as_u64().unwrap() > 3, "{brought}");
    let last = |state: &str| place.json(&format!("--state {state} journal verify"))["last"].clone();
    assert_eq!(last("restored"), last("zweck-state"));
    let members = |state: &str| place.json(&format!("--state {state} member list --limit 500"));
    assert_eq!(members("restored"), members("zweck-state"));
    let causes = |state: &str| {
        let removals =
            place.json(&format!("--state {state} removal list --all"))["removals"].clone();
        let removals = removals.as_array().unwrap().clone();
        removals.iter().map(|one| (one["id"].clone(), one["cause"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(causes("restored"), causes("zweck-state"));
    // The corpus from the backup still has them, and may not be used.
    let held = since.held("restored");
    assert!(held.contains(&objector) && held.contains(&erased));
    let shown = place.json("--state restored corpus show assistants");
    assert_eq!(shown["holders"][0]["pending"], true, "{shown}");
    let shown = place.json(&format!("--state restored member show demo:{erased}"));
    assert_eq!(shown["account"]["status"], "erased");
    // Nor may who is erased have what the lake has again.
    assert_eq!(place.ok(&format!("--state restored member own-data demo:{erased}")), "");
    let export = format!("--state restored export member {erased} --source demo --out everything");
    let ran = place.run(&export);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("is erased: there is nothing left to give"), "{}", ran.stderr);

    let run = place.json("--state restored removal run");
    assert_eq!(run["still_open"], 0, "{run}");
    let held = since.held("restored");
    assert!(!held.contains(&objector) && !held.contains(&erased));
    place.ok("--state restored corpus verify assistants");
    let shown = place.json("--state restored corpus show assistants");
    assert_eq!(shown["holders"][0]["pending"], false, "{shown}");
    let listed = place.json("--state restored holder list");
    let others = listed["holders"].as_array().unwrap().iter();
    let others: Vec<_> = others.filter(|one| one["name"] == "others.1").collect();
    assert_eq!(others.len(), 1, "a corpus that was built since is not forgotten: {listed}");
    assert_eq!(others[0]["state"], "retired", "and its files are not here");
    // What was deleted is not back; what came in since comes in again.
    place.ok("--state restored import later.ndjson --source demo");
    place.ok("--state restored removal run");
    assert_eq!(
        place.json(&format!("--state restored {REPORT}")),
        place.json(&format!("--state zweck-state {REPORT}")),
        "{author}"
    );
    let items =
        |state: &str| place.json(&format!("--state {state} lake show"))["tables"][5].clone();
    assert_eq!(items("restored")["rows"], items("zweck-state")["rows"]);
    // It goes on from here, with a journal of its own.
    place.ok("--state restored choose --member demo:m000002 --purpose talent refuse");
    assert_ne!(last("restored"), last("zweck-state"));
}

#[test]
fn a_journal_that_lacks_what_its_store_knows_is_found_out() {
    let (place, _) = network::ready(50);
    place.ok("choose --member #3 --purpose talent refuse");
    let whole = place.json("journal verify");
    assert_eq!(whole["store_reaches"], whole["end"]["entries"]);
    assert_eq!(whole["broken"], Value::Null);
    let file = place.path().join("zweck-state-journal/facts.journal");
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let cut = |to: usize| lines[..to].iter().map(|line| format!("{line}\n")).collect::<String>();
    let check = |text: &str, words: &str| {
        fs::write(&file, text).unwrap();
        let ran = place.run("journal verify");
        assert_eq!(ran.code, 4, "{words}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("It is not whole"), "{words}: {}", ran.stdout);
        assert!(ran.stdout.replace('\n', " ").contains(words), "{words}: {}", ran.stdout);
    };
    check(&cut(lines.len() - 1), "was cut: the facts of this store go on to its line");
    check(&cut(lines.len() - 2), "was cut");
    check(&text[..text.len() - 9], "was cut");
    check(text.trim_end(), "lacks the newline behind line");
    place.ok("journal mend zweck-state-journal");
    assert_eq!(fs::read_to_string(&file).unwrap(), text, "the line itself was whole");
    check("", "is empty");
    check(&text.replacen("demo", "omed", 1), "is damaged");
    fs::remove_file(&file).unwrap();
    let ran = place.run("journal verify");
    assert_eq!((ran.code, ran.stdout.contains("is missing")), (4, true), "{}", ran.stdout);
    // without its store nobody can tell that lines are missing, and that is said
    fs::write(&file, cut(lines.len() - 1)).unwrap();
    let alone = place.ok("journal verify zweck-state-journal");
    assert!(alone.contains("known to its store alone"), "{alone}");
    fs::write(&file, text).unwrap();
    place.ok("journal verify");
}

/// The gate of the restored state refuses, and nothing can be said to it.
fn assert_closed(place: &Place, words: &str) {
    for line in [
        REPORT,
        BUILD,
        "choose --member #3 --purpose talent refuse",
        "holder list",
        "corpus verify assistants",
        "member own-data #3",
        "export member m000003 --source demo --out everything",
    ] {
        let ran = place.run(&format!("--state restored {line}"));
        assert_eq!(ran.code, 1, "{line}: {}", ran.stdout);
        assert!(ran.stderr.contains("the gate is closed"), "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{line}: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{line}: {}", ran.stdout);
    }
    assert!(!place.path().join("everything").exists());
    place.ok("--state restored member list");
}

#[test]
fn without_its_whole_journal_a_restored_system_stays_closed() {
    let since = Since::new();
    let place = &since.place;
    since.say_much();
    let alone = place.run("--state restored restore backup");
    assert_eq!(alone.code, 1);
    let said = alone.stderr.replace('\n', " ");
    assert!(said.contains("keys identity, item, slice are missing"), "{}", alone.stderr);
    let alone = place.run(RESTORE);
    assert_eq!(alone.code, 1);
    assert!(!alone.stderr.contains("keys"), "they came with --keys: {}", alone.stderr);
    assert!(alone.stderr.contains("its gate is closed"), "{}", alone.stderr);
    assert!(alone.stderr.contains("hint: `zweck journal use FOLDER`"), "{}", alone.stderr);
    assert_closed(place, "is missing, and without it facts may be missing");

    let refused = |folder: &str, words: &str| {
        let ran = place.run(&format!("--state restored journal use {folder}"));
        assert_eq!(ran.code, 1, "{folder}: {}", ran.stdout);
        assert!(ran.stderr.contains(words), "{folder}: {}", ran.stderr);
        assert_closed(place, "is missing");
    };
    refused("early-journal", "was cut");
    let other = network::ready(50).0;
    copy_folder(&other.path().join("zweck-state-journal"), &place.path().join("foreign"));
    refused("foreign", "is not the one that the facts of this store went into");
    refused("nowhere", "is missing");

    let file = |folder: &str| place.path().join(folder).join("facts.journal");
    let copy = |name: &str| {
        copy_folder(&place.path().join("zweck-state-journal"), &place.path().join(name));
        fs::read_to_string(file(name)).unwrap()
    };
    let text = copy("gap");
    let count = text.lines().count();
    let without_one = text.lines().enumerate().filter(|(line, _)| *line != count - 3);
    let lines: Vec<_> = without_one.map(|(_, line)| line).collect();
    fs::write(file("gap"), lines.join("\n") + "\n").unwrap();
    refused("gap", "is damaged: its hash is not that of what it says");
    let text = copy("torn");
    fs::write(file("torn"), &text[..text.len() - 5]).unwrap();
    refused("torn", "ends in the middle of a line");
    assert_eq!(place.run("journal verify torn").code, 4);
    fs::write(file("torn"), text + "half a li").unwrap();
    refused("torn", "zweck journal mend FOLDER");
    place.ok("journal mend torn");

    place.ok("--state restored journal use torn");
    place.ok(&format!("--state restored {REPORT}"));
    assert_eq!(place.json("--state restored removal run")["still_open"], 0);
    // Brought back once, it is not overwritten by another restore.
    let again = place.run(RESTORE);
    assert!(again.stderr.contains("there is something in"), "{}", again.stderr);
}

#[test]
fn a_lost_state_is_restored_where_it_was_beside_its_journal() {
    let since = Since::new();
    let place = &since.place;
    place.ok("choose --member #3 --purpose talent refuse");
    let shown = place.json("member show #3");
    fs::rename(place.path().join("zweck-state/keys"), place.path().join("keys")).unwrap();
    fs::remove_dir_all(place.path().join("zweck-state")).unwrap();
    place.ok("restore backup --keys keys");
    assert_eq!(place.json("member show #3"), shown);
    let began = place.json("log show --limit 1000");
    let began = began["entries"].as_array().unwrap().iter();
    assert_eq!(began.filter(|one| one["command"] == "restore").count(), 2);
}

/// The state has its name, and the journal is not there yet, or is half there, or is there.
#[test]
fn a_restore_that_was_cut_off_late_is_ended_by_the_same_command() {
    let since = Since::new();
    let place = &since.place;
    since.say_much();
    let restore = format!("{RESTORE} --journal zweck-state-journal");
    let whole = place.json(&restore);
    assert_eq!(whole["missing_keys"], serde_json::json!([]));
    let journal = place.path().join("restored-journal/facts.journal");
    let mark = place.path().join("restored/restore.partial");
    assert!(!mark.exists());
    fs::remove_dir_all(place.path().join("restored")).unwrap();
    fs::remove_dir_all(place.path().join("restored-journal")).unwrap();
    assert_eq!(place.run(RESTORE).code, 1, "without a journal it stays closed");
    assert!(mark.exists(), "and is not ended");
    let begun = fs::read(&mark).unwrap();
    for left in [None, Some("facts.part"), Some("facts.journal")] {
        fs::write(&mark, &begun).unwrap();
        if let Some(left) = left {
            let half = fs::read(&journal).unwrap();
            let half = if left == "facts.part" { &half[..half.len() / 2] } else { &half };
            fs::remove_file(&journal).unwrap();
            fs::write(journal.with_file_name(left), half).unwrap();
        }
        let brought = place.json(&restore);
        assert_eq!(brought["last_fact"], whole["last_fact"], "{left:?}");
        assert!(!mark.exists(), "{left:?}");
        place.ok(&format!("--state restored {REPORT}"));
    }
    let again = place.run(&restore);
    assert!(again.stderr.contains("there is something in"), "{}", again.stderr);
    // what another backup began is left alone
    fs::write(&mark, "zweck restore of another\n").unwrap();
    let other = place.run(&restore);
    assert!(other.stderr.contains("a restore of another backup"), "{}", other.stderr);
}

#[test]
fn a_state_that_came_back_without_its_keys_says_so() {
    let since = Since::new();
    let place = &since.place;
    let restore = "--state restored restore backup --journal zweck-state-journal";
    let brought = place.ok(restore).replace('\n', " ");
    assert!(brought.contains("Not of use yet: the keys identity, item, slice"), "{brought}");
    let brought = place.json("--state second restore backup --journal zweck-state-journal");
    assert_eq!(brought["missing_keys"], serde_json::json!(["identity", "item", "slice"]));
}

#[test]
fn a_backup_that_names_files_elsewhere_is_refused() {
    let since = Since::new();
    let path = since.place.path().join("backup/backup.json");
    let text = fs::read_to_string(&path).unwrap();
    for elsewhere in ["../outside", "/tmp/outside", "lake/../../outside", ""] {
        fs::write(&path, text.replacen("store.sqlite", elsewhere, 1)).unwrap();
        let ran = since.place.run(&format!("{RESTORE} --journal zweck-state-journal"));
        assert_eq!(ran.code, 1, "{elsewhere}");
        assert!(ran.stderr.contains("which is not in it"), "{elsewhere}: {}", ran.stderr);
    }
    assert!(!since.place.path().join("restored.restoring").exists());
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let since = Since::new();
    let place = &since.place;
    let contents = fs::read_to_string(place.path().join("backup/backup.json")).unwrap();
    let contents: Value = serde_json::from_str(&contents).unwrap();
    let file = contents["files"][3]["path"].as_str().unwrap();
    let path = place.path().join("backup").join(file);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, "something else").unwrap();
    let ran = place.run(&format!("{RESTORE} --journal zweck-state-journal"));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains(file) && ran.stderr.contains("is damaged"), "{}", ran.stderr);
    assert!(!place.path().join("restored").exists());
    // the next one goes on where this one stopped
    fs::write(&path, bytes).unwrap();
    place.ok(&format!("{RESTORE} --journal zweck-state-journal"));
    place.ok(&format!("--state restored {REPORT}"));
}

#[test]
fn a_backup_and_a_restore_survive_kill_9() {
    const MEMBERS: usize = 60;
    let (place, _) = network::ready(MEMBERS);
    place.ok(BUILD);
    let mut chance = ChaCha8Rng::seed_from_u64(11);
    let kills = std::env::var("ZWECK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(4);
    for round in 0..kills {
        let choose = |member: u64, purpose: &str| {
            // said at an instant of its own, or a later lap would only repeat an earlier one
            let said_at = format!("2026-10-01T00:00:00.{round:06}Z");
            let member = format!("#{}", member % MEMBERS as u64);
            place.ok(&format!(
                "choose --member {member} --purpose {purpose} refuse --said-at {said_at}"
            ));
        };
        choose(round, "generative-ai");
        kill(&place, "backup backup", &mut chance);
        if !place.path().join("backup").exists() {
            place.ok("backup backup");
        }
        choose(round + 20, "talent");
        let restore = format!("{RESTORE} --journal zweck-state-journal");
        kill(&place, &restore, &mut chance);
        // the same command ends what was begun, or it had come to its end
        let again = place.run(&restore);
        let was_done = again.stderr.contains("there is something in");
        assert!(again.code == 0 || was_done, "round {round}: {}", again.stderr);
        place.ok(&format!("--state restored {REPORT}"));
        let facts = |state: &str| place.json(&format!("--state {state} journal verify"));
        assert_eq!(facts("restored")["last"], facts("zweck-state")["last"], "round {round}");
        assert_eq!(place.json("--state restored removal run")["still_open"], 0, "round {round}");
        place.ok("--state restored corpus verify assistants");
        for folder in ["backup", "restored", "restored-journal"] {
            fs::remove_dir_all(place.path().join(folder)).unwrap();
        }
    }
}

/// A backup is taken again and again while members come in, choose and are erased.
#[test]
fn a_backup_of_a_running_system_is_one_moment_of_it() {
    let (place, network) = network::ready(60);
    place.ok(BUILD);
    let place = &place;
    std::thread::scope(|scope| {
        let running = scope.spawn(move || {
            let mut events = Vec::new();
            network.write_events(&mut events).unwrap();
            for round in 0..2 {
                let member = format!("late{round}");
                let event = format!(
                    r#"{{"event":"{member}","kind":"member","member":"{member}","at":"2026-10-01T00:00:00Z","name":"Late {round}","region":"DE","age":"adult","status":"active"}}"#
                );
                place.write("late.ndjson", event);
                place.ok("import late.ndjson --source demo");
                place.ok(&format!("choose --member #{round} --purpose generative-ai refuse"));
                place.ok(&format!("member erase #{} --yes", round + 30));
                place.ok("removal run");
            }
        });
        let mut made = 0;
        while !running.is_finished() || made == 0 {
            let name = format!("backup-{made}");
            let ran = place.run(&format!("backup {name}"));
            // somebody may erase in each of the tries; then nothing is there, and it is said
            assert!(ran.code == 0 || ran.stderr.contains("in each of"), "{}", ran.stderr);
            assert_eq!(place.path().join(&name).exists(), ran.code == 0);
            made += u32::from(ran.code == 0);
        }
    });
    let last = place.json("journal verify")["last"].clone();
    let made =
        (0..).take_while(|made| place.path().join(format!("backup-{made}")).exists()).count();
    for backup in [0, made - 1] {
        let state = format!("--state restored-{backup}");
        if !place.path().join(format!("restored-{backup}")).exists() {
            let from = format!("backup-{backup} --journal zweck-state-journal");
            place.ok(&format!("{state} restore {from} --keys zweck-state/keys"));
        }
        assert_eq!(place.json(&format!("{state} journal verify"))["last"], last);
        assert_eq!(place.json(&format!("{state} removal run"))["still_open"], 0);
        place.ok(&format!("{state} corpus verify assistants"));
    }
}

fn kill(place: &Place, line: &str, chance: &mut ChaCha8Rng) {
    let mut command = place.command(line.split_whitespace());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(chance.next_u64() % 500));
    // it may be through already
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn a_lost_state_is_not_begun_anew_under_its_journal() {
    let (place, _) = network::ready(50);
    fs::remove_dir_all(place.path().join("zweck-state")).unwrap();
    let ran = place.run("import events.ndjson --source demo");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("of a system whose facts are not here"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: `zweck restore` brings them back"), "{}", ran.stderr);
}

#[test]
fn an_older_store_put_back_by_hand_catches_up() {
    let (place, _) = network::ready(50);
    let state = place.path().join("zweck-state");
    copy_folder(&state, &place.path().join("aside"));
    place.ok("choose --member #1 --purpose generative-ai refuse");
    for file in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
        let _ = fs::remove_file(state.join(file));
        if place.path().join("aside").join(file).exists() {
            fs::copy(place.path().join("aside").join(file), state.join(file)).unwrap();
        }
    }
    let shown = place.json("member show #1");
    assert_eq!(shown["choices"][0]["answer"], "refuse", "{shown}");
}

#[test]
fn nothing_is_acknowledged_while_the_disk_is_full() {
    // the journal is to be the first file that reaches the limit
    let (place, _) = network::ready(400);
    let journal = place.path().join("zweck-state-journal/facts.journal");
    let before = fs::metadata(&journal).unwrap().len();
    let blocks = before / 512;
    // files may not grow beyond what the journal has now: writing fails as on a full disk
    let line = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec {} --at 2026-11-01 choose --member '#1' --purpose talent refuse",
        crate::run::ZWECK
    );
    let mut command = std::process::Command::new("sh");
    let ran = command.args(["-c", &line]).current_dir(place.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("File too large"), "{stderr}");
    assert!(ran.stdout.is_empty(), "{}", String::from_utf8_lossy(&ran.stdout));
    let shown = place.json("member show #1");
    assert_eq!(shown["choices"].as_array().unwrap().len(), 0, "{shown}");
    place.ok("choose --member #1 --purpose talent refuse");
    assert_eq!(place.json("journal verify")["torn_bytes"], 0);
}

#[test]
fn the_journal_lies_where_the_configuration_says() {
    let place = Place::new();
    place.write("zweck.toml", "[journal]\nfolder = \"../elsewhere\"\n");
    place.ok("policy apply 2025-11-03");
    assert!(place.path().join("elsewhere/facts.journal").exists());
    assert!(!place.path().join("zweck-state-journal").exists());
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(place.path().join("elsewhere/facts.journal"))
        .unwrap();
    file.write_all(b"no hash at all\n").unwrap();
    let ran = place.run(REPORT);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("is damaged"), "{}", ran.stderr);
}

/// As if an earlier version had made the state.
fn make_older(place: &Path) {
    fs::remove_dir_all(place.join("zweck-state-journal")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let file = place.join("zweck-state/store.sqlite");
        let raw = Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
        for statement in testkit::steps_back() {
            raw.execute_unprepared(&statement).await.unwrap();
        }
        raw.close().await.unwrap();
    });
    let settings = place.join("zweck-state/lake/lake.json");
    fs::write(settings, r#"{"members_per_range":65536}"#).unwrap();
}

#[test]
fn the_state_of_an_earlier_version_is_upgraded_and_nothing_is_lost() {
    let (place, _) = network::ready(60);
    place.ok(BUILD);
    place.ok("choose --member #5 --purpose generative-ai refuse");
    assert!(place.ok("upgrade").contains("there is nothing to do"));
    let settings = place.path().join("zweck-state/lake/lake.json");
    let own = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, own.replacen("\"format\":", "\"format\":9", 1)).unwrap();
    let later = place.run("upgrade");
    assert_eq!((later.code, later.stdout.as_str()), (1, ""), "{}", later.stderr);
    fs::write(&settings, own).unwrap();
    let shown = place.json(REPORT);
    make_older(place.path());
    for line in [REPORT, "member list", "choose --member #6 --purpose talent refuse"] {
        let ran = place.run(line);
        assert_eq!(ran.code, 1, "{line}");
        assert!(ran.stderr.contains("hint: `zweck upgrade`"), "{line}: {}", ran.stderr);
    }
    let upgraded = place.json("upgrade");
    assert_eq!(upgraded["steps"].as_array().unwrap().len(), 9, "{upgraded}");
    assert!(place.path().join("zweck-state-before-upgrade.sqlite").exists());
    assert_eq!(place.json(REPORT), shown);
    assert_eq!(place.json("removal run")["still_open"], 0);
    place.ok("corpus verify assistants");
    // From here on there is a journal, and backups go with it.
    place.ok("backup backup");
    place.ok("choose --member #7 --purpose generative-ai refuse");
    place.ok(&format!("{RESTORE} --journal zweck-state-journal"));
    assert_eq!(place.json("--state restored member show #7")["choices"][0]["answer"], "refuse");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

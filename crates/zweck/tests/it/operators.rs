//! What operators may do, and what is written down of it.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
    time::Duration,
};

use crate::{network, run::Place};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn what_changes_anything_is_written_down_without_anybodys_name() {
    let (place, network) = network::ready(50);
    let member = &network.members()[7].external_id;
    place.ok(&format!("choose --member demo:{member} --purpose talent refuse"));
    let name = ["object", "--name", "Erika Musterfrau", "--purpose", "talent"];
    assert!(place.command(name).output().unwrap().status.success());
    place.ok("member list");
    assert_eq!(place.run("policy apply 1999-01-01").code, 1);
    let log = place.json("log show --limit 1000 --verify");
    assert_eq!(log["verified"], true);
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(log["lines"].as_u64().unwrap() as usize, entries.len());
    let told: Vec<_> = entries.iter().map(|one| one["command"].as_str().unwrap()).collect();
    assert_eq!(told[..2], ["import", "import"], "beginning and end");
    assert!(!told.contains(&"member list"), "what changes nothing is not written down");
    let last = &entries[entries.len() - 1];
    assert_eq!((&last["command"], &last["exit"]), (&"policy apply".into(), &1.into()));
    assert!(entries.iter().all(|one| !one["who"].as_str().unwrap().is_empty()));
    let text = fs::read_to_string(place.path().join("zweck-state-journal/operators.log")).unwrap();
    for hidden in [member.as_str(), "Erika", "Musterfrau"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    let about = place.json(&format!("log show --about demo:{member}"));
    let about = about["entries"].as_array().unwrap();
    assert_eq!(about.len(), 1);
    assert_eq!(about[0]["arguments"]["answer"], "refuse");
}

#[test]
fn a_log_that_was_changed_is_found_out() {
    let (place, _) = network::ready(50);
    let path = place.path().join("zweck-state-journal/operators.log");
    let text = fs::read_to_string(&path).unwrap();
    for changed in [
        text.replacen("policy apply", "policy table", 1),
        text.lines().skip(1).map(|line| format!("{line}\n")).collect(),
        without_last_lines(&text, 2),
        String::new(),
    ] {
        fs::write(&path, &changed).unwrap();
        let ran = place.run("log show --verify");
        assert_eq!(ran.code, 4, "{}", ran.stdout);
        assert!(ran.stdout.contains("is not as it was written"), "{}", ran.stdout);
    }
    // and nobody adds to what was cut
    fs::write(&path, without_last_lines(&text, 2)).unwrap();
    let ran = place.run("removal run");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("writing the operators' log"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: put the whole log back"), "{}", ran.stderr);
    fs::write(&path, &text).unwrap();
    place.ok("removal run");
    assert_eq!(place.json("log show --verify")["verified"], true);
    let end = place.path().join("zweck-state-journal/operators.end");
    fs::remove_file(&end).unwrap();
    // without its end, nobody can tell whether it was shortened
    for shortened in [&text, &without_last_lines(&text, 2)] {
        fs::write(&path, shortened).unwrap();
        assert_eq!(place.run("log show --verify").code, 4);
        for _ in 0..2 {
            let ran = place.run("removal run");
            assert_eq!(ran.code, 1);
            assert!(ran.stderr.contains("nobody can tell where it ends"), "{}", ran.stderr);
            assert!(ran.stderr.contains("hint: put both back"), "{}", ran.stderr);
        }
        assert_eq!(&fs::read_to_string(&path).unwrap(), shortened);
    }
    // moved away together, a new one is begun
    fs::remove_file(&end).unwrap();
    fs::remove_file(&path).unwrap();
    place.ok("removal run");
    assert_eq!(place.json("log show --verify")["lines"], 2);
}

#[test]
fn a_line_of_the_log_that_lacks_its_newline_alone_is_kept() {
    let (place, _) = network::ready(50);
    place.ok("removal run");
    let log = |file: &str| place.path().join("zweck-state-journal").join(file);
    let (text, end) = (log("operators.log"), log("operators.end"));
    let whole = fs::read_to_string(&text).unwrap();
    // as if whoever wrote the last line had died before its newline and its end
    let before = fs::read_to_string(&end).unwrap();
    place.ok("removal run");
    let more = fs::read_to_string(&text).unwrap();
    let line = more[whole.len()..].lines().next().unwrap();
    fs::write(&text, whole + line).unwrap();
    fs::write(&end, before).unwrap();
    assert_eq!(place.run("log show --verify").code, 4);
    place.ok("removal run");
    assert_eq!(place.json("log show --verify")["verified"], true);
    assert!(fs::read_to_string(&text).unwrap().contains(line));
}

#[test]
fn no_operator_decides_when_the_log_says_that_it_was() {
    let (place, _) = network::ready(50);
    let line = ["choose", "--member", "#3", "--purpose", "talent", "refuse"];
    assert!(place.command_at("2001-01-01", line).output().unwrap().status.success());
    let log = place.json("log show --limit 2");
    for entry in log["entries"].as_array().unwrap() {
        assert_eq!(entry["as_of"], "2001-01-01T00:00:00Z", "{entry}");
        assert!(entry["at"].as_str() > Some("2026"), "{entry}");
    }
    assert!(place.ok("log show").contains("as of 2001-01-01T00:00:00Z"));
}

#[test]
fn a_log_without_its_key_is_not_gone_on_with() {
    let (place, _) = network::ready(50);
    let choose = "choose --member demo:m000007 --purpose talent refuse";
    place.ok(choose);
    let about = |expected: [u64; 2]| {
        let shown = place.json("log show --about demo:m000007");
        let found = shown["entries"].as_array().unwrap().len() as u64;
        assert_eq!([found, shown["by_other_keys"].as_u64().unwrap()], expected, "{shown}");
    };
    about([1, 0]);
    let key = place.path().join("zweck-state/keys/log.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    for line in [choose, "log show --about demo:m000007"] {
        let ran = place.run(line);
        assert_eq!(ran.code, 1, "{line}: {}", ran.stdout);
        assert!(ran.stderr.contains("of the operators' log is missing"), "{}", ran.stderr);
        assert!(ran.stderr.contains("`zweck keys rotate log` makes a new one"), "{}", ran.stderr);
    }
    place.ok("member list");
    assert!(!key.exists());
    // another one shows, and what was hashed with the old one is known to be out of reach
    fs::write(&key, [7; 32]).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    about([0, 1]);
    let said = place.ok("log show --about demo:m000007");
    assert!(said.contains("1 line names a member by another key"), "{said}");
    place.ok(choose);
    about([1, 1]);
    // a new one is made where somebody asks for it
    fs::remove_file(&key).unwrap();
    place.ok("keys rotate log");
    about([0, 2]);
    fs::write(&key, kept).unwrap();
    about([1, 1]);
    assert_eq!(place.json("log show --verify")["verified"], true);
}

fn without_last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[..lines.len() - count].iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn an_act_that_was_killed_shows_that_it_began() {
    let (place, _) = network::ready(50);
    let mut choosing = place.command(["choose", "--stdin"]);
    let choosing = choosing.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = choosing.spawn().unwrap();
    let path = place.path().join("zweck-state-journal/operators.log");
    while !fs::read_to_string(&path).unwrap().contains("\"choose\"") {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let log = place.json("log show --verify");
    let entries = log["entries"].as_array().unwrap();
    let of_choosing: Vec<_> = entries.iter().filter(|one| one["command"] == "choose").collect();
    assert_eq!(of_choosing.len(), 1);
    assert!(of_choosing[0].get("exit").is_none(), "{log}");
}

#[test]
fn a_fixed_key_is_not_rotated_and_that_of_the_log_is() {
    let (place, _) = network::ready(50);
    place.ok("choose --member demo:m000007 --purpose talent refuse");
    for key in ["identity", "item", "slice"] {
        let ran = place.run(&format!("keys rotate {key}"));
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains("is fixed for as long as this state lives"), "{}", ran.stderr);
    }
    let fingerprint = |listed: &serde_json::Value, name: &str| {
        let keys = listed["keys"].as_array().unwrap().iter();
        let key = keys.clone().find(|one| one["key"] == name).unwrap();
        key["fingerprint"].as_str().unwrap().to_owned()
    };
    let before = place.json("keys list");
    let about = "log show --about demo:m000007";
    assert_eq!(place.json(about)["entries"].as_array().unwrap().len(), 1);
    let after = place.json("keys rotate log");
    assert_ne!(fingerprint(&before, "log"), fingerprint(&after, "log"));
    for key in ["identity", "item", "slice"] {
        assert_eq!(fingerprint(&before, key), fingerprint(&after, key));
    }
    let apart = place.json(about);
    assert_eq!(apart["entries"].as_array().unwrap().len(), 0, "names are apart now");
    assert_eq!(apart["by_other_keys"], 1, "and that is said");
}

#[test]
fn another_key_than_the_one_in_use_is_refused_at_once() {
    for key in ["identity", "item", "slice"] {
        let (place, _) = network::ready(50);
        let path = place.path().join(format!("zweck-state/keys/{key}.key"));
        fs::write(&path, [7; 32]).unwrap();
        let ran = place.run("member list");
        assert_eq!(ran.code, 1, "{key}");
        assert!(ran.stderr.contains(&format!("the key `{key}` is not the one")), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: put the key with fingerprint"), "{}", ran.stderr);
    }
}

#[test]
fn only_the_owner_reads_what_is_kept() {
    let (place, _) = network::ready(50);
    place.ok("corpus build assistants --purpose generative-ai");
    let state = place.path().join("zweck-state");
    for folder in [&state, &state.join("keys"), &place.path().join("zweck-state-journal")] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    for file in ["store.sqlite", "keys/identity.key", "corpora/assistants/manifest.json"] {
        assert_eq!(mode(&state.join(file)), 0o600, "{file}");
    }
    for file in ["facts.journal", "operators.log", "operators.end"] {
        assert_eq!(mode(&place.path().join("zweck-state-journal").join(file)), 0o600, "{file}");
    }
    let keys = state.join("keys");
    fs::set_permissions(&keys, Permissions::from_mode(0o755)).unwrap();
    let ran = place.run("member list");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("is open to others, mode 755"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: `chmod 700"), "{}", ran.stderr);
}

#[test]
fn rows_go_when_they_were_kept_long_enough() {
    let (place, _) = network::ready(60);
    place.ok("corpus build assistants --purpose generative-ai");
    let none = place.run("retention run");
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("no category has a period"), "{}", none.stderr);
    place.write("zweck.toml", "[retention]\nposts = \"1 year\"\nprompts = \"1 year\"\n");
    let wrong = place.run("retention run");
    assert!(wrong.stderr.contains("names `prompts`, and the lake has no rows of it"));
    place.write("zweck.toml", "[retention]\nposts = \"300000 years\"\n");
    let long = place.run("retention run --dry-run");
    assert_eq!(long.code, 1);
    for words in ["posts = ", "`300000 years` is too long: 1000 years at the most"] {
        assert!(long.stderr.contains(words), "{}", long.stderr);
    }
    place.write("zweck.toml", "[retention]\nposts = \"1 year\"\n");
    let rows = |shown: serde_json::Value| shown["categories"][0]["rows"].as_u64().unwrap();
    let items = || place.json("lake show")["tables"][5]["rows"].as_u64().unwrap();
    let before = items();
    let counted = rows(place.json("retention run --dry-run"));
    assert!(counted > 0 && counted < before, "{counted} of {before}");
    assert_eq!(items(), before);
    assert_eq!(rows(place.json("retention run")), counted);
    assert_eq!(items(), before - counted);
    assert_eq!(rows(place.json("retention run")), 0);
    let removals = place.json("removal list")["removals"].clone();
    let removals = removals.as_array().unwrap();
    assert_eq!(removals.len() as u64, counted);
    assert!(removals.iter().all(|one| one["cause"] == "retention"));
    assert_eq!(removals[0]["note"], "posts are kept for 1 year");
    assert_eq!(place.json("removal run")["still_open"], 0);
    place.ok("corpus verify assistants");
}

#[test]
fn joining_files_changes_nothing_that_can_be_seen() {
    let place = Place::new();
    place.write("zweck.toml", "[lake]\ncompact_at_files = 0\n[import]\nbatch_rows = 100\n");
    let network = testkit::Network::generate(testkit::NetworkSize::of_members(60), 7);
    let mut events = Vec::new();
    network.write_events(&mut events).unwrap();
    place.write("events.ndjson", &events);
    place.ok("import events.ndjson --source demo");
    place.ok("policy apply 2025-11-03");
    let files = || {
        let shown = place.json("lake show");
        let tables = shown["tables"].as_array().unwrap().clone();
        tables.iter().map(|table| table["files"].as_u64().unwrap()).sum::<u64>()
    };
    let report = "gate report --purpose generative-ai";
    let (before, many) = (place.json(report), files());
    assert!(many > 16, "{many}");
    let done = place.json("lake compact --table items");
    assert!(done["files_joined"].as_u64() > done["files_written"].as_u64(), "{done}");
    assert_eq!(place.json(report), before);
    place.ok("lake compact");
    assert!(files() <= 9, "one file a table");
    assert_eq!(place.json(report), before);
    assert!(place.ok("lake compact").contains("There is nothing to join."));

    let other = Place::new();
    other.write("zweck.toml", "[lake]\ncompact_at_files = 3\n[import]\nbatch_rows = 100\n");
    other.write("events.ndjson", &events);
    other.ok("import events.ndjson --source demo");
    let tables = other.json("lake show")["tables"].clone();
    let files = tables.as_array().unwrap().iter().map(|table| table["files"].as_u64().unwrap());
    assert!(files.max() < Some(3), "joined by itself: {tables}");
}

#[test]
fn a_lake_that_cannot_be_written_is_said_to_be_and_the_next_import_works() {
    let (place, _) = network::ready(50);
    let lake = place.path().join("zweck-state/lake");
    let versions = lake.join("_versions");
    let aside = place.path().join("aside");
    fs::rename(&versions, &aside).unwrap();
    fs::write(&versions, "in the way").unwrap();
    let more =
        r#"{"event":"x1","kind":"member","member":"x","at":"2020-01-01T00:00:00Z","name":"X"}"#;
    place.write("more.ndjson", more);
    let ran = place.run("import more.ndjson");
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("_versions"), "{}", ran.stderr);
    fs::remove_file(&versions).unwrap();
    fs::rename(&aside, &versions).unwrap();
    let imported = place.json("import more.ndjson");
    assert_eq!(imported["reports"][0]["lake"]["members"]["added"], 1, "{imported}");
}

#[test]
fn an_import_onto_a_full_disk_brings_nothing_in_and_the_next_one_works() {
    let (place, _) = network::ready(50);
    let items = || place.json("lake show")["tables"][5].clone();
    let before = items();
    // hashes do not compress: the file of the rows is the first to reach the limit
    let text = |post: u64| {
        let hashes =
            (0..200).map(|part| blake3::hash(format!("{post} {part}").as_bytes()).to_hex());
        hashes.map(|hash| hash.to_string()).collect::<Vec<_>>().join(" ")
    };
    let event = |post: u64| {
        let text = text(post);
        format!(
            r#"{{"event":"full-{post}","kind":"post","member":"m000001","at":"2026-10-01T00:00:00Z","id":"full-{post}","text":"{text}","visibility":"public"}}"#
        )
    };
    let events = (0..100).map(event).collect::<Vec<_>>().join("\n");
    place.write("more.ndjson", events);
    let line = format!(
        "trap '' XFSZ; ulimit -f 1000; exec {} --at 2026-11-01 import more.ndjson --source demo",
        crate::run::ZWECK
    );
    let mut command = std::process::Command::new("sh");
    let ran = command.args(["-c", &line]).current_dir(place.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("writing `items/range=0/"), "it names the file: {stderr}");
    assert!(stderr.contains("File too large"), "and the reason: {stderr}");
    assert_eq!(items(), before);
    let imported = place.json("import more.ndjson --source demo");
    assert_eq!(imported["reports"][0]["lake"]["items"]["added"], 100, "{imported}");
}

/// Takes the right to write in a folder from everybody, root included; whether that works here.
#[cfg(target_os = "linux")]
fn is_frozen(folder: &Path, frozen: bool) -> bool {
    let flag = if frozen { "+i" } else { "-i" };
    let mut command = std::process::Command::new("chattr");
    command.arg(flag).arg(folder).output().is_ok_and(|output| output.status.success())
}

#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn a_lake_folder_without_the_right_to_write_is_named_and_the_next_import_works() {
    let (place, _) = network::ready(50);
    let lake = place.path().join("zweck-state/lake");
    let folders = [lake.join("members/range=0"), lake.join("_versions")];
    let more =
        r#"{"event":"x1","kind":"member","member":"x","at":"2020-01-01T00:00:00Z","name":"X"}"#;
    place.write("more.ndjson", more);
    let before = place.json("lake show");
    for folder in folders {
        if !is_frozen(&folder, true) {
            eprintln!("skipped: nobody's right to write can be taken here");
            return;
        }
        let ran = place.run("import more.ndjson");
        assert!(is_frozen(&folder, false));
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert!(ran.stderr.contains(name), "it names what it wrote: {}", ran.stderr);
        assert!(ran.stderr.contains("not permitted"), "and the reason: {}", ran.stderr);
        assert_eq!(place.json("lake show"), before, "nothing came in");
    }
    let imported = place.json("import more.ndjson");
    assert_eq!(imported["reports"][0]["lake"]["members"]["added"], 1, "{imported}");
}

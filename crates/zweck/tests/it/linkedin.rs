//! A member's archive on the command line: in, out, and in again.

use serde_json::Value;
use testkit::{Archive, ArchiveMember, Quirks};

use crate::{network, run::Place};

const ARCHIVE: &str = "Complete_LinkedInDataExport_01-15-2026";

fn archive(member: &ArchiveMember, day: &str) -> Archive {
    Archive::complete(member, Quirks::ALL, day)
}

#[test]
fn an_archive_comes_in_goes_out_and_comes_in_again() {
    let place = Place::new();
    let mut member = ArchiveMember::sample(12, 4);
    archive(&member, "01-15-2026").write_zip(place.path()).unwrap();
    let first = place.json(&format!("import {ARCHIVE}.zip"));
    assert_eq!(first["reports"][0]["source"], "linkedin");
    assert_eq!(first["reports"][0]["sealed"]["private-messages"], 9);
    let shown = place.ok("export member 100004 --source linkedin --out copy.zip");
    assert!(shown.contains("Everything of member #0 is in copy.zip"), "{shown}");
    let same = place.json("import copy.zip");
    assert_eq!(same["reports"][0]["lake"], serde_json::json!({}), "nothing changed");
    assert_eq!(same["reports"][0]["removals_started"], 0);

    let again = place.run("export member 100004 --source linkedin --out copy.zip");
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("something is there already"), "{}", again.stderr);

    // The copy is of today, which is later than any archive so far.
    member.posts.remove(0);
    archive(&member, "11-02-2026").write_folder(place.path()).unwrap();
    let newer = place.ok("import Complete_LinkedInDataExport_11-02-2026");
    assert!(newer.contains("1 row gone since the one before (1 items/post)"), "{newer}");
    let older = place.run(&format!("import {ARCHIVE}.zip"));
    assert_eq!(older.code, 1);
    assert!(older.stderr.contains("hint: an older archive would bring back"), "{}", older.stderr);
    place.ok("removal run");
}

#[test]
fn a_member_of_the_platform_takes_everything_elsewhere() {
    let (place, network) = network::ready(60);
    let one = &network.members()[7].external_id;
    place.ok(&format!("choose --member demo:{one} --purpose generative-ai refuse"));
    place.ok(&format!("export member {one} --source demo --out folder"));
    let lines = place.ok(&format!("member own-data demo:{one}"));
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count =
        |rows: &[Value], table: &str| rows.iter().filter(|row| row["table"] == table).count();
    assert_eq!(count(&rows, "members"), 1, "also after an objection");
    let same = place.json("import folder");
    assert_eq!(same["reports"][0]["source"], "demo", "the copy says it");
    assert_eq!(same["reports"][0]["lake"], serde_json::json!({}));
    for (options, what) in [
        ("--member somebody".to_owned(), "is the archive of member"),
        ("--source linkedin".to_owned(), "not of a member of `linkedin`"),
        (format!("--source linkedin --member {one}"), "would come in a second time as `linkedin:"),
    ] {
        let ran = place.run(&format!("import folder {options}"));
        assert_eq!(ran.code, 1, "{options}");
        assert!(ran.stderr.contains(what), "{}", ran.stderr);
    }

    // Of who came in with a mere archive nothing is known but the rows, and that is explained.
    archive(&ArchiveMember::sample(3, 4), "01-15-2026").write_zip(place.path()).unwrap();
    place.ok(&format!("import {ARCHIVE}.zip"));
    let told = place.ok("gate explain --member linkedin:100004 --purpose generative-ai");
    assert!(told.contains("none may be used"), "{told}");

    let elsewhere = Place::new();
    let folder = place.path().join("folder");
    elsewhere.ok(&format!("import {}", folder.display()));
    let lines = elsewhere.ok("member own-data #0");
    let moved: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for table in ["members", "profiles", "positions", "education", "skills", "items", "activity"] {
        assert_eq!(count(&moved, table), count(&rows, table), "{table}");
    }
}

#[test]
fn options_of_archives_are_for_archives() {
    let place = Place::new();
    place.write("events.ndjson", "");
    let ran = place.run("import events.ndjson --member x");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("is no archive of a member"), "{}", ran.stderr);
    let bad = place.run("import events.ndjson --format linkedin --member x --made 2026-01-01");
    assert_eq!(bad.code, 1);
    assert!(bad.stderr.contains("is no ZIP archive, or it is cut short"), "{}", bad.stderr);
    assert!(!place.path().join("zweck-state").exists(), "nothing is made for it");
}

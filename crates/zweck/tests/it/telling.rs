//! What is said so that nobody is surprised later.

use serde_json::Value;

use crate::{
    network,
    run::{Place, root},
};

#[test]
fn a_backup_in_its_own_state_is_refused() {
    let (place, _) = network::ready(50);
    std::os::unix::fs::symlink("zweck-state/lake", place.path().join("link")).unwrap();
    for target in ["zweck-state/backup", "zweck-state/lake/a/b", "link/backup"] {
        let ran = place.run(&format!("backup {target}"));
        assert_eq!(ran.code, 1, "{target}: {}", ran.stdout);
        assert!(ran.stderr.contains("is in the state folder itself"), "{}", ran.stderr);
    }
    place.ok("backup backup");
}

#[test]
fn texts_have_a_form_for_machines() {
    let place = Place::new();
    let columns = place.json("columns");
    let is_text =
        |one: &&Value| (&one["table"], &one["column"]) == (&"items".into(), &"text".into());
    assert!(columns.as_array().unwrap().iter().find(is_text).is_some(), "{columns}");
    assert_eq!(place.json("config")["corpus"]["shards"], 4);
    let table = place.json("policy table 2025-11-03");
    let scene = &table["scenes"][0];
    assert!(scene["scene"].as_str().unwrap().contains("generative-ai"), "{scene}");
    assert!(scene["paragraphs"].as_array().unwrap().len() > 2, "{scene}");
}

#[test]
fn a_document_that_no_policy_asks_for_and_an_announcement_of_no_policy_say_so() {
    let (place, _) = network::ready(50);
    let told = place.ok("document add --kind banana --title Banana paper");
    assert!(told.contains("No policy asks for a document of this kind"), "{told}");
    assert!(told.contains("legitimate-interest-assessment"), "{told}");
    let told = place.ok("document add --kind dpia --title Another paper");
    assert!(!told.contains("No policy"), "{told}");
    let untitled = place.command(["document", "add", "--kind", "dpia", "--title", " ", "paper"]);
    let untitled = { untitled }.output().unwrap();
    assert_eq!(untitled.status.code(), Some(1));
    let told = place.json("notice --policy-version 1999-01-01 --region DE");
    assert_eq!(told["is_known"], false, "{told}");
    let told = place.ok("notice --policy-version 1999-01-01 --region DE");
    assert!(told.contains("No policy of that version is shipped or was applied"), "{told}");
    let told = place.json("notice --policy-version 2025-11-03 --region DE");
    assert_eq!(told["is_known"], true, "{told}");
}

#[test]
fn a_version_of_a_policy_is_one_text() {
    let (place, _) = network::ready(50);
    let path = root().join("crates/policy/policies/2025-11-03.toml");
    let text = std::fs::read_to_string(path).unwrap();
    place.write("wider.toml", text.replace("2015-01-01", "2014-01-01"));
    let ran = place.run("policy apply wider.toml");
    assert_eq!((ran.code, ran.stderr.contains("with another text")), (1, true), "{}", ran.stderr);
    place.ok("policy apply 2025-11-03");
    let ran = place.run("policy check wider.toml . missing.toml");
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    for words in ["sound", "`.` is a folder", "there is no file `missing.toml`"] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
}

#[test]
fn an_objection_that_nothing_could_be_masked_by_is_refused() {
    let (place, _) = network::ready(50);
    let refused = |arguments: &[&str], words: &str| {
        let line =
            ["object", "--purpose", "generative-ai", "--name", "Ada"].iter().chain(arguments);
        let ran = place.command(line).output().unwrap();
        let told = String::from_utf8(ran.stderr).unwrap();
        assert!(!ran.status.success() && told.contains(words), "{arguments:?}: {told}");
    };
    refused(&["--email", "not-an-address"], "is no address");
    refused(&["--email", ""], "is no address");
    refused(&["--email", "a b@example.org"], "is no address");
    refused(&["--name", "Ada\u{1b}[2J Lovelace"], "holds a control character");
    refused(&[], "a name of one word");
    place.ok("object --purpose generative-ai --name Ada --email ada@example.org");
}

#[test]
fn a_lost_store_is_told_where_its_lake_is_left() {
    let (place, _) = network::ready(50);
    std::fs::rename(place.path().join("zweck-state/store.sqlite"), place.path().join("away"))
        .unwrap();
    let ran = place.run("removal list");
    assert!(ran.stderr.contains("there is a lake"), "{}", ran.stderr);
    assert!(ran.stderr.contains("put it back"), "{}", ran.stderr);
}

#[test]
fn a_policy_whose_day_is_to_come_says_what_that_means() {
    let place = Place::new();
    let apply = |instant: &str| {
        let ran = place.command_at(instant, ["policy", "apply", "2025-11-03"]).output().unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    let told = apply("2025-10-01");
    assert!(told.contains("Its day, 2025-11-03, is still to come"), "{told}");
    let other = Place::new();
    assert!(!other.ok("policy apply 2025-11-03").contains("still to come"));
}

#[test]
fn logs_have_no_colours_where_no_terminal_shows_them() {
    let (place, _) = network::ready(50);
    let ran = place.run("-vv gate report --purpose talent");
    assert!(ran.stderr.contains("DEBUG"), "{}", ran.stderr);
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_opened_comes_with_a_hint() {
    let (place, _) = network::ready(50);
    let ran = place.run("removal show 99999");
    assert!(ran.stderr.contains("hint: `zweck removal list --all`"), "{}", ran.stderr);
    let store = place.path().join("zweck-state/store.sqlite");
    for ending in ["-wal", "-shm"] {
        let _ =
            std::fs::remove_file(place.path().join(format!("zweck-state/store.sqlite{ending}")));
    }
    std::fs::write(&store, vec![7; 40_960]).unwrap();
    let ran = place.run("member list");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("zweck restore"), "{}", ran.stderr);
}

#[test]
fn texts_in_another_encoding_are_told_with_the_place_and_what_mends_it() {
    let place = Place::new();
    place.write("latin.txt", b"Gr\xfc\xdfe aus K\xf6ln");
    let ran = place.run("recipe try latin.txt --plain");
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("`latin.txt` is not UTF-8 from byte 3 on"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: iconv -f LATIN1 -t UTF-8"), "{}", ran.stderr);
    place.write("latin.jsonl", b"{\"text\":\"Gr\xfc\xdfe\"}\n{\"text\":\"Ahoi\"}\n");
    let ran = place.run("recipe try latin.jsonl");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("row 1 of `latin.jsonl` is not UTF-8 from byte 12 on"),
        "{}",
        ran.stderr
    );
    assert!(ran.stdout.contains("Ahoi"), "{}", ran.stdout);
    place.write("wide.txt", b"\xff\xfeA\0h\0");
    let ran = place.run("recipe try wide.txt --plain");
    assert!(ran.stderr.contains("iconv -f UTF-16 -t UTF-8"), "{}", ran.stderr);
}

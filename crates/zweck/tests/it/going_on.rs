//! Corpora that go on from another one, as people are told of them.

use std::fs;

use serde_json::{Value, json};
use testkit::{Network, NetworkSize};

use crate::{
    network,
    run::{Place, Ran},
};

const BUILD: &str = "corpus build";
const FOR: &str = "--purpose generative-ai";

/// A place with the corpus `main`, with one that goes on from it, and with one that goes on from
/// that; and a member.
fn three() -> (Place, String) {
    let (place, network) = network::ready(60);
    place.ok(&format!("{BUILD} main {FOR}"));
    place.ok(&format!("{BUILD} second {FOR} --after main"));
    place.ok(&format!("{BUILD} third {FOR} --after second"));
    (place, network.members()[1].external_id.clone())
}

/// What a command says, in one line.
fn said(ran: &Ran) -> String {
    ran.stdout.replace("\n  ", " ") + &ran.stderr
}

#[test]
fn a_corpus_that_is_lost_is_given_up_after_those_that_go_on_from_it() {
    let (place, member) = three();
    place.ok(&format!("{BUILD} apart {FOR}"));
    let manifest = place.path().join("zweck-state/corpora/main/manifest.json");
    fs::remove_file(&manifest).unwrap();
    place.ok(&format!("choose --member demo:{member} {FOR} refuse"));
    let commands = ["third", "second", "main"].map(|name| format!("corpus discard {name} --yes"));
    let way = commands.each_ref().map(|command| format!("`zweck {command}`")).join(", then ");
    let way = format!("{way}, then `zweck corpus build main …` and the others after it");
    // the one apart is behind in the first run alone
    for (told, behind) in [("its manifest is not at", 4), ("cannot be read", 3)] {
        let ran = place.run("--json removal run");
        let run: Value = serde_json::from_str(&ran.stdout).unwrap();
        let holders = run["holders"].as_array().unwrap();
        let failed: Vec<_> = holders.iter().filter_map(|one| one["error"].as_str()).collect();
        assert_eq!((ran.code, holders.len(), failed.len()), (5, behind, 3), "{run}");
        let waits = "`third` goes on from `second`, and releases once that has";
        let says = |words: &str| failed.iter().filter(|error| error.contains(words)).count();
        assert_eq!((says(&way), says(waits)), (2, 1), "{run}");
        for line in ["corpus verify main", "corpus show main", "corpus list"] {
            let ran = place.run(line);
            assert!(said(&ran).contains(&way) && said(&ran).contains(told), "{}", said(&ran));
        }
        let ran = place.run(&format!("{BUILD} further {FOR} --after main"));
        assert!(ran.code == 1 && ran.stderr.contains(&way), "{}", ran.stderr);
        fs::write(&manifest, "{\n").unwrap();
    }
    let ran = place.run("corpus discard main --yes");
    assert!(ran.code == 1 && ran.stderr.contains("`third`, `second`"), "{}", ran.stderr);
    for command in &commands {
        place.ok(command);
    }
    place.ok("removal run");
    place.ok(&format!("{BUILD} main {FOR}"));
    place.ok(&format!("{BUILD} second {FOR} --after main"));
}

#[test]
fn a_corpus_of_an_earlier_version_is_to_be_built_again() {
    let (place, _) = network::ready(60);
    place.ok(&format!("{BUILD} main {FOR}"));
    let path = place.path().join("zweck-state/corpora/main/manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["format"] = json!(3);
    manifest.as_object_mut().unwrap().remove("traits");
    fs::write(&path, manifest.to_string()).unwrap();
    let told = "was made by an earlier version of Zweck and has to be built again";
    let way = "`zweck corpus discard main --yes`, then `zweck corpus build main …`";
    for line in ["corpus list", "corpus show main", "corpus verify main"] {
        let ran = place.run(line);
        assert!(said(&ran).contains(&format!("{told} (hint: {way})")), "{}", said(&ran));
    }
    for line in [
        format!("{BUILD} main {FOR}"),
        format!("{BUILD} further {FOR} --after main"),
        "corpus describe main --to out".to_owned(),
        "backup copy".to_owned(),
    ] {
        let ran = place.run(&line);
        let says = ran.stderr.contains(told) && ran.stderr.contains(way);
        assert!(ran.code == 1 && says, "{line}: {}", ran.stderr);
    }
    place.ok("corpus discard main --yes");
    place.ok(&format!("{BUILD} main {FOR}"));
}

/// A place with the corpus `main`, and with `later`, which has documents of members who came in
/// after it.
fn later() -> Place {
    let (place, _) = network::ready(60);
    place.ok(&format!("{BUILD} main {FOR}"));
    let mut events = Vec::new();
    Network::generate(NetworkSize::of_members(40), 8).write_events(&mut events).unwrap();
    place.write("more.ndjson", events);
    place.ok("import more.ndjson --source other");
    for told in [
        "2024-11-20 --region * --delivered-at 2024-10-15",
        "2025-11-03 --region EEA,GB,CH,CA,HK --delivered-at 2025-09-20",
    ] {
        place.ok(&format!("notice --policy-version {told}"));
    }
    // some who came in have objected already, and are named
    place.ok("removal run");
    place.ok(&format!("{BUILD} later {FOR} --after main"));
    place
}

#[test]
fn whatever_tells_of_a_corpus_tells_from_which_one_it_goes_on() {
    let place = later();
    let read = |path: &str| fs::read_to_string(place.path().join(path)).unwrap();
    let shown = place.json("corpus show later");
    let after = shown["manifest"]["after"].clone();
    assert_eq!(after["corpus"], "main", "{shown}");

    let listed = place.json("corpus list")["corpora"].clone();
    let names = [&listed[0]["name"], &listed[1]["name"]];
    assert_eq!(names, ["later", "main"], "{listed}");
    assert_eq!((&listed[0]["after"], listed[1].get("after")), (&after, None), "{listed}");
    let table = place.ok("corpus list");
    let row = table.lines().find(|line| line.trim().starts_with("later")).unwrap();
    assert!(table.contains("goes on from") && row.ends_with("main"), "{table}");

    let described = place.json("corpus describe later --to described");
    assert!(described["documents"].as_u64() > Some(0), "{described}");
    assert_eq!(described["after"], after);
    place.ok("holder register trainer --corpus later --what job --location x");
    let export = place.json("corpus export later --holder trainer --to exported");
    assert_eq!(export["after"], after, "{export}");
    for json in ["export.json", "croissant.json"] {
        let told: Value = serde_json::from_str(&read(&format!("exported/{json}"))).unwrap();
        let found = told.get("after").or_else(|| told.get("zweck:after"));
        assert_eq!(found, Some(&after), "{json}");
    }
    for (file, words) in [
        ("data-card.svg", "goes on from main"),
        ("training-content-summary.en.md", "goes on from the corpus `main`"),
        ("training-content-summary.de.md", "setzt das Korpus `main` fort"),
    ] {
        assert!(read(&format!("described/{file}")).contains(words), "{file}");
        assert!(read(&format!("exported/{file}")).contains(words), "{file}");
    }
    assert!(read("exported/README.md").contains("It goes on from the corpus `main`"));
    for line in ["describe later --to again", "export later --holder trainer --to once-more"] {
        let told = place.ok(&format!("corpus {line}"));
        assert!(told.contains("later goes on from main:"), "{told}");
    }

    // of one that goes on from none nobody says so
    let described = place.json("corpus describe main --to main");
    assert_eq!(described.get("after"), None, "{described}");
    assert!(!read("main/data-card.svg").contains("goes on from"));
    place.ok("holder register other --corpus main --what job --location x");
    place.ok("corpus export main --holder other --to main-1");
    let names: Value = serde_json::from_str(&read("main-1/export.json")).unwrap();
    assert_eq!(names.get("after"), None, "{names}");

    // what the store knows is told where the manifest is gone
    fs::remove_file(place.path().join("zweck-state/corpora/later/manifest.json")).unwrap();
    let listed = place.json("corpus list")["corpora"].clone();
    assert_eq!(listed[0]["after"], after, "{listed}");
}

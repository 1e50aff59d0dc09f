//! Corpora that go on from another one, as people are told of them.

use std::fs;

use serde_json::{Value, json};

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

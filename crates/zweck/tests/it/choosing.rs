//! What is said back to somebody who chose.

use crate::{network, run::Place};

/// A member of a small network, and the external id of a post of theirs.
fn author() -> (Place, String, String) {
    let (place, network) = network::ready(60);
    let mut events = Vec::new();
    network.write_events(&mut events).unwrap();
    let events = String::from_utf8(events).unwrap();
    let events =
        events.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let post = events.into_iter().find(|event| event["kind"] == "post").unwrap();
    let text = |key: &str| post[key].as_str().unwrap().to_owned();
    (place, text("member"), text("id"))
}

#[test]
fn a_choice_about_an_item_that_nobody_knows_says_so_and_counts_once_it_comes() {
    let (place, member, post) = author();
    let choose = format!("choose --member demo:{member} --purpose generative-ai refuse --item");
    let known = place.json(&format!("{choose} post:{post}"));
    assert_eq!(known["item_known"], true, "{known}");
    let unknown = place.json(&format!("{choose} post:to-come"));
    assert_eq!(unknown["item_known"], false, "{unknown}");
    let told = place.ok(&format!("{choose} post:to-come-too"));
    assert!(told.contains("No such item of this member is known yet"), "{told}");
    let whole = place.json("choose --member #3 --purpose generative-ai refuse");
    assert!(whole.get("item_known").is_none(), "{whole}");

    let event = format!(
        r#"{{"event":"x1","kind":"post","member":"{member}","at":"2026-10-01T00:00:00Z","id":"to-come","text":"Hello.","visibility":"public"}}"#
    );
    place.write("more.ndjson", event);
    place.ok("import more.ndjson --source demo");
    let explain = format!("gate explain --member demo:{member} --purpose generative-ai");
    let ran = place.run(&format!("{explain} --item post:to-come-too"));
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("the lake has no such row of this member"), "{}", ran.stderr);
    let why = place.ok(&format!("{explain} --item post:to-come"));
    assert!(why.contains("objected"), "{why}");
}

#[test]
fn a_file_of_choices_tells_which_items_are_not_known_and_what_stands() {
    let (place, member, post) = author();
    let mut lines = vec!["member,purpose,answer,said_at,item".to_owned()];
    let mut line = |answer: &str, said_at: &str, item: &str| {
        lines.push(format!("demo:{member},generative-ai,{answer},{said_at},{item}"));
    };
    line("refuse", "2026-01-01", &format!("post:{post}"));
    line("refuse", "2026-01-01", "post:to-come");
    line("allow", "2025-01-01", &format!("post:{post}"));
    line("refuse", "2027-01-01", "");
    place.write("choices.csv", lines.join("\n"));
    let ran = place.run("--json choose --from choices.csv");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["recorded"], 3, "{told}");
    assert_eq!(told["unknown_items"], serde_json::json!([3]), "{told}");
    assert_eq!(told["outdated"], serde_json::json!([4]), "{told}");
    assert_eq!(told["refused"][0]["line"], 5, "{told}");
    assert!(told["refused"][0]["why"].as_str().unwrap().contains("is still to come"), "{told}");
    let ran = place.run("choose --from choices.csv");
    assert!(
        ran.stdout.contains("1 choice is about items that are not known yet"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("which stands: line 4"), "{}", ran.stdout);
}

#[test]
fn an_answer_from_a_clock_that_was_ahead_does_not_defeat_a_refusal() {
    let (place, network) = network::ready(60);
    let member = &network.members()[5].external_id;
    let choose = format!("choose --member demo:{member} --purpose generative-ai");
    in_2030(&place, &format!("{choose} allow"));
    let refused = place.json(&format!("{choose} refuse"));
    assert!(refused.get("stands").is_none(), "{refused}");
    let explain = format!("gate explain --member demo:{member} --purpose generative-ai");
    assert!(place.ok(&explain).contains("objected: You said no to this use."));

    let member = &network.members()[6].external_id;
    let choose = format!("choose --member demo:{member} --purpose generative-ai");
    in_2030(&place, &format!("{choose} refuse"));
    let told = place.ok(&format!("{choose} allow"));
    assert!(told.contains("An answer of 2030-01-01T00:00:00Z is on record, and stands"), "{told}");
    let told = place.json(&format!("{choose} allow"));
    assert_eq!(told["stands"]["answer"], "refuse", "{told}");
}

#[test]
fn each_answered_line_says_what_stands_and_nothing_is_allowed_by_the_erased() {
    let (place, network) = network::ready(60);
    let [one, other] = [5, 6].map(|at| network.members()[at].external_id.clone());
    place.ok(&format!("choose --member demo:{one} --purpose talent --said-at 2026-03-01 refuse"));
    place.ok(&format!("member erase demo:{other} --yes"));
    let line = |member: &str, answer: &str| {
        format!(
            r#"{{"member":"demo:{member}","purpose":"talent","answer":"{answer}","said_at":"2026-02-01"}}"#
        )
    };
    let lines = [line(&one, "allow"), line(&other, "allow"), line(&other, "refuse")];
    place.write("lines.ndjson", lines.join("\n"));
    let lines = std::fs::File::open(place.path().join("lines.ndjson")).unwrap();
    let ran = place.command(["choose", "--stdin"]).stdin(lines).output().unwrap();
    let told = String::from_utf8(ran.stdout).unwrap();
    let told: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told[0]["stands"]["answer"], "refuse", "{told:?}");
    assert!(told[1]["refused"].as_str().unwrap().contains("is erased"), "{told:?}");
    assert!(told[2]["fact"].is_i64() && told[2].get("stands").is_none(), "{told:?}");
}

#[test]
fn what_is_no_choice_is_told_in_words() {
    let (place, _) = network::ready(50);
    let check = |name: &str, text: &str, words: &str| {
        place.write(name, text);
        let ran = place.run(&format!("choose --from {name}"));
        assert!(ran.stdout.contains(words), "{words}: {}{}", ran.stdout, ran.stderr);
    };
    check("a.ndjson", "null\n", "a line is one JSON object");
    check("a.ndjson", "[1, 2]\n", "a line is one JSON object");
    check("a.ndjson", "{\"member\": \"#1\", \"member\": \"#2\"}\n", "a key stands twice");
    check("a.txt", "member,purpose,answer\n", "the name of a file of CSV ends in `.csv`");
    check("a.csv", "Member, Purpose ,ANSWER,Said_at\n#1,talent,refuse,2026-01-01\n", "1 choice");
    let ran = place.run("choose --from .");
    assert_eq!((ran.code, ran.stderr.contains("is a folder")), (1, true), "{}", ran.stderr);
}

fn in_2030(place: &Place, line: &str) {
    let ran = place.command_at("2030-01-01", line.split_whitespace()).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
}

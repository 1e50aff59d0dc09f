//! What an item says of its own use, and where it was published, from its event to the corpus.

use serde_json::Value;

use crate::run::Place;

fn member(id: &str, name: &str) -> String {
    format!(
        r#"{{"event":"{id}","kind":"member","member":"{id}","at":"2020-01-01","name":"{name}","region":"US","age":"adult","status":"active"}}"#
    )
}

/// A public post of Ada's; `more` are further keys.
fn post(event: &str, id: &str, text: &str, more: &str) -> String {
    format!(
        r#"{{"event":"{event}","kind":"post","member":"m1","at":"2020-01-02","id":"{id}","text":"{text}","visibility":"public","created":"2020-01-01"{more}}}"#
    )
}

const BREAD: &str = "Bread is made of flour, water and patience.";
const NO_TRAINING: &str = r#","content_usage":"train-ai=n, search=y""#;
const SELF_HELP: &str = r#","venue":{"kind":"group","name":"Selbsthilfegruppe Depression Köln"}"#;

/// Ada's posts under the policy of 2024: two that may be used, and two that may not.
fn place() -> Place {
    let place = Place::new();
    let events = [
        member("m1", "Ada Byron"),
        member("m2", "Berta Muster"),
        post("p1", "bread", BREAD, ""),
        post("p2", "wine", "Wine from the south, mostly red.", r#","content_usage":"train-ai=y""#),
        post("p3", "cheese", "Cheese wants time and a cool cellar.", NO_TRAINING),
        post("p4", "monday", "Who comes along on Monday evening?", SELF_HELP),
    ];
    place.write("events.ndjson", events.join("\n"));
    place.ok("import events.ndjson --source demo");
    place.ok("policy apply 2024-11-20");
    place.ok("notice --policy-version 2024-11-20 --region * --delivered-at 2024-10-15");
    place.ok("corpus build small --purpose generative-ai");
    place
}

fn documents(place: &Place) -> Option<u64> {
    place.json("corpus list")["corpora"][0]["documents"].as_u64()
}

fn explain(id: &str) -> String {
    format!("gate explain --member demo:m1 --purpose generative-ai --item post:{id}")
}

#[test]
fn signals_and_venues_keep_rows_out_and_it_is_told_why() {
    let place = place();
    assert_eq!(documents(&place), Some(2));
    place.ok("corpus verify small");
    let told = place.ok(&explain("cheese"));
    assert!(told.contains("opted-out-by-signal: This carries a signal"), "{told}");
    assert!(told.contains("It says of its use: train-ai=n, search=y."), "{told}");
    let told = place.ok(&explain("wine"));
    assert!(told.contains("may be used") && told.contains("train-ai=y"), "{told}");
    let told = place.ok(&explain("monday"));
    assert!(told.contains("It reveals health, by these terms: venue: *depression~."), "{told}");
    let report = place.json("gate report --purpose generative-ai");
    let left_out = &report["accounting"]["tables"]["items"]["left_out"];
    assert_eq!(left_out["opted-out-by-signal"], 1, "{report}");
    assert_eq!(left_out["sensitive"], 1, "{report}");
    let policy = place.ok("policy show 2024-11-20");
    assert!(policy.contains("against train-ai"), "{policy}");
}

#[test]
fn a_signal_that_comes_later_takes_the_row_out_of_the_corpus() {
    let place = place();
    place.write("later.ndjson", post("p5", "bread", BREAD, NO_TRAINING));
    place.ok("import later.ndjson --source demo");
    let open = place.json("removal list");
    assert_eq!(open["removals"][0]["cause"], "edit", "{open}");
    let run = place.json("removal run");
    assert_eq!(run["still_open"], 0, "{run}");
    assert_eq!(documents(&place), Some(1));
    let told = place.json(&explain("bread"));
    assert_eq!(told["decisions"][0]["reasons"], serde_json::json!(["opted-out-by-signal"]));
    assert_eq!(told["held"].as_array().map(Vec::len), Some(0), "{told}");
    place.ok("corpus verify small");
    // Taken back, it waits for the next build.
    place.write("again.ndjson", post("p6", "bread", BREAD, ""));
    place.ok("import again.ndjson --source demo");
    place.ok("removal run");
    place.ok("corpus build small --purpose generative-ai");
    assert_eq!(documents(&place), Some(2));
}

#[test]
fn a_signal_that_cannot_be_read_is_refused_with_its_line() {
    let place = place();
    let bad = post("p5", "bread", BREAD, r#","content_usage":"no AI, please""#);
    place.write("bad.ndjson", format!("{}\n{bad}\n", member("m3", "Carl Otto")));
    let ran = place.run("import bad.ndjson --source demo");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stdout.contains("bad.ndjson:2"), "{}", ran.stdout);
    assert!(ran.stdout.contains("bad content usage"), "{}", ran.stdout);
}

#[test]
fn a_member_takes_both_along() {
    let place = place();
    place.ok("export member m1 --source demo --out copy");
    let noted = std::fs::read_to_string(place.path().join("copy/Zweck/sensitive.ndjson")).unwrap();
    assert!(noted.contains("venue: *depression~"), "{noted}");
    let same = place.json("import copy");
    assert_eq!(same["reports"][0]["lake"], serde_json::json!({}), "{same}");

    let elsewhere = Place::new();
    elsewhere.ok(&format!("import {}", place.path().join("copy").display()));
    let own = |place: &Place, member: &str| -> Vec<[Value; 4]> {
        let lines = place.ok(&format!("member own-data {member}"));
        let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let items = rows.filter(|row| row["table"] == "items");
        let keys = ["text", "content_usage", "venue_kind", "venue"];
        let mut items: Vec<_> = items.map(|row| keys.map(|key| row[key].clone())).collect();
        items.sort_by_key(|item| item[0].to_string());
        items
    };
    let before = own(&place, "demo:m1");
    assert_eq!(before.len(), 4);
    assert!(before.iter().any(|item| item[3] == "Selbsthilfegruppe Depression Köln"), "{before:?}");
    assert_eq!(own(&elsewhere, "#0"), before);
}

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use testkit::{MALFORMED_EVENTS, Network, NetworkSize};

use crate::{events, network};

/// The keys that an event of a kind may have beyond those of every event.
fn keys(kind: &str) -> &'static [&'static str] {
    match kind {
        "member" => &["name", "region", "age", "status", "created"],
        "profile" => &["headline", "about", "location", "website", "language", "visibility"],
        "position" => &["id", "title", "employer", "description", "started", "ended", "visibility"],
        "education" => {
            &["id", "school", "degree", "field", "description", "started", "ended", "visibility"]
        }
        "skill" => &["id", "name", "visibility"],
        "post" | "article" | "comment" | "group-post" => &[
            "id",
            "title",
            "text",
            "language",
            "visibility",
            "created",
            "updated",
            "parent",
            "mentions",
            "sensitive",
        ],
        "activity" => &["id", "action", "target", "created"],
        "delete" => &["of", "id"],
        "message" | "credential" | "payment" | "salary" | "application" => &["text"],
        other => panic!("`{other}` is no kind of event"),
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let bytes = |seed| {
        let network = Network::generate(NetworkSize::of_members(200), seed);
        let mut bytes = Vec::new();
        network.write_events(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(bytes(5), bytes(5));
    assert_ne!(bytes(5), bytes(6));
}

#[test]
fn every_event_has_the_keys_of_its_kind_and_a_name_of_its_own() {
    let network = network();
    let mut names = BTreeSet::new();
    let mut kinds = BTreeMap::new();
    for event in events(&network) {
        let kind = event["kind"].as_str().unwrap();
        let name = event["event"].as_str().unwrap().to_owned();
        assert!(names.insert(name), "{event}");
        assert!(network.member(event["member"].as_str().unwrap()).is_some(), "{event}");
        event["at"].as_str().unwrap().parse::<policy::Instant>().unwrap();
        let own = event.as_object().unwrap().keys().map(String::as_str);
        let common = ["event", "kind", "member", "at"];
        let unknown: Vec<_> =
            own.filter(|key| !common.contains(key) && !keys(kind).contains(key)).collect();
        assert!(unknown.is_empty(), "{unknown:?} in {event}");
        assert!(event.as_object().unwrap().values().all(|value| !value.is_null()), "{event}");
        *kinds.entry(kind.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(kinds.len(), 15, "{kinds:?}");
}

#[test]
fn every_mention_span_points_at_the_name_of_who_is_mentioned() {
    let network = network();
    let mut mentions = 0;
    for event in events(&network) {
        for mention in event["mentions"].as_array().into_iter().flatten() {
            let place = |key: &str| usize::try_from(mention[key].as_u64().unwrap()).unwrap();
            let member = network.member(mention["member"].as_str().unwrap()).unwrap();
            let text = event["text"].as_str().unwrap();
            assert_eq!(text.get(place("start")..place("end")), Some(member.name.as_str()));
            mentions += 1;
        }
    }
    assert!(mentions > 200, "{mentions}");
}

#[test]
fn secrets_stand_in_sealed_events_only() {
    let network = Network::generate(NetworkSize::of_members(200), 2);
    let sealed = ["message", "credential", "payment", "salary", "application"];
    let (inside, outside): (Vec<Value>, Vec<Value>) = events(&network)
        .into_iter()
        .partition(|event| sealed.contains(&event["kind"].as_str().unwrap()));
    assert_eq!(inside.len(), network.sealed().len());
    let outside: String = outside.iter().map(Value::to_string).collect();
    for secret in network.sealed() {
        assert!(!outside.contains(&secret.secret));
        assert!(inside.iter().any(|event| event["text"] == secret.secret.as_str()));
    }
}

#[test]
fn malformed_lines_stand_between_good_ones_and_change_none() {
    let network = Network::generate(NetworkSize::of_members(50), 2);
    let (mut good, mut mixed) = (Vec::new(), Vec::new());
    let written = network.write_events(&mut good).unwrap();
    assert_eq!(network.write_events_with_malformed(&mut mixed).unwrap(), written);
    let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
        bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    };
    let is_bad = |line: &Vec<u8>| MALFORMED_EVENTS.iter().any(|bad| bad.line == line.as_slice());
    let (bad, rest): (Vec<_>, Vec<_>) = lines(&mixed).into_iter().partition(is_bad);
    assert_eq!(bad.len(), MALFORMED_EVENTS.len());
    assert_eq!(rest, lines(&good));
}

#[test]
fn a_deletion_names_the_item() {
    let network = Network::generate(NetworkSize::of_members(20), 2);
    let item = network.items().first().unwrap();
    let at = "2026-07-01T00:00:00Z".parse().unwrap();
    let event: Value = serde_json::from_str(&item.deletion_event(at).unwrap()).unwrap();
    assert_eq!(event["kind"], "delete");
    assert_eq!(event["of"], item.kind.name());
    assert_eq!(event["id"], item.id.as_str());
    assert_eq!(event["member"], item.author.as_str());
    assert_eq!(event["at"], "2026-07-01T00:00:00Z");
}

use std::collections::BTreeSet;

use testkit::{Network, NetworkSize};

use crate::events;

const FIELDS: [&str; 20] = [
    "education.degree",
    "education.description",
    "education.field",
    "education.id",
    "education.school",
    "item.id",
    "item.text",
    "item.title",
    "member.id",
    "member.name",
    "position.description",
    "position.employer",
    "position.id",
    "position.title",
    "profile.about",
    "profile.headline",
    "profile.location",
    "profile.website",
    "skill.id",
    "skill.name",
];

fn planted() -> (Network, String, Vec<testkit::Canary>) {
    let mut network = Network::generate(NetworkSize::of_members(120), 9);
    let canaries = network.plant_canaries("m000033").unwrap();
    let id = canaries.iter().find(|one| one.field == "member.id").unwrap().word.clone();
    (network, id, canaries)
}

#[test]
fn every_field_of_the_members_rows_has_a_canary() {
    let (_, _, canaries) = planted();
    let fields: BTreeSet<_> = canaries.iter().map(|canary| canary.field).collect();
    let expected = BTreeSet::from(FIELDS);
    assert_eq!(fields, expected);
    let words: BTreeSet<_> = canaries.iter().map(|canary| &canary.word).collect();
    assert_eq!(words.len(), canaries.len());
}

#[test]
fn the_member_has_a_row_of_every_kind() {
    let (network, id, _) = planted();
    let rows = events(&network).into_iter().filter(|event| event["member"] == id.as_str());
    let kinds: BTreeSet<String> =
        rows.map(|event| event["kind"].as_str().unwrap().to_owned()).collect();
    for kind in ["member", "profile", "position", "education", "skill"] {
        assert!(kinds.contains(kind), "{kind} in {kinds:?}");
    }
    for kind in ["post", "article", "comment", "group-post"] {
        assert!(kinds.contains(kind), "{kind} in {kinds:?}");
    }
}

#[test]
fn others_hold_no_canary_but_the_ids_by_which_they_refer_to_the_member() {
    let (network, id, canaries) = planted();
    for mut event in events(&network) {
        if event["member"] == id.as_str() {
            continue;
        }
        for key in ["parent", "target", "mentions"] {
            event.as_object_mut().unwrap().remove(key);
        }
        let line = event.to_string();
        assert!(!canaries.iter().any(|canary| line.contains(&canary.word)), "{line}");
    }
}

#[test]
fn references_still_meet_their_rows() {
    let (network, id, _) = planted();
    assert!(network.member("m000033").is_none());
    assert_eq!(network.member(&id).unwrap().external_id, id);
    for item in network.items() {
        let Some(parent) = &item.parent else { continue };
        assert_eq!(network.item(&parent.id).unwrap().reference(), *parent);
    }
    for fact in &network.member(&id).unwrap().planted {
        assert!(network.item(&fact.item).unwrap().text.contains(&fact.text));
    }
    let text: Vec<String> = events(&network).iter().map(ToString::to_string).collect();
    assert!(!text.iter().any(|line| line.contains("m000033\"")));
}

#[test]
fn planting_changes_no_row_of_others() {
    let before = Network::generate(NetworkSize::of_members(120), 9);
    let (after, id, _) = planted();
    let others = |network: &Network, own: &str| -> Vec<String> {
        let items = network.items().iter().filter(|item| item.author != own);
        items.map(|item| item.text.clone()).collect()
    };
    assert_eq!(others(&before, "m000033"), others(&after, &id));
    assert!(Network::clone(&before).plant_canaries("nobody").is_none());
}

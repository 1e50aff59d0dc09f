use std::collections::{BTreeMap, BTreeSet};

use policy::{AgeClass, Category, Status, Visibility};
use testkit::{Item, ItemKind, Language, Member, Network, NetworkSize, PlantedKind};

use crate::network;

/// Holds that a share lies in a range, both ends in percent.
fn check<T>(what: &str, all: &[T], is: impl Fn(&T) -> bool, low: usize, high: usize) {
    let count = all.iter().filter(|one| is(one)).count();
    let share = count * 100;
    let total = all.len();
    assert!(
        (low * total..=high * total).contains(&share),
        "{what}: {count} of {total} is not {low} to {high} %"
    );
}

#[test]
fn members_come_in_the_shares_that_are_promised() {
    let network = network();
    let members = network.members();
    let region = |code: &'static str| {
        move |member: &Member| member.region.is_some_and(|region| region.code() == code)
    };
    for code in ["DE", "US", "GB", "IN", "FR", "CA", "CH", "BR", "IE", "HK"] {
        check(code, members, region(code), 3, 28);
    }
    check("no region", members, |one| one.region.is_none(), 3, 7);
    check("minors", members, |one| one.age == Some(AgeClass::Minor), 2, 6);
    check("no age", members, |one| one.age.is_none(), 4, 8);
    check("closed", members, |one| one.status == Some(Status::Closed), 3, 7);
    check("no status", members, |one| one.status.is_none(), 1, 4);
    check("German", members, |one| one.language == Language::German, 20, 40);
    check("profiles", members, |one| one.profile.is_some(), 88, 96);
    check("positions", members, |one| !one.positions.is_empty(), 65, 85);
    check("education", members, |one| !one.education.is_empty(), 55, 78);
    check("skills", members, |one| !one.skills.is_empty(), 70, 90);
}

#[test]
fn names_are_shared_and_short_as_promised() {
    let network = network();
    let count = |name: &str| network.members_called(name).count();
    assert_eq!(count("Sam"), 5);
    assert_eq!(count("quantum"), 1);
    assert_eq!(count("sam"), 1);
    assert!(count("Anna Schmidt") >= 3 && count("Thomas Müller") >= 4 && count("James Smith") >= 3);
    for part in ["ü", "ß", "é", "-", " van der ", "'"] {
        assert!(network.members().iter().any(|member| member.name.contains(part)), "{part}");
    }
    assert_eq!(network.members().iter().filter(|member| member.has_one_word_name()).count(), 11);
}

#[test]
fn items_come_in_the_shares_that_are_promised() {
    let network = network();
    let items = network.items();
    assert!((5 * 2_000..=8 * 2_000).contains(&items.len()), "{} items", items.len());
    let kind = |kind: ItemKind| move |item: &Item| item.kind == kind;
    check("posts", items, kind(ItemKind::Post), 45, 55);
    check("articles", items, kind(ItemKind::Article), 6, 10);
    check("comments", items, kind(ItemKind::Comment), 28, 36);
    check("group posts", items, kind(ItemKind::GroupPost), 8, 12);
    let visibility = |one: Option<Visibility>| move |item: &Item| item.visibility == one;
    check("public", items, visibility(Some(Visibility::Public)), 60, 75);
    check("network", items, visibility(Some(Visibility::Network)), 6, 11);
    check("connections", items, visibility(Some(Visibility::Connections)), 5, 10);
    check("group", items, visibility(Some(Visibility::Group)), 5, 9);
    check("private", items, visibility(Some(Visibility::Private)), 2, 6);
    check("no visibility", items, visibility(None), 5, 10);
    check("naming somebody", items, |item| !item.namings.is_empty(), 8, 12);
    check("copies", items, |item| item.copy_of.is_some(), 1, 3);
    check("sensitive", items, |item| item.sensitive == Some(true), 1, 3);
    check("answers to answers", items, answers_a_comment, 4, 9);
    check("changed later", items, |item| item.updated.is_some(), 5, 11);
    check("no language", items, |item| !item.language_is_stated, 12, 18);
}

fn answers_a_comment(item: &Item) -> bool {
    item.parent.as_ref().is_some_and(|parent| parent.kind == ItemKind::Comment)
}

#[test]
fn items_are_written_in_every_year_from_2012_to_2026() {
    let network = network();
    let years: BTreeSet<String> =
        network.items().iter().map(|item| item.created.to_string()[..4].to_owned()).collect();
    assert_eq!(years, (2012..=2026).map(|year| year.to_string()).collect());
}

#[test]
fn every_kind_of_planted_fact_occurs() {
    let network = network();
    let mut counts = BTreeMap::new();
    for fact in network.members().iter().flat_map(|member| &member.planted) {
        *counts.entry(fact.kind).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), PlantedKind::ALL.len());
    assert!(counts.values().all(|count| *count > 40), "{counts:?}");
}

#[test]
fn every_sealed_category_occurs_and_no_other() {
    let network = network();
    let found: BTreeSet<_> = network.sealed().iter().map(|sealed| sealed.category).collect();
    let sealed = Category::ALL.iter().copied().filter(|category| category.is_sealed());
    assert_eq!(found, sealed.collect());
    assert_eq!(network.sealed().len(), 400);
}

#[test]
fn the_size_is_the_one_asked_for() {
    for members in [0, 1, 2, 10, 100] {
        let network = Network::generate(NetworkSize::of_members(members), 1);
        assert_eq!(network.members().len(), members);
    }
    let none = Network::generate(NetworkSize::of_members(50).with_items_per_member(0), 1);
    assert!(none.items().is_empty());
    let many = Network::generate(NetworkSize::of_members(400).with_items_per_member(20), 1);
    assert!((18 * 400..=22 * 400).contains(&many.items().len()), "{}", many.items().len());
}

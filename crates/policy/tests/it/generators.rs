use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use policy::{
    AgeClass, Ambiguous, Answer, Basis, Category, Cell, ChoiceInForce, Choices, Country, Day,
    Facts, Instant, ItemFacts, ObjectionScope, Policy, PolicyHash, Purpose, PurposeRules, Region,
    SpecialCategories, Status, Text, Visibility,
    aipref::{self, Usage},
};
use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any},
    sample::{select, subsequence},
};

/// The shipped policies, checked.
pub(crate) fn shipped_policies() -> Vec<Policy> {
    SHIPPED.clone()
}

/// Parsed once: property tests ask for them a thousand times.
static SHIPPED: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let parse = |(name, bytes): (&str, &[u8])| Policy::parse(Path::new(name), bytes).unwrap();
    policy::shipped().into_iter().map(parse).collect()
});

/// The only purpose of generated policies.
pub(crate) fn purpose() -> Purpose {
    Purpose::new("generative-ai").unwrap()
}

/// Days around the start of the programme, close enough together to meet.
pub(crate) fn days() -> impl Strategy<Value = Day> {
    (0..12_i64).prop_map(|month| "2025-01-01".parse::<Day>().unwrap().plus_days(month * 30))
}

/// Instants on and right beside the days of [`days`].
pub(crate) fn instants() -> impl Strategy<Value = Instant> {
    (days(), -1..=1_i64).prop_map(|(day, off)| Instant::from_micros(day.start().as_micros() + off))
}

pub(crate) fn words<T: Copy + std::fmt::Debug + 'static>(
    all: &'static [T],
) -> impl Strategy<Value = T> {
    select(all)
}

/// Four countries, of which policies treat some together.
pub(crate) fn countries() -> impl Strategy<Value = Country> {
    select(vec!["DE", "CH", "US", "HK"]).prop_map(|code| code.parse().unwrap())
}

fn cells() -> impl Strategy<Value = Cell> {
    let basis = words(Basis::ALL);
    let categories = option::of(subsequence(Category::ALL, 0..Category::ALL.len()));
    (days(), basis, words(Answer::ALL), categories).prop_map(
        |(from, basis, default, categories)| Cell {
            regions: Vec::new(),
            categories,
            from,
            basis,
            default,
            announced_by: from,
            documents: Vec::new(),
            source: "a test".to_owned(),
        },
    )
}

/// Policies as no check would let pass: the rule has to hold whatever it is given.
pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    let regions = [Region::Elsewhere, "EEA".parse().unwrap(), "CH".parse().unwrap()];
    let cells = vec(cells(), 0..=3).prop_map(move |cells| {
        let placed = cells.into_iter().zip(regions);
        placed.map(|(cell, region)| Cell { regions: vec![region], ..cell }).collect()
    });
    let categories = subsequence(Category::ALL, 0..=Category::ALL.len());
    let scope = words(ObjectionScope::ALL);
    let special = words(SpecialCategories::ALL);
    let usage = option::of(words(aipref::Category::ALL));
    let rules = (cells, categories, scope, option::of(days()), special, usage).prop_map(
        |(cells, categories, objection, oldest_content, special_categories, content_usage)| {
            PurposeRules {
                title: Text { en: "A".to_owned(), de: "A".to_owned() },
                categories,
                objection,
                oldest_content,
                special_categories,
                content_usage,
                cells,
            }
        },
    );
    (days(), rules, 0..60_i64).prop_map(|(version, rules, notice_days)| Policy {
        version,
        supersedes: None,
        announced: version,
        hash: PolicyHash::of_bytes(b""),
        notice_days,
        adult_age: 18,
        ambiguous_names: Ambiguous::Redact,
        purposes: BTreeMap::from([(purpose(), rules)]),
    })
}

fn choice() -> impl Strategy<Value = Option<ChoiceInForce>> {
    option::of((words(Answer::ALL), instants()))
        .prop_map(|made| made.map(|(answer, said_at)| ChoiceInForce { answer, said_at }))
}

fn signals() -> impl Strategy<Value = Usage> {
    select(vec!["", "", "", "train-ai=y", "train-ai=n", "search=n", "train-ai=n, search=y"])
        .prop_map(Usage::parse)
}

/// Facts that mostly speak for the use, so that a test sees both answers.
pub(crate) fn facts() -> impl Strategy<Value = Facts> {
    let mostly = |likely: bool| proptest::bool::weighted(0.9).prop_map(move |b| b == likely);
    let member = (
        mostly(true),
        option::weighted(0.9, countries()),
        proptest::prop_oneof![9 => Just(Some(AgeClass::Adult)), 1 => Just(Some(AgeClass::Minor)), 1 => Just(None)],
        proptest::prop_oneof![9 => Just(Some(Status::Active)), 1 => option::of(words(Status::ALL))],
        option::weighted(0.9, instants()),
        mostly(true),
    );
    let choices = (choice(), choice(), choice());
    let item = (
        proptest::prop_oneof![9 => Just(Some(Visibility::Public)), 1 => option::of(words(Visibility::ALL))],
        option::weighted(0.9, instants()),
        mostly(false),
        mostly(false),
        mostly(false),
        signals(),
    );
    (member, choices, item).prop_map(|(member, (everything, category, item_choice), item)| Facts {
        member_known: member.0,
        region: member.1,
        age: member.2,
        status: member.3,
        notice: member.4,
        documents_complete: member.5,
        choices: Choices { everything, category, item: item_choice },
        item: ItemFacts {
            visibility: item.0,
            created: item.1,
            restricted: item.2,
            sensitive: item.3,
            names_objector: item.4,
            content_usage: item.5,
        },
    })
}

/// A case that the rule allows, with the policy and category: a shipped policy on an untouched day.
pub(crate) fn allowed() -> impl Strategy<Value = (Policy, Purpose, Category, Instant, Facts)> {
    (any::<proptest::sample::Index>(), countries(), 0..300_i64).prop_filter_map(
        "the use has not started there",
        |(index, region, age)| {
            let policies = shipped_policies();
            let mut cases = Vec::new();
            for policy in policies {
                for (purpose, rules) in &policy.purposes {
                    for category in &rules.categories {
                        cases.push((policy.clone(), purpose.clone(), *category));
                    }
                }
            }
            let (policy, purpose, category) = index.get(&cases).clone();
            let as_of: Instant = "2026-11-03".parse().unwrap();
            let yes = ChoiceInForce { answer: Answer::Allow, said_at: as_of.plus_days(-10) };
            let facts = Facts {
                member_known: true,
                region: Some(region),
                age: Some(AgeClass::Adult),
                status: Some(Status::Active),
                notice: Some(as_of.plus_days(-100)),
                documents_complete: true,
                choices: Choices { everything: Some(yes), ..Choices::default() },
                item: ItemFacts {
                    visibility: Some(Visibility::Public),
                    created: Some(as_of.plus_days(-age)),
                    ..ItemFacts::default()
                },
            };
            policy.rules(&purpose)?.cell(region)?;
            Some((policy, purpose, category, as_of, facts))
        },
    )
}

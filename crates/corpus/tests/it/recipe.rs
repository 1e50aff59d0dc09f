use corpus::{Built, Duplicates, Languages, LeftOut, Recipe};
use gate::Table;
use text::{
    language::Language,
    personal_data::Kind,
    quality::{Limits, Rule},
    redaction::{Action, Redaction},
};

use crate::support::{NEAR, REACHED, World, now};

async fn build(world: &World, redaction: Redaction) -> Built {
    let request = corpus::BuildRequest {
        recipe: Recipe { redaction, ..Recipe::default() },
        ..world.request("main").await
    };
    world.corpora.build(&world.gate, &request, now()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_is_masked_and_counted_by_kind() {
    let world = World::new().await;
    let built = build(&world, Redaction::default()).await;
    let items = &built.manifest.documents.tables[&Table::Items];
    let counts: Vec<_> = items.redacted.iter().map(|(kind, count)| (*kind, *count)).collect();
    assert_eq!(counts, [(Kind::Email, 1), (Kind::Phone, 1)], "the other one is a duplicate");
    let texts = world.texts("main").await;
    let found = texts.iter().filter(|text| text.ends_with("for bridges.")).collect::<Vec<_>>();
    assert_eq!(found, ["Write to [email], or call [phone], for bridges."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_is_dropped_leaves_its_texts_out() {
    let world = World::new().await;
    let built = build(&world, Redaction { email: Action::Drop, ..Redaction::KEEP }).await;
    let items = &built.manifest.documents.tables[&Table::Items];
    assert_eq!(items.left_out[&LeftOut::PersonalData], REACHED.len() as u64);
    assert!(items.redacted.is_empty());
    assert!(built.manifest.documents.is_balanced(&built.manifest.rows));
    assert!(!world.texts("main").await.iter().any(|text| text.contains("bridges.")));
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_in_other_languages_are_left_out_if_the_recipe_says_so() {
    let world = World::new().await;
    let only = |language| Languages { only: Some(vec![language]), keep_undetermined: false };
    let recipe = |language| Recipe { language: only(language), ..Recipe::default() };
    let request = corpus::BuildRequest {
        recipe: recipe(Language::English),
        ..world.request("english").await
    };
    let english = world.corpora.build(&world.gate, &request, now()).await.unwrap().manifest;
    let items = &english.documents.tables[&Table::Items];
    assert_eq!(items.languages.keys().collect::<Vec<_>>(), ["en"]);
    let request =
        corpus::BuildRequest { recipe: recipe(Language::German), ..world.request("german").await };
    let german = world.corpora.build(&world.gate, &request, now()).await.unwrap().manifest;
    assert_eq!(german.documents.total().kept, 0);
    assert!(german.documents.total().left_out[&LeftOut::Language] > items.kept);
    assert!(german.documents.is_balanced(&german.rows));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_follows_removals_by_the_recipe_that_it_was_built_with() {
    let world = World::new().await;
    let redaction = Redaction { email: Action::Pseudonym, ..Redaction::KEEP };
    let built = build(&world, redaction.clone()).await;
    let before = world.texts("main").await;
    let told = before.iter().find(|text| text.ends_with("for bridges.")).unwrap();
    assert!(told.starts_with("Write to [email ") && told.contains("+49 30 1234567"), "{told}");
    world.objects(REACHED[0]).await;
    world.release().await;
    let after = world.texts("main").await;
    assert!(after.contains(told), "the other one stands for it, with the same number");
    let manifest = world.corpora.open(&world.gate, "main").await.unwrap().manifest().clone();
    assert_eq!(manifest.recipe, built.manifest.recipe);
    assert_eq!(manifest.documents.tables[&Table::Items].redacted[&Kind::Email], 1);
}

/// How many of the texts are those that are nearly the same.
fn planks(texts: &[String]) -> usize {
    texts.iter().filter(|text| text.starts_with("plank0 ")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_texts_that_are_nearly_the_same_one_stands_and_the_next_takes_its_place() {
    let world = World::new().await;
    let all = NEAR.len();
    let apart = corpus::BuildRequest {
        recipe: Recipe {
            duplicates: Duplicates { near: false, ..Duplicates::default() },
            ..world.request("apart").await.recipe
        },
        ..world.request("apart").await
    };
    world.corpora.build(&world.gate, &apart, now()).await.unwrap();
    assert_eq!(planks(&world.texts("apart").await), all);
    world.corpora.discard("apart", now()).await.unwrap();
    for gone in 0..all {
        if gone == 0 {
            world.build("main").await;
        } else {
            // whoever stands objects, one after the other
            let texts = world.texts("main").await;
            let standing = texts.iter().find(|text| text.starts_with("plank0 ")).unwrap();
            let ends_with = |number: &&i64| standing.ends_with(&format!(" {number} in the end."));
            world.objects(*NEAR.iter().find(ends_with).unwrap()).await;
            world.release().await;
        }
        let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
        let documents = &corpus.manifest().documents;
        let left_out = documents.total().left_out.get(&LeftOut::NearDuplicate).copied();
        assert_eq!(left_out.unwrap_or_default(), (all - 1 - gone) as u64);
        assert_eq!(planks(&world.texts("main").await), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_quality_leave_texts_out_by_their_names() {
    let world = World::new().await;
    let quality: Limits = toml::from_str("preset = 'off'\ntoo-few-words = 4").unwrap();
    let request = corpus::BuildRequest {
        recipe: Recipe { quality, ..Recipe::default() },
        ..world.request("main").await
    };
    let built = world.corpora.build(&world.gate, &request, now()).await.unwrap().manifest;
    let profiles = &built.documents.tables[&Table::Profiles];
    let reason = LeftOut::Quality(Rule::TooFewWords);
    assert_eq!(profiles.left_out[&reason], profiles.rows_in, "`Engineer number 3`");
    assert!(built.documents.is_balanced(&built.rows));
    assert_eq!(LeftOut::from_code("quality-too-few-words"), Some(reason));
    assert_eq!(LeftOut::from_code("quality-too-few"), None);
    let items = &built.documents.tables[&Table::Items];
    assert!(items.kept > 0 && !items.left_out.contains_key(&reason));
}

use corpus::{Built, Languages, LeftOut, Recipe};
use gate::Table;
use text::{
    language::Language,
    personal_data::Kind,
    redaction::{Action, Redaction},
};

use crate::support::{REACHED, World, now};

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

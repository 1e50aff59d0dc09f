//! What an item says of its own use, and where it was published, is heard.

use std::collections::BTreeSet;

use gate::{ExplainedRow, Holders, Table};
use policy::{ItemId, Reason};

use crate::{
    attached::attach,
    support::{Item, POLICY, World, apply, as_of, member, purpose},
};

const SIGNALS: [Option<&str>; 6] = [
    None,
    Some("train-ai=n"),
    Some("train-ai=y, search=n"),
    Some(""),
    Some("search=y, train-ai=n;why=\"mine\""),
    Some("train-ai=maybe"),
];

/// An item for each signal, of a member each.
fn items() -> Vec<Item> {
    let of = |(number, content_usage)| Item { content_usage, ..Item::public(number, number, "a") };
    (0..).zip(SIGNALS).map(of).collect()
}

async fn kept(world: &mut World) -> BTreeSet<i64> {
    world.permitted().await.into_keys().map(|(member, _)| member).collect()
}

async fn explained(world: &World, number: i64) -> ExplainedRow {
    let (item, holders) = (Some(ItemId::from_i64(number)), Holders::default());
    let explained = world.gate.explain(member(number), item, &purpose(), as_of(), &holders).await;
    explained.unwrap().decisions.remove(0)
}

#[tokio::test]
async fn a_row_whose_author_disallows_the_use_is_refused_and_the_signal_is_told() {
    let mut world = World::new(6).await;
    world.items(&items()).await;
    let permitted = world.permit(None).await;
    let counts = permitted.account().await.unwrap().tables[&Table::Items].clone();
    assert_eq!((counts.rows_in, counts.kept), (6, 4));
    assert_eq!(counts.left_out[&Reason::OptedOutBySignal], 2);
    assert_eq!(kept(&mut world).await, [0, 2, 3, 5].into());
    let row = explained(&world, 1).await;
    assert_eq!(row.reasons, [Reason::OptedOutBySignal]);
    assert_eq!(row.content_usage.as_deref(), Some("train-ai=n"));
    let row = explained(&world, 2).await;
    assert_eq!((row.reasons, row.content_usage), (vec![], Some("train-ai=y, search=n".to_owned())));
    assert_eq!(explained(&world, 0).await.content_usage, None);
}

#[tokio::test]
async fn the_policy_says_which_signals_count() {
    let mut world = World::new(6).await;
    world.items(&items()).await;
    let other = POLICY.replacen("content_usage = \"train-ai\"", "content_usage = \"search\"", 1);
    world.record(vec![apply(&other)]).await;
    assert_eq!(kept(&mut world).await, [0, 1, 3, 4, 5].into());
    let none = POLICY.replacen("content_usage = \"train-ai\"\n", "", 1);
    world.record(vec![apply(&none)]).await;
    assert_eq!(kept(&mut world).await.len(), 6);
}

#[tokio::test]
async fn a_choice_for_the_item_lifts_no_signal() {
    let mut world = World::new(6).await;
    world.items(&items()).await;
    let allow = |number| {
        let scope = crate::support::item_scope(number);
        crate::support::choice(number, scope, policy::Answer::Allow)
    };
    world.record((0..6).map(allow).collect()).await;
    assert_eq!(kept(&mut world).await, [0, 2, 3, 5].into(), "decided row by row");
}

#[tokio::test]
async fn rows_of_attached_tables_are_heard_too() {
    let mut world = World::new(6).await;
    attach(&mut world, "posts", &[&items()]).await;
    assert_eq!(kept(&mut world).await, [0, 2, 3, 5].into());
    let row = explained(&world, 4).await;
    assert_eq!(row.reasons, [Reason::OptedOutBySignal]);
    assert_eq!(row.content_usage.as_deref(), Some("train-ai=n, search=y"));
}

/// Harmless words, on pages and in groups.
fn published() -> Vec<Item> {
    let venues = [None, Some("Rust Hamburg"), Some("Selbsthilfegruppe Depression Köln")];
    let of = |(number, venue)| Item { venue, ..Item::public(number, number, "See you on Monday.") };
    (0..).zip(venues).map(of).collect()
}

async fn check_venues(mut world: World) {
    assert_eq!(kept(&mut world).await, [0, 1].into());
    let row = explained(&world, 2).await;
    assert_eq!(row.reasons, [Reason::Sensitive]);
    let reveals = row.reveals.unwrap();
    assert_eq!(reveals.category.as_deref(), Some("health"));
    assert_eq!(reveals.terms, ["venue: *depression~"]);
    assert_eq!(explained(&world, 1).await.reveals, None);
}

#[tokio::test]
async fn where_a_row_was_published_may_reveal_what_it_does_not_say() {
    let mut world = World::new(3).await;
    world.items(&published()).await;
    check_venues(world).await;
    let mut world = World::new(3).await;
    attach(&mut world, "posts", &[&published()]).await;
    check_venues(world).await;
}

#[tokio::test]
async fn objectors_are_named_by_no_page_or_group_that_is_given_out() {
    let mut world = World::new(3).await;
    world.names(&["Ada Lovelace", "Jörg Weiß", "Chloé Martin"]).await;
    let venue = Some("Friends of Jörg Weiß");
    world.items(&[Item { venue, ..Item::public(0, 0, "See you on Monday.") }]).await;
    world.objects(1).await;
    let permitted = world.permit(None).await;
    let frame = permitted.frame(Table::Items).unwrap().select_columns(&["venue"]).unwrap();
    let shown = format!("{:?}", frame.collect().await.unwrap());
    assert!(shown.contains("Friends of") && !shown.contains("Weiß"), "{shown}");
}

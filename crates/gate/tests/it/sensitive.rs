//! Rows that reveal special categories of personal data are refused, and it is told why.

use std::collections::BTreeSet;

use gate::{Holders, Reveals, Table};
use lake::{Append, Findings, Judged};
use policy::{ItemId, LakeVersion, Reason};
use store::RemovalCause;

use crate::{
    attached::attach,
    support::{Item, POLICY, World, apply, as_of, member, purpose},
};

const HARMLESS: &str = "We are looking for a data engineer in Cologne.";
const ILL: &str = "Two years ago I was diagnosed with breast cancer, and I want to talk about it.";
const BELIEVING: &str = "Als gläubige Katholikin habe ich das in meiner Gemeinde erlebt.";

async fn world() -> World {
    let mut world = World::new(4).await;
    let texts = [HARMLESS, ILL, BELIEVING];
    let items: Vec<_> =
        (0..).zip(texts).map(|(number, text)| Item::public(number, number, text)).collect();
    world.items(&items).await;
    world
}

async fn kept(world: &mut World) -> BTreeSet<(i64, i64)> {
    world.permitted().await.into_keys().collect()
}

async fn revealed(world: &World, number: i64) -> (Vec<Reason>, Option<Reveals>) {
    let (item, holders) = (Some(ItemId::from_i64(number)), Holders::default());
    let explained = world.gate.explain(member(number), item, &purpose(), as_of(), &holders).await;
    let row = explained.unwrap().decisions.remove(0);
    (row.reasons, row.reveals)
}

/// How many rows the lake notes as revealing something.
async fn noted(world: &World) -> usize {
    world.lake.content_keys(Table::Sensitive).await.unwrap().len()
}

#[tokio::test]
async fn a_row_that_reveals_something_is_refused_and_the_basis_is_told() {
    let mut world = world().await;
    let permitted = world.permit(None).await;
    let counts = permitted.account().await.unwrap().tables[&Table::Items].clone();
    assert_eq!((counts.rows_in, counts.kept), (3, 1));
    assert_eq!(counts.left_out[&Reason::Sensitive], 2);
    assert_eq!(revealed(&world, 0).await, (vec![], None));
    let (reasons, reveals) = revealed(&world, 1).await;
    assert_eq!(reasons, [Reason::Sensitive]);
    let reveals = reveals.unwrap();
    assert_eq!(reveals.category.as_deref(), Some("health"));
    assert!(reveals.terms.iter().any(|term| term.contains("cancer")), "{reveals:?}");
    let (_, reveals) = revealed(&world, 2).await;
    assert_eq!(reveals.unwrap().category.as_deref(), Some("religion"));
}

#[tokio::test]
async fn what_the_source_says_is_told_as_such() {
    let mut world = World::new(1).await;
    world.items(&[Item { sensitive: Some(true), ..Item::public(0, 0, HARMLESS) }]).await;
    assert!(kept(&mut world).await.is_empty());
    let (reasons, reveals) = revealed(&world, 0).await;
    assert_eq!(reasons, [Reason::Sensitive]);
    assert_eq!(reveals, Some(Reveals { category: None, terms: vec![] }));
}

#[tokio::test]
async fn a_purpose_may_use_what_was_made_public() {
    let mut world = world().await;
    world.items(&[Item { visibility: Some("network"), ..Item::public(3, 3, ILL) }]).await;
    let admits = "objection = \"all-data\"\nspecial_categories = \"made-public\"";
    let policy = POLICY.replacen("objection = \"all-data\"", admits, 1);
    world.record(vec![apply(&policy)]).await;
    assert_eq!(kept(&mut world).await, [(0, 0), (1, 1), (2, 2)].into());
    assert_eq!(revealed(&world, 3).await.0, [Reason::NotPublic, Reason::Sensitive]);
}

#[tokio::test]
async fn what_was_found_in_a_row_goes_with_it() {
    let mut world = world().await;
    assert_eq!(kept(&mut world).await, [(0, 0)].into());
    assert_eq!(noted(&world).await, 2);
    let gone = |number| (Table::Items, member(number), ItemId::from_i64(number));
    let append = Append { replaced: vec![gone(1), gone(2)], ..Append::default() };
    world.lake.writer().await.unwrap().append(append, as_of()).await.unwrap();
    assert_eq!(noted(&world).await, 0);
    world.items(&[Item::public(1, 1, HARMLESS), Item::public(2, 2, ILL)]).await;
    assert_eq!(kept(&mut world).await, [(0, 0), (1, 1)].into());
    assert_eq!(noted(&world).await, 1);
}

#[tokio::test]
async fn rows_of_attached_tables_are_judged_too() {
    let mut world = World::new(4).await;
    let items = [Item::public(0, 0, HARMLESS), Item::public(1, 1, ILL)];
    attach(&mut world, "posts", &[&items]).await;
    assert_eq!(kept(&mut world).await, [(0, 0)].into());
    let head = world.lake.head().await.unwrap();
    let both = items.iter().map(|item| (member(item.member), ItemId::from_i64(item.item)));
    let noted_of = head.noted_of(&both.collect()).await.unwrap();
    world.lake.writer().await.unwrap().detach("posts", noted_of, as_of()).await.unwrap();
    assert_eq!(noted(&world).await, 0);
}

#[tokio::test]
async fn other_lists_judge_every_row_again() {
    let mut world = world().await;
    assert_eq!(kept(&mut world).await, [(0, 0)].into());
    // as if earlier lists had found the first row and not the second
    let head = world.lake.head().await.unwrap();
    let earlier = Findings {
        rows: [].into(),
        replaced: vec![(Table::Sensitive, member(1), ItemId::from_i64(1))],
        mentions_through: head.record().mentions_through,
        judged: Judged { lists: u32::MAX, ..head.record().judged },
    };
    world.lake.writer().await.unwrap().append_found(earlier, as_of()).await.unwrap();
    assert_eq!(noted(&world).await, 1);
    let before = world.store.open_removals().await.unwrap().len();
    world.register("somebody", std::path::Path::new("nowhere")).await;
    assert_eq!(world.gate.resolve_mentions(as_of()).await.unwrap().sensitive, 1);
    assert_eq!(noted(&world).await, 2);
    let removals = world.store.open_removals().await.unwrap();
    assert_eq!(removals.len(), before + 1, "whoever took the row has to give it up");
    assert_eq!(removals.last().map(|one| one.cause), Some(RemovalCause::Edit));
    assert_eq!(world.gate.resolve_mentions(as_of()).await.unwrap().sensitive, 0);
    assert_eq!(kept(&mut world).await, [(0, 0)].into());
}

#[tokio::test]
async fn a_look_is_noted_though_nothing_was_found() {
    let mut world = World::new(1).await;
    world.items(&[Item::public(0, 0, HARMLESS)]).await;
    assert_eq!(kept(&mut world).await, [(0, 0)].into());
    let head = world.lake.head().await.unwrap();
    assert_eq!(head.record().judged.through, head.version());
    let version = world.version().await;
    assert!(version > LakeVersion::from_i64(1));
    world.gate.resolve_mentions(as_of()).await.unwrap();
    assert_eq!(world.version().await, version, "nothing came in, so nothing is noted");
}

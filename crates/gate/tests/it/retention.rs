//! Rows that were kept for as long as they may leave the lake, and holders are told.

use gate::{ExpiredRows, Retention};
use policy::{Category, ItemId};
use store::{NewFact, RemovalCause, RemovalFilter, Withdrawn};

use crate::support::{Item, World, as_of, member};

fn old(member: i64, item: i64, days: i64) -> Item {
    let created = Some(as_of().plus_days(-days).as_micros());
    Item { created, ..Item::public(member, item, "some words") }
}

fn posts(days: i64) -> Retention {
    Retention {
        category: Category::Posts,
        kept_from: as_of().plus_days(-days),
        period: format!("{days} days"),
    }
}

async fn items(world: &World) -> Vec<(i64, i64)> {
    let keys = world.lake.content_keys(gate::Table::Items).await.unwrap();
    let mut rows: Vec<_> =
        keys.iter().map(|key| (key.member.as_i64(), key.item.as_i64())).collect();
    rows.sort_unstable();
    rows
}

#[tokio::test]
async fn expired_rows_leave_the_lake_and_start_removals() {
    let mut world = World::new(3).await;
    let comment = Item { kind: "comment", ..old(1, 13, 400) };
    world.items(&[old(0, 10, 400), old(0, 11, 20), old(1, 12, 500), comment]).await;
    let holder = world.permit(None).await.permit().holder.clone();
    let rules = [posts(365)];
    let found = world.gate.count_expired(&rules).await.unwrap();
    assert_eq!(found[&Category::Posts], ExpiredRows { rows: 2, members: 2 });
    assert_eq!(items(&world).await.len(), 4, "counting changes nothing");

    let mut told = Vec::new();
    let gone = world.gate.expire(&rules, as_of(), &mut |rows| told.push(rows)).await.unwrap();
    assert_eq!(gone, found);
    assert_eq!(told, [2, 2]);
    assert_eq!(items(&world).await, [(0, 11), (1, 13)]);
    assert!(!world.lake.has_leftovers().await.unwrap(), "the words are gone from the disk");
    let filter = RemovalFilter { member: Some(member(1)), ..Default::default() };
    let removals = world.store.removals(&filter).await.unwrap();
    let [removal] = removals.as_slice() else { panic!("{removals:?}") };
    assert_eq!(
        (removal.cause, removal.item),
        (RemovalCause::Retention, Some(ItemId::from_i64(12)))
    );
    assert_eq!(removal.note, "posts are kept for 365 days");
    assert!(removal.ended_at.is_none(), "{holder} has to release");

    let again = world.gate.expire(&rules, as_of(), &mut |_| {}).await.unwrap();
    assert_eq!(again[&Category::Posts], ExpiredRows::default());
    assert_eq!(world.store.removals(&filter).await.unwrap().len(), 1, "told once");
}

#[tokio::test]
async fn what_has_no_date_counts_from_when_it_came_in() {
    let mut world = World::new(1).await;
    world.items(&[Item { created: None, ..Item::public(0, 10, "undated") }]).await;
    let expired = async |days| {
        let found = world.gate.count_expired(&[posts(days)]).await.unwrap();
        found[&Category::Posts].rows
    };
    // it came in at `as_of`
    assert_eq!(expired(0).await, 0);
    assert_eq!(expired(-1).await, 1);
}

#[tokio::test]
async fn after_a_crash_between_the_facts_and_the_lake_the_next_run_tells_holders_again() {
    let mut world = World::new(1).await;
    world.items(&[old(0, 10, 400)]).await;
    world.permit(None).await;
    let withdrawn = Withdrawn {
        category: Some(Category::Posts),
        ..Withdrawn::of_row(RemovalCause::Retention, (member(0), ItemId::from_i64(10)))
    };
    // as a run leaves it that dies after its facts
    world.store.record(vec![NewFact::Withdrawn(withdrawn)], as_of()).await.unwrap();
    world.gate.expire(&[posts(365)], as_of(), &mut |_| {}).await.unwrap();
    assert_eq!(world.store.open_removals().await.unwrap().len(), 2);
    assert!(items(&world).await.is_empty());
}

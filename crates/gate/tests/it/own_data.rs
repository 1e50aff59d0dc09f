//! A member's own access: everything, for that member alone, whatever was chosen.

use arrow::array::AsArray;
use gate::{GateError, OwnData, Table};
use policy::Status;
use store::{AccountFact, NewFact};

use crate::support::{Item, World, member};

fn texts(own: &OwnData) -> Vec<String> {
    let batches = own.tables.get(&Table::Items).into_iter().flatten();
    let texts = batches.flat_map(|batch| {
        let texts = batch.column_by_name("text").unwrap().as_string_view();
        texts.iter().flatten().map(str::to_owned).collect::<Vec<_>>()
    });
    texts.collect()
}

async fn world() -> World {
    let mut world = World::new(5).await;
    world.names(&["Ann One", "Ben Two", "Cem Three", "Dan Four", "Eve Five"]).await;
    let hidden = Item { visibility: Some("private"), ..Item::public(2, 21, "hidden from all") };
    let unsaid = Item { visibility: None, created: None, ..Item::public(2, 22, "unsaid") };
    let shown = Item::public(2, 20, "about Ben Two");
    world.items(&[Item::public(1, 10, "with Cem Three"), shown, hidden, unsaid]).await;
    world
}

#[tokio::test]
async fn a_member_gets_every_row_of_their_own_and_no_other() {
    let mut world = world().await;
    let (own, version) = (world.gate.own_data(member(2)).await.unwrap(), world.version().await);
    assert_eq!(texts(&own), ["about Ben Two", "hidden from all", "unsaid"]);
    assert_eq!((own.member, own.lake_version), (member(2), version));
    let names = own.tables[&Table::Members][0].column_by_name("display_name").unwrap();
    assert_eq!(names.as_string_view().value(0), "Cem Three");
    // Where others name the member belongs to the member, too.
    world.gate.resolve_mentions(crate::support::as_of()).await.unwrap();
    world.objects(1).await;
    let own = world.gate.own_data(member(2)).await.unwrap();
    assert_eq!(texts(&own)[0], "about Ben Two", "nothing is masked in one's own words");
    let numbers = |own: &OwnData| {
        let batches = own.tables.values().flatten();
        let of_batch = batches.flat_map(|batch| {
            let numbers = batch.column_by_name("member_number").unwrap();
            let numbers = numbers.as_primitive::<arrow::datatypes::Int64Type>();
            numbers.values().to_vec()
        });
        of_batch.collect::<Vec<_>>()
    };
    assert!(numbers(&own).iter().all(|number| *number == 2));
    assert!(world.permitted().await.keys().all(|(author, _)| *author != 1), "others stay refused");
}

#[tokio::test]
async fn nobody_is_refused_their_own_data() {
    let world = world().await;
    let expected = texts(&world.gate.own_data(member(2)).await.unwrap());
    world.objects(2).await;
    for status in [Status::Restricted, Status::Closed] {
        let fact = AccountFact {
            member: member(2),
            region: None,
            age: None,
            status: Some(status),
            source: "test".to_owned(),
            declaration: None,
        };
        world.record(vec![NewFact::Account(fact)]).await;
        assert_eq!(texts(&world.gate.own_data(member(2)).await.unwrap()), expected, "{status}");
    }
}

#[tokio::test]
async fn who_is_erased_has_none_whatever_the_lake_still_has() {
    let world = world().await;
    let store = world.gate.store();
    store.erase_member(member(2), "test", crate::support::as_of()).await.unwrap();
    assert!(world.gate.own_data(member(2)).await.unwrap().tables.is_empty());
    assert!(!world.gate.own_data(member(1)).await.unwrap().tables.is_empty());
}

#[tokio::test]
async fn somebody_unknown_has_none() {
    let world = world().await;
    for number in [-1, 5, i64::MAX] {
        let error = world.gate.own_data(member(number)).await.unwrap_err();
        assert!(matches!(error, GateError::UnknownMember { .. }), "{error}");
    }
}

//! A restored lake follows the facts that came from the journal before anybody gets a row.

use gate::{FactRange, Gate, GateError, PermitRequest};
use policy::ItemId;
use store::{HolderFilter, JournalPlace, NewFact, RemovalCause, Store, Withdrawn};

use crate::support::{Item, World, as_of, member, purpose};

/// The world as it was restored: an older store, with a journal that goes on.
async fn restored(world: &World, withdrawn: Withdrawn) -> Store {
    let path = |name: &str| world.folder.path().join(name);
    let place = JournalPlace { folder: path("journal"), new_system: "a".to_owned() };
    let store = Store::open_with_journal(path("store.sqlite"), &place, as_of()).await.unwrap();
    Store::copy(path("store.sqlite"), path("backup.sqlite")).await.unwrap();
    store.record(vec![NewFact::Withdrawn(withdrawn)], as_of()).await.unwrap();
    Store::open_with_journal(path("backup.sqlite"), &place, as_of()).await.unwrap()
}

fn deletion() -> Withdrawn {
    Withdrawn::of_row(RemovalCause::Deletion, (member(0), ItemId::from_i64(10)))
}

#[tokio::test]
async fn nothing_is_permitted_until_rows_that_had_gone_are_gone_again() {
    let mut world = World::new(2).await;
    world.items(&[Item::public(0, 10, "deleted later"), Item::public(1, 11, "kept")]).await;
    let taken = world.permit(None).await;
    let store = restored(&world, deletion()).await;
    let gate = Gate::new(world.lake.clone(), store.clone()).with_partitions(2);
    let last = store.last_sequence().await.unwrap();
    let request = PermitRequest {
        holder: taken.permit().holder.clone(),
        purpose: purpose(),
        as_of: as_of(),
        facts: FactRange::at(last),
        lake_version: world.version().await,
        after: None,
    };
    let closed = |outcome: gate::Result<()>| match outcome {
        Err(GateError::Unsettled { .. }) => {}
        other => panic!("{other:?}"),
    };
    closed(gate.permit(&request, as_of()).await.map(drop));
    closed(gate.report(&purpose(), as_of()).await.map(drop));
    let holders = store.holders(&HolderFilter::default()).await.unwrap();
    closed(gate.is_behind(&holders[0]).await.map(drop));

    assert_eq!(gate.settle_replays(as_of()).await.unwrap(), 1);
    assert_eq!(gate.settle_replays(as_of()).await.unwrap(), 0);
    let permitted = gate.permit(&request, as_of()).await.unwrap();
    let texts = crate::support::texts(&permitted).await;
    assert_eq!(texts.into_keys().collect::<Vec<_>>(), [(1, 11)]);
}

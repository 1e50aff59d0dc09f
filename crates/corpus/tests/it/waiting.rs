//! An importer records that a row goes before the row goes: nobody takes it in between.

use std::{sync::Arc, time::Duration};

use gate::{Holders, Table};
use lake::Append;
use policy::ItemId;
use store::{NewFact, RemovalCause, Withdrawn};

use crate::support::{World, member, now, record};

/// Long enough for a release or a build that does not wait.
const WHILE: Duration = Duration::from_secs(3);

fn post_of(number: i64) -> String {
    format!("What I learned about bridge {number}.")
}

fn item() -> ItemId {
    ItemId::from_i64(10 * Table::Items as i64)
}

async fn announce_deletion(world: &World, number: i64) {
    let withdrawn = Withdrawn::of_row(RemovalCause::Deletion, (member(number), item()));
    record(&world.store, NewFact::Withdrawn(withdrawn)).await;
}

fn deletion(number: i64) -> Append {
    Append { replaced: vec![(Table::Items, member(number), item())], ..Append::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_waits_for_the_change_that_its_fact_announces() {
    let world = World::new().await;
    let built = world.build("main").await;
    assert!(world.texts("main").await.contains(&post_of(7)));
    let mut importing = world.lake.writer().await.unwrap();
    announce_deletion(&world, 7).await;
    let (gate, corpora) = (world.gate.clone(), world.corpora.clone());
    let holders = Holders::default().with(Arc::new(corpora));
    let running = tokio::spawn(async move { gate.run_removals(&holders, now()).await });
    tokio::time::sleep(WHILE).await;
    importing.append(deletion(7), now()).await.unwrap();
    drop(importing);
    let run = running.await.unwrap().unwrap();
    assert_eq!((run.holders.len(), run.still_open), (1, 0), "{run:?}");
    assert!(world.held(&built, 7).await.iter().all(|held| held.item != item()));
    assert!(!world.texts("main").await.contains(&post_of(7)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_waits_for_the_change_that_its_facts_announce() {
    let world = World::new().await;
    // what came in so far has been looked through for names, so nothing else waits
    world.gate.resolve_mentions(now()).await.unwrap();
    let mut importing = world.lake.writer().await.unwrap();
    announce_deletion(&world, 7).await;
    let (gate, corpora) = (world.gate.clone(), world.corpora.clone());
    let request = world.request("main").await;
    let running = tokio::spawn(async move { corpora.build(&gate, &request, now()).await });
    tokio::time::sleep(WHILE).await;
    importing.append(deletion(7), now()).await.unwrap();
    drop(importing);
    let built = running.await.unwrap().unwrap();
    assert!(built.sealed);
    assert!(!world.texts("main").await.contains(&post_of(7)));
}

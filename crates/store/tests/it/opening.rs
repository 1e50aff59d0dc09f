use sea_orm::{ConnectionTrait, Statement};
use store::{Store, StoreError};

use crate::{
    home::{Home, on_server},
    sample::{adult_in, at, member, sequence, store},
};

#[tokio::test]
async fn an_empty_database_gets_every_table_and_opens_again() {
    let (home, store) = store(1).await;
    store.record(vec![store::NewFact::Account(adult_in(0, "DE"))], at(1)).await.unwrap();
    drop(store);
    let again = Store::open(home.place("store").await).await.unwrap();
    assert_eq!(again.last_sequence().await.unwrap(), sequence(1));
    assert_eq!(again.member_count().await.unwrap(), 1);
}

#[tokio::test]
async fn two_handles_may_create_the_same_store_at_once() {
    let home = Home::new();
    let place = home.place("store").await;
    let (one, other) = tokio::join!(Store::open(place.clone()), Store::open(place));
    assert_eq!(one.unwrap().last_sequence().await.unwrap(), sequence(0));
    assert_eq!(other.unwrap().last_sequence().await.unwrap(), sequence(0));
}

#[tokio::test]
async fn a_store_from_a_newer_version_is_refused_by_name() {
    let (home, store) = store(0).await;
    drop(store);
    let step = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('9999_later', 0)";
    home.raw("store").await.execute_unprepared(step).await.unwrap();
    let opened = Store::open(home.place("store").await).await;
    let Err(error) = opened else { panic!("opened a newer store") };
    assert!(matches!(&error, StoreError::IsNewer { step, .. } if step == "9999_later"));
    assert!(error.to_string().contains("use the newer version"), "{error}");
}

#[tokio::test]
async fn scrubbing_keeps_the_facts_and_rewrites_what_an_erasure_touched() {
    let (home, store) = store(2).await;
    store.record(vec![store::NewFact::Account(adult_in(1, "DE"))], at(1)).await.unwrap();
    store.record_archive(member(0), "2026-01-01".parse().unwrap(), at(2)).await.unwrap();
    store.erase_member(member(0), "feed", at(3)).await.unwrap();
    let before = file_of_archives(&home).await;
    store.scrub().await.unwrap();
    assert_eq!(store.facts_between(sequence(0), sequence(9)).await.unwrap().len(), 2);
    assert!(store.newest_archive(member(0)).await.unwrap().is_none());
    let after = file_of_archives(&home).await;
    assert!(after.is_none() || before != after, "{after:?}");
    let log = home.path("store.sqlite-wal");
    assert_eq!(std::fs::metadata(log).map_or(0, |file| file.len()), 0);
}

/// On a server, in which file the table lies that an erasure takes a row from.
async fn file_of_archives(home: &Home) -> Option<String> {
    on_server()?;
    let raw = home.raw("store").await;
    let asked = "SELECT pg_relation_filepath('archives')";
    let asked = Statement::from_string(raw.get_database_backend(), asked);
    raw.query_one_raw(asked).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

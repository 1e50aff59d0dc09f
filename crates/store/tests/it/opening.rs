use sea_orm::{ConnectionTrait, Database};
use store::{Store, StoreError};

use crate::sample::{adult_in, at, sequence, store};

#[tokio::test]
async fn an_empty_file_gets_every_table_and_opens_again() {
    let (folder, store) = store(1).await;
    let path = folder.path().join("store.sqlite");
    store.record(vec![store::NewFact::Account(adult_in(0, "DE"))], at(1)).await.unwrap();
    drop(store);
    let again = Store::open(&path).await.unwrap();
    assert_eq!(again.last_sequence().await.unwrap(), sequence(1));
    assert_eq!(again.member_count().await.unwrap(), 1);
}

#[tokio::test]
async fn two_handles_may_create_the_same_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let (one, other) = tokio::join!(Store::open(&path), Store::open(&path));
    assert_eq!(one.unwrap().last_sequence().await.unwrap(), sequence(0));
    assert_eq!(other.unwrap().last_sequence().await.unwrap(), sequence(0));
}

#[tokio::test]
async fn a_file_from_a_newer_version_is_refused_by_name() {
    let (folder, store) = store(0).await;
    let path = folder.path().join("store.sqlite");
    drop(store);
    let url = format!("sqlite:{}", path.display());
    let raw = Database::connect(url).await.unwrap();
    let step = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('9999_later', 0)";
    raw.execute_unprepared(step).await.unwrap();
    let Err(error) = Store::open(&path).await else { panic!("opened a newer file") };
    assert!(matches!(&error, StoreError::FileIsNewer { step, .. } if step == "9999_later"));
    assert!(error.to_string().contains("use the newer version"), "{error}");
}

#[tokio::test]
async fn scrubbing_keeps_the_facts() {
    let (folder, store) = store(2).await;
    store.record(vec![store::NewFact::Account(adult_in(1, "DE"))], at(1)).await.unwrap();
    store.scrub().await.unwrap();
    assert_eq!(store.facts_between(sequence(0), sequence(9)).await.unwrap().len(), 1);
    let log = folder.path().join("store.sqlite-wal");
    assert_eq!(std::fs::metadata(log).map_or(0, |file| file.len()), 0);
}

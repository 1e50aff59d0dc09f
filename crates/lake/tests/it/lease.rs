//! What keeps two machines apart that write to one bucket.

use std::time::Duration;

use lake::{Erasure, Lake, LakeError, Operation, Table};
use policy::LakeVersion;

use crate::{
    site::{has_buckets, server},
    support::*,
};

/// Longer than it takes to be sure that nobody renews a lease.
const LONG: Duration = Duration::from_secs(25);

fn one(item: i64) -> lake::Append {
    append(&[(Table::Items, &[row(3, item, &canary(3))])])
}

async fn items(lake: &Lake) -> usize {
    rows(&lake.head().await.unwrap(), Table::Items).await.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_writer_s_lease_runs_out_and_what_it_left_never_becomes_visible() {
    if !has_buckets() {
        return;
    }
    let (site, lake) = At::Bucket.fresh().await;
    fill(&lake, 0..5).await;
    let mut dead = lake.writer().await.unwrap();
    dead.abandon_lease();
    let other = site.open().await;
    let at_once = other.writer().await;
    assert!(matches!(at_once, Err(LakeError::Locked { .. })), "{at_once:?}");

    let mut writer = other.writer_within(LONG).await.unwrap();
    let head = other.head().await.unwrap();
    assert_eq!(head.record().operation, Operation::Fence);
    assert_eq!(head.version(), LakeVersion::from_i64(2));
    assert_eq!(items(&other).await, 5);

    // it was only slow: whatever it tries now comes too late
    let late = dead.append(one(8), AT).await;
    assert!(is_conflict(&late), "{late:?}");
    drop(dead);
    writer.append(one(9), AT).await.unwrap_err();
    drop(writer);
    let mut writer = other.writer().await.unwrap();
    assert_eq!(items(&lake).await, 5);
    writer.append(one(9), AT).await.unwrap();
    let erasure = Erasure { members: vec![member(3)], rows: Vec::new() };
    writer.erase(&erasure, AT).await.unwrap();
    assert_eq!(items(&lake).await, 4);
    assert!(site.hunt(&canary(3)).await.is_empty(), "what the late writer left is gone as well");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_is_renewed_stays_with_its_holder() {
    if !has_buckets() {
        return;
    }
    let (site, lake) = At::Bucket.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    let other = site.open().await;
    let waited = other.writer_within(LONG).await;
    assert!(matches!(waited, Err(LakeError::Locked { .. })), "{waited:?}");
    writer.append(one(1), AT).await.unwrap();
    drop(writer);
    other.writer().await.unwrap();
    assert_eq!(other.version().await.unwrap(), LakeVersion::from_i64(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_want_to_write_one_does() {
    if !has_buckets() {
        return;
    }
    let (site, lake) = At::Bucket.fresh().await;
    lake.writer().await.unwrap();
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let lake = site.open().await;
        tasks.push(tokio::spawn(async move {
            let writer = lake.writer().await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            writer.is_ok()
        }));
    }
    let mut writers = 0;
    for task in tasks {
        writers += usize::from(task.await.unwrap());
    }
    assert_eq!(writers, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_cancelled_call_no_version_can_arrive_late() {
    if !has_buckets() {
        return;
    }
    let (site, lake) = At::Bucket.fresh().await;
    fill(&lake, 0..5).await;
    let mut writer = lake.writer().await.unwrap();
    let cut = tokio::time::timeout(Duration::from_millis(1), writer.append(one(8), AT)).await;
    assert!(cut.is_err());
    drop(writer);
    let other = site.open().await;
    other.settled(Duration::from_secs(5)).await.unwrap();
    assert_eq!(other.head().await.unwrap().record().operation, Operation::Fence);
    assert_eq!(items(&other).await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_keeps_what_is_deleted_is_refused() {
    if !has_buckets() {
        return;
    }
    let (site, lake) = At::Bucket.fresh().await;
    fill(&lake, 0..5).await;
    server().keep_versions(site.bucket()).unwrap();
    let refused = lake.writer().await;
    let Err(error @ LakeError::KeepsVersions { .. }) = refused else { panic!("{refused:?}") };
    assert!(error.to_string().contains("s3://bucket-"), "{error}");
    assert_eq!(items(&lake).await, 5, "it can still be read");
}

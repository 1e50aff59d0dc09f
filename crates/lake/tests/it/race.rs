use std::time::Duration;

use lake::{Erasure, Lake, Table};

use crate::support::*;

fn erasure() -> Erasure {
    Erasure { members: vec![member(3)], rows: Vec::new() }
}

async fn items_of(lake: &Lake, number: i64) -> usize {
    let provider = lake.table(Table::Items).await.unwrap();
    let sql = format!("select item from t where member_number = {number}");
    query(provider, &sql).await.unwrap().len()
}

async fn an_erasure_on_a_stale_snapshot_conflicts_with_an_append(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..15).await;
    let mut eraser = lake.writer_without_lock().await.unwrap();
    let other = site.open().await;
    let late = append(&[(Table::Items, &[row(3, 8, &canary(3))])]);
    other.writer_without_lock().await.unwrap().append(late, AT).await.unwrap();
    assert!(is_conflict(&eraser.erase(&erasure(), AT).await));
    assert_eq!(items_of(&lake, 3).await, 2, "nothing of the lost erasure is visible");
    drop(eraser);

    lake.writer().await.unwrap().erase(&erasure(), AT).await.unwrap();
    assert_eq!(items_of(&lake, 3).await, 0);
    assert!(site.hunt(&canary(3)).await.is_empty());
    assert_eq!(items_of(&lake, 4).await, 1);
}

async fn an_erasure_on_a_stale_snapshot_conflicts_even_if_no_table_is_shared(at: At) {
    let (site, lake) = at.fresh().await;
    let skills = [row(3, 1, &canary(3))];
    let mut writer = lake.writer().await.unwrap();
    writer.append(append(&[(Table::Skills, &skills)]), AT).await.unwrap();
    drop(writer);
    let mut eraser = lake.writer_without_lock().await.unwrap();
    let other = site.open().await;
    let late = append(&[(Table::Items, &[row(3, 8, &canary(3))])]);
    other.writer_without_lock().await.unwrap().append(late, AT).await.unwrap();
    assert!(is_conflict(&eraser.erase(&erasure(), AT).await));
    drop(eraser);
    lake.writer().await.unwrap().erase(&erasure(), AT).await.unwrap();
    assert!(site.hunt(&canary(3)).await.is_empty());
}

async fn a_stale_compaction_or_append_behind_an_erasure_brings_nobody_back(at: At) {
    for compacts in [true, false] {
        let (site, lake) = at.fresh().await;
        fill(&lake, 0..15).await;
        let more: Vec<_> = (0..15).map(|one| row(one, 8, &canary(one))).collect();
        let mut writer = lake.writer().await.unwrap();
        writer.append(append(&[(Table::Items, &more)]), AT).await.unwrap();
        drop(writer);

        let other = site.open().await;
        let mut stale = other.writer_without_lock().await.unwrap();
        lake.writer_without_lock().await.unwrap().erase(&erasure(), AT).await.unwrap();
        let failed = if compacts {
            compact(&mut stale).await.is_err()
        } else {
            let mut edit = append(&[(Table::Items, &[row(4, 9, "edit")])]);
            edit.replaced = vec![address(Table::Items, 4, 8)];
            stale.append(edit, AT).await.is_err()
        };
        assert!(failed);
        drop(stale);
        for handle in [&lake, &other] {
            assert_eq!(items_of(handle, 3).await, 0);
            assert_eq!(items_of(handle, 4).await, 2);
            handle.writer().await.unwrap();
            assert_eq!(items_of(handle, 3).await, 0);
        }
        assert!(site.hunt(&canary(3)).await.is_empty());
    }
}

async fn an_erasure_behind_a_compaction_conflicts(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..15).await;
    let more: Vec<_> = (0..15).map(|one| row(one, 8, &canary(one))).collect();
    let mut writer = lake.writer().await.unwrap();
    writer.append(append(&[(Table::Items, &more)]), AT).await.unwrap();
    drop(writer);
    let mut eraser = lake.writer_without_lock().await.unwrap();
    compact(&mut lake.writer_without_lock().await.unwrap()).await.unwrap();
    assert!(is_conflict(&eraser.erase(&erasure(), AT).await));
    drop(eraser);
    let before = everything(&lake).await;
    lake.writer().await.unwrap().erase(&erasure(), AT).await.unwrap();
    assert_eq!(items_of(&lake, 3).await, 0);
    assert_eq!(everything(&lake).await[&Table::Items].len(), before[&Table::Items].len() - 2);
    assert!(site.hunt(&canary(3)).await.is_empty());
}

async fn a_compaction_behind_an_append_conflicts_and_loses_no_row(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..15).await;
    let more: Vec<_> = (0..15).map(|one| row(one, 8, &canary(one))).collect();
    let mut writer = lake.writer().await.unwrap();
    writer.append(append(&[(Table::Items, &more)]), AT).await.unwrap();
    drop(writer);
    let mut stale = lake.writer_without_lock().await.unwrap();
    let other = site.open().await;
    let late = append(&[(Table::Items, &[row(3, 9, "late")])]);
    other.writer_without_lock().await.unwrap().append(late, AT).await.unwrap();
    let before = everything(&other).await;
    assert!(is_conflict(&compact(&mut stale).await));
    drop(stale);
    assert_eq!(everything(&lake).await, before);
    compact(&mut lake.writer().await.unwrap()).await.unwrap();
    assert_eq!(everything(&lake).await, before);
    assert_eq!(items_of(&lake, 3).await, 3);
}

async fn through_the_lock_all_get_their_turn(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..15).await;
    let mut tasks = Vec::new();
    for task in 0..4 {
        let lake = site.open().await;
        tasks.push(tokio::spawn(async move {
            for round in 0..3 {
                let mut writer = lake.writer_within(Duration::from_secs(60)).await.unwrap();
                let one = row(4, 100 + task * 10 + round, "more");
                match task {
                    0 => assert!(writer.erase(&erasure(), AT).await.is_ok()),
                    1 => assert!(compact(&mut writer).await.is_ok()),
                    _ => {
                        assert!(writer.append(append(&[(Table::Items, &[one])]), AT).await.is_ok())
                    }
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(items_of(&lake, 3).await, 0);
    assert_eq!(items_of(&lake, 4).await, 1 + 6);
    assert!(site.hunt(&canary(3)).await.is_empty());
}

async fn a_lake_is_settled_once_nobody_writes(at: At) {
    let (site, lake) = at.fresh().await;
    let writer = lake.writer().await.unwrap();
    let other = site.open().await;
    let busy = other.settled(Duration::ZERO).await;
    assert!(matches!(busy, Err(lake::LakeError::Locked { .. })), "{busy:?}");
    drop(writer);
    other.settled(Duration::ZERO).await.unwrap();
    lake.writer().await.unwrap();
}

in_both!(
    an_erasure_on_a_stale_snapshot_conflicts_with_an_append,
    an_erasure_on_a_stale_snapshot_conflicts_even_if_no_table_is_shared,
    a_stale_compaction_or_append_behind_an_erasure_brings_nobody_back,
    an_erasure_behind_a_compaction_conflicts,
    a_compaction_behind_an_append_conflicts_and_loses_no_row,
    through_the_lock_all_get_their_turn,
    a_lake_is_settled_once_nobody_writes,
);

use lake::{Compaction, Table};
use policy::LakeVersion;

use crate::support::*;

async fn compaction_keeps_the_rows_and_their_order(at: At) {
    let (site, lake) = at.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    for item in 0..5 {
        let some: Vec<_> = (0..20).map(|one| row((one * 7) % 20, 9 - item, &canary(one))).collect();
        writer.append(append(&[(Table::Items, &some)]), AT).await.unwrap();
    }
    let before = everything(&lake).await;
    let old = lake.head().await.unwrap();
    assert_eq!(site.data_files().await.len(), 10);

    let version = compact(&mut writer).await.unwrap();
    assert_eq!(version, LakeVersion::from_i64(6));
    assert_eq!(everything(&lake).await, before);
    assert_eq!(rows(&old, Table::Items).await, before[&Table::Items]);
    assert_eq!(compact(&mut writer).await.unwrap(), version, "nothing left to join");

    writer.sweep(AT).await.unwrap();
    let files = site.data_files().await;
    assert_eq!(files.len(), 2);
    for file in files {
        let keys: Vec<(i64, i64)> = decoded(site.read(&file).await)
            .iter()
            .map(|line| {
                let mut values = line.split(" | ").map(|value| value.parse().unwrap());
                (values.next().unwrap(), values.next().unwrap())
            })
            .collect();
        assert_eq!(keys.len(), 50);
        assert!(keys.is_sorted());
    }
    assert_eq!(everything(&lake).await, before);
}

async fn compaction_says_in_the_log_that_no_data_changed(at: At) {
    let (site, lake) = at.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    for item in 0..2 {
        writer.append(append(&[(Table::Items, &[row(1, item, "text")])]), AT).await.unwrap();
    }
    compact(&mut writer).await.unwrap();
    let commit = site.read("items/_delta_log/00000000000000000003.json").await;
    let commit = String::from_utf8(commit.to_vec()).unwrap();
    assert!(commit.contains("OPTIMIZE"));
    assert_eq!(commit.matches("\"dataChange\":false").count(), 3);
    assert!(!commit.contains("\"dataChange\":true"));
}

async fn one_table_is_joined_and_what_it_took_is_told(at: At) {
    let (_site, lake) = at.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    for item in 0..4 {
        let some: Vec<_> = (0..20).map(|one| row(one, item, &canary(one))).collect();
        let tables = append(&[(Table::Items, &some), (Table::Skills, &some)]);
        writer.append(tables, AT).await.unwrap();
    }
    let before = everything(&lake).await;
    let of_items = Compaction::of(Some(Table::Items), 4);
    assert!(lake.has_small_files(of_items).await.unwrap());
    let large = Compaction { min_files: 5, ..of_items };
    assert!(!lake.has_small_files(large).await.unwrap());
    let mut steps = Vec::new();
    let done = writer.compact(of_items, AT, &mut |step| steps.push(step)).await.unwrap();
    assert_eq!((done.files_joined, done.files_written), (8, 2));
    assert!(done.bytes_written < done.bytes_joined);
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[1].bytes_joined, steps[1].bytes_total);
    assert_eq!(steps[1].bytes_total, done.bytes_joined);
    assert!(!lake.has_small_files(of_items).await.unwrap());
    assert_eq!(everything(&lake).await, before);
    let head = lake.head().await.unwrap();
    let [items, skills] = [Table::Items, Table::Skills].map(|table| head.footprint(table));
    let (items, skills) = (items.await.unwrap(), skills.await.unwrap());
    assert_eq!((items.files, items.rows, items.ranges), (2, 80, 2));
    assert_eq!((skills.files, skills.rows), (8, 80));
    assert_eq!(items.bytes, done.bytes_written);
}

async fn many_files_become_few_and_those_one(at: At) {
    let (_site, lake) = at.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    for item in 0..35 {
        writer.append(append(&[(Table::Items, &[row(1, item, "text")])]), AT).await.unwrap();
    }
    let before = everything(&lake).await;
    let many = Compaction::of_all(35);
    let done = writer.compact(many, AT, &mut |_| {}).await.unwrap();
    assert_eq!((done.files_joined, done.files_written), (35, 2));
    assert!(!lake.has_small_files(many).await.unwrap());
    let done = writer.compact(Compaction::of_all(2), AT, &mut |_| {}).await.unwrap();
    assert_eq!((done.files_joined, done.files_written), (2, 1));
    assert!(!lake.has_small_files(Compaction::of_all(2)).await.unwrap());
    assert_eq!(everything(&lake).await, before);
}

in_both!(
    many_files_become_few_and_those_one,
    compaction_keeps_the_rows_and_their_order,
    compaction_says_in_the_log_that_no_data_changed,
    one_table_is_joined_and_what_it_took_is_told,
);

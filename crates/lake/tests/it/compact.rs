use lake::Table;
use policy::LakeVersion;

use crate::support::*;

#[tokio::test]
async fn compaction_keeps_the_rows_and_their_order() {
    let (folder, lake) = fresh().await;
    let mut writer = lake.writer().await.unwrap();
    for item in 0..5 {
        let some: Vec<_> = (0..20).map(|one| row((one * 7) % 20, 9 - item, &canary(one))).collect();
        writer.append(append(&[(Table::Items, &some)]), AT).await.unwrap();
    }
    let before = everything(&lake).await;
    let old = lake.head().await.unwrap();
    assert_eq!(data_files(folder.path()).len(), 10);

    let version = writer.compact(2, AT).await.unwrap();
    assert_eq!(version, LakeVersion::from_i64(6));
    assert_eq!(everything(&lake).await, before);
    assert_eq!(rows(&old, Table::Items).await, before[&Table::Items]);
    assert_eq!(writer.compact(2, AT).await.unwrap(), version, "nothing left to join");

    writer.sweep(AT).await.unwrap();
    let files = data_files(folder.path());
    assert_eq!(files.len(), 2);
    for file in files {
        let keys: Vec<(i64, i64)> = decoded(&file)
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

#[tokio::test]
async fn compaction_says_in_the_log_that_no_data_changed() {
    let (folder, lake) = fresh().await;
    let mut writer = lake.writer().await.unwrap();
    for item in 0..2 {
        writer.append(append(&[(Table::Items, &[row(1, item, "text")])]), AT).await.unwrap();
    }
    writer.compact(2, AT).await.unwrap();
    let commit = folder.path().join("lake/items/_delta_log/00000000000000000003.json");
    let commit = std::fs::read_to_string(commit).unwrap();
    assert!(commit.contains("OPTIMIZE"));
    assert_eq!(commit.matches("\"dataChange\":false").count(), 3);
    assert!(!commit.contains("\"dataChange\":true"));
}

use std::{collections::BTreeSet, time::Duration};

use arrow::array::RecordBatchOptions;
use lake::{Append, ContentKey, Lake, LakeError, Options, Table};
use policy::{ItemId, LakeVersion};

use crate::support::*;

async fn an_empty_lake_has_version_zero_and_empty_tables(at: At) {
    let (_site, lake) = at.fresh().await;
    assert_eq!(lake.version().await.unwrap(), LakeVersion::from_i64(0));
    for table in Table::ALL {
        let provider = lake.table(*table).await.unwrap();
        assert_eq!(provider.schema(), table.scan_schema());
        assert!(query(provider, "select * from t").await.unwrap().is_empty());
    }
}

async fn what_is_appended_is_scanned(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let other = site.open().await;
    for table in Table::ALL {
        let provider = other.table(*table).await.unwrap();
        assert_eq!(provider.schema(), table.scan_schema(), "{table}");
        let expected = if *table == Table::Mentions { 25 * 24 } else { 25 };
        assert_eq!(query(provider, "select * from t").await.unwrap().len(), expected, "{table}");
    }
    let provider = other.table(Table::Skills).await.unwrap();
    let sql = "select member_number, item, source, name, visibility, lake_version, range from t \
               where member_number = 13";
    let found = query(provider, sql).await.unwrap();
    assert_eq!(found, ["13 | 7 | test | canary-of-13. name | public | 1 | 1"]);
}

async fn every_version_stays_as_it_was_and_one_row_is_one_version(at: At) {
    let (_site, lake) = at.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    for item in 1..=3 {
        let version =
            writer.append(append(&[(Table::Items, &[row(1, item, "text")])]), AT).await.unwrap();
        assert_eq!(version, LakeVersion::from_i64(item));
    }
    for version in 0..=3 {
        let snapshot = lake.at(LakeVersion::from_i64(version)).await.unwrap();
        assert_eq!(rows(&snapshot, Table::Items).await.len() as i64, version);
    }
    let unknown = lake.at(LakeVersion::from_i64(4)).await;
    assert!(matches!(unknown, Err(LakeError::UnknownVersion { .. })));
    let provider = lake.table(Table::Items).await.unwrap();
    let as_of = query(provider, "select item from t where lake_version <= 2").await.unwrap();
    assert_eq!(as_of, ["1", "2"]);
}

async fn nothing_appended_is_no_new_version(at: At) {
    let (_site, lake) = at.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    let nothing = Append { replaced: vec![address(Table::Items, 1, 1)], ..Append::default() };
    assert_eq!(writer.append(Append::default(), AT).await.unwrap(), LakeVersion::from_i64(0));
    assert_eq!(writer.append(nothing, AT).await.unwrap(), LakeVersion::from_i64(0));
    let empty = append(&[(Table::Items, &[])]);
    assert_eq!(writer.append(empty, AT).await.unwrap(), LakeVersion::from_i64(0));
}

async fn an_edit_takes_the_old_row_out_in_the_version_that_brings_the_new_one(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    assert!(!lake.has_leftovers().await.unwrap());
    let before = lake.head().await.unwrap();
    let mut edit = append(&[(Table::Items, &[row(3, 7, "second thoughts")])]);
    edit.replaced = vec![address(Table::Items, 3, 7), address(Table::Items, 14, 7)];
    let mut writer = lake.writer().await.unwrap();
    writer.append(edit, AT).await.unwrap();

    let head = lake.head().await.unwrap();
    assert_eq!(head.version(), LakeVersion::from_i64(2));
    let now = rows(&head, Table::Items).await;
    assert_eq!(now.len(), 24);
    assert_eq!(now.iter().filter(|line| line.contains("second thoughts text")).count(), 1);
    assert!(!now.iter().any(|line| line.contains(&canary(3)) || line.contains(&canary(14))));
    assert_eq!(rows(&before, Table::Items).await.len(), 25);

    assert!(lake.has_leftovers().await.unwrap());
    writer.sweep(AT).await.unwrap();
    assert!(!lake.has_leftovers().await.unwrap());
    assert!(!site.hunt(&canary(3)).await.iter().any(|path| path.starts_with("items/")));
    assert_eq!(rows(&lake.head().await.unwrap(), Table::Items).await, now);
    let refused = lake.at(LakeVersion::from_i64(1)).await;
    assert!(matches!(refused, Err(LakeError::RefusedVersion { .. })));
}

async fn keys_tell_an_importer_what_is_there(at: At) {
    let (_site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let keys = lake.content_keys(Table::Positions).await.unwrap();
    assert_eq!(keys.len(), 25);
    let head = lake.head().await.unwrap();
    let is_wanted = |key: &&ContentKey| [3, 17].contains(&key.member.as_i64());
    let expected: Vec<_> = keys.iter().filter(is_wanted).copied().collect();
    let mut asked: BTreeSet<_> = expected.iter().map(|key| (key.member, key.item)).collect();
    // an item that member 3 does not have, a member of a range that has rows, and one of none
    asked.extend([(3, -1), (4, -1), (99, 0)].map(|(m, item)| (member(m), ItemId::from_i64(item))));
    let mut found = head.find(Table::Positions, &asked).await.unwrap();
    found.sort();
    assert_eq!(found, expected);
    let texts = [(member(4), ItemId::from_i64(7))].into();
    assert_eq!(head.mentions_in(&texts).await.unwrap().len(), 24);
}

async fn the_recorded_range_size_holds(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let again = Lake::open_at(&site.place, Options::default()).await.unwrap();
    assert_eq!(again.members_per_range(), 10);
    assert_eq!(again.range_of(member(25)), 2);
    let elsewhere = Lake::open("gs://bucket/lake", Options::default()).await;
    assert!(matches!(elsewhere, Err(LakeError::Location { .. })));
}

async fn a_scan_of_one_range_opens_no_file_of_another(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    for file in site.data_files().await {
        if file.starts_with("items/range=0/") {
            site.delete(&file).await;
        }
    }
    let provider = || async { lake.table(Table::Items).await.unwrap() };
    let pruned = query(provider().await, "select * from t where range = 1").await;
    assert_eq!(pruned.unwrap().len(), 10);
    let pruned = query(provider().await, "select * from t where range >= 1").await;
    assert_eq!(pruned.unwrap().len(), 15);
    assert!(query(provider().await, "select * from t").await.is_err());
}

async fn a_second_writer_is_told_who_holds_the_lock(at: At) {
    let (site, lake) = at.fresh().await;
    let other = site.open().await;
    let writer = lake.writer().await.unwrap();
    let refused = other.writer().await;
    let Err(LakeError::Locked { holder, lock }) = refused else { panic!("{refused:?}") };
    assert!(holder.starts_with(&format!("process {}", std::process::id())), "{holder}");
    let expected = if at == At::Folder { "/lake.lock" } else { "/some/lake/_lease.json" };
    assert!(lock.ends_with(expected), "{lock}");
    drop(writer);
    other.writer_within(Duration::from_secs(1)).await.unwrap();
}

async fn a_batch_without_rows_but_with_a_row_count_is_refused(at: At) {
    let (_site, lake) = at.fresh().await;
    let schema = std::sync::Arc::new(arrow::datatypes::Schema::empty());
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    let batch = arrow::array::RecordBatch::try_new_with_options(schema, vec![], &options).unwrap();
    let append = Append { rows: [(Table::Skills, batch)].into(), ..Append::default() };
    let refused = lake.writer().await.unwrap().append(append, AT).await;
    assert!(matches!(refused, Err(LakeError::MissingColumn { column: "member_number", .. })));
}

in_both!(
    an_empty_lake_has_version_zero_and_empty_tables,
    what_is_appended_is_scanned,
    every_version_stays_as_it_was_and_one_row_is_one_version,
    nothing_appended_is_no_new_version,
    an_edit_takes_the_old_row_out_in_the_version_that_brings_the_new_one,
    keys_tell_an_importer_what_is_there,
    the_recorded_range_size_holds,
    a_scan_of_one_range_opens_no_file_of_another,
    a_second_writer_is_told_who_holds_the_lock,
    a_batch_without_rows_but_with_a_row_count_is_refused,
);

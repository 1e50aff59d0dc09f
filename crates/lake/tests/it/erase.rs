use std::collections::BTreeMap;

use lake::{Erasure, LakeError, Operation, Table};
use policy::LakeVersion;

use crate::support::*;

fn of_members(members: &[i64]) -> Erasure {
    Erasure { members: members.iter().map(|one| member(*one)).collect(), rows: Vec::new() }
}

async fn nothing_of_an_erased_member_is_left_in_any_file(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let mut writer = lake.writer().await.unwrap();
    // Older and newer copies: replaced, joined, and left behind by a writer that died.
    let mut edit = append(&[(Table::Items, &[row(13, 7, "canary-of-13. again")])]);
    edit.replaced = vec![address(Table::Items, 13, 7)];
    writer.append(edit, AT).await.unwrap();
    compact(&mut writer).await.unwrap();
    writer.stop_before_step(1);
    let late = append(&[(Table::Items, &[row(13, 8, "canary-of-13. late")])]);
    writer.append(late, AT).await.unwrap_err();
    drop(writer);
    assert!(site.hunt("canary-of-13.").await.len() > Table::ALL.len());

    let mut writer = lake.writer().await.unwrap();
    let before = everything(&lake).await;
    let evidence = writer.erase(&of_members(&[13]), AT).await.unwrap();
    assert!(site.hunt("canary-of-13.").await.is_empty());
    for (table, lines) in everything(&lake).await {
        assert_eq!(lines, without(&before, table, 13), "{table}");
    }
    assert_eq!(evidence.rows_removed(), 7 + 24);
    assert_eq!(lake.head().await.unwrap().record().evidence.as_ref(), Some(&evidence));
}

/// The lines of a table that neither are of the member nor point into the member's texts.
fn without(before: &BTreeMap<Table, Vec<String>>, table: Table, erased: i64) -> Vec<String> {
    let column = |line: &str, index: usize| -> i64 {
        line.split(" | ").nth(index).unwrap().parse().unwrap()
    };
    let owner = if table == Table::Mentions { 4 } else { 0 };
    before[&table].iter().filter(|line| column(line, owner) != erased).cloned().collect()
}

async fn mentions_of_an_erased_member_stay_and_hold_no_name(at: At) {
    let (_site, lake) = at.fresh().await;
    fill(&lake, 0..15).await;
    lake.writer().await.unwrap().erase(&of_members(&[3]), AT).await.unwrap();
    let provider = lake.table(Table::Mentions).await.unwrap();
    let naming = query(provider, "select * from t where member_number = 3").await.unwrap();
    assert_eq!(naming.len(), 14);
    assert!(naming.iter().all(|line| !line.contains("canary")));
    let provider = lake.table(Table::Mentions).await.unwrap();
    let by = query(provider, "select * from t where author_member = 3").await.unwrap();
    assert!(by.is_empty());
}

async fn only_the_files_of_the_member_s_range_are_touched(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let untouched = |path: &String| !path.contains("range=1/") && !path.starts_with("mentions/");
    let contents = async || {
        let mut contents = BTreeMap::new();
        for path in site.data_files().await.into_iter().filter(untouched) {
            let bytes = site.read(&path).await;
            contents.insert(path, bytes);
        }
        contents
    };
    let before = contents().await;
    assert_eq!(before.len(), 2 * (Table::ALL.len() - 1));
    let mut hashes = Vec::new();
    for path in site.data_files().await {
        hashes.push(blake3::hash(&site.read(&path).await).to_hex().to_string());
    }
    let evidence = lake.writer().await.unwrap().erase(&of_members(&[13]), AT).await.unwrap();
    assert_eq!(before, contents().await);
    let left = site.files().await;
    let tables: Vec<_> = evidence.files_rewritten.iter().map(|file| file.table).collect();
    assert_eq!(tables.iter().filter(|table| **table != Table::Mentions).count(), 8);
    for file in &evidence.files_rewritten {
        assert!(file.table == Table::Mentions || file.path.starts_with("range=1/"));
        assert!(hashes.contains(&file.blake3));
        assert!(!left.contains(&format!("{}/{}", file.table.name(), file.path)));
    }
    assert!(evidence.bytes_rewritten < evidence.bytes_total);
}

async fn versions_from_before_an_erasure_are_refused(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..15).await;
    let before = lake.head().await.unwrap();
    let evidence = lake.writer().await.unwrap().erase(&of_members(&[3]), AT).await.unwrap();
    assert_eq!(evidence.version, LakeVersion::from_i64(2));
    for handle in [&lake, &site.open().await] {
        let refused = handle.at(LakeVersion::from_i64(1)).await;
        let Err(LakeError::RefusedVersion { oldest, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(oldest, evidence.version);
        assert!(handle.at(evidence.version).await.is_ok());
    }
    let stale = before.table(Table::Items).await.unwrap();
    let scan = query(stale, "select * from t").await;
    assert!(scan.is_err(), "a snapshot from before fails instead of answering in part");
}

async fn one_row_can_be_erased_with_the_mentions_in_it(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..5).await;
    let mut writer = lake.writer().await.unwrap();
    let kept = [row(3, 8, "kept")];
    let other = [mention(1, 900, (3, 8))];
    writer.append(append(&[(Table::Items, &kept), (Table::Mentions, &other)]), AT).await.unwrap();
    let rows_of = |table| vec![address(table, 3, 7)];
    let erasure = Erasure { members: Vec::new(), rows: rows_of(Table::Items) };
    let evidence = writer.erase(&erasure, AT).await.unwrap();
    assert_eq!(evidence.rows_removed(), 1 + 4 + 1, "the row, mentions in it, what it reveals");
    assert!(!site.hunt(&canary(3)).await.iter().any(|path| path.starts_with("items/")));
    let provider = lake.table(Table::Mentions).await.unwrap();
    let by = query(provider, "select item from t where author_member = 3").await.unwrap();
    assert_eq!(by, ["900"]);
    let provider = lake.table(Table::Items).await.unwrap();
    let own = query(provider, "select item from t where member_number = 3").await.unwrap();
    assert_eq!(own, ["8"]);
}

async fn erasing_nobody_is_recorded_and_changes_no_row(at: At) {
    let (_site, lake) = at.fresh().await;
    fill(&lake, 0..5).await;
    let before = everything(&lake).await;
    let mut writer = lake.writer().await.unwrap();
    let evidence = writer.erase(&of_members(&[77]), AT).await.unwrap();
    assert!(evidence.files_rewritten.is_empty());
    assert_eq!(everything(&lake).await, before);
    let head = lake.head().await.unwrap();
    assert_eq!(head.record().operation, Operation::Erase);
    assert_eq!(head.record().oldest_readable, evidence.version);
}

async fn a_member_alone_in_a_range_and_the_last_of_the_lake_can_go(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..1).await;
    lake.writer().await.unwrap().erase(&of_members(&[0]), AT).await.unwrap();
    assert!(everything(&lake).await.values().all(Vec::is_empty));
    assert!(site.data_files().await.is_empty());
    fill(&lake, 0..2).await;
    assert_eq!(everything(&lake).await[&Table::Items].len(), 2);
}

async fn no_commit_and_no_version_names_the_member(at: At) {
    let (site, lake) = at.fresh().await;
    let number = 7_654_321;
    let mut writer = lake.writer().await.unwrap();
    let some = [row(number, 4_455_667, "text"), row(number + 1, 1, "text")];
    writer.append(append(&[(Table::Items, &some)]), AT).await.unwrap();
    writer.erase(&of_members(&[number]), AT).await.unwrap();
    for needle in ["7654321", "4455667"] {
        assert!(site.hunt(needle).await.is_empty(), "{needle}");
    }
}

in_both!(
    nothing_of_an_erased_member_is_left_in_any_file,
    mentions_of_an_erased_member_stay_and_hold_no_name,
    only_the_files_of_the_member_s_range_are_touched,
    versions_from_before_an_erasure_are_refused,
    one_row_can_be_erased_with_the_mentions_in_it,
    erasing_nobody_is_recorded_and_changes_no_row,
    a_member_alone_in_a_range_and_the_last_of_the_lake_can_go,
    no_commit_and_no_version_names_the_member,
);

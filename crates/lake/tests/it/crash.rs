//! A writer that dies between any two of its durable steps leaves the version before or the one
//! after, never something in between, and the next writer cleans up.

use std::collections::BTreeMap;

use lake::{Erasure, Lake, LakeError, Result, Table, Writer};
use policy::LakeVersion;

use crate::support::*;

#[derive(Debug, Clone, Copy)]
enum Call {
    Append,
    Replace,
    Erase,
    Compact,
    Sweep,
}

async fn run(call: Call, writer: &mut Writer) -> Result<LakeVersion> {
    let new = [row(2, 50, "new"), row(23, 51, "new")];
    match call {
        Call::Append => {
            writer.append(append(&[(Table::Items, &new), (Table::Skills, &new)]), AT).await
        }
        Call::Replace => {
            let mut edit = append(&[(Table::Items, &new)]);
            edit.replaced = vec![address(Table::Items, 3, 7), address(Table::Profiles, 3, 7)];
            writer.append(edit, AT).await
        }
        Call::Erase => {
            let erasure = Erasure { members: vec![member(3)], rows: Vec::new() };
            writer.erase(&erasure, AT).await.map(|evidence| evidence.version)
        }
        Call::Compact => compact(writer).await,
        Call::Sweep => writer.sweep(AT).await,
    }
}

/// Two versions of members 0 to 14, so that there is something to join.
async fn prepared(at: At) -> (Site, Lake) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..15).await;
    let more: Vec<_> = (0..15).map(|one| row(one, 8, &canary(one))).collect();
    let mut writer = lake.writer().await.unwrap();
    writer.append(append(&[(Table::Items, &more), (Table::Profiles, &more)]), AT).await.unwrap();
    (site, lake)
}

type State = BTreeMap<Table, Vec<String>>;

/// What the lake holds after the call when nothing goes wrong.
async fn undisturbed(at: At, call: Call) -> State {
    let (_site, lake) = prepared(at).await;
    let mut writer = lake.writer().await.unwrap();
    run(call, &mut writer).await.unwrap();
    everything(&lake).await
}

/// Stops the call before its step number `step`; whether the call got to that step.
async fn stopped_at(at: At, call: Call, step: usize, after: &State) -> bool {
    let (site, lake) = prepared(at).await;
    let before = everything(&lake).await;
    let mut writer = lake.writer().await.unwrap();
    writer.stop_before_step(step);
    let Err(error) = run(call, &mut writer).await else { return false };
    let LakeError::Stopped { step } = error else { panic!("{error}") };
    assert!(matches!(run(call, &mut writer).await, Err(LakeError::Spoiled)));

    let published = step == "sweep";
    let visible = if published { after } else { &before };
    let reader = site.open().await;
    assert_eq!(&everything(&reader).await, visible, "{call:?} before {step}, seen by a reader");
    drop(writer);

    let mut writer = reader.writer().await.unwrap();
    assert_eq!(&everything(&reader).await, visible, "{call:?} before {step}, recovered");
    assert_eq!(&everything(&lake).await, visible, "{call:?} before {step}, by the old handle");
    if published && matches!(call, Call::Erase) {
        assert!(site.hunt(&canary(3)).await.is_empty(), "recovery ends the deletion");
    }
    if !published {
        run(call, &mut writer).await.unwrap();
    }
    assert_eq!(&everything(&lake).await, after, "{call:?} before {step}, done again");
    if matches!(call, Call::Erase) {
        assert!(site.hunt(&canary(3)).await.is_empty());
    }
    true
}

async fn dies_at_every_step(at: At, call: Call, least_steps: usize) {
    let after = undisturbed(at, call).await;
    let mut step = 0;
    while stopped_at(at, call, step, &after).await {
        step += 1;
    }
    assert!(step >= least_steps, "{call:?} has {step} steps");
}

async fn an_append_is_whole_or_not_at_all(at: At) {
    dies_at_every_step(at, Call::Append, 4).await;
}

async fn a_replacement_is_whole_or_not_at_all(at: At) {
    dies_at_every_step(at, Call::Replace, 4).await;
}

async fn an_erasure_is_whole_or_not_at_all(at: At) {
    dies_at_every_step(at, Call::Erase, 10).await;
}

async fn a_compaction_is_whole_or_not_at_all(at: At) {
    dies_at_every_step(at, Call::Compact, 4).await;
}

async fn a_sweep_is_whole_or_finished_later(at: At) {
    dies_at_every_step(at, Call::Sweep, 3).await;
}

async fn a_table_created_by_a_writer_that_died_is_empty_and_used_later(at: At) {
    for step in 0..4 {
        let (_site, lake) = at.fresh().await;
        let mut writer = lake.writer().await.unwrap();
        writer.stop_before_step(step);
        let rows = [row(1, 1, "text")];
        writer.append(append(&[(Table::Skills, &rows)]), AT).await.unwrap_err();
        drop(writer);
        let mut writer = lake.writer().await.unwrap();
        assert!(everything(&lake).await[&Table::Skills].is_empty());
        writer.append(append(&[(Table::Skills, &rows)]), AT).await.unwrap();
        assert_eq!(everything(&lake).await[&Table::Skills].len(), 1);
    }
}

/// Only a folder can hold them: a bucket has an object whole or not at all.
#[tokio::test]
async fn files_torn_by_a_power_failure_are_no_version_and_no_commit() {
    let (site, lake) = prepared(At::Folder).await;
    let before = everything(&lake).await;
    let version = "_versions/00000000000000000003.json";
    let commit = "items/_delta_log/00000000000000000003.json";
    let staged = "items/range=0/00000000000000000003-000000-0.parquet#1";
    let exists = async |path: &str| site.files().await.iter().any(|one| one == path);
    assert!(!exists(version).await && !exists(commit).await);
    for torn in [version, commit] {
        site.write(torn, "").await;
    }
    site.write(staged, &canary(3)).await;
    let lake = site.open().await;
    assert_eq!(lake.version().await.unwrap(), LakeVersion::from_i64(2));
    assert_eq!(everything(&lake).await, before);
    let mut writer = lake.writer().await.unwrap();
    assert!(!exists(commit).await);
    let erasure = Erasure { members: vec![member(3)], rows: Vec::new() };
    writer.erase(&erasure, AT).await.unwrap();
    assert_eq!(lake.version().await.unwrap(), LakeVersion::from_i64(3));
    assert!(site.hunt(&canary(3)).await.is_empty());
}

async fn a_cancelled_call_spoils_the_writer(at: At) {
    let (_site, lake) = prepared(at).await;
    let before = everything(&lake).await;
    let mut writer = lake.writer().await.unwrap();
    let erasure = Erasure { members: vec![member(3)], rows: Vec::new() };
    let cancelled =
        tokio::time::timeout(std::time::Duration::ZERO, writer.erase(&erasure, AT)).await;
    assert!(cancelled.is_err());
    assert!(matches!(writer.sweep(AT).await, Err(LakeError::Spoiled)));
    drop(writer);
    let mut writer = lake.writer().await.unwrap();
    assert_eq!(everything(&lake).await, before);
    assert!(writer.erase(&erasure, AT).await.unwrap().rows_removed() > 0);
}

in_both!(
    an_append_is_whole_or_not_at_all,
    a_replacement_is_whole_or_not_at_all,
    an_erasure_is_whole_or_not_at_all,
    a_compaction_is_whole_or_not_at_all,
    a_sweep_is_whole_or_finished_later,
    a_table_created_by_a_writer_that_died_is_empty_and_used_later,
    a_cancelled_call_spoils_the_writer,
);

//! A lake that was written before a column came to a table reads and takes rows as any other.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::Path,
};

use arrow::array::RecordBatch;
use futures::TryStreamExt;
use lake::{Lake, Options, Table};
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};
use policy::LakeVersion;
use serde_json::Value;

use crate::support::*;

const YOUNGER: [&str; 3] = ["content_usage", "venue_kind", "venue"];

/// Takes the younger columns out of a table's files and its log, as if nobody had thought of them.
fn make_older(folder: &Path, table: Table) {
    let folder = folder.join(table.name());
    let log = folder.join("_delta_log");
    for entry in fs::read_dir(&log).unwrap() {
        let path = entry.unwrap().path();
        let lines = fs::read_to_string(&path).unwrap();
        let actions = lines.lines().map(|line| {
            let mut action: Value = serde_json::from_str(line).unwrap();
            make_action_older(&folder, &mut action);
            format!("{action}\n")
        });
        fs::write(&path, actions.collect::<String>()).unwrap();
    }
}

fn make_action_older(folder: &Path, action: &mut Value) {
    if let Some(metadata) = action.get_mut("metaData") {
        let mut schema: Value =
            serde_json::from_str(metadata["schemaString"].as_str().unwrap()).unwrap();
        let fields = schema["fields"].as_array_mut().unwrap();
        fields.retain(|field| !YOUNGER.contains(&field["name"].as_str().unwrap()));
        metadata["schemaString"] = schema.to_string().into();
    }
    if let Some(add) = action.get_mut("add") {
        let file = folder.join(add["path"].as_str().unwrap());
        add["size"] = make_file_older(&file).into();
    }
}

fn make_file_older(path: &Path) -> u64 {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    let schema = batches[0].schema();
    let kept: Vec<_> = (0..schema.fields().len())
        .filter(|at| !YOUNGER.contains(&schema.field(*at).name().as_str()))
        .collect();
    let schema = schema.project(&kept).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), schema.into(), None).unwrap();
    for batch in &batches {
        writer.write(&batch.project(&kept).unwrap()).unwrap();
    }
    writer.close().unwrap();
    path.metadata().unwrap().len()
}

async fn open(folder: &Path) -> Lake {
    Lake::open(folder.to_str().unwrap(), Options { members_per_range: 8 }).await.unwrap()
}

const SQL: &str = "select member_number, item, text, content_usage, venue from t order by 1, 2";

async fn said(lake: &Lake) -> Vec<String> {
    let provider = lake.table(Table::Items).await.unwrap();
    assert_eq!(provider.schema(), Table::Items.scan_schema());
    query(provider, SQL).await.unwrap()
}

#[tokio::test]
async fn rows_from_before_a_column_say_nothing_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("lake");
    {
        let lake = open(&folder).await;
        fill(&lake, 0..3).await;
    }
    make_older(&folder, Table::Items);

    let lake = open(&folder).await;
    let old = |number: i64| format!("{number} | 7 | {} text | null | null", canary(number));
    assert_eq!(said(&lake).await, (0..3).map(old).collect::<Vec<_>>());
    let head = lake.head().await.unwrap();
    let columns = ["venue", "text", "content_usage"];
    let start = LakeVersion::from_i64(0);
    let rows = head.in_turn(Table::Items, &columns, start).await.unwrap();
    let rows: Vec<RecordBatch> = rows.try_collect().await.unwrap();
    let names: Vec<_> =
        rows[0].schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, columns);
    assert_eq!((rows[0].num_rows(), rows[0].column(0).null_count()), (3, 3));
    assert_eq!(head.content_keys(Table::Items).await.unwrap().len(), 3);

    let mut edit = append(&[(Table::Items, &[row(1, 7, "later"), row(2, 8, "new")])]);
    edit.replaced = vec![address(Table::Items, 1, 7)];
    let mut writer = lake.writer().await.unwrap();
    writer.append(edit, AT).await.unwrap();
    let young = |member: i64, item: i64, word: &str| {
        format!("{member} | {item} | {word} text | train-ai=y | {word} venue")
    };
    let expected = [old(0), young(1, 7, "later"), old(2), young(2, 8, "new")];
    assert_eq!(said(&lake).await, expected, "what comes in now says it");
    compact(&mut writer).await.unwrap();
    assert_eq!(said(&open(&folder).await).await, expected);
    let asked = BTreeSet::from([(member(1), policy::ItemId::from_i64(7))]);
    let head = lake.head().await.unwrap();
    assert_eq!(head.find(Table::Items, &asked).await.unwrap().len(), 1);
}

//! Changing a finished corpus behind everybody's back, so that all its parts still fit together.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Int64Type, Schema},
};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    file::properties::{EnabledStatistics, WriterProperties},
};
use serde_json::{Value, json};
use sources::Kind;
use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::network::{KEYS, NAME, SOURCE, copy};

/// A corpus in memory.
pub(crate) struct Kit {
    pub(crate) folder: TempDir,
    pub(crate) manifest: Value,
    /// In the order of the manifest's files.
    pub(crate) shards: Vec<Vec<Row>>,
    pub(crate) statistics: EnabledStatistics,
    pub(crate) is_sorted: bool,
}

/// A row of a shard, with the row of the lineage about it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) member: i64,
    pub(crate) item: i64,
    pub(crate) table: String,
    pub(crate) document: i64,
    pub(crate) category: String,
    pub(crate) language: Option<String>,
    pub(crate) created: Option<i64>,
    pub(crate) answers: Option<i64>,
    pub(crate) content_usage: Option<String>,
    pub(crate) paragraphs: String,
    pub(crate) text: String,
}

/// A row of the lineage.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) member: i64,
    pub(crate) item: i64,
    pub(crate) table: String,
    pub(crate) file: String,
    pub(crate) row: i64,
    pub(crate) document: i64,
}

impl Kit {
    pub(crate) fn new() -> Self {
        let folder = copy();
        let root = folder.path().join("corpora").join(NAME);
        let manifest = fs::read(root.join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        let lineage = read(&root.join(manifest["lineage"]["path"].as_str().unwrap()));
        let mut of: BTreeMap<(String, i64), (i64, i64, String)> = BTreeMap::new();
        for batch in &lineage {
            for at in 0..batch.num_rows() {
                let place = (text(batch, "file", at).unwrap(), long(batch, "row", at).unwrap());
                let member = long(batch, "member_number", at).unwrap();
                let item = long(batch, "item", at).unwrap();
                of.insert(place, (member, item, text(batch, "table", at).unwrap()));
            }
        }
        let files = manifest["files"].as_array().unwrap().clone();
        let shard = |file: &Value| {
            let path = file["path"].as_str().unwrap();
            let batches = read(&root.join(path));
            let rows =
                batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |at| (batch, at)));
            let row = |(number, (batch, at)): (i64, (&RecordBatch, usize))| {
                let (member, item, table) = of[&(path.to_owned(), number)].clone();
                Row {
                    member,
                    item,
                    table,
                    document: long(batch, "document", at).unwrap(),
                    category: text(batch, "category", at).unwrap(),
                    language: text(batch, "language", at),
                    created: long(batch, "created", at),
                    answers: long(batch, "answers", at),
                    content_usage: text(batch, "content_usage", at),
                    paragraphs: text(batch, "paragraphs", at).unwrap(),
                    text: text(batch, "text", at).unwrap(),
                }
            };
            (0..).zip(rows).map(row).collect()
        };
        let shards = files.iter().map(shard).collect();
        let statistics = EnabledStatistics::None;
        Self { manifest, shards, statistics, is_sorted: true, folder }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("corpora").join(NAME)
    }

    /// The one row whose text has these words.
    pub(crate) fn row(&mut self, words: &str) -> &mut Row {
        let mut found: Vec<_> =
            self.shards.iter_mut().flatten().filter(|row| row.text.contains(words)).collect();
        assert_eq!(found.len(), 1, "{words}: {found:?}");
        found.remove(0)
    }

    /// Takes the one row with these words out, and says from which shard.
    pub(crate) fn take(&mut self, words: &str) -> (usize, Row) {
        let document = self.row(words).document;
        for (number, shard) in self.shards.iter_mut().enumerate() {
            if let Some(at) = shard.iter().position(|row| row.document == document) {
                return (number, shard.remove(at));
            }
        }
        unreachable!("the row was there")
    }

    /// Adds a post to the cell of a member, or to the first.
    pub(crate) async fn add_post(&mut self, member: &str, external: &str, words: &str) {
        let member = self.member(member).await;
        let item = KEYS.item_id(SOURCE, Kind::Post, external).as_i64();
        let of_member = |shard: &Vec<Row>| shard.iter().any(|row| row.member == member);
        let cell = self.shards.iter().position(of_member).unwrap_or_default();
        let day = if external == "old" { "2010-05-05" } else { "2024-05-05" };
        let created: policy::Instant = day.parse().unwrap();
        self.shards[cell].push(Row {
            member,
            item,
            table: "items".to_owned(),
            document: 4711,
            category: "posts".to_owned(),
            language: None,
            created: Some(created.as_micros()),
            answers: None,
            content_usage: (external == "signal").then(|| "train-ai=n".to_owned()),
            paragraphs: format!("text:{}", words.len()),
            text: words.to_owned(),
        });
    }

    pub(crate) async fn member(&self, external: &str) -> i64 {
        let hash = KEYS.identity_hash(SOURCE, external);
        let mut store = self.connect().await;
        let found: (i64,) = sqlx::query_as("SELECT number FROM identities WHERE external_hash = ?")
            .bind(hash)
            .fetch_one(&mut store)
            .await
            .unwrap();
        found.0
    }

    pub(crate) async fn sql(&self, statement: &'static str) {
        let mut store = self.connect().await;
        let done = sqlx::query(statement).execute(&mut store).await.unwrap();
        assert!(done.rows_affected() > 0, "{statement}");
    }

    async fn connect(&self) -> sqlx::SqliteConnection {
        let path = self.folder.path().join("store.sqlite");
        let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
        options.connect().await.unwrap()
    }

    pub(crate) async fn save(&mut self) {
        self.save_with(|_| {}).await;
    }

    /// Writes everything so that hashes, counts and the store fit; `change` may spoil the lineage.
    pub(crate) async fn save_with(&mut self, change: impl FnOnce(&mut Vec<Line>)) {
        let root = self.root();
        let mut lineage = Vec::new();
        for (number, rows) in self.shards.iter_mut().enumerate() {
            if self.is_sorted {
                rows.sort_by_key(|row| row.document);
            }
            let file = &mut self.manifest["files"][number];
            fs::remove_file(root.join(file["path"].as_str().unwrap())).unwrap();
            let bytes = write(&shard_batch(rows), self.statistics);
            let hash = blake3::hash(&bytes).to_hex().to_string();
            let cell = [&file["split"], &file["shard"], &file["slice"]];
            let [split, shard, slice] = cell.map(|part| part.to_string().replace('"', ""));
            let path = format!("{split}/shard-{shard}-slice-{slice}.{}.parquet", &hash[..12]);
            fs::write(root.join(&path), &bytes).unwrap();
            for (number, row) in (0..).zip(rows.iter()) {
                let Row { member, item, table, document, .. } = row.clone();
                lineage.push(Line {
                    member,
                    item,
                    table,
                    file: path.clone(),
                    row: number,
                    document,
                });
            }
            file["path"] = json!(path);
            file["rows"] = json!(rows.len());
            file["bytes"] = json!(bytes.len());
            file["blake3"] = json!(hash);
        }
        change(&mut lineage);
        self.save_lineage(&mut lineage);
        self.count();
        self.save_manifest().await;
    }

    pub(crate) async fn save_manifest(&self) {
        let bytes = serde_json::to_vec_pretty(&self.manifest).unwrap();
        fs::write(self.root().join("manifest.json"), &bytes).unwrap();
        let mut store = self.connect().await;
        sqlx::query("UPDATE holders SET manifest_hash = ? WHERE state = 'sealed'")
            .bind(blake3::hash(&bytes).to_hex().to_string())
            .execute(&mut store)
            .await
            .unwrap();
    }

    fn save_lineage(&mut self, lineage: &mut [Line]) {
        let tables = ["profiles", "positions", "education", "skills", "items", "activity"];
        let order = |line: &Line| tables.iter().position(|table| *table == line.table);
        if self.is_sorted {
            lineage.sort_by_key(|line| (line.member, line.item, order(line)));
        }
        let root = self.root();
        fs::remove_file(root.join(self.manifest["lineage"]["path"].as_str().unwrap())).unwrap();
        let bytes = write(&lineage_batch(lineage), EnabledStatistics::None);
        let hash = blake3::hash(&bytes).to_hex().to_string();
        let path = format!("lineage.{}.parquet", &hash[..12]);
        fs::write(root.join(&path), &bytes).unwrap();
        self.manifest["lineage"] =
            json!({ "path": path, "rows": lineage.len(), "bytes": bytes.len(), "blake3": hash });
    }

    /// Makes the accounting fit what is there.
    fn count(&mut self) {
        let tables: Vec<String> =
            self.manifest["documents"]["tables"].as_object().unwrap().keys().cloned().collect();
        for table in tables {
            let rows: Vec<_> =
                self.shards.iter().flatten().filter(|row| row.table == table).collect();
            let masks: usize = rows.iter().map(|row| row.text.matches("[name]").count()).sum();
            let documents = &mut self.manifest["documents"]["tables"][&table];
            documents["kept"] = json!(rows.len());
            documents["masks"] = json!(masks);
            documents["languages"] = json!({ "und": rows.len() });
            let rows_in = rows.len() as u64 + sum(&documents["left_out"]);
            documents["rows_in"] = json!(rows_in);
            let gate = &mut self.manifest["rows"]["tables"][&table];
            gate["kept"] = json!(rows_in);
            gate["rows_in"] = json!(rows_in + sum(&gate["left_out"]));
        }
    }
}

fn sum(counts: &Value) -> u64 {
    counts.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
}

fn read(path: &std::path::Path) -> Vec<RecordBatch> {
    let file = fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    reader.map(|batch| batch.unwrap()).collect()
}

fn long(batch: &RecordBatch, column: &str, at: usize) -> Option<i64> {
    let values = batch.column_by_name(column).unwrap().as_primitive::<Int64Type>();
    values.is_valid(at).then(|| values.value(at))
}

fn text(batch: &RecordBatch, column: &str, at: usize) -> Option<String> {
    let values = batch.column_by_name(column).unwrap().as_string::<i32>();
    values.is_valid(at).then(|| values.value(at).to_owned())
}

pub(crate) fn write(batch: &RecordBatch, statistics: EnabledStatistics) -> Vec<u8> {
    let properties = WriterProperties::builder().set_statistics_enabled(statistics).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// Of one column the length is that of the text, whatever was planted in it.
fn paragraphs(row: &Row) -> String {
    match row.paragraphs.split_once(':') {
        Some((column, _)) if !row.paragraphs.contains(' ') => {
            format!("{column}:{}", row.text.len())
        }
        _ => row.paragraphs.clone(),
    }
}

fn shard_batch(rows: &[Row]) -> RecordBatch {
    let schema = Schema::new(vec![
        Field::new("document", DataType::Int64, false),
        Field::new("category", DataType::Utf8, false),
        Field::new("language", DataType::Utf8, true),
        Field::new("created", DataType::Int64, true),
        Field::new("answers", DataType::Int64, true),
        Field::new("content_usage", DataType::Utf8, true),
        Field::new("paragraphs", DataType::Utf8, false),
        Field::new("text", DataType::Utf8, false),
    ]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.document))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.category.as_str()))),
        Arc::new(StringArray::from_iter(rows.iter().map(|row| row.language.as_deref()))),
        Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.created))),
        Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.answers))),
        Arc::new(StringArray::from_iter(rows.iter().map(|row| row.content_usage.as_deref()))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(paragraphs))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.text.as_str()))),
    ];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

fn lineage_batch(lines: &[Line]) -> RecordBatch {
    let longs = |of: &dyn Fn(&Line) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(lines.iter().map(of)))
    };
    let texts = |of: &dyn Fn(&Line) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(lines.iter().map(of)))
    };
    RecordBatch::try_from_iter([
        ("member_number", longs(&|line| line.member)),
        ("item", longs(&|line| line.item)),
        ("table", texts(&|line| line.table.clone())),
        ("file", texts(&|line| line.file.clone())),
        ("row", longs(&|line| line.row)),
        ("document", longs(&|line| line.document)),
    ])
    .unwrap()
}

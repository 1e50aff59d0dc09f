use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray},
    util::display::{ArrayFormatter, FormatOptions},
};
use datafusion::{catalog::TableProvider, prelude::SessionContext};
use lake::{
    Append, Compaction, Lake, LakeError, Snapshot, Table, Writer,
    columns::{COMMON, Column, ColumnKind, Unit, WordList},
};
use policy::{Instant, ItemId, LakeVersion, MemberNumber};

pub(crate) use crate::site::{At, Site, decoded, in_both, is_log};

pub(crate) const AT: Instant = Instant::from_micros(1_762_128_000_000_000);

/// A row of any table: every free text of it is `text` and the column's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) member: i64,
    pub(crate) item: i64,
    pub(crate) text: String,
    /// For mentions: in whose text, and in which.
    pub(crate) author: (i64, i64),
}

pub(crate) fn row(member: i64, item: i64, text: &str) -> Row {
    Row { member, item, text: text.to_owned(), author: (0, 0) }
}

pub(crate) fn mention(named: i64, item: i64, author: (i64, i64)) -> Row {
    Row { author, ..row(named, item, "unused") }
}

pub(crate) fn batch(table: Table, rows: &[Row]) -> RecordBatch {
    let columns = COMMON.iter().chain(table.own_columns());
    let arrays = columns.map(|column| array(column, rows)).collect();
    RecordBatch::try_new(table.input_schema(), arrays).unwrap()
}

fn array(column: &Column, rows: &[Row]) -> ArrayRef {
    let long = |row: &Row| match column.name {
        "member_number" => row.member,
        "item" => row.item,
        "content" => i64::from(row.text.len() as u32) * 1000 + row.item,
        "author_member" => row.author.0,
        "author_item" => row.author.1,
        "span_start" => 3,
        "span_end" => 9,
        _ => 1_500_000_000_000_000 + row.member,
    };
    let text = |row: &Row| match column.unit {
        Unit::Word(WordList::ItemKind) => "comment".to_owned(),
        Unit::Word(WordList::Visibility) => "public".to_owned(),
        Unit::Word(WordList::MentionHow) => "link".to_owned(),
        Unit::Word(WordList::TextColumn) => "text".to_owned(),
        Unit::Word(WordList::SpecialCategory) => "health".to_owned(),
        Unit::Word(WordList::VenueKind) => "group".to_owned(),
        Unit::UsagePreference => "train-ai=y".to_owned(),
        Unit::SourceName => "test".to_owned(),
        _ => format!("{} {}", row.text, column.name),
    };
    match column.kind {
        ColumnKind::Long | ColumnKind::Instant => {
            Arc::new(Int64Array::from_iter_values(rows.iter().map(long)))
        }
        ColumnKind::Text => Arc::new(StringArray::from_iter_values(rows.iter().map(text))),
        ColumnKind::Flag => Arc::new(BooleanArray::from(vec![Some(true); rows.len()])),
    }
}

pub(crate) fn append(rows: &[(Table, &[Row])]) -> Append {
    let rows = rows.iter().map(|(table, rows)| (*table, batch(*table, rows)));
    Append { rows: rows.collect(), replaced: Vec::new() }
}

pub(crate) fn address(table: Table, member: i64, item: i64) -> (Table, MemberNumber, ItemId) {
    (table, MemberNumber::from_i64(member), ItemId::from_i64(item))
}

pub(crate) fn member(number: i64) -> MemberNumber {
    MemberNumber::from_i64(number)
}

/// One row of each table for every member, and a mention of every member by every other.
pub(crate) async fn fill(lake: &Lake, members: std::ops::Range<i64>) {
    let mut writer = lake.writer().await.unwrap();
    let mut rows = BTreeMap::new();
    for table in Table::ALL {
        let rows_of_table: Vec<_> = members
            .clone()
            .flat_map(|one| match table {
                Table::Mentions => members
                    .clone()
                    .filter(|author| *author != one)
                    .map(|author| mention(one, author * 100, (author, 7)))
                    .collect::<Vec<_>>(),
                _ => vec![row(one, 7, &canary(one))],
            })
            .collect();
        rows.insert(*table, batch(*table, &rows_of_table));
    }
    writer.append(Append { rows, replaced: Vec::new() }, AT).await.unwrap();
}

/// Joins whatever can be joined, in every table.
pub(crate) async fn compact(writer: &mut Writer) -> lake::Result<LakeVersion> {
    let done = writer.compact(Compaction::of_all(2), AT, &mut |_| {}).await?;
    Ok(done.version)
}

/// What stands in every free column of a member's rows.
pub(crate) fn canary(member: i64) -> String {
    format!("canary-of-{member}.")
}

/// Every row of a table with every column, sorted.
pub(crate) async fn rows(snapshot: &Snapshot, table: Table) -> Vec<String> {
    let provider = snapshot.table(table).await.unwrap();
    query(provider, "select * from t").await.unwrap()
}

/// Every row of every table.
pub(crate) async fn everything(lake: &Lake) -> BTreeMap<Table, Vec<String>> {
    let head = lake.head().await.unwrap();
    let mut all = BTreeMap::new();
    for table in Table::ALL {
        all.insert(*table, rows(&head, *table).await);
    }
    all
}

pub(crate) async fn query(
    provider: Arc<dyn TableProvider>,
    sql: &str,
) -> Result<Vec<String>, datafusion::error::DataFusionError> {
    let session = SessionContext::new();
    session.register_table("t", provider)?;
    let batches = session.sql(sql).await?.collect().await?;
    let mut lines: Vec<_> = batches.iter().flat_map(lines).collect();
    lines.sort();
    Ok(lines)
}

pub(crate) fn lines(batch: &RecordBatch) -> Vec<String> {
    let options = FormatOptions::default().with_null("null");
    let columns: Vec<_> = batch
        .columns()
        .iter()
        .map(|array| ArrayFormatter::try_new(array, &options).unwrap())
        .collect();
    let line = |row| {
        let values: Vec<_> = columns.iter().map(|column| column.value(row).to_string()).collect();
        values.join(" | ")
    };
    (0..batch.num_rows()).map(line).collect()
}

pub(crate) fn is_conflict<T>(result: &Result<T, LakeError>) -> bool {
    matches!(result, Err(LakeError::Conflict { .. }))
}

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use arrow::{
    array::{
        ArrayRef, AsArray, BooleanArray, Int64Array, Int64Builder, RecordBatch, StringArray,
        StringBuilder,
    },
    compute::filter_record_batch,
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
};
use gate::Table;
use parquet::file::{metadata::RowGroupMetaData, statistics::Statistics};
use policy::{ItemId, MemberNumber};

use crate::{
    CorpusError, DocumentId, Result,
    table_file::{Finished, Layout, TableFile, open},
};

const MEMBER: &str = "member_number";

/// Rows that are encoded at a time; part of what makes the bytes.
const ROWS: usize = 8192;

/// Where the document of one row stands. The order of the fields is the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) member: MemberNumber,
    pub(crate) item: ItemId,
    pub(crate) table: Table,
    /// Index into the list of files.
    pub(crate) file: u32,
    pub(crate) row: u32,
    pub(crate) document: DocumentId,
}

/// One row of a lineage that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineageRow {
    /// Whose row it was.
    pub(crate) member: MemberNumber,
    /// Which of the member's.
    pub(crate) item: ItemId,
    /// The table of the lake that it came from.
    pub(crate) table: String,
    /// The file, relative to the corpus.
    pub(crate) file: String,
    /// The row in that file, from 0.
    pub(crate) row: u64,
    /// The document there.
    pub(crate) document: DocumentId,
}

/// Sorts the places and writes them, with the names of the files that they are in.
pub(crate) fn write(path: &Path, mut places: Vec<Place>, files: &[&str]) -> Result<Finished> {
    places.sort_unstable();
    let mut file = TableFile::create(path, layout())?;
    for rows in places.chunks(ROWS) {
        let batch = encode(rows, files);
        file.write(&batch.map_err(|error| CorpusError::parquet("encoding", path)(error.into()))?)?;
    }
    file.finish()
}

/// The rows of one member, or of one of the member's items.
pub(crate) fn read_member(
    path: &Path,
    member: MemberNumber,
    item: Option<ItemId>,
) -> Result<Vec<LineageRow>> {
    let builder = open(path)?;
    let groups = builder.metadata().row_groups().iter().enumerate();
    let groups = groups.filter(|(_, group)| may_hold(group, member)).map(|(at, _)| at).collect();
    let reader = builder.with_row_groups(groups).build();
    let mut found = Vec::new();
    for batch in reader.map_err(CorpusError::parquet("reading", path))? {
        let batch = batch.map_err(|error| CorpusError::parquet("reading", path)(error.into()))?;
        let rows = of_member(&batch, member, item);
        found.extend(rows.ok_or_else(|| CorpusError::damaged(path, "is no lineage"))?);
    }
    Ok(found)
}

/// How many members have a document in each file.
pub(crate) fn members_by_file(path: &Path) -> Result<BTreeMap<String, u64>> {
    let reader = open(path)?.build().map_err(CorpusError::parquet("reading", path))?;
    let (mut members, mut member, mut files) = (BTreeMap::new(), None, BTreeSet::new());
    for batch in reader {
        let batch = batch.map_err(|error| CorpusError::parquet("reading", path)(error.into()))?;
        let damaged = || CorpusError::damaged(path, "is no lineage");
        let longs = batch.column_by_name(MEMBER).and_then(|all| all.as_primitive_opt());
        let longs: &Int64Array = longs.ok_or_else(damaged)?;
        let names = batch.column_by_name("file").and_then(|all| all.as_string_opt::<i32>());
        let names = names.ok_or_else(damaged)?;
        // a lineage is sorted by member
        for (next, file) in longs.values().iter().zip(names) {
            if member != Some(*next) {
                member = Some(*next);
                files.clear();
            }
            let file = file.unwrap_or_default();
            if files.insert(file.to_owned()) {
                *members.entry(file.to_owned()).or_default() += 1;
            }
        }
    }
    Ok(members)
}

fn layout() -> Layout {
    Layout { schema: schema(), sorted_by: Some(MEMBER), words: &["table", "file"] }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(MEMBER, DataType::Int64, false),
        Field::new("item", DataType::Int64, false),
        Field::new("table", DataType::Utf8, false),
        Field::new("file", DataType::Utf8, false),
        Field::new("row", DataType::Int64, false),
        Field::new("document", DataType::Int64, false),
    ]))
}

fn encode(places: &[Place], files: &[&str]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let (mut members, mut items) = (Int64Builder::new(), Int64Builder::new());
    let (mut tables, mut names) = (StringBuilder::new(), StringBuilder::new());
    let (mut rows, mut documents) = (Int64Builder::new(), Int64Builder::new());
    for place in places {
        members.append_value(place.member.as_i64());
        items.append_value(place.item.as_i64());
        tables.append_value(place.table.name());
        names.append_option(files.get(place.file as usize));
        rows.append_value(i64::from(place.row));
        documents.append_value(place.document.as_i64());
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(members.finish()),
        Arc::new(items.finish()),
        Arc::new(tables.finish()),
        Arc::new(names.finish()),
        Arc::new(rows.finish()),
        Arc::new(documents.finish()),
    ];
    RecordBatch::try_new(schema(), columns)
}

/// Whether the bounds of a row group leave room for the member; without bounds they do.
fn may_hold(group: &RowGroupMetaData, member: MemberNumber) -> bool {
    match group.columns().first().and_then(|column| column.statistics()) {
        Some(Statistics::Int64(bounds)) => {
            bounds.min_opt().is_none_or(|least| *least <= member.as_i64())
                && bounds.max_opt().is_none_or(|greatest| *greatest >= member.as_i64())
        }
        _ => true,
    }
}

fn of_member(
    batch: &RecordBatch,
    member: MemberNumber,
    item: Option<ItemId>,
) -> Option<Vec<LineageRow>> {
    let members: &Int64Array = batch.column_by_name(MEMBER)?.as_primitive_opt::<Int64Type>()?;
    let items: &Int64Array = batch.column_by_name("item")?.as_primitive_opt::<Int64Type>()?;
    let wanted: BooleanArray = members
        .values()
        .iter()
        .zip(items.values())
        .map(|(of, which)| {
            Some(*of == member.as_i64() && item.is_none_or(|item| item.as_i64() == *which))
        })
        .collect();
    let batch = filter_record_batch(batch, &wanted).ok()?;
    let longs = |name| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let texts = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
    let (items, rows, documents) = (longs("item")?, longs("row")?, longs("document")?);
    let (tables, files): (&StringArray, &StringArray) = (texts("table")?, texts("file")?);
    (0..batch.num_rows())
        .map(|row| {
            Some(LineageRow {
                member,
                item: ItemId::from_i64(items.value(row)),
                table: tables.value(row).to_owned(),
                file: files.value(row).to_owned(),
                row: u64::try_from(rows.value(row)).ok()?,
                document: DocumentId::from_i64(documents.value(row)),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_member_is_found_among_many_row_groups() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lineage");
        let place = |number: i64| Place {
            member: MemberNumber::from_i64(number / 2),
            item: ItemId::from_i64(number % 2),
            table: Table::Items,
            file: 0,
            row: u32::try_from(number).unwrap(),
            document: DocumentId::from_i64(number),
        };
        let places: Vec<_> = (0..200_000).rev().map(place).collect();
        write(&path, places, &["train/one"]).unwrap();
        assert!(open(&path).unwrap().metadata().num_row_groups() > 2);
        for number in [0, 70_001, 199_998] {
            let sought = place(number);
            let found = read_member(&path, sought.member, None).unwrap();
            assert_eq!(found.len(), 2);
            let found = read_member(&path, sought.member, Some(sought.item)).unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].document, sought.document);
            assert_eq!((found[0].file.as_str(), found[0].row), ("train/one", number as u64));
        }
        assert!(read_member(&path, MemberNumber::from_i64(100_000), None).unwrap().is_empty());
    }
}

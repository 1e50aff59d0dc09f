//! Columns of every type, and what cannot be understood.

use std::{path::Path, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array,
        ListArray, RecordBatch, StringArray, StringViewArray, StructArray,
        TimestampMillisecondArray, UInt64Array,
    },
    buffer::NullBuffer,
    datatypes::{DataType, Field as ArrowField, Int32Type, Schema},
};
use check::{Field, Summary};

use crate::support::{
    columns, folder, refused, rules, run, write_arrow_file, write_parquet, write_stream,
};

/// The rows refused, and the summary, of one Parquet file with these columns.
fn check(
    arrays: Vec<(&str, ArrayRef)>,
    fields: &[(Field, &str)],
    objector: &str,
) -> (String, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    write_parquet(&path, &RecordBatch::try_from_iter(arrays).unwrap());
    run(&path, &columns(fields), rules(), [refused(objector)])
}

fn created(rows: usize) -> ArrayRef {
    // 2025-01-01 as days since 1970-01-01.
    Arc::new(Date32Array::from(vec![20_089; rows]))
}

#[test]
fn ids_are_found_whatever_holds_them() {
    let dictionary: DictionaryArray<Int32Type> = ["5", "7", "7"].into_iter().collect();
    let arrays: [ArrayRef; 6] = [
        Arc::new(Int64Array::from(vec![5, 7, 7])),
        Arc::new(UInt64Array::from(vec![5, 7, 7])),
        // What a data frame makes of whole numbers among missing ones.
        Arc::new(Float64Array::from(vec![5.0, 7.0, 7.0])),
        Arc::new(StringArray::from(vec!["5", "7", "7"])),
        Arc::new(StringViewArray::from(vec!["5", "7", "7"])),
        Arc::new(dictionary),
    ];
    for authors in arrays {
        let kind = authors.data_type().to_string();
        let (told, _) = check(
            vec![("author", authors), ("created", created(3))],
            &[(Field::Created, "created")],
            "site:7",
        );
        assert_eq!(told, "a.parquet:2 7 objected\na.parquet:3 7 objected\n", "{kind}");
    }
}

#[test]
fn white_space_is_part_of_no_id() {
    let authors: ArrayRef = Arc::new(StringArray::from(vec![" ben", "ann ", "ann"]));
    let items: ArrayRef = Arc::new(StringArray::from(vec!["p1", "p1", "p1 "]));
    let arrays = vec![("author", authors), ("created", created(3)), ("id", items)];
    let fields = [(Field::Created, "created"), (Field::Item, "id")];
    let (told, summary) = check(arrays, &fields, "site:ben");
    assert_eq!(
        told, "a.parquet:1 ben member-unknown, objected\na.parquet:2 ann member-unknown\n",
        "neither he nor somebody else"
    );
    let rows = |field: &str| summary.not_understood[field].rows;
    assert_eq!((rows("author"), rows("item")), (2, 1));
}

#[test]
fn two_columns_of_a_name_are_an_error() {
    let text = |value: &'static str| Arc::new(StringArray::from(vec![value])) as ArrayRef;
    let named = |name: &str| Arc::new(ArrowField::new(name, DataType::Utf8, true));
    let twice = StructArray::new(
        vec![named("author"), named("author")].into(),
        vec![text("ann"), text("ben")],
        None,
    );
    let schema = Schema::new(vec![
        named("author"),
        named("author"),
        named("writer"),
        Arc::new(ArrowField::new("meta", twice.data_type().clone(), true)),
    ]);
    let arrays = vec![text("ann"), text("ben"), text("ann"), Arc::new(twice) as ArrayRef];
    let batch = RecordBatch::try_new(Arc::new(schema), arrays).unwrap();
    let table = [
        (vec![], "author"),
        (vec![(Field::Author, "meta.author")], "meta.author"),
        (vec![(Field::Author, "writer"), (Field::Item, "author")], "author"),
    ];
    for name in ["a.parquet", "b.arrow", "c.arrow"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        match name {
            "a.parquet" => write_parquet(&path, &batch),
            "b.arrow" => write_stream(&path, &batch),
            _ => write_arrow_file(&path, &batch),
        }
        for (fields, column) in &table {
            let (told, summary) = run(folder.path(), &columns(fields), rules(), []);
            assert_eq!((summary.rows, summary.failed.len()), (0, 1), "{told}");
            let expected = format!("{name}` has more than one column `{column}`");
            assert!(told.contains(&expected), "{told}");
        }
        let fields = [(Field::Author, "writer")];
        let (_, summary) = run(folder.path(), &columns(&fields), rules(), []);
        assert_eq!((summary.rows, summary.failed.len()), (1, 0), "nobody asked about the others");
    }
}

#[test]
fn a_row_without_an_author_is_refused() {
    let authors: ArrayRef = Arc::new(StringArray::from(vec![None, Some(""), Some("ann")]));
    let arrays = vec![("author", authors), ("created", created(3))];
    let (told, _) = check(arrays, &[(Field::Created, "created")], "site:7");
    assert_eq!(told, "a.parquet:1 - member-unknown\na.parquet:2 - member-unknown\n");
}

#[test]
fn paths_lead_into_structs() {
    let names: ArrayRef = Arc::new(StringArray::from(vec!["ann", "ben", "ben"]));
    let field = Arc::new(ArrowField::new("author", DataType::Utf8, true));
    // The whole struct of the last row is null, whatever stands below it.
    let nulls = NullBuffer::from(vec![true, true, false]);
    let meta = StructArray::new(vec![field].into(), vec![names], Some(nulls));
    let (told, _) = check(
        vec![("meta", Arc::new(meta)), ("created", created(3))],
        &[(Field::Author, "meta.author"), (Field::Created, "created")],
        "site:ben",
    );
    assert_eq!(told, "a.parquet:2 ben objected\na.parquet:3 - member-unknown\n");
    let dotted: ArrayRef = Arc::new(StringArray::from(vec!["ben"]));
    let (told, _) = check(
        vec![("meta.author", dotted), ("created", created(1))],
        &[(Field::Author, "meta.author"), (Field::Created, "created")],
        "site:ben",
    );
    assert_eq!(told, "a.parquet:1 ben objected\n", "a name may hold a full stop");
    let line = br#"{"meta":{"author":"ben"},"created":"2025-01-01"}
{"meta":null,"created":"2025-01-01"}"#;
    let folder = folder(&[("a.jsonl", line)]);
    let columns = columns(&[(Field::Author, "meta.author"), (Field::Created, "created")]);
    let (told, _) = run(folder.path(), &columns, rules(), [refused("site:ben")]);
    assert_eq!(told, "a.jsonl:1 ben objected\na.jsonl:2 - member-unknown\n");
}

#[test]
fn dates_are_read_whatever_holds_them() {
    let millis = 1_735_689_600_000_i64;
    let arrays: [ArrayRef; 4] = [
        created(1),
        Arc::new(TimestampMillisecondArray::from(vec![millis])),
        Arc::new(TimestampMillisecondArray::from(vec![millis]).with_timezone("+02:00")),
        Arc::new(StringArray::from(vec!["2025-01-01T00:00:00Z"])),
    ];
    for array in arrays {
        let kind = array.data_type().to_string();
        let authors: ArrayRef = Arc::new(StringArray::from(vec!["ann"]));
        let arrays = vec![("author", authors), ("created", array)];
        let (told, _) = check(arrays, &[(Field::Created, "created")], "site:7");
        assert_eq!(told, "", "{kind}");
    }
}

#[test]
fn a_value_that_is_not_understood_is_a_missing_fact() {
    let text = |values: Vec<&'static str>| Arc::new(StringArray::from(values)) as ArrayRef;
    let arrays = vec![
        ("author", text(vec!["ann", "ben"])),
        ("created", Arc::new(Int64Array::from(vec![1_735_689_600, 0])) as ArrayRef),
        ("region", text(vec!["Germany", "DE"])),
        ("age", text(vec!["grown-up", "17"])),
        ("status", text(vec!["fine", ""])),
        ("visibility", text(vec!["everybody", "public"])),
        ("kind", text(vec!["post", "poem"])),
    ];
    let fields = [
        (Field::Created, "created"),
        (Field::Region, "region"),
        (Field::Age, "age"),
        (Field::Status, "status"),
        (Field::Visibility, "visibility"),
        (Field::Kind, "kind"),
    ];
    let (told, summary) = check(arrays, &fields, "site:7");
    assert_eq!(
        told,
        "a.parquet:1 ann status-unknown, age-unknown, region-unknown, notice-missing, \
         visibility-unknown, date-unknown\n\
         a.parquet:2 ben not-this-purpose\n",
        "what is declared fills no gap that a strange value makes"
    );
    let rows: Vec<_> =
        summary.not_understood.iter().map(|(field, values)| (*field, values.rows)).collect();
    let expected =
        [("age", 1), ("created", 2), ("kind", 1), ("region", 1), ("status", 1), ("visibility", 1)];
    assert_eq!(rows, expected);
}

#[test]
fn columns_that_can_be_no_id_are_an_error() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)])]);
    let arrays: [(ArrayRef, &str); 2] = [
        (Arc::new(BooleanArray::from(vec![true])), "holds Boolean"),
        (Arc::new(list), "holds List("),
    ];
    for (authors, expected) in arrays {
        let (told, summary) = check(vec![("author", authors)], &[], "site:7");
        assert!(told.contains(expected), "{told}");
        assert_eq!((summary.rows, summary.failed.len()), (0, 1));
    }
    let authors: ArrayRef = Arc::new(StringArray::from(vec!["ann"]));
    let (told, _) = check(vec![("writer", authors)], &[], "site:7");
    assert!(told.contains("has no column `author` (hint: it has writer)"), "{told}");
}

#[test]
fn a_lists_author_in_a_line_is_nobody() {
    let folder = folder(&[("a.jsonl", br#"{"author":["ann"],"created":"2025-01-01"}"#)]);
    let columns = columns(&[(Field::Created, "created")]);
    let (told, summary) = run(Path::new(folder.path()), &columns, rules(), []);
    assert_eq!(told, "a.jsonl:1 - member-unknown\n");
    assert_eq!(summary.not_understood["author"].rows, 1);
}

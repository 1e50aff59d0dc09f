use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int32Array, Int64Array, LargeStringArray, RecordBatch, StringArray},
    datatypes::{Field, Schema},
};
use lake::{Append, LakeError, Table};

use crate::support::*;

/// One row of `table` in which the column is replaced, added, or left out.
fn with_column(table: Table, name: &str, array: Option<ArrayRef>) -> Append {
    let good = batch(table, &[row(1, 1, "text")]);
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (field, array) in good.schema().fields().iter().zip(good.columns()) {
        if field.name() != name {
            fields.push(field.as_ref().clone());
            arrays.push(Arc::clone(array));
        }
    }
    if let Some(array) = array {
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    Append { rows: [(table, rows)].into(), ..Append::default() }
}

async fn what_does_not_fit_the_table_is_refused_and_leaves_the_writer_usable(at: At) {
    let (site, lake) = at.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    let text = |text: Option<&str>| Some(Arc::new(StringArray::from(vec![text])) as ArrayRef);
    let long = |long: Option<i64>| Some(Arc::new(Int64Array::from(vec![long])) as ArrayRef);
    let refused = [
        (with_column(Table::Items, "password", text(Some("x"))), "unknown column `password`"),
        (with_column(Table::Items, "lake_version", long(Some(9))), "unknown column `lake_version`"),
        (with_column(Table::Items, "language", None), "lack the column `language`"),
        (with_column(Table::Items, "text", text(None)), "column `text`: is null"),
        (with_column(Table::Items, "kind", text(Some("message"))), "is not in the list of words"),
        (with_column(Table::Items, "visibility", text(Some("all"))), "is not in the list"),
        (with_column(Table::Mentions, "how", text(Some("Ada"))), "is not in the list"),
        (with_column(Table::Mentions, "field", text(Some("Ada"))), "is not in the list"),
        (with_column(Table::Items, "venue_kind", text(Some("forum"))), "is not in the list"),
        (with_column(Table::Items, "content_usage", text(Some("no AI"))), "is no dictionary"),
        (with_column(Table::Items, "member_number", long(Some(-1))), "is no member number"),
        (with_column(Table::Items, "item", text(Some("1"))), "is `Utf8` instead of `Int64`"),
        (
            with_column(Table::Items, "item", Some(Arc::new(Int32Array::from(vec![1])))),
            "is `Int32` instead of `Int64`",
        ),
    ];
    for (append, message) in refused {
        let error = writer.append(append, AT).await.unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    assert!(site.data_files().await.is_empty());

    let large = Arc::new(LargeStringArray::from(vec![Some("long")])) as ArrayRef;
    writer.append(with_column(Table::Items, "text", Some(large)), AT).await.unwrap();
    writer.append(with_column(Table::Items, "language", text(None)), AT).await.unwrap();
    writer.append(with_column(Table::Items, "content_usage", text(None)), AT).await.unwrap();
    let head = lake.head().await.unwrap();
    assert_eq!(rows(&head, Table::Items).await.len(), 3);
}

async fn no_error_quotes_a_value(at: At) {
    let (_site, lake) = at.fresh().await;
    let mut writer = lake.writer().await.unwrap();
    let bad = Some(Arc::new(StringArray::from(vec!["ada-lovelace"])) as ArrayRef);
    let error = writer.append(with_column(Table::Items, "kind", bad), AT).await.unwrap_err();
    assert!(matches!(error, LakeError::Value { row: 0, .. }));
    assert!(!format!("{error:?}{error}").contains("ada"));
}

in_both!(
    what_does_not_fit_the_table_is_refused_and_leaves_the_writer_usable,
    no_error_quotes_a_value,
);

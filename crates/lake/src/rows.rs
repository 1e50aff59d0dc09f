//! From a source's batch to the sorted rows of each range.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray},
    compute::{self, SortColumn},
    datatypes::{DataType, Int64Type},
};
use policy::{LakeVersion, aipref::Usage};

use crate::{
    LakeError, Result, Table,
    columns::{COMMON, Column, Unit},
    merge::ORDER,
};

/// The batch with the lake's own columns added, checked, in [`Table::file_schema`].
pub(crate) fn conform(
    table: Table,
    batch: &RecordBatch,
    version: LakeVersion,
) -> Result<RecordBatch> {
    refuse_unknown_columns(table, batch)?;
    let mut arrays = Vec::new();
    for column in COMMON.iter().chain(table.own_columns()) {
        arrays.push(conform_column(table, column, batch)?);
    }
    arrays.push(Arc::new(Int64Array::from(vec![version.as_i64(); batch.num_rows()])) as ArrayRef);
    RecordBatch::try_new(table.file_schema(), arrays)
        .map_err(LakeError::data("shaping the rows of", table))
}

/// The rows of each range, sorted by member and item.
pub(crate) fn split(
    table: Table,
    batch: &RecordBatch,
    members_per_range: i64,
) -> Result<BTreeMap<i64, RecordBatch>> {
    let sorted = sort(table, batch)?;
    let members = longs(table, &sorted, "member_number")?;
    let range_of = |member: i64| member.div_euclid(members_per_range);
    let mut parts = BTreeMap::new();
    let mut start = 0;
    while start < members.len() {
        let range = range_of(members.value(start));
        let tail = members.values().get(start..).unwrap_or_default();
        let length = tail.partition_point(|member| range_of(*member) == range);
        parts.insert(range, sorted.slice(start, length));
        start += length;
    }
    Ok(parts)
}

/// The rows sorted by member and item; equal keys keep no particular order.
pub(crate) fn sort(table: Table, batch: &RecordBatch) -> Result<RecordBatch> {
    let failed = LakeError::data("sorting the rows of", table);
    let by = |name: &str| batch.column_by_name(name).cloned();
    let columns: Vec<_> = ORDER
        .into_iter()
        .filter_map(by)
        .map(|values| SortColumn { values, options: None })
        .collect();
    let order = compute::lexsort_to_indices(&columns, None).map_err(&failed)?;
    compute::take_record_batch(batch, &order).map_err(&failed)
}

/// A column of 64-bit integers by name.
pub(crate) fn longs<'a>(
    table: Table,
    batch: &'a RecordBatch,
    column: &'static str,
) -> Result<&'a Int64Array> {
    batch
        .column_by_name(column)
        .and_then(|array| array.as_primitive_opt::<Int64Type>())
        .ok_or(LakeError::MissingColumn { table, column })
}

/// A column of texts by name.
pub(crate) fn texts<'a>(
    table: Table,
    batch: &'a RecordBatch,
    column: &'static str,
) -> Result<&'a StringViewArray> {
    batch
        .column_by_name(column)
        .and_then(|array| array.as_string_view_opt())
        .ok_or(LakeError::MissingColumn { table, column })
}

fn refuse_unknown_columns(table: Table, batch: &RecordBatch) -> Result<()> {
    let known =
        |name: &str| COMMON.iter().chain(table.own_columns()).any(|column| column.name == name);
    match batch.schema().fields().iter().find(|field| !known(field.name())) {
        Some(field) => Err(LakeError::UnknownColumn { table, column: field.name().clone() }),
        None => Ok(()),
    }
}

fn conform_column(table: Table, column: &Column, batch: &RecordBatch) -> Result<ArrayRef> {
    let given = batch
        .column_by_name(column.name)
        .ok_or(LakeError::MissingColumn { table, column: column.name })?;
    let schema = table.file_schema();
    let expected = schema
        .field_with_name(column.name)
        .map_err(LakeError::data("shaping the rows of", table))?
        .data_type()
        .clone();
    let is_text =
        |kind: &DataType| matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let fits = *given.data_type() == expected || is_text(given.data_type()) && is_text(&expected);
    if !fits {
        return Err(LakeError::Kind {
            table,
            column: column.name,
            given: given.data_type().to_string(),
            expected: expected.to_string(),
        });
    }
    let array =
        compute::cast(given, &expected).map_err(LakeError::data("shaping the rows of", table))?;
    check_values(table, column, &array)?;
    Ok(array)
}

fn check_values(table: Table, column: &Column, array: &ArrayRef) -> Result<()> {
    let refuse = |row, reason| Err(LakeError::Value { table, column: column.name, row, reason });
    if !column.nullable
        && let Some(row) = (0..array.len()).find(|row| array.is_null(*row))
    {
        return refuse(row, "is null");
    }
    match column.unit {
        Unit::MemberNumber => {
            let negative = |value: &Option<i64>| value.is_some_and(|value| value < 0);
            let members = array.as_primitive::<Int64Type>();
            match members.iter().position(|value| negative(&value)) {
                Some(row) => refuse(row, "is no member number"),
                None => Ok(()),
            }
        }
        Unit::Word(list) => match first_without(array, |word| list.admits(word)) {
            Some(row) => refuse(row, "is not in the list of words"),
            None => Ok(()),
        },
        Unit::UsagePreference => match first_without(array, |said| Usage::read(said).is_some()) {
            Some(row) => refuse(row, "is no dictionary of structured fields"),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// The first row that says something which is not good.
fn first_without(array: &ArrayRef, is_good: impl Fn(&str) -> bool) -> Option<usize> {
    let texts: &StringViewArray = array.as_string_view();
    texts.iter().position(|text| text.is_some_and(|text| !is_good(text)))
}

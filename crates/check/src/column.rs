//! One column of a batch, as the values of rows.

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, StringArray, StructArray},
    buffer::NullBuffer,
    compute::cast,
    datatypes::{DataType, Field, Fields, Schema, TimeUnit, TimestampMicrosecondType},
    error::ArrowError,
};
use policy::Instant;

use crate::row::{Value, fractional};

/// The values of one column.
pub(crate) struct Column {
    values: Values,
    /// Where a struct around the values is null.
    outer: Vec<NullBuffer>,
}

enum Values {
    Texts(StringArray),
    Wholes(StringArray),
    Fractions(Float64Array),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instants(arrow::array::TimestampMicrosecondArray),
    Nothing,
}

/// Why a column cannot be read.
pub(crate) enum Unusable {
    /// It is not there.
    Missing,
    /// Several are called so.
    Several,
    /// It holds something that no field can be: the type.
    Holds(String),
    /// Its values cannot be changed into texts or dates.
    Broken(ArrowError),
}

/// Where a path leads in a schema: the whole path is a name, or its parts lead into structs.
pub(crate) fn parts<'a>(schema: &Schema, path: &'a str) -> Result<Vec<&'a str>, Unusable> {
    if only(schema.fields(), path)?.is_some() {
        return Ok(vec![path]);
    }
    let parts: Vec<_> = path.split('.').collect();
    let mut fields = Some(schema.fields());
    for part in &parts {
        let field = only(fields.ok_or(Unusable::Missing)?, part)?.ok_or(Unusable::Missing)?;
        fields = match field.data_type() {
            DataType::Struct(within) => Some(within),
            _ => None,
        };
    }
    Ok(parts)
}

/// The one field of this name. Of several, each may be the one that says whose row it is.
fn only<'a>(fields: &'a Fields, name: &str) -> Result<Option<&'a Field>, Unusable> {
    let mut named = fields.iter().filter(|field| field.name() == name);
    let first = named.next().map(AsRef::as_ref);
    if named.next().is_some() { Err(Unusable::Several) } else { Ok(first) }
}

impl Column {
    /// The column to which the path leads.
    pub(crate) fn of(batch: &RecordBatch, path: &str) -> Result<Self, Unusable> {
        let schema = batch.schema();
        let parts = parts(&schema, path)?;
        let (first, rest) = parts.split_first().ok_or(Unusable::Missing)?;
        let mut array = batch.column_by_name(first).ok_or(Unusable::Missing)?.clone();
        let mut outer = Vec::new();
        for part in rest {
            let within: &StructArray = array.as_struct_opt().ok_or(Unusable::Missing)?;
            outer.extend(within.nulls().cloned());
            array = within.column_by_name(part).ok_or(Unusable::Missing)?.clone();
        }
        Ok(Self { values: Values::of(&array)?, outer })
    }

    /// The value of a row.
    pub(crate) fn value(&self, row: usize) -> Value<'_> {
        if self.outer.iter().any(|nulls| nulls.is_null(row)) {
            return Value::Null;
        }
        let text = |texts: &StringArray| texts.is_valid(row);
        match &self.values {
            Values::Texts(texts) if text(texts) => Value::Text(texts.value(row).into()),
            Values::Wholes(texts) if text(texts) => Value::Whole(texts.value(row).into()),
            Values::Fractions(numbers) if numbers.is_valid(row) => fractional(numbers.value(row)),
            Values::Instants(instants) if instants.is_valid(row) => {
                Value::Instant(Instant::from_micros(instants.value(row)))
            }
            _ => Value::Null,
        }
    }
}

impl Values {
    fn of(array: &ArrayRef) -> Result<Self, Unusable> {
        let kind = array.data_type();
        let as_text = || {
            let texts = cast(array, &DataType::Utf8).map_err(Unusable::Broken)?;
            Ok(texts.as_string::<i32>().clone())
        };
        Ok(match kind {
            DataType::Null => Self::Nothing,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Texts(as_text()?),
            DataType::Dictionary(_, inner) => {
                return Self::of(&cast(array, inner).map_err(Unusable::Broken)?);
            }
            kind if kind.is_integer() => Self::Wholes(as_text()?),
            DataType::Float16 | DataType::Float32 | DataType::Float64 => {
                let numbers = cast(array, &DataType::Float64).map_err(Unusable::Broken)?;
                Self::Fractions(numbers.as_primitive().clone())
            }
            DataType::Timestamp(_, zone) => {
                Self::Instants(instants(array, zone.as_deref()).map_err(Unusable::Broken)?)
            }
            DataType::Date32 | DataType::Date64 => {
                Self::Instants(instants(array, None).map_err(Unusable::Broken)?)
            }
            kind => return Err(Unusable::Holds(kind.to_string())),
        })
    }
}

/// Dates and times to the microsecond; without a zone they are taken as UTC.
fn instants(
    array: &ArrayRef,
    zone: Option<&str>,
) -> Result<arrow::array::TimestampMicrosecondArray, ArrowError> {
    let wanted = DataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into));
    Ok(cast(array, &wanted)?.as_primitive::<TimestampMicrosecondType>().clone())
}

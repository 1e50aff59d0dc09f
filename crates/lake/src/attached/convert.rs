//! From the columns of a table elsewhere to those of the lake's items.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray, StringViewBuilder,
        new_null_array,
    },
    compute::cast,
    datatypes::{DataType, Int64Type, TimeUnit as ArrowUnit, TimestampMicrosecondType},
    error::ArrowError,
};
use policy::{Instant, Visibility};

use super::{ItemColumns, Said, TimeColumn, TimeUnit};
use crate::VenueKind;

/// What the values of a mapped column have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Ids: texts or whole numbers.
    Id,
    /// Texts.
    Text,
    /// Words of a list: texts, whole numbers, or yes and no.
    Word,
    /// Yes and no.
    Flag,
    /// Instants.
    Time(TimeUnit),
}

/// Rows of one file of a table elsewhere; what is not understood is null.
#[derive(Debug, Clone, Copy)]
pub struct OutsideRows<'a> {
    batch: &'a RecordBatch,
    partition: &'a BTreeMap<String, Option<String>>,
}

impl Values {
    /// Whether a column of a type has such values.
    pub fn fit(self, kind: &DataType) -> bool {
        if let DataType::Dictionary(_, values) = kind {
            return self.fit(values);
        }
        let is_text = matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        match self {
            Self::Id => is_text || kind.is_integer(),
            Self::Text | Self::Time(TimeUnit::Text) => is_text,
            Self::Word => is_text || kind.is_integer() || *kind == DataType::Boolean,
            Self::Flag => *kind == DataType::Boolean,
            Self::Time(TimeUnit::Seconds | TimeUnit::Milliseconds | TimeUnit::Microseconds) => {
                kind.is_integer()
            }
            Self::Time(TimeUnit::Timestamp) => matches!(kind, DataType::Timestamp(_, Some(_))),
            Self::Time(TimeUnit::Utc) => {
                matches!(kind, DataType::Timestamp(_, None) | DataType::Date32 | DataType::Date64)
            }
        }
    }

    /// What they are, for messages.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Id => "texts or whole numbers",
            Self::Text => "texts",
            Self::Word => "texts, whole numbers or booleans",
            Self::Flag => "booleans",
            Self::Time(TimeUnit::Seconds | TimeUnit::Milliseconds | TimeUnit::Microseconds) => {
                "whole numbers"
            }
            Self::Time(TimeUnit::Timestamp) => "timestamps with a time zone",
            Self::Time(TimeUnit::Utc) => "timestamps without a time zone, or days",
            Self::Time(TimeUnit::Text) => "texts such as 2026-11-01T08:00:00Z",
        }
    }
}

impl<'a> OutsideRows<'a> {
    /// Rows of one file, with what its path or log says of all of them.
    pub const fn new(
        batch: &'a RecordBatch,
        partition: &'a BTreeMap<String, Option<String>>,
    ) -> Self {
        Self { batch, partition }
    }

    /// A column as texts, whole numbers in digits.
    ///
    /// # Errors
    /// If its values cannot be written as text.
    pub fn texts(&self, column: &str) -> Result<StringViewArray, ArrowError> {
        Ok(as_texts(&self.raw(column))?.as_string_view().clone())
    }

    /// What is said of each row in one word.
    ///
    /// # Errors
    /// If values cannot be converted.
    pub fn words(&self, said: &Said) -> Result<StringViewArray, ArrowError> {
        match said {
            Said::Always(word) => Ok(same(word, self.batch.num_rows())),
            Said::Column(column) => self.texts(column),
            Said::Values { column, values } => {
                let raw = self.texts(column)?;
                let meant = raw.iter().map(|value| values.get(value?).map(String::as_str));
                Ok(meant.collect())
            }
        }
    }

    /// A column of instants, in microseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// If values cannot be converted.
    pub fn times(&self, time: &TimeColumn) -> Result<Int64Array, ArrowError> {
        let raw = self.raw(&time.column);
        let micros = |factor: i64| -> Result<Int64Array, ArrowError> {
            let numbers = cast(&raw, &DataType::Int64)?;
            let numbers = numbers.as_primitive::<Int64Type>();
            Ok(numbers.iter().map(|number| number?.checked_mul(factor)).collect())
        };
        match time.unit {
            TimeUnit::Seconds => micros(1_000_000),
            TimeUnit::Milliseconds => micros(1_000),
            TimeUnit::Microseconds => micros(1),
            TimeUnit::Timestamp | TimeUnit::Utc => stamps(&raw),
            TimeUnit::Text => {
                let texts = as_texts(&raw)?;
                let instant = |text: Option<&str>| text?.parse::<Instant>().ok();
                let texts = texts.as_string_view().iter().map(instant);
                Ok(texts.map(|instant| instant.map(Instant::as_micros)).collect())
            }
        }
    }

    fn raw(&self, column: &str) -> ArrayRef {
        if let Some(values) = self.batch.column_by_name(column) {
            return Arc::clone(values);
        }
        // a column that came to the table later is null in its older files
        match self.partition.get(column).and_then(Option::as_deref) {
            Some(value) => Arc::new(same(value, self.batch.num_rows())),
            None => self.nothing(&DataType::Utf8View),
        }
    }

    fn nothing(&self, kind: &DataType) -> ArrayRef {
        new_null_array(kind, self.batch.num_rows())
    }
}

impl ItemColumns {
    /// What a column of the lake's items says, by its name there, in the type of a scan; null where
    /// the table says nothing.
    ///
    /// # Errors
    /// If values cannot be converted.
    pub fn column(&self, name: &str, rows: &OutsideRows<'_>) -> Result<ArrayRef, ArrowError> {
        let texts = |column: Option<&String>| -> Result<ArrayRef, ArrowError> {
            Ok(match column {
                Some(column) => Arc::new(rows.texts(column)?),
                None => rows.nothing(&DataType::Utf8View),
            })
        };
        let times = |time: Option<&TimeColumn>| -> Result<ArrayRef, ArrowError> {
            Ok(match time {
                Some(time) => Arc::new(rows.times(time)?),
                None => rows.nothing(&DataType::Int64),
            })
        };
        Ok(match name {
            "kind" => Arc::new(rows.words(&self.kind)?),
            "external" => texts(Some(&self.item))?,
            "title" => texts(self.title.as_ref())?,
            "text" => texts(Some(&self.text))?,
            "language" => match &self.language {
                Some(said) => Arc::new(rows.words(said)?),
                None => rows.nothing(&DataType::Utf8View),
            },
            "visibility" => Arc::new(self.audience(rows)?),
            "created" => times(self.created.as_ref())?,
            "updated" => times(self.updated.as_ref())?,
            "sensitive" => match &self.sensitive {
                Some(column) => cast(&rows.raw(column), &DataType::Boolean)?,
                None => rows.nothing(&DataType::Boolean),
            },
            "content_usage" => texts(self.content_usage.as_ref())?,
            "venue_kind" => match &self.venue_kind {
                Some(said) => Arc::new(venue_kinds(&rows.words(said)?)),
                None => rows.nothing(&DataType::Utf8View),
            },
            "venue" => texts(self.venue.as_ref())?,
            _ => return Err(ArrowError::SchemaError(format!("no table says `{name}`"))),
        })
    }

    /// How many rows say something about a column of the lake's items that is not understood.
    ///
    /// # Errors
    /// If values cannot be converted.
    pub fn not_understood(&self, name: &str, rows: &OutsideRows<'_>) -> Result<u64, ArrowError> {
        let said = match name {
            "visibility" => self.visibility.as_ref().and_then(Said::column),
            "venue_kind" => self.venue_kind.as_ref().and_then(Said::column),
            "created" => self.created.as_ref().map(|time| time.column.as_str()),
            "updated" => self.updated.as_ref().map(|time| time.column.as_str()),
            _ => None,
        };
        let Some(said) = said else { return Ok(0) };
        let (raw, understood) = (rows.raw(said), self.column(name, rows)?);
        let lost = (0..raw.len()).filter(|row| !raw.is_null(*row) && understood.is_null(*row));
        Ok(lost.count() as u64)
    }

    /// A declaration fills what was left open, and nothing that was not understood.
    fn audience(&self, rows: &OutsideRows<'_>) -> Result<StringViewArray, ArrowError> {
        let declared = self.declared_visibility.map(Visibility::name);
        let Some(said) = &self.visibility else {
            return Ok(std::iter::repeat_n(declared, rows.batch.num_rows()).collect());
        };
        let words = rows.words(said)?;
        let known =
            |word: Option<&str>| word.is_some_and(|word| word.parse::<Visibility>().is_ok());
        let raw = said.column().map(|column| rows.raw(column));
        let filled = words.iter().enumerate().map(|(row, word)| match &raw {
            Some(raw) if raw.is_null(row) => declared,
            _ => word.filter(|_| known(word)),
        });
        Ok(filled.collect())
    }
}

/// Words that are the name of a kind of venue.
fn venue_kinds(words: &StringViewArray) -> StringViewArray {
    let is_known = |word: &&str| word.parse::<VenueKind>().is_ok();
    words.iter().map(|word| word.filter(is_known)).collect()
}

fn stamps(raw: &ArrayRef) -> Result<Int64Array, ArrowError> {
    let zone = match raw.data_type() {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    let micros = cast(raw, &DataType::Timestamp(ArrowUnit::Microsecond, zone))?;
    let micros = micros.as_primitive::<TimestampMicrosecondType>();
    Ok(micros.iter().collect())
}

fn as_texts(raw: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match raw.data_type() {
        DataType::Utf8View => Ok(Arc::clone(raw)),
        DataType::Utf8 | DataType::LargeUtf8 => cast(raw, &DataType::Utf8View),
        // not every type is written as a view at once
        _ => cast(&cast(raw, &DataType::Utf8)?, &DataType::Utf8View),
    }
}

fn same(word: &str, rows: usize) -> StringViewArray {
    let mut words = StringViewBuilder::new();
    for _ in 0..rows {
        words.append_value(word);
    }
    words.finish()
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{Date32Array, Int32Array, StringArray, TimestampMillisecondArray},
        datatypes::{Field, Schema},
    };

    use super::*;

    fn columns() -> ItemColumns {
        ItemColumns {
            author: "author".to_owned(),
            item: "id".to_owned(),
            kind: Said::Always("post".to_owned()),
            text: "text".to_owned(),
            title: None,
            language: None,
            visibility: None,
            declared_visibility: None,
            created: None,
            updated: None,
            sensitive: None,
            content_usage: None,
            venue_kind: None,
            venue: None,
            parent: None,
        }
    }

    fn batch(name: &str, values: ArrayRef) -> RecordBatch {
        let field = Field::new(name, values.data_type().clone(), true);
        RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![values]).unwrap()
    }

    fn longs(array: &ArrayRef) -> Vec<Option<i64>> {
        array.as_primitive::<Int64Type>().iter().collect()
    }

    #[test]
    fn instants_are_counted_in_the_unit_that_the_mapping_says() {
        let check = |values: ArrayRef, unit, expected: Vec<Option<i64>>| {
            let time = TimeColumn { column: "when".to_owned(), unit };
            assert!(Values::Time(unit).fit(values.data_type()), "{unit:?}");
            let (columns, batch) =
                (ItemColumns { created: Some(time), ..columns() }, batch("when", values));
            let none = BTreeMap::new();
            let rows = OutsideRows::new(&batch, &none);
            let found = columns.column("created", &rows).unwrap();
            assert_eq!(longs(&found), expected, "{unit:?}");
        };
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(2), None, Some(i64::MAX)]));
        check(Arc::clone(&numbers), TimeUnit::Seconds, vec![Some(2_000_000), None, None]);
        check(Arc::clone(&numbers), TimeUnit::Milliseconds, vec![Some(2_000), None, None]);
        check(numbers, TimeUnit::Microseconds, vec![Some(2), None, Some(i64::MAX)]);
        let stamps = TimestampMillisecondArray::from(vec![Some(5), None]);
        let zoned = stamps.clone().with_timezone("+01:00");
        check(Arc::new(zoned), TimeUnit::Timestamp, vec![Some(5_000), None]);
        check(Arc::new(stamps), TimeUnit::Utc, vec![Some(5_000), None]);
        let days = Date32Array::from(vec![Some(1)]);
        check(Arc::new(days), TimeUnit::Utc, vec![Some(86_400_000_000)]);
        let texts = StringArray::from(vec!["1970-01-01T00:00:01Z", "yesterday"]);
        check(Arc::new(texts), TimeUnit::Text, vec![Some(1_000_000), None]);
    }

    #[test]
    fn a_declaration_fills_what_is_open_and_nothing_that_is_not_understood() {
        let values = BTreeMap::from([("1".to_owned(), "public".to_owned())]);
        let said = Said::Values { column: "audience".to_owned(), values };
        let mapped = ItemColumns { visibility: Some(said), ..columns() };
        let declared =
            ItemColumns { declared_visibility: Some(Visibility::Network), ..mapped.clone() };
        let given: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), Some(7), None]));
        let (batch, none) = (batch("audience", given), BTreeMap::new());
        let words = |columns: &ItemColumns| -> Vec<Option<String>> {
            let rows = OutsideRows::new(&batch, &none);
            assert_eq!(columns.not_understood("visibility", &rows).unwrap(), 1);
            let words = columns.column("visibility", &rows).unwrap();
            words.as_string_view().iter().map(|word| word.map(str::to_owned)).collect()
        };
        let public = Some("public".to_owned());
        assert_eq!(words(&mapped), [public.clone(), None, None]);
        assert_eq!(words(&declared), [public, None, Some("network".to_owned())]);
    }

    #[test]
    fn zones_are_never_guessed() {
        let naive = DataType::Timestamp(ArrowUnit::Microsecond, None);
        let zoned = DataType::Timestamp(ArrowUnit::Microsecond, Some("UTC".into()));
        for (unit, kind, fits) in [
            (TimeUnit::Timestamp, &naive, false),
            (TimeUnit::Timestamp, &zoned, true),
            (TimeUnit::Utc, &naive, true),
            (TimeUnit::Utc, &zoned, false),
            (TimeUnit::Seconds, &zoned, false),
        ] {
            assert_eq!(Values::Time(unit).fit(kind), fits, "{unit:?} {kind}");
        }
        assert!(!Values::Id.fit(&DataType::Float64), "an id is no measurement");
    }
}

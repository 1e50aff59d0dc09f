use std::{borrow::Cow, fmt};

use policy::Instant;

/// What a column of a data set can say about its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Whose row it is.
    Author,
    /// Its id.
    Item,
    /// What kind of data it is.
    Kind,
    /// Where the author lives.
    Region,
    /// Whether the author is an adult, or how old.
    Age,
    /// The state of the author's account.
    Status,
    /// Who can see it.
    Visibility,
    /// When it was created.
    Created,
    /// What its author wants it to be used for.
    ContentUsage,
}

/// The columns of a data set by what they say; a path such as `meta.author` leads into structs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    paths: [Option<String>; Field::ALL.len()],
}

/// What one row says, by field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row<'a> {
    values: [Value<'a>; Field::ALL.len()],
}

/// The value of one column in one row.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Value<'a> {
    /// Nothing is said.
    #[default]
    Null,
    /// Words.
    Text(Cow<'a, str>),
    /// A whole number in digits.
    Whole(Cow<'a, str>),
    /// A point in time.
    Instant(Instant),
    /// Something that no field can be, by its type.
    Other(&'static str),
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 9] = [
        Self::Author,
        Self::Item,
        Self::Kind,
        Self::Region,
        Self::Age,
        Self::Status,
        Self::Visibility,
        Self::Created,
        Self::ContentUsage,
    ];

    /// The word in reports and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Item => "item",
            Self::Kind => "kind",
            Self::Region => "region",
            Self::Age => "age",
            Self::Status => "status",
            Self::Visibility => "visibility",
            Self::Created => "created",
            Self::ContentUsage => "content-usage",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Columns {
    /// Columns of which only the author's is known.
    pub fn of_author(path: &str) -> Self {
        let mut columns = Self { paths: Default::default() };
        columns.set(Field::Author, Some(path.to_owned()));
        columns
    }

    /// Says in which column a field stands; `None`: in none.
    pub fn set(&mut self, field: Field, path: Option<String>) {
        if let Some(slot) = self.paths.get_mut(field as usize) {
            *slot = path;
        }
    }

    /// In which column a field stands.
    pub fn path(&self, field: Field) -> Option<&str> {
        self.paths.get(field as usize).and_then(Option::as_deref)
    }

    /// Every field that stands in a column, with that column.
    pub(crate) fn named(&self) -> impl Iterator<Item = (Field, &str)> {
        Field::ALL.into_iter().filter_map(|field| Some((field, self.path(field)?)))
    }
}

impl<'a> Row<'a> {
    /// A row that says nothing.
    pub(crate) fn empty() -> Self {
        Self { values: Default::default() }
    }

    pub(crate) fn set(&mut self, field: Field, value: Value<'a>) {
        if let Some(slot) = self.values.get_mut(field as usize) {
            *slot = value;
        }
    }

    pub(crate) fn get(&self, field: Field) -> &Value<'a> {
        self.values.get(field as usize).unwrap_or(&Value::Null)
    }
}

impl Value<'_> {
    /// Words or digits without white space around them; nothing if nothing is left.
    pub(crate) fn text(&self) -> Option<&str> {
        let text = match self {
            Self::Text(text) | Self::Whole(text) => text.trim(),
            Self::Null | Self::Instant(_) | Self::Other(_) => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// The text as an id. White space at either end is part of none, as everywhere in Zweck:
    /// ` ben` may be `ben` or somebody else, so it is taken neither for him nor for a stranger.
    pub(crate) fn id(&self) -> Option<&str> {
        self.text().filter(|id| match self {
            Self::Text(text) => *id == text,
            _ => true,
        })
    }

    /// Whether nothing is said: an empty text says nothing either.
    pub(crate) fn is_missing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Whole(_) | Self::Instant(_) | Self::Other(_) => false,
        }
    }
}

/// A number with a fraction, as languages write whole numbers that were among missing ones: `7.0`
/// is the id 7.
pub(crate) fn fractional<'a>(number: f64) -> Value<'a> {
    /// Beyond this, whole numbers are no longer told apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.is_nan() {
        Value::Null
    } else if number.fract() == 0.0 && number.abs() <= EXACT {
        Value::Whole(format!("{number:.0}").into())
    } else {
        Value::Other("a number with a fraction")
    }
}

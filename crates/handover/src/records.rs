use serde::{Deserialize, Serialize};

use crate::{pair, row};

/// What the lines of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Records {
    /// Documents, one a line.
    Documents,
    /// Task pairs that are made of these documents, one a line.
    Pairs,
}

/// A field of the lines, as descriptions name it.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: FieldKind,
    pub(crate) meaning: &'static str,
}

/// The type of a field.
#[derive(Clone, Copy)]
pub(crate) enum FieldKind {
    Text,
    /// Several texts.
    Texts,
    /// Text that is an instant as in RFC 3339.
    Instant,
    Integer,
}

impl Records {
    /// Every kind of records.
    pub const ALL: &'static [Self] = &[Self::Documents, Self::Pairs];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Pairs => "pairs",
        }
    }

    /// The name of one.
    pub(crate) const fn one(self) -> &'static str {
        match self {
            Self::Documents => "document",
            Self::Pairs => "pair",
        }
    }

    /// The folder in which their files are.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Documents => "data",
            Self::Pairs => "pairs",
        }
    }

    /// Every field, in the order of a line; the first one names the record.
    pub(crate) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Documents => row::FIELDS,
            Self::Pairs => pair::FIELDS,
        }
    }
}

pub(crate) const fn field(name: &'static str, kind: FieldKind, meaning: &'static str) -> Field {
    Field { name, kind, meaning }
}

/// Holds the fields of records against a line of them; the line as JSON.
#[cfg(test)]
pub(crate) fn checked(records: Records, line: Vec<u8>) -> serde_json::Value {
    let line = String::from_utf8(line).unwrap();
    let fields = records.fields();
    let places: Vec<_> =
        fields.iter().map(|field| line.find(&format!("\"{}\":", field.name)).unwrap()).collect();
    assert!(places.is_sorted(), "{line}");
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value.as_object().unwrap().len(), fields.len());
    value
}

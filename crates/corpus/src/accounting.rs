use std::{borrow::Cow, collections::BTreeMap, fmt};

use gate::{NAME_MASK, Table};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use text::{language::UNDETERMINED, normalisation, personal_data::Kind, quality::Rule};

use crate::{document::Candidate, spilled::Spilled};

/// Why a permitted row has no document in the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// Rows of this table are not text.
    NoDocument,
    /// There is nothing but white space in the text.
    Empty,
    /// Made clean, it has a name that may be that of somebody who objected, and the policy wants a
    /// person to look first.
    AmbiguousName,
    /// It has personal data of a kind for which the recipe leaves texts out.
    PersonalData,
    /// The recipe keeps no text in its language, or none whose language cannot be told.
    Language,
    /// It fails this rule of quality, and perhaps others.
    Quality(Rule),
    /// Another document has the same words and stands for it.
    Duplicate,
    /// Another document has nearly the same words and stands for it.
    NearDuplicate,
}

/// What the codes of rules of quality begin with.
const QUALITY: &str = "quality-";

impl LeftOut {
    /// The stable name, in words joined by hyphens.
    pub fn code(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NoDocument => "no-document",
            Self::Empty => "empty",
            Self::AmbiguousName => "ambiguous-name",
            Self::PersonalData => "personal-data",
            Self::Language => "language",
            Self::Quality(rule) => return Cow::Owned(format!("{QUALITY}{rule}")),
            Self::Duplicate => "duplicate",
            Self::NearDuplicate => "near-duplicate",
        })
    }

    /// The reason of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "no-document" => Self::NoDocument,
            "empty" => Self::Empty,
            "ambiguous-name" => Self::AmbiguousName,
            "personal-data" => Self::PersonalData,
            "language" => Self::Language,
            "duplicate" => Self::Duplicate,
            "near-duplicate" => Self::NearDuplicate,
            code => Self::Quality(code.strip_prefix(QUALITY)?.parse().ok()?),
        })
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.code())
    }
}

impl Serialize for LeftOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code())
    }
}

impl<'de> Deserialize<'de> for LeftOut {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let unknown = || de::Error::custom(format!("`{code}` is no reason to leave a row out"));
        Self::from_code(&code).ok_or_else(unknown)
    }
}

/// What became of the permitted rows of every table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentAccounting {
    /// By table; a table that the gate does not yield is missing.
    pub tables: BTreeMap<Table, DocumentCounts>,
}

/// What became of the permitted rows of one table: rows in are those kept and those left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentCounts {
    /// Permitted rows.
    pub rows_in: u64,
    /// Documents in the corpus.
    pub kept: u64,
    /// Rows without one, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
    /// Places in the kept documents where a name is masked.
    pub masks: u64,
    /// The kept documents by the language that they are in, `und` where that cannot be told.
    pub languages: BTreeMap<String, u64>,
    /// Places in the kept documents that were made clean, by rule.
    pub normalised: BTreeMap<normalisation::Rule, u64>,
    /// Places in the kept documents where personal data was replaced, by kind.
    pub redacted: BTreeMap<Kind, u64>,
}

impl DocumentAccounting {
    /// Whether every row is either kept or left out for a reason, and no row came in that the gate
    /// did not let through.
    pub fn is_balanced(&self, rows: &gate::Accounting) -> bool {
        let permitted = |table: &Table| rows.tables.get(table).map_or(0, |counts| counts.kept);
        let complete = rows.tables.iter().all(|(table, counts)| {
            counts.kept == self.tables.get(table).map_or(0, |counts| counts.rows_in)
        });
        let balanced = |(table, counts): (&Table, &DocumentCounts)| {
            counts.is_balanced() && counts.rows_in == permitted(table)
        };
        complete && self.tables.iter().all(balanced)
    }

    /// The sums over all tables.
    pub fn total(&self) -> DocumentCounts {
        let mut total = DocumentCounts::default();
        for counts in self.tables.values() {
            total.rows_in += counts.rows_in;
            total.kept += counts.kept;
            total.masks += counts.masks;
            add(&mut total.left_out, &counts.left_out);
            add(&mut total.languages, &counts.languages);
            add(&mut total.normalised, &counts.normalised);
            add(&mut total.redacted, &counts.redacted);
        }
        total
    }

    pub(crate) fn of(&mut self, table: Table) -> &mut DocumentCounts {
        self.tables.entry(table).or_default()
    }
}

impl DocumentCounts {
    /// Whether every row is either kept or left out for a reason.
    pub fn is_balanced(&self) -> bool {
        self.rows_in == self.kept + self.left_out.values().sum::<u64>()
    }

    /// Counts a document that stays, with what was changed in it.
    pub(crate) fn keep(&mut self, spilled: &Spilled) {
        let Spilled { normalised, redacted, candidate: Candidate { document, .. }, .. } = spilled;
        self.kept += 1;
        self.masks += document.text.matches(NAME_MASK).count() as u64;
        let language = document.language.clone().unwrap_or_else(|| UNDETERMINED.to_owned());
        *self.languages.entry(language).or_default() += 1;
        add(&mut self.normalised, normalised);
        add(&mut self.redacted, redacted);
    }

    pub(crate) fn leave_out(&mut self, reason: LeftOut, rows: u64) {
        if rows > 0 {
            *self.left_out.entry(reason).or_default() += rows;
        }
    }
}

/// Adds counts to others of the same kind.
pub(crate) fn add<K: Ord + Clone>(total: &mut BTreeMap<K, u64>, counts: &BTreeMap<K, u64>) {
    for (key, count) in counts {
        *total.entry(key.clone()).or_default() += count;
    }
}

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Answer, Basis, Category, Country, Day, PolicyHash, Region, aipref, words::words};

/// What data is used for, by its name in the policy: `generative-ai`, `talent`, `partner-ads`, …
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Purpose(String);

words! {
    /// What an objection reaches; regulators read it both ways.
    ObjectionScope, "objection scope" {
        /// Everything the member ever provided.
        AllData = "all-data",
        /// Only content created after the objection, where the basis is legitimate interest. It is
        /// read as `all-data` for an objection made before the start of the use or before the day
        /// of this very policy (an objection keeps the reach that it had), for an objection to one
        /// item, and for data without a date.
        ContentAfterObjection = "content-after-objection",
    }
}

words! {
    /// What happens to rows that reveal special categories of personal data
    /// ([GDPR art. 9(1)](https://gdpr-info.eu/art-9-gdpr/)).
    SpecialCategories, "treatment of special categories" {
        /// They are refused.
        Refused = "refused",
        /// Those may be used that the member made manifestly public (art. 9(2)(e)): everybody can
        /// see the row.
        MadePublic = "made-public",
    }
}

words! {
    /// What happens to a name that may or may not be an objector's.
    Ambiguous, "treatment of ambiguous names" {
        /// It is redacted.
        Redact = "redact",
        /// The row is refused until a person has looked.
        Review = "review",
        /// It stays.
        Keep = "keep",
    }
}

/// A text in every language that members' pages are written in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// German.
    pub de: String,
}

/// One version of the rules, loaded and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The version, which is also the day from which it holds.
    pub version: Day,
    /// The version it follows.
    pub supersedes: Option<Day>,
    /// The day on which it was announced; not after `version`.
    pub announced: Day,
    /// The hash of the file.
    pub hash: PolicyHash,
    /// A use starts this many days after its announcement at the earliest.
    pub notice_days: i64,
    /// The age in years from which a member is an adult.
    pub adult_age: u8,
    /// What happens to ambiguous names.
    pub ambiguous_names: Ambiguous,
    /// The rules of each purpose.
    pub purposes: BTreeMap<Purpose, PurposeRules>,
}

/// The rules of one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurposeRules {
    /// What members read beside the switch.
    pub title: Text,
    /// The categories that may serve the purpose.
    pub categories: Vec<Category>,
    /// What an objection reaches.
    pub objection: ObjectionScope,
    /// Content before this day is left out.
    pub oldest_content: Option<Day>,
    /// What happens to rows that reveal health, beliefs, origin and the like.
    pub special_categories: SpecialCategories,
    /// What the use is in the words of AI Preferences: rows whose authors disallow it are refused.
    pub content_usage: Option<aipref::Category>,
    /// One cell for each set of regions.
    pub cells: Vec<Cell>,
}

/// Where, on what basis and from when a purpose is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The regions; no country is named by two cells of a purpose.
    pub regions: Vec<Region>,
    /// The categories, where they are fewer than the purpose's.
    pub categories: Option<Vec<Category>>,
    /// The first day of the use.
    pub from: Day,
    /// The legal ground.
    pub basis: Basis,
    /// What holds while the member has said nothing.
    pub default: Answer,
    /// The oldest policy version whose announcement covers this cell.
    pub announced_by: Day,
    /// Kinds of documents that have to be on record before the use.
    pub documents: Vec<String>,
    /// Where the cell comes from.
    pub source: String,
}

impl Purpose {
    /// Wraps a name: lower-case letters, digits and single hyphens.
    ///
    /// # Errors
    /// The name itself, if it has another shape.
    pub fn new(name: &str) -> Result<Self, String> {
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if name.split('-').all(word) { Ok(Self(name.to_owned())) } else { Err(name.to_owned()) }
    }

    /// The name as the policy has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Purpose {
    type Err = crate::UnknownWord;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name).map_err(|word| crate::UnknownWord {
            kind: "purpose",
            word,
            known: "names of lower-case letters, digits and hyphens".to_owned(),
        })
    }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl Policy {
    /// The rules of a purpose; `None` if the policy does not name it.
    pub fn rules(&self, purpose: &Purpose) -> Option<&PurposeRules> {
        self.purposes.get(purpose)
    }
}

impl PurposeRules {
    /// The cell that holds in a country: the one that names it, else the one for everywhere else.
    pub fn cell(&self, country: Country) -> Option<&Cell> {
        let named = self.cells.iter().find(|cell| cell.regions.iter().any(|r| r.names(country)));
        named.or_else(|| self.cells.iter().find(|cell| cell.regions.contains(&Region::Elsewhere)))
    }
}

impl Cell {
    /// Whether rows of the category may serve the purpose here, given the purpose's own list.
    pub fn admits(&self, category: Category, of_purpose: &[Category]) -> bool {
        of_purpose.contains(&category)
            && self.categories.as_ref().is_none_or(|listed| listed.contains(&category))
    }
}

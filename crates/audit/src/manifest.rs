//! What a manifest says, read without the code that wrote it.

use std::{cmp::Ordering, collections::BTreeMap};

use ::text::normalisation::Normalisation;
use policy::{Day, Instant, Purpose, Reason};
use serde::Deserialize;
use serde_json::Value;

/// Its name in the folder of the corpus.
pub(crate) const FILE: &str = "manifest.json";

/// The layout that is known here.
pub(crate) const FORMAT: u32 = 4;

/// Beside what is listed here a manifest says nothing: an unknown key is an error.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The one that is known here.
    #[serde(rename = "format")]
    pub(crate) _format: u32,
    pub(crate) name: String,
    pub(crate) holder: String,
    pub(crate) purpose: Purpose,
    pub(crate) policy: String,
    pub(crate) policy_version: Day,
    pub(crate) facts: Facts,
    pub(crate) as_of: Instant,
    pub(crate) lake_version: i64,
    /// The corpus that it goes on from.
    #[serde(default)]
    pub(crate) after: Option<Followed>,
    /// The files of attached tables that were read for it.
    #[serde(default)]
    pub(crate) attached: Vec<Value>,
    pub(crate) configuration: Configuration,
    /// What was done to its texts.
    pub(crate) recipe: Recipe,
    /// Whoever wrote it; it changes nothing in what has to be there.
    #[serde(rename = "zweck_version")]
    pub(crate) _zweck_version: String,
    pub(crate) rows: RowAccounting,
    pub(crate) documents: DocumentAccounting,
    pub(crate) files: Vec<Shard>,
    pub(crate) lineage: Beside,
    /// What its documents have by which duplicates are told.
    pub(crate) traits: Beside,
    pub(crate) history: Vec<Released>,
}

/// What a manifest of any version says.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

impl Manifest {
    /// Reads a manifest, or says in words why it is none that is known here.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        // the parser's message quotes keys and places, no value of a member: there is none
        let is_none = |error: serde_json::Error| format!("it is no manifest: {error}");
        let Head { format } = serde_json::from_slice(bytes).map_err(is_none)?;
        let by = match format.cmp(&FORMAT) {
            Ordering::Equal => return serde_json::from_slice(bytes).map_err(is_none),
            Ordering::Less => "an earlier version",
            Ordering::Greater => "a later version",
        };
        Err(format!("it was written by {by}: its format is {format}, not {FORMAT}"))
    }
}

/// Of a recipe what has to be known to find the words of a row again.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Recipe {
    pub(crate) normalisation: Normalisation,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    pub(crate) shards: i64,
    pub(crate) slices: i64,
    #[serde(rename = "split")]
    pub(crate) _split: BTreeMap<String, u64>,
    #[serde(rename = "key_fingerprint")]
    pub(crate) _key_fingerprint: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowAccounting {
    pub(crate) tables: BTreeMap<String, RowCounts>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowCounts {
    pub(crate) rows_in: u64,
    pub(crate) kept: u64,
    pub(crate) left_out: BTreeMap<Reason, u64>,
    /// Further reasons of rows that are counted under another one: nothing has to add up to them.
    #[serde(rename = "also", default)]
    pub(crate) _also: BTreeMap<Reason, u64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentAccounting {
    pub(crate) tables: BTreeMap<String, DocumentCounts>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentCounts {
    pub(crate) rows_in: u64,
    pub(crate) kept: u64,
    pub(crate) left_out: BTreeMap<String, u64>,
    pub(crate) masks: u64,
    /// Places that were made clean, by rule.
    #[serde(rename = "normalised")]
    pub(crate) _normalised: BTreeMap<String, u64>,
    /// Places where personal data was replaced, by kind.
    #[serde(rename = "redacted")]
    pub(crate) _redacted: BTreeMap<String, u64>,
    /// The documents by language.
    pub(crate) languages: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shard {
    pub(crate) path: String,
    pub(crate) split: String,
    pub(crate) shard: i64,
    pub(crate) slice: i64,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) blake3: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Followed {
    pub(crate) corpus: String,
    pub(crate) holder: String,
    pub(crate) lake_version: i64,
}

/// A file beside the shards.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Beside {
    pub(crate) path: String,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) blake3: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Released {
    pub(crate) from: i64,
    pub(crate) to: i64,
    #[serde(rename = "at")]
    pub(crate) _at: Instant,
    #[serde(rename = "rewritten")]
    pub(crate) _rewritten: Vec<Value>,
    #[serde(rename = "rows_removed")]
    pub(crate) _rows_removed: u64,
    #[serde(rename = "rows_redacted")]
    pub(crate) _rows_redacted: u64,
    #[serde(rename = "rows_promoted")]
    pub(crate) _rows_promoted: u64,
}

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Instant, Split};

/// What is known of a corpus as a whole, and to whom it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// The name of the corpus.
    pub name: String,
    /// To whom it is given.
    pub holder: String,
    /// Where to find more about it, if anywhere: a URL.
    pub url: Option<String>,
    /// Who made it, if that may be told.
    pub creator: Option<String>,
    /// The terms under which it is given: an SPDX identifier, a URL or a sentence.
    pub license: Option<String>,
    /// What it may be used for, and for nothing else.
    pub purpose: String,
    /// The hash of the policy under which the rows were permitted.
    pub policy: String,
    /// The version of that policy.
    pub policy_version: String,
    /// Permissions count up to the first of these facts, refusals up to the last.
    pub facts: FactRange,
    /// The instant as of which notices, windows and dates count.
    pub as_of: Instant,
    /// Rows that came into the lake later are not in it.
    pub lake_version: u64,
    /// The corpus that it goes on from.
    pub after: Option<Followed>,
    /// The files of attached tables that were read for it.
    pub attached: Vec<AttachedTable>,
    /// How it is cut.
    pub configuration: Cut,
    /// What was done to its texts.
    pub recipe: serde_json::Value,
    /// The version of Zweck that sealed it.
    pub zweck_version: String,
    /// How often it has been changed since by removals.
    pub releases: u64,
    /// What the gate let through and what it kept back, by table.
    pub rows: BTreeMap<String, RowCounts>,
    /// What became of the rows that were let through, by table.
    pub documents: BTreeMap<String, DocumentCounts>,
    /// The files of the corpus that the documents were read from.
    pub files: Vec<CorpusFile>,
}

/// Permissions count up to the first fact, refusals up to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactRange {
    /// A place in the order of facts.
    pub from: u64,
    /// A place in the order of facts.
    pub to: u64,
}

/// A corpus that another one goes on from: what it has, and what came in before, is not in that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Followed {
    /// Its name.
    pub corpus: String,
    /// The holder as which it is registered, which tells its builds apart.
    pub holder: String,
    /// Rows up to this version of the lake are its own.
    pub lake_version: u64,
}

/// A table elsewhere of which rows were read in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachedTable {
    /// The attachment.
    pub name: String,
    /// The hash of its mapping.
    pub mapping_hash: String,
    /// The hash of the declaration that fills what it leaves out.
    pub declaration: Option<String>,
    /// Its version, if it is a Delta table.
    pub delta_version: Option<u64>,
    /// Its files.
    pub files: Vec<AttachedFile>,
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachedFile {
    /// Its path, as far as the holder may know it.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was changed last, by the clock of where it lies.
    pub modified: Instant,
    /// What the place where it lies calls this state of it.
    pub e_tag: Option<String>,
}

/// How a corpus is cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Shards in each split.
    pub shards: u16,
    /// Slices in each shard.
    pub slices: u16,
    /// Of 100 members, how many each split has.
    pub split: Shares,
    /// Tells keys apart, and says nothing about them.
    pub key_fingerprint: String,
}

/// Of 100 members, how many each split has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// To learn from.
    pub train: u64,
    /// To choose between models.
    pub validation: u64,
    /// To measure the chosen one.
    pub test: u64,
}

/// The rows of one table at the gate: rows in are those kept and those left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCounts {
    /// Rows that were looked at.
    pub rows_in: u64,
    /// Rows that may be used.
    pub kept: u64,
    /// Rows that may not, each under its first reason.
    pub left_out: BTreeMap<String, u64>,
    /// Further reasons against rows that are booked under another.
    pub also: BTreeMap<String, u64>,
}

/// The permitted rows of one table in the corpus: rows in are those kept and those left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentCounts {
    /// Permitted rows.
    pub rows_in: u64,
    /// Documents in the corpus.
    pub kept: u64,
    /// Rows without one, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// Places in the kept documents where a name is masked.
    pub masks: u64,
    /// The kept documents by language, `und` where it cannot be told.
    pub languages: BTreeMap<String, u64>,
    /// Places in the kept documents that were made clean, by rule.
    pub normalised: BTreeMap<String, u64>,
    /// Places in the kept documents where personal data was replaced, by kind.
    pub redacted: BTreeMap<String, u64>,
}

/// A file of the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorpusFile {
    /// Relative to the corpus.
    pub path: String,
    /// What it is for.
    pub split: Split,
    /// From 0.
    pub shard: u16,
    /// From 0.
    pub slice: u16,
    /// Documents in it.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// The hash of its bytes, in lower-case hex.
    pub blake3: String,
}

impl Dataset {
    /// The sums over all tables at the gate.
    pub fn total_rows(&self) -> RowCounts {
        let mut total = RowCounts::default();
        for RowCounts { rows_in, kept, left_out, also } in self.rows.values() {
            total.rows_in += rows_in;
            total.kept += kept;
            add(&mut total.left_out, left_out);
            add(&mut total.also, also);
        }
        total
    }

    /// The sums over all tables in the corpus.
    pub fn total_documents(&self) -> DocumentCounts {
        let mut total = DocumentCounts::default();
        for counts in self.documents.values() {
            let DocumentCounts { rows_in, kept, left_out, masks, .. } = counts;
            let DocumentCounts { languages, normalised, redacted, .. } = counts;
            total.rows_in += rows_in;
            total.kept += kept;
            total.masks += masks;
            add(&mut total.left_out, left_out);
            add(&mut total.languages, languages);
            add(&mut total.normalised, normalised);
            add(&mut total.redacted, redacted);
        }
        total
    }

    /// The version of what is given out: every removal that changed the corpus makes a new one.
    pub(crate) fn version(&self) -> String {
        format!("1.{}.0", self.releases)
    }
}

fn add(total: &mut BTreeMap<String, u64>, counts: &BTreeMap<String, u64>) {
    for (name, count) in counts {
        *total.entry(name.clone()).or_default() += count;
    }
}

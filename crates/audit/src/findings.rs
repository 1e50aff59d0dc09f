use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many findings of one code are kept one by one; further ones are only counted.
const KEPT_OF_A_CODE: u64 = 100;

/// What an audit found, and what it looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What should not be there, the worst first, then by code and place.
    pub findings: Vec<Finding>,
    /// Further findings that are only counted, by code.
    pub left_off: BTreeMap<Code, u64>,
    /// What was looked at, so that finding nothing means something.
    pub checked: Checked,
}

/// One thing that should not be there. It quotes no text and no name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    #[serde(rename = "where")]
    pub place: Place,
    /// What was found there, in words for the operator.
    pub what: String,
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// A file of the corpus, relative to it; or a table, as `store/choices` or `lake/items`.
    pub file: String,
    /// The row in the file, from 0; of a table of facts, the sequence.
    pub row: Option<i64>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// An open removal or an unfinished run will take care of it.
    Pending,
    /// It must not be.
    Violation,
}

/// How much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Facts that were replayed.
    pub facts: u64,
    /// Members whose facts were replayed.
    pub members: u64,
    /// Policies that were read.
    pub policies: u64,
    /// Permits that were read.
    pub permits: u64,
    /// Removals that were read.
    pub removals: u64,
    /// Files of the corpus that were read.
    pub files: u64,
    /// Data files of the lake whose bytes were compared with their names.
    pub lake_files: u64,
    /// Rows of shards that were read.
    pub rows: u64,
    /// Rows of the lake that were decided about.
    pub lake_rows: u64,
    /// Mentions of the lake that were read.
    pub mentions: u64,
    /// Names, forms and addresses that were looked for in every text.
    pub patterns: u64,
    /// Masks in the texts of the corpus.
    pub masks: u64,
}

/// The kinds of findings, with the stable name of each and what it says.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What kind of thing was found; the names are stable.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Code { $($(#[$doc])* #[serde(rename = $name)] $variant,)+ }

        impl Code {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

codes! {
    /// The lake has lost its newest version, or one in between.
    LakeVersions = "lake-versions",
    /// Rows were given out that nobody has looked at for what they reveal.
    LakeNotJudged = "lake-not-judged",
    /// A data file of the lake is missing, or is not the one that its name says.
    LakeFile = "lake-file",
    /// The manifest cannot be read, or has another layout.
    ManifestUnreadable = "manifest-unreadable",
    /// The manifest's bytes are not those that the store knows.
    ManifestHash = "manifest-hash",
    /// The manifest and the store's record of the holder say different things.
    ManifestDiffers = "manifest-differs",
    /// The store knows no such holder.
    HolderUnknown = "holder-unknown",
    /// The holder is not sealed.
    HolderState = "holder-state",
    /// No permit was given to the holder for what it holds.
    PermitMissing = "permit-missing",
    /// A permit names a holder that was never registered.
    PermitWithoutHolder = "permit-without-holder",
    /// A permit differs from its holder, or from the facts there are.
    PermitDiffers = "permit-differs",
    /// A policy's text is not the one that its hash names, or cannot be read.
    PolicyText = "policy-text",
    /// The manifest's policy is not the one that held.
    PolicyWrong = "policy-wrong",
    /// A file that the manifest names is not there.
    FileMissing = "file-missing",
    /// A file is not the one that the manifest names.
    FileHash = "file-hash",
    /// A file is no readable table, or has other columns than it should.
    FileUnreadable = "file-unreadable",
    /// A file has another number of rows or bytes than the manifest says.
    FileCount = "file-count",
    /// A file lies there that the manifest does not name.
    FileUnexpected = "file-unexpected",
    /// A file's path does not say what the manifest says of it.
    FilePath = "file-path",
    /// A file keeps bounds of a column that holds data of members.
    FileStatistics = "file-statistics",
    /// The lineage names a row that no shard has.
    LineageWithoutRow = "lineage-without-row",
    /// A shard has a row that the lineage does not name.
    RowWithoutLineage = "row-without-lineage",
    /// The lineage and the shard name different documents in one place.
    DocumentDiffers = "document-differs",
    /// Rows are not in their order.
    Unsorted = "unsorted",
    /// The lineage names a row of the lake, or a place, twice.
    LineageTwice = "lineage-twice",
    /// Rows of a member lie in more than one cell.
    MemberInTwoCells = "member-in-two-cells",
    /// The lake has no such row.
    RowNotInLake = "row-not-in-lake",
    /// The row came into the lake after the corpus was built.
    RowTooNew = "row-too-new",
    /// The row had come into the lake before, and the corpus goes on from one that was built then.
    RowTooOld = "row-too-old",
    /// The member is erased.
    MemberErased = "member-erased",
    /// Rows of an erased member are still in the lake.
    ErasedInLake = "erased-in-lake",
    /// The rule refuses the row.
    RowRefused = "row-refused",
    /// A column of the row is not what the lake says.
    RowDiffers = "row-differs",
    /// The text is not what the lake says.
    TextDiffers = "text-differs",
    /// A resolved mention of somebody who must not be named is not masked.
    MentionUnmasked = "mention-unmasked",
    /// A text has a name of somebody who must not be named.
    NameInText = "name-in-text",
    /// A text has an e-mail address of somebody who must not be named.
    EmailInText = "email-in-text",
    /// A permitted row has no document, and there is no reason for that.
    RowMissing = "row-missing",
    /// Two rows of the corpus have the same text.
    DuplicateText = "duplicate-text",
    /// The gate's accounting is not what the lake and the rule come to.
    RowAccounting = "row-accounting",
    /// The accounting of documents does not add up, or is not what is there.
    DocumentAccounting = "document-accounting",
    /// The store says that refusals are applied which the files have not applied.
    SequenceBehind = "sequence-behind",
    /// The files have applied refusals that the store does not know to be applied.
    SequenceAhead = "sequence-ahead",
    /// A removal waits for the corpus.
    Stale = "stale",
    /// A removal ended before the corpus had followed it.
    RemovalEndedEarly = "removal-ended-early",
    /// The order of facts has a gap, or two facts at one place.
    FactOrder = "fact-order",
    /// A fact names a member whom the store does not know.
    FactWithoutMember = "fact-without-member",
    /// A fact that ends a permission has started no removal.
    RemovalMissing = "removal-missing",
    /// Releases of the holder do not follow each other.
    ReleaseOrder = "release-order",
    /// What a holder elsewhere was given is not on record as it left.
    ExportRecord = "export-record",
    /// A holder elsewhere may have a document that the corpus has no more, or with other words.
    ExportStale = "export-stale",
    /// What a holder elsewhere showed when it released is gone, or does not show it.
    EvidenceFalse = "evidence-false",
}

impl Findings {
    /// Whether nothing was found at all.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether something was found that must not be.
    pub fn has_violations(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Violation)
    }

    /// How often each code was found, those included that are only counted.
    pub fn by_code(&self) -> BTreeMap<Code, u64> {
        let mut counts = self.left_off.clone();
        for finding in &self.findings {
            *counts.entry(finding.code).or_default() += 1;
        }
        counts
    }

    pub(crate) fn sort(&mut self) {
        let key = |one: &Finding| {
            (std::cmp::Reverse(one.severity), one.code, one.place.clone(), one.what.clone())
        };
        self.findings.sort_by_key(key);
    }

    pub(crate) fn violation(&mut self, code: Code, place: Place, what: impl Into<String>) {
        self.add(Severity::Violation, code, place, what);
    }

    pub(crate) fn add(
        &mut self,
        severity: Severity,
        code: Code,
        place: Place,
        what: impl Into<String>,
    ) {
        // A violation is never only counted because many pending ones came before it.
        let same = self.findings.iter().filter(|one| one.code == code && one.severity == severity);
        if same.count() as u64 >= KEPT_OF_A_CODE {
            *self.left_off.entry(code).or_default() += 1;
            return;
        }
        self.findings.push(Finding { code, severity, place, what: what.into() });
    }
}

impl Place {
    pub(crate) fn file(file: &str) -> Self {
        Self { file: file.to_owned(), row: None }
    }

    pub(crate) fn row(file: &str, row: i64) -> Self {
        Self { file: file.to_owned(), row: Some(row) }
    }

    pub(crate) fn manifest() -> Self {
        Self::file(crate::manifest::FILE)
    }

    pub(crate) fn store(table: &str, sequence: Option<i64>) -> Self {
        Self { file: format!("store/{table}"), row: sequence }
    }

    pub(crate) fn lake(table: &str) -> Self {
        Self::file(&format!("lake/{table}"))
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Pending => "pending",
            Self::Violation => "violation",
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.row {
            Some(row) => write!(f, "{}:{row}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_written_as_it_is_named() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
    }

    #[test]
    fn many_findings_of_a_kind_are_counted_and_hide_no_other() {
        let mut findings = Findings::default();
        for row in 0..150 {
            let place = Place::row("a", row);
            findings.add(Severity::Pending, Code::RowRefused, place, "pending");
        }
        findings.violation(Code::RowRefused, Place::file("b"), "must not be");
        assert_eq!(findings.findings.len(), 101);
        assert_eq!(findings.by_code()[&Code::RowRefused], 151);
        assert!(findings.has_violations());
    }
}

use std::collections::BTreeMap;

use policy::{Day, LakeVersion};
use serde::Serialize;

use crate::{Position, Refusal, RefusalReason, SourcesError};

/// How many refused rows are told one by one; the rest is counted.
const TOLD: usize = 1_000;

/// What became of every row of an import. Holds no content and no external id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The source.
    pub source: String,
    /// The hash of the declaration that filled gaps; figures on the data name it.
    pub declaration: Option<String>,
    /// The rows of each of the source's own tables or kinds, by what became of them.
    pub tables: BTreeMap<String, Outcomes>,
    /// What changed in each table of the lake.
    pub lake: BTreeMap<&'static str, TableChanges>,
    /// Rows of sealed categories, dropped unread, by category.
    pub sealed: BTreeMap<&'static str, u64>,
    /// Members who got a number, those who are only named by others included.
    pub members_new: u64,
    /// Members whose rows were read and who had a number.
    pub members_known: u64,
    /// Facts recorded in the store: accounts, notices and removals.
    pub facts_recorded: u64,
    /// Removals started, one for each row that was edited, narrowed or deleted.
    pub removals_started: u64,
    /// The lake before the import.
    pub lake_version_before: LakeVersion,
    /// The lake after it.
    pub lake_version_after: LakeVersion,
    /// What is gone since the archive before; `None` for a source of single events.
    pub archive: Option<ArchiveReport>,
    /// The first 1,000 refused rows.
    pub refused_rows: Vec<RefusedRow>,
    /// How many more were refused.
    pub refused_rows_untold: u64,
}

/// The rows of one table of the source, each under what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Outcomes {
    /// Rows in.
    pub read: u64,
    /// New to the lake, or a deletion that was carried out.
    pub accepted: u64,
    /// There already with the same content, or already gone.
    pub unchanged: u64,
    /// There with another content, which is replaced.
    pub replaced: u64,
    /// A later row for the same item holds instead: of the same batch, or one that came in before.
    pub superseded: u64,
    /// Left out, by reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Of a sealed category.
    pub sealed: u64,
    /// Understood, and without a place in the lake.
    pub no_place: u64,
}

/// What an archive of all that a member has says about what the member has no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveReport {
    /// The day on which the archive was made.
    pub made: Day,
    /// The parts of the member's rows that were compared with the lake.
    pub compared: Vec<String>,
    /// Those that were left as they are, because a file is not there or rows of it were refused.
    pub not_compared: Vec<String>,
    /// Rows that went because the archive has them no more, by part.
    pub gone: BTreeMap<String, u64>,
}

/// What changed in one table of the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TableChanges {
    /// Rows that were not there.
    pub added: u64,
    /// Rows that took the place of others.
    pub replaced: u64,
    /// Rows that went.
    pub removed: u64,
}

/// A row that did not come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// The file.
    pub file: String,
    /// The line on which the row starts, from 1.
    pub line: u64,
    /// The code of the reason.
    pub reason: &'static str,
    /// What would be right, where that helps.
    pub hint: Option<String>,
}

impl RefusedRow {
    fn forget_names(&mut self) {
        if let Some((_, name)) = self.file.rsplit_once('/') {
            self.file = name.to_owned();
        }
        if self.reason == RefusalReason::UnknownFile.name() {
            self.file = "a file".to_owned();
        }
        if self.reason == RefusalReason::UnknownColumn.name() {
            self.hint = None;
        }
    }
}

/// What became of one row that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Superseded,
    Unchanged,
    Accepted,
    Replaced,
}

impl Outcomes {
    /// The sum over everything that can become of a row.
    pub fn accounted(&self) -> u64 {
        let Self { read: _, accepted, unchanged, replaced, superseded, refused, sealed, no_place } =
            self;
        let refused: u64 = refused.values().sum();
        accepted + unchanged + replaced + superseded + refused + sealed + no_place
    }

    pub(crate) const fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Superseded => &mut self.superseded,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Accepted => &mut self.accepted,
            Outcome::Replaced => &mut self.replaced,
        } += 1;
    }
}

impl Report {
    pub(crate) fn new(source: &str, declaration: Option<&str>, version: LakeVersion) -> Self {
        Self {
            source: source.to_owned(),
            declaration: declaration.map(str::to_owned),
            tables: BTreeMap::new(),
            lake: BTreeMap::new(),
            sealed: BTreeMap::new(),
            members_new: 0,
            members_known: 0,
            facts_recorded: 0,
            removals_started: 0,
            lake_version_before: version,
            lake_version_after: version,
            archive: None,
            refused_rows: Vec::new(),
            refused_rows_untold: 0,
        }
    }

    /// Everything over all tables of the source.
    pub fn total(&self) -> Outcomes {
        let mut total = Outcomes::default();
        for one in self.tables.values() {
            let Outcomes {
                read,
                accepted,
                unchanged,
                replaced,
                superseded,
                refused,
                sealed,
                no_place,
            } = one;
            total.read += read;
            total.accepted += accepted;
            total.unchanged += unchanged;
            total.replaced += replaced;
            total.superseded += superseded;
            total.sealed += sealed;
            total.no_place += no_place;
            for (reason, count) in refused {
                *total.refused.entry(reason).or_default() += count;
            }
        }
        total
    }

    /// Checks that every row that was read is under exactly one outcome.
    ///
    /// # Errors
    /// [`SourcesError::Unaccounted`] for the first table that does not add up.
    pub fn check(&self) -> Result<(), SourcesError> {
        for (table, outcomes) in &self.tables {
            let accounted = outcomes.accounted();
            if outcomes.read != accounted {
                let (table, read) = (table.clone(), outcomes.read);
                return Err(SourcesError::Unaccounted { table, read, accounted });
            }
        }
        Ok(())
    }

    /// The report as it is kept: the names of files and columns that are in no list are what a
    /// member, or somebody for them, wrote, and would outlive an erasure.
    pub(crate) fn to_record(&self) -> Self {
        let mut kept = self.clone();
        if self.archive.is_some() {
            kept.refused_rows.iter_mut().for_each(RefusedRow::forget_names);
        }
        kept
    }

    pub(crate) fn table(&mut self, table: &str) -> &mut Outcomes {
        if !self.tables.contains_key(table) {
            self.tables.insert(table.to_owned(), Outcomes::default());
        }
        self.tables.entry(table.to_owned()).or_default()
    }

    pub(crate) fn refuse(&mut self, table: &str, position: &Position, refusal: Refusal) {
        let Refusal { reason, hint } = refusal;
        *self.table(table).refused.entry(reason.name()).or_default() += 1;
        if self.refused_rows.len() < TOLD {
            let Position { file, line, bytes_read: _ } = position;
            let (file, reason) = (file.to_string(), reason.name());
            self.refused_rows.push(RefusedRow { file, line: *line, reason, hint });
        } else {
            self.refused_rows_untold += 1;
        }
    }
}

use std::collections::BTreeMap;

use policy::ReasonSet;
use serde::Serialize;

use crate::{
    CheckError, Columns, DataFile, DataSet, Field, Format, Judge, NotUnderstood,
    batches::{read_arrow, read_parquet},
    lines::{Read, Visit, read_lines},
};

/// Something that a check has to tell.
#[derive(Debug)]
pub enum Told<'a> {
    /// A row must not be there.
    Refused {
        /// The file, relative to the data set.
        file: &'a str,
        /// The row in it, from 1; of a file of lines, the line.
        row: u64,
        /// Whose row it is, as far as it says.
        author: Option<&'a str>,
        /// Why.
        judged: Judged<'a>,
    },
    /// A file could not be read to its end, or not at all.
    Failed(&'a FailedFile),
    /// So many bytes of all files are read.
    Progress(u64),
}

/// Why a row must not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged<'a> {
    /// Reasons against it.
    Reasons(ReasonSet),
    /// It cannot be read, so nobody knows whose it is.
    Unreadable(&'a str),
}

/// A file that could not be read to its end, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedFile {
    /// The file, relative to the data set.
    pub file: String,
    /// Why, with every cause.
    pub why: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Files read.
    pub files: u64,
    /// Rows read.
    pub rows: u64,
    /// Rows that may be there.
    pub clean: u64,
    /// Rows that must not be there, by the first reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Every reason against any row, with how many it speaks against.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Rows that cannot be read, which must not be there either.
    pub unreadable: u64,
    /// Files that could not be read to their end, or not at all.
    pub failed: Vec<FailedFile>,
    /// What lies beside the files and holds no rows.
    pub unread: Vec<String>,
    /// Values that were not understood, by field: missing facts.
    pub not_understood: BTreeMap<&'static str, NotUnderstood>,
    /// Members who said anything about the purpose.
    pub members_with_choices: u64,
    /// Those of them who wrote any row.
    pub members_met: u64,
}

impl Summary {
    /// Rows that must not be there.
    pub fn rows_refused(&self) -> u64 {
        self.refused.values().sum::<u64>() + self.unreadable
    }

    /// Whether every row read is clean, refused or unreadable.
    pub fn is_balanced(&self) -> bool {
        self.rows == self.clean + self.rows_refused()
    }
}

/// Reads every row of a data set and tells those that must not be there.
///
/// A file that cannot be read on is told and costs itself alone: the others are checked.
pub fn check(
    dataset: &DataSet,
    columns: &Columns,
    judge: &mut Judge,
    tell: &mut dyn FnMut(Told<'_>),
) -> Summary {
    let mut summary = Summary { failed: dataset.failed.clone(), ..Summary::default() };
    summary.failed.iter().for_each(|failed| tell(Told::Failed(failed)));
    let mut bytes = 0;
    for file in &dataset.files {
        summary.files += 1;
        let mut booking = Booking { file, before: bytes, judge, summary: &mut summary, tell };
        if let Err(error) = booking.read(columns) {
            let failed = FailedFile { file: file.shown.clone(), why: with_causes(&error) };
            tell(Told::Failed(&failed));
            summary.failed.push(failed);
        }
        bytes += file.bytes;
        tell(Told::Progress(bytes));
    }
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    summary.unread = dataset.unread.iter().map(|path| path.display().to_string()).collect();
    let not_understood = judge.not_understood().iter();
    summary.not_understood =
        not_understood.map(|(field, values)| (field.name(), values.clone())).collect();
    summary.members_with_choices = count(judge.members_with_choices());
    summary.members_met = count(judge.members_met());
    summary
}

/// How often progress is told, in rows.
const TOLD_EVERY: u64 = 8_192;

/// Goes through one file.
struct Booking<'a> {
    file: &'a DataFile,
    /// Bytes of the files before.
    before: u64,
    judge: &'a mut Judge,
    summary: &'a mut Summary,
    tell: &'a mut dyn FnMut(Told<'_>),
}

impl Booking<'_> {
    fn read(&mut self, columns: &Columns) -> Result<(), CheckError> {
        let file = self.file;
        let visit: &mut Visit<'_> = &mut |read| self.book(&read);
        match file.format {
            Format::Parquet => read_parquet(file, columns, visit),
            Format::Arrow => read_arrow(file, columns, visit),
            Format::Lines(packing) => read_lines(file, packing, columns, visit),
        }
    }

    fn book(&mut self, read: &Read<'_>) -> Result<(), CheckError> {
        let shown = &self.file.shown;
        let (author, judged) = match &read.said {
            Ok(row) => {
                let author = row.get(Field::Author).text();
                let reasons = self.judge.reasons(row, (shown, read.row));
                let reasons = reasons.map_err(|members| CheckError::AmbiguousAuthor {
                    file: self.file.path.clone(),
                    row: read.row,
                    author: author.unwrap_or_default().to_owned(),
                    members: members
                        .iter()
                        .map(|one| format!("`{one}`"))
                        .collect::<Vec<_>>()
                        .join(" or "),
                })?;
                (author, Judged::Reasons(reasons))
            }
            Err(why) => (None, Judged::Unreadable(why)),
        };
        self.summary.count(judged);
        if judged != Judged::Reasons(ReasonSet::EMPTY) {
            (self.tell)(Told::Refused { file: shown, row: read.row, author, judged });
        }
        if self.summary.rows.is_multiple_of(TOLD_EVERY) {
            (self.tell)(Told::Progress(self.before + read.bytes));
        }
        Ok(())
    }
}

impl Summary {
    fn count(&mut self, judged: Judged<'_>) {
        self.rows += 1;
        let Judged::Reasons(reasons) = judged else {
            self.unreadable += 1;
            return;
        };
        match reasons.first() {
            None => self.clean += 1,
            Some(first) => *self.refused.entry(first.name()).or_default() += 1,
        }
        for reason in reasons.iter() {
            *self.reasons.entry(reason.name()).or_default() += 1;
        }
    }
}

fn with_causes(error: &CheckError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}

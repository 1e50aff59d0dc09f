//! The journal: every fact once more, in a file outside the store and its backups.
//!
//! A transaction appends one line, with all of its facts, and flushes it before it commits. So the
//! journal is never behind the store; a store that is behind the journal, because it died in
//! between or comes from a backup, replays what it lacks before it does anything else.

use std::path::{Path, PathBuf};

use policy::{Instant, Sequence};
use serde::{Deserialize, Serialize};

use crate::{
    Result, StoreError,
    chain::{Chain, ChainEnd, ChainReader},
    entities::{declarations, fact_counter, holders, identities, permits},
    rows::FactRows,
    store::Hold,
};

const FILE: &str = "facts.journal";

/// The layout of the lines; a higher number is refused.
const FORMAT: u32 = 1;

/// Where a store has its journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalPlace {
    /// The folder, made if it is missing.
    pub folder: PathBuf,
    /// What the system is called if it has no name yet: chance, so that no two share one.
    pub new_system: String,
}

/// How far a journal goes, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JournalOverview {
    /// The name of the system.
    pub system: String,
    /// Facts up to this one are not in it: they were there before it was begun.
    pub base: Sequence,
    /// The last fact that it has.
    pub last: Sequence,
    /// Its end.
    pub end: ChainEnd,
    /// How long the incomplete line is that it ends with, in bytes; 0 if there is none.
    pub torn_bytes: u64,
    /// Whether its last line is whole but for the newline.
    pub lacks_newline: bool,
}

/// A journal on disk.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    chain: Chain,
}

/// How far a store has come in its journal; a part of the row that every writer locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) system: String,
    pub(crate) end: ChainEnd,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    format: u32,
    system: String,
    base: i64,
    at: i64,
}

/// What one transaction recorded, beside its effects, which follow from it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Entry {
    #[serde(skip_serializing_if = "FactRows::is_empty")]
    pub(crate) facts: FactRows,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) identities: Vec<identities::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) declarations: Vec<declarations::Model>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) holders: Vec<holders::Model>,
    /// Those of what left for holders elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) permits: Vec<permits::Model>,
}

impl JournalOverview {
    /// Reads a journal from its first line to its last, and checks every hash.
    ///
    /// # Errors
    /// If there is none, or a line is damaged.
    pub fn read(folder: &Path) -> Result<Self> {
        let journal = Journal::new(folder);
        journal.check_there()?;
        let (opening, mut reader) = journal.open()?;
        let mut last = opening.base;
        while let Some(entry) = journal.next(&mut reader)? {
            last = entry.facts.last().unwrap_or(last);
        }
        Ok(Self {
            system: opening.system,
            base: Sequence::from_i64(opening.base),
            last: Sequence::from_i64(last),
            end: reader.end().clone(),
            torn_bytes: reader.torn_bytes(),
            lacks_newline: reader.lacks_newline(),
        })
    }

    /// Reads a journal that a store is to go on with: it has to be whole, of the same system, and
    /// to go through the place where the store stands.
    ///
    /// # Errors
    /// If it is none of this.
    pub fn fitting(folder: &Path, system: &str, end: &ChainEnd) -> Result<Self> {
        let journal = Journal::new(folder);
        journal.check(&Place { system: system.to_owned(), end: end.clone() })?;
        let found = Self::read(folder)?;
        let (path, line) = (journal.path(), found.end.entries);
        match found {
            Self { torn_bytes: 1.., .. } => Err(StoreError::JournalTorn { path, line }),
            Self { lacks_newline: true, .. } => Err(StoreError::JournalUnended { path, line }),
            _ => Ok(found),
        }
    }

    /// Cuts off the incomplete line that a journal ends with, or puts back the newline of a last
    /// line that is whole.
    ///
    /// # Errors
    /// If it cannot be read or written, a line is damaged, or somebody writes it meanwhile.
    pub fn mend(folder: &Path) -> Result<Self> {
        let found = Self::read(folder)?;
        Journal::new(folder).mend(&found.end, found.torn_bytes)?;
        Ok(Self { torn_bytes: 0, lacks_newline: false, ..found })
    }

    /// The file of the journal in a folder.
    pub fn file(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }
}

impl Journal {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { chain: Chain::new(JournalOverview::file(folder)) }
    }

    pub(crate) fn exists(&self) -> bool {
        self.chain.exists()
    }

    fn path(&self) -> PathBuf {
        self.chain.path().to_owned()
    }

    fn check_there(&self) -> Result<()> {
        if self.exists() { Ok(()) } else { Err(StoreError::JournalGone { path: self.path() }) }
    }

    /// Whether a store that is new can begin this journal, before anything of it is made.
    pub(crate) fn check_unused(&self) -> Result<()> {
        if self.chain.length().map_err(journal_failed)? == 0 {
            return Ok(());
        }
        let (_, mut reader) = self.open()?;
        match reader.next_entry().map_err(journal_failed)? {
            Some(_) => Err(StoreError::JournalTaken { path: self.path() }),
            None => Ok(()),
        }
    }

    /// Begins the journal of a store that has none. What a writer that died had begun is used.
    pub(crate) fn begin(&self, system: &str, base: Sequence, at: Instant) -> Result<Place> {
        if self.chain.length().map_err(journal_failed)? > 0 {
            let (opening, mut reader) = self.open()?;
            let begun = reader.end().clone();
            let more = reader.next_entry().map_err(journal_failed)?;
            if more.is_some() || opening.base != base.as_i64() {
                return Err(StoreError::JournalTaken { path: self.path() });
            }
            return Ok(Place { system: opening.system, end: begun });
        }
        let opening = Opening {
            format: FORMAT,
            system: system.to_owned(),
            base: base.as_i64(),
            at: at.as_micros(),
        };
        let text = json(&opening)?;
        let end = self.chain.append(&ChainEnd::default(), &text).map_err(journal_failed)?;
        Ok(Place { system: system.to_owned(), end })
    }

    /// Whether the journal goes on from where a store is. `Ok(true)` if there is more in it.
    pub(crate) fn check(&self, place: &Place) -> Result<bool> {
        self.check_there()?;
        let (opening, _) = self.open()?;
        if opening.system != place.system {
            return Err(StoreError::JournalForeign { path: self.path() });
        }
        let is_ahead = self.is_ahead(place)?;
        match self.chain.holds(&place.end).map_err(journal_failed)? {
            true => Ok(is_ahead),
            false => Err(self.fault(place)),
        }
    }

    /// Why a journal does not go through a place: all of it is read to tell.
    fn fault(&self, Place { end, .. }: &Place) -> StoreError {
        let (path, line) = (self.path(), end.entries);
        match self.chain.verify() {
            Err(damaged) => journal_failed(damaged),
            Ok((found, _)) if found == *end => StoreError::JournalUnended { path, line },
            Ok((found, _)) if found.bytes < end.bytes => {
                StoreError::JournalCut { path, entries: line }
            }
            Ok(_) => StoreError::JournalForeign { path },
        }
    }

    /// Whether anything was appended behind a place that was checked before.
    pub(crate) fn is_ahead(&self, place: &Place) -> Result<bool> {
        let length = self.chain.length().map_err(journal_failed)?;
        if length < place.end.bytes {
            return Err(self.fault(place));
        }
        Ok(length > place.end.bytes)
    }

    /// What was appended behind a place, one entry after the other.
    pub(crate) fn after(&self, place: &Place) -> Result<ChainReader> {
        self.chain.read(place.end.clone()).map_err(journal_failed)
    }

    /// The next entry of what was appended.
    pub(crate) fn next(&self, reader: &mut ChainReader) -> Result<Option<Entry>> {
        let Some(entry) = reader.next_entry().map_err(journal_failed)? else { return Ok(None) };
        let unreadable =
            |source| StoreError::JournalLine { path: self.path(), line: entry.end.entries, source };
        serde_json::from_str(&entry.text).map(Some).map_err(unreadable)
    }

    /// Makes the file end where it was read to end.
    pub(crate) fn mend(&self, end: &ChainEnd, torn_bytes: u64) -> Result<()> {
        self.chain.mend(end, torn_bytes).map_err(journal_failed)
    }

    /// Appends what a transaction recorded; durable when it returns. The line becomes whole as well
    /// if nobody waits for it any more, and keeps others out until it is.
    pub(crate) async fn append(&self, place: Place, entry: &Entry, hold: &Hold) -> Result<Place> {
        let (journal, text, hold) = (self.clone(), json(entry)?, Hold::clone(hold));
        let appended = tokio::task::spawn_blocking(move || {
            let appended = journal.append_text(place, &text);
            drop(hold);
            appended
        });
        appended.await.map_err(|_| StoreError::WriterEnded)?
    }

    /// The same on the thread that asks, and blocks it.
    pub(crate) fn append_here(&self, place: Place, entry: &Entry) -> Result<Place> {
        self.append_text(place, &json(entry)?)
    }

    fn append_text(&self, Place { system, end }: Place, text: &str) -> Result<Place> {
        let end = self.chain.append(&end, text).map_err(journal_failed)?;
        Ok(Place { system, end })
    }

    /// All of its entries, and which fact was the last before them.
    pub(crate) fn whole(&self) -> Result<(Sequence, ChainReader)> {
        let (opening, reader) = self.open()?;
        Ok((Sequence::from_i64(opening.base), reader))
    }

    fn open(&self) -> Result<(Opening, ChainReader)> {
        let mut reader = self.chain.read(ChainEnd::default()).map_err(journal_failed)?;
        let first = reader.next_entry().map_err(journal_failed)?;
        let first = first.ok_or_else(|| StoreError::JournalEmpty { path: self.path() })?;
        let opening: Opening = serde_json::from_str(&first.text)
            .map_err(|source| StoreError::JournalLine { path: self.path(), line: 1, source })?;
        if opening.format != FORMAT {
            return Err(StoreError::JournalNewer { path: self.path(), format: opening.format });
        }
        Ok((opening, reader))
    }
}

impl Place {
    /// The place of a store; `None` while it has no journal.
    pub(crate) fn read(row: &fact_counter::Model) -> Result<Option<Self>> {
        let Some(system) = &row.journal_system else { return Ok(None) };
        let number = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
        let whole = || {
            Some(ChainEnd {
                entries: number(row.journal_entries)?,
                bytes: number(row.journal_bytes)?,
                start: number(row.journal_start)?,
                hash: row.journal_hash.clone()?,
            })
        };
        let unreadable = || StoreError::Unreadable {
            table: "fact_counter",
            column: "journal_hash",
            value: format!("{:?}", row.journal_hash),
        };
        Ok(Some(Self { system: system.clone(), end: whole().ok_or_else(unreadable)? }))
    }
}

impl Entry {
    pub(crate) fn is_empty(&self) -> bool {
        let Self { facts, identities, declarations, holders, permits } = self;
        facts.is_empty()
            && identities.is_empty()
            && declarations.is_empty()
            && holders.is_empty()
            && permits.is_empty()
    }
}

fn journal_failed(source: crate::chain::ChainError) -> StoreError {
    StoreError::Journal { source }
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|source| StoreError::Json { column: "journal", source })
}

use std::sync::Arc;

use lake::Table;
use policy::{AgeClass, Category, Country, Day, Instant, ItemId, MemberNumber, Status};

use crate::{Kind, Refusal, Row, SourcesError};

/// Something that hands over rows, one after the other.
pub trait Source: Send {
    /// The name under which its identities and rows are kept, for example
    /// `stack-exchange:quantum`; two sources never share external ids.
    fn name(&self) -> &str;

    /// How many bytes there are to read; 0 if that is not known.
    fn total_bytes(&self) -> u64;

    /// The next row, understood or refused; `None` at the end.
    ///
    /// # Errors
    /// If the bytes cannot be read; a row that is not understood is a refusal instead.
    fn next(&mut self) -> Result<Option<Located>, SourcesError>;

    /// The external ids of people whose names the source resolves by itself; before the first row
    /// it is then told of everybody else whom the lake knows from it.
    fn own_people(&self) -> Vec<String> {
        Vec::new()
    }

    /// Takes in who came in with earlier imports of the source.
    fn meet(&mut self, _known: &[Acquaintance]) {}

    /// What of the lake the source hands over all of; asked before the first row, when only
    /// member and day count, and after the last. `None` for a source of single events.
    fn whole(&self) -> Option<Whole> {
        None
    }
}

/// Rows that a source handed over completely: what the lake holds beyond them is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The external id of the member whose rows they are.
    pub member: String,
    /// The source and external id under which the member gave them out, if the source is another.
    pub elsewhere: Option<(String, String)>,
    /// The day as of which they are complete.
    pub made: Day,
    /// What there is all of.
    pub parts: Vec<Part>,
    /// Parts of which that cannot be said, because rows were refused or a file is not there.
    pub unsure: Vec<Part>,
}

/// A part of a member's rows: a table, or the rows of it whose `kind` is a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// The table.
    pub table: Table,
    /// The kind, or what stands before the first colon of it; `None` is every row.
    pub word: Option<&'static str>,
}

impl Part {
    /// Whether a row of the table with such a `kind` belongs to the part.
    pub fn contains(self, kind: Option<&str>) -> bool {
        let start = kind.map(|kind| kind.split(':').next().unwrap_or(kind));
        self.word.is_none() || self.word == start
    }

    /// The part as it is shown: `items/post`, `skills`.
    pub fn name(self) -> String {
        match self.word {
            Some(word) => format!("{}/{word}", self.table),
            None => self.table.to_string(),
        }
    }
}

/// Somebody whom the lake knows from an earlier import of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquaintance {
    /// What stands for the external id, which the lake does not keep; never an external id itself.
    pub reference: String,
    /// Whom it stands for.
    pub member: MemberNumber,
    /// How the member is named in others' texts.
    pub name: String,
    /// What the member is, in a line.
    pub headline: Option<String>,
}

/// One row of a source with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Where it stands.
    pub position: Position,
    /// The source's own word for the table or kind, under which it is accounted for.
    pub table: Arc<str>,
    /// What it says, or why it does not come in.
    pub event: Result<Event, Refusal>,
}

/// A place in what a source reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The file, as it is shown to people.
    pub file: Arc<str>,
    /// The line on which the row starts, from 1.
    pub line: u64,
    /// Bytes read so far over all files of the source.
    pub bytes_read: u64,
}

/// What one row of a source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Rows that now hold, whether or not they were known; what is missing in them is not known.
    Upsert {
        /// Which event says so; `None` where the source has no events.
        event: Option<Occurrence>,
        /// One row, or those that one row of the source is made of.
        rows: Vec<Row>,
        /// What the row says about the account, where it does.
        account: Option<Account>,
    },
    /// Rows that an archive written by Zweck gives back, each with its old place if it says one.
    Returned {
        /// The rows.
        rows: Vec<(Row, Option<Place>)>,
    },
    /// A row that is gone.
    Delete {
        /// Which event says so.
        event: Occurrence,
        /// The external id of the member whose row it was.
        member: String,
        /// What it was.
        kind: Kind,
        /// Its external id.
        external: String,
    },
    /// A row of a sealed category, dropped unread.
    Sealed {
        /// The category.
        category: Category,
    },
    /// A row that is understood and has no place in the lake.
    NoPlace,
}

/// Where a row stood in the lake when it was given out.
///
/// It holds only under the keys that sealed it, and for the very row that was given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its item id.
    pub item: ItemId,
    /// The keyed hash of its content.
    pub content: i64,
    /// What it pointed at.
    pub reference: Option<(MemberNumber, ItemId)>,
    /// The keyed hash of row and place.
    pub seal: String,
}

/// An event of a source: by its id it comes in exactly once, and its place in the order of what was
/// said about the same thing decides whether it still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The event's id, unique in the source.
    pub id: String,
    /// When it happened.
    pub at: Instant,
    /// The source's own count, which decides before `at`; it grows from event to event.
    pub order: Option<i64>,
}

/// What a source says about an account; `None` is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// Where the member lives.
    pub region: Option<Country>,
    /// Whether the member is an adult.
    pub age: Option<AgeClass>,
    /// The state of the account.
    pub status: Option<Status>,
}

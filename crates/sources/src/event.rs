use std::sync::Arc;

use policy::{AgeClass, Category, Country, Instant, Status};

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
    /// A row that is gone.
    Delete {
        /// Which event says so; `None` where the source has no events.
        event: Option<Occurrence>,
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

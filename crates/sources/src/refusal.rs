use std::fmt;

use policy::{aipref::Usage, edit_distance};

/// How much of a name is shown.
const LONGEST_NAME: usize = 80;

/// Why a row is refused, as a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalReason {
    /// The row is longer than 16 MiB.
    TooLong,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The line is not one JSON object.
    NotJson,
    /// The row is not well-formed XML.
    NotXml,
    /// Something stands between rows, or an element is no row.
    NotARow,
    /// The file ends before its last tag.
    CutShort,
    /// A key stands twice in an object.
    DuplicateKey,
    /// The kind of the event is in no list.
    UnknownKind,
    /// The kind of the event has no such key.
    UnknownKey,
    /// A key or attribute that the kind needs is not there.
    MissingKey,
    /// A value has another type than the key asks for.
    WrongType,
    /// A word is in no list.
    UnknownWord,
    /// A date and time cannot be read.
    BadInstant,
    /// What is said of its uses is no dictionary of structured fields.
    BadUsage,
    /// The span of a mention does not lie in the text.
    BadMention,
    /// An external id is empty or too long, or holds what could be taken for another.
    BadId,
    /// The row says no author.
    NoAuthor,
    /// The author is a process of the platform, not a person.
    SystemUser,
    /// The member was erased and does not come in again.
    ErasedMember,
    /// A file of the archive is in no list.
    UnknownFile,
    /// A table has a column that is in no list.
    UnknownColumn,
    /// A table lacks a column without which its rows say nothing.
    MissingColumn,
    /// A row has more or fewer fields than its table has columns.
    WrongColumns,
    /// The fields of a table are separated by something else than commas.
    WrongDelimiter,
    /// A file is written in another encoding than UTF-8.
    WrongEncoding,
    /// The lines of a table end with a carriage return alone.
    WrongLineEnds,
    /// Something stands behind a closing quote.
    BadQuotes,
    /// Two rows have the same id and say different things.
    DuplicateId,
    /// A row is dated after the archive in which it stands.
    InTheFuture,
    /// An event of this id came in before and said something else.
    ReusedId,
    /// The event is said to happen later than now.
    FromTheFuture,
    /// A row lacks a value without which it says nothing.
    MissingValue,
    /// The lake has the item from elsewhere.
    AlreadyIn,
    /// An import brought or deleted the item, which is left to it from then on.
    TakenOver,
}

impl RefusalReason {
    /// Every reason.
    pub(crate) const ALL: &'static [Self] = &[
        Self::TooLong,
        Self::NotUtf8,
        Self::NotJson,
        Self::NotXml,
        Self::NotARow,
        Self::CutShort,
        Self::DuplicateKey,
        Self::UnknownKind,
        Self::UnknownKey,
        Self::MissingKey,
        Self::WrongType,
        Self::UnknownWord,
        Self::BadInstant,
        Self::BadUsage,
        Self::BadMention,
        Self::BadId,
        Self::NoAuthor,
        Self::SystemUser,
        Self::ErasedMember,
        Self::UnknownFile,
        Self::UnknownColumn,
        Self::MissingColumn,
        Self::WrongColumns,
        Self::WrongDelimiter,
        Self::WrongEncoding,
        Self::WrongLineEnds,
        Self::BadQuotes,
        Self::DuplicateId,
        Self::InTheFuture,
        Self::ReusedId,
        Self::FromTheFuture,
        Self::MissingValue,
        Self::AlreadyIn,
        Self::TakenOver,
    ];

    /// The code in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too long",
            Self::NotUtf8 => "not utf-8",
            Self::NotJson => "not json",
            Self::NotXml => "not xml",
            Self::NotARow => "not a row",
            Self::CutShort => "cut short",
            Self::DuplicateKey => "duplicate key",
            Self::UnknownKind => "unknown kind",
            Self::UnknownKey => "unknown key",
            Self::MissingKey => "missing key",
            Self::WrongType => "wrong type",
            Self::UnknownWord => "unknown word",
            Self::BadInstant => "bad instant",
            Self::BadUsage => "bad content usage",
            Self::BadMention => "bad mention",
            Self::BadId => "bad id",
            Self::NoAuthor => "no author",
            Self::SystemUser => "system user",
            Self::ErasedMember => "erased member",
            Self::UnknownFile => "unknown file",
            Self::UnknownColumn => "unknown column",
            Self::MissingColumn => "missing column",
            Self::WrongColumns => "wrong columns",
            Self::WrongDelimiter => "wrong delimiter",
            Self::WrongEncoding => "wrong encoding",
            Self::WrongLineEnds => "wrong line ends",
            Self::BadQuotes => "bad quotes",
            Self::DuplicateId => "duplicate id",
            Self::InTheFuture => "in the future",
            Self::ReusedId => "reused event id",
            Self::FromTheFuture => "from the future",
            Self::MissingValue => "missing value",
            Self::AlreadyIn => "already in the lake",
            Self::TakenOver => lake::TAKEN_OVER,
        }
    }

    /// The refusal with a hint.
    pub(crate) fn because(self, hint: impl Into<String>) -> Refusal {
        Refusal { reason: self, hint: Some(hint.into()) }
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A row that does not come in. It repeats names of keys, never their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// What would be right, where that helps.
    pub hint: Option<String>,
}

impl Refusal {
    /// The same of something that stands within `key`.
    pub(crate) fn within(self, key: &str) -> Self {
        let Self { reason, hint } = self;
        Self { reason, hint: hint.map(|hint| format!("in `{key}`: {hint}")) }
    }
}

impl From<RefusalReason> for Refusal {
    fn from(reason: RefusalReason) -> Self {
        Self { reason, hint: None }
    }
}

/// What is said of the uses of a row, if it can be read; `key` is where it stands.
///
/// A signal that nobody can read could be one against a use, so that its row does not come in.
pub(crate) fn check_usage(key: &str, said: &str) -> Result<(), Refusal> {
    match Usage::read(said) {
        Some(_) => Ok(()),
        None => {
            let what = "is no dictionary such as `train-ai=n, search=y` (RFC 9651)";
            Err(RefusalReason::BadUsage.because(format!("`{key}` {what}")))
        }
    }
}

/// A name that stands in what is read, for people: not without end, and without characters that a
/// terminal would obey.
pub(crate) fn shown_name(name: &str) -> String {
    let mut letters = name.chars();
    let mut shown: String =
        letters.by_ref().take(LONGEST_NAME).flat_map(char::escape_debug).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A hint that names what was given, the known word next to it, or else all known words.
pub(crate) fn suggestion(given: &str, known: &[&str]) -> String {
    let shown = shown_name(given);
    // what differs widely in length is just far, however long it is
    let alike = known.iter().filter(|word| given.len().abs_diff(word.len()) <= 8);
    match alike.map(|word| (edit_distance(given, word), *word)).min() {
        Some((far, word)) if far <= 2 => format!("`{shown}` is unknown; did you mean `{word}`?"),
        _ => format!("`{shown}` is unknown; known: {}", known.join(", ")),
    }
}

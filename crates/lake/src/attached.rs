//! Items that lie in tables elsewhere and are read there, in place.
//!
//! What is kept here of such a table is its [`Attachment`]: which files it had when it was looked
//! at, and for each of them an index file with a row for each row of the file, in its order, which
//! says whose it is and by which numbers it is known. An index holds numbers alone; every word is
//! read from the file itself, and a file that is not what it was is an error.

mod convert;
mod index;
mod keep;
mod outside;
mod scan;
mod taken_over;

use std::collections::{BTreeMap, BTreeSet};

use policy::{Instant, Visibility};
use serde::{Deserialize, Serialize};

pub use convert::{OutsideRows, Values};
pub use index::{IndexRow, IndexWriter};
pub(crate) use keep::{delete_unneeded, needed};
pub use outside::{OutsideFile, OutsideTable};
pub(crate) use scan::WithAttached;
pub use taken_over::TAKEN_OVER;

/// A table of items that lies elsewhere, as it was when it was looked at last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Names it; see [`Attachment::is_name`].
    pub name: String,
    /// The source whose external ids its rows have.
    pub source: String,
    /// The hash of the mapping, in lower-case hex.
    pub mapping_hash: String,
    /// The mapping itself.
    pub mapping: String,
    /// The hash of the declaration that fills what the table leaves out.
    pub declaration: Option<String>,
    /// When it was looked at.
    pub at: Instant,
    /// The folder from which relative paths of the mapping count.
    pub folder: String,
    /// Where it lies: a file, a folder, or a pattern.
    pub location: String,
    /// Its version, if it is a Delta table.
    pub delta_version: Option<u64>,
    /// What its columns say.
    pub columns: ItemColumns,
    /// Its files, by path.
    pub files: Vec<AttachedFile>,
}

/// A file of an attached table, and what was made of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachedFile {
    /// The file as it was.
    pub pin: Pin,
    /// What its path or log says of all of its rows.
    pub partition: BTreeMap<String, Option<String>>,
    /// Rows in it.
    pub rows: u64,
    /// Rows that are read.
    pub attached: u64,
    /// Rows that are not, by reason.
    pub refused: BTreeMap<String, u64>,
    /// Rows of sealed categories, which are not, by category.
    pub sealed: BTreeMap<String, u64>,
    /// The index of its rows, below the folder of the attachment.
    pub index: String,
    /// The hash of the index, in lower-case hex.
    pub index_blake3: String,
}

/// A file as it was when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Its absolute path.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was changed last, by the clock of where it lies.
    pub modified: Instant,
    /// What the place where it lies calls this state of it.
    pub e_tag: Option<String>,
}

/// Which files of an attached table a permit reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedTable {
    /// The attachment.
    pub name: String,
    /// The hash of its mapping.
    pub mapping_hash: String,
    /// The hash of the declaration that fills what it leaves out.
    pub declaration: Option<String>,
    /// Its version, if it is a Delta table.
    pub delta_version: Option<u64>,
    /// Its files.
    pub files: Vec<Pin>,
}

/// Which columns of a table elsewhere say what the columns of items say; `None` is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemColumns {
    /// The author's external id.
    pub author: String,
    /// The item's external id, unique in the table.
    pub item: String,
    /// What kind of writing it is: a name of [`crate::ItemKind`], or of a sealed category.
    pub kind: Said,
    /// What was written.
    pub text: String,
    /// The heading.
    pub title: Option<String>,
    /// In which language it is written.
    pub language: Option<Said>,
    /// Who can see it.
    pub visibility: Option<Said>,
    /// Who can see it where nothing is said, by a declaration.
    pub declared_visibility: Option<Visibility>,
    /// When it was published.
    pub created: Option<TimeColumn>,
    /// When it was last changed.
    pub updated: Option<TimeColumn>,
    /// Whether it reveals special categories of data.
    pub sensitive: Option<String>,
    /// Uses that its author allows or disallows.
    pub content_usage: Option<String>,
    /// Whether it was published on a page or in a group: a name of [`crate::VenueKind`].
    pub venue_kind: Option<Said>,
    /// What that page or group is called.
    pub venue: Option<String>,
    /// The external id of what it answers, an item of the same table.
    pub parent: Option<String>,
}

/// Where a word of a row comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Said {
    /// The same word for every row.
    Always(String),
    /// The words of a column as they stand there.
    Column(String),
    /// What the values of a column stand for; a value that is not listed is not understood.
    Values {
        /// The column.
        column: String,
        /// From its values to the words of the lake.
        values: BTreeMap<String, String>,
    },
}

/// A column of instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeColumn {
    /// The column.
    pub column: String,
    /// What its values are counted in.
    pub unit: TimeUnit,
}

/// What instants of a column are counted or written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeUnit {
    /// Whole seconds since 1970-01-01T00:00:00Z.
    Seconds,
    /// Whole milliseconds since then.
    Milliseconds,
    /// Whole microseconds since then.
    Microseconds,
    /// Timestamps that say their zone.
    Timestamp,
    /// Timestamps without a zone, or days, in UTC.
    Utc,
    /// RFC 3339.
    Text,
}

impl TimeUnit {
    /// Every unit.
    pub const ALL: &'static [Self] = &[
        Self::Seconds,
        Self::Milliseconds,
        Self::Microseconds,
        Self::Timestamp,
        Self::Utc,
        Self::Text,
    ];

    /// The word in mappings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Timestamp => "timestamp",
            Self::Utc => "utc",
            Self::Text => "text",
        }
    }
}

impl Said {
    /// The column that says it, if one does.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Always(_) => None,
            Self::Column(column) | Self::Values { column, .. } => Some(column),
        }
    }
}

impl Attachment {
    /// Whether a word can name an attachment: up to 64 of a-z, 0-9, `-` and `_`.
    pub fn is_name(word: &str) -> bool {
        let is_good =
            |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || "-_".contains(one);
        !word.is_empty() && word.len() <= 64 && word.chars().all(is_good)
    }

    /// Whether another look reads rows in the same way, so that a file that is what it was has the
    /// same index.
    pub fn reads_like(&self, other: &Self) -> bool {
        self.source == other.source
            && self.columns == other.columns
            && self.mapping_hash == other.mapping_hash
            && self.declaration == other.declaration
    }

    /// Which files it reads, for a permit.
    pub fn pinned(&self) -> PinnedTable {
        PinnedTable {
            name: self.name.clone(),
            mapping_hash: self.mapping_hash.clone(),
            declaration: self.declaration.clone(),
            delta_version: self.delta_version,
            files: self.files.iter().map(|file| file.pin.clone()).collect(),
        }
    }
}

impl ItemColumns {
    /// Every column that is read, with what its values have to be.
    pub fn read(&self) -> Vec<(&str, Values)> {
        let Self {
            author,
            item,
            kind,
            text,
            title,
            language,
            visibility,
            declared_visibility: _,
            created,
            updated,
            sensitive,
            content_usage,
            venue_kind,
            venue,
            parent,
        } = self;
        let mut read =
            vec![(author.as_str(), Values::Id), (item, Values::Id), (text, Values::Text)];
        read.extend(kind.column().map(|column| (column, Values::Word)));
        let texts = [title, content_usage, venue].into_iter().flatten();
        read.extend(texts.map(|column| (column.as_str(), Values::Text)));
        let words =
            [language, visibility, venue_kind].into_iter().flatten().filter_map(Said::column);
        read.extend(words.map(|column| (column, Values::Word)));
        let times = [created, updated].into_iter().flatten();
        read.extend(times.map(|time| (time.column.as_str(), Values::Time(time.unit))));
        read.extend(sensitive.as_deref().map(|column| (column, Values::Flag)));
        read.extend(parent.as_deref().map(|column| (column, Values::Id)));
        read
    }

    /// The columns that are needed for some columns of the lake's items.
    pub(crate) fn needed_for<'a>(&'a self, names: &BTreeSet<&str>) -> BTreeSet<&'a str> {
        let of = |name: &str| -> Option<&'a str> {
            match name {
                "kind" => self.kind.column(),
                "external" => Some(&self.item),
                "title" => self.title.as_deref(),
                "text" => Some(&self.text),
                "language" => self.language.as_ref()?.column(),
                "visibility" => self.visibility.as_ref()?.column(),
                "created" => Some(&self.created.as_ref()?.column),
                "updated" => Some(&self.updated.as_ref()?.column),
                "sensitive" => self.sensitive.as_deref(),
                "content_usage" => self.content_usage.as_deref(),
                "venue_kind" => self.venue_kind.as_ref()?.column(),
                "venue" => self.venue.as_deref(),
                _ => None,
            }
        };
        names.iter().filter_map(|name| of(name)).collect()
    }
}

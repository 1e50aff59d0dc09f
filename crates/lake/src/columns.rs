//! The one list of tables and columns, from which schemas and documents are derived.

use policy::{Category, Visibility};

use crate::{ItemKind, Table, VenueKind};

/// The reason why a column exists, what it is measured in, and what kind of data it is.
///
/// Every field is mandatory: a column without a label does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The name in files, tables and queries.
    pub name: &'static str,
    /// How values are stored.
    pub kind: ColumnKind,
    /// Whether a source may leave it out; null always means "nothing was said".
    pub nullable: bool,
    /// The category that decides who may use it.
    pub label: Label,
    /// What a value is counted or written in.
    pub unit: Unit,
    /// Why the column is kept, for the record of processing.
    pub why: &'static str,
}

/// How the values of a column are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// 64-bit signed integer.
    Long,
    /// UTF-8.
    Text,
    /// Microseconds since 1970-01-01T00:00:00Z as a 64-bit signed integer.
    Instant,
    /// True or false.
    Flag,
}

/// What kind of data a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// It identifies, orders or points, and says nothing about the person.
    Key,
    /// Always this category.
    Fixed(Category),
    /// The row's `kind` column decides, see [`ItemKind::category`].
    ByKind,
}

/// What a value is counted or written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A `policy::MemberNumber`.
    MemberNumber,
    /// A `policy::ItemId`, unique within its member.
    ItemId,
    /// A keyed 64-bit hash.
    KeyedHash,
    /// A `policy::LakeVersion`.
    LakeVersion,
    /// The member number divided by the lake's members per range.
    Range,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Microseconds,
    /// Bytes from the start of the text in UTF-8.
    Bytes,
    /// A number of members.
    Members,
    /// Yes or no.
    YesNo,
    /// The name of a source of Zweck.
    SourceName,
    /// An identifier as the source gave it.
    ExternalId,
    /// A BCP 47 language tag.
    LanguageTag,
    /// A date in the words of the source.
    DateAsGiven,
    /// An address on the web.
    WebAddress,
    /// Entries of lists of terms, apart by a comma.
    Terms,
    /// What the author wants it to be used for, in the words of
    /// [AI Preferences](https://datatracker.ietf.org/doc/draft-ietf-aipref-vocab/): a dictionary of
    /// structured fields.
    UsagePreference,
    /// What a page or a group is called.
    VenueName,
    /// One word of a closed list.
    Word(WordList),
    /// Free text.
    FreeText,
}

impl Unit {
    /// Whether the rows of a file share few values; a dictionary of them is worth its memory then.
    pub(crate) const fn repeats(self) -> bool {
        !matches!(
            self,
            Self::ItemId
                | Self::KeyedHash
                | Self::Microseconds
                | Self::WebAddress
                | Self::ExternalId
                | Self::FreeText
        )
    }
}

/// A closed list of words that a text column accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordList {
    /// The names of [`ItemKind`].
    ItemKind,
    /// The names of [`policy::Visibility`].
    Visibility,
    /// How a mention was found.
    MentionHow,
    /// The name of a text column of any table.
    TextColumn,
    /// A special category of personal data.
    SpecialCategory,
    /// A name of [`VenueKind`].
    VenueKind,
}

/// The words of [`WordList::MentionHow`], the surest first.
pub const MENTION_HOW: &[&str] = &["link", "id", "thread", "reply", "full-name", "own-form"];

/// The words of [`WordList::SpecialCategory`], after
/// [GDPR art. 9(1)](https://gdpr-info.eu/art-9-gdpr/).
pub const SPECIAL_CATEGORIES: &[&str] =
    &["health", "religion", "politics", "union", "sexual-orientation", "ethnic-origin"];

impl WordList {
    /// Whether `word` is in the list.
    pub fn admits(self, word: &str) -> bool {
        match self {
            Self::ItemKind => word.parse::<ItemKind>().is_ok(),
            Self::Visibility => word.parse::<Visibility>().is_ok(),
            Self::MentionHow => MENTION_HOW.contains(&word),
            Self::SpecialCategory => SPECIAL_CATEGORIES.contains(&word),
            Self::VenueKind => word.parse::<VenueKind>().is_ok(),
            Self::TextColumn => Table::ALL
                .iter()
                .flat_map(|table| table.columns())
                .any(|column| column.name == word && column.kind == ColumnKind::Text),
        }
    }
}

/// The first columns of every table, as a source gives them.
pub const COMMON: &[Column] = &[
    key("member_number", ColumnKind::Long, Unit::MemberNumber, "whose row it is"),
    key("item", ColumnKind::Long, Unit::ItemId, "addresses the row within its member"),
    key("content", ColumnKind::Long, Unit::KeyedHash, "recognises the same row given again"),
    key("source", ColumnKind::Text, Unit::SourceName, "says where the row came from"),
];

/// The columns that the lake itself adds to every table.
pub const ADDED: &[Column] = &[
    key("lake_version", ColumnKind::Long, Unit::LakeVersion, "the version that brought the row"),
    key(RANGE, ColumnKind::Long, Unit::Range, "cuts tables so that an erasure touches few files"),
];

/// The partition column; it stands in paths, not in files.
pub const RANGE: &str = "range";

pub(crate) const MEMBERS: &[Column] = &[
    given("display_name", Category::Profile, "how the member is named in others' texts"),
    instant("created", Label::Fixed(Category::Profile), "since when the account exists"),
];

pub(crate) const PROFILES: &[Column] = &[
    said("headline", Category::Profile, "what the member is, in a line"),
    said("about", Category::Profile, "the member's own description"),
    said("location", Category::Profile, "where the member says to be"),
    Column {
        unit: Unit::WebAddress,
        ..said("website", Category::Profile, "a page of the member's own")
    },
    language(Label::Fixed(Category::Profile)),
    visibility(Label::Fixed(Category::Profile)),
];

pub(crate) const POSITIONS: &[Column] = &[
    said("title", Category::Positions, "what the work is called"),
    said("employer", Category::Positions, "for whom"),
    said("description", Category::Positions, "what was done there"),
    date("started", Category::Positions, "first day, as given"),
    date("ended", Category::Positions, "last day, as given; null while it lasts"),
    visibility(Label::Fixed(Category::Positions)),
];

pub(crate) const EDUCATION: &[Column] = &[
    said("school", Category::Education, "where the member learned"),
    said("degree", Category::Education, "what it led to"),
    said("field", Category::Education, "what was studied"),
    said("description", Category::Education, "what the member adds"),
    date("started", Category::Education, "first day, as given"),
    date("ended", Category::Education, "last day, as given; null while it lasts"),
    visibility(Label::Fixed(Category::Education)),
];

pub(crate) const SKILLS: &[Column] = &[
    given("name", Category::Skills, "the skill in the member's words"),
    visibility(Label::Fixed(Category::Skills)),
];

pub(crate) const ITEMS: &[Column] = &[
    key("kind", ColumnKind::Text, Unit::Word(WordList::ItemKind), "decides the row's category"),
    Column {
        name: "external",
        kind: ColumnKind::Text,
        nullable: false,
        label: Label::ByKind,
        unit: Unit::ExternalId,
        why: "lets the member find the item again",
    },
    Column { nullable: true, ..text("title", Label::ByKind, "the heading, where there is one") },
    text("text", Label::ByKind, "what was written"),
    language(Label::ByKind),
    visibility(Label::ByKind),
    instant("created", Label::ByKind, "when it was published; cut-offs apply to it"),
    instant("updated", Label::ByKind, "when it was last changed"),
    pointer("parent_member", Unit::MemberNumber, "who wrote what this answers"),
    pointer("parent_item", Unit::ItemId, "what this answers"),
    Column {
        name: "sensitive",
        kind: ColumnKind::Flag,
        nullable: true,
        label: Label::ByKind,
        unit: Unit::YesNo,
        why: "special categories of data (GDPR art. 9); null: nothing was said",
    },
    Column {
        nullable: true,
        unit: Unit::UsagePreference,
        ..text("content_usage", Label::ByKind, "uses that its author allows or disallows")
    },
    Column {
        nullable: true,
        unit: Unit::Word(WordList::VenueKind),
        ..text("venue_kind", Label::ByKind, "whether it was published on a page or in a group")
    },
    Column {
        nullable: true,
        unit: Unit::VenueName,
        ..text("venue", Label::ByKind, "which one; its name may reveal what the text does not")
    },
];

pub(crate) const MENTIONS: &[Column] = &[
    key("author_member", ColumnKind::Long, Unit::MemberNumber, "in whose row the name stands"),
    key("author_item", ColumnKind::Long, Unit::ItemId, "in which row"),
    key("field", ColumnKind::Text, Unit::Word(WordList::TextColumn), "in which column of it"),
    key("span_start", ColumnKind::Long, Unit::Bytes, "where the name starts"),
    key("span_end", ColumnKind::Long, Unit::Bytes, "where it ends, exclusive"),
    key("how", ColumnKind::Text, Unit::Word(WordList::MentionHow), "what resolved the name"),
    key("candidates", ColumnKind::Long, Unit::Members, "how many it may mean; 1 is certain"),
];

pub(crate) const SENSITIVE: &[Column] = &[
    key(
        "category",
        ColumnKind::Text,
        Unit::Word(WordList::SpecialCategory),
        "what the row reveals; it is refused unless a policy says more",
    ),
    key("terms", ColumnKind::Text, Unit::Terms, "on what basis that was found"),
];

pub(crate) const ACTIVITY: &[Column] = &[
    given("kind", Category::Activity, "what the member did"),
    pointer("target_member", Unit::MemberNumber, "to whose row"),
    pointer("target_item", Unit::ItemId, "to which row"),
    instant("created", Label::Fixed(Category::Activity), "when"),
];

const fn key(name: &'static str, kind: ColumnKind, unit: Unit, why: &'static str) -> Column {
    Column { name, kind, nullable: false, label: Label::Key, unit, why }
}

const fn pointer(name: &'static str, unit: Unit, why: &'static str) -> Column {
    Column { name, kind: ColumnKind::Long, nullable: true, label: Label::Key, unit, why }
}

const fn text(name: &'static str, label: Label, why: &'static str) -> Column {
    Column { name, kind: ColumnKind::Text, nullable: false, label, unit: Unit::FreeText, why }
}

const fn given(name: &'static str, category: Category, why: &'static str) -> Column {
    text(name, Label::Fixed(category), why)
}

const fn said(name: &'static str, category: Category, why: &'static str) -> Column {
    Column { nullable: true, ..given(name, category, why) }
}

const fn date(name: &'static str, category: Category, why: &'static str) -> Column {
    Column { unit: Unit::DateAsGiven, ..said(name, category, why) }
}

const fn instant(name: &'static str, label: Label, why: &'static str) -> Column {
    Column { name, kind: ColumnKind::Instant, nullable: true, label, unit: Unit::Microseconds, why }
}

const fn language(label: Label) -> Column {
    let column = text("language", label, "in which language it is written");
    Column { nullable: true, unit: Unit::LanguageTag, ..column }
}

const fn visibility(label: Label) -> Column {
    let column = text("visibility", label, "who can see the row; null refuses every use");
    Column { nullable: true, unit: Unit::Word(WordList::Visibility), ..column }
}

use std::{fmt, str::FromStr};

use policy::{Category, UnknownWord};
use serde::{Deserialize, Serialize};

use crate::columns::{self, Column};

/// A table of the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// Who exists; no region, age, status or choice, which are facts of the store.
    Members,
    /// What a profile says in its head.
    Profiles,
    /// Work experience.
    Positions,
    /// Schools and degrees.
    Education,
    /// Skills, given by the member.
    Skills,
    /// Posts, articles, comments and group content.
    Items,
    /// Who is named in whose text, sorted by who is named: the member of a row is the one named.
    Mentions,
    /// Which rows reveal special categories of personal data, and by which words. A row of it has
    /// the address of the row that it speaks of, and goes with that row.
    Sensitive,
    /// Reactions, follows and votes.
    Activity,
}

/// What kind of writing a row of [`Table::Items`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Short public writing.
    Post,
    /// Long public writing.
    Article,
    /// An answer to somebody else's content.
    Comment,
    /// Written inside a group.
    Group,
}

/// Where on a platform a row of [`Table::Items`] was published, if not among its author's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VenueKind {
    /// On a page, such as an organisation's.
    Page,
    /// Inside a group.
    Group,
}

impl Table {
    /// Every table, in the order in which they are committed.
    pub const ALL: &'static [Self] = &[
        Self::Members,
        Self::Profiles,
        Self::Positions,
        Self::Education,
        Self::Skills,
        Self::Items,
        Self::Mentions,
        Self::Sensitive,
        Self::Activity,
    ];

    /// The name in folders, files and queries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Profiles => "profiles",
            Self::Positions => "positions",
            Self::Education => "education",
            Self::Skills => "skills",
            Self::Items => "items",
            Self::Mentions => "mentions",
            Self::Sensitive => "sensitive",
            Self::Activity => "activity",
        }
    }

    /// The columns of this table alone, without those common to all.
    pub const fn own_columns(self) -> &'static [Column] {
        match self {
            Self::Members => columns::MEMBERS,
            Self::Profiles => columns::PROFILES,
            Self::Positions => columns::POSITIONS,
            Self::Education => columns::EDUCATION,
            Self::Skills => columns::SKILLS,
            Self::Items => columns::ITEMS,
            Self::Mentions => columns::MENTIONS,
            Self::Sensitive => columns::SENSITIVE,
            Self::Activity => columns::ACTIVITY,
        }
    }

    /// Every column: the common ones, the table's own, and those that the lake adds.
    pub fn columns(self) -> impl Iterator<Item = &'static Column> {
        columns::COMMON.iter().chain(self.own_columns()).chain(columns::ADDED)
    }

    /// The category of a row; `kind` is the row's kind in [`Table::Items`] and ignored elsewhere.
    ///
    /// `None` where the category is not known: an item without a kind, which must be refused, and
    /// what is noted about other rows, which has no content of its own.
    pub const fn category_of_row(self, kind: Option<ItemKind>) -> Option<Category> {
        match (self, kind) {
            (Self::Members | Self::Profiles, _) => Some(Category::Profile),
            (Self::Positions, _) => Some(Category::Positions),
            (Self::Education, _) => Some(Category::Education),
            (Self::Skills, _) => Some(Category::Skills),
            (Self::Items, Some(kind)) => Some(kind.category()),
            (Self::Items, None) | (Self::Mentions | Self::Sensitive, _) => None,
            (Self::Activity, _) => Some(Category::Activity),
        }
    }
}

impl ItemKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Post, Self::Article, Self::Comment, Self::Group];

    /// The word in the `kind` column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Article => "article",
            Self::Comment => "comment",
            Self::Group => "group",
        }
    }

    /// The category under which policies speak of it.
    pub const fn category(self) -> Category {
        match self {
            Self::Post => Category::Posts,
            Self::Article => Category::Articles,
            Self::Comment => Category::Comments,
            Self::Group => Category::GroupContent,
        }
    }
}

impl VenueKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Page, Self::Group];

    /// The word in the `venue_kind` column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Group => "group",
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for VenueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Table {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        find("table", word, Self::ALL, Self::name)
    }
}

impl FromStr for ItemKind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        find("item kind", word, Self::ALL, Self::name)
    }
}

impl FromStr for VenueKind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        find("venue kind", word, Self::ALL, Self::name)
    }
}

fn find<T: Copy>(
    kind: &'static str,
    word: &str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, UnknownWord> {
    all.iter().copied().find(|one| name(*one) == word).ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|one| name(*one)).collect();
        UnknownWord { kind, word: word.to_owned(), known: known.join(", ") }
    })
}

use std::{fmt, str::FromStr};

use lake::{ItemKind, Table, VenueKind};
use policy::{Category, Instant, UnknownWord, Visibility};

use crate::Occurrence;

/// What a row is. Together with the source and an external id it names an item.
///
/// No kind is of a sealed category: such a row cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The account itself.
    Member,
    /// The head of a profile.
    Profile,
    /// A position held.
    Position,
    /// A school attended.
    Education,
    /// A skill.
    Skill,
    /// Short public writing.
    Post,
    /// Long public writing.
    Article,
    /// An answer to somebody else's content.
    Comment,
    /// Written inside a group.
    GroupPost,
    /// A reaction, follow or vote.
    Activity,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Member,
        Self::Profile,
        Self::Position,
        Self::Education,
        Self::Skill,
        Self::Post,
        Self::Article,
        Self::Comment,
        Self::GroupPost,
        Self::Activity,
    ];

    /// The word in events and in the hash that makes an item id.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Profile => "profile",
            Self::Position => "position",
            Self::Education => "education",
            Self::Skill => "skill",
            Self::Post => "post",
            Self::Article => "article",
            Self::Comment => "comment",
            Self::GroupPost => "group-post",
            Self::Activity => "activity",
        }
    }

    /// Where such rows are kept.
    pub const fn table(self) -> Table {
        match self {
            Self::Member => Table::Members,
            Self::Profile => Table::Profiles,
            Self::Position => Table::Positions,
            Self::Education => Table::Education,
            Self::Skill => Table::Skills,
            Self::Post | Self::Article | Self::Comment | Self::GroupPost => Table::Items,
            Self::Activity => Table::Activity,
        }
    }

    /// The category under which policies speak of it.
    pub const fn category(self) -> Category {
        match self {
            Self::Member | Self::Profile => Category::Profile,
            Self::Position => Category::Positions,
            Self::Education => Category::Education,
            Self::Skill => Category::Skills,
            Self::Post => ItemKind::Post.category(),
            Self::Article => ItemKind::Article.category(),
            Self::Comment => ItemKind::Comment.category(),
            Self::GroupPost => ItemKind::Group.category(),
            Self::Activity => Category::Activity,
        }
    }

    /// Whether a member has one such row at most, named by the member's own external id.
    pub const fn is_one_per_member(self) -> bool {
        matches!(self, Self::Member | Self::Profile)
    }
}

impl FromStr for Kind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|kind| kind.name() == word).ok_or_else(|| UnknownWord {
            kind: "kind",
            word: word.to_owned(),
            known: Self::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "),
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One row on its way into the lake, in the source's own names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The external id of the member whose row it is.
    pub member: String,
    /// The external id of the row, unique among the source's rows of its kind.
    pub external: String,
    /// What it says.
    pub body: Body,
}

/// What a row says, one variant for each table of the lake that a source can fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A row of `members`.
    Member(MemberRow),
    /// A row of `profiles`.
    Profile(ProfileRow),
    /// A row of `positions`.
    Position(PositionRow),
    /// A row of `education`.
    Education(EducationRow),
    /// A row of `skills`.
    Skill(SkillRow),
    /// A row of `items`.
    Item(ItemRow),
    /// A row of `activity`.
    Activity(ActivityRow),
}

/// A row of `members`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberRow {
    /// How the member is named in others' texts.
    pub display_name: String,
    /// Since when the account exists.
    pub created: Option<Instant>,
}

/// A row of `profiles`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileRow {
    /// What the member is, in a line.
    pub headline: Option<String>,
    /// The member's own description.
    pub about: Option<String>,
    /// Where the member says to be.
    pub location: Option<String>,
    /// A page of the member's own.
    pub website: Option<String>,
    /// A BCP 47 language tag.
    pub language: Option<String>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
}

/// A row of `positions`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PositionRow {
    /// What the work is called.
    pub title: Option<String>,
    /// For whom.
    pub employer: Option<String>,
    /// What was done there.
    pub description: Option<String>,
    /// First day, as given.
    pub started: Option<String>,
    /// Last day, as given.
    pub ended: Option<String>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
}

/// A row of `education`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EducationRow {
    /// Where the member learned.
    pub school: Option<String>,
    /// What it led to.
    pub degree: Option<String>,
    /// What was studied.
    pub field: Option<String>,
    /// What the member adds.
    pub description: Option<String>,
    /// First day, as given.
    pub started: Option<String>,
    /// Last day, as given.
    pub ended: Option<String>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
}

/// A row of `skills`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SkillRow {
    /// The skill in the member's words.
    pub name: String,
    /// Who can see it.
    pub visibility: Option<Visibility>,
}

/// A row of `items`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// What kind of writing it is.
    pub kind: ItemKind,
    /// The heading, where there is one.
    pub title: Option<String>,
    /// What was written.
    pub text: String,
    /// A BCP 47 language tag.
    pub language: Option<String>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
    /// When it was published.
    pub created: Option<Instant>,
    /// When it was last changed.
    pub updated: Option<Instant>,
    /// What it answers.
    pub parent: Option<Reference>,
    /// Who the platform says is named in the text.
    pub mentions: Vec<Mention>,
    /// Whether it reveals special categories of data (GDPR art. 9); `None`: nothing was said.
    pub sensitive: Option<bool>,
    /// Uses that its author allows or disallows: a dictionary of structured fields.
    pub content_usage: Option<String>,
    /// Whether it was published on a page or in a group.
    pub venue_kind: Option<VenueKind>,
    /// What that page or group is called.
    pub venue: Option<String>,
}

/// A row of `activity`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActivityRow {
    /// What the member did, in the source's word.
    pub action: String,
    /// To which row.
    pub target: Option<Reference>,
    /// When.
    pub created: Option<Instant>,
}

/// Somebody's row, by the source's own names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The external id of the member whose row it is.
    pub member: String,
    /// What it is.
    pub kind: Kind,
    /// Its external id.
    pub external: String,
}

/// A member named in the text of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The external id of who is named.
    pub member: String,
    /// Where the name starts in the text, in bytes.
    pub start: usize,
    /// Where it ends, exclusive, in bytes.
    pub end: usize,
}

/// The value of one column of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    Null,
    Long(i64),
    Flag(bool),
    Text(&'a str),
}

impl Row {
    /// When it says that it came into being and was last changed, by the keys that say so.
    pub(crate) const fn dates(&self) -> [(&'static str, Option<Instant>); 2] {
        let (created, updated) = match &self.body {
            Body::Member(row) => (row.created, None),
            Body::Item(row) => (row.created, row.updated),
            Body::Activity(row) => (row.created, None),
            Body::Profile(_) | Body::Position(_) | Body::Education(_) | Body::Skill(_) => {
                (None, None)
            }
        };
        [("created", created), ("updated", updated)]
    }

    /// What the row is.
    pub const fn kind(&self) -> Kind {
        match &self.body {
            Body::Member(_) => Kind::Member,
            Body::Profile(_) => Kind::Profile,
            Body::Position(_) => Kind::Position,
            Body::Education(_) => Kind::Education,
            Body::Skill(_) => Kind::Skill,
            Body::Item(item) => match item.kind {
                ItemKind::Post => Kind::Post,
                ItemKind::Article => Kind::Article,
                ItemKind::Comment => Kind::Comment,
                ItemKind::Group => Kind::GroupPost,
            },
            Body::Activity(_) => Kind::Activity,
        }
    }

    /// An event that says this row alone.
    pub(crate) fn into_event(self, event: Option<Occurrence>) -> crate::Event {
        crate::Event::Upsert { event, rows: vec![self], account: None }
    }

    /// Who can see it; `None` also where the table has no such column.
    pub const fn visibility(&self) -> Option<Visibility> {
        match &self.body {
            Body::Profile(row) => row.visibility,
            Body::Position(row) => row.visibility,
            Body::Education(row) => row.visibility,
            Body::Skill(row) => row.visibility,
            Body::Item(row) => row.visibility,
            Body::Member(_) | Body::Activity(_) => None,
        }
    }

    /// Sets who can see it where the source left that open and the table has the column.
    pub(crate) const fn fill_visibility(&mut self, declared: Visibility) {
        let visibility = match &mut self.body {
            Body::Profile(row) => &mut row.visibility,
            Body::Position(row) => &mut row.visibility,
            Body::Education(row) => &mut row.visibility,
            Body::Skill(row) => &mut row.visibility,
            Body::Item(row) => &mut row.visibility,
            Body::Member(_) | Body::Activity(_) => return,
        };
        if visibility.is_none() {
            *visibility = Some(declared);
        }
    }

    /// What the row points at: the parent of an item, the target of an activity.
    pub(crate) const fn reference(&self) -> Option<&Reference> {
        match &self.body {
            Body::Item(item) => item.parent.as_ref(),
            Body::Activity(activity) => activity.target.as_ref(),
            _ => None,
        }
    }

    /// Who the row names.
    pub(crate) fn mentions(&self) -> &[Mention] {
        match &self.body {
            Body::Item(item) => &item.mentions,
            _ => &[],
        }
    }

    /// The values that the row itself holds, by the lake's column names; pointers are left out.
    pub(crate) fn cells(&self) -> Vec<(&'static str, Cell<'_>)> {
        match &self.body {
            Body::Member(row) => {
                vec![
                    ("display_name", Cell::Text(&row.display_name)),
                    ("created", time(row.created)),
                ]
            }
            Body::Profile(row) => vec![
                ("headline", text(&row.headline)),
                ("about", text(&row.about)),
                ("location", text(&row.location)),
                ("website", text(&row.website)),
                ("language", text(&row.language)),
                ("visibility", word(row.visibility)),
            ],
            Body::Position(row) => vec![
                ("title", text(&row.title)),
                ("employer", text(&row.employer)),
                ("description", text(&row.description)),
                ("started", text(&row.started)),
                ("ended", text(&row.ended)),
                ("visibility", word(row.visibility)),
            ],
            Body::Education(row) => vec![
                ("school", text(&row.school)),
                ("degree", text(&row.degree)),
                ("field", text(&row.field)),
                ("description", text(&row.description)),
                ("started", text(&row.started)),
                ("ended", text(&row.ended)),
                ("visibility", word(row.visibility)),
            ],
            Body::Skill(row) => {
                vec![("name", Cell::Text(&row.name)), ("visibility", word(row.visibility))]
            }
            Body::Item(row) => item_cells(row, &self.external),
            Body::Activity(row) => {
                vec![("kind", Cell::Text(&row.action)), ("created", time(row.created))]
            }
        }
    }
}

fn item_cells<'a>(row: &'a ItemRow, external: &'a str) -> Vec<(&'static str, Cell<'a>)> {
    vec![
        ("kind", Cell::Text(row.kind.name())),
        ("external", Cell::Text(external)),
        ("title", text(&row.title)),
        ("text", Cell::Text(&row.text)),
        ("language", text(&row.language)),
        ("visibility", word(row.visibility)),
        ("created", time(row.created)),
        ("updated", time(row.updated)),
        ("sensitive", row.sensitive.map_or(Cell::Null, Cell::Flag)),
        ("content_usage", text(&row.content_usage)),
        ("venue_kind", row.venue_kind.map_or(Cell::Null, |kind| Cell::Text(kind.name()))),
        ("venue", text(&row.venue)),
    ]
}

fn text(value: &Option<String>) -> Cell<'_> {
    value.as_deref().map_or(Cell::Null, Cell::Text)
}

fn word(value: Option<Visibility>) -> Cell<'static> {
    value.map_or(Cell::Null, |visibility| Cell::Text(visibility.name()))
}

fn time(value: Option<Instant>) -> Cell<'static> {
    value.map_or(Cell::Null, |instant| Cell::Long(instant.as_micros()))
}

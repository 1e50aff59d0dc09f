use policy::{Category, Instant, Visibility};
use serde::Serialize;

use crate::Language;

/// What kind of item it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Short writing.
    Post,
    /// Long writing with a title.
    Article,
    /// An answer to another item.
    Comment,
    /// Writing inside a group.
    GroupPost,
}

/// Something that a member wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The id on the synthetic platform, unique in the network.
    pub id: String,
    /// What it is.
    pub kind: ItemKind,
    /// The external id of who wrote it.
    pub author: String,
    /// Articles have one.
    pub title: Option<String>,
    /// The words.
    pub text: String,
    /// The language of the words.
    pub language: Language,
    /// Whether the platform says the language.
    pub language_is_stated: bool,
    /// Who can see it; `None` if the platform does not say.
    pub visibility: Option<Visibility>,
    /// When it was written.
    pub created: Instant,
    /// When it was last changed.
    pub updated: Option<Instant>,
    /// What a comment answers; always written earlier.
    pub parent: Option<Reference>,
    /// Every place of the text that names a member.
    pub namings: Vec<Naming>,
    /// Whether the platform says that it reveals special categories of data; `None` if it is silent.
    pub sensitive: Option<bool>,
    /// The id of an earlier item of another member with exactly the same text.
    pub copy_of: Option<String>,
}

/// Points at a row of the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Reference {
    /// The external id of whose row it is.
    pub member: String,
    /// What it is.
    pub kind: ItemKind,
    /// Its id.
    pub id: String,
}

/// A place of an item's text that names a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The external id of who is named.
    pub member: String,
    /// In which form.
    pub form: NamingForm,
    /// Where the name starts in the text, in bytes.
    pub start: usize,
    /// Where it ends, in bytes, not included.
    pub end: usize,
}

/// In which form a text names a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamingForm {
    /// The display name, which the platform says is that member: the only form in the events.
    Linked,
    /// The display name after an at sign, which is not part of the span.
    At,
    /// The display name.
    Plain,
    /// The display name in small letters.
    LowerCase,
    /// The display name before a quotation, as in `> Anna Schmidt schrieb:`.
    Quoted,
    /// The first word of the name of whom a comment answers.
    Thread,
}

/// A reaction of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The id on the synthetic platform, unique in the network.
    pub id: String,
    /// The external id of who reacted.
    pub member: String,
    /// What was done, for example `like`.
    pub action: &'static str,
    /// To what; `None` for a search.
    pub target: Option<Reference>,
    /// When.
    pub created: Instant,
}

/// Data that no lake may ever hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The id on the synthetic platform, unique in the network.
    pub id: String,
    /// What it is; always a sealed category.
    pub category: Category,
    /// The external id of whose data it is.
    pub member: String,
    /// When it was created.
    pub created: Instant,
    /// A word that occurs nowhere else in the network.
    pub secret: String,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Post, Self::Article, Self::Comment, Self::GroupPost];

    /// The name in the events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Article => "article",
            Self::Comment => "comment",
            Self::GroupPost => "group-post",
        }
    }

    /// The category of such items.
    pub const fn category(self) -> Category {
        match self {
            Self::Post => Category::Posts,
            Self::Article => Category::Articles,
            Self::Comment => Category::Comments,
            Self::GroupPost => Category::GroupContent,
        }
    }
}

impl NamingForm {
    /// Every form.
    pub const ALL: [Self; 6] =
        [Self::Linked, Self::At, Self::Plain, Self::LowerCase, Self::Quoted, Self::Thread];

    /// How the form writes a display name.
    pub fn write(self, name: &str) -> String {
        match self {
            Self::Linked | Self::At | Self::Plain | Self::Quoted => name.to_owned(),
            Self::LowerCase => name.to_lowercase(),
            Self::Thread => name.split(' ').next().unwrap_or(name).to_owned(),
        }
    }
}

impl Item {
    /// Points at this item.
    pub fn reference(&self) -> Reference {
        Reference { member: self.author.clone(), kind: self.kind, id: self.id.clone() }
    }

    /// The words of a naming; `None` if it is of another item.
    pub fn words_of(&self, naming: &Naming) -> Option<&str> {
        self.text.get(naming.start..naming.end)
    }
}

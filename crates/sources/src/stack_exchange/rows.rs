use lake::ItemKind;
use policy::Instant;
use spill::{Lookup, SpillError};

use super::xml::Element;
use crate::{
    Body, Event, ItemRow, Kind, MemberRow, ProfileRow, Reference, Refusal, RefusalReason, Row,
    html_to_text,
};

/// The user who stands for the platform's own processes.
const SYSTEM_USER: &str = "-1";

/// A file of the dump, in the order of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    Users,
    Posts,
    Comments,
    /// One that has no place in the lake.
    Other,
}

/// How many posts are remembered in memory; the others lie on disk.
const POSTS_IN_MEMORY: usize = 100_000;

/// Who wrote which post, for the parents of answers and comments.
#[derive(Debug)]
pub(super) struct Posts {
    /// Post, owner and kind.
    written: Lookup<3>,
    failed: Option<SpillError>,
}

impl Default for Posts {
    fn default() -> Self {
        Self { written: Lookup::new(POSTS_IN_MEMORY), failed: None }
    }
}

impl Table {
    pub(super) fn of_file(stem: &str) -> Self {
        match stem {
            "Users" => Self::Users,
            "Posts" => Self::Posts,
            "Comments" => Self::Comments,
            _ => Self::Other,
        }
    }

    pub(super) fn read(self, row: &Element, posts: &mut Posts) -> Result<Event, Refusal> {
        match self {
            Self::Users => read_user(row),
            Self::Posts => read_post(row, posts),
            Self::Comments => read_comment(row, posts),
            Self::Other => Ok(Event::NoPlace),
        }
    }
}

impl Posts {
    /// Why posts could not be remembered, or looked up; then no row that was read counts.
    pub(super) const fn failure(&mut self) -> Option<SpillError> {
        self.failed.take()
    }

    fn add(&mut self, post: &str, owner: &str, kind: Kind) {
        if let (Ok(post), Ok(owner)) = (post.parse(), owner.parse()) {
            let added = self.written.insert([post, owner, i64::from(kind == Kind::Article)]);
            self.failed = added.err().or(self.failed.take());
        }
    }

    fn find(&mut self, post: &str) -> Option<Reference> {
        let found = self.written.find(post.parse().ok()?);
        let [_, owner, is_article] = found.unwrap_or_else(|error| {
            self.failed = Some(error);
            None
        })?;
        let kind = if is_article == 1 { Kind::Article } else { Kind::Post };
        Some(Reference { member: owner.to_string(), kind, external: post.to_owned() })
    }
}

fn read_user(row: &Element) -> Result<Event, Refusal> {
    let member = author(row, "Id")?;
    let profile = ProfileRow {
        about: row.get("AboutMe").map(html_to_text).filter(|about| !about.is_empty()),
        location: filled(row, "Location"),
        website: filled(row, "WebsiteUrl"),
        ..ProfileRow::default()
    };
    let display_name = needed(row, "DisplayName")?.to_owned();
    let account = MemberRow { display_name, created: instant(row, "CreationDate")? };
    let rows = [Body::Member(account), Body::Profile(profile)]
        .into_iter()
        .map(|body| Row { member: member.clone(), external: member.clone(), body })
        .collect();
    Ok(Event::Upsert { event: None, rows, account: None })
}

fn read_post(row: &Element, posts: &mut Posts) -> Result<Event, Refusal> {
    let external = number(row, "Id")?.to_owned();
    let (kind, item_kind) = match number(row, "PostTypeId")? {
        "1" | "2" => (Kind::Post, ItemKind::Post),
        "4" | "5" => (Kind::Article, ItemKind::Article),
        _ => return Ok(Event::NoPlace),
    };
    let member = author(row, "OwnerUserId")?;
    let text = html_to_text(needed(row, "Body")?);
    let parent = row.get("ParentId").and_then(|question| posts.find(question));
    let item = ItemRow {
        title: filled(row, "Title"),
        created: instant(row, "CreationDate")?,
        updated: instant(row, "LastEditDate")?,
        parent,
        ..item(item_kind, text)
    };
    posts.add(&external, &member, kind);
    Ok(Row { member, external, body: Body::Item(item) }.into_event(None))
}

fn read_comment(row: &Element, posts: &mut Posts) -> Result<Event, Refusal> {
    let external = number(row, "Id")?.to_owned();
    let member = author(row, "UserId")?;
    let item = ItemRow {
        created: instant(row, "CreationDate")?,
        parent: posts.find(number(row, "PostId")?),
        ..item(ItemKind::Comment, needed(row, "Text")?.to_owned())
    };
    Ok(Row { member, external, body: Body::Item(item) }.into_event(None))
}

/// An item of which only kind and text are known.
const fn item(kind: ItemKind, text: String) -> ItemRow {
    ItemRow {
        kind,
        title: None,
        text,
        language: None,
        visibility: None,
        created: None,
        updated: None,
        parent: None,
        mentions: Vec::new(),
        sensitive: None,
        content_usage: None,
        venue_kind: None,
        venue: None,
    }
}

fn author(row: &Element, attribute: &str) -> Result<String, Refusal> {
    match row.get(attribute) {
        None => Err(RefusalReason::NoAuthor.because(format!("`{attribute}` is missing"))),
        Some(SYSTEM_USER) => Err(RefusalReason::SystemUser.into()),
        Some(_) => number(row, attribute).map(str::to_owned),
    }
}

fn needed<'a>(row: &'a Element, attribute: &str) -> Result<&'a str, Refusal> {
    row.get(attribute)
        .ok_or_else(|| RefusalReason::MissingKey.because(format!("`{attribute}` is needed")))
}

/// An id as it stands there: digits, perhaps after a minus.
fn number<'a>(row: &'a Element, attribute: &str) -> Result<&'a str, Refusal> {
    let text = needed(row, attribute)?;
    match text.parse::<i64>() {
        // Only the canonical form, so that one row cannot come under two ids.
        Ok(number) if number.to_string() == text => Ok(text),
        _ => Err(RefusalReason::BadId.because(format!("`{attribute}` is a whole number"))),
    }
}

fn filled(row: &Element, attribute: &str) -> Option<String> {
    row.get(attribute).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn instant(row: &Element, attribute: &str) -> Result<Option<Instant>, Refusal> {
    let Some(text) = row.get(attribute) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let hint = format!("`{attribute}` is a date and time such as 2018-03-12T17:00:45.567");
        RefusalReason::BadInstant.because(hint)
    })
}

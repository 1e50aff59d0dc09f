//! What the rows of the files mean.

use std::{collections::HashMap, io};

use lake::ItemKind;
use policy::{Instant, Visibility};

use super::{
    article::Article,
    columns::Fields,
    dates,
    files::Form,
    links,
    posts::{OwnPosts, Post},
};
use crate::{
    ActivityRow, Body, EducationRow, ItemRow, Kind, MemberRow, PositionRow, ProfileRow, Reference,
    Refusal, RefusalReason, Row, SkillRow,
};

/// What has to be remembered from one row to the next. The same files in the same order give the
/// same rows.
#[derive(Debug)]
pub(super) struct Reading {
    member: String,
    /// Whether two rows of one id may differ: in an archive of ours, rows have their old places.
    is_ours: bool,
    /// When the account was opened, as the registration says.
    registered: Option<Instant>,
    posts: OwnPosts,
    /// How often each derived id came up, while the date stays the same.
    met: HashMap<u64, u32>,
    met_on: String,
}

/// What one row of a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The rows; none if it only adds to others.
    pub(super) rows: Vec<Row>,
    /// The word under which it is accounted for, where that is not the file's.
    pub(super) word: Option<&'static str>,
}

impl Said {
    fn of(row: Row) -> Self {
        Self { rows: vec![row], word: None }
    }
}

impl Reading {
    pub(super) fn new(member: &str, is_ours: bool) -> Self {
        Self {
            member: member.to_owned(),
            is_ours,
            registered: None,
            posts: OwnPosts::default(),
            met: HashMap::new(),
            met_on: String::new(),
        }
    }

    /// Every post has been read once: from now on their rows are told from their names.
    pub(super) fn settle(&mut self) {
        self.posts.settle();
        self.met.clear();
        self.met_on.clear();
    }

    /// Why what has to be remembered could not be; then no row that was read counts.
    pub(super) fn failure(&mut self) -> Option<io::Error> {
        self.posts.failure().map(io::Error::other)
    }

    /// Reads a row of a table.
    pub(super) fn row(
        &mut self,
        form: Form,
        line: u64,
        fields: &Fields<'_>,
    ) -> Result<Said, Refusal> {
        match form {
            Form::Registration => {
                self.registered = date(fields, "Registered At")?.or(self.registered);
                Ok(Said { rows: Vec::new(), word: None })
            }
            Form::Profile => Ok(self.profile(fields)),
            Form::Positions => Ok(self.position(fields)),
            Form::Education => Ok(self.education(fields)),
            Form::Skills => {
                let name = fields.get("Name").to_owned();
                let external = derived("skill", &[&name]);
                Ok(self.said(external, Body::Skill(SkillRow { name, visibility: None })))
            }
            Form::Shares => self.share(line, fields),
            // Articles are pages, see below.
            Form::Articles => Ok(Said { rows: Vec::new(), word: None }),
            Form::Comments => self.comment(fields),
            Form::Reactions => {
                let kind = fields.get("Type").trim().to_lowercase();
                self.activity(fields, ("Date", "Link"), format!("reaction:{kind}"))
            }
            Form::Votes => self.activity(fields, ("Date", "Link"), "vote".to_owned()),
            Form::InstantReposts => self.activity(fields, ("Date", "Link"), "repost".to_owned()),
            Form::MemberFollows => {
                let status = fields.get("Status").trim().to_lowercase();
                let action = with_state("member-follow", &status);
                self.activity(fields, ("Date", "FullName"), action)
            }
            Form::HashtagFollows => {
                let state = fields.get("State").trim().to_lowercase();
                let action = with_state("hashtag-follow", &state);
                self.activity(fields, ("CreatedTime", "HashTag"), action)
            }
            Form::CompanyFollows => {
                let action = "company-follow".to_owned();
                self.activity(fields, ("Followed On", "Organization"), action)
            }
        }
    }

    /// An article; `None` for a draft, which nobody but the member has seen.
    pub(super) fn article(&self, name: &str, article: Article) -> Option<Row> {
        let Article { title, text, created: _, published } = article;
        if published.is_none() && !self.is_ours {
            return None;
        }
        let body = ItemRow { title, created: published, ..item(ItemKind::Article, text) };
        Some(Row { member: self.member.clone(), external: name.to_owned(), body: Body::Item(body) })
    }

    fn said(&self, external: String, body: Body) -> Said {
        Said::of(Row { member: self.member.clone(), external, body })
    }

    fn profile(&self, fields: &Fields<'_>) -> Said {
        let names = [fields.get("First Name").trim(), fields.get("Last Name").trim()];
        let member =
            MemberRow { display_name: names.join(" ").trim().to_owned(), created: self.registered };
        let profile = ProfileRow {
            headline: fields.filled("Headline"),
            about: fields.filled("Summary"),
            location: fields.filled("Geo Location"),
            website: website(fields.get("Websites")),
            language: None,
            visibility: None,
        };
        let row = |body| Row { member: self.member.clone(), external: self.member.clone(), body };
        Said { rows: vec![row(Body::Member(member)), row(Body::Profile(profile))], word: None }
    }

    fn position(&mut self, fields: &Fields<'_>) -> Said {
        let row = PositionRow {
            title: fields.filled("Title"),
            employer: fields.filled("Company Name"),
            description: fields.filled("Description"),
            started: fields.filled("Started On"),
            ended: fields.filled("Finished On"),
            visibility: None,
        };
        let parts = ["Company Name", "Title", "Started On"].map(|name| fields.get(name));
        let external = self.numbered("positions", derived("position", &parts));
        self.said(external, Body::Position(row))
    }

    fn education(&mut self, fields: &Fields<'_>) -> Said {
        let row = EducationRow {
            school: fields.filled("School Name"),
            degree: fields.filled("Degree Name"),
            field: None,
            description: fields.filled("Notes"),
            started: fields.filled("Start Date"),
            ended: fields.filled("End Date"),
            visibility: None,
        };
        let parts = ["School Name", "Degree Name", "Start Date"].map(|name| fields.get(name));
        let external = self.numbered("education", derived("education", &parts));
        self.said(external, Body::Education(row))
    }

    fn share(&mut self, line: u64, fields: &Fields<'_>) -> Result<Said, Refusal> {
        let day = fields.get("Date");
        let urn = links::urn_of_link(fields.get("ShareLink"));
        let created = date(fields, "Date")?.or(urn.as_deref().and_then(links::instant_of_urn));
        let is_of_group = urn.as_deref().is_some_and(links::is_of_group);
        let kind = if is_of_group { ItemKind::Group } else { ItemKind::Post };
        let text = without_broken_quotes(fields.get("ShareCommentary"));
        let (visibility, word) = if is_of_group {
            (Some(Visibility::Group), Some("Shares in groups"))
        } else {
            visibility(fields.get("Visibility"))
        };
        let item = ItemRow { visibility, created, ..item(kind, text) };
        let external = match urn {
            Some(urn) => {
                self.check_post(line, &urn, &item)?;
                urn
            }
            None => self.numbered(day, format!("share@{day}")),
        };
        Ok(Said { word, ..self.said(external, Body::Item(item)) })
    }

    /// Refuses a second post of the same id that is not the same.
    fn check_post(&mut self, line: u64, urn: &str, item: &ItemRow) -> Result<(), Refusal> {
        let kind = if item.kind == ItemKind::Group { Kind::GroupPost } else { Kind::Post };
        let created = item.created.map(|at| at.to_string()).unwrap_or_default();
        let visibility = item.visibility.map(Visibility::name).unwrap_or_default();
        let content = short(&[&item.text, &created, visibility]);
        match self.posts.take_in(short(&[urn]), Post { line, content, kind }) {
            Some(first) if !self.is_ours => {
                let hint = format!("line {first} has the same `ShareLink` and says something else");
                Err(RefusalReason::DuplicateId.because(hint))
            }
            _ => Ok(()),
        }
    }

    fn comment(&mut self, fields: &Fields<'_>) -> Result<Said, Refusal> {
        let (day, link) = (fields.get("Date"), fields.get("Link"));
        let post = links::post_of_link(link);
        let is_of_group = post.as_deref().is_some_and(links::is_of_group);
        let kind = if is_of_group { ItemKind::Group } else { ItemKind::Comment };
        let visibility = is_of_group.then_some(Visibility::Group);
        let (created, text) = (date(fields, "Date")?, fields.get("Message").to_owned());
        let parent = post.as_deref().and_then(|post| self.own_post(post));
        let item = ItemRow { visibility, created, parent, ..item(kind, text) };
        let external = match links::urn_of_link(link) {
            Some(urn) if urn.starts_with("urn:li:comment:") => self.numbered(day, urn),
            Some(urn) => self.numbered(day, format!("{urn}@{day}")),
            None => self.numbered(day, format!("comment@{day}")),
        };
        let word = is_of_group.then_some("Comments in groups");
        Ok(Said { word, ..self.said(external, Body::Item(item)) })
    }

    fn activity(
        &mut self,
        fields: &Fields<'_>,
        (date_column, what_column): (&str, &str),
        action: String,
    ) -> Result<Said, Refusal> {
        let (day, what) = (fields.get(date_column), fields.get(what_column));
        let created = date(fields, date_column)?;
        let target = links::post_of_link(what).and_then(|post| self.own_post(&post));
        let start = action.split(':').next().unwrap_or_default();
        let external = self.numbered(day, derived(start, &[day, what]));
        Ok(self.said(external, Body::Activity(ActivityRow { action, target, created })))
    }

    /// The member's own post of that name; nobody else's posts are known by their authors.
    fn own_post(&mut self, urn: &str) -> Option<Reference> {
        let kind = self.posts.kind_of(short(&[urn]))?;
        Some(Reference { member: self.member.clone(), kind, external: urn.to_owned() })
    }

    /// The id itself the first time, with `#2` and so on behind it each further time on the same
    /// date. Files are sorted by date, so that not everything has to be remembered.
    fn numbered(&mut self, date: &str, id: String) -> String {
        if self.met_on != date {
            self.met.clear();
            date.clone_into(&mut self.met_on);
        }
        let count = self.met.entry(short(&[&id])).or_insert(0);
        *count += 1;
        if *count == 1 { id } else { format!("{id}#{count}") }
    }
}

/// An item of which only kind and text are known.
pub(super) const fn item(kind: ItemKind, text: String) -> ItemRow {
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

/// The commentary with the line breaks that the export has put into quotes, `"⏎"`. A text in
/// which a break stands without them was not written so, and stays.
pub(super) fn without_broken_quotes(text: &str) -> String {
    let breaks = text.matches('\n').count();
    let quoted = text.matches("\"\n\"").count() + text.matches("\"\r\n\"").count();
    if breaks == 0 || quoted < breaks {
        return text.to_owned();
    }
    text.replace("\"\r\n\"", "\n").replace("\"\n\"", "\n")
}

/// The commentary as the export writes it.
pub(super) fn with_broken_quotes(text: &str) -> String {
    text.replace('\n', "\"\n\"")
}

/// What the label of a post says about who sees it. `MEMBER_NETWORK` stands on posts for anyone,
/// and nobody has seen what stands on others: it is not known, so that only a declaration can say
/// it. Any other word is read as the narrowest, which no declaration widens.
fn visibility(label: &str) -> (Option<Visibility>, Option<&'static str>) {
    match label.trim() {
        "" | "MEMBER_NETWORK" => (None, None),
        "PUBLIC" | "ANYONE" => (Some(Visibility::Public), None),
        "CONNECTIONS" | "CONNECTIONS_ONLY" => (Some(Visibility::Connections), None),
        _ => (Some(Visibility::Private), Some("Shares of unknown visibility")),
    }
}

/// The first address of a list such as `[PERSONAL:https://example.org,…]`.
fn website(text: &str) -> Option<String> {
    let list = text.trim().trim_start_matches('[').trim_end_matches(']');
    let first = list.split(',').next().unwrap_or_default().trim();
    let address = first.find("http").and_then(|at| first.get(at..)).unwrap_or(first);
    Some(address.to_owned()).filter(|address| !address.is_empty())
}

fn date(fields: &Fields<'_>, column: &str) -> Result<Option<Instant>, Refusal> {
    let text = fields.get(column).trim();
    if text.is_empty() {
        return Ok(None);
    }
    dates::instant(text).map(Some).ok_or_else(|| {
        let hint = format!("`{column}` is a date and time such as 2024-03-05 21:07:09");
        RefusalReason::BadInstant.because(hint)
    })
}

/// `follow` or `follow:active`.
fn with_state(word: &str, state: &str) -> String {
    if state.is_empty() { word.to_owned() } else { format!("{word}:{state}") }
}

/// An id made of what a row says.
fn derived(word: &str, parts: &[&str]) -> String {
    format!("{word}@{:016x}", short(parts))
}

/// Enough of a hash to tell the rows of one member apart. It is not keyed: it stays in this file,
/// or is hashed with a key before it is kept.
fn short(parts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for text in parts {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    let hash = hasher.finalize();
    let (first, _) = hash.as_bytes().split_at(8);
    u64::from_be_bytes(first.try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn line_breaks_in_quotes() {
        let table = [
            ("one\"\n\"two", "one\ntwo"),
            ("one\"\n\"\"\n\"two", "one\n\ntwo"),
            ("one\"\r\n\"two", "one\ntwo"),
            ("one\ntwo", "one\ntwo"),
            ("\"a\"\n\"b\" and\nc", "\"a\"\n\"b\" and\nc"),
            ("no break \"at\" all", "no break \"at\" all"),
        ];
        for (text, expected) in table {
            assert_eq!(without_broken_quotes(text), expected, "{text:?}");
        }
    }

    #[test]
    fn labels_of_visibility() {
        let table = [
            ("MEMBER_NETWORK", None),
            ("", None),
            ("ANYONE", Some(Visibility::Public)),
            ("CONNECTIONS_ONLY", Some(Visibility::Connections)),
            ("EVENT_ATTENDEES", Some(Visibility::Private)),
        ];
        for (label, expected) in table {
            assert_eq!(visibility(label).0, expected, "{label}");
        }
    }

    #[test]
    fn websites() {
        let table = [
            ("[PERSONAL:https://example.org/a,OTHER:https://example.com]", "https://example.org/a"),
            ("https://example.org", "https://example.org"),
            ("example.org", "example.org"),
        ];
        for (text, expected) in table {
            assert_eq!(website(text).as_deref(), Some(expected));
        }
        assert_eq!(website("[]"), None);
    }

    proptest! {
        #[test]
        fn broken_quotes_are_mended(text in "[a\"\n\r]{0,12}") {
            prop_assert_eq!(without_broken_quotes(&with_broken_quotes(&text)), text);
        }
    }
}

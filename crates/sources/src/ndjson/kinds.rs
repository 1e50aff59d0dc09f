use std::sync::Arc;

use lake::ItemKind;
use policy::{AgeClass, Category, Country, Status};
use serde_json::{Map, Value, error::Category as Fault};

use super::{
    fields::Fields,
    json::{KindOnly, unambiguous_json},
};
use crate::{
    Account, ActivityRow, Body, EducationRow, Event, ItemRow, Kind, MemberRow, Occurrence,
    PositionRow, ProfileRow, Refusal, RefusalReason, Row, SkillRow, refusal::suggestion,
};

/// Under which word lines are accounted for whose kind cannot be told.
pub(super) const UNREADABLE: &str = "unreadable";

/// Kinds whose lines are counted and dropped unread.
const SEALED: &[(&str, Category)] = &[
    ("message", Category::PrivateMessages),
    ("credential", Category::Credentials),
    ("payment", Category::Payment),
    ("salary", Category::Salary),
    ("application", Category::JobApplications),
];

/// The kind of an event that says that a row is gone.
const DELETE: &str = "delete";

/// The keys that every event has to have.
const COMMON: [&str; 4] = ["event", "kind", "member", "at"];

/// The key that every event may have.
const ORDER: &str = "order";

/// What one line says, and the word under which it is accounted for.
pub(super) fn read_line(line: &str) -> (Arc<str>, Result<Event, Refusal>) {
    let unreadable = |refusal| (Arc::from(UNREADABLE), Err(refusal));
    let kind = match serde_json::from_str::<KindOnly>(line) {
        Ok(KindOnly(Some(Value::String(kind)))) => kind,
        Ok(KindOnly(None | Some(Value::Null))) => {
            return unreadable(RefusalReason::MissingKey.because("`kind` is needed"));
        }
        Ok(KindOnly(Some(_))) => {
            return unreadable(RefusalReason::WrongType.because("`kind` is a text"));
        }
        Err(fault) => return unreadable(not_json(&fault)),
    };
    if let Some((word, category)) = SEALED.iter().find(|(word, _)| *word == kind) {
        return (Arc::from(*word), Ok(Event::Sealed { category: *category }));
    }
    match known_kind(&kind) {
        Some(word) => (Arc::from(word), read_event(line, word)),
        None => unreadable(RefusalReason::UnknownKind.because(suggestion(&kind, &known_kinds()))),
    }
}

/// Whether a line is one whole object, whatever it says: what was cut off never is.
pub(super) fn is_whole(line: &str) -> bool {
    serde_json::from_str::<KindOnly>(line).is_ok()
}

fn known_kinds() -> Vec<&'static str> {
    let rows = Kind::ALL.iter().map(|kind| kind.name());
    rows.chain([DELETE]).chain(SEALED.iter().map(|(word, _)| *word)).collect()
}

fn known_kind(word: &str) -> Option<&'static str> {
    known_kinds().into_iter().find(|known| *known == word)
}

fn not_json(fault: &serde_json::Error) -> Refusal {
    // The message of the parser may repeat what stands in the line, so only its place is told.
    match fault.classify() {
        Fault::Data if fault.to_string().starts_with("duplicate key") => {
            RefusalReason::DuplicateKey.because(format!("before column {}", fault.column()))
        }
        Fault::Data => RefusalReason::NotJson.because("a line is one JSON object"),
        Fault::Syntax | Fault::Eof | Fault::Io => {
            RefusalReason::NotJson.because(format!("see column {}", fault.column()))
        }
    }
}

fn read_event(line: &str, word: &str) -> Result<Event, Refusal> {
    let Value::Object(object) = unambiguous_json(line).map_err(|fault| not_json(&fault))? else {
        return Err(RefusalReason::NotJson.because("a line is one JSON object"));
    };
    match word.parse() {
        Ok(kind) => read_row(kind, object),
        Err(_) => read_delete(object),
    }
}

fn read_row(kind: Kind, object: Map<String, Value>) -> Result<Event, Refusal> {
    let (needed, optional) = keys_of(kind);
    let required = [COMMON.as_slice(), needed].concat();
    let optional = [optional, &[ORDER]].concat();
    let mut fields = Fields::new(object, &required, &optional)?;
    let event = common(&mut fields)?;
    let member = fields.id_to_come("member")?;
    let external =
        if kind.is_one_per_member() { member.clone() } else { fields.id_to_come("id")? };
    if kind == Kind::Member {
        return read_member(fields, event, member);
    }
    let body = read_body(kind, &mut fields)?;
    Ok(Row { member, external, body }.into_event(Some(event)))
}

/// What each kind needs beyond the common keys, and what it may have.
const fn keys_of(kind: Kind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        Kind::Member => (&["name"], &["region", "age", "status", "created"]),
        Kind::Profile => {
            (&[], &["headline", "about", "location", "website", "language", "visibility"])
        }
        Kind::Position => {
            (&["id"], &["title", "employer", "description", "started", "ended", "visibility"])
        }
        Kind::Education => (
            &["id"],
            &["school", "degree", "field", "description", "started", "ended", "visibility"],
        ),
        Kind::Skill => (&["id", "name"], &["visibility"]),
        Kind::Post | Kind::Article | Kind::Comment | Kind::GroupPost => (
            &["id", "text"],
            &[
                "title",
                "language",
                "visibility",
                "created",
                "updated",
                "parent",
                "mentions",
                "sensitive",
                "content_usage",
                "venue",
            ],
        ),
        Kind::Activity => (&["id", "action"], &["target", "created"]),
    }
}

fn common(fields: &mut Fields) -> Result<Occurrence, Refusal> {
    fields.needed_text("kind")?;
    let needed = || RefusalReason::MissingKey.because("`at` is needed");
    let at = fields.instant("at")?.ok_or_else(needed)?;
    Ok(Occurrence { id: fields.id("event")?, at, order: fields.whole(ORDER)? })
}

fn read_member(mut fields: Fields, event: Occurrence, member: String) -> Result<Event, Refusal> {
    let account = Account {
        region: fields.word::<Country>("region", "the two-letter codes of ISO 3166-1")?,
        age: fields.word::<AgeClass>("age", "adult, minor")?,
        status: fields.word::<Status>("status", "active, restricted, closed")?,
    };
    if account.status == Some(Status::Erased) {
        let hint = "an erasure is asked for by a command, so that it is carried out";
        return Err(RefusalReason::UnknownWord.because(hint));
    }
    let name = fields.needed_text("name")?;
    if name.trim().is_empty() {
        let hint = "`name` is empty: others' texts could not be searched for it";
        return Err(RefusalReason::MissingKey.because(hint));
    }
    let row = MemberRow { display_name: name, created: fields.instant("created")? };
    let row = Row { external: member.clone(), member, body: Body::Member(row) };
    Ok(Event::Upsert { event: Some(event), rows: vec![row], account: Some(account) })
}

fn read_body(kind: Kind, fields: &mut Fields) -> Result<Body, Refusal> {
    Ok(match kind {
        Kind::Member => Body::Member(MemberRow::default()),
        Kind::Profile => Body::Profile(ProfileRow {
            headline: fields.text("headline")?,
            about: fields.text("about")?,
            location: fields.text("location")?,
            website: fields.text("website")?,
            language: fields.language()?,
            visibility: fields.visibility()?,
        }),
        Kind::Position => Body::Position(PositionRow {
            title: fields.text("title")?,
            employer: fields.text("employer")?,
            description: fields.text("description")?,
            started: fields.text("started")?,
            ended: fields.text("ended")?,
            visibility: fields.visibility()?,
        }),
        Kind::Education => Body::Education(EducationRow {
            school: fields.text("school")?,
            degree: fields.text("degree")?,
            field: fields.text("field")?,
            description: fields.text("description")?,
            started: fields.text("started")?,
            ended: fields.text("ended")?,
            visibility: fields.visibility()?,
        }),
        Kind::Skill => Body::Skill(SkillRow {
            name: fields.needed_text("name")?,
            visibility: fields.visibility()?,
        }),
        Kind::Post => Body::Item(read_item(ItemKind::Post, fields)?),
        Kind::Article => Body::Item(read_item(ItemKind::Article, fields)?),
        Kind::Comment => Body::Item(read_item(ItemKind::Comment, fields)?),
        Kind::GroupPost => Body::Item(read_item(ItemKind::Group, fields)?),
        Kind::Activity => Body::Activity(ActivityRow {
            action: fields.needed_text("action")?,
            target: fields.reference("target")?,
            created: fields.instant("created")?,
        }),
    })
}

fn read_item(kind: ItemKind, fields: &mut Fields) -> Result<ItemRow, Refusal> {
    let text = fields.needed_text("text")?;
    let (venue_kind, venue) = fields.venue("venue")?.unzip();
    Ok(ItemRow {
        kind,
        title: fields.text("title")?,
        language: fields.language()?,
        visibility: fields.visibility()?,
        created: fields.instant("created")?,
        updated: fields.instant("updated")?,
        parent: fields.reference("parent")?,
        mentions: fields.mentions("mentions", &text)?,
        sensitive: fields.flag("sensitive")?,
        content_usage: fields.usage("content_usage")?,
        venue_kind,
        venue,
        text,
    })
}

fn read_delete(object: Map<String, Value>) -> Result<Event, Refusal> {
    let required = [COMMON.as_slice(), &["of"]].concat();
    let mut fields = Fields::new(object, &required, &["id", ORDER])?;
    let event = common(&mut fields)?;
    let member = fields.id("member")?;
    let kind = fields.kind("of")?;
    if kind == Kind::Member {
        let hint = "a member who left is a `member` event with status `closed`";
        return Err(RefusalReason::UnknownKind.because(hint));
    }
    let external = if kind.is_one_per_member() { member.clone() } else { fields.id("id")? };
    Ok(Event::Delete { event, member, kind, external })
}

use std::io;

use policy::{AgeClass, Category, Country, Instant, Status, Visibility};
use serde::Serialize;

use crate::{
    Activity, Item, Language, MALFORMED_EVENTS, Member, NamingForm, Network, Reference, Sealed,
};

/// Writes every event of the network, one a line; tells how many.
pub(crate) fn write_events(network: &Network, output: &mut impl io::Write) -> io::Result<usize> {
    let mut written = 0;
    for line in lines(network) {
        output.write_all(line?.as_bytes())?;
        output.write_all(b"\n")?;
        written += 1;
    }
    output.flush()?;
    Ok(written)
}

impl Network {
    /// Writes the events of the network with [`MALFORMED_EVENTS`] between them, each after a good
    /// one; tells how many good ones there are.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn write_events_with_malformed(&self, output: &mut impl io::Write) -> io::Result<usize> {
        let mut malformed = MALFORMED_EVENTS.iter();
        let mut written = 0;
        for line in lines(self) {
            output.write_all(line?.as_bytes())?;
            output.write_all(b"\n")?;
            written += 1;
            if let Some(event) = malformed.next() {
                output.write_all(event.line)?;
                output.write_all(b"\n")?;
            }
        }
        output.flush()?;
        Ok(written)
    }
}

impl Item {
    /// The event by which the platform says that the item is gone, without a line end.
    ///
    /// # Errors
    /// If the event cannot be written as JSON.
    pub fn deletion_event(&self, at: Instant) -> io::Result<String> {
        let body = DeletionBody { of: self.kind.name(), id: &self.id };
        line(format!("delete-{}", self.id), "delete", &self.author, at, body)
    }

    /// The event by which the platform hands over the item, without a line end; a test that edits
    /// an item gives the event another name.
    ///
    /// # Errors
    /// If the event cannot be written as JSON.
    pub fn event(&self, name: &str) -> io::Result<String> {
        let mentions = self.namings.iter().filter(|naming| naming.form == NamingForm::Linked);
        let body = ItemBody {
            id: &self.id,
            title: self.title.as_deref(),
            text: &self.text,
            language: self.language_is_stated.then_some(self.language),
            visibility: self.visibility,
            created: self.created,
            updated: self.updated,
            parent: self.parent.as_ref(),
            mentions: mentions
                .map(|one| Mention { member: &one.member, start: one.start, end: one.end })
                .collect(),
            sensitive: self.sensitive,
        };
        let at = self.updated.unwrap_or(self.created);
        line(name.to_owned(), self.kind.name(), &self.author, at, body)
    }
}

#[derive(Serialize)]
struct Event<'a, Body> {
    event: String,
    kind: &'a str,
    member: &'a str,
    at: Instant,
    #[serde(flatten)]
    body: Body,
}

#[derive(Serialize)]
struct MemberBody<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Country>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<AgeClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    created: Instant,
}

#[derive(Serialize)]
struct ItemBody<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<Visibility>,
    created: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Mention<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitive: Option<bool>,
}

#[derive(Serialize)]
struct Mention<'a> {
    member: &'a str,
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct ActivityBody<'a> {
    id: &'a str,
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a Reference>,
    created: Instant,
}

#[derive(Serialize)]
struct SealedBody<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct DeletionBody<'a> {
    of: &'a str,
    id: &'a str,
}

/// Members first, so that whoever is named or answered later is known already.
fn lines(network: &Network) -> impl Iterator<Item = io::Result<String>> {
    let members = network.members().iter().map(member);
    let rows = network.members().iter().flat_map(rows_of);
    let items = network.items().iter().map(|item| item.event(&format!("item-{}", item.id)));
    let activities = network.activities().iter().map(activity);
    let sealed = network.sealed().iter().map(sealed);
    members.chain(rows).chain(items).chain(activities).chain(sealed)
}

fn member(member: &Member) -> io::Result<String> {
    let Member { external_id, name, region, age, status, joined, .. } = member;
    let body = MemberBody { name, region: *region, age: *age, status: *status, created: *joined };
    line(format!("member-{external_id}"), "member", external_id, *joined, body)
}

/// The profile, positions, education and skills of a member.
fn rows_of(member: &Member) -> Vec<io::Result<String>> {
    let (id, at) = (&member.external_id, member.joined);
    let mut lines = Vec::new();
    if let Some(profile) = &member.profile {
        lines.push(line(format!("profile-{id}"), "profile", id, at, profile));
    }
    for row in &member.positions {
        lines.push(line(format!("position-{}", row.id), "position", id, at, row));
    }
    for row in &member.education {
        lines.push(line(format!("education-{}", row.id), "education", id, at, row));
    }
    for row in &member.skills {
        lines.push(line(format!("skill-{}", row.id), "skill", id, at, row));
    }
    lines
}

fn activity(activity: &Activity) -> io::Result<String> {
    let Activity { id, member, action, target, created } = activity;
    let body = ActivityBody { id, action, target: target.as_ref(), created: *created };
    line(format!("activity-{id}"), "activity", member, *created, body)
}

fn sealed(sealed: &Sealed) -> io::Result<String> {
    let Sealed { id, category, member, created, secret } = sealed;
    line(
        format!("sealed-{id}"),
        sealed_kind(*category),
        member,
        *created,
        SealedBody { text: secret },
    )
}

/// The kind of the events of a sealed category.
const fn sealed_kind(category: Category) -> &'static str {
    match category {
        Category::Credentials => "credential",
        Category::Payment => "payment",
        Category::Salary => "salary",
        Category::JobApplications => "application",
        _ => "message",
    }
}

fn line(
    event: String,
    kind: &str,
    member: &str,
    at: Instant,
    body: impl Serialize,
) -> io::Result<String> {
    Ok(serde_json::to_string(&Event { event, kind, member, at, body })?)
}

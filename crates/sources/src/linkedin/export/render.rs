//! What the fields of a row of a file say.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
};
use lake::ItemKind;
use policy::{Instant, ItemId, Visibility};
use serde_json::{Map, Value};

use super::{
    super::{
        article::Article, dates::in_seconds, files::Form, links::link_of_urn,
        reading::with_broken_quotes,
    },
    Kept,
};
use crate::{ActivityRow, Body, ItemRow, Row};

/// A name of a file longer than this is replaced.
const LONGEST_NAME: usize = 120;

/// The file for something that a member did, by the word of the source.
pub(super) fn form_of_action(action: &str) -> Form {
    match action.split(':').next().unwrap_or_default() {
        "vote" => Form::Votes,
        "repost" => Form::InstantReposts,
        "member-follow" => Form::MemberFollows,
        "hashtag-follow" => Form::HashtagFollows,
        "company-follow" => Form::CompanyFollows,
        _ => Form::Reactions,
    }
}

/// The row of `Registration.csv`; `None` for years that its two digits cannot say.
pub(super) fn registration(created: Instant) -> Option<Vec<String>> {
    let text = in_seconds(created)?;
    let (date, time) = text.split_once(' ')?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?, date.next()?, date.next()?);
    let year = year.strip_prefix("20").filter(|year| year.len() == 2)?;
    let mut time = time.split(':');
    let (hour, minute): (u8, _) = (time.next()?.parse().ok()?, time.next()?);
    let (month, day) = (month.trim_start_matches('0'), day.trim_start_matches('0'));
    let noon = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    let registered = format!("{month}/{day}/{year}, {hour}:{minute} {noon}");
    Some(vec![registered, String::new(), String::new()])
}

/// The row of `Profile.csv`, which stands for two rows of the lake.
pub(super) fn profile(member: Option<&Kept>, profile: Option<&Kept>) -> Vec<String> {
    let name = match member.map(|(row, _)| &row.body) {
        Some(Body::Member(row)) => row.display_name.as_str(),
        _ => "",
    };
    let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
    let mut values: Vec<String> = vec![String::new(); Form::Profile.layout().columns.len()];
    let mut set = |column: &str, value: &str| {
        let place = Form::Profile.layout().columns.iter().position(|name| *name == column);
        if let Some(field) = place.and_then(|place| values.get_mut(place)) {
            value.clone_into(field);
        }
    };
    set("First Name", first);
    set("Last Name", last);
    if let Some(Body::Profile(row)) = profile.map(|(row, _)| &row.body) {
        set("Headline", or_empty(&row.headline));
        set("Summary", or_empty(&row.about));
        set("Geo Location", or_empty(&row.location));
        let website = or_empty(&row.website);
        let is_address = website.starts_with("http");
        set(
            "Websites",
            &if is_address { format!("[OTHER:{website}]") } else { website.to_owned() },
        );
    }
    values
}

/// The row of any other table.
pub(super) fn values(form: Form, row: &Row) -> Vec<String> {
    match &row.body {
        Body::Position(row) => {
            [&row.employer, &row.title, &row.description, &None, &row.started, &row.ended]
                .map(|value| or_empty(value).to_owned())
                .to_vec()
        }
        Body::Education(row) => {
            [&row.school, &row.started, &row.ended, &row.description, &row.degree, &None]
                .map(|value| or_empty(value).to_owned())
                .to_vec()
        }
        Body::Skill(row) => vec![row.name.clone()],
        Body::Item(item) if form == Form::Comments => comment(item, &row.external),
        Body::Item(item) => share(item, &row.external),
        Body::Activity(activity) => action(form, activity),
        Body::Member(_) | Body::Profile(_) => Vec::new(),
    }
}

fn share(item: &ItemRow, external: &str) -> Vec<String> {
    let label = match item.visibility {
        None | Some(Visibility::Public) => "MEMBER_NETWORK",
        Some(Visibility::Network) => "NETWORK",
        Some(Visibility::Connections) => "CONNECTIONS_ONLY",
        Some(Visibility::Group) => "GROUP",
        Some(Visibility::Private) => "ONLY_ME",
    };
    vec![
        day(item.created),
        link_of_urn(external).unwrap_or_default(),
        with_broken_quotes(&item.text),
        String::new(),
        String::new(),
        label.to_owned(),
    ]
}

fn comment(item: &ItemRow, external: &str) -> Vec<String> {
    // The post comes before the date in the ids of comments that have none of their own.
    let urn = external.split(['@', '#']).next().unwrap_or_default();
    vec![day(item.created), link_of_urn(urn).unwrap_or_default(), item.text.clone()]
}

fn action(form: Form, activity: &ActivityRow) -> Vec<String> {
    let ActivityRow { action, target: _, created } = activity;
    let state = action.split_once(':').map_or("", |(_, state)| state);
    let (created, nothing) = (day(*created), String::new());
    match form {
        Form::Votes => vec![created, nothing.clone(), nothing],
        Form::InstantReposts => vec![created, nothing],
        Form::MemberFollows => vec![created, state.to_owned(), nothing],
        Form::HashtagFollows => vec![nothing.clone(), created, nothing, state.to_owned()],
        Form::CompanyFollows => vec![nothing, created],
        _ => {
            let kind = action.strip_prefix("reaction:").unwrap_or(action);
            vec![created, kind.to_uppercase(), nothing]
        }
    }
}

/// The name of the file of an article, without ending: its external id if that can be one.
pub(super) fn article_name(row: &Row, item: ItemId, taken: &BTreeMap<String, Kept>) -> String {
    let id = row.external.as_str();
    let is_plain = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
    let is_good = !id.is_empty() && id.len() <= LONGEST_NAME && id.chars().all(is_plain);
    if is_good && !taken.contains_key(id) { id.to_owned() } else { format!("article_{item}") }
}

/// The page of an article.
pub(super) fn page(row: &Row, name: &str) -> String {
    let Body::Item(ItemRow { kind: ItemKind::Article, title, text, created, .. }) = &row.body
    else {
        return String::new();
    };
    let article = Article {
        title: title.clone(),
        text: text.clone(),
        created: *created,
        published: *created,
    };
    article.to_page(&format!("https://www.linkedin.com/pulse/{name}"))
}

/// What is noted about rows, a line each; numbers stand for people and rows.
pub(super) fn notes(batch: &RecordBatch, out: &mut Vec<u8>) -> io::Result<()> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    for row in 0..batch.num_rows() {
        let mut line = Map::new();
        for (field, values) in columns.clone() {
            let long = values.as_primitive_opt::<Int64Type>().map(|all| all.value(row).into());
            let text = || values.as_string_view_opt().map(|all| Value::from(all.value(row)));
            if let Some(value) = long.or_else(text).filter(|_| values.is_valid(row)) {
                line.insert(field.name().clone(), value);
            }
        }
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn day(created: Option<Instant>) -> String {
    created.and_then(in_seconds).unwrap_or_default()
}

fn or_empty(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or_default()
}

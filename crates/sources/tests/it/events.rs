use std::collections::BTreeMap;

use lake::{ItemKind, VenueKind};
use policy::{AgeClass, Category, Status, Visibility};
use sources::{Account, Body, Event, Kind, Mention, NdjsonSource, Reference, Row, Source as _};

use crate::support::{ndjson, read_all, refusals};

const DOCUMENT: &str = include_str!("../../../../docs/events.md");

/// The lines of every `json` block of the document.
fn examples() -> String {
    let blocks = DOCUMENT.split("```json\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap()).collect()
}

fn documented(kind: &str) -> Vec<Event> {
    let found = read_all(&mut ndjson(examples().as_bytes())).into_iter();
    found.filter(|located| &*located.table == kind).map(|one| one.event.unwrap()).collect()
}

fn documented_row(kind: &str) -> Row {
    match documented(kind).into_iter().next().unwrap() {
        Event::Upsert { mut rows, .. } => rows.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_documented_example_is_understood() {
    assert_eq!(refusals(&mut ndjson(examples().as_bytes())), "");
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for located in read_all(&mut ndjson(examples().as_bytes())) {
        *kinds.entry(located.table.to_string()).or_default() += 1;
    }
    for kind in Kind::ALL {
        assert!(kinds.contains_key(kind.name()), "{kind} has no example");
    }
    assert_eq!(kinds.values().sum::<u64>(), 18);
}

#[test]
fn members() {
    let [Event::Upsert { event, rows, account }, Event::Upsert { account: unknown, .. }] =
        &documented("member")[..]
    else {
        panic!("two members")
    };
    let event = event.as_ref().unwrap();
    assert_eq!((event.id.as_str(), event.order), ("e1", None));
    assert_eq!(event.at, "2026-03-01T09:30:00Z".parse().unwrap());
    let Body::Member(row) = &rows[0].body else { panic!("{rows:?}") };
    assert_eq!(row.display_name, "Anna Schmidt");
    assert_eq!(row.created, Some("2014-05-02".parse().unwrap()));
    let expected = Account {
        region: Some("DE".parse().unwrap()),
        age: Some(AgeClass::Adult),
        status: Some(Status::Active),
    };
    assert_eq!(*account, Some(expected));
    assert_eq!(*unknown, Some(Account::default()), "what is missing stays missing");
}

#[test]
fn rows_about_the_member() {
    let profile = documented_row("profile");
    assert_eq!((profile.member.as_str(), profile.external.as_str()), ("m1", "m1"));
    let Body::Profile(row) = profile.body else { panic!("a profile") };
    assert_eq!(row.headline.as_deref(), Some("Civil engineer"));
    assert_eq!(row.visibility, Some(Visibility::Public));

    let Body::Position(row) = documented_row("position").body else { panic!("a position") };
    assert_eq!(row.employer.as_deref(), Some("Brückenbau Nord"));
    assert_eq!(row.started.as_deref(), Some("2018-04"));

    let Body::Education(row) = documented_row("education").body else { panic!("education") };
    assert_eq!(row.field.as_deref(), Some("Civil engineering"));
    assert_eq!(row.visibility, Some(Visibility::Network));

    let Body::Skill(row) = documented_row("skill").body else { panic!("a skill") };
    assert_eq!(row.name, "Structural analysis");
}

#[test]
fn items() {
    let Body::Item(post) = documented_row("post").body else { panic!("a post") };
    assert_eq!(post.mentions, [Mention { member: "m3".into(), start: 11, end: 22 }]);
    assert_eq!(&post.text[11..22], "Jörg Weiß");
    assert_eq!(post.sensitive, None);

    let Body::Item(article) = documented_row("article").body else { panic!("an article") };
    assert_eq!((article.title.as_deref(), article.sensitive), (Some("On bridges"), Some(false)));
    assert!(article.updated > article.created);
    assert_eq!(article.content_usage.as_deref(), Some("train-ai=n, search=y"));
    assert_eq!((article.venue_kind, article.venue), (None, None));

    let Body::Item(comment) = documented_row("comment").body else { panic!("a comment") };
    let parent = Reference { member: "m1".into(), kind: Kind::Article, external: "i2".into() };
    assert_eq!(comment.parent, Some(parent));

    let row = documented_row("group-post");
    assert_eq!(row.kind(), Kind::GroupPost);
    let Body::Item(group) = row.body else { panic!("a group post") };
    assert_eq!(group.kind, ItemKind::Group);
    let venue = (group.venue_kind, group.venue.as_deref());
    assert_eq!(venue, (Some(VenueKind::Group), Some("Bridge builders of the north")));
}

#[test]
fn activity_and_deletions() {
    let Body::Activity(row) = documented_row("activity").body else { panic!("activity") };
    assert_eq!(row.action, "like");
    assert_eq!(row.target.unwrap().external, "i2");
    let deletions = documented("delete");
    let Event::Delete { kind, external, member, .. } = &deletions[0] else { panic!("deletion") };
    assert_eq!((*kind, external.as_str(), member.as_str()), (Kind::Comment, "i3", "m2"));
    let Event::Delete { kind, external, .. } = &deletions[1] else { panic!("a deletion") };
    assert_eq!((*kind, external.as_str()), (Kind::Profile, "m1"));
}

#[test]
fn sealed_kinds_are_dropped_whatever_else_they_say() {
    let table = [
        ("message", Category::PrivateMessages),
        ("credential", Category::Credentials),
        ("payment", Category::Payment),
        ("salary", Category::Salary),
        ("application", Category::JobApplications),
    ];
    for (kind, category) in table {
        let line = format!(r#"{{"secret": "s3cr3t", "deep": [{{"x": 1}}], "kind": "{kind}"}}"#);
        let all = read_all(&mut ndjson(line.as_bytes()));
        assert_eq!(all[0].event, Ok(Event::Sealed { category }));
        assert!(!format!("{all:?}").contains("s3cr3t"));
    }
}

#[test]
fn a_folder_is_read_in_the_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let line = |id: &str| {
        format!(
            r#"{{"event":"{id}","kind":"member","member":"{id}","at":"2026-01-01","name":"x"}}"#
        )
    };
    std::fs::write(folder.path().join("2.ndjson"), line("b")).unwrap();
    std::fs::write(folder.path().join("1.jsonl"), format!("\u{FEFF}{}\n\n", line("a"))).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not read").unwrap();
    let mut source = NdjsonSource::open("test", folder.path()).unwrap();
    let all = read_all(&mut source);
    let files: Vec<_> = all.iter().map(|one| one.position.file.to_string()).collect();
    assert_eq!(files, ["1.jsonl", "2.ndjson"]);
    assert!(all.iter().all(|located| located.event.is_ok()));
    assert_eq!(all[1].position.bytes_read, source.total_bytes());
}

#[test]
fn an_empty_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let Err(error) = NdjsonSource::open("test", folder.path()) else { panic!("it is empty") };
    assert!(error.to_string().ends_with("holds no file that ends in .ndjson or .jsonl"));
    let Err(error) = NdjsonSource::open("a\u{0}b", folder.path()) else { panic!("no name") };
    assert!(error.to_string().contains("is no name for a source"));
}

//! Archives in lake and store: what a newer one changes, and what it leaves alone.

use lake::Table;
use policy::Visibility;
use sources::{LinkedInOptions, LinkedInSource, Options, Report, SourcesError, import};
use store::{NewFact, RemovalCause};
use testkit::{Archive, ArchiveMember, Quirks};

use crate::support::{KEYS, World, at, declaration};

async fn try_import(world: &World, archive: &Archive) -> Result<Report, SourcesError> {
    let folder = tempfile::tempdir().unwrap();
    let path = archive.write_zip(folder.path()).unwrap();
    let options = LinkedInOptions { member: Some("ada"), ..Default::default() };
    let mut source = LinkedInSource::open(&path, options)?;
    let options = Options { batch_rows: 7, ..Options::at(at()) };
    import(&mut source, &world.lake, &world.store, &KEYS, options, &mut |_| {}).await
}

async fn bring_in(world: &World, archive: &Archive) -> Report {
    try_import(world, archive).await.unwrap()
}

async fn count(world: &World, table: Table) -> usize {
    world.lake.content_keys(table).await.unwrap().len()
}

fn complete(member: &ArchiveMember, day: &str) -> Archive {
    Archive::complete(member, Quirks::ALL, day)
}

async fn deletions(world: &World) -> usize {
    let last = world.store.last_sequence().await.unwrap();
    let facts = world.store.facts_between(policy::Sequence::START, last).await.unwrap();
    let is_deletion = |fact: &&store::Fact| matches!(&fact.content, NewFact::Withdrawn(one) if one.cause == RemovalCause::Deletion);
    facts.iter().filter(is_deletion).count()
}

#[tokio::test]
async fn the_same_archive_twice_changes_nothing() {
    let world = World::new().await;
    let archive = complete(&ArchiveMember::sample(20, 1), "01-15-2026");
    let first = bring_in(&world, &archive).await;
    assert!(first.total().refused.is_empty());
    // Twenty posts, one in a group and one of unknown label; as many comments, one in the group;
    // two articles.
    assert_eq!(count(&world, Table::Items).await, 22 + 21 + 2);
    let second = bring_in(&world, &archive).await;
    assert_eq!(second.lake_version_after, first.lake_version_after);
    assert_eq!((second.total().accepted, second.total().replaced), (0, 0));
    assert_eq!((second.removals_started, second.facts_recorded), (0, 0));
    assert!(second.archive.unwrap().gone.is_empty());
}

#[tokio::test]
async fn what_a_newer_archive_lacks_is_gone() {
    let world = World::new().await;
    let mut member = ArchiveMember::sample(20, 1);
    bring_in(&world, &complete(&member, "01-15-2026")).await;
    let before = [Table::Items, Table::Skills, Table::Activity, Table::Positions];
    let mut held = Vec::new();
    for table in before {
        held.push(count(&world, table).await);
    }
    member.posts.remove(3);
    member.posts[5].text.push_str(" (edited)");
    member.comments.remove(7);
    member.skills.remove(0);
    member.reactions.pop();
    let mut newer = complete(&member, "02-15-2026");
    newer.remove("Positions");
    newer.remove("Articles");
    let report = bring_in(&world, &newer).await;
    let gone = report.archive.unwrap().gone;
    let gone: Vec<_> = gone.iter().map(|(part, rows)| (part.as_str(), *rows)).collect();
    let expected = [
        ("activity/reaction", 1),
        ("items/article", 2),
        ("items/comment", 1),
        ("items/post", 1),
        ("positions", 2),
        ("skills", 1),
    ];
    assert_eq!(gone, expected, "a file that a complete archive lacks had no rows");
    assert_eq!(report.tables["Shares"].replaced, 1);
    let mut now = Vec::new();
    for table in before {
        now.push(count(&world, table).await);
    }
    assert_eq!(now, [held[0] - 4, held[1] - 1, held[2] - 1, 0]);
    assert_eq!(deletions(&world).await, 8, "each starts a removal");
}

#[tokio::test]
async fn a_basic_archive_says_nothing_of_files_it_lacks() {
    let world = World::new().await;
    let mut member = ArchiveMember::sample(20, 1);
    bring_in(&world, &complete(&member, "01-15-2026")).await;
    let items = count(&world, Table::Items).await;
    member.skills.clear();
    let report = bring_in(&world, &Archive::basic(&member, Quirks::ALL, "02-15-2026")).await;
    let archive = report.archive.unwrap();
    assert_eq!(archive.gone.into_iter().collect::<Vec<_>>(), [("skills".to_owned(), 2)]);
    assert!(archive.not_compared.contains(&"items/post".to_owned()));
    assert_eq!(count(&world, Table::Items).await, items);
}

#[tokio::test]
async fn an_older_archive_is_refused() {
    let world = World::new().await;
    let mut member = ArchiveMember::sample(5, 1);
    let older = complete(&member, "01-15-2026");
    member.posts.clear();
    bring_in(&world, &complete(&member, "02-15-2026")).await;
    let version = world.lake.version().await.unwrap();
    let error = try_import(&world, &older).await.unwrap_err().to_string();
    assert!(error.starts_with("the archive was made on 2026-01-15, and one of 2026-02-15 came in"));
    assert_eq!(world.lake.version().await.unwrap(), version, "nothing of it came in");
    bring_in(&world, &complete(&member, "02-15-2026")).await;
}

#[tokio::test]
async fn an_archive_of_the_future_is_refused() {
    let world = World::new().await;
    let member = ArchiveMember::sample(5, 1);
    let error = try_import(&world, &complete(&member, "11-03-2026")).await.unwrap_err();
    let expected = "the archive says that it was made on 2026-11-03, after today, 2026-11-01";
    assert!(error.to_string().starts_with(expected), "{error}");
    bring_in(&world, &complete(&member, "11-02-2026")).await;
}

#[tokio::test]
async fn rows_that_cannot_be_read_are_no_deletions() {
    let world = World::new().await;
    let member = ArchiveMember::sample(5, 1);
    bring_in(&world, &complete(&member, "01-15-2026")).await;
    let mut damaged = complete(&member, "02-15-2026");
    let comments = damaged.file("Comments").unwrap();
    comments.truncate(comments.len() / 2);
    comments.extend(b"2024-01-01 10:00:00,\"cut");
    damaged.put("Skills.csv", "Skill;Level\nStatics;1\n");
    let report = bring_in(&world, &damaged).await;
    let archive = report.archive.unwrap();
    assert!(archive.gone.is_empty(), "{archive:?}");
    for part in ["items/comment", "items/group", "skills"] {
        assert!(archive.not_compared.contains(&part.to_owned()), "{part}");
    }
    // The next one is whole again.
    let mended = bring_in(&world, &complete(&member, "03-15-2026")).await;
    assert!(mended.archive.unwrap().not_compared.is_empty());
}

/// Brings in a member, then a newer archive that was tampered with, of which nothing may be gone.
async fn check_kept(part: &str, tamper: impl Fn(&mut Archive)) {
    let world = World::new().await;
    let member = ArchiveMember::sample(6, 1);
    bring_in(&world, &complete(&member, "01-15-2026")).await;
    let items = count(&world, Table::Items).await;
    let mut newer = complete(&member, "02-15-2026");
    tamper(&mut newer);
    let report = bring_in(&world, &newer).await;
    let archive = report.archive.unwrap();
    assert!(archive.gone.is_empty(), "{archive:?}");
    assert!(archive.not_compared.contains(&part.to_owned()), "{archive:?}");
    assert!(!report.refused_rows.is_empty());
    assert_eq!(count(&world, Table::Items).await, items);
}

#[tokio::test]
async fn rows_that_were_swallowed_are_no_deletions() {
    let changed = |file: &mut Archive, change: &dyn Fn(&str) -> String| {
        let shares = file.file("Shares").unwrap();
        *shares = change(std::str::from_utf8(shares).unwrap()).into_bytes();
    };
    check_kept("items/post", |newer| changed(newer, &|text| text.replace("\r\n", "\r"))).await;
    // The closing quote of the first commentary that has quotes is lost.
    let unclosed = |text: &str| text.replacen("\",,,", ",,,", 1);
    check_kept("items/post", |newer| changed(newer, &unclosed)).await;
    let header = |text: &str| text.replacen("Visibility", "\"Visibility", 1);
    check_kept("items/post", |newer| changed(newer, &header)).await;
}

#[tokio::test]
async fn articles_that_were_cut_off_are_neither_drafts_nor_edited() {
    for marker in ["<html>", "Published on", "The end."] {
        let cut = |newer: &mut Archive| {
            let page = newer.file("Articles").unwrap();
            let text = std::str::from_utf8(page).unwrap();
            page.truncate(text.find(marker).unwrap());
        };
        check_kept("items/article", cut).await;
    }
}

/// What is kept outlives an erasure.
#[tokio::test]
async fn names_that_nobody_knows_are_told_and_not_kept() {
    let world = World::new().await;
    let mut archive = complete(&ArchiveMember::sample(5, 1), "01-15-2026");
    archive.put("Skills.csv", "Name,s3cr3t column\nStatics,\n");
    archive.put("s3cr3t folder/s3cr3t file.csv", "Date\n2024\n");
    archive.put("s3cr3t folder/Languages.csv", "Name\nGerman\n");
    archive.put("s3cr3t folder/Votes.csv", "");
    let report = bring_in(&world, &archive).await;
    let told: Vec<_> = report.refused_rows.iter().map(|row| format!("{row:?}")).collect();
    assert!(told.len() == 3 && told.iter().all(|row| row.contains("s3cr3t")), "{told:#?}");
    let imports = world.store.imports().await.unwrap();
    let (_, kept) = imports[0].finished.clone().unwrap();
    let kept = kept.report.to_string();
    assert!(!kept.contains("s3cr3t"), "{kept}");
    assert!(
        kept.contains(r#""unknown column":1"#) && kept.contains(r#""unknown file":1"#),
        "{kept}"
    );
}

#[tokio::test]
async fn a_damaged_archive_leaves_everything_as_it_was() {
    let world = World::new().await;
    let member = ArchiveMember::sample(5, 1);
    bring_in(&world, &complete(&member, "01-15-2026")).await;
    let version = world.lake.version().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bytes = complete(&member, "02-15-2026").to_zip().unwrap();
    let path = folder.path().join("Complete_LinkedInDataExport_02-15-2026.zip");
    for length in [bytes.len() / 3, bytes.len() - 30] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let options = LinkedInOptions { member: Some("ada"), ..Default::default() };
        LinkedInSource::open(&path, options).map(drop).unwrap_err();
    }
    assert_eq!(world.lake.version().await.unwrap(), version);
    bring_in(&world, &complete(&member, "02-15-2026")).await;
}

#[tokio::test]
async fn a_declaration_widens_nothing_that_the_archive_says() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let archive = complete(&ArchiveMember::sample(5, 1), "01-15-2026");
    let path = archive.write_folder(folder.path()).unwrap();
    let declared = declaration("region = 'DE'\nvisibility = 'public'\nreason = 'a test'\n");
    let options = Options { declaration: Some(&declared), ..Options::at(at()) };
    let mut source = LinkedInSource::open(&path, LinkedInOptions::default()).unwrap();
    world.import_from(&mut source, options).await;
    let seen = crate::linkedin_round_trip::column(&world, Table::Items, "visibility").await;
    let count = |visibility: Visibility| {
        seen.iter().filter(|word| word.as_deref() == Some(visibility.name())).count()
    };
    let expected = [Visibility::Public, Visibility::Group, Visibility::Private].map(count);
    assert_eq!(expected, [5 + 5 + 2, 2, 1]);
}

#[tokio::test]
async fn an_erased_member_does_not_come_in_again() {
    let world = World::new().await;
    let archive = complete(&ArchiveMember::sample(5, 1), "01-15-2026");
    bring_in(&world, &archive).await;
    let member = policy::MemberNumber::from_i64(0);
    assert!(world.store.newest_archive(member).await.unwrap().is_some());
    let erased = store::AccountFact {
        member,
        region: None,
        age: None,
        status: Some(policy::Status::Erased),
        source: "test".to_owned(),
        declaration: None,
    };
    world.store.record(vec![NewFact::Account(erased)], at()).await.unwrap();
    assert_eq!(world.store.newest_archive(member).await.unwrap(), None);
    let report = bring_in(&world, &archive).await;
    assert_eq!(report.total().accepted, 0);
    assert!(report.total().refused["erased member"] > 20);
}

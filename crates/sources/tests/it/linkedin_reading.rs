//! Every oddity of LinkedIn's archives, each on an archive that has it.

use std::{collections::BTreeMap, path::Path};

use lake::ItemKind;
use policy::{Category, Visibility};
use sources::{
    ActivityRow, Body, Event, ItemRow, Kind, LinkedInOptions, LinkedInSource, Located, Row,
    Source as _,
};
use testkit::{Archive, ArchiveMember, PRIVATE_WORD, Quirks};

use crate::support::{read_all, refusals};

pub(crate) const DAY: &str = "01-15-2026";

pub(crate) fn open(path: &Path) -> LinkedInSource {
    let options = LinkedInOptions { member: Some("ada"), ..Default::default() };
    LinkedInSource::open(path, options).unwrap()
}

/// Everything that the archive yields, as a folder, after the same from a ZIP file.
fn read(archive: &Archive) -> Vec<Located> {
    let folder = tempfile::tempdir().unwrap();
    let from_folder = read_all(&mut open(&archive.write_folder(folder.path()).unwrap()));
    let from_zip = read_all(&mut open(&archive.write_zip(folder.path()).unwrap()));
    assert_eq!(from_folder, from_zip);
    from_folder
}

fn refused(archive: &Archive) -> String {
    let folder = tempfile::tempdir().unwrap();
    refusals(&mut open(&archive.write_folder(folder.path()).unwrap()))
}

fn rows(all: &[Located]) -> Vec<&Row> {
    let of_upserts = all.iter().filter_map(|located| match &located.event {
        Ok(Event::Upsert { rows, .. }) => Some(rows.as_slice()),
        _ => None,
    });
    of_upserts.flatten().collect()
}

fn items(all: &[Located], kind: Kind) -> Vec<&ItemRow> {
    let of_kind = rows(all).into_iter().filter(|row| row.kind() == kind);
    let items = of_kind.map(|row| match &row.body {
        Body::Item(item) => item,
        other => panic!("{other:?}"),
    });
    items.collect()
}

fn actions(all: &[Located]) -> BTreeMap<&str, usize> {
    let mut actions = BTreeMap::new();
    for row in rows(all) {
        if let Body::Activity(ActivityRow { action, .. }) = &row.body {
            *actions.entry(action.as_str()).or_default() += 1;
        }
    }
    actions
}

fn member() -> ArchiveMember {
    ArchiveMember::sample(40, 3)
}

/// What comes in must not depend on how it was written.
#[test]
fn quirks_of_writing_change_no_row() {
    let member = member();
    let plain = read(&Archive::complete(&member, Quirks::NONE, DAY));
    let rows_of = |all: &[Located]| rows(all).into_iter().cloned().collect::<Vec<_>>();
    let expected = rows_of(&plain);
    let quirks = Quirks {
        groups: false,
        unknown_label: false,
        drafts: false,
        private_files: false,
        ..Quirks::ALL
    };
    let single = [
        Quirks { prelude: true, ..Quirks::NONE },
        Quirks { broken_quotes: true, ..Quirks::NONE },
        Quirks { backslashes: true, ..Quirks::NONE },
        Quirks { mixed_line_ends: true, ..Quirks::NONE },
        Quirks { trailing_line: true, ..Quirks::NONE },
        Quirks { marks: true, ..Quirks::NONE },
        Quirks { numbered_names: true, ..Quirks::NONE },
        Quirks { older_columns: true, ..Quirks::NONE },
        Quirks { ragged_tables: true, ..Quirks::NONE },
        Quirks { private_files: true, ..Quirks::NONE },
        quirks,
    ];
    for quirks in single {
        let all = read(&Archive::complete(&member, quirks, DAY));
        assert_eq!(rows_of(&all), expected, "{quirks:?}");
        assert!(all.iter().all(|located| located.event.is_ok()), "{quirks:?}");
    }
}

#[test]
fn profile_positions_education_and_skills() {
    let member = member();
    let all = read(&Archive::complete(&member, Quirks::ALL, DAY));
    let rows = rows(&all);
    let Body::Member(row) = &rows[0].body else { panic!("{rows:?}") };
    assert_eq!(row.display_name, format!("{} {}", member.name.0, member.name.1));
    assert_eq!(row.created, Some("2014-03-01T21:07:00Z".parse().unwrap()), "from the registration");
    assert_eq!((rows[0].member.as_str(), rows[0].external.as_str()), ("ada", "ada"));
    let Body::Profile(row) = &rows[1].body else { panic!("{rows:?}") };
    assert_eq!(row.headline.as_deref(), Some(member.headline.as_str()));
    assert_eq!(row.about.as_deref(), Some(member.about.as_str()));
    assert_eq!(row.location.as_deref(), Some("Hamburg, Germany"));
    assert_eq!(row.website.as_deref(), Some("https://example.org/ada"));
    assert_eq!(row.visibility, None, "the archive does not say it");
    let Body::Position(row) = &rows[2].body else { panic!("{rows:?}") };
    assert_eq!(row.employer.as_deref(), Some("Brückenbau Nord"));
    assert_eq!(row.description.as_deref(), Some("Plans,\nand welds"));
    assert_eq!((row.started.as_deref(), row.ended.as_deref()), (Some("Mar 2018"), None));
    let Body::Education(row) = &rows[4].body else { panic!("{rows:?}") };
    assert_eq!((row.degree.as_deref(), row.started.as_deref()), (Some("M.Sc."), Some("2011")));
    let Body::Skill(row) = &rows[6].body else { panic!("{rows:?}") };
    assert_eq!(row.name, "Welding, arc");
}

#[test]
fn posts_comments_and_what_they_answer() {
    let member = member();
    let all = read(&Archive::complete(&member, Quirks::ALL, DAY));
    let posts = items(&all, Kind::Post);
    let texts: Vec<_> = posts.iter().map(|item| item.text.as_str()).take(40).collect();
    let expected: Vec<_> = member.posts.iter().map(|post| post.text.as_str()).collect();
    assert_eq!(texts, expected, "line breaks in quotes are mended");
    assert_eq!(posts[0].created, Some("2025-12-28T23:15:30Z".parse().unwrap()));
    assert_eq!(posts[0].visibility, None, "MEMBER_NETWORK does not say who sees it");
    let comments = items(&all, Kind::Comment);
    let texts: Vec<_> = comments.iter().map(|item| item.text.as_str()).collect();
    let expected: Vec<_> = member.comments.iter().map(|post| post.text.as_str()).collect();
    assert_eq!(texts, expected, "quotes behind backslashes");
    let parent = comments[0].parent.clone().unwrap();
    assert_eq!((parent.member.as_str(), parent.external), ("ada", member.posts[0].urn.clone()));
    assert_eq!(comments[1].parent, None, "whose post it is is not in the archive");
    let externals: Vec<_> = rows(&all)
        .into_iter()
        .filter(|row| row.kind() == Kind::Post)
        .map(|row| row.external.clone())
        .take(40)
        .collect();
    let expected: Vec<_> = member.posts.iter().map(|post| post.urn.clone()).collect();
    assert_eq!(externals, expected);
}

#[test]
fn groups_unknown_labels_and_drafts_are_told_apart() {
    let all = read(&Archive::complete(&member(), Quirks::ALL, DAY));
    let in_groups = items(&all, Kind::GroupPost);
    assert_eq!(in_groups.len(), 2, "a post and a comment");
    assert!(in_groups.iter().all(|item| {
        item.visibility == Some(Visibility::Group) && item.kind == ItemKind::Group
    }));
    let unseen = items(&all, Kind::Post).into_iter().find(|item| item.text == "For some").unwrap();
    assert_eq!(unseen.visibility, Some(Visibility::Private), "no declaration makes it public");
    let articles = items(&all, Kind::Article);
    let titles: Vec<_> = articles.iter().filter_map(|item| item.title.as_deref()).collect();
    assert_eq!(titles, ["On bridges", "On rivers"]);
    assert_eq!(articles[0].text, "On bridges & more.\n\nThe end.");
    assert_eq!(articles[0].created, Some("2024-03-06T08:00:00Z".parse().unwrap()));
    let count = |word: &str| all.iter().filter(|located| &*located.table == word).count();
    let words = ["Shares in groups", "Comments in groups", "Shares of unknown visibility"];
    assert_eq!(words.map(count), [1, 1, 1]);
    assert_eq!(count("Articles not published"), 1);
}

#[test]
fn reactions_votes_and_follows() {
    let all = read(&Archive::complete(&member(), Quirks::ALL, DAY));
    let expected = [
        ("company-follow", 1),
        ("hashtag-follow:follow", 1),
        ("member-follow:active", 1),
        ("member-follow:unfollow", 1),
        ("reaction:appreciation", 13),
        ("reaction:empathy", 13),
        ("reaction:like", 14),
        ("repost", 1),
        ("vote", 1),
    ];
    assert_eq!(actions(&all), BTreeMap::from(expected));
}

#[test]
fn private_files_are_counted_and_never_held() {
    let all = read(&Archive::complete(&member(), Quirks::ALL, DAY));
    let mut sealed: BTreeMap<&str, usize> = BTreeMap::new();
    for located in &all {
        if let Ok(Event::Sealed { category }) = located.event {
            assert!(category.is_sealed());
            *sealed.entry(category.name()).or_default() += 1;
        }
    }
    // Four kinds of messages of two rows each and an invitation; log-ins, challenges, two files
    // of papers; two receipts; two parts of the applications.
    let expected = [
        (Category::PrivateMessages, 9),
        (Category::Credentials, 4),
        (Category::Payment, 2),
        (Category::JobApplications, 2),
    ];
    let expected = expected.map(|(category, count)| (category.name(), count));
    assert_eq!(sealed, BTreeMap::from(expected));
    assert!(!format!("{all:?}").contains(PRIVATE_WORD), "not a byte of them");
    let count = |word: &str| all.iter().filter(|located| &*located.table == word).count();
    let tables = ["Connections", "ImportedContacts", "Email Addresses", "PhoneNumbers"];
    assert_eq!(tables.map(count), [1, 1, 1, 1], "also behind a prelude");
    let tables = ["Learning", "Ad_Targeting", "SearchQueries", "LearningCoachMessages"];
    assert_eq!(tables.map(count), [1, 1, 1, 0]);
}

#[test]
fn the_archive_says_whose_it_is_and_when_it_was_made() {
    let member = member();
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::complete(&member, Quirks::ALL, DAY);
    let path = archive.write_zip(folder.path()).unwrap();
    let source = LinkedInSource::open(&path, LinkedInOptions::default()).unwrap();
    assert_eq!((source.name(), source.member()), ("linkedin", "100003"));
    assert_eq!(source.whole().unwrap().made, "2026-01-15".parse().unwrap());

    let unnumbered = Archive::complete(&member, Quirks::NONE, DAY);
    let path = unnumbered.write_folder(folder.path()).unwrap();
    let fault = |path: &Path| {
        let opened = LinkedInSource::open(path, LinkedInOptions::default());
        let Err(error) = opened else { panic!("it lacks something") };
        error.to_string().replace(folder.path().to_str().unwrap(), "")
    };
    insta::assert_snapshot!(fault(&path), @"`/Complete_LinkedInDataExport_01-15-2026` does not say whose it is (hint: --member EXTERNAL-ID)");
    let unnamed = Archive { name: "export".to_owned(), ..archive.clone() };
    let path = unnamed.write_folder(folder.path()).unwrap();
    insta::assert_snapshot!(fault(&path), @"`/export` does not say when it was made (hint: --made 2026-03-01)");
    let mut two = archive;
    two.name = "Basic_LinkedInDataExport_01-16-2026".to_owned();
    two.put("Shares_999999.csv", "Date,ShareLink,ShareCommentary\n");
    let path = two.write_folder(folder.path()).unwrap();
    insta::assert_snapshot!(fault(&path), @"`/Basic_LinkedInDataExport_01-16-2026`: names two members in its files (hint: one archive at a time)");
}

#[test]
fn files_and_rows_that_are_not_understood() {
    let mut archive = Archive::complete(&member(), Quirks::NONE, DAY);
    archive.put("Skills.csv", "Name,Creation Date.1\nStatics,2024\nWelding,2024,more\n\"cut");
    archive.put("Votes.csv", "Date;Link;OptionText\n2024-02-03 10:00:00;x;y\n");
    archive.put("Positions.csv", "Title,Description\nEngineer,Plans\n");
    archive.put("Education.csv", b"\xFF\xFED\0a\0t\0e\0\n\0".to_vec());
    archive.put("InstantReposts.csv", "");
    archive.put("Telepathy.csv", "Date,Thought\n1,2\n");
    archive.put("photo.jpg", b"\xFF\xD8".to_vec());
    archive.put(
        "Shares.csv",
        "Date,ShareLink,ShareCommentary,Visibility\n\
         2024-01-01 10:00:00,urn:li:share:1,first,\n\
         2024-01-01 10:00:00,urn:li:share:1,first,\n\
         2024-01-02 10:00:00,urn:li:share:1,another,\n\
         yesterday,urn:li:share:2,when,\n\
         2031-01-01 10:00:00,urn:li:share:3,not yet,\n\
         2024-01-03 10:00:00,urn:li:share:4,\"fine, again\",\n",
    );
    let mut comments = b"Date,Link,Message\n2024-01-01 10:00:00,,\xC3\x28\n".to_vec();
    comments.extend(b"2024-01-01 10:00:00,,fine\n");
    archive.put("Comments.csv", comments);
    insta::assert_snapshot!(refused(&archive), @r"
    Positions.csv:1 missing column (`Company Name` is needed; the file is not read)
    Education.csv:1 wrong encoding (the file is in UTF-16, as in the archives of 2018, which are not read)
    Skills.csv:1 unknown column (`Creation Date.1` is unknown; known: Name)
    Skills.csv:3 wrong columns (3 fields, where 2 columns are)
    Skills.csv:4 cut short (the file ends inside of quotes)
    Shares.csv:4 duplicate id (line 2 has the same `ShareLink` and says something else)
    Shares.csv:5 bad instant (`Date` is a date and time such as 2024-03-05 21:07:09)
    Shares.csv:6 in the future (the archive was made on 2026-01-15)
    Comments.csv:2 not utf-8 (from byte 1 on; iconv -f LATIN1 -t UTF-8 mends it if it is Latin-1)
    Votes.csv:1 wrong delimiter (fields are separated by commas; this file was saved by another program)
    InstantReposts.csv:1 cut short (the file is empty: not even the names of its columns are there)
    Telepathy.csv:1 unknown file (it is in no list; its rows are counted, not read)
    ");
    let all = read(&archive);
    let texts: Vec<_> = items(&all, Kind::Post).iter().map(|item| item.text.clone()).collect();
    assert_eq!(texts, ["first", "first", "fine, again"], "nothing else is lost");
    assert_eq!(items(&all, Kind::Comment).len(), 1);
}

#[test]
fn refusals_of_archives_repeat_no_value() {
    let mut archive = Archive::complete(&member(), Quirks::NONE, DAY);
    archive.put("Shares.csv", "Date,ShareLink,ShareCommentary\ns3cr3t,s3cr3t,s3cr3t\n");
    archive.put("Skills.csv", "Name\n\"s3cr3t");
    let all = refused(&archive);
    assert!(!all.contains("s3cr3t") && all.lines().count() == 2, "{all}");
}

/// Reports are kept, and outlive an erasure.
#[test]
fn reports_name_neither_the_member_nor_the_ids_of_articles() {
    let mut archive = Archive::complete(&member(), Quirks::ALL, DAY);
    let shares = archive.file("Shares").unwrap();
    let line = shares.iter().filter(|byte| **byte == b'\n').count() + 1;
    shares.extend(b"a,row,too,short\r\n");
    archive.put("Articles/my-secret-id.html", b"\xFF".to_vec());
    let all = refused(&archive);
    let shares = format!("Shares.csv:{line} wrong columns (4 fields, where 6 columns are)");
    assert!(all.starts_with(&format!("{shares}\nArticles:4 not utf-8 (from byte 1 on; ")), "{all}");
}

#[test]
fn bytes_are_counted_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::complete(&member(), Quirks::ALL, DAY);
    let mut source = open(&archive.write_folder(folder.path()).unwrap());
    let total = source.total_bytes();
    let last = read_all(&mut source).last().unwrap().position.bytes_read;
    assert!(last <= total && last > 0, "{last} of {total}");
}

use sources::{Body, Event, Kind, Row, Source as _};

use crate::support::{dump, read_all};

const USERS: &str = r#"<row Id="-1" DisplayName="Community" CreationDate="2018-01-01T00:00:00.000" />
<row Id="5" DisplayName="Ann" CreationDate="2018-03-09T19:11:00.057" AboutMe="&lt;p&gt;I build &amp;amp; test.&lt;/p&gt;" Location="Köln" WebsiteUrl="" />
<row Id="6" DisplayName="Ben" CreationDate="2018-03-09T19:11:00.057" />"#;

const POSTS: &str = r#"<row Id="1" PostTypeId="1" CreationDate="2018-03-12T17:00:45.567" Body="&lt;p&gt;Why?&lt;/p&gt;" OwnerUserId="5" LastEditDate="2018-03-13T00:00:00.000" Title="A question" Tags="&lt;qubit&gt;" />
<row Id="2" PostTypeId="2" ParentId="1" CreationDate="2018-03-12T18:00:00.000" Body="Because." OwnerUserId="6" />
<row Id="3" PostTypeId="2" ParentId="77" CreationDate="2018-03-12T18:00:00.000" Body="Lost." OwnerUserId="6" />
<row Id="4" PostTypeId="5" CreationDate="2018-03-12T18:00:00.000" Body="About qubits" OwnerUserId="6" />
<row Id="7" PostTypeId="7" CreationDate="2018-03-12T18:00:00.000" Body="A wiki of the site" OwnerUserId="6" />"#;

const COMMENTS: &str = r#"<row Id="1" PostId="2" Text="@Ben thanks &lt;3" CreationDate="2018-03-12T19:00:00.000" UserId="5" />
<row Id="2" PostId="4" Text="Nice" CreationDate="2018-03-12T19:00:00.000" UserId="5" />"#;

fn rows(table: &str) -> Vec<Row> {
    let (_folder, mut source) = dump(USERS, POSTS, COMMENTS);
    let all = read_all(&mut source).into_iter().filter(|located| &*located.table == table);
    let rows = all.filter_map(|located| match located.event {
        Ok(Event::Upsert { rows, account, event }) => {
            assert_eq!((account, event), (None, None), "a dump says neither");
            Some(rows)
        }
        _ => None,
    });
    rows.flatten().collect()
}

#[test]
fn users_become_members_and_profiles() {
    let rows = rows("Users");
    assert_eq!(rows.len(), 4);
    let Body::Member(ann) = &rows[0].body else { panic!("{rows:?}") };
    assert_eq!(ann.display_name, "Ann");
    assert_eq!(ann.created, Some("2018-03-09T19:11:00.057Z".parse().unwrap()));
    let Body::Profile(ann) = &rows[1].body else { panic!("{rows:?}") };
    assert_eq!(ann.about.as_deref(), Some("I build & test."));
    assert_eq!(ann.location.as_deref(), Some("Köln"));
    assert_eq!((&ann.website, ann.visibility), (&None, None));
}

#[test]
fn posts_answer_posts() {
    let rows = rows("Posts");
    assert_eq!(rows.len(), 4);
    let items: Vec<_> = rows
        .iter()
        .map(|row| match &row.body {
            Body::Item(item) => item,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(items[0].title.as_deref(), Some("A question"));
    assert_eq!(items[0].text, "Why?");
    assert_eq!(items[0].updated, Some("2018-03-13".parse().unwrap()));
    let question = items[1].parent.clone().unwrap();
    assert_eq!((question.member.as_str(), question.external.as_str()), ("5", "1"));
    assert_eq!(items[2].parent, None, "an unknown parent stays unknown");
    assert_eq!(rows[3].kind(), Kind::Article);
}

#[test]
fn comments_answer_what_they_stand_under() {
    let rows = rows("Comments");
    let parents: Vec<_> = rows
        .iter()
        .map(|row| match &row.body {
            Body::Item(item) => item.parent.clone().unwrap(),
            other => panic!("{other:?}"),
        })
        .map(|parent| (parent.member, parent.kind, parent.external))
        .collect();
    let expected = [("6".into(), Kind::Post, "2".into()), ("6".into(), Kind::Article, "4".into())];
    assert_eq!(parents, expected);
    let Body::Item(first) = &rows[0].body else { panic!("{rows:?}") };
    assert_eq!(first.text, "@Ben thanks <3", "comments are plain text");
}

#[test]
fn other_tables_and_types_have_no_place() {
    let (folder, _) = dump(USERS, POSTS, COMMENTS);
    std::fs::write(folder.path().join("Votes.xml"), "<votes>\n<row Id=\"1\" />\n</votes>").unwrap();
    let mut source = sources::StackExchangeSource::open(folder.path(), None).unwrap();
    let all = read_all(&mut source);
    let of_no_place = all.iter().filter(|located| located.event == Ok(Event::NoPlace));
    let tables: Vec<_> = of_no_place.map(|located| located.table.to_string()).collect();
    assert_eq!(tables, ["Posts", "Votes"]);
    let folder_name = folder.path().file_name().unwrap().to_str().unwrap();
    assert_eq!(source.name(), format!("stack-exchange:{folder_name}"));
    let closing_tag = "/votes>".len() as u64;
    assert_eq!(all.last().unwrap().position.bytes_read + closing_tag, source.total_bytes());
}

#[test]
fn a_folder_without_the_tables_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let Err(error) = sources::StackExchangeSource::open(folder.path(), None) else {
        panic!("it is empty")
    };
    assert!(error.to_string().ends_with("holds no Users.xml"), "{error}");
}

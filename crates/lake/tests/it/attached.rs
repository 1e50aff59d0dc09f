//! How looks at tables that lie elsewhere are kept.

use std::collections::BTreeMap;

use lake::{
    AttachedFile, Attachment, IndexRow, IndexWriter, ItemColumns, Lake, Operation, Options, Pin,
    Said, Table,
};
use policy::{Instant, ItemId, LakeVersion, MemberNumber};

fn at() -> Instant {
    Instant::from_micros(1)
}

fn row(number: i64) -> Option<IndexRow> {
    (number % 2 == 0).then(|| IndexRow {
        member: MemberNumber::from_i64(number),
        item: ItemId::from_i64(number),
        content: number,
        version: LakeVersion::from_i64(1),
        parent: None,
    })
}

fn index(rows: std::ops::Range<i64>) -> Vec<u8> {
    let mut writer = IndexWriter::new().unwrap();
    writer.push(&rows.map(row).collect::<Vec<_>>()).unwrap();
    writer.finish().unwrap()
}

fn attachment(files: Vec<(String, String)>) -> Attachment {
    let file = |(index, index_blake3): (String, String)| AttachedFile {
        pin: Pin { path: "/nowhere".to_owned(), bytes: 1, modified: at(), e_tag: None },
        partition: BTreeMap::new(),
        rows: 4,
        attached: 2,
        refused: BTreeMap::new(),
        sealed: BTreeMap::new(),
        index,
        index_blake3,
    };
    Attachment {
        name: "posts".to_owned(),
        source: "test".to_owned(),
        mapping_hash: String::new(),
        mapping: String::new(),
        declaration: None,
        at: at(),
        folder: String::new(),
        location: "/nowhere".to_owned(),
        delta_version: None,
        columns: ItemColumns {
            author: "a".to_owned(),
            item: "i".to_owned(),
            kind: Said::Always("post".to_owned()),
            text: "t".to_owned(),
            title: None,
            language: None,
            visibility: None,
            declared_visibility: None,
            created: None,
            updated: None,
            sensitive: None,
            content_usage: None,
            venue_kind: None,
            venue: None,
            parent: None,
        },
        files: files.into_iter().map(file).collect(),
    }
}

fn kept(folder: &std::path::Path) -> usize {
    let files = std::fs::read_dir(folder.join("lake/_attached/posts"));
    files.map_or(0, |files| files.count())
}

#[tokio::test]
async fn a_look_is_visible_with_its_version_and_leaves_nothing_of_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let location = folder.path().join("lake");
    let lake = Lake::open(location.to_str().unwrap(), Options::default()).await.unwrap();
    let mut writer = lake.writer().await.unwrap();
    let first = writer.write_index("posts", 0, index(0..4)).await.unwrap();
    assert!(lake.head().await.unwrap().attachments().await.unwrap().is_empty(), "not yet");
    let version = writer.attach(&attachment(vec![first.clone()]), vec![], at()).await.unwrap();
    let head = lake.head().await.unwrap();
    assert_eq!((head.version(), head.record().operation), (version, Operation::Attach));
    let found = head.attachments().await.unwrap();
    assert_eq!(found, [attachment(vec![first])]);
    let rows = head.index("posts", &found[0].files[0]).await.unwrap();
    assert_eq!(rows, (0..4).map(row).collect::<Vec<_>>());
    assert_eq!(kept(folder.path()), 2, "the look and its index");

    let second = writer.write_index("posts", 0, index(0..2)).await.unwrap();
    writer.attach(&attachment(vec![second]), vec![], at()).await.unwrap();
    writer.write_index("posts", 0, index(0..3)).await.unwrap();
    drop(writer);
    assert_eq!(kept(folder.path()), 5, "the look before, and one that came to nothing");
    let mut writer = lake.writer().await.unwrap();
    assert_eq!(kept(folder.path()), 2);
    let copy = tempfile::tempdir().unwrap();
    let copied = lake.head().await.unwrap().copy_to(copy.path(), &mut |_| {}).await.unwrap();
    assert_eq!(copied.iter().filter(|file| file.path.starts_with("_attached/")).count(), 2);

    writer.detach("posts", vec![], at()).await.unwrap();
    drop(writer);
    drop(lake.writer().await.unwrap());
    assert_eq!(kept(folder.path()), 0);
    let rows = lake.table(Table::Items).await.unwrap();
    assert_eq!(rows.schema(), Table::Items.scan_schema());
}

#[tokio::test]
async fn an_index_that_was_changed_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let location = folder.path().join("lake");
    let lake = Lake::open(location.to_str().unwrap(), Options::default()).await.unwrap();
    let mut writer = lake.writer().await.unwrap();
    let (name, hash) = writer.write_index("posts", 0, index(0..4)).await.unwrap();
    writer.attach(&attachment(vec![(name.clone(), hash)]), vec![], at()).await.unwrap();
    std::fs::write(location.join("_attached/posts").join(name), index(0..2)).unwrap();
    let head = lake.head().await.unwrap();
    let file = head.attachments().await.unwrap().remove(0).files.remove(0);
    let error = head.index("posts", &file).await.unwrap_err().to_string();
    assert!(error.ends_with("is not the index that was written"), "{error}");
}

//! Tables that lie elsewhere: mappings, looks, and what changes between two of them.

mod signals;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use policy::{AgeClass, LakeVersion, Status};
use sources::{Attached, Kind, Mapping, Options, SourcesError, attach, detach, look_again};
use store::{Identity, NewFact, RemovalCause, RemovalFilter};

use crate::support::{KEYS, SOURCE, World, at, declaration};

const MAPPING: &str = r#"
name = "posts"
source = "test-network"

[items]
path = "posts"
author = "author_id"
item = "post_id"
kind = { column = "type", values = { q = "post", a = "comment", dm = "private-messages" } }
text = "body"
created = { column = "created_ms", unit = "milliseconds" }
visibility = { column = "audience", values = { all = "public", friends = "connections" } }
parent = "reply_to"
unused = { ip = "activity" }

[members]
path = "users/*.parquet"
member = "id"
name = "name"
region = "country"
age = { column = "adult", values = { yes = "adult", no = "minor" } }
"#;

/// author, id, type, body, created, audience, answers
type Post = (
    i64,
    &'static str,
    &'static str,
    Option<&'static str>,
    i64,
    Option<&'static str>,
    Option<&'static str>,
);

/// id, name, country, whether adult
type Person = (i64, &'static str, &'static str, &'static str);

const POSTS: [Post; 7] = [
    (1, "p1", "q", Some("Who knows?"), 1_700_000_000_000, Some("all"), None),
    (2, "p2", "a", Some("I do."), 1_700_000_001_000, Some("all"), Some("p1")),
    (2, "p3", "q", Some("For friends."), 1_700_000_002_000, Some("friends"), None),
    (1, "p4", "dm", Some("A secret."), 1_700_000_003_000, Some("all"), None),
    (3, "p5", "poll", Some("Yes or no?"), 1_700_000_004_000, Some("all"), None),
    (3, "p6", "q", None, 1_700_000_005_000, Some("all"), None),
    (3, "p1", "q", Some("The same id."), 1_700_000_006_000, Some("half"), None),
];

fn longs(numbers: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(numbers.iter().copied()))
}

struct Warehouse {
    folder: tempfile::TempDir,
}

impl Warehouse {
    fn new() -> Self {
        let warehouse = Self { folder: tempfile::tempdir().unwrap() };
        warehouse.posts("a.parquet", &POSTS);
        let people = [
            (1, "Ada Byron", "DE", "yes"),
            (2, "Berta Muster", "FR", "no"),
            (4, "Carl", "??", "yes"),
        ];
        let words = |of: &dyn Fn(&Person) -> String| -> ArrayRef {
            Arc::new(people.iter().map(|one| Some(of(one))).collect::<StringArray>())
        };
        warehouse.write(
            "users/1.parquet",
            vec![
                ("id", longs(&people.map(|one| one.0))),
                ("name", words(&|one| one.1.to_owned())),
                ("country", words(&|one| one.2.to_owned())),
                ("adult", words(&|one| one.3.to_owned())),
            ],
        );
        warehouse
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn posts(&self, file: &str, posts: &[Post]) {
        let words = |of: &dyn Fn(&Post) -> Option<&'static str>| -> ArrayRef {
            Arc::new(posts.iter().map(of).collect::<StringArray>())
        };
        let longs = |of: &dyn Fn(&Post) -> i64| -> ArrayRef {
            Arc::new(posts.iter().map(|post| Some(of(post))).collect::<Int64Array>())
        };
        self.write(
            &format!("posts/{file}"),
            vec![
                ("author_id", longs(&|post| post.0)),
                ("post_id", words(&|post| Some(post.1))),
                ("type", words(&|post| Some(post.2))),
                ("body", words(&|post| post.3)),
                ("created_ms", longs(&|post| post.4)),
                ("audience", words(&|post| post.5)),
                ("reply_to", words(&|post| post.6)),
                ("ip", words(&|_| Some("192.0.2.1"))),
            ],
        );
    }

    fn write(&self, name: &str, columns: Vec<(&str, ArrayRef)>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let columns = columns.into_iter().map(|(name, values)| (name, values, true));
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let mut writer =
            ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    fn mapping(&self, text: &str) -> Result<Mapping, SourcesError> {
        Mapping::parse(Path::new("posts.toml"), self.folder.path(), text)
    }

    async fn attach(&self, world: &World) -> Attached {
        let mapping = self.mapping(MAPPING).unwrap();
        attach_with(world, &mapping, Options::at(at())).await.unwrap()
    }

    /// What is wrong with a mapping, without the folder of the test.
    async fn wrong(&self, from: &str, to: &str) -> String {
        let text = MAPPING.replacen(from, to, 1);
        assert_ne!(text, MAPPING);
        let error = match self.mapping(&text) {
            Ok(mapping) => mapping.examine().await.map(drop).unwrap_err(),
            Err(error) => error,
        };
        error.to_string().replace(&*self.folder.path().to_string_lossy(), "…")
    }
}

async fn attach_with(
    world: &World,
    mapping: &Mapping,
    options: Options<'_>,
) -> Result<Attached, SourcesError> {
    attach(mapping, (&world.lake, &world.store, &KEYS), options, &mut |_| {}).await
}

async fn again(world: &World) -> Attached {
    let parts = (&world.lake, &world.store, &KEYS);
    look_again("posts", parts, Options::at(at()), &mut |_| {}).await.unwrap()
}

async fn causes(world: &World) -> Vec<RemovalCause> {
    let removals = world.store.removals(&RemovalFilter::default()).await.unwrap();
    removals.into_iter().map(|one| one.cause).collect()
}

async fn number(world: &World, external: &str) -> policy::MemberNumber {
    let external_hash = KEYS.identity_hash(SOURCE, external);
    let identity = Identity { source: SOURCE.to_owned(), external_hash };
    world.store.lookup(&identity).await.unwrap().unwrap().number()
}

#[tokio::test]
async fn every_mistake_in_a_mapping_has_a_line_and_a_hint() {
    let warehouse = Warehouse::new();
    let check = async |from: &str, to: &str, expected: &str| {
        let told = warehouse.wrong(from, to).await;
        assert!(told.contains(expected), "expected `{expected}`, was told: {told}");
    };
    check("author = ", "autor = ", "posts.toml:7: [items] has an unknown key (hint: `autor` is unknown; did you mean `author`?)").await;
    check("author = ", "autor = ", "[items] has no `author`").await;
    check("\"author_id\"", "\"author_ids\"", "posts.toml:7: [items]: the table has no column `author_ids` (hint: `author_ids` is unknown; did you mean `author_id`?)").await;
    check(
        "text = \"body\"",
        "text = \"created_ms\"",
        "posts.toml:10: [items]: column `created_ms` holds Int64, not texts",
    )
    .await;
    check(
        "unit = \"milliseconds\"",
        "unit = \"timestamp\"",
        "column `created_ms` holds Int64, not timestamps with a time zone",
    )
    .await;
    check(
        "{ column = \"created_ms\", unit = \"milliseconds\" }",
        "\"created_ms\"",
        "`created` does not say its unit (hint: ",
    )
    .await;
    check(
        "unused = { ip = \"activity\" }",
        "",
        "[items]: column `ip` is not labelled (hint: map it, or say what it is",
    )
    .await;
    check("ip = \"activity\"", "ip = \"activit\"", "did you mean `activity`?").await;
    check("ip = \"activity\"", "ip = \"activity\", mac = \"key\"", "the table has no column `mac`")
        .await;
    check(
        "ip = \"activity\"",
        "ip = \"activity\", body = \"posts\"",
        "column `body` is mapped and called unused",
    )
    .await;
    check(
        "path = \"posts\"",
        "path = \"nowhere\"",
        "posts.toml:6: [items]: `…/nowhere` names no Parquet file and no Delta table (hint: ",
    )
    .await;
    check("all = \"public\"", "all = \"publik\"", "`publik` is unknown; did you mean `public`?")
        .await;
    check(
        "{ column = \"audience\", values = { all = \"public\", friends = \"connections\" } }",
        "{ always = \"public\" }",
        "`visibility` cannot be the same for every row (hint: ",
    )
    .await;
    check("name = \"posts\"", "name = \"Posts!\"", "posts.toml:2: `Posts!` is no name").await;
    check(
        "region = \"country\"",
        "region = { always = \"DE\" }",
        "`region` cannot be the same for every member",
    )
    .await;
    check("[members]", "[members", "not TOML").await;
}

#[tokio::test]
async fn a_look_finds_whose_rows_there_are_and_says_what_is_not_read() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    let attached = warehouse.attach(&world).await;
    let items = &attached.items;
    let outcomes = &items.tables["items"];
    assert_eq!((outcomes.read, outcomes.accepted, outcomes.sealed), (7, 3, 1));
    let refused: Vec<_> = outcomes.refused.iter().map(|(reason, rows)| (*reason, *rows)).collect();
    assert_eq!(refused, [("duplicate id", 1), ("missing value", 1), ("unknown kind", 1)]);
    assert_eq!(items.sealed["private-messages"], 1);
    assert_eq!(attached.not_understood["visibility"], 1, "`half` is in no list");
    let members = attached.members.unwrap();
    assert_eq!((members.members_new, items.members_new), (3, 1));
    let head = world.lake.head().await.unwrap();
    assert_eq!(head.version(), LakeVersion::from_i64(2), "names first, then the table");
    let [one, two] = [number(&world, "1").await, number(&world, "2").await];
    let kept = &head.attachments().await.unwrap()[0].files[0];
    let index = head.index("posts", kept).await.unwrap();
    let first = index[0].unwrap();
    assert_eq!((first.member, first.item), (one, KEYS.item_id(SOURCE, Kind::Post, "p1")));
    assert_eq!(index[1].unwrap().member, two);
    assert_eq!(index[1].unwrap().parent, Some((first.member, first.item)));
    let is_read: Vec<_> = index.iter().map(Option::is_some).collect();
    assert_eq!(is_read, [true, true, true, false, false, false, false]);
    let facts =
        world.store.facts_between(policy::Sequence::START, policy::Sequence::from_i64(99)).await;
    let said = facts.unwrap().into_iter().filter_map(|fact| match fact.content {
        NewFact::Account(account) if account.member == two => Some((account.region, account.age)),
        _ => None,
    });
    assert_eq!(said.collect::<Vec<_>>(), [("FR".parse().ok(), Some(AgeClass::Minor))]);
}

#[tokio::test]
async fn a_second_look_reads_what_changed_and_starts_removals() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    warehouse.attach(&world).await;
    let version = world.lake.version().await.unwrap();
    let same = again(&world).await;
    assert_eq!((same.files_read, same.items.tables["items"].unchanged), (0, 3));
    assert_eq!(same.items.tables["items"].refused.values().sum::<u64>(), 3);
    assert_eq!(world.lake.version().await.unwrap(), version, "nothing new is no version");
    warehouse.posts("b.parquet", &[(9, "p9", "q", Some("New."), 0, Some("all"), None)]);
    let more = again(&world).await;
    assert_eq!((more.files_read, more.items.tables["items"].accepted), (1, 1));
    assert!(causes(&world).await.is_empty());
    let changed = [
        (1, "p1", "q", Some("Who knows it?"), 1_700_000_000_000, Some("all"), None),
        (2, "p2", "a", Some("I do."), 1_700_000_001_000, Some("friends"), Some("p1")),
    ];
    warehouse.posts("a.parquet", &changed);
    let after = again(&world).await;
    assert_eq!((after.files_read, after.items.removals_started), (1, 3));
    assert_eq!(after.items.lake["items"].removed, 1);
    let mut found = causes(&world).await;
    found.sort();
    assert_eq!(found, [RemovalCause::Edit, RemovalCause::Deletion, RemovalCause::Visibility]);
    let gone = detach("posts", (&world.lake, &world.store), at()).await.unwrap();
    assert_eq!(gone.rows, 3);
    assert!(world.lake.head().await.unwrap().attachments().await.unwrap().is_empty());
    assert_eq!(causes(&world).await.len(), 4);
}

#[tokio::test]
async fn a_row_that_moves_to_another_file_is_the_same_row() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    warehouse.attach(&world).await;
    std::fs::remove_file(warehouse.path("posts/a.parquet")).unwrap();
    warehouse.posts("joined.parquet", &POSTS);
    let moved = again(&world).await;
    assert_eq!((moved.files_read, moved.items.tables["items"].unchanged), (1, 3));
    assert!(causes(&world).await.is_empty());
}

#[tokio::test]
async fn only_a_declaration_says_what_the_table_does_not() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    let text = MAPPING.split("[members]").next().unwrap();
    let mapping = warehouse.mapping(text).unwrap();
    attach_with(&world, &mapping, Options::at(at())).await.unwrap();
    assert_eq!(world.store.last_sequence().await.unwrap(), policy::Sequence::START, "no fact");
    let declared =
        declaration("region = \"DE\"\nage = \"adult\"\nstatus = \"active\"\nreason = \"a test\"");
    let options = Options { declaration: Some(&declared), ..Options::at(at()) };
    let attached = attach_with(&world, &mapping, options).await.unwrap();
    assert_eq!(attached.items.tables["items"].unchanged, 3);
    let facts =
        world.store.facts_between(policy::Sequence::START, policy::Sequence::from_i64(99)).await;
    let facts = facts.unwrap();
    assert_eq!(facts.len(), 3, "one for each author");
    for fact in facts {
        let NewFact::Account(account) = fact.content else { panic!("{fact:?}") };
        assert_eq!((account.age, account.status), (Some(AgeClass::Adult), Some(Status::Active)));
        assert_eq!(account.declaration, Some(declared.hash.clone()));
    }
    let kept = world.lake.head().await.unwrap().attachments().await.unwrap();
    assert_eq!(kept[0].declaration, Some(declared.hash.clone()));
    assert_eq!(again(&world).await.files_read, 0, "it is looked at by the same declaration");
}

#[tokio::test]
async fn what_was_imported_is_not_attached_as_well() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    let event = r#"{"event":"e1","kind":"post","member":"1","at":"2020-01-01T00:00:00Z","id":"p1","text":"Who knows?"}"#;
    world.import(event).await;
    let attached = warehouse.attach(&world).await;
    assert_eq!(attached.items.tables["items"].refused["already in the lake"], 1);
    assert_eq!(attached.items.tables["items"].accepted, 3, "the second `p1` is another author's");
}

/// What the lake has of items, and what of attached tables is read, by address.
async fn readable(world: &World) -> (usize, usize) {
    let head = world.lake.head().await.unwrap();
    let own = head.content_keys(lake::Table::Items).await.unwrap().len();
    let attached = head.attachments().await.unwrap();
    (own, attached[0].files.iter().map(|file| file.attached as usize).sum())
}

#[tokio::test]
async fn an_import_takes_over_what_is_attached() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    warehouse.attach(&world).await;
    assert_eq!(readable(&world).await, (0, 3));
    let same = r#"{"event":"e1","kind":"post","member":"1","at":"2020-01-01T00:00:00Z","id":"p1","text":"Who knows?","visibility":"public","created":"2023-11-14T22:13:20Z"}"#;
    world.import(same).await;
    assert_eq!(readable(&world).await, (1, 2), "the same words are in the lake now, and once");
    let narrower = r#"{"event":"e2","kind":"comment","member":"2","at":"2020-01-01T00:00:00Z","id":"p2","text":"I do.","visibility":"private"}"#;
    world.import(narrower).await;
    assert_eq!(readable(&world).await, (2, 1));
    assert_eq!(causes(&world).await, [RemovalCause::Edit, RemovalCause::Visibility]);
    let again = again(&world).await;
    assert_eq!((again.files_read, again.items.tables["items"].unchanged), (0, 1));
    assert_eq!(again.items.tables["items"].refused["taken over by an import"], 2);
    warehouse.posts("a.parquet", &POSTS[..2]);
    let read = self::again(&world).await;
    assert_eq!(read.items.tables["items"].refused["already in the lake"], 2);
    assert_eq!(readable(&world).await, (2, 0));
}

#[tokio::test]
async fn an_event_deletes_what_is_attached_and_it_stays_deleted() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    let delete = |event: &str, id: &str| {
        format!(
            r#"{{"event":"{event}","kind":"delete","member":"1","at":"2020-01-01T00:00:00Z","of":"post","id":"{id}"}}"#
        )
    };
    warehouse.attach(&world).await;
    let version = world.lake.version().await.unwrap();
    let deleted = world.import(&delete("e1", "p1")).await;
    assert_eq!(deleted.removals_started, 1);
    assert_eq!(readable(&world).await, (0, 2));
    assert_eq!(causes(&world).await, [RemovalCause::Deletion]);
    let twice = world.import(&delete("e2", "p1")).await;
    assert_eq!(
        (twice.removals_started, twice.lake_version_after.as_i64()),
        (0, version.as_i64() + 1)
    );
    // the table still has it when it is read again, and has what was deleted before it came
    world.import(&delete("e3", "p8")).await;
    let newer = (1, "p8", "q", Some("Late."), 0, Some("all"), None);
    warehouse.posts("a.parquet", &[POSTS[0], POSTS[1], newer]);
    let read = again(&world).await;
    assert_eq!(read.items.tables["items"].refused["taken over by an import"], 2);
    assert_eq!(readable(&world).await, (0, 1));
}

/// Why rows of items were refused, each with its hint.
fn refused_with_hints(attached: &Attached) -> Vec<(&str, &str)> {
    let refused = attached.items.refused_rows.iter();
    refused.map(|row| (row.reason, row.hint.as_deref().unwrap())).collect()
}

#[tokio::test]
async fn ids_dates_and_kinds_are_refused_as_those_of_events_are() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    let tomorrow = (at().as_micros() + 86_400_000_000) / 1000;
    let rows = [
        (" 1", "a", "q", 0, "bad id", "`author_id` begins or ends with white space"),
        ("1 ", "b", "q", 0, "bad id", "`author_id` begins or ends with white space"),
        ("1\u{a0}", "c", "q", 0, "bad id", "`author_id` begins or ends with white space"),
        ("1\0", "d", "q", 0, "bad id", "`author_id` holds a control character"),
        ("1", "e\ne", "q", 0, "bad id", "`post_id` holds a control character"),
        ("", "f", "q", 0, "bad id", "`author_id` holds 1 to 1,024 bytes"),
        (
            "1",
            "g",
            "q",
            tomorrow,
            "from the future",
            "`created` is later than now by more than five minutes",
        ),
        ("1", "h", "poll", 0, "unknown kind", "in `type`: `poll` is unknown; known: a, dm, q"),
    ];
    let texts = |texts: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(texts)) };
    let same = |word: &'static str| texts(vec![word; rows.len()]);
    warehouse.write(
        "posts/a.parquet",
        vec![
            ("author_id", texts(rows.iter().map(|row| row.0).collect())),
            ("post_id", texts(rows.iter().map(|row| row.1).collect())),
            ("type", texts(rows.iter().map(|row| row.2).collect())),
            ("body", same("Some words.")),
            ("created_ms", longs(&rows.map(|row| row.3))),
            ("audience", same("all")),
            ("reply_to", same("-")),
            ("ip", same("192.0.2.1")),
        ],
    );
    let attached = warehouse.attach(&world).await;
    let refused = refused_with_hints(&attached);
    assert_eq!(refused, rows.map(|row| (row.4, row.5)));
    assert_eq!(attached.items.members_new, 0, "nobody came in by such an id");
}

#[tokio::test]
async fn a_row_without_author_or_id_names_the_column() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    let nothing = |words: [Option<&str>; 2]| -> ArrayRef {
        Arc::new(words.into_iter().collect::<StringArray>())
    };
    let same = |word| nothing([Some(word); 2]);
    warehouse.write(
        "posts/a.parquet",
        vec![
            ("author_id", nothing([None, Some("1")])),
            ("post_id", nothing([Some("a"), None])),
            ("type", same("q")),
            ("body", same("Some words.")),
            ("created_ms", longs(&[0, 0])),
            ("audience", same("all")),
            ("reply_to", same("-")),
            ("ip", same("192.0.2.1")),
        ],
    );
    let attached = warehouse.attach(&world).await;
    let refused = refused_with_hints(&attached);
    assert_eq!(refused, [("no author", "`author_id` is empty"), ("bad id", "`post_id` is empty")]);
    let again = warehouse.attach(&world).await;
    assert_eq!(refused_with_hints(&again), refused, "who asks again is told again");
}

#[tokio::test]
async fn what_cannot_be_read_is_named_with_a_hint() {
    let warehouse = Warehouse::new();
    let whole = std::fs::read(warehouse.path("posts/a.parquet")).unwrap();
    let check = async |bytes: &[u8], expected: &str| {
        std::fs::write(warehouse.path("posts/a.parquet"), bytes).unwrap();
        let mapping = warehouse.mapping(MAPPING).unwrap();
        let told = match mapping.examine().await {
            Ok(examined) => {
                examined.read_through(&mapping, &mut |_| {}).await.unwrap_err().to_string()
            }
            Err(error) => error.to_string(),
        };
        assert!(told.contains(expected) && told.contains("a.parquet` "), "{told}");
        assert!(told.contains(" (hint: "), "{told}");
    };
    check(b"", "is empty, and no Parquet file").await;
    check(&whole[..whole.len() / 2], "cannot be read as Parquet: Parquet error").await;
    let mut corrupt = whole.clone();
    corrupt[4..60].fill(0xff);
    check(&corrupt, "cannot be read as Parquet").await;
    let log = warehouse.path("posts/_delta_log");
    std::fs::create_dir_all(&log).unwrap();
    std::fs::write(log.join(format!("{:020}.json", 0)), "{}\nbroken").unwrap();
    let told = warehouse.mapping(MAPPING).unwrap().examine().await.unwrap_err().to_string();
    let expected =
        "_delta_log/00000000000000000000.json` is damaged: line 2 is no JSON object (hint: ";
    assert!(told.contains(expected) && !told.contains('\n'), "{told}");
}

#[tokio::test]
async fn a_delta_table_is_read_at_its_version() {
    let (world, warehouse) = (World::new().await, Warehouse::new());
    let log = warehouse.path("posts/_delta_log");
    std::fs::create_dir_all(&log).unwrap();
    warehouse.posts("b.parquet", &POSTS[..2]);
    let fields =
        ["author_id", "post_id", "type", "body", "created_ms", "audience", "reply_to", "ip"];
    let fields = fields.map(|name| {
        let kind = if ["author_id", "created_ms"].contains(&name) { "long" } else { "string" };
        serde_json::json!({ "name": name, "type": kind, "nullable": true, "metadata": {} })
    });
    let schema = serde_json::json!({ "type": "struct", "fields": fields }).to_string();
    let meta = serde_json::json!({ "metaData": { "id": "0", "format": { "provider": "parquet", "options": {} }, "schemaString": schema, "partitionColumns": [], "configuration": {}, "createdTime": 0 } });
    let protocol =
        serde_json::json!({ "protocol": { "minReaderVersion": 1, "minWriterVersion": 2 } });
    let add = |path: &str| {
        let size = warehouse.path("posts").join(path).metadata().unwrap().len();
        serde_json::json!({ "add": { "path": path, "partitionValues": {}, "size": size, "modificationTime": 0, "dataChange": true } })
    };
    let remove = serde_json::json!({ "remove": { "path": "a.parquet", "deletionTimestamp": 0, "dataChange": true } });
    let commit = |number: u64, actions: &[serde_json::Value]| {
        let lines: Vec<_> = actions.iter().map(ToString::to_string).collect();
        std::fs::write(log.join(format!("{number:020}.json")), lines.join("\n")).unwrap();
    };
    commit(0, &[protocol, meta, add("a.parquet")]);
    let attached = warehouse.attach(&world).await;
    assert_eq!((attached.delta_version, attached.files), (Some(0), 1), "only what the log names");
    assert_eq!(attached.items.tables["items"].accepted, 3);
    commit(1, &[remove, add("b.parquet")]);
    let after = again(&world).await;
    assert_eq!((after.delta_version, after.files_read), (Some(1), 1));
    assert_eq!(after.items.tables["items"].unchanged, 2);
    assert_eq!(causes(&world).await, [RemovalCause::Deletion]);
}

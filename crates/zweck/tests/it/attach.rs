//! A table that lies elsewhere, from its mapping to a corpus that follows what happens to it.

use std::{fs::File, path::PathBuf, sync::Arc};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use crate::run::Place;

const MAPPING: &str = r#"name = "posts"
source = "shop"

[items]
path = "warehouse/posts"
author = "author"
item = "id"
kind = { always = "post" }
text = "body"
language = { always = "en" }
created = { column = "day", unit = "text" }
visibility = { column = "audience", values = { all = "public", friends = "connections" } }

[members]
path = "warehouse/users.parquet"
member = "id"
name = "name"
region = "country"
age = "age"
status = "status"
"#;

/// author, id, body, audience
type Post = (i64, &'static str, &'static str, Option<&'static str>);

const POSTS: [Post; 6] = [
    (1, "a", "Bread is made of flour and patience.", Some("all")),
    (2, "b", "Wine from the south, mostly red.", Some("all")),
    (2, "c", "A word among friends.", Some("friends")),
    (3, "d", "Ada Byron bakes better than most of us.", Some("all")),
    (4, "e", "Nobody said who may read this.", None),
    (5, "f", "Cheese wants time and a cool cellar.", Some("all")),
];

/// How the table lies there.
#[derive(Clone, Copy, PartialEq)]
enum Lies {
    InAFolder,
    AsADeltaTable,
}

/// A place with a warehouse in it.
struct Warehouse {
    place: Place,
    lies: Lies,
    versions: u64,
}

impl Warehouse {
    fn new(lies: Lies) -> Self {
        let place = Place::new();
        place.write("posts.toml", MAPPING);
        let mut warehouse = Self { place, lies, versions: 0 };
        let names = ["Ada Byron", "Berta Muster", "Carl Otto", "Dora Klein", "Emil Stark"];
        let same = |word: &str| -> ArrayRef { Arc::new(StringArray::from(vec![word; 5])) };
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(1..=5));
        let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
        let users = [
            ("id", numbers),
            ("name", names),
            ("country", same("US")),
            ("age", same("adult")),
            ("status", same("active")),
        ];
        warehouse.write("users.parquet", RecordBatch::try_from_iter(users).unwrap());
        warehouse.posts(&POSTS);
        warehouse
    }

    /// A folder of files that is attached, and a corpus of its rows.
    fn in_use() -> Self {
        let warehouse = Self::new(Lies::InAFolder);
        for line in [
            "attach add posts.toml",
            "policy apply 2024-11-20",
            "notice --policy-version 2024-11-20 --region * --delivered-at 2024-10-15",
            "corpus build small --purpose generative-ai",
        ] {
            warehouse.place.ok(line);
        }
        warehouse
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join("warehouse").join(name)
    }

    fn write(&self, name: &str, batch: RecordBatch) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    /// The table has these posts from now on, and no others.
    fn posts(&mut self, posts: &[Post]) {
        let words = |of: &dyn Fn(&Post) -> Option<&'static str>| -> ArrayRef {
            Arc::new(posts.iter().map(of).collect::<StringArray>())
        };
        let authors: Int64Array = posts.iter().map(|post| Some(post.0)).collect();
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("author", Arc::new(authors) as ArrayRef, true),
            ("id", words(&|post| Some(post.1)), true),
            ("body", words(&|post| Some(post.2)), true),
            ("day", words(&|_| Some("2024-05-01")), true),
            ("audience", words(&|post| post.3), true),
        ]);
        match self.lies {
            Lies::InAFolder => self.write("posts/part.parquet", batch.unwrap()),
            Lies::AsADeltaTable => {
                let file = format!("part-{}.parquet", self.versions);
                self.write(&format!("posts/{file}"), batch.unwrap());
                self.commit(&file);
            }
        }
        self.versions += 1;
    }

    /// Commits a file in the place of the one before.
    fn commit(&self, file: &str) {
        let size = self.path(&format!("posts/{file}")).metadata().unwrap().len();
        let add = json!({ "add": {
            "path": file, "partitionValues": {}, "size": size, "modificationTime": 0,
            "dataChange": true,
        } });
        let actions = if self.versions == 0 {
            let field = |name: &str| {
                let kind = if name == "author" { "long" } else { "string" };
                json!({ "name": name, "type": kind, "nullable": true, "metadata": {} })
            };
            let fields = ["author", "id", "body", "day", "audience"].map(field);
            let schema = json!({ "type": "struct", "fields": fields }).to_string();
            let table = json!({ "metaData": {
                "id": "posts", "format": { "provider": "parquet", "options": {} },
                "schemaString": schema, "partitionColumns": [], "configuration": {},
                "createdTime": 0,
            } });
            let protocol = json!({ "protocol": { "minReaderVersion": 1, "minWriterVersion": 2 } });
            vec![protocol, table, add]
        } else {
            let before = format!("part-{}.parquet", self.versions - 1);
            let remove = json!({ "remove": {
                "path": before, "deletionTimestamp": 0, "dataChange": true,
            } });
            vec![remove, add]
        };
        let lines: Vec<_> = actions.iter().map(Value::to_string).collect();
        let log = self.path("posts/_delta_log");
        std::fs::create_dir_all(&log).unwrap();
        std::fs::write(log.join(format!("{:020}.json", self.versions)), lines.join("\n")).unwrap();
    }

    /// Who has how many documents in the corpus.
    fn documents(&self) -> Vec<u64> {
        let held = |number: u64| {
            let shown = self.place.json(&format!("member show shop:{number}"));
            shown["holders"][0]["rows"].as_u64().unwrap_or(0)
        };
        (1..=5).map(held).collect()
    }
}

#[test]
fn a_table_of_which_no_row_can_come_in_does_not_fit() {
    let warehouse = Warehouse::new(Lies::InAFolder);
    let Warehouse { place, .. } = &warehouse;
    let kinds = "{ column = \"audience\", values = { everybody = \"post\" } }";
    place.write("wrong.toml", MAPPING.replace("{ always = \"post\" }", kinds));
    let ran = place.run("attach check wrong.toml");
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("Of posts, the tables have the columns"), "{}", ran.stdout);
    assert!(ran.stdout.contains("6 rows cannot come in: unknown kind"), "{}", ran.stdout);
    let some = "{ column = \"audience\", values = { friends = \"post\" } }";
    place.write("some.toml", MAPPING.replace("{ always = \"post\" }", some));
    let told = place.json("attach check some.toml");
    assert_eq!((&told["items"]["rows"], &told["items"]["can_come_in"]), (&6.into(), &1.into()));
    assert_eq!(told["items"]["refused"], json!({ "unknown kind": 5 }), "{told}");
}

fn follows_what_happens(lies: Lies) {
    let mut warehouse = Warehouse::new(lies);
    let Warehouse { place, .. } = &warehouse;
    let fits = place.ok("attach check posts.toml");
    assert!(fits.starts_with("The mapping posts fits its tables."), "{fits}");
    assert!(!place.path().join("zweck-state").exists(), "checking makes nothing");
    let attached = place.json("attach add posts.toml");
    let items = &attached["attached"][0]["items"];
    assert_eq!(items["tables"]["items"]["accepted"], 6, "{attached}");
    place.ok("policy apply 2024-11-20");
    place.ok("notice --policy-version 2024-11-20 --region * --delivered-at 2024-10-15");
    let report = place.json("gate report --purpose generative-ai");
    let counts = &report["accounting"]["tables"]["items"];
    assert_eq!((&counts["rows_in"], &counts["kept"]), (&6.into(), &4.into()), "{report}");
    let expected = json!({ "not-public": 1, "visibility-unknown": 1 });
    assert_eq!(counts["left_out"], expected);
    place.ok("corpus build small --purpose generative-ai");
    place.ok("corpus verify small");
    assert_eq!(warehouse.documents(), [1, 1, 1, 0, 1]);
    let why = place.ok("gate explain --member shop:2 --item post:c --purpose generative-ai");
    assert!(why.contains("not-public"), "{why}");

    place.ok("choose --member shop:1 --purpose generative-ai refuse");
    let run = place.json("removal run");
    assert_eq!(run["still_open"], 0, "{run}");
    assert_eq!(run["holders"][0]["release"]["rows_redacted"], 1, "Carl named Ada: {run}");
    assert_eq!(warehouse.documents(), [0, 1, 1, 0, 1]);
    place.ok("corpus verify small");

    // the platform deletes a post and narrows another: the next run of the removals finds out
    let mut posts = POSTS.to_vec();
    posts.retain(|post| post.1 != "d");
    posts[4].3 = Some("friends");
    warehouse.posts(&posts);
    let Warehouse { place, .. } = &warehouse;
    if lies == Lies::InAFolder {
        let changed = place.run("gate report --purpose generative-ai");
        assert_eq!(changed.code, 1);
        assert!(
            changed.stderr.contains("has changed since it was looked at"),
            "{}",
            changed.stderr
        );
    }
    assert_eq!(place.json("attach list")["tables"][0]["state"], "changed");
    let run = place.json("removal run");
    assert_eq!(run["still_open"], 0, "{run}");
    assert_eq!(warehouse.documents(), [0, 1, 0, 0, 0]);
    place.ok("corpus verify small");

    // an erasure waits for the platform's own table
    let erased = place.run("member erase shop:2 --yes");
    assert!(erased.stdout.contains("until they are deleted there"), "{}", erased.stdout);
    assert_eq!(place.run("removal run").code, 5);
    assert_eq!(warehouse.documents(), [0, 0, 0, 0, 0]);
    let verified = place.ok("corpus verify small");
    assert!(verified.contains("only what is pending"), "{verified}");
    posts.retain(|post| post.0 != 2);
    warehouse.posts(&posts);
    let Warehouse { place, .. } = &warehouse;
    assert_eq!(place.json("removal run")["still_open"], 0);
    let verified = place.ok("corpus verify small");
    assert!(verified.contains("nothing found"), "{verified}");

    let refused = place.run("attach remove posts");
    assert_eq!(refused.code, 1, "it needs --yes");
    place.ok("attach remove posts --yes");
    assert_eq!(place.json("removal run")["still_open"], 0);
    place.ok("corpus verify small");
    assert_eq!(place.json("attach list")["tables"], json!([]));
    let log = place.ok("log show --limit 100");
    assert!(log.contains("attach add") && log.contains("attach remove"), "{log}");
}

#[test]
fn a_folder_of_parquet_files_is_read_in_place_and_followed() {
    follows_what_happens(Lies::InAFolder);
}

#[test]
fn a_delta_table_is_read_in_place_and_followed() {
    follows_what_happens(Lies::AsADeltaTable);
}

#[test]
fn a_mapping_that_does_not_fit_makes_no_state() {
    let warehouse = Warehouse::new(Lies::InAFolder);
    let place = &warehouse.place;
    place.write("wrong.toml", MAPPING.replace("text = \"body\"", "text = \"bodi\""));
    let ran = place.run("attach add wrong.toml");
    assert_eq!(ran.code, 1);
    let expected = "wrong.toml:9: [items]: the table has no column `bodi`\nhint: `bodi` is \
                    unknown; did you mean `body`?\n";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    assert!(ran.stderr.contains("column `body` is not labelled"), "{}", ran.stderr);
    assert!(!place.path().join("zweck-state").exists());
}

#[test]
fn a_backup_has_the_index_and_a_restored_system_reads_the_same_rows() {
    let warehouse = Warehouse::in_use();
    let place = &warehouse.place;
    place.ok("backup backup");
    place.ok(
        "--state restored restore backup --keys zweck-state/keys --journal zweck-state-journal",
    );
    place.ok("--state restored corpus verify small");
    let report = place.json("--state restored gate report --purpose generative-ai");
    assert_eq!(report["accounting"]["tables"]["items"]["kept"], 4, "{report}");
}

#[test]
fn an_index_that_was_changed_is_found_by_the_gate_and_from_outside() {
    let warehouse = Warehouse::in_use();
    let place = &warehouse.place;
    let folder = place.path().join("zweck-state/lake/_attached/posts");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let index = files.into_iter().find(|path| path.extension().unwrap() == "parquet").unwrap();
    let mut bytes = std::fs::read(&index).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&index, bytes).unwrap();
    for (command, expected) in [
        ("gate report --purpose generative-ai", "is not the index that was written"),
        ("corpus verify small", "an index that is not the one it names"),
    ] {
        let ran = place.run(command);
        assert_eq!(ran.code, 1, "{command}");
        assert!(ran.stderr.contains(expected), "{command}: {}", ran.stderr);
    }
}

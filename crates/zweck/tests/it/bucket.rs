//! The lake in a bucket, named by one line of the configuration.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, aws::AmazonS3Builder};
use serde_json::Value;
use testkit::S3Server;

use crate::{canaries, network, run::Place};

/// A bucket, and a place whose commands can reach it.
struct Bucket {
    server: S3Server,
    place: Place,
}

impl Bucket {
    /// `None`, and a line that says so, without a server.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn new() -> Option<Self> {
        let Some(server) = S3Server::start() else {
            eprintln!("skipped: there is no Python with moto[server]");
            return None;
        };
        server.make_bucket("members").unwrap();
        let place = Place::with_environment(&server.environment());
        place.write("zweck.toml", "[lake]\nurl = \"s3://members/lake\"\n");
        Some(Self { server, place })
    }

    /// Every object there is, as files in a folder that is made anew.
    fn objects(&self) -> PathBuf {
        let folder = self.place.path().join("objects");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        std::fs::create_dir(&folder).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.fetch_all(&folder));
        folder
    }

    async fn fetch_all(&self, folder: &Path) {
        let mut builder = AmazonS3Builder::new().with_bucket_name("members");
        for (key, value) in self.server.environment() {
            builder = builder.with_config(key.to_ascii_lowercase().parse().unwrap(), value);
        }
        let store = builder.build().unwrap();
        let found: Vec<_> = store.list(None).try_collect().await.unwrap();
        for object in found {
            let bytes = store.get(&object.location).await.unwrap().bytes().await.unwrap();
            let path = folder.join(object.location.as_ref());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
}

#[test]
fn a_lake_in_a_bucket_does_all_that_one_in_a_folder_does() {
    let Some(bucket) = Bucket::new() else { return };
    let place = &bucket.place;
    let (network, canaries) = canaries::network_with_canaries();
    let member = canaries::id_of(&canaries);
    let words = canaries::words(&canaries);
    network::fill(place, &network);
    place.ok("gate report --purpose generative-ai");
    place.ok("corpus build assistants --purpose generative-ai");
    place.ok("corpus verify assistants");
    assert!(!place.path().join("zweck-state/lake").exists());
    let own = place.ok(&format!("member own-data demo:{member}"));
    assert!(words.iter().filter(|word| own.contains(**word)).count() > 5, "{own}");

    let other = network.members().iter().find(|one| one.external_id != *member).unwrap();
    let other = &other.external_id;
    place.ok(&format!("choose --member demo:{other} --purpose generative-ai refuse"));
    assert_eq!(place.json("removal run")["still_open"], 0);
    place.ok("corpus verify assistants");
    place.ok("lake compact");
    place.write(
        "retention.toml",
        "[lake]\nurl = \"s3://members/lake\"\n[retention]\nposts = \"3 years\"\n",
    );
    place.ok("--config retention.toml retention run");
    assert_eq!(place.json("removal run")["still_open"], 0);

    assert!(canaries::holding_below(&bucket.objects(), &words).len() > 5);
    place.ok(&format!("member erase demo:{member} --yes"));
    assert_eq!(place.json("removal run")["still_open"], 0);
    place.ok("corpus verify assistants");
    let left = canaries::holding_below(&bucket.objects(), &words);
    assert!(left.is_empty(), "{left:?}");
    let shown = place.json("lake show");
    assert_eq!(shown["oldest_readable"], shown["version"], "{shown}");
}

#[test]
fn a_backup_of_a_bucket_goes_back_to_an_empty_place_only() {
    let Some(bucket) = Bucket::new() else { return };
    let place = &bucket.place;
    network::fill(place, &testkit::Network::generate(testkit::NetworkSize::of_members(30), 7));
    place.ok("corpus build assistants --purpose generative-ai");
    place.ok("backup backup");
    let before = place.json("lake show");
    let restore = "restore backup --keys zweck-state/keys --journal zweck-state-journal";

    // what is there is what was backed up
    place.ok(&format!("--state restored {restore}"));
    place.ok("--state restored corpus verify assistants");
    let more = r#"{"event":"late","kind":"member","member":"late","at":"2026-10-31","name":"L"}"#;
    place.write("more.ndjson", more);
    place.ok("import more.ndjson --source demo");
    let refused = place.run(&format!("--state again {restore}"));
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("hint: an empty place"), "{}", refused.stderr);

    place.write("moved.toml", "[lake]\nurl = \"s3://members/moved\"\n");
    place.ok(&format!("--config moved.toml --state moved {restore}"));
    let moved = place.json("--config moved.toml --state moved lake show");
    assert_eq!(moved["tables"], before["tables"]);
    place.ok("--config moved.toml --state moved corpus verify assistants");
    let folder = place.write("folder.toml", "");
    let folder = folder.display();
    place.ok(&format!("--config {folder} --state in-a-folder {restore}"));
    let shown = place.json(&format!("--config {folder} --state in-a-folder lake show"));
    assert_eq!(shown["tables"], before["tables"]);
}

#[test]
fn a_bucket_that_is_not_there_or_lets_nobody_in_is_said_so_with_a_hint() {
    let Some(bucket) = Bucket::new() else { return };
    let place = &bucket.place;
    place.ok("policy apply 2025-11-03");
    let refused = |config: &str, hint: &str| {
        place.write("zweck.toml", config);
        let ran = place.run("gate report --purpose generative-ai");
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        assert!(ran.stderr.contains("error: reading `lake.json`"), "{}", ran.stderr);
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
        let told = ran.stderr.matches("Error performing").count();
        assert_eq!(told, 1, "each cause is told once: {}", ran.stderr);
    };
    refused("[lake]\nurl = \"s3://nowhere/lake\"\n", "hint: there is no such bucket");
    let nobody = "[lake]\nurl = \"s3://members/lake\"\nendpoint = \"http://127.0.0.1:1\"\n";
    refused(nobody, "hint: `[lake]` in zweck.toml says where the bucket is, AWS_ACCESS_KEY_ID");
}

#[test]
fn an_import_that_was_killed_is_finished_by_the_next() {
    let Some(bucket) = Bucket::new() else { return };
    let place = &bucket.place;
    let mut events = Vec::new();
    let network = testkit::Network::generate(testkit::NetworkSize::of_members(60), 7);
    network.write_events(&mut events).unwrap();
    place.write("events.ndjson", events);
    let import = "import events.ndjson --source demo";
    for milliseconds in [700, 1500, 2500] {
        let mut child = place.command(import.split(' ')).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    place.ok(import);
    let rows = |line: &str| -> Vec<Value> {
        let shown = place.json(line);
        shown["tables"].as_array().unwrap().iter().map(|table| table["rows"].clone()).collect()
    };
    let folder = place.write("folder.toml", "");
    let beside = format!("--config {} --state beside", folder.display());
    place.ok(&format!("{beside} {import}"));
    assert_eq!(rows("lake show"), rows(&format!("{beside} lake show")));
}

#[test]
fn a_lake_that_nobody_would_see_any_more_is_an_error() {
    let Some(bucket) = Bucket::new() else { return };
    let place = &bucket.place;
    let event = r#"{"event":"e","kind":"member","member":"m","at":"2020-01-01","name":"Ada"}"#;
    place.write("events.ndjson", event);
    let folder = place.write("folder.toml", "");
    place.ok(&format!("--config {} import events.ndjson", folder.display()));
    std::fs::remove_file(place.path().join("zweck-state/store.sqlite")).unwrap();
    for command in ["import events.ndjson", "demo"] {
        let refused = place.run(command);
        assert_eq!(refused.code, 1, "{command}");
        assert!(refused.stderr.contains("`[lake] url` names"), "{}", refused.stderr);
    }
}

//! Every reader on mutations of what it understands: no panic, no hang, and what is refused is
//! named by file and line. `ZWECK_FUZZ_SECONDS` says how long each goes on.

use std::path::{Path, PathBuf};

use sources::{
    BundestagSource, Declaration, LinkedInOptions, LinkedInSource, Source, SourcesError,
    StackExchangeSource,
};
use testkit::{Archive, ArchiveMember, Fuzz, Quirks};

use crate::{linkedin_reading::DAY, support::ndjson};

/// No reader of so small inputs needs more than this, whatever else runs beside it, in kB.
const MOST_MEMORY: u64 = 2_000_000;

/// Inputs on which a reader once failed, and others that are worth keeping.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder: PathBuf = ["tests", "fuzz", target].iter().collect();
    let Ok(files) = folder.read_dir() else { return Vec::new() };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn fuzz(target: &'static str, samples: impl IntoIterator<Item = Vec<u8>>) -> Fuzz {
    Fuzz::from_samples(target, samples.into_iter().chain(seeds(target)))
}

/// What a source says of all of its rows, in words that name no value.
fn said(source: &mut dyn Source) -> String {
    let mut said = String::new();
    loop {
        match source.next() {
            Ok(None) => return said,
            Ok(Some(located)) => {
                assert!(located.position.line > 0, "a row has a line");
                assert!(!located.position.file.is_empty(), "a row has a file");
                if let Err(refusal) = located.event {
                    said += refusal.reason.name();
                    said += ";";
                }
            }
            Err(error) => return said + &words(&error),
        }
    }
}

/// An error in the words that are always the same.
fn words(error: &SourcesError) -> String {
    let text = error.to_string();
    assert!(!text.is_empty());
    text.rsplit(':').next().unwrap_or_default().to_owned()
}

fn check_memory() {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak: u64 = peak.unwrap().trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < MOST_MEMORY, "{peak} kB were in use");
}

#[test]
fn ndjson_is_total() {
    let examples = include_str!("../../../../docs/events.md");
    let lines = examples.lines().filter(|line| line.starts_with('{')).collect::<Vec<_>>();
    let samples = [lines.join("\n").into_bytes()];
    let each = lines.iter().map(|line| line.as_bytes().to_vec());
    fuzz("ndjson", samples.into_iter().chain(each))
        .with_words(&["\"kind\":", "\"delete\"", "\"mentions\":", "\"order\":", "null", "true"])
        .run(|bytes| said(&mut ndjson(bytes)));
    check_memory();
}

#[test]
fn stack_exchange_is_total() {
    let row = r#"<?xml version="1.0" encoding="utf-8"?>
<comments>
  <row Id="1" PostId="9" Text="see &lt;b&gt; /users/7" CreationDate="2020-01-01T00:00:00.000" UserId="5" />
  <row Id="2" PostTypeId="1" Body="&lt;p&gt;Why?&lt;/p&gt;" OwnerUserId="5" Title="T" ParentId="1" />
  <row Id="3" DisplayName="Ann" AboutMe="&lt;a href='x'&gt;" Location="K" />
</comments>"#;
    let folder = tempfile::tempdir().unwrap();
    fuzz("stack-exchange", [row.into()])
        .with_words(&["<row ", " Id=\"", "PostId=\"", "OwnerUserId=\"-1\"", "&lt;", "</comments>"])
        .run(|bytes| {
            for name in ["Users.xml", "Posts.xml", "Comments.xml"] {
                std::fs::write(folder.path().join(name), bytes).unwrap();
            }
            match StackExchangeSource::open(folder.path(), Some("test")) {
                Ok(mut source) => said(&mut source),
                Err(error) => words(&error),
            }
        });
    check_memory();
}

fn archive(path: &Path) -> String {
    let made = "2026-01-15".parse().ok();
    let options = LinkedInOptions { member: Some("ada"), made, ..Default::default() };
    match LinkedInSource::open(path, options) {
        Ok(mut source) => {
            let said = said(&mut source);
            source.whole();
            said
        }
        Err(error) => words(&error),
    }
}

#[test]
fn linkedin_archives_are_total() {
    let member = ArchiveMember::sample(3, 1);
    let samples = [Quirks::NONE, Quirks::ALL]
        .map(|quirks| Archive::complete(&member, quirks, DAY).to_zip().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fuzzed.zip");
    fuzz("linkedin-zip", samples).with_words(&["PK\x01\x02", "PK\x03\x04", "PK\x05\x06"]).run(
        |bytes| {
            std::fs::write(&path, bytes).unwrap();
            archive(&path)
        },
    );
    check_memory();
}

#[test]
fn linkedin_tables_are_total() {
    let member = ArchiveMember::sample(3, 1);
    let files = Archive::complete(&member, Quirks::ALL, DAY).files;
    let is_text = |path: &str| path.ends_with(".csv") || path.ends_with(".html");
    let tables: Vec<_> = files.iter().filter(|(path, _)| is_text(path)).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("Articles/Articles")).unwrap();
    // Every table is read as every other.
    let names = ["Shares.csv", "Comments.csv", "Profile.csv", "Reactions.csv", "messages.csv"];
    fuzz("linkedin-csv", tables.iter().map(|(_, content)| content.clone()))
        .with_words(&["Date,", "ShareLink,", "urn:li:share:1", "2024-01-01 10:00:00", "<h1>"])
        .run(|bytes| {
            for name in names {
                std::fs::write(folder.path().join(name), bytes).unwrap();
            }
            std::fs::write(folder.path().join("Articles/Articles/1.html"), bytes).unwrap();
            archive(folder.path())
        });
    check_memory();
}

#[test]
fn protocols_are_total() {
    let sample = crate::bundestag::debate();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("19001.xml");
    fuzz("bundestag", [sample.into_bytes()])
        .with_words(&[
            "<rede id=\"1\">",
            "</rede>",
            "<p klasse=\"redner\">",
            "<kommentar>",
            "<name>",
        ])
        .run(|bytes| {
            std::fs::write(&path, bytes).unwrap();
            match BundestagSource::open("bundestag", folder.path()) {
                Ok(mut source) => said(&mut source),
                Err(error) => words(&error),
            }
        });
    check_memory();
}

#[test]
fn declarations_are_total() {
    let sample = r#"
region = "DE"
age = "adult"
status = "active"
visibility = "public"
reason = "by the terms of this site, for a test"

[notice]
policy_version = "2025-11-03"
delivered_at = "2025-10-01T00:00:00Z"
"#;
    fuzz("declaration", [sample.into()]).run(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        let parsed = Declaration::parse(Path::new("declaration.toml"), &text);
        match parsed.map_err(|error| error.to_string()) {
            Ok(_) => String::new(),
            Err(error) => {
                assert!(error.starts_with("declaration.toml:"), "{error}");
                error.chars().filter(|one| !one.is_numeric()).take(60).collect()
            }
        }
    });
}

#[test]
fn policies_are_total() {
    let folder: PathBuf = ["..", "policy", "policies"].iter().collect();
    let samples = ["2024-11-20.toml", "2025-11-03.toml"].map(|name| folder.join(name));
    let samples = samples.map(|path| std::fs::read(path).unwrap());
    let words = ["[purpose.talent]", "[[purpose.talent.region]]", "basis = \"consent\"", "from = "];
    fuzz("policy", samples).with_words(&words).run(|bytes| {
        match policy::Policy::parse(Path::new("p.toml"), bytes) {
            Ok(_) => String::new(),
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains("p.toml:"), "{error}");
                error.chars().filter(|one| !one.is_numeric()).take(80).collect()
            }
        }
    });
}

//! Files that grow are read once, line by line, in the order of their names.

use std::{fs, io::Write, path::Path};

use sources::{Feed, Following, Options, Step};

use crate::support::{KEYS, SOURCE, World, at};

fn member(id: &str) -> String {
    format!(r#"{{"event":"e-{id}","kind":"member","member":"{id}","at":"2026-01-01","name":"N"}}"#)
}

fn lines(ids: &[&str]) -> String {
    ids.iter().map(|id| member(id) + "\n").collect()
}

fn open(path: &Path) -> Feed {
    Feed::open(SOURCE, path, &KEYS, Vec::new()).unwrap()
}

/// What there is by now, as `file:line`, with the reason if it is refused.
fn look(feed: &mut Feed) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        match feed.step().unwrap() {
            Step::Row(fed) => {
                let position = &fed.located.position;
                let refusal = fed.located.event.as_ref().err();
                let why = refusal.map(|refusal| format!(" {}", refusal.reason)).unwrap_or_default();
                found.push(format!("{}:{}{why}", position.file, position.line));
            }
            Step::Pause => {}
            Step::Idle | Step::End => return found,
        }
    }
}

fn append(path: &Path, text: &str) {
    let file = fs::OpenOptions::new().append(true).create(true).open(path);
    file.unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn files_are_read_by_name_as_they_appear_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut feed = open(folder.path());
    assert_eq!(look(&mut feed), [] as [&str; 0], "an empty folder is waited for");
    fs::write(at("b.ndjson"), lines(&["b1", "b2"])).unwrap();
    fs::write(at("a.jsonl"), lines(&["a1"])).unwrap();
    fs::write(at(".c.ndjson"), lines(&["c1"])).unwrap();
    fs::write(at("notes.txt"), "not for us").unwrap();
    assert_eq!(look(&mut feed), ["a.jsonl:1", "b.ndjson:1", "b.ndjson:2"]);
    assert_eq!(look(&mut feed), [] as [&str; 0]);
    fs::rename(at(".c.ndjson"), at("c.ndjson")).unwrap();
    append(&at("a.jsonl"), &lines(&["a2"]));
    assert_eq!(look(&mut feed), ["a.jsonl:2", "c.ndjson:1"]);
    fs::remove_file(at("a.jsonl")).unwrap();
    assert_eq!(look(&mut feed), [] as [&str; 0], "files may be moved away");
}

#[test]
fn a_line_that_is_partly_written_waits_for_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("feed.ndjson");
    let mut feed = open(folder.path());
    let second = member("b");
    let (start, rest) = second.split_at(20);
    fs::write(&file, lines(&["a"]) + start).unwrap();
    assert_eq!(look(&mut feed), ["feed.ndjson:1"]);
    assert_eq!(look(&mut feed), [] as [&str; 0]);
    append(&file, rest);
    assert_eq!(look(&mut feed), ["feed.ndjson:2"], "a whole object needs no line break");
    append(&file, &format!("\n\n{}", lines(&["c"])));
    assert_eq!(look(&mut feed), ["feed.ndjson:4"]);
}

#[test]
fn a_line_that_was_left_unfinished_is_refused_once_a_later_file_begins() {
    let folder = tempfile::tempdir().unwrap();
    let mut feed = open(folder.path());
    fs::write(folder.path().join("1.ndjson"), lines(&["a"]) + r#"{"event":"e-b","ki"#).unwrap();
    assert_eq!(look(&mut feed), ["1.ndjson:1"]);
    fs::write(folder.path().join("2.ndjson"), lines(&["c"])).unwrap();
    assert_eq!(look(&mut feed), ["1.ndjson:2 not json", "2.ndjson:1"]);
}

#[tokio::test]
async fn a_file_in_the_place_of_one_that_was_read_is_read_from_its_start() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("feed.ndjson");
    fs::write(&file, lines(&["a", "b"])).unwrap();
    let mut feed = open(folder.path());
    assert_eq!(look(&mut feed), ["feed.ndjson:1", "feed.ndjson:2"]);
    for other in [&["c"][..], &["d", "e", "f"], &["g", "h", "i"]] {
        fs::write(&file, lines(other)).unwrap();
        assert_eq!(look(&mut feed).len(), other.len(), "shorter, longer, of the same length");
    }
    // The same after a restart, from what the store has.
    let parts = (&world.lake, &world.store, &KEYS);
    let mut following = Following::start(SOURCE, parts, Options::at(at())).await.unwrap();
    let mut feed = open(folder.path());
    while let Step::Row(fed) = feed.step().unwrap() {
        following.take(*fed);
    }
    following.commit(at()).await.unwrap().unwrap();
    let read = world.store.feed_positions().await.unwrap();
    let restarted = || Feed::open(SOURCE, folder.path(), &KEYS, read.clone()).unwrap();
    append(&file, &lines(&["j"]));
    assert_eq!(look(&mut restarted()), ["feed.ndjson:4"], "it has only grown");
    fs::write(&file, lines(&["g", "h", "x", "y"])).unwrap();
    assert_eq!(look(&mut restarted()).len(), 4);
}

#[test]
fn what_is_neither_a_file_nor_a_folder_is_not_followed() {
    let Err(error) = Feed::open(SOURCE, Path::new("/dev/null"), &KEYS, Vec::new()) else {
        panic!("followed")
    };
    insta::assert_snapshot!(error, @"`/dev/null` is neither a file nor a folder (hint: what comes through a pipe is followed on standard input: `zweck import --follow < PIPE`)");
}

#[test]
fn a_stream_pauses_before_it_waits_and_ends() {
    let text = lines(&["a", "b"]) + &member("c");
    let reader = Box::new(std::io::Cursor::new(text.into_bytes()));
    let mut feed = Feed::from_reader(SOURCE, "standard input", reader).unwrap();
    let mut steps = Vec::new();
    loop {
        let step = feed.step().unwrap();
        steps.push(match &step {
            Step::Row(_) => "row",
            Step::Pause => "pause",
            Step::Idle => "idle",
            Step::End => "end",
        });
        if matches!(step, Step::End) {
            break;
        }
    }
    assert_eq!(steps, ["pause", "row", "row", "pause", "row", "pause", "end"]);
}

#[tokio::test]
async fn after_a_restart_files_are_read_on_from_what_is_durable() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("1.ndjson"), lines(&["a", "b", "c"])).unwrap();
    let parts = (&world.lake, &world.store, &KEYS);
    let mut following = Following::start(SOURCE, parts, Options::at(at())).await.unwrap();
    let mut feed = open(folder.path());
    for take in [true, true, false] {
        let Step::Row(fed) = feed.step().unwrap() else { panic!("no row") };
        following.take(*fed);
        if !take {
            break;
        }
        following.commit(at()).await.unwrap().unwrap();
    }
    // The third row was taken and never committed.
    drop(following);
    let read = world.store.feed_positions().await.unwrap();
    assert_eq!((read.len(), read[0].lines), (1, 2));
    let mut feed = Feed::open(SOURCE, folder.path(), &KEYS, read.clone()).unwrap();
    assert_eq!(look(&mut feed), ["1.ndjson:3"]);
    // Another source has read nothing of it.
    let mut other = Feed::open("other", folder.path(), &KEYS, read).unwrap();
    assert_eq!(look(&mut other).len(), 3);
}

//! What has left is found nowhere: not in a file's bytes, not in a decoded row.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use policy::Visibility;
use testkit::{Canary, ItemKind, Network, NetworkSize};

use crate::{network, run::Place};

/// Every file of a folder, as bytes and, where it is Parquet, as the text of its values.
fn everything(root: &Path) -> BTreeMap<PathBuf, Vec<Vec<u8>>> {
    let mut open = vec![root.to_owned()];
    let mut found = BTreeMap::new();
    while let Some(folder) = open.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let mut contents = vec![std::fs::read(&path).unwrap()];
            if path.extension().is_some_and(|ending| ending == "parquet") {
                contents.push(values(&path));
            }
            found.insert(path, contents);
        }
    }
    found
}

/// Every value of every column of a Parquet file, one a line.
fn values(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut text = String::new();
    for batch in reader {
        let batch = batch.unwrap();
        for column in batch.columns() {
            let format = ArrayFormatter::try_new(column, &FormatOptions::default()).unwrap();
            for row in 0..batch.num_rows() {
                text.push_str(&format.value(row).to_string());
                text.push('\n');
            }
        }
    }
    text.into_bytes()
}

/// The files that hold one of the words, relative to the state folder, with the words.
fn holding<'a>(place: &Place, words: &[&'a str]) -> BTreeMap<String, BTreeSet<&'a str>> {
    holding_below(&place.path().join("zweck-state"), words)
}

/// The files below a folder that hold one of the words, relative to it, with the words.
pub(crate) fn holding_below<'a>(
    root: &Path,
    words: &[&'a str],
) -> BTreeMap<String, BTreeSet<&'a str>> {
    let mut found: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (path, contents) in everything(root) {
        let holds = |word: &&&str| contents.iter().any(|bytes| contains(bytes, word.as_bytes()));
        let words: BTreeSet<_> = words.iter().filter(holds).copied().collect();
        if !words.is_empty() {
            found.insert(path.strip_prefix(root).unwrap().display().to_string(), words);
        }
    }
    found
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    let mut rest = bytes;
    // most bytes are no first letter, so most places are not compared
    while let Some(at) = rest.iter().position(|byte| Some(byte) == word.first()) {
        let here = rest.get(at..).unwrap_or_default();
        if here.starts_with(word) {
            return true;
        }
        rest = here.get(1..).unwrap_or_default();
    }
    false
}

fn words_in<'a>(found: &BTreeMap<String, BTreeSet<&'a str>>, folder: &str) -> BTreeSet<&'a str> {
    let here = found.iter().filter(|(path, _)| path.starts_with(folder));
    here.flat_map(|(_, words)| words.iter().copied()).collect()
}

pub(crate) fn words(canaries: &[Canary]) -> Vec<&str> {
    canaries.iter().map(|canary| canary.word.as_str()).collect()
}

/// A network in which one adult in Germany has a canary in every field.
fn with_canaries() -> (Place, Network, Vec<Canary>) {
    let (network, canaries) = network_with_canaries();
    (network::ready_with(&network), network, canaries)
}

pub(crate) fn network_with_canaries() -> (Network, Vec<Canary>) {
    let mut network = Network::generate(NetworkSize::of_members(80), 7);
    let fits = |one: &&testkit::Member| {
        one.region.is_some_and(|region| region.to_string() == "DE")
            && one.age == Some(policy::AgeClass::Adult)
    };
    let member = network.members().iter().find(fits).unwrap().external_id.clone();
    let canaries = network.plant_canaries(&member).unwrap();
    (network, canaries)
}

pub(crate) fn id_of(canaries: &[Canary]) -> &str {
    &canaries.iter().find(|canary| canary.field == "member.id").unwrap().word
}

#[test]
fn no_canary_of_an_erased_member_is_left() {
    let (place, network, canaries) = with_canaries();
    place.ok("corpus build assistants --purpose generative-ai");
    let member = id_of(&canaries);
    let words = words(&canaries);
    let before = holding(&place, &words);
    let in_lake = words_in(&before, "lake");
    let missed: Vec<_> = canaries
        .iter()
        .filter(|canary| !in_lake.contains(canary.word.as_str()))
        .map(|canary| canary.field)
        .collect();
    // these ids stand nowhere but in keyed hashes
    let external_ids = ["member.id", "position.id", "education.id", "skill.id"];
    assert!(missed.iter().all(|field| external_ids.contains(field)), "{missed:?} never came in");
    let in_corpus = words_in(&before, "corpora");
    let used = canaries.iter().filter(|canary| in_corpus.contains(canary.word.as_str()));
    let used: BTreeSet<_> = used.map(|canary| canary.field).collect();
    assert!(used.contains("item.text") && used.len() >= 3, "{used:?} came into the corpus");
    assert!(in_lake.len() > 20, "{in_lake:?}");

    place.ok(&format!("member erase demo:{member} --yes"));
    place.ok("removal run");
    assert_eq!(holding(&place, &words), BTreeMap::new(), "after the erasure");
    place.ok("corpus verify assistants");

    // the same events once more have come in before; under other names they are refused
    place.run("import events.ndjson --source demo");
    let events = std::fs::read_to_string(place.path().join("events.ndjson")).unwrap();
    place.write("again.ndjson", events.replace("{\"event\":\"", "{\"event\":\"again-"));
    let again = place.run("import again.ndjson --source demo --refused refused.ndjson");
    assert_eq!(again.code, 3, "{}{}", again.stdout, again.stderr);
    let refused = std::fs::read_to_string(place.path().join("refused.ndjson")).unwrap();
    let of_erased = refused.lines().filter(|line| line.contains("erased member")).count();
    let sealed = network.sealed().iter().filter(|one| one.member == member).count();
    let own =
        events.lines().filter(|line| line.contains(&format!("\"member\":\"{member}\",\"at\"")));
    assert_eq!(of_erased, own.count() - sealed, "{refused}");
    place.ok("removal run");
    assert_eq!(holding(&place, &words), BTreeMap::new(), "after the import was run again");
}

#[test]
fn no_canary_of_an_edited_or_deleted_item_is_left() {
    let (place, network, canaries) = with_canaries();
    let member = id_of(&canaries);
    let mut own = network
        .items_by(member)
        .filter(|item| item.kind == ItemKind::Post && item.visibility == Some(Visibility::Public));
    let (edited, deleted) = (own.next().unwrap(), own.next());
    let deleted = deleted.or_else(|| {
        network.items_by(member).find(|item| item.id != edited.id && item.kind != ItemKind::Post)
    });
    let deleted = deleted.unwrap();
    let word_of = |text: &str| text.rsplit(' ').next().unwrap().to_owned();
    let gone = [word_of(&edited.text), word_of(&deleted.text)];
    assert!(gone.iter().all(|word| canaries.iter().any(|canary| canary.word == *word)));
    let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
    place.ok("corpus build assistants --purpose generative-ai");
    assert_eq!(words_in(&holding(&place, &gone), "lake").len(), 2);

    let mut new = edited.clone();
    new.text = "It says something else now.".to_owned();
    new.namings.clear();
    let later = "2026-10-31".parse().unwrap();
    let events = [new.event("an-edit").unwrap(), deleted.deletion_event(later).unwrap()];
    place.write("changes.ndjson", events.join("\n"));
    place.ok("import changes.ndjson --source demo");
    assert_eq!(words_in(&holding(&place, &gone), "lake").len(), 2, "until the removals run");
    let run = place.json("removal run");
    assert_eq!(run["still_open"], 0, "{run}");
    assert_eq!(holding(&place, &gone), BTreeMap::new(), "once the removals have run");
    place.ok("corpus verify assistants");
    assert_ne!(holding(&place, &words(&canaries)), BTreeMap::new(), "the other rows stay");
}

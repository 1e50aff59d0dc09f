//! Something that a system needs is not there: it is named, and nobody is told that all is well.

use std::{fs, path::PathBuf};

use crate::{
    network,
    run::{Place, Ran},
};

/// What a command that has to fail says.
fn refused(place: &Place, line: &str) -> String {
    let Ran { code, stdout, stderr } = place.run(line);
    assert_eq!(code, 1, "zweck {line}\n{stdout}{stderr}");
    stderr
}

/// A data file of the newest version of the lake.
fn data_file(place: &Place) -> PathBuf {
    let folder = place.path().join("zweck-state/lake/items/range=0");
    let mut files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|kind| kind == "parquet")).unwrap()
}

#[test]
fn a_backup_names_the_file_that_the_lake_lacks() {
    let (place, _) = network::ready(50);
    let (file, aside) = (data_file(&place), place.path().join("aside"));
    fs::rename(&file, &aside).unwrap();
    let said = refused(&place, "backup backup");
    assert!(said.contains("a file of the lake is missing"), "{said}");
    assert!(said.contains("hint: put it back from `lake/` of an earlier backup"), "{said}");
    assert!(said.contains(file.file_name().unwrap().to_str().unwrap()), "{said}");
    assert!(!place.path().join("backup").exists());
    fs::rename(&aside, &file).unwrap();
    place.ok("backup backup");
}

#[test]
fn a_backup_lies_neither_in_the_state_nor_beside_its_journal() {
    let (place, _) = network::ready(50);
    for (folder, words) in [
        ("zweck-state", "is in the state folder itself"),
        ("zweck-state-journal", "is in the folder of the journal itself"),
    ] {
        let said = refused(&place, &format!("backup {folder}/some/backup"));
        assert!(said.contains(words), "{said}");
        assert!(!place.path().join(folder).join("some").exists());
    }
}

#[test]
fn an_erasure_that_cannot_reach_the_lake_is_on_record_and_goes_on() {
    let (place, _) = network::ready(50);
    let lock = place.path().join("zweck-state/lake.lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let said = refused(&place, "member erase #3 --yes");
    let last = place.json("journal verify")["last"].to_string();
    assert!(said.contains(&format!("which is on record as fact {last}")), "{said}");
    assert!(said.contains("hint: `zweck removal run` carries it on"), "{said}");
    assert_eq!(place.ok("member own-data #3"), "", "whatever the lake still has");
    fs::remove_dir(&lock).unwrap();
    assert_eq!(place.json("removal run")["still_open"], 0);
}

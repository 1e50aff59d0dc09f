use std::{fs, path::Path};

use handover::{Compression, Dataset, Description, Provider, Statistics};

use crate::sample;

fn write(folder: &Path) {
    let (statistics, files) = sample::write(folder, Compression::Zstandard, 200).unwrap();
    let (dataset, provider) = (sample::dataset(sample::HOSTILE), Provider::default());
    let description = Description {
        dataset: &dataset,
        statistics: &statistics,
        provider: &provider,
        files: &files,
    };
    description.write(folder).unwrap();
}

/// Every file below a folder with its bytes, sorted.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_same_corpus_gives_the_same_folder() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = folders.each_ref().map(|folder| {
        write(folder.path());
        files(folder.path())
    });
    assert!(one == other);
    let names: Vec<_> = one.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "README.md",
            "croissant.json",
            "data-card.svg",
            "data/test-00000.jsonl.zst",
            "data/test-00001.jsonl.zst",
            "data/train-00000.jsonl.zst",
            "data/train-00001.jsonl.zst",
            "data/validation-00000.jsonl.zst",
            "data/validation-00001.jsonl.zst",
            "plots/categories.svg",
            "plots/languages.svg",
            "plots/left-out.svg",
            "plots/lengths.svg",
            "plots/slices.svg",
            "training-content-summary.de.md",
            "training-content-summary.en.md",
        ]
    );
}

#[test]
fn from_which_corpus_one_goes_on_stands_in_every_text_about_it_and_in_none_about_another() {
    let (statistics, provider) = (Statistics::default(), Provider::default());
    let told = |dataset: &Dataset| -> Vec<String> {
        let (statistics, provider) = (&statistics, &provider);
        let files = Description { dataset, statistics, provider, files: &[] }.files().unwrap();
        let says = |(_, content): &(String, String)| content.contains("before careers");
        files.into_iter().filter(says).map(|(path, _)| path).collect()
    };
    let goes_on = sample::dataset("careers");
    assert_eq!(
        told(&goes_on),
        [
            "croissant.json",
            "README.md",
            "data-card.svg",
            "training-content-summary.en.md",
            "training-content-summary.de.md",
        ]
    );
    assert!(told(&Dataset { after: None, ..goes_on }).is_empty());
}

#[test]
fn writing_once_more_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let before = files(folder.path());
    write(folder.path());
    assert!(files(folder.path()) == before);
}

use handover::{Compression, NAMESPACE, Statistics, croissant};
use serde_json::{Value, json};

use crate::sample;

fn described(name: &str, compression: Compression) -> (Value, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (statistics, files) = sample::write(folder.path(), compression, 50).unwrap();
    (croissant(&sample::dataset(name), &statistics, &files), folder)
}

#[test]
fn it_says_to_what_it_conforms_and_names_every_file_with_its_hash() {
    let (description, _folder) = described("careers", Compression::Gzip);
    assert_eq!(description["conformsTo"][0], "http://mlcommons.org/croissant/1.1");
    assert_eq!(description["@context"]["zweck"], NAMESPACE);
    let files: Vec<_> = description["distribution"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["@type"] == "cr:FileObject")
        .collect();
    assert_eq!(files.len(), 6);
    assert!(files.iter().all(|file| file["sha256"].as_str().unwrap().len() == 64));
    assert_eq!(files[0]["@id"], "data/train-00000.jsonl.gz");
}

#[test]
fn every_row_is_accounted_for() {
    let (description, _folder) = described("careers", Compression::Zstandard);
    for step in ["zweck:gateAccounting", "zweck:corpusAccounting"] {
        for counts in description[step].as_object().unwrap().values() {
            let left_out = counts["left_out"].as_object().unwrap().values();
            let left_out: u64 = left_out.map(|rows| rows.as_u64().unwrap()).sum();
            let rows_in = counts["rows_in"].as_u64().unwrap();
            assert_eq!(rows_in, counts["kept"].as_u64().unwrap() + left_out, "{step}");
        }
    }
    let totals = &description["zweck:accountingTotals"];
    assert_eq!(totals["gate"]["kept"], totals["corpus"]["rows_in"]);
}

#[test]
fn every_term_is_in_the_context() {
    let (description, _folder) = described(sample::HOSTILE, Compression::Gzip);
    let context = description["@context"].as_object().unwrap();
    for key in description.as_object().unwrap().keys() {
        let prefix = key.split_once(':').map(|(prefix, _)| prefix);
        assert!(
            key.starts_with('@') || prefix.is_none_or(|prefix| context.contains_key(prefix)),
            "{key}"
        );
    }
    // Maps of counts would be taken for terms if they were not said to be JSON.
    for (key, value) in description.as_object().unwrap() {
        if key.starts_with("zweck:") && (value.is_object() || value.is_array()) {
            assert_eq!(context[key]["@type"], "@json", "{key}");
        }
    }
}

#[test]
fn names_are_kept_as_they_are() {
    let (description, _folder) = described(sample::HOSTILE, Compression::Gzip);
    assert_eq!(description["name"], sample::HOSTILE);
    let text = serde_json::to_string(&description).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), description);
}

#[test]
fn a_corpus_without_documents_is_described() {
    let description = croissant(&sample::dataset("empty"), &Statistics::default(), &[]);
    assert_eq!(description["distribution"], json!([]));
    assert_eq!(description["recordSet"].as_array().unwrap().len(), 1);
    assert_eq!(description["zweck:statistics"]["documents"], 0);
}

#[test]
fn the_corpus_that_it_goes_on_from_is_a_term_of_its_own() {
    let mut dataset = sample::dataset("careers");
    let description = croissant(&dataset, &Statistics::default(), &[]);
    let after = json!({"corpus": "before careers", "holder": "corpus.before.1", "lake_version": 9});
    assert_eq!(description["zweck:after"], after);
    dataset.after = None;
    let description = croissant(&dataset, &Statistics::default(), &[]);
    assert!(description.get("zweck:after").is_none());
}

#[test]
fn pairs_are_records_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (statistics, mut files) = sample::write(folder.path(), Compression::Gzip, 50).unwrap();
    files.push(sample::write_pairs(folder.path(), Compression::Gzip, 9).unwrap());
    let description = croissant(&sample::dataset("careers"), &statistics, &files);
    let sets = description["recordSet"].as_array().unwrap();
    let names: Vec<_> = sets.iter().map(|set| set["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["splits", "documents", "pairs"]);
    assert_eq!(sets[2]["key"]["@id"], "pairs/pair");
    let documents = sets[2]["field"].as_array().unwrap();
    let documents = documents.iter().find(|field| field["name"] == "documents").unwrap();
    assert_eq!(documents["isArray"], true);
}

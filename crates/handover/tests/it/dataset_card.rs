use handover::{Compression, Statistics, dataset_card};
use proptest::prelude::*;

use crate::sample;

fn card(name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (statistics, files) = sample::write(folder.path(), Compression::Zstandard, 50).unwrap();
    dataset_card(&sample::dataset(name), &statistics, &files)
}

fn head(card: &str) -> &str {
    card.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap().0
}

#[test]
fn every_split_names_its_files_in_order() {
    let card = card("careers");
    let paths: Vec<_> =
        head(&card).lines().filter_map(|line| line.trim().strip_prefix("- \"data/")).collect();
    let expected = ["train", "validation", "test"]
        .map(|split| [0, 1].map(|shard| format!("{split}-0000{shard}.jsonl.zst\"")));
    assert_eq!(paths, expected.as_flattened());
}

#[test]
fn quoted_words_of_the_head_hold_one_line_each() {
    let card = card(sample::HOSTILE);
    let name = head(&card).lines().next().unwrap().strip_prefix("pretty_name: ").unwrap();
    let name: String = serde_json::from_str(name).unwrap();
    assert_eq!(name, "<b>`x` | \"y\" 'z'</b> {[*_#]} & \u{fffd}\u{fffd}---: %");
    let body = card.split_once("\n---\n").unwrap().1;
    // Markup stands in code only, whose fence is longer than any in the name.
    let in_code =
        ["partner", "before"].map(|of| body.matches(&format!("``{of} <b>`x` | ")).count());
    assert_eq!(body.matches("<b>`x` | ").count(), in_code.iter().sum::<usize>());
    assert!(!card.contains('\u{202e}'));
}

#[test]
fn a_split_without_documents_is_not_named() {
    let folder = tempfile::tempdir().unwrap();
    let (statistics, files) = sample::write(folder.path(), Compression::Zstandard, 5).unwrap();
    assert_eq!(files.len(), 6);
    let card = dataset_card(&sample::dataset("small"), &statistics, &files);
    assert!(head(&card).contains("split: train"));
    assert!(!head(&card).contains("split: test"));
}

#[test]
fn pairs_are_a_configuration_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (statistics, mut files) = sample::write(folder.path(), Compression::Gzip, 50).unwrap();
    assert!(!dataset_card(&sample::dataset("small"), &statistics, &files).contains("pairs"));
    files.push(sample::write_pairs(folder.path(), Compression::Gzip, 9).unwrap());
    let card = dataset_card(&sample::dataset("small"), &statistics, &files);
    assert!(head(&card).contains("- config_name: pairs\n  data_files:\n  - split: train\n"));
    assert!(head(&card).contains("  - name: documents\n    list: string\n"));
}

#[test]
fn a_corpus_without_files_names_no_split() {
    let card = dataset_card(&sample::dataset("empty"), &Statistics::default(), &[]);
    assert!(!head(&card).contains("configs"));
    assert!(!head(&card).contains("language:"));
}

proptest! {
    #[test]
    fn any_name_is_one_quoted_line(name in any::<String>()) {
        let card = dataset_card(&sample::dataset(&name), &Statistics::default(), &[]);
        let first = head(&card).lines().next().unwrap();
        let quoted = first.strip_prefix("pretty_name: ").unwrap();
        prop_assert!(serde_json::from_str::<String>(quoted).is_ok(), "{quoted}");
        let (title, _) = card.split_once("\n# ").unwrap().1.split_once('\n').unwrap();
        prop_assert!(!title.contains(['<', '>']));
    }
}

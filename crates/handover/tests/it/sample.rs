//! A corpus that is made up, with names that are markup somewhere.

use std::{collections::BTreeMap, path::Path};

use handover::{
    AttachedFile, AttachedTable, Compression, CorpusFile, Cut, Dataset, DocumentCounts,
    ExportedFile, FactRange, Followed, Instant, JsonLines, PairRow, Records, Row, RowCounts,
    Shares, SliceMembers, Split, Statistics,
    aipref::{Preference, Usage},
};

/// A name that is markup in every format, and turns the direction of what follows.
pub(crate) const HOSTILE: &str = "<b>`x` | \"y\" 'z'</b>\n{[*_#]} & \u{202e}\u{0}---: %";

const SHARDS: u16 = 2;
const CATEGORIES: [&str; 5] = ["posts", "comments", "articles", "profile", "prompts"];
const LANGUAGES: [Option<&str>; 5] = [Some("de"), Some("en"), Some("fr"), None, Some("en")];

fn counts(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// A corpus of one name.
pub(crate) fn dataset(name: &str) -> Dataset {
    let gate = RowCounts {
        rows_in: 12_480,
        kept: 8_210,
        left_out: counts(&[
            ("objected", 1_904),
            ("not-adult", 611),
            ("not-public", 1_320),
            ("region-not-started", 428),
            ("names-objector", 7),
        ]),
        also: counts(&[("not-public", 91)]),
    };
    let documents = DocumentCounts {
        rows_in: 8_210,
        kept: 7_200,
        left_out: counts(&[("duplicate", 530), ("empty", 290), ("language", 190)]),
        masks: 214,
        languages: counts(&[("de", 1_440), ("en", 2_882), ("fr", 1_440), ("und", 1_438)]),
        normalised: counts(&[("markup", 31), ("spaces", 1_204)]),
        redacted: counts(&[("email", 412), ("phone", 97), ("postal-address", 3)]),
    };
    Dataset {
        name: name.to_owned(),
        holder: format!("partner {name}"),
        url: None,
        creator: Some("Example Network".to_owned()),
        license: None,
        purpose: "generative-ai".to_owned(),
        policy: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        policy_version: "2025-11-03".to_owned(),
        facts: FactRange { from: 4_211, to: 4_388 },
        as_of: Instant::from_micros(1_762_128_000_250_000),
        lake_version: 17,
        after: Some(Followed {
            corpus: format!("before {name}"),
            holder: "corpus.before.1".to_owned(),
            lake_version: 9,
        }),
        attached: vec![AttachedTable {
            name: "archive".to_owned(),
            mapping_hash: "c0ffee".to_owned(),
            declaration: None,
            delta_version: Some(3),
            files: vec![AttachedFile {
                path: "part-0.parquet".to_owned(),
                bytes: 1_024,
                modified: Instant::from_micros(0),
                e_tag: Some(name.to_owned()),
            }],
        }],
        configuration: Cut {
            shards: SHARDS,
            slices: 4,
            split: Shares { train: 90, validation: 5, test: 5 },
            key_fingerprint: "7f3a90c2".to_owned(),
        },
        recipe: serde_json::json!({"language": {"keep-undetermined": true}}),
        zweck_version: "0.1.0".to_owned(),
        releases: 2,
        rows: BTreeMap::from([("items".to_owned(), gate)]),
        documents: BTreeMap::from([("items".to_owned(), documents)]),
        files: vec![CorpusFile {
            path: "train/0/0-0123456789ab.parquet".to_owned(),
            split: Split::Train,
            shard: 0,
            slice: 0,
            rows: 3_000,
            bytes: 65_536,
            blake3: "ab".repeat(32),
        }],
    }
}

/// Made-up chance: the same for the same number.
fn mixed(number: u64) -> u64 {
    (number ^ 0x9e37_79b9).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 17
}

fn one_of<T: Copy + Default>(list: &[T], number: u64) -> T {
    list.get((number % list.len() as u64) as usize).copied().unwrap_or_default()
}

fn text(number: u64) -> String {
    let words = ["Wir", "liefern", "today", "une", "Frage", "über", "learning", "\u{1f4c8}"];
    let count = 1 << (mixed(number) % 9);
    let word = |nth: u64| one_of(&words, mixed(number + nth));
    let mut text: Vec<_> = (0..count).map(word).collect();
    if number.is_multiple_of(7) {
        text.push("\"quoted\"\n\u{202e}line\u{2028}<end>");
    }
    text.join(" ")
}

/// Writes a corpus of so many documents in each shard of each split.
pub(crate) fn write(
    folder: &Path,
    compression: Compression,
    documents: u64,
) -> handover::Result<(Statistics, Vec<ExportedFile>)> {
    let mut statistics = Statistics::default();
    let mut files = Vec::new();
    for split in Split::ALL {
        let documents = if *split == Split::Train { documents } else { documents / 10 };
        for shard in 0..SHARDS {
            let place = (*split, shard);
            let mut lines = JsonLines::create(folder, Records::Documents, place, compression)?;
            for number in 0..documents {
                let words = text(number + 1_000 * u64::from(shard));
                let row = row(number, shard, documents, &words);
                lines.write(&row)?;
                statistics.add(*split, &row);
            }
            files.push(lines.finish()?);
        }
    }
    statistics.set_members(members());
    Ok((statistics, files))
}

/// Writes so many pairs of one shard.
pub(crate) fn write_pairs(
    folder: &Path,
    compression: Compression,
    pairs: i64,
) -> handover::Result<ExportedFile> {
    let place = (Split::Train, 0);
    let mut lines = JsonLines::create(folder, Records::Pairs, place, compression)?;
    for number in 0..pairs {
        let words = text(number.unsigned_abs());
        lines.write_pair(&PairRow {
            task: one_of(&["about", "headline", "post"], number.unsigned_abs()),
            language: one_of(&["de", "en"], number.unsigned_abs()),
            documents: &[number / 2, number + 1],
            prompt: "Write.",
            completion: &words,
            shard: 0,
            slice: 0,
        })?;
    }
    lines.finish()
}

fn row(number: u64, shard: u16, documents: u64, text: &str) -> Row<'_> {
    let place = mixed(number) % 5;
    Row {
        // Beyond what fits into 53 bits, so that every lost digit is seen.
        document: i64::MAX - 10_000_000 + number as i64,
        category: one_of(&CATEGORIES, place),
        language: one_of(&LANGUAGES, place),
        created: (place != 3).then(|| Instant::from_micros(1_700_000_000_000_000 + number as i64)),
        usage: Usage {
            train_ai: (place != 2).then_some(Preference::Allow),
            search: (place == 1).then_some(Preference::Disallow),
        },
        answers: (place == 1).then_some(number as i64),
        columns: "text:1",
        text,
        shard,
        slice: (number * 4 / documents.max(1)) as u16,
    }
}

fn members() -> impl Iterator<Item = SliceMembers> {
    Split::ALL.iter().flat_map(|split| {
        (0..SHARDS).flat_map(move |shard| {
            (0..4).map(move |slice| {
                let most = if *split == Split::Train { 180 } else { 20 };
                let members = most + mixed(u64::from(slice + 4 * shard)) % 20;
                SliceMembers { split: *split, shard, slice, members }
            })
        })
    })
}

/// Statistics of so many documents, languages and slices.
pub(crate) fn statistics(documents: u64, languages: u64, slices: u16) -> Statistics {
    let mut statistics = Statistics::default();
    for number in 0..documents {
        let words = text(number);
        let tag = format!("x-{:02}", mixed(number) % languages.max(1));
        let row = Row { language: Some(&tag), ..row(number, 0, documents, &words) };
        statistics.add(Split::Train, &row);
    }
    let split = |slice| if slice % 8 == 0 { Split::Test } else { Split::Train };
    statistics.set_members((0..slices).map(|slice| SliceMembers {
        split: split(slice),
        shard: slice / 16,
        slice: slice % 16,
        members: 100 + mixed(u64::from(slice)) % 60,
    }));
    statistics
}

use std::collections::BTreeSet;

use handover::{Dataset, SliceMembers, Split, Statistics, plots};
use proptest::prelude::*;
use quick_xml::{Reader, events::Event};

use crate::sample;

/// Every plot of a corpus.
fn drawn(dataset: &Dataset, statistics: &Statistics) -> Vec<String> {
    vec![
        plots::data_card(dataset, statistics),
        plots::lengths(statistics),
        plots::languages(statistics),
        plots::left_out(dataset),
        plots::slices(statistics),
        plots::categories(statistics),
    ]
}

/// Checks that a plot is well-formed, says what it is, runs nothing and loads nothing.
fn check(svg: &str) {
    let mut reader = Reader::from_str(svg);
    let (mut ids, mut depth) = (BTreeSet::new(), 0_u32);
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(element) | Event::Empty(element) => {
                depth += u32::from(matches!(event, Event::Start(_)));
                let name = element.name().as_ref().to_owned();
                assert!(!["script", "image", "foreignObject", "use", "a"].contains(&&*name));
                for attribute in element.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    let value = attribute.value.into_owned();
                    assert!(!key.starts_with("on") && !key.contains("href"), "{key}");
                    if ["x", "y", "width", "height", "d", "x1", "y1"].contains(&&*key) {
                        assert!(!value.contains("NaN") && !value.contains("inf"), "{value}");
                        assert!(!value.starts_with("-0") || value.len() > 2, "{value}");
                    }
                    assert!(key != "id" || ids.insert(value.clone()), "{value} twice");
                }
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert!(svg.contains("<title id=") && svg.contains("<desc id="));
    assert!(svg.contains("prefers-color-scheme:dark"));
    let style = svg.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains("@font-face"));
}

#[test]
fn corpora_of_every_size_are_drawn() {
    for (documents, languages, slices) in
        [(0, 0, 0), (0, 0, 1), (1, 1, 1), (30, 13, 64), (2_000, 60, 65), (2_000, 60, 1_024)]
    {
        let statistics = sample::statistics(documents, languages, slices);
        for name in ["careers", sample::HOSTILE, ""] {
            for svg in drawn(&sample::dataset(name), &statistics) {
                check(&svg);
            }
        }
    }
}

#[test]
fn numbers_at_their_limits_are_drawn() {
    let mut statistics = Statistics::default();
    statistics.set_members([0, 1, u64::MAX / 4].into_iter().enumerate().map(|(at, members)| {
        SliceMembers { split: Split::Train, shard: 0, slice: at as u16, members }
    }));
    let mut dataset = sample::dataset("limits");
    for counts in dataset.rows.values_mut() {
        counts.rows_in = u64::MAX;
        counts.left_out.insert("objected".to_owned(), u64::MAX / 2);
        counts.left_out.insert("not-public".to_owned(), 0);
    }
    for svg in drawn(&dataset, &statistics) {
        check(&svg);
    }
}

#[test]
fn an_empty_corpus_says_so_in_words() {
    let mut dataset = sample::dataset("empty");
    dataset.rows.clear();
    dataset.documents.clear();
    let card = plots::data_card(&dataset, &Statistics::default());
    for words in ["There are no documents.", "There are no slices.", "No rows came here."] {
        assert!(card.contains(words), "{words}");
    }
}

#[test]
fn languages_beyond_a_dozen_are_joined_and_no_document_is_lost() {
    let check = |languages, shown, rest: Option<&str>| {
        let svg = plots::languages(&sample::statistics(2_000, languages, 1));
        assert_eq!(svg.matches("role=\"listitem\"").count(), shown);
        assert_eq!(rest.is_some(), svg.contains(" more"));
        assert!(rest.is_none_or(|rest| svg.contains(rest)));
        let of_list = svg.split("aria-label=\"").skip(2);
        let documents = of_list.map(|item| {
            let (_, after) = item.split_once(": ").unwrap();
            after.split(' ').next().unwrap().replace(',', "").parse::<u64>().unwrap()
        });
        assert_eq!(documents.sum::<u64>(), 2_000);
    };
    check(1, 1, None);
    check(12, 12, None);
    check(13, 13, None);
    check(14, 13, Some("2 more"));
    check(60, 13, Some("48 more"));
}

#[test]
fn names_are_text_and_no_markup() {
    let svg = plots::data_card(&sample::dataset(sample::HOSTILE), &Statistics::default());
    assert!(svg.contains("&lt;b&gt;`x` | &quot;y&quot; &#39;z&#39;&lt;/b&gt;"));
    assert!(!svg.contains("<b>") && !svg.contains('\u{202e}') && !svg.contains('\0'));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_name_is_text(name in prop_oneof![any::<String>(), "[<>&\"'\\]\\[!-]{0,24}"]) {
        let mut statistics = sample::statistics(20, 3, 2);
        let row = handover::Row {
            document: 0,
            category: &name,
            language: Some(&name),
            created: None,
            answers: None,
            usage: handover::aipref::Usage::default(),
            columns: "",
            text: &name,
            shard: 0,
            slice: 0,
        };
        statistics.add(Split::Test, &row);
        let mut dataset = sample::dataset(&name);
        for counts in dataset.rows.values_mut() {
            counts.left_out.insert(name.clone(), 3);
        }
        for svg in drawn(&dataset, &statistics) {
            check(&svg);
        }
    }
}

//! Part 2: where the data comes from.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    Dataset, Language, Statistics,
    escape::{code, markdown},
};

use super::{
    Facts, Origin,
    names::{category_name, reason_name},
    phrases::fill,
    writer::Writer,
};

/// Categories that hold what users typed into AI features or said about them.
const INTERACTIONS: &[&str] = &["prompts", "feedback"];

pub(super) fn write(writer: &mut Writer, facts: Facts<'_>) {
    let Facts { provider, .. } = facts;
    let phrases = writer.phrases();
    let no = &fill(phrases.no_in_corpus, &[("section", provider.origin.section())]);
    writer.heading(2, phrases.sources);
    writer.heading(3, phrases.public_datasets);
    writer.ask_beside(phrases.public_question, no, provider.public_datasets.as_ref());
    writer.heading(3, phrases.private_datasets);
    writer.heading(4, phrases.licensed);
    writer.ask_beside(phrases.licensed_question, no, provider.licensed_datasets.as_ref());
    private_data(writer, facts, no);
    writer.heading(3, phrases.crawled);
    writer.ask_beside(phrases.crawled_question, no, provider.crawled.as_ref());
    user_data(writer, facts, no);
    writer.heading(3, phrases.synthetic);
    writer.ask_beside(phrases.synthetic_question, no, provider.synthetic.as_ref());
    writer.heading(3, phrases.other_sources);
    writer.ask_beside(phrases.other_sources_question, no, provider.other_sources.as_ref());
}

/// The section that this corpus is about if its texts are those of somebody else's members.
fn private_data(writer: &mut Writer, facts: Facts<'_>, no: &str) {
    let Facts { dataset, statistics, provider, .. } = facts;
    let phrases = writer.phrases();
    let is_corpus = provider.origin == Origin::ThirdParty;
    let yes = in_corpus(phrases.third_party_yes, facts);
    let answer = if is_corpus { &yes } else { no };
    writer.heading(4, phrases.other_private);
    let told = provider.other_private_datasets.as_ref();
    writer.ask_beside(phrases.other_private_question, answer, told);
    if is_corpus {
        categories(writer, statistics);
        accounting(writer, dataset);
    }
}

/// The section that this corpus is about if its texts are those of the provider's own members.
fn user_data(writer: &mut Writer, facts: Facts<'_>, no: &str) {
    let Facts { dataset, statistics, provider, language } = facts;
    let phrases = writer.phrases();
    writer.heading(3, phrases.user_data);
    match provider.origin {
        Origin::ThirdParty => {
            writer.answer(phrases.interactions_question, no);
            writer.ask_beside(phrases.services_question, no, provider.services.as_ref());
        }
        Origin::OwnServices => {
            let interactions = interactions(statistics, language).unwrap_or_else(|| no.to_owned());
            writer.answer(phrases.interactions_question, &interactions);
            let services = in_corpus(phrases.services_yes, facts);
            writer.answer(phrases.services_question, &services);
            writer.ask(phrases.services, provider.services.as_ref());
            categories(writer, statistics);
            accounting(writer, dataset);
        }
    }
}

/// What is said of all documents, if there are any.
fn in_corpus(phrase: &str, facts: Facts<'_>) -> String {
    let Facts { dataset, statistics, language, .. } = facts;
    let phrases = language.phrases();
    if statistics.documents() == 0 {
        return phrases.no_documents.to_owned();
    }
    let creator = dataset.creator.as_deref().map(markdown);
    let words = [
        ("documents", &*language.number(statistics.documents())),
        ("purpose", &*code(&dataset.purpose)),
        ("creator", creator.as_deref().unwrap_or(phrases.third_party)),
    ];
    fill(phrase, &words)
}

/// How many documents are of interactions with AI features, if any.
fn interactions(statistics: &Statistics, language: Language) -> Option<String> {
    let of = |category: &&str| statistics.categories().get(*category).map(of_all_splits);
    let documents: u64 = INTERACTIONS.iter().filter_map(of).sum();
    let words = [("documents", &*language.public_number(documents))];
    (documents > 0).then(|| fill(language.phrases().interactions_yes, &words))
}

fn categories(writer: &mut Writer, statistics: &Statistics) {
    let (language, phrases) = (writer.language, writer.phrases());
    let mut categories: Vec<_> = statistics
        .categories()
        .iter()
        .map(|(category, splits)| (category, of_all_splits(splits)))
        .collect();
    categories.sort_by_key(|(category, documents)| (Reverse(*documents), *category));
    let rows: Vec<_> = categories
        .into_iter()
        .map(|(category, documents)| {
            vec![
                markdown(&category_name(category, language)),
                language.public_number(documents),
                language.percent(documents, statistics.documents()),
            ]
        })
        .collect();
    if !rows.is_empty() {
        writer.label(phrases.by_category);
        writer.table(&[phrases.category, phrases.documents, phrases.share], &rows);
    }
}

/// Rows in are rows kept and rows left out, each under one reason.
fn accounting(writer: &mut Writer, dataset: &Dataset) {
    let (language, phrases) = (writer.language, writer.phrases());
    let (rows, documents) = (dataset.total_rows(), dataset.total_documents());
    let note = fill(
        phrases.accounting_note,
        &[
            ("rows", &language.number(rows.rows_in)),
            ("permitted", &language.number(rows.kept)),
            ("documents", &language.number(documents.kept)),
        ],
    );
    let mut reasons: Vec<_> =
        rows.left_out.iter().chain(&documents.left_out).filter(|(_, rows)| **rows > 0).collect();
    reasons.sort_by_key(|(reason, rows)| (Reverse(**rows), *reason));
    if reasons.is_empty() {
        writer.answer(phrases.accounting, phrases.nothing_left_out);
        return;
    }
    writer.answer(phrases.accounting, &note);
    let lines: Vec<_> = reasons
        .into_iter()
        .map(|(reason, rows)| {
            vec![markdown(&reason_name(reason, language)), language.public_number(*rows)]
        })
        .collect();
    writer.table(&[phrases.reason, phrases.rows], &lines);
}

fn of_all_splits<K>(splits: &BTreeMap<K, u64>) -> u64 {
    splits.values().sum()
}

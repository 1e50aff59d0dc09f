//! Part 3: what was done to the data.

use crate::{Dataset, Statistics, escape};

use super::{Facts, names::kind_name, phrases::fill, writer::Writer};

pub(super) fn write(writer: &mut Writer, facts: Facts<'_>) {
    let Facts { dataset, statistics, provider, .. } = facts;
    let phrases = writer.phrases();
    writer.heading(2, phrases.processing);
    writer.heading(3, phrases.reservations);
    writer.ask(phrases.code_of_practice, provider.code_of_practice.as_ref());
    writer.ask(phrases.reservations_question, provider.rights_reservations.as_ref());
    objections(writer, dataset);
    preferences(writer, statistics);
    writer.heading(3, phrases.illegal);
    writer.ask(phrases.illegal_question, provider.illegal_content.as_ref());
    writer.heading(3, phrases.other_processing);
    personal_data(writer, dataset);
    let releases = writer.language.number(dataset.releases);
    writer.answer(phrases.removals, &fill(phrases.removals_note, &[("releases", &releases)]));
    let rules = [
        ("version", &*escape::code(&dataset.policy_version)),
        ("hash", &*escape::code(&dataset.policy)),
    ];
    writer.answer(phrases.rules, &fill(phrases.rules_note, &rules));
    writer.ask(phrases.additional, provider.other_processing.as_ref());
}

fn objections(writer: &mut Writer, dataset: &Dataset) {
    let (language, phrases) = (writer.language, writer.phrases());
    let left_out = dataset.total_rows().left_out;
    let rows = |reason| language.public_number(left_out.get(reason).copied().unwrap_or_default());
    let words = [("objected", &*rows("objected")), ("consent", &*rows("consent-missing"))];
    writer.answer(phrases.objections, &fill(phrases.objections_note, &words));
}

fn preferences(writer: &mut Writer, statistics: &Statistics) {
    let (language, phrases) = (writer.language, writer.phrases());
    let rows: Vec<_> = statistics
        .usages()
        .iter()
        .map(|(usage, documents)| {
            let usage = if usage.is_empty() {
                phrases.no_preference.into()
            } else {
                escape::code_in_table(usage)
            };
            vec![usage, language.public_number(*documents)]
        })
        .collect();
    if !rows.is_empty() {
        writer.label(phrases.preferences);
        writer.table(&[phrases.preference, phrases.documents], &rows);
    }
}

fn personal_data(writer: &mut Writer, dataset: &Dataset) {
    let (language, phrases) = (writer.language, writer.phrases());
    let total = dataset.total_documents();
    let masks = language.public_number(total.masks);
    writer.answer(phrases.personal_data, &fill(phrases.personal_data_note, &[("masks", &masks)]));
    let rows: Vec<_> = total
        .redacted
        .iter()
        .map(|(kind, places)| {
            vec![escape::markdown(&kind_name(kind, language)), language.public_number(*places)]
        })
        .collect();
    if rows.is_empty() {
        writer.paragraph("–");
    } else {
        writer.table(&[phrases.kind, phrases.places], &rows);
    }
}

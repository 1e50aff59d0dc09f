//! Part 1: who provides what, and what it has learned from as a whole.

use std::cmp::Reverse;

use crate::{
    Instant, Language, Statistics,
    escape::{code, markdown},
};

use super::{
    Facts,
    names::{category_name, language_name},
    phrases::fill,
    writer::Writer,
};

/// Characters of a token, roughly, in the languages of Europe.
const CHARACTERS_OF_TOKEN: u64 = 4;
/// Where the ranges of the template end, in tokens.
const RANGES: [u64; 2] = [1_000_000_000, 10_000_000_000_000];

pub(super) fn write(writer: &mut Writer, facts: Facts<'_>) {
    introduction(writer, facts);
    let Facts { provider, .. } = facts;
    let phrases = writer.phrases();
    writer.heading(2, phrases.general);
    writer.heading(3, phrases.provider);
    let told = [&provider.name, &provider.contact].map(|one| writer.told(one.as_ref()));
    writer.answer(phrases.provider_name, &told.join(", "));
    writer.ask(phrases.representative, provider.authorised_representative.as_ref());
    writer.heading(3, phrases.model);
    writer.ask(phrases.model_name, provider.model.as_ref());
    writer.ask(phrases.model_dependencies, provider.model_dependencies.as_ref());
    writer.ask(phrases.placed_on_market, provider.placed_on_market.as_ref());
    writer.heading(3, phrases.characteristics);
    characteristics(writer, facts);
}

fn introduction(writer: &mut Writer, Facts { dataset, provider, .. }: Facts<'_>) {
    let phrases = writer.phrases();
    writer.heading(1, phrases.title);
    let introduction = fill(
        phrases.introduction,
        &[
            ("corpus", &code(&dataset.name)),
            ("holder", &code(&dataset.holder)),
            ("purpose", &code(&dataset.purpose)),
            ("version", &code(&dataset.zweck_version)),
            ("missing", phrases.missing),
        ],
    );
    writer.paragraph(&introduction);
    if let Some(after) = &dataset.after {
        writer.paragraph(&fill(phrases.goes_on, &[("after", &code(&after.corpus))]));
    }
    writer.ask(phrases.version, provider.version.as_ref());
}

fn characteristics(writer: &mut Writer, facts: Facts<'_>) {
    let Facts { dataset, statistics, provider, language } = facts;
    let phrases = writer.phrases();
    let modalities = phrases.modalities.iter().enumerate().map(|(at, name)| checked(at == 0, name));
    writer.answer(phrases.modality, &modalities.collect::<Vec<_>>().join("  \n"));
    writer.answer(phrases.size, &size(statistics, language));
    writer.ask(phrases.overall_size, provider.overall_size.as_ref());
    writer.answer(phrases.content, &content(statistics, language));
    let as_of = dataset.as_of;
    let latest = fill(
        phrases.latest_date_note,
        &[("month", as_of.month().as_deref().unwrap_or("–")), ("day", &date(as_of, language))],
    );
    writer.answer(phrases.latest_date, &latest);
    writer.ask(phrases.continuous, provider.continuous_training.as_ref());
    writer.answer(phrases.linguistic, &linguistic(statistics, language));
    writer.ask(phrases.other_characteristics, provider.other_characteristics.as_ref());
}

fn date(instant: Instant, language: Language) -> String {
    let phrases = language.phrases();
    let name = |month: i64| phrases.months.get(usize::try_from(month - 1).ok()?);
    let named = instant.civil().and_then(|(year, month, day)| Some((year, name(month)?, day)));
    let Some((year, month, day)) = named else { return "–".to_owned() };
    let (year, day) = (year.to_string(), day.to_string());
    fill(phrases.date, &[("day", &day), ("month", month), ("year", &year)])
}

fn checked(is_checked: bool, name: &str) -> String {
    format!("{} {name}", if is_checked { '☒' } else { '☐' })
}

fn size(statistics: &Statistics, language: Language) -> String {
    let phrases = language.phrases();
    let tokens = statistics.characters() / CHARACTERS_OF_TOKEN;
    let range = RANGES.iter().filter(|end| tokens >= **end).count();
    let ranges = phrases.sizes.iter().enumerate().map(|(at, name)| checked(at == range, name));
    let note = fill(
        phrases.size_note,
        &[
            ("documents", &language.number(statistics.documents())),
            ("characters", &language.number(statistics.characters())),
            ("tokens", &language.number(tokens)),
        ],
    );
    format!("{}\n\n{note}", ranges.collect::<Vec<_>>().join("  \n"))
}

fn content(statistics: &Statistics, language: Language) -> String {
    let names = statistics.categories().keys().map(|code| category_name(code, language));
    let names: Vec<_> = names.map(|name| markdown(&name)).collect();
    if names.is_empty() { language.phrases().no_documents.to_owned() } else { names.join(", ") }
}

/// Languages of at least one document in a hundred by name, the others together.
fn linguistic(statistics: &Statistics, language: Language) -> String {
    let (phrases, documents) = (language.phrases(), statistics.documents());
    if documents == 0 {
        return phrases.no_documents.to_owned();
    }
    let mut languages: Vec<_> = statistics.languages().iter().collect();
    languages.sort_by_key(|(tag, documents)| (Reverse(**documents), *tag));
    let rare = languages.partition_point(|(_, of_it)| **of_it >= documents.div_ceil(100));
    let rest = languages.split_off(rare);
    let mut named: Vec<_> = languages
        .into_iter()
        .map(|(tag, of_it)| {
            let name = markdown(&language_name(tag, language));
            format!("{name} {}", language.percent(*of_it, documents))
        })
        .collect();
    if !rest.is_empty() {
        let of_rest = rest.iter().map(|(_, of_it)| **of_it).sum();
        let share = language.percent(of_rest, documents);
        let count = language.number(rest.len() as u64);
        named.push(fill(phrases.more_languages, &[("count", &count), ("share", &share)]));
    }
    fill(phrases.linguistic_note, &[("languages", &named.join(", "))])
}

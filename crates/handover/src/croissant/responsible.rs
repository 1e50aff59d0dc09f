//! What the vocabulary for responsible AI asks for, as far as the corpus answers it.

use serde_json::{Map, Value, json};

use crate::{Dataset, Language, Statistics};

const NUMBERS: Language = Language::English;

pub(super) fn properties(dataset: &Dataset, statistics: &Statistics) -> Map<String, Value> {
    let texts = [
        ("rai:dataCollection", json!(collection(dataset))),
        ("rai:dataCollectionType", json!(["User-generated content data"])),
        ("rai:dataCollectionMissingData", json!(missing(dataset))),
        ("rai:dataCollectionRawData", json!(RAW_DATA)),
        ("rai:dataPreprocessingProtocol", json!(preprocessing(dataset))),
        ("rai:dataManipulationProtocol", json!(MANIPULATION)),
        ("rai:personalSensitiveInformation", json!(personal(dataset))),
        ("rai:dataBiases", json!(biases(dataset, statistics))),
        ("rai:dataLimitations", json!(LIMITATIONS)),
        ("rai:dataUseCases", json!(use_cases(dataset))),
        ("rai:dataSocialImpact", json!(SOCIAL_IMPACT)),
        ("rai:dataReleaseMaintenancePlan", json!(maintenance(dataset))),
    ];
    texts.into_iter().map(|(term, value)| (term.to_owned(), value)).collect()
}

const RAW_DATA: &str = "Rows of members of a network, as the network's own systems or its members \
    handed them over. Private messages, credentials, payment data, salaries and applications never \
    came in.";

const MANIPULATION: &str = "Texts of one row are joined paragraph by paragraph and otherwise left \
    as they were written, but for the replacements that the preprocessing names.";

const LIMITATIONS: [&str; 3] = [
    "Personal data is found by rules: what has an unusual form may have stayed, and something that \
     is none may have been replaced.",
    "Names are masked of members who objected; other people may be named.",
    "The language of a text is the one that its source gave, else it is told from the words; it is \
     not known for very short texts, lists and code.",
];

const SOCIAL_IMPACT: &str = "Members can object at any time; rows of theirs leave the corpus and \
    have to leave what was given out of it. A model that has learned from a row before is not \
    changed by its removal alone.";

fn collection(dataset: &Dataset) -> String {
    format!(
        "Rows passed a gate that applies policy {} (hash {}) and the choices of the members to \
         each of them, for the purpose {}, as of {}: permissions count up to fact {}, refusals up \
         to fact {}. Refusal wins, and a missing fact refuses.",
        dataset.policy_version,
        dataset.policy,
        dataset.purpose,
        dataset.as_of.rfc3339().unwrap_or_default(),
        dataset.facts.from,
        dataset.facts.to,
    )
}

fn missing(dataset: &Dataset) -> String {
    let rows = dataset.total_rows();
    format!(
        "Of {} rows {} were refused, each for a reason that is counted in zweck:gateAccounting. Languages \
         and dates are null where they are not known.",
        NUMBERS.number(rows.rows_in),
        NUMBERS.number(rows.rows_in.saturating_sub(rows.kept)),
    )
}

fn preprocessing(dataset: &Dataset) -> Vec<String> {
    let total = dataset.total_documents();
    let places = |places: u64| NUMBERS.number(places);
    let mut steps = vec![format!(
        "Names of members who objected were masked in the words of others, in {} places.",
        places(total.masks),
    )];
    steps.extend(total.normalised.iter().map(|(rule, number)| {
        format!("Texts were made clean by the rule {rule} in {} places.", places(*number))
    }));
    steps.extend(total.redacted.iter().map(|(kind, number)| {
        format!("Personal data of the kind {kind} was replaced in {} places.", places(*number))
    }));
    steps.extend(total.left_out.iter().map(|(reason, rows)| {
        format!("{} permitted rows were left out for the reason {reason}.", places(*rows))
    }));
    steps
}

fn personal(dataset: &Dataset) -> Vec<String> {
    let kinds: Vec<_> = dataset.total_documents().redacted.into_keys().collect();
    vec![
        "Texts are by members and may tell about their work, education, opinions and lives."
            .to_owned(),
        format!("Replaced where it was found: {}.", list(&kinds)),
        "Language".to_owned(),
    ]
}

fn biases(dataset: &Dataset, statistics: &Statistics) -> Vec<String> {
    let languages: Vec<_> = statistics
        .languages()
        .iter()
        .map(|(tag, documents)| {
            format!("{tag} {}", NUMBERS.percent(*documents, statistics.documents()))
        })
        .collect();
    let refused: Vec<_> = dataset
        .total_rows()
        .left_out
        .iter()
        .map(|(reason, rows)| format!("{reason} {}", NUMBERS.number(*rows)))
        .collect();
    vec![
        format!("Languages are not represented equally: {}.", list(&languages)),
        format!(
            "Members who objected, and regions, ages and kinds of data that the policy excludes, \
             are missing. Rows by reason: {}.",
            list(&refused),
        ),
    ]
}

fn use_cases(dataset: &Dataset) -> Vec<String> {
    vec![
        format!("Training, validation and testing for the purpose {}.", dataset.purpose),
        "No other purpose is permitted, and no attempt to find out who wrote a text.".to_owned(),
    ]
}

fn maintenance(dataset: &Dataset) -> String {
    format!(
        "Version {}: the corpus has been changed by removals {} times since it was sealed. Every \
         further removal makes a new version, which replaces this one.",
        dataset.version(),
        dataset.releases,
    )
}

fn list(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

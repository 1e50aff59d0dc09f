use handover::{Language, Origin, Provider, Statistics, Told, summary};

use crate::sample;

fn written(provider: &Provider, language: Language) -> String {
    let folder = tempfile::tempdir().unwrap();
    let compression = handover::Compression::Zstandard;
    let (statistics, _) = sample::write(folder.path(), compression, 3_000).unwrap();
    summary(&sample::dataset("careers"), &statistics, provider, language)
}

/// The numbers of the headings, in order.
fn sections(summary: &str) -> Vec<&str> {
    let headings = summary.lines().filter(|line| line.starts_with("##"));
    headings.filter_map(|line| line.split(' ').nth(1)).collect()
}

#[test]
fn both_languages_have_the_sections_of_the_template() {
    for language in Language::ALL {
        let summary = written(&Provider::default(), *language);
        assert_eq!(
            sections(&summary),
            [
                "1.", "1.1.", "1.2.", "1.3.", "2.", "2.1.", "2.2.", "2.2.1.", "2.2.2.", "2.3.",
                "2.4.", "2.5.", "2.6.", "3.", "3.1.", "3.2.", "3.3.",
            ]
        );
        assert!(!summary.contains(['{', '}', '…']), "every word in braces is filled in");
    }
}

#[test]
fn numbers_and_dates_are_written_as_the_language_does_it() {
    let english = written(&Provider::default(), Language::English);
    for words in ["12,480", "20.0%", "11/2025", "3 November 2025", "fewer than 10", "☒ Less than"]
    {
        assert!(english.contains(words), "{words}");
    }
    let german = written(&Provider::default(), Language::German);
    for words in
        ["12.480", "20,0\u{a0}%", "11/2025", "3. November 2025", "weniger als 10", "☒ weniger als"]
    {
        assert!(german.contains(words), "{words}");
    }
}

#[test]
fn what_the_provider_has_not_said_is_left_to_them_in_words() {
    let missing = |summary: &str, words: &str| summary.matches(words).count();
    let nothing = Provider::default();
    let english =
        missing(&written(&nothing, Language::English), "[to be completed by the provider]");
    let german = missing(&written(&nothing, Language::German), "[vom Anbieter zu ergänzen]");
    assert_eq!(english, german);
    let provider: Provider = toml::from_str(
        "name = \"Example <AI>\"\n\
         contact = { en = \"privacy desk\", de = \"Datenschutzstelle\" }\n\
         model = \"careers-7b *v2*\"\n",
    )
    .unwrap();
    let summary = written(&provider, Language::German);
    assert_eq!(missing(&summary, "[vom Anbieter zu ergänzen]"), german - 3);
    assert!(summary.contains("Example &lt;AI&gt;, Datenschutzstelle"));
    assert!(summary.contains("careers-7b \\*v2\\*"));
}

#[test]
fn an_unknown_key_of_the_provider_is_refused() {
    assert!(toml::from_str::<Provider>("nam = \"Example\"").is_err());
}

#[test]
fn data_of_somebody_elses_members_is_a_private_dataset_and_no_user_data() {
    let provider = Provider {
        origin: Origin::ThirdParty,
        name: Some(Told::from("Example")),
        ..Provider::default()
    };
    let summary = written(&provider, Language::English);
    let (_, private) = summary.split_once("#### 2.2.2.").unwrap();
    let (private, after) = private.split_once("### 2.3.").unwrap();
    assert!(private.contains("members of the services of Example Network"));
    assert!(private.contains("| member objected | 1,904 |"));
    let (user_data, _) = after.split_once("### 2.5.").unwrap();
    assert!(user_data.contains("(see 2.2.2)") && !user_data.contains("| Reason |"));
}

#[test]
fn a_corpus_without_documents_is_summarised() {
    for language in Language::ALL {
        let dataset = sample::dataset(sample::HOSTILE);
        let summary = summary(&dataset, &Statistics::default(), &Provider::default(), *language);
        let in_code = ["", "partner ", "before "]
            .map(|of| summary.matches(&format!("``{of}<b>`x` | ")).count());
        assert_eq!(summary.matches("<b>`x` | ").count(), in_code.iter().sum::<usize>());
        assert!(!summary.contains('\u{202e}'));
    }
}

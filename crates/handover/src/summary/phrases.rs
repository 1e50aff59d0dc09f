/// Everything that a summary says, in one language. Words in braces stand for what is filled in.
pub(crate) struct Phrases {
    pub(super) title: &'static str,
    /// {corpus} {holder} {purpose} {version} {missing}
    pub(super) introduction: &'static str,
    /// {after}
    pub(super) goes_on: &'static str,
    pub(super) version: &'static str,
    /// In the place of what only the provider knows.
    pub(super) missing: &'static str,
    /// {number}
    pub(super) fewer_than: &'static str,
    /// {section}
    pub(super) no_in_corpus: &'static str,
    pub(super) from_provider: &'static str,

    pub(super) general: &'static str,
    pub(super) provider: &'static str,
    pub(super) provider_name: &'static str,
    pub(super) representative: &'static str,
    pub(super) model: &'static str,
    pub(super) model_name: &'static str,
    pub(super) model_dependencies: &'static str,
    pub(super) placed_on_market: &'static str,
    pub(super) characteristics: &'static str,
    pub(super) modality: &'static str,
    /// Text, image, audio, video, other.
    pub(super) modalities: [&'static str; 5],
    pub(super) size: &'static str,
    /// Below a billion tokens, up to ten trillion, above.
    pub(super) sizes: [&'static str; 3],
    /// {documents} {characters} {tokens}
    pub(super) size_note: &'static str,
    pub(super) overall_size: &'static str,
    pub(super) content: &'static str,
    pub(super) latest_date: &'static str,
    /// {month} {day}
    pub(super) latest_date_note: &'static str,
    /// {day} {month} {year}
    pub(super) date: &'static str,
    pub(super) months: [&'static str; 12],
    pub(super) continuous: &'static str,
    pub(super) linguistic: &'static str,
    /// {languages}
    pub(super) linguistic_note: &'static str,
    pub(super) no_documents: &'static str,
    /// {count} {share}
    pub(super) more_languages: &'static str,
    pub(super) other_characteristics: &'static str,

    pub(super) sources: &'static str,
    pub(super) public_datasets: &'static str,
    pub(super) public_question: &'static str,
    pub(super) private_datasets: &'static str,
    pub(super) licensed: &'static str,
    pub(super) licensed_question: &'static str,
    pub(super) other_private: &'static str,
    pub(super) other_private_question: &'static str,
    pub(super) crawled: &'static str,
    pub(super) crawled_question: &'static str,
    pub(super) user_data: &'static str,
    pub(super) interactions_question: &'static str,
    /// {documents}
    pub(super) interactions_yes: &'static str,
    pub(super) services_question: &'static str,
    /// {documents} {purpose}
    pub(super) services_yes: &'static str,
    /// {documents} {purpose} {creator}
    pub(super) third_party_yes: &'static str,
    pub(super) third_party: &'static str,
    pub(super) services: &'static str,
    pub(super) by_category: &'static str,
    pub(super) category: &'static str,
    pub(super) documents: &'static str,
    pub(super) share: &'static str,
    pub(super) accounting: &'static str,
    /// {rows} {permitted} {documents}
    pub(super) accounting_note: &'static str,
    pub(super) reason: &'static str,
    pub(super) rows: &'static str,
    pub(super) nothing_left_out: &'static str,
    pub(super) synthetic: &'static str,
    pub(super) synthetic_question: &'static str,
    pub(super) other_sources: &'static str,
    pub(super) other_sources_question: &'static str,

    pub(super) processing: &'static str,
    pub(super) reservations: &'static str,
    pub(super) code_of_practice: &'static str,
    pub(super) reservations_question: &'static str,
    pub(super) objections: &'static str,
    /// {objected} {consent}
    pub(super) objections_note: &'static str,
    pub(super) preferences: &'static str,
    pub(super) preference: &'static str,
    pub(super) no_preference: &'static str,
    pub(super) illegal: &'static str,
    pub(super) illegal_question: &'static str,
    pub(super) other_processing: &'static str,
    pub(super) personal_data: &'static str,
    /// {masks}
    pub(super) personal_data_note: &'static str,
    pub(super) kind: &'static str,
    pub(super) places: &'static str,
    pub(super) removals: &'static str,
    /// {releases}
    pub(super) removals_note: &'static str,
    pub(super) rules: &'static str,
    /// {version} {hash}
    pub(super) rules_note: &'static str,
    pub(super) additional: &'static str,
}

/// A phrase with its words in braces replaced.
pub(super) fn fill(phrase: &str, words: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(phrase.len());
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        let found = words.iter().find(|(word, _)| *word == name);
        filled.push_str(found.map_or("…", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

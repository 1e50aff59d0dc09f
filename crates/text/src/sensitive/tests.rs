use std::sync::LazyLock;

use proptest::prelude::*;

use super::{
    folding::Folded,
    lists::{self, Pattern, Role},
    matching::WORD_BYTES,
    *,
};

/// Built once, as a caller would.
fn finder() -> &'static SensitiveFinder {
    static FINDER: LazyLock<SensitiveFinder> = LazyLock::new(|| SensitiveFinder::new().unwrap());
    &FINDER
}

/// The terms that are found in a text, in its order.
fn terms(text: &str) -> Vec<&'static str> {
    finder().find(text).iter().map(|one| one.term).collect()
}

#[test]
fn codes_lead_back_to_their_kinds() {
    for kind in Kind::ALL.iter().copied() {
        assert_eq!(Kind::from_code(kind.code()), Some(kind));
    }
    assert_eq!(Kind::from_code("genetic"), None);
}

#[test]
fn what_a_link_leads_to_does_not_count() {
    let check = |text: &str, expect: &[&str]| assert_eq!(terms(text), expect, "{text}");
    check("[ein Dossier](https://example.org/atheistinnen-und-juden/) davon", &[]);
    check("www.example.org/Juden, siehe dort", &[]);
    check("https://example.org/a Juden", &["=Juden"]);
    check("[Juden](https://example.org/a)", &["=Juden"]);
    let far = format!("https://example.org/{} Juden", "a".repeat(5_000));
    check(&far, &["=Juden"]);
}

#[test]
fn words_are_found_with_their_inflections_and_compounds() {
    let check = |text, expect: &[&str]| assert_eq!(terms(text), expect, "{text}");
    check("drei Atheistinnen", &["atheist~"]);
    check("eine Parkinsonkrankheit", &["*krankheit~"]);
    check("die Gewerkschaftsarbeit", &["gewerkschaftsarbeit"]);
    check("AUSSENPOLITIK, Außenpolitik", &["außenpolitik", "außenpolitik"]);
    check("Juden und Juedinnen", &["=Juden", "=Jüdinnen"]);
    check("jewelry, Islamabad, atheistically", &[]);
}

#[test]
fn capitals_decide_where_the_list_says_so() {
    let check = |text, expect: &[&str]| assert_eq!(terms(text), expect, "{text}");
    check("die AfD, die afd", &["=AfD"]);
    check("die Linke, die linke Tür", &["=die Linke"]);
    check("Graham Priest, a priest", &["=priest"]);
}

#[test]
fn a_harmless_reading_hides_the_term_in_it() {
    let check = |text, expect: &[&str]| assert_eq!(terms(text), expect, "{text}");
    check("the Church-Turing thesis", &[]);
    check("a church, the church of Turing", &["church", "church"]);
    check("the Great Depression", &[]);
    check("We must thank God. Forbid it!", &[]);
    check("God. Forbid it!", &["god"]);
}

#[test]
fn a_basis_names_its_whole_words() {
    let check = |text: &str, expect: &str| {
        let found = finder().find(text);
        assert_eq!(found.first().and_then(|one| text.get(one.start..one.end)), Some(expect));
    };
    check("– „Autismus-Spektrum“ –", "Autismus-Spektrum");
    check("eine Krebserkrankung.", "Krebserkrankung");
    check("Sie ist Ju\u{308}din", "Ju\u{308}din");
}

#[test]
fn what_a_term_is_said_of_decides() {
    let check =
        |text, expect| assert_eq!(finder().judge(text).map(|one| one.kind), expect, "{text}");
    check("Diabetes is a disease.", None);
    check("I have diabetes.", Some(Kind::Health));
    check("I have a model of diabetes.", None);
    check("I built a diabetes app.", None);
    check("Diabetes. I like rain.", None);
    check("Synagogues are old.", None);
    check("I like this synagogue.", Some(Kind::Religion));
    check("I work for a synagogue.", None);
    check("Father, Muslim, cook", Some(Kind::Religion));
    check("The Muslim quarter", None);
}

#[test]
fn strong_terms_decide_together() {
    let check = |text: &str, expect| {
        assert_eq!(finder().judge(text).map(|one| one.kind), expect, "{text}");
    };
    let far = "The street goes on. ".repeat(40);
    check(&format!("{far} A mosque. A synagogue. {far}"), Some(Kind::Religion));
    check(&format!("A mosque. {far} A synagogue."), None);
    check(&format!("{far} A mosque. {far}"), None);
    check(&format!("A mosque, a prayer. {far}"), None);
    check("A mosque, a prayer.", Some(Kind::Religion));
}

#[test]
fn weak_terms_alone_decide_on_politics_only() {
    let check =
        |text, expect| assert_eq!(finder().judge(text).map(|one| one.kind), expect, "{text}");
    check("Bibel, Gebet, Segen, Predigt, Sünde", None);
    check("Bundestag, Bundesrat, Grundgesetz, Debatte", Some(Kind::Politics));
}

#[test]
fn who_reports_on_a_tool_states_no_opinion() {
    let check =
        |text: &str, expect| assert_eq!(finder().judge(text).map(|one| one.kind), expect, "{text}");
    let tool = "Zur Wahl gibt es eine neue App: Sie zeigt, welche Partei zu den eigenen Antworten \
                passt. Die Daten kommen aus den Wahlprogrammen, der Quellcode liegt auf GitHub. Beim \
                Hackathon entstanden auch ein Bild der Debatten im Parlament und ein Portal, in dem \
                jeder Antrag steht. So werden Politik und Demokratie für alle Nutzer der Website \
                verständlich, auch ohne Software. Wer etwas beitragen will, kommt am Montag vorbei.";
    check(tool, None);
    check(&format!("{tool} Ich kandidiere für den Stadtrat."), Some(Kind::Politics));
    let longer = format!("{tool} API, Tool, Server, Browser, Wiki, Plattform, Prototyp, Sensoren.");
    check(&format!("{longer} Die AfD und die CDU, die SPD."), Some(Kind::Politics));
    check(&format!("{longer} Die AfD und die CDU."), None);
    let opinion = "Was in den Wahlprogrammen steht, gilt am Montag nicht mehr. Welche Partei hat ihre \
                   Zusagen gehalten? Die Debatten im Parlament gehen daran vorbei, und kein Antrag \
                   ändert etwas. Politik und Demokratie leben davon, dass man sich an Worte erinnert, \
                   die vor langer Zeit auf einem Platz in einer Stadt gefallen sind.";
    check(opinion, Some(Kind::Politics));
    check(&format!("{opinion} Ein Video davon ist auf der Website."), Some(Kind::Politics));
    check(&format!("{opinion} https://example.org/app/daten/software/code"), Some(Kind::Politics));
    check(
        &format!("{opinion} App, Daten, Quellcode, GitHub, API, Portal, Software, Nutzer."),
        None,
    );
}

#[test]
fn a_form_of_address_is_not_political() {
    let text = "Herr Präsident! Meine Damen und Herren! Liebe Kolleginnen und Kollegen!";
    assert_eq!(finder().judge(text), None);
}

#[test]
fn a_run_of_letters_that_is_too_long_for_a_word_holds_no_term() {
    let check = |text: &str, expect: usize| assert_eq!(finder().find(text).len(), expect);
    check(&format!("{}krankheit", "x".repeat(50)), 1);
    check(&format!("{}krankheit", "x".repeat(100)), 0);
    check(&"gewerkschafts".repeat(100), 0);
}

#[test]
fn a_verdict_names_the_places_that_decided() {
    let text = "We met at a concert. I am a Muslim, she is a Sikh.";
    let verdict = finder().judge(text).unwrap();
    let bases: Vec<&str> =
        verdict.bases.iter().filter_map(|one| text.get(one.start..one.end)).collect();
    assert_eq!(bases, ["am a Muslim", "Sikh"]);
}

/// Words of the lists and others, with what may stand between them.
fn texts() -> impl Strategy<Value = String> {
    let listed: Vec<&str> = lists::entries().map(|entry| entry.term).collect();
    let between =
        prop::sample::select(vec![" ", " ", "-", ", ", ". ", "", "\n\n", "ß", "’", "en "]);
    let word = prop_oneof![prop::sample::select(listed).prop_map(str::to_owned), any::<String>()];
    prop::collection::vec((word, between), 0..12)
        .prop_map(|parts| parts.into_iter().map(|(word, between)| word + between).collect())
}

/// The terms of a text, each list entry looked for on its own.
fn naive(text: &str) -> Vec<(usize, usize, &'static str)> {
    let folded = Folded::new(text);
    let haystack = String::from_utf8(folded.as_bytes().to_vec()).unwrap();
    let mut found = Vec::new();
    for pattern in lists::entries().map(Pattern::new) {
        let needle = String::from_utf8(pattern.folded.clone()).unwrap();
        for (at, _) in
            haystack.char_indices().filter(|(at, _)| haystack[*at..].starts_with(&needle))
        {
            let start: usize = haystack[..=at].rfind(' ').unwrap() + 1;
            let behind = haystack[at + needle.len()..].split([' ', '!']).next().unwrap();
            let (from, to) = folded.span(text, start, at + needle.len() + behind.len());
            let is_written = pattern.written.is_none_or(|written| {
                let spelled = |text: &str| {
                    let text = text.replace(['Ä', 'ä'], "ae").replace(['Ö', 'ö'], "oe");
                    let text = text.replace(['Ü', 'ü'], "ue").replace('ß', "ss");
                    text.chars().filter(|one| one.is_alphanumeric()).collect::<String>()
                };
                spelled(&text[from..]).starts_with(&spelled(written))
            });
            let is_term = !matches!(pattern.entry.role, Role::Marker(_));
            let is_word = behind.len() < WORD_BYTES && at + 1 - start <= WORD_BYTES;
            if is_term && is_word && is_written && pattern.end.allows(behind.as_bytes()) {
                found.push((from, to, needle.len(), pattern.entry));
            }
        }
    }
    found.sort_by_key(|one| (one.0, std::cmp::Reverse(one.1), std::cmp::Reverse(one.2)));
    let mut end = 0;
    found.retain(|one| {
        let is_free = end <= one.0;
        end = if is_free { one.1 } else { end };
        is_free
    });
    let is_harmless = |entry: &lists::Entry| entry.role == Role::Harmless;
    found.retain(|one| !is_harmless(&one.3));
    found.into_iter().map(|one| (one.0, one.1, one.3.term)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn total_and_the_same_for_the_same_text(text in texts()) {
        let finder = finder();
        prop_assert_eq!(finder.find(&text), finder.find(&text));
        prop_assert_eq!(finder.judge(&text), finder.judge(&text));
        prop_assert_eq!(finder.judge_name(&text), finder.judge_name(&text));
    }

    #[test]
    fn places_lie_on_characters_in_order_without_overlaps(text in texts()) {
        let mut end = 0;
        for one in finder().find(&text) {
            prop_assert!(end <= one.start && one.start < one.end);
            prop_assert!(text.get(one.start..one.end).is_some());
            end = one.end;
        }
    }

    #[test]
    fn a_verdict_rests_on_places_of_its_kind(text in texts()) {
        let finder = finder();
        let found = finder.find(&text);
        for verdict in [finder.judge(&text), finder.judge_name(&text)].into_iter().flatten() {
            prop_assert!(!verdict.bases.is_empty());
            for one in &verdict.bases {
                prop_assert!(one.kind == verdict.kind && found.contains(one));
            }
        }
    }

    #[test]
    fn one_pass_finds_what_each_entry_alone_finds(text in texts()) {
        let found = finder().find(&text);
        let found: Vec<_> = found.iter().map(|one| (one.start, one.end, one.term)).collect();
        prop_assert_eq!(found, naive(&text));
    }
}

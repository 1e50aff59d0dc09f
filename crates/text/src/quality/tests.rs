use std::cell::RefCell;

use proptest::prelude::*;

use super::*;

thread_local! {
    // building one takes longer than a case
    static ANALYSER: RefCell<Analyser> = RefCell::new(Analyser::new().unwrap());
}

fn measures(text: &str, language: Option<&str>) -> Measures {
    ANALYSER.with_borrow_mut(|analyser| analyser.measure(text, language))
}

fn measured(text: &str, language: &str, rule: Rule) -> Option<f64> {
    measures(text, Some(language)).of(rule)
}

fn failed(text: &str, language: &str, limits: &Limits) -> Option<Rule> {
    let failed =
        ANALYSER.with_borrow_mut(|analyser| analyser.first_failed(text, Some(language), limits));
    failed.map(|failed| failed.rule)
}

#[test]
fn every_rule_measures_what_it_says() {
    let check = |rule, text, expect| {
        assert_eq!(measured(text, "en", rule), Some(expect), "{rule}: {text:?}");
    };
    check(Rule::TooFewWords, "One, two.", 2.0);
    check(Rule::TooManyWords, "One, two.", 2.0);
    check(Rule::ShortWords, "One, four.", 3.5);
    check(Rule::LongWords, "One, four.", 3.5);
    check(Rule::Hashes, "#one two", 1.0 / 3.0);
    check(Rule::Ellipses, "one... two…", 0.5);
    check(Rule::BulletLines, "- one\n • two\nthree\n\n", 0.5);
    check(Rule::EllipsisLines, "one…\ntwo... \nthree\nfour", 0.5);
    check(Rule::AlphabeticWords, "one 2 = 3", 0.25);
    check(Rule::StopWords, "the way of the world", 2.0);
    check(Rule::LoremIpsum, "so lorem ipsum dolor\nand Lorem Ipsum again", 2.0);
    check(Rule::CurlyBrackets, "if (a) {\nlet it be {", 2.0);
    check(Rule::CurlyBrackets, "javascript is x {", 0.0);
    check(Rule::TooFewSentences, "It is so. Is it? It is!\nToo short.\nOne more for all", 4.0);
    check(Rule::TooFewSentences, "We all use cookies here. Or not.", 0.0);
    check(Rule::ListRatio, "one\ntwo\nthree", 2.0 / 3.0);
    check(Rule::Boilerplate, "Read more", 1.0);
}

#[test]
fn stop_words_are_asked_of_languages_that_are_known() {
    let check = |language, expect| {
        let measures = measures("Die Katze und der Hund of the house", language);
        assert_eq!(measures.of(Rule::StopWords), expect, "{language:?}");
    };
    check(Some("de-CH"), Some(2.0));
    check(Some("en"), Some(2.0));
    check(None, Some(2.0));
    check(Some("fr"), None);
}

#[test]
fn our_limits_keep_short_texts_and_drop_rubbish() {
    let ours = Limits::default();
    let check = |text: &str, language, expect| {
        assert_eq!(failed(text, language, &ours), expect, "{text:?}");
    };
    check("Great answer, this solved my problem!", "en", None);
    check("Glückwunsch zur neuen Stelle, liebe Kollegin!", "de", None);
    check("+1", "en", Some(Rule::TooFewWords));
    check("", "de", Some(Rule::TooFewWords));
    check(
        "Diese Website verwendet Cookies. Alle Cookies akzeptieren",
        "de",
        Some(Rule::Boilerplate),
    );
    check("Lorem ipsum dolor sit amet, consectetur", "en", Some(Rule::LoremIpsum));
    check(
        &"Kaufen Sie heute dieses Produkt und die vielen Extras gleich mit! ".repeat(20),
        "de",
        Some(Rule::Duplicate5Grams),
    );
    check("1 2 3 4 5 6 7 8 9", "en", Some(Rule::ShortWords));
}

#[test]
fn the_literature_asks_for_a_page() {
    let limits = Limits::gopher_and_fineweb();
    let check = |text: &str, expect| assert_eq!(failed(text, "en", &limits), expect, "{text:?}");
    check("Great answer, this solved my problem!", Some(Rule::TooFewWords));
    let page = "The weather that we had in spring was milder than it used to be. \
        Farmers have planted their fields early, and most of them are content with the harvest. \
        Some rivers rose after long rain, but no bridge was closed to traffic. \
        In autumn the first storms came from the west. \
        Now everybody waits for snow, and for the quiet weeks of winter.";
    check(page, None);
    check(&format!("{page} {{"), Some(Rule::CurlyBrackets));
}

proptest! {
    #[test]
    fn measuring_is_total_and_repeatable(text in "\\PC*|[a-z .!?\n\r#…•{-]*", is_german: bool) {
        let language = Some(if is_german { "de" } else { "en" });
        let first = measures(&text, language);
        measures("Something else, to leave something else behind.", language);
        prop_assert_eq!(measures(&text, language), first);
    }

    #[test]
    fn shares_of_a_text_are_at_most_one(text in "([ab]{1,2}[ .\n]{1,2}){0,60}") {
        let measures = measures(&text, None);
        let shares = Rule::ALL.into_iter().filter(|rule| {
            !matches!(
                rule,
                Rule::TooFewWords | Rule::TooManyWords | Rule::ShortWords | Rule::LongWords
                    | Rule::Hashes | Rule::Ellipses | Rule::StopWords | Rule::LoremIpsum
                    | Rule::CurlyBrackets | Rule::TooFewSentences | Rule::ListRatio
                    // overlapping repeats of the commonest words in a row count more than once
                    | Rule::Top2Gram | Rule::Top3Gram | Rule::Top4Gram
            )
        });
        for rule in shares {
            let measured = measures.of(rule).unwrap_or_default();
            prop_assert!((0.0..=1.0).contains(&measured), "{} {}", rule, measured);
        }
    }

    #[test]
    fn what_fails_first_is_the_first_of_all_failures(text in "([a-z]{1,9}[ .\n…#-]{1,2}){0,80}") {
        for limits in [Limits::default(), Limits::gopher_and_fineweb()] {
            let measures = measures(&text, Some("en"));
            let all: Vec<_> = limits.failed(&measures).collect();
            prop_assert!(all.is_sorted_by_key(|failed| failed.rule));
            prop_assert_eq!(failed(&text, "en", &limits), all.first().map(|failed| failed.rule));
        }
    }
}

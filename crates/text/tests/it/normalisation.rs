//! What holds of normalisation for any text and any recipe.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use text::normalisation::{Normalisation, Rule};

/// Parts of which every rule finds some, so that they meet each other.
const PARTS: &[&str] = &[
    "Ã",
    "¼",
    "Â",
    "â",
    "€",
    "™",
    "“",
    " ",
    "  ",
    "\u{a0}",
    "\u{80}",
    "\u{9d}",
    "ð",
    "Ÿ",
    "˜",
    "Ä",
    "…",
    "&",
    "amp;",
    "lt;",
    "gt;",
    "#38;",
    "uuml;",
    "quot;",
    "&lt;",
    "&gt;",
    "#x26;",
    "&Atilde;&frac14;",
    "<",
    ">",
    "b",
    "/b",
    "</b>",
    "<b>",
    "br",
    "<br>",
    "<p>",
    "<li>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<a href=\"x\">",
    "</a>",
    "[b]",
    "[/b]",
    "[",
    "]",
    "sup",
    "<sup>2",
    "</sup>",
    "𝗛",
    "𝗶",
    "𝑥",
    "ℝ",
    "Ｆ",
    "ⓒ",
    "🅱",
    "u",
    "\u{308}",
    "\u{301}",
    "\u{345}",
    "\u{212b}",
    "\u{200b}",
    "\u{200d}",
    "\u{200c}",
    "\u{ad}",
    "\u{fe0f}",
    "👩",
    "💻",
    "ی",
    "\u{e007f}",
    "🏴",
    "\u{e0067}",
    "\u{f8ff}",
    "\0",
    "data:a/b",
    ";base64,",
    "QkVHSU46VkNBTEVOREFSDQpW",
    "\n",
    "\r",
    "\r\n",
    "\u{2028}",
    "\t",
    "    ",
    "-",
    "`",
    "```",
    "~~~",
    "\"",
    "'",
    "Bundes",
    "regierung",
    "und",
    "Der die das ist nicht, und wir haben",
    "3",
    ";",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::collection::vec(prop::sample::select(PARTS), 0..24).prop_map(|parts| parts.concat()),
        ".{0,40}",
        prop::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter),
    ]
}

fn recipes() -> impl Strategy<Value = Normalisation> {
    prop::collection::vec(any::<bool>(), Rule::ALL.len()).prop_map(|switches| {
        let rules = Rule::ALL.into_iter().zip(switches);
        rules.fold(Normalisation::NONE, |recipe, (rule, applies)| recipe.with(rule, applies))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_normalised_is_not_changed_again(text in texts(), recipe in recipes()) {
        let once = recipe.apply(&text);
        let again = recipe.apply(&once.text);
        prop_assert!(!again.is_changed(), "{:?} then {:?} by {:?}", once, again, recipe);
    }

    #[test]
    fn a_text_is_borrowed_if_and_only_if_nothing_is_counted(text in texts()) {
        let normalised = Normalisation::default().apply(&text);
        prop_assert_eq!(normalised.changed.is_empty(), normalised.text == text);
        prop_assert_eq!(normalised.changed.is_empty(), matches!(normalised.text, Cow::Borrowed(_)));
        prop_assert!(normalised.changed.values().all(|places| *places > 0));
    }

    #[test]
    fn only_rules_that_are_switched_on_are_counted(text in texts(), recipe in recipes()) {
        let changed = recipe.apply(&text).changed;
        prop_assert!(changed.keys().all(|rule| recipe.applies(*rule)));
    }

    #[test]
    fn a_rule_that_finds_nothing_makes_no_difference(text in texts(), rule in 0..Rule::ALL.len()) {
        let rule = Rule::ALL[rule];
        let all = Normalisation::default().apply(&text);
        if all.is_changed() && !all.changed.contains_key(&rule) {
            let others = Normalisation::default().with(rule, false).apply(&text);
            prop_assert_eq!(all, others);
        }
    }

    #[test]
    fn without_rules_nothing_is_changed(text in texts()) {
        prop_assert!(!Normalisation::NONE.apply(&text).is_changed());
    }
}

#[test]
fn a_megabyte_of_anything_is_done() {
    for part in ["&amp;amp;", "&amp;", "<", "<b>", "Ã", "Ã¼"] {
        let text = part.repeat(1_000_000 / part.len());
        let normalised = Normalisation::default().apply(&text);
        assert!(!Normalisation::default().apply(&normalised.text).is_changed(), "{part:?}");
    }
}

#[test]
fn time_grows_with_the_length_and_no_faster() {
    let parts = [
        "&amp;",
        "amp;",
        "&",
        "&lt;b",
        "&lt;b&gt;",
        "&#38;",
        "<",
        "<b",
        "<b>",
        "</b>",
        "<b a=\"",
        "<a b='",
        "<!--",
        "<!-- -->",
        "<script>",
        "<script></script>",
        "<p>x",
        "<br>;",
        "Ã",
        "Ã¼",
        "Ãƒ",
        "â€",
        "â",
        "`",
        "``` ` ``",
        "\n```",
        "\n~~~",
        "[b]",
        "[/b]",
        "[b][/b]",
        "[",
        "[url=",
        "𝗛",
        "𝗛 ",
        "𝑥 ",
        "u\u{308}",
        "\u{308}",
        "\u{301}\u{308}",
        "\u{e0067}",
        "🏴\u{e0067}",
        "\u{200d}",
        "👩\u{200d}",
        "\u{fe0f}",
        " ",
        "\n",
        "\r",
        "\u{a0}",
        "\t\n",
        "a-\nb",
        "Ab-\nab ",
        "-\n",
        "\u{ad}\n",
        "ü-\nü",
        "    \n",
        "\u{1100}",
        "a\u{327}\u{308}",
        "<b><i></b></i>",
        "&lt;p ",
        "&gt;",
        "\"&amp;\"",
        "data:a/b",
        ";base64,",
        "data:a/b;base64,",
        "data:a/b;base64,QkVHSU46VkNBTEVOREFSDQpW ",
        "\0",
    ];
    for part in parts {
        let (short, long) = (took(part, 25_000), took(part, 200_000));
        // eight times the text takes eight times as long; were it the square, sixty-four times
        let most = short * 24 + Duration::from_millis(200);
        assert!(long < most, "{part:?} took {short:?}, then {long:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn took(part: &str, length: usize) -> Duration {
    let text = part.repeat(length / part.len());
    let start = Instant::now();
    let normalised = Normalisation::default().apply(&text);
    let took = start.elapsed();
    assert!(!Normalisation::default().apply(&normalised.text).is_changed(), "{part:?}");
    took
}

#[test]
fn counts_are_of_places() {
    let text = "a\u{200b}\u{200b}b  c   d &amp; &lt; <b>x</b>";
    let changed = Normalisation::default().apply(text).changed;
    let expect = BTreeMap::from([
        (Rule::CharacterReferences, 2),
        (Rule::Markup, 2),
        (Rule::Invisible, 1),
        (Rule::Spaces, 2),
    ]);
    assert_eq!(changed, expect);
}

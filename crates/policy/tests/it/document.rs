//! What the parser says about files: one snapshot for each check.

use std::path::Path;

use policy::{Policy, PolicyError};
use proptest::{collection::vec, prelude::*, sample::Index};

const GOOD: &str = r#"version = "2025-11-03"
supersedes = "2024-11-20"
announced = "2025-09-18"
notice_days = 30
adult_age = 18
ambiguous_names = "redact"

[purpose.talent]
title = { en = "Suggestions", de = "Vorschläge" }
categories = ["profile", "skills"]
objection = "all-data"
oldest_content = "2015-01-01"

[[purpose.talent.region]]
in = ["EEA", "GB"]
from = "2025-11-03"
basis = "legitimate-interest"
default = "on"
documents = ["dpia"]
source = "a test"

[[purpose.talent.region]]
in = ["*"]
categories = ["skills"]
from = "2025-11-03"
basis = "terms"
default = "on"
source = "a test"
"#;

fn problems(bytes: &[u8]) -> String {
    match Policy::parse(Path::new("p.toml"), bytes) {
        Ok(_) => "no problem".to_owned(),
        Err(error @ PolicyError::Invalid { .. }) => error.to_string(),
    }
}

/// What is said of the good file with one replacement (the first that fits).
fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    problems(GOOD.replacen(old, new, 1).as_bytes())
}

#[test]
fn a_good_file_has_no_problem() {
    assert_eq!(problems(GOOD.as_bytes()), "no problem");
}

#[test]
fn what_is_left_out_has_its_default() {
    let text = GOOD.replacen("supersedes = \"2024-11-20\"\n", "", 1);
    let text = text.replacen("oldest_content = \"2015-01-01\"\n", "", 1);
    let policy = Policy::parse(Path::new("p.toml"), text.as_bytes()).unwrap();
    let rules = policy.purposes.values().next().unwrap();
    assert_eq!((policy.supersedes, rules.oldest_content), (None, None));
    assert_eq!(rules.content_usage, None);
    assert_eq!(rules.cells[1].announced_by, policy.version);
    assert_eq!(rules.cells[1].documents, Vec::<String>::new());
    assert_eq!(rules.cells[0].categories, None);
}

#[test]
fn what_star_leaves_out_has_no_cell() {
    let text = GOOD.replacen("in = [\"*\"]", "in = [\"*\"]\nexcept = [\"CH\", \"EU\"]", 1);
    let policy = Policy::parse(Path::new("p.toml"), text.as_bytes()).unwrap();
    let rules = policy.purposes.values().next().unwrap();
    let cell = |code: &str| rules.cell(code.parse().unwrap()).map(|cell| cell.basis);
    use policy::Basis::{LegitimateInterest, Terms};
    assert_eq!(
        ["CH", "DE", "NO", "US"].map(cell),
        [None, Some(LegitimateInterest), Some(LegitimateInterest), Some(Terms)]
    );
}

#[test]
fn not_toml() {
    insta::assert_snapshot!(with("version = \"2025-11-03\"", "version = "), @"p.toml:1: not TOML: string values must be quoted, expected literal string");
}

#[test]
fn an_unknown_key() {
    insta::assert_snapshot!(with("adult_age", "adult_ages"), @r#"
    p.toml:1: the policy has no `adult_age`
    p.toml:5: the policy has the unknown key `adult_ages` (hint: did you mean `adult_age`?)
    "#);
}

#[test]
fn an_unknown_key_of_a_purpose() {
    insta::assert_snapshot!(with("oldest_content", "oldest_contents"), @"p.toml:12: purpose `talent` has the unknown key `oldest_contents` (hint: did you mean `oldest_content`?)");
}

#[test]
fn an_unknown_key_of_a_region() {
    insta::assert_snapshot!(with("documents", "document"), @"p.toml:19: a region of purpose `talent` has the unknown key `document` (hint: did you mean `documents`?)");
}

#[test]
fn an_unknown_category() {
    insta::assert_snapshot!(with("\"profile\"", "\"profil\""), @"p.toml:10: `categories` of purpose `talent`: `profil` is not a known category (hint: did you mean `profile`?)");
}

#[test]
fn an_unknown_word_with_nothing_near() {
    insta::assert_snapshot!(with("\"all-data\"", "\"whatever\""), @"p.toml:11: `objection` of purpose `talent`: `whatever` is not a known objection scope (hint: known: all-data, content-after-objection)");
}

#[test]
fn an_unknown_use_of_a_signal() {
    let usage = "objection = \"all-data\"\ncontent_usage = \"train-a\"";
    insta::assert_snapshot!(with("objection = \"all-data\"", usage), @"p.toml:12: `content_usage` of purpose `talent`: `train-a` is not a known category of use (hint: did you mean `train-ai`?)");
}

#[test]
fn an_unknown_basis() {
    insta::assert_snapshot!(with("\"legitimate-interest\"", "\"legitimate-intrest\""), @"p.toml:17: `basis` of a region of purpose `talent`: `legitimate-intrest` is not a known basis (hint: did you mean `legitimate-interest`?)");
}

#[test]
fn an_unknown_default() {
    insta::assert_snapshot!(with("default = \"on\"", "default = \"yes\""), @"p.toml:18: `default` of a region of purpose `talent`: `yes` is not known (hint: known: on, off)");
}

#[test]
fn an_unknown_region() {
    insta::assert_snapshot!(with("\"GB\"", "\"UK\""), @"p.toml:15: `in` of a region of purpose `talent`: `UK` is not a known region (hint: the United Kingdom is `GB`)");
}

#[test]
fn a_region_in_small_letters() {
    insta::assert_snapshot!(with("\"GB\"", "\"gb\""), @"p.toml:15: `in` of a region of purpose `talent`: `gb` is not a known region (hint: did you mean `GB`?)");
}

#[test]
fn a_region_of_no_kind() {
    insta::assert_snapshot!(with("\"GB\"", "\"Atlantis\""), @"p.toml:15: `in` of a region of purpose `talent`: `Atlantis` is not a known region (hint: known: EU, EEA, `*` and the two-letter codes of ISO 3166-1)");
}

#[test]
fn overlapping_regions() {
    insta::assert_snapshot!(with("\"EEA\", \"GB\"", "\"EEA\", \"GB\", \"DE\", \"EU\""), @r#"
    p.toml:15: `DE` overlaps with `EEA` in line 15 (hint: both name DE)
    p.toml:15: `EU` overlaps with `EEA` in line 15 (hint: both name AT, AX, BE, BG, CY, CZ, …)
    "#);
}

#[test]
fn overlapping_regions_of_two_cells() {
    insta::assert_snapshot!(with("in = [\"*\"]", "in = [\"GB\", \"NO\", \"*\"]"), @r#"
    p.toml:23: `GB` overlaps with `GB` in line 15 (hint: both name GB)
    p.toml:23: `NO` overlaps with `EEA` in line 15 (hint: both name NO)
    "#);
}

#[test]
fn a_second_everywhere_else() {
    insta::assert_snapshot!(with("\"EEA\", \"GB\"", "\"*\""), @"p.toml:23: `*` stands for everywhere else already in line 15 (hint: once per purpose)");
}

#[test]
fn a_sealed_category() {
    insta::assert_snapshot!(with("\"profile\", \"skills\"", "\"profile\", \"skills\", \"private-messages\""), @"p.toml:10: purpose `talent` names the sealed category `private-messages` (hint: no policy can admit it)");
}

#[test]
fn a_category_that_the_purpose_lacks() {
    insta::assert_snapshot!(with("categories = [\"skills\"]", "categories = [\"skills\", \"posts\"]"), @"p.toml:24: a region of purpose `talent` names `posts`, which its purpose does not (hint: add it to the purpose or leave it out here)");
}

#[test]
fn no_categories() {
    insta::assert_snapshot!(with("categories = [\"profile\", \"skills\"]", "categories = []"), @"p.toml:10: `categories` of purpose `talent` is empty");
}

#[test]
fn no_categories_of_a_region() {
    insta::assert_snapshot!(with("categories = [\"skills\"]", "categories = []"), @"p.toml:24: `categories` of a region of purpose `talent` is empty");
}

#[test]
fn a_category_twice() {
    insta::assert_snapshot!(with("\"profile\", \"skills\"", "\"profile\", \"skills\", \"profile\""), @"p.toml:10: `categories` of purpose `talent` names `profile` twice");
}

#[test]
fn a_document_twice() {
    insta::assert_snapshot!(with("\"dpia\"", "\"dpia\", \"dpia\""), @"p.toml:19: `documents` of a region of purpose `talent` names `dpia` twice");
}

#[test]
fn a_region_twice() {
    insta::assert_snapshot!(with("\"EEA\", \"GB\"", "\"EEA\", \"GB\", \"GB\""), @"p.toml:15: `in` of a region of purpose `talent` names `GB` twice");
}

#[test]
fn a_start_inside_the_window() {
    insta::assert_snapshot!(with("from = \"2025-11-03\"", "from = \"2025-10-17\""), @"p.toml:16: the use starts on 2025-10-17, inside the notice window (hint: announced on 2025-09-18, 30 days: 2025-10-18 at the earliest)");
}

#[test]
fn a_start_on_the_first_day_after_the_window() {
    insta::assert_snapshot!(with("from = \"2025-11-03\"", "from = \"2025-10-18\""), @"no problem");
}

#[test]
fn an_announcement_by_no_version() {
    insta::assert_snapshot!(with("source = \"a test\"", "announced_by = \"2025-01-01\"\nsource = \"a test\""), @"p.toml:20: no version 2025-01-01 is this one or came before it (hint: `announced_by` names a version of the policy)");
}

#[test]
fn a_missing_translation() {
    insta::assert_snapshot!(with(", de = \"Vorschläge\"", ""), @"p.toml:9: `title` of purpose `talent` lacks the translation `de` (hint: a title is needed in every language: en, de)");
}

#[test]
fn an_empty_translation() {
    insta::assert_snapshot!(with("\"Vorschläge\"", "\" \""), @"p.toml:9: translation `de` of the `title` of purpose `talent` is empty");
}

#[test]
fn a_language_that_is_not_spoken() {
    insta::assert_snapshot!(with("de = \"Vorschläge\"", "de = \"Vorschläge\", fr = \"Suggestions\""), @"p.toml:9: `title` of purpose `talent` has the unknown key `fr` (hint: known: en, de)");
}

#[test]
fn an_empty_source() {
    insta::assert_snapshot!(with("source = \"a test\"", "source = \"\""), @"p.toml:20: `source` of a region of purpose `talent` is empty");
}

#[test]
fn no_source() {
    insta::assert_snapshot!(with("source = \"a test\"", ""), @"p.toml:14: a region of purpose `talent` has no `source`");
}

#[test]
fn dates_out_of_order() {
    insta::assert_snapshot!(with("supersedes = \"2024-11-20\"", "supersedes = \"2025-11-03\""), @"p.toml:2: version 2025-11-03 cannot supersede 2025-11-03 (hint: `supersedes` names an earlier version)");
}

#[test]
fn an_announcement_after_the_start() {
    insta::assert_snapshot!(with("announced = \"2025-09-18\"", "announced = \"2025-11-04\""), @"p.toml:3: announced on 2025-11-04, after it holds (hint: the version holds from 2025-11-03)");
}

#[test]
fn a_cut_off_in_the_future() {
    insta::assert_snapshot!(with("oldest_content = \"2015-01-01\"", "oldest_content = \"2025-11-03\""), @"p.toml:12: `oldest_content` of purpose `talent` is 2025-11-03, not before the version (hint: no content is that young on the first day)");
}

#[test]
fn no_day_of_the_calendar() {
    insta::assert_snapshot!(with("version = \"2025-11-03\"", "version = \"2025-02-30\""), @r#"p.toml:1: `version` is `2025-02-30`, which is no day of the calendar (hint: write a day as "2025-11-03")"#);
}

#[test]
fn a_day_without_quotes() {
    insta::assert_snapshot!(with("version = \"2025-11-03\"", "version = 2025-11-03"), @"p.toml:1: `version` has the type datetime (hint: write a text in quotes)");
}

#[test]
fn a_negative_window() {
    insta::assert_snapshot!(with("notice_days = 30", "notice_days = -1"), @"p.toml:4: `notice_days` is -1 (hint: it must lie between 0 and 3650)");
}

#[test]
fn too_young() {
    insta::assert_snapshot!(with("adult_age = 18", "adult_age = 12"), @"p.toml:5: `adult_age` is 12 (hint: it must lie between 13 and 120)");
}

#[test]
fn an_age_in_words() {
    insta::assert_snapshot!(with("adult_age = 18", "adult_age = \"eighteen\""), @"p.toml:5: `adult_age` has the type string (hint: write a whole number)");
}

#[test]
fn consent_by_default() {
    insta::assert_snapshot!(with("basis = \"legitimate-interest\"", "basis = \"consent\""), @r#"p.toml:18: a region of purpose `talent` rests on consent and is on by default (hint: silence is no consent (GDPR recital 32): default = "off")"#);
}

#[test]
fn an_exception_without_star() {
    insta::assert_snapshot!(with("in = [\"EEA\", \"GB\"]", "in = [\"EEA\", \"GB\"]\nexcept = [\"CH\"]"), @r#"p.toml:16: a region of purpose `talent` has `except` without `*` (hint: only `in = ["*"]` can leave countries out)"#);
}

#[test]
fn star_out_of_star() {
    insta::assert_snapshot!(with("in = [\"*\"]", "in = [\"*\"]\nexcept = [\"*\"]"), @"p.toml:24: `*` cannot be left out of itself");
}

#[test]
fn no_name_of_a_purpose() {
    insta::assert_snapshot!(with("[purpose.talent]\n", "[purpose.Talent_]\n"), @r#"
    p.toml:8: `Talent_` is no name of a purpose (hint: lower-case letters, digits, single hyphens)
    p.toml:8: purpose `Talent_` has no `region`
    p.toml:14: purpose `talent` has no `title`
    p.toml:14: purpose `talent` has no `categories`
    p.toml:14: purpose `talent` has no `objection`
    "#);
}

#[test]
fn a_key_twice() {
    insta::assert_snapshot!(with("adult_age = 18", "adult_age = 18\nadult_age = 16"), @"p.toml:6: not TOML: duplicate key");
}

#[test]
fn bytes_that_are_no_text_are_found() {
    insta::assert_snapshot!(problems(b"version = 1\n\xff"), @"p.toml:2: the file is not UTF-8");
}

#[test]
fn an_empty_file_lacks_everything() {
    insta::assert_snapshot!(problems(b""), @r#"
    p.toml:1: the policy has no `version`
    p.toml:1: the policy has no `announced`
    p.toml:1: the policy has no `notice_days`
    p.toml:1: the policy has no `adult_age`
    p.toml:1: the policy has no `ambiguous_names`
    p.toml:1: the policy has no `purpose`
    "#);
}

#[test]
fn all_problems_are_told_in_the_order_of_the_file() {
    let text = GOOD.replace("announced =", "anounced =").replace("18\n", "7\n");
    let text =
        text.replace("\"skills\"]", "\"salary\"]").replace("source = \"a test\"", "source = \"\"");
    insta::assert_snapshot!(problems(text.as_bytes()), @r#"
    p.toml:1: the policy has no `announced`
    p.toml:3: the policy has the unknown key `anounced` (hint: did you mean `announced`?)
    p.toml:5: `adult_age` is 7 (hint: it must lie between 13 and 120)
    p.toml:10: purpose `talent` names the sealed category `salary` (hint: no policy can admit it)
    p.toml:20: `source` of a region of purpose `talent` is empty
    p.toml:24: a region of purpose `talent` names the sealed category `salary` (hint: no policy can admit it)
    p.toml:28: `source` of a region of purpose `talent` is empty
    "#);
}

proptest! {
    #[test]
    fn the_parser_is_total_on_bytes(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert_ne!(problems(&bytes), "");
    }

    #[test]
    fn the_parser_is_total_on_text(text in "[a-z\\[\\]{}=\".,#\n0-9 *-]{0,120}") {
        prop_assert_ne!(problems(text.as_bytes()), "");
    }

    /// A broken policy is told with a line of the file, or is a policy after all.
    #[test]
    fn the_parser_is_total_near_a_policy(
        at in any::<Index>(), length in 0..30_usize, new in vec(any::<u8>(), 0..5),
    ) {
        let mut bytes = GOOD.as_bytes().to_vec();
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, new);
        if let Err(PolicyError::Invalid { problems }) = Policy::parse(Path::new("p"), &bytes) {
            prop_assert!(!problems.is_empty());
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
            prop_assert!(problems.iter().all(|p| (1..=lines).contains(&p.line)));
        }
    }
}

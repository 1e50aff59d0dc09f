//! A cell that claims an earlier announcement must be no wider than what was announced.

use policy::{Answer, Basis, Category, ObjectionScope, Policy, PurposeRules};

use crate::generators::{purpose, shipped_policies};

/// Alters the cell for everywhere else of the later policy and says what is found.
fn found(alter: impl Fn(&mut Policy, &mut Policy)) -> String {
    let mut policies = shipped_policies().into_iter();
    let (mut older, mut newer) = (policies.next().unwrap(), policies.next().unwrap());
    alter(&mut older, &mut newer);
    let problems = newer.check_against(&older);
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn rules(policy: &mut Policy) -> &mut PurposeRules {
    policy.purposes.get_mut(&purpose()).unwrap()
}

fn elsewhere(policy: &mut Policy) -> &mut policy::Cell {
    rules(policy).cells.last_mut().unwrap()
}

#[test]
fn a_cell_that_narrows_is_covered() {
    let nothing = found(|_, newer| {
        elsewhere(newer).basis = Basis::Consent;
        elsewhere(newer).default = Answer::Refuse;
        elsewhere(newer).from = "2025-01-01".parse().unwrap();
        elsewhere(newer).categories = Some(vec![Category::Posts]);
        newer.adult_age = 21;
    });
    assert_eq!(nothing, "");
}

#[test]
fn a_country_that_was_not_announced_is_found() {
    let what = found(|_, newer| {
        let announced_by = "2024-11-20".parse().unwrap();
        rules(newer).cells.first_mut().unwrap().announced_by = announced_by;
    });
    insta::assert_snapshot!(what, @"policy 2025-11-03: purpose `generative-ai`, EEA, CH, GB, GG, GI, IM, JE: `announced_by` 2024-11-20, but 2024-11-20 did not name it (hint: leave `announced_by` out: this version has to announce it itself)");
}

#[test]
fn every_way_of_being_wider_is_found() {
    let what = found(|older, newer| {
        rules(newer).categories.push(Category::Prompts);
        rules(newer).objection = ObjectionScope::ContentAfterObjection;
        rules(older).oldest_content = Some("2016-01-01".parse().unwrap());
        elsewhere(older).basis = Basis::Consent;
        elsewhere(older).default = Answer::Refuse;
        rules(newer).content_usage = None;
        elsewhere(newer).from = "2024-11-19".parse().unwrap();
        newer.adult_age = 16;
        newer.notice_days = 7;
    });
    insta::assert_snapshot!(what, @r#"
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: a window of 7 days after 30 (hint: leave `announced_by` out: this version has to announce it itself)
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: an objection reaches less (hint: leave `announced_by` out: this version has to announce it itself)
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: basis terms after consent (hint: leave `announced_by` out: this version has to announce it itself)
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: category `prompts` is new (hint: leave `announced_by` out: this version has to announce it itself)
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: content from before the earlier cut-off (hint: leave `announced_by` out: this version has to announce it itself)
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: from 2024-11-19 instead of 2024-11-20 (hint: leave `announced_by` out: this version has to announce it itself)
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: from the age of 16 (hint: leave `announced_by` out: this version has to announce it itself)
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: on by default after off (hint: leave `announced_by` out: this version has to announce it itself)
    policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2024-11-20: signals against train-ai count no more (hint: leave `announced_by` out: this version has to announce it itself)
    "#);
}

#[test]
fn an_announcement_that_was_itself_repeated_counts_from_its_repetition() {
    let what = found(|older, newer| {
        elsewhere(newer).announced_by = "2023-01-01".parse().unwrap();
        let version = older.version;
        assert_eq!(elsewhere(older).announced_by, version);
    });
    insta::assert_snapshot!(what, @"policy 2025-11-03: purpose `generative-ai`, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: wider than announced by 2023-01-01: 2024-11-20 announced it anew (hint: leave `announced_by` out: this version has to announce it itself)");
}

#[test]
fn the_version_that_is_superseded_must_be_the_one_at_hand() {
    let what = found(|_, newer| newer.supersedes = None);
    insta::assert_snapshot!(what, @"policy 2025-11-03: it supersedes none, not 2024-11-20 (hint: hold it against the version that it names)");
}

//! The shipped policies: that they parse, follow each other, and decide as their tables say.

use std::{collections::BTreeSet, fs, path::PathBuf};

use policy::{
    Answer, Basis, Category, Country, Day, Policy, Purpose, decision_table, diff, shipped,
    shipped_policy,
};

use crate::generators::shipped_policies;

#[test]
fn every_shipped_policy_is_found_by_its_version() {
    for ((name, _), parsed) in shipped().into_iter().zip(shipped_policies()) {
        assert_eq!(name, format!("{}.toml", parsed.version));
        assert_eq!(shipped_policy(parsed.version).unwrap(), Some(parsed));
    }
    assert_eq!(shipped_policy("1999-01-01".parse().unwrap()).unwrap(), None);
}

#[test]
fn each_shipped_policy_may_follow_the_one_before() {
    for pair in shipped_policies().windows(2) {
        assert_eq!(pair[1].check_against(&pair[0]), Vec::new());
    }
}

#[test]
fn the_decision_tables_are_as_checked_in() {
    for policy in shipped_policies() {
        let name = format!("tests/it/decision-table-{}.txt", policy.version);
        // tests run in the folder of their package, wherever it was when they were compiled
        let path = PathBuf::from(&name);
        let table = decision_table(&policy);
        if std::env::var_os("ZWECK_BLESS").is_some() {
            fs::write(&path, &table).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap();
        let pairs = expected.lines().zip(table.lines()).enumerate();
        let first = pairs.filter(|(_, (old, new))| old != new).map(|(line, _)| line + 1).next();
        assert!(
            expected == table,
            "{name} differs from what `decide` answers, first in line {first:?}; if that is meant, \
             write it anew with ZWECK_BLESS=1 and have the difference read by a lawyer"
        );
    }
}

#[test]
fn any_change_of_a_rule_changes_the_table() {
    let policy = shipped_policies().pop().unwrap();
    let table = decision_table(&policy);
    type Alter = fn(&mut Policy);
    let alterations: [(&str, Alter); 6] = [
        ("a longer window", |p| p.notice_days += 1),
        ("another start", |p| cell(p, "talent").from = "2025-11-04".parse().unwrap()),
        ("another default", |p| cell(p, "partner-ads").default = Answer::Allow),
        ("another basis", |p| cell(p, "generative-ai").basis = Basis::Consent),
        ("signals that do not count", |p| rules(p, "generative-ai").content_usage = None),
        ("fewer categories", |p| cell(p, "talent").categories = Some(vec![Category::Skills])),
    ];
    for (name, alter) in alterations {
        let mut other = policy.clone();
        alter(&mut other);
        assert_ne!(decision_table(&other), table, "{name}");
    }
}

fn cell<'a>(policy: &'a mut Policy, purpose: &str) -> &'a mut policy::Cell {
    rules(policy, purpose).cells.first_mut().unwrap()
}

fn rules<'a>(policy: &'a mut Policy, purpose: &str) -> &'a mut policy::PurposeRules {
    policy.purposes.get_mut(&Purpose::new(purpose).unwrap()).unwrap()
}

#[test]
fn the_programme_is_as_announced() {
    let check =
        |version: &str, purpose: &str, country: &str, expect: Option<(&str, Basis, Answer)>| {
            let policy = shipped_policy(version.parse().unwrap()).unwrap().unwrap();
            let rules = policy.rules(&Purpose::new(purpose).unwrap());
            let cell = rules.and_then(|rules| rules.cell(country.parse().unwrap()));
            let found = cell.map(|cell| (cell.from.to_string(), cell.basis, cell.default));
            let expect = expect.map(|(from, basis, default)| (from.to_owned(), basis, default));
            assert_eq!(found, expect, "{version} {purpose} {country}");
        };
    let (old, new) = ("2024-11-20", "2025-11-03");
    for country in ["DE", "NO", "GB", "CH", "CA", "HK", "JE"] {
        check(old, "generative-ai", country, None);
    }
    for country in ["US", "AU", "IN", "JP"] {
        let terms = |from| Some((from, Basis::Terms, Answer::Allow));
        check(old, "generative-ai", country, terms(old));
        check(new, "generative-ai", country, terms(old));
        check(new, "partner-ads", country, terms(new));
    }
    for country in ["DE", "NO", "GB", "CH"] {
        let interest = Some((new, Basis::LegitimateInterest, Answer::Allow));
        check(new, "generative-ai", country, interest);
        check(new, "talent", country, interest);
        check(new, "partner-ads", country, Some((new, Basis::Consent, Answer::Refuse)));
    }
    for country in ["CA", "HK"] {
        check(new, "generative-ai", country, Some((new, Basis::Terms, Answer::Allow)));
        check(new, "partner-ads", country, Some((new, Basis::Consent, Answer::Refuse)));
    }
    check(old, "partner-ads", "US", None);
    check(old, "talent", "US", None);
}

#[test]
fn legitimate_interest_needs_its_three_documents_and_every_cell_a_source() {
    for policy in shipped_policies() {
        for cell in policy.purposes.values().flat_map(|rules| &rules.cells) {
            let interest = cell.basis == Basis::LegitimateInterest;
            assert_eq!(cell.documents.len(), if interest { 3 } else { 0 });
            assert!(cell.source.contains("LinkedIn") || cell.source.starts_with("ours"));
        }
        let talent = policy.rules(&Purpose::new("talent").unwrap());
        assert!(
            talent.is_none_or(|rules| rules.cells.iter().all(|c| c.source.starts_with("ours")))
        );
    }
}

#[test]
fn the_difference_reads_as_sentences() {
    let policies = shipped_policies();
    let changes = diff(&policies[0], &policies[1]);
    let sentences: Vec<_> = changes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(sentences.join("\n"), @r#"
    generative-ai, EEA, CH, GB, GG, GI, IM, JE: the use begins on 2025-11-03, on the basis of legitimate-interest, on by default, with profile, positions, education, skills, posts, articles, comments (widens)
    generative-ai, CA, HK: the use begins on 2025-11-03, on the basis of terms, on by default, with profile, positions, education, skills, posts, articles, comments (widens)
    generative-ai, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: content is used back to 2015-01-01 instead of any day (narrows)
    partner-ads, EEA, CA, CH, GB, GG, GI, HK, IM, JE: the use begins on 2025-11-03, on the basis of consent, off by default, with profile, positions, education, skills, activity, ad-events (widens)
    partner-ads, everywhere but EEA, CA, CH, GB, GG, GI, HK, IM, JE: the use begins on 2025-11-03, on the basis of terms, on by default, with profile, positions, education, skills, activity, ad-events (widens)
    talent, everywhere: the use begins on 2025-11-03, on the basis of legitimate-interest, on by default, with profile, positions, education, skills (widens)
    "#);
    assert_eq!(diff(&policies[1], &policies[1]), Vec::new());
}

#[test]
fn a_difference_turned_round_narrows_what_it_widened() {
    let policies = shipped_policies();
    let mut older = policies[1].clone();
    older.adult_age = 16;
    older.notice_days = 60;
    older.ambiguous_names = policy::Ambiguous::Keep;
    cell(&mut older, "generative-ai").announced_by = "2024-11-20".parse().unwrap();
    cell(&mut older, "generative-ai").documents = vec!["dpia".to_owned()];
    cell(&mut older, "partner-ads").categories = Some(vec![Category::Profile]);
    rules(&mut older, "generative-ai").content_usage = None;
    let older_rules = rules(&mut older, "talent");
    older_rules.content_usage = Some(policy::aipref::Category::Search);
    older_rules.objection = policy::ObjectionScope::ContentAfterObjection;
    older_rules.oldest_content = Some("2001-01-01".parse::<Day>().unwrap());
    let forth = diff(&older, &policies[1]);
    let back = diff(&policies[1], &older);
    insta::assert_snapshot!(
        forth.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r#"
    all purposes: the notice window is 30 days instead of 60 (widens)
    all purposes: members are adults at 18 instead of 16 (narrows)
    all purposes: ambiguous names: redact instead of keep (narrows)
    generative-ai, everywhere: signals against train-ai count instead of no use (narrows)
    generative-ai, EEA, CH, GB, GG, GI, IM, JE: it now requires compatibility-assessment, legitimate-interest-assessment (narrows)
    generative-ai, EEA, CH, GB, GG, GI, IM, JE: announcements count from version 2025-11-03 on instead of 2024-11-20 (narrows)
    partner-ads, EEA, CH, GB, GG, GI, IM, JE: positions, education, skills, activity, ad-events may be used as well (widens)
    talent, everywhere: content is used back to any day instead of 2001-01-01 (widens)
    talent, everywhere: signals against no use count instead of search (widens)
    talent, everywhere: an objection reaches all-data instead of content-after-objection (narrows)
    "#);
    let widens: BTreeSet<Vec<Country>> = forth.iter().filter(|c| c.widens).map(places).collect();
    let narrows: BTreeSet<Vec<Country>> = back.iter().filter(|c| c.narrows).map(places).collect();
    assert_eq!(widens, narrows);
    assert_eq!(
        forth.iter().filter(|c| c.narrows).count(),
        back.iter().filter(|c| c.widens).count()
    );
}

fn places(change: &policy::Change) -> Vec<Country> {
    change.countries.iter().copied().collect()
}

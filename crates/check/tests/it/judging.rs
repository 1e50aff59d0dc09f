//! Regions, consent, notices and whose ids authors are.

use check::{Field, SaidScope, Summary};
use policy::Answer;

use crate::support::{columns, declaration, folder, refused, rules, run, said};

const ROWS: &str = r#"{"author":"ann","region":"DE","created":"2025-01-01"}
{"author":"ben","region":"GB","created":"2025-01-01"}
{"author":"cem","region":"US","created":"2025-01-01"}
{"author":"dan","region":"BR","created":"2025-01-01"}
{"author":"eva","region":"DE","created":"2014-12-31"}
{"author":"fay","region":"DE","created":"2026-03-02"}
"#;

const FIELDS: [(Field, &str); 2] = [(Field::Created, "created"), (Field::Region, "region")];

fn check(rules: check::Rules, said: Vec<check::Said>) -> (String, Summary) {
    let folder = folder(&[("a.jsonl", ROWS.as_bytes())]);
    run(folder.path(), &columns(&FIELDS), rules, said)
}

#[test]
fn the_policy_decides() {
    let (told, summary) = check(rules(), vec![]);
    assert_eq!(
        told,
        "a.jsonl:2 ben consent-missing\n\
         a.jsonl:3 cem documents-missing\n\
         a.jsonl:4 dan region-not-started, notice-missing\n\
         a.jsonl:5 eva before-cutoff\n\
         a.jsonl:6 fay after-as-of\n"
    );
    assert_eq!(summary.clean, 1);
    let consent = said("site:ben", SaidScope::Everything, Answer::Allow);
    let rules = check::Rules { documents: vec!["dpia".to_owned()], ..rules() };
    let (told, _) = check(rules, vec![consent]);
    assert!(!told.contains("ben") && !told.contains("cem"), "{told}");
}

#[test]
fn a_signal_refuses_its_row_and_so_does_one_that_cannot_be_read() {
    let signals =
        [r#""train-ai=n""#, r#""train-ai=y, search=n""#, r#""""#, "null", r#""no AI""#, "7"];
    let line = |signal: &&str| {
        format!("{{\"author\":\"ann\",\"created\":\"2025-01-01\",\"usage\":{signal}}}\n")
    };
    let rows: String = signals.iter().map(line).collect();
    let folder = folder(&[("a.jsonl", rows.as_bytes())]);
    let fields = [(Field::Created, "created"), (Field::ContentUsage, "usage")];
    let (told, summary) = run(folder.path(), &columns(&fields), rules(), []);
    assert_eq!(
        told,
        "a.jsonl:1 ann opted-out-by-signal\n\
         a.jsonl:5 ann opted-out-by-signal\n\
         a.jsonl:6 ann opted-out-by-signal\n"
    );
    assert_eq!(summary.not_understood["content-usage"].rows, 2);
}

#[test]
fn nothing_declared_is_nothing_known() {
    let rules = check::Rules { declaration: None, ..rules() };
    let (told, summary) = check(rules, vec![]);
    assert!(
        told.starts_with(
            "a.jsonl:1 ann status-unknown, age-unknown, notice-missing, visibility-unknown\n"
        ),
        "{told}"
    );
    assert_eq!((summary.clean, summary.refused["status-unknown"]), (0, 6));
}

#[test]
fn a_notice_counts_from_the_policy_on_that_announces_and_once_its_window_has_closed() {
    let table = [
        ("2025-11-03", "2026-01-31", "notice-window-open"),
        ("2025-11-03", "2026-03-02", "notice-missing"),
        ("2025-11-02", "2025-11-03", "notice-missing"),
        ("2025-11-03", "2026-01-30", ""),
    ];
    for (version, delivered, expected) in table {
        let text = format!(
            "age = 'adult'\nstatus = 'active'\nvisibility = 'public'\nreason = 'a test'\n\
             notice = {{ policy_version = '{version}', delivered_at = '{delivered}' }}"
        );
        let rules = check::Rules { declaration: Some(declaration(&text)), ..rules() };
        let (told, _) = check(rules, vec![]);
        let ann = told.lines().find_map(|line| line.strip_prefix("a.jsonl:1 ann "));
        assert_eq!(ann.unwrap_or_default(), expected, "{version} {delivered}");
    }
}

#[test]
fn authors_are_told_apart_by_their_source() {
    let both = || vec![refused("site:ann"), refused("other:ann")];
    let (told, summary) = check(rules(), both());
    assert!(
        told.contains("author `ann` may be `site:ann` or `other:ann` in the choices"),
        "{told}"
    );
    assert_eq!(summary.failed.len(), 1);
    let of = |source: &str| check::Rules { source: Some(source.to_owned()), ..rules() };
    let (told, _) = check(of("site"), both());
    assert!(told.starts_with("a.jsonl:1 ann objected\n"), "{told}");
    let (told, summary) = check(of("third"), both());
    assert!(!told.contains("ann"), "{told}");
    assert_eq!((summary.members_with_choices, summary.members_met), (2, 0));
}

//! `zweck check`, as a pipeline runs it.

use serde_json::Value;

use crate::run::Place;

const FACTS: &str = "\
region = 'DE'
age = 'adult'
status = 'active'
visibility = 'public'
reason = 'made up for this test'
notice = { policy_version = '2025-11-03', delivered_at = '2025-09-20' }
";

const DOCUMENTS: &str = "legitimate-interest-assessment,dpia,compatibility-assessment";

const CHOICES: &str = "\
member,purpose,answer,said_at
site:ben,generative-ai,refuse,2026-01-01
";

fn place(rows: &str) -> Place {
    let place = Place::new();
    place.write("facts.toml", FACTS);
    place.write("choices.csv", CHOICES);
    place.write("rows.jsonl", rows);
    place
}

fn check(more: &str) -> String {
    format!(
        "check rows.jsonl --author author --created created --category posts \
         --choices choices.csv --policy 2025-11-03 --purpose generative-ai \
         --declare facts.toml --document {DOCUMENTS} {more}"
    )
}

fn row(author: &str) -> String {
    format!("{{\"author\":\"{author}\",\"created\":\"2025-01-01\"}}\n")
}

#[test]
fn a_clean_data_set_ends_with_0_and_needs_no_state() {
    let place = place(&row("ann"));
    let told = place.ok(&check(""));
    assert!(told.ends_with("Every row may be there: 1 row in 1 file.\n"), "{told}");
    assert!(!place.path().join("zweck-state").exists());
}

#[test]
fn rows_that_must_not_be_there_end_with_4() {
    let place = place(&[row("ann"), row("ben"), "broken\n".to_owned(), row("ben")].concat());
    let ran = place.run(&check(""));
    assert_eq!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
    for expected in ["rows.jsonl:2", "objected", "unreadable", "3 of 4 rows in 1 file must not"] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
    let ran = place.run(&check("--limit 1"));
    assert!(ran.stdout.contains("… and 2 more"), "{}", ran.stdout);
}

#[test]
fn machines_get_a_line_for_each_row_and_a_summary() {
    let place = place(&[row("ann"), row("ben"), row("ben")].concat());
    let ran = place.run(&format!("--json {}", check("")));
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    let lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    let expected = serde_json::json!(
        {"file": "rows.jsonl", "row": 2, "author": "ben", "reasons": ["objected"]}
    );
    assert_eq!(lines[0], expected);
    let summary = &lines[2]["summary"];
    assert_eq!((&summary["rows"], &summary["clean"]), (&3.into(), &1.into()));
    assert_eq!(summary["refused"]["objected"], 2);
}

#[test]
fn a_missing_fact_refuses() {
    let place = place(&row("ann"));
    place.write("facts.toml", "age = 'adult'\nreason = 'a test'\n");
    let ran = place.run(&check(""));
    assert_eq!(ran.code, 4);
    assert!(ran.stdout.contains("region-unknown"), "{}", ran.stdout);
    assert!(ran.stdout.contains("--region or `region` in --declare can say it"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_read_ends_with_1_and_says_where() {
    let table = [
        (
            "choices.csv",
            "member,purpose,answer,said_at\nsite:ben,generative-ai,maybe,2026-01-01\n",
            "choices.csv:2",
        ),
        (
            "choices.csv",
            "member,purpose,answer,said_at\nsite:ben,mind-reading,refuse,2026-01-01\n",
            "choices.csv:2",
        ),
        (
            "choices.csv",
            "member,purpose,answer,said_at\nsite:ben,generative-ai,refuse,\n",
            "choices.csv:2",
        ),
        ("facts.toml", "region = 'Germany'\nreason = 'a test'\n", "facts.toml:1"),
        ("rows.jsonl", "{\"writer\":\"ann\"}\n", "has no column `author`"),
    ];
    for (file, text, expected) in table {
        let place = place(&row("ann"));
        place.write(file, text);
        let ran = place.run(&check(""));
        let said = format!("{}{}", ran.stdout, ran.stderr);
        // What is long is broken into lines on its way to people.
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(ran.code, 1, "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn choices_that_say_nothing_are_refused() {
    let place = place(&row("ann"));
    let headings = "member,purpose,answer,said_at\n\n";
    for (file, text) in [("choices.csv", ""), ("choices.csv", headings), ("choices.ndjson", "\n")] {
        place.write(file, text);
        let ran = place.run(&check("").replace("choices.csv", file));
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        let expected = format!("error: `{file}` holds no choice\nhint: `--no-choices` if nobody");
        assert!(ran.stderr.starts_with(&expected), "{}", ran.stderr);
    }
    assert_eq!(place.run(&check("--no-choices")).code, 2, "either, not both");
    assert_eq!(place.run(&check("").replace("--choices choices.csv", "")).code, 2, "one of both");
    let told = place.ok(&check("").replace("--choices choices.csv", "--no-choices"));
    assert!(told.contains("0 members said something about this"), "{told}");
}

#[test]
fn what_is_not_read_ends_with_1_and_is_named() {
    let place = place(&row("ann"));
    std::fs::create_dir(place.path().join("set")).unwrap();
    place.write("set/a.jsonl", row("ann"));
    let line = check("").replace("rows.jsonl", "set");
    place.ok(&line);
    for at in 0..12 {
        place.write(&format!("set/more-{at:02}.csv"), "author\nben\n");
    }
    let ran = place.run(&line);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    let expected =
        ["read to its end: more-00.csv: it may hold rows", "… and 2 more files; --json lists them"];
    for expected in expected {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
    let ran = place.run(&format!("--json {line}"));
    assert_eq!(ran.code, 1);
    let summary: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(summary["summary"]["failed"].as_array().unwrap().len(), 12);
    assert_eq!(summary["summary"]["failed"][11]["file"], "more-11.csv");
}

#[test]
fn a_question_that_is_not_clear_is_refused() {
    let place = place(&row("ann"));
    let line = "check rows.jsonl --author author --choices choices.csv --policy 2025-11-03";
    assert_eq!(place.run(line).code, 2, "no kind of data is given");
    let ran = place.run(&format!("{line} --category posts"));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("which purpose is meant?"), "{}", ran.stderr);
}

#[test]
fn the_instant_is_a_parameter() {
    let place = place(&row("ann"));
    let told = place.run(&check("--as-of 2025-10-01")).stdout;
    assert!(told.contains("as of 2025-10-01T00:00:00Z"), "{told}");
    assert!(told.contains("region-not-started"), "{told}");
    let told = place.ok(&check(""));
    assert!(told.contains("as of 2026-11-01T00:00:00Z"), "{told}");
}

//! Every command of the README is run, in order, in one folder.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::run::ZWECK;

/// Commands that build or test the project itself: they are how this test came to run.
const OF_CARGO: [&str; 2] = ["cargo test", "cargo build"];

/// A command with what it is said to print.
struct Example {
    line: usize,
    command: String,
    expected: Vec<String>,
    exit: i32,
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = std::fs::read_to_string(&readme).expect("there is a README.md");
    let examples = examples(&text);
    assert!(!examples.is_empty(), "the README shows no command");
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = String::new();
    for example in examples {
        if OF_CARGO.iter().any(|start| example.command.starts_with(start)) {
            continue;
        }
        let output = run(&example.command, folder.path());
        let shown = [output.stdout, output.stderr].concat();
        let shown = String::from_utf8(shown).unwrap();
        let exit = output.status.code().unwrap_or(-1);
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        let expected: Vec<&str> = example.expected.iter().map(String::as_str).collect();
        let says_nothing = expected.is_empty();
        if exit != example.exit || !(says_nothing || matches(&expected, &lines)) {
            let Example { line, command, .. } = example;
            wrong.push_str(&format!("README.md:{line}: {command}\nexit {exit}, and:\n{shown}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The commands of all `console` blocks. A line `? 4` says the exit code.
fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line.trim() == "```console";
        } else if inside {
            let last = examples.last_mut();
            if let Some(command) = line.strip_prefix("$ ") {
                let command = command.to_owned();
                let (line, expected) = (number + 1, Vec::new());
                examples.push(Example { line, command, expected, exit: 0 });
            } else if let (Some(last), Some(exit)) = (last, line.strip_prefix("? ")) {
                last.exit = exit.trim().parse().unwrap();
            } else if let Some(last) = examples.last_mut() {
                last.expected.push(line.trim_end().to_owned());
            }
        }
    }
    for example in &mut examples {
        while example.expected.last().is_some_and(String::is_empty) {
            example.expected.pop();
        }
    }
    examples
}

fn run(command: &str, folder: &Path) -> Output {
    let command = command.replace("cargo run --quiet --", "zweck").replace("cargo run --", "zweck");
    let beside = PathBuf::from(ZWECK).parent().unwrap().to_owned();
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", beside.display()))
        .env_remove("ZWECK_STATE")
        .output()
        .unwrap()
}

/// Whether lines are as expected, where `[..]` stands for anything in a line and `...` for any
/// number of lines.
fn matches(expected: &[&str], lines: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.iter().all(|line| line.is_empty()),
        Some((&"...", rest)) => {
            (0..=lines.len()).any(|start| matches(rest, lines.get(start..).unwrap_or_default()))
        }
        Some((first, rest)) => lines
            .split_first()
            .is_some_and(|(line, lines)| is_line(first, line) && matches(rest, lines)),
    }
}

fn is_line(expected: &str, line: &str) -> bool {
    match expected.split_once("[..]") {
        None => expected == line,
        Some((start, rest)) => line.strip_prefix(start).is_some_and(|after| {
            let ends = after.char_indices().map(|(place, _)| place).chain([after.len()]);
            ends.map(|place| after.get(place..).unwrap_or_default()).any(|line| is_line(rest, line))
        }),
    }
}

#[test]
fn lines_match_with_gaps() {
    let table: [(&[&str], &[&str], bool); 6] = [
        (&["a"], &["a"], true),
        (&["a[..]c"], &["abbc"], true),
        (&["a[..]c"], &["abbd"], false),
        (&["a", "...", "d"], &["a", "b", "c", "d"], true),
        (&["a", "..."], &["b"], false),
        (&["a"], &["a", "b"], false),
    ];
    for (expected, lines, outcome) in table {
        assert_eq!(matches(expected, lines), outcome, "{expected:?} {lines:?}");
    }
}

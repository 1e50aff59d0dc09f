//! The commands that documents show, with what they are said to print.

use std::process::Output;

/// A command with what it is said to print.
pub(crate) struct Example {
    line: usize,
    /// As it stands behind `$ `.
    pub(crate) command: String,
    expected: Vec<String>,
    exit: i32,
}

impl Example {
    /// A command that has to succeed, of a test rather than of a document.
    pub(crate) fn ok(command: &str, expected: &str) -> Self {
        let expected = expected.lines().map(str::to_owned).collect();
        Self { line: 0, command: command.to_owned(), expected, exit: 0 }
    }
}

/// Runs the examples one after the other; what is not as it is said fails the test.
pub(crate) fn check(document: &str, examples: Vec<Example>, run: impl Fn(&str) -> Output) {
    assert!(!examples.is_empty(), "{document} shows no command");
    let mut wrong = String::new();
    for example in examples {
        let output = run(&example.command);
        let shown = [output.stdout, output.stderr].concat();
        let shown = String::from_utf8(shown).unwrap();
        let exit = output.status.code().unwrap_or(-1);
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        let expected: Vec<&str> = example.expected.iter().map(String::as_str).collect();
        let says_nothing = expected.is_empty();
        if exit != example.exit || !(says_nothing || matches(&expected, &lines)) {
            let Example { line, command, .. } = example;
            wrong.push_str(&format!("{document}:{line}: {command}\nexit {exit}, and:\n{shown}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The commands of all `console` blocks. A line `? 4` says the exit code.
pub(crate) fn of(text: &str) -> Vec<Example> {
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

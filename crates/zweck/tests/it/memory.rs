//! The memory of an import does not grow with what comes in.

use std::{fmt::Write as _, fs, process::Stdio, time::Duration};

use crate::run::Place;

/// Rows of a batch in these tests: few, so that a small import has many.
const BATCH: &str = "[import]\nbatch_rows = 500\n[lake]\ncompact_at_files = 16\n";

/// By how much the peaks of the two imports may differ, in kB. The larger has ten megabytes more
/// of input, which would take some eighty if they were held.
const SLACK: u64 = 40_000;

/// Posts and the answers to them.
fn events(rows: usize) -> String {
    let mut events = String::new();
    for row in 0..rows {
        let at = "2024-01-01T00:00:00Z";
        let member = row % 97;
        let text = blake3::hash(&row.to_le_bytes()).to_hex().repeat(4);
        let said = format!(r#""visibility":"public","text":"@Anna {text}""#);
        let common = format!(r#""event":"e{row}","member":"m{member}","at":"{at}","id":"i{row}""#);
        let (post, author) = (row.saturating_sub(7), row.saturating_sub(7) % 97);
        let _ = match row % 3 {
            0 => writeln!(events, r#"{{{common},"kind":"post",{said}}}"#),
            _ => writeln!(
                events,
                r#"{{{common},"kind":"comment",{said},"parent":{{"member":"m{author}","kind":"post","id":"i{post}"}}}}"#
            ),
        };
    }
    events
}

/// The peak of an import into an empty state, in kB.
fn peak(rows: usize) -> u64 {
    let place = Place::new();
    place.write("zweck.toml", BATCH);
    place.write("events.ndjson", &events(rows));
    let mut child = place
        .command(["import", "events.ndjson"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = now.unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
#[cfg(target_os = "linux")]
fn five_times_the_input_takes_no_more_memory() {
    let (small, large) = (peak(6_000), peak(30_000));
    assert!(large < small + SLACK, "{small} kB for a fifth of the input, {large} kB for all of it");
}

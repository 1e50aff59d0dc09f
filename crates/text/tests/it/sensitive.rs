//! How much of what is sensitive is found, and how much of what is found is sensitive.
use text::sensitive::{Kind, SensitiveFinder, Verdict};

const TUNED_TEXTS: &str = include_str!("sensitive/tuned-texts.txt");
const TUNED_NAMES: &str = include_str!("sensitive/tuned-names.txt");
const HELD_OUT_TEXTS: &str = include_str!("sensitive/held-out-texts.txt");
const HELD_OUT_NAMES: &str = include_str!("sensitive/held-out-names.txt");

type Judge = fn(&SensitiveFinder, &str) -> Option<Verdict>;

/// What came of judging a list.
#[derive(Debug, Default)]
struct Outcome {
    sensitive: usize,
    found: usize,
    of_their_kind: usize,
    missed: Vec<&'static str>,
    mistaken: Vec<(&'static str, Verdict)>,
}

fn outcome(list: &'static str, judge: Judge) -> Outcome {
    let finder = SensitiveFinder::new().unwrap();
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let mut outcome = Outcome::default();
    for line in lines {
        let (kind, text) = line.split_once(" | ").unwrap();
        outcome.add(Kind::from_code(kind), text, judge(&finder, text));
    }
    outcome
}

impl Outcome {
    fn add(&mut self, expect: Option<Kind>, text: &'static str, verdict: Option<Verdict>) {
        self.sensitive += usize::from(expect.is_some());
        match (expect, verdict) {
            (Some(kind), Some(verdict)) => {
                self.found += 1;
                self.of_their_kind += usize::from(verdict.kind == kind);
            }
            (Some(_), None) => self.missed.push(text),
            (None, Some(verdict)) => self.mistaken.push((text, verdict)),
            (None, None) => {}
        }
    }

    /// Each in per cent, rounded down.
    fn assert(&self, recall: usize, precision: usize, of_their_kind: usize) {
        let judged = self.found + self.mistaken.len();
        assert!(self.found * 100 >= self.sensitive * recall, "recall: {self:#?}");
        assert!(self.found * 100 >= judged * precision, "precision: {self:#?}");
        assert!(self.of_their_kind * 100 >= self.found * of_their_kind, "kind: {self:#?}");
    }
}

#[test]
fn texts_that_the_lists_were_tuned_on() {
    outcome(TUNED_TEXTS, SensitiveFinder::judge).assert(99, 100, 99);
}

#[test]
fn texts_that_were_held_out() {
    outcome(HELD_OUT_TEXTS, SensitiveFinder::judge).assert(91, 93, 100);
}

#[test]
fn names_that_the_lists_were_tuned_on() {
    outcome(TUNED_NAMES, SensitiveFinder::judge_name).assert(98, 100, 100);
}

#[test]
fn names_that_were_held_out() {
    outcome(HELD_OUT_NAMES, SensitiveFinder::judge_name).assert(100, 94, 100);
}

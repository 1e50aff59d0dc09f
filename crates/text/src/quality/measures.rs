use std::fmt;

use serde::Serialize;

use super::rules::{Bound, Rule};

/// What every rule measures in one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    words: f64,
    values: [Option<f64>; Rule::ALL.len()],
}

/// A rule that a text fails, and by how much.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Failed {
    /// The rule.
    pub rule: Rule,
    /// What was measured, in the rule's unit.
    pub measured: f64,
    /// The limit, in the same unit.
    pub limit: f64,
}

impl Measures {
    /// Nothing measured yet in a text of so many words.
    pub(super) fn new(words: usize) -> Self {
        Self { words: number(words), values: [None; Rule::ALL.len()] }
    }

    /// What was measured; none where the rule cannot be asked, as in a text without words.
    #[must_use]
    pub fn of(&self, rule: Rule) -> Option<f64> {
        self.values.get(rule as usize).copied().flatten()
    }

    /// How many words the text has, those of symbols among them.
    #[must_use]
    pub const fn words(&self) -> f64 {
        self.words
    }

    pub(super) fn count(&mut self, rule: Rule, count: usize) {
        self.set(rule, Some(number(count)));
    }

    /// Sets a share; there is none of nothing.
    pub(super) fn share(&mut self, rule: Rule, part: usize, whole: usize) {
        self.set(rule, (whole > 0).then(|| number(part) / number(whole)));
    }

    fn set(&mut self, rule: Rule, value: Option<f64>) {
        if let Some(place) = self.values.get_mut(rule as usize) {
            *place = value;
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = match self.rule.bound() {
            Bound::AtLeast => "at least",
            Bound::AtMost => "at most",
        };
        let Self { rule, measured, limit } = *self;
        let rounded = (measured * 1000.0).round() / 1000.0;
        // a value is not rounded to its limit: it would seem to pass
        let shown = if rule.allows(rounded, limit) { measured } else { rounded };
        write!(formatter, "{rule}: {shown}, must be {bound} {limit}")
    }
}

// No text has 2^53 words, so nothing is lost.
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_explains_itself() {
        let check = |rule, measured, limit, expect: &str| {
            assert_eq!(Failed { rule, measured, limit }.to_string(), expect);
        };
        check(Rule::TooFewWords, 2.0, 4.0, "too-few-words: 2, must be at least 4");
        check(Rule::Top2Gram, 0.31277, 0.2, "top-2-gram: 0.313, must be at most 0.2");
        check(Rule::Top2Gram, 0.2001, 0.2, "top-2-gram: 0.2001, must be at most 0.2");
    }

    #[test]
    fn there_is_no_share_of_nothing() {
        let mut measures = Measures::new(0);
        measures.share(Rule::Hashes, 0, 0);
        assert_eq!(measures.of(Rule::Hashes), None);
        measures.share(Rule::Hashes, 1, 4);
        assert_eq!(measures.of(Rule::Hashes), Some(0.25));
    }
}

//! How a text is written is made clean, before anything else is done with it: what was read in the
//! wrong encoding, escaped twice, left as markup, styled, cut or cannot be seen.
//!
//! The rules are applied in the order of [`Rule::ALL`]: files that nobody reads first, encoding before escapes before markup, since
//! each may hide the next; hyphenation before soft hyphens go; white space last. As a rule may bring
//! something to light for an earlier one (`&Atilde;&frac14;`), all are applied again until none finds
//! anything. A text on which they do not come to rest within [`ROUNDS`] stays as it is; nobody writes
//! such a text by chance. So a text that was normalised is never changed again.
//!
//! What stands between a name and its reader goes: `An\u{200b}na` or `M&uuml;ller` may be a name
//! afterwards that was none before. Whoever masked names before asks [`Normalised::is_changed`], and
//! looks for names once more where it says yes.

mod bulletin_board;
mod code;
mod composition;
mod embedded;
mod hyphenation;
mod invisible;
mod markup;
mod mojibake;
mod references;
mod rewriting;
mod rules;
mod spaces;
mod styled;
mod tags;

use std::{borrow::Cow, collections::BTreeMap};

pub use rules::{Normalisation, Rule, UnknownRule};

/// How often the rules are applied to a text at most, the last time to see that nothing is left.
pub const ROUNDS: usize = 8;

/// A text after normalisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised<'a> {
    /// The text, borrowed where nothing was changed.
    pub text: Cow<'a, str>,
    /// How many places each rule changed; empty if and only if the text is the same.
    pub changed: BTreeMap<Rule, u64>,
}

impl Normalised<'_> {
    /// Whether the text is another one than before, so that it may show what it did not show.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }
}

impl Normalisation {
    /// Makes a text clean, for any text, in time that grows with its length and no faster.
    #[must_use]
    pub fn apply<'a>(&self, text: &'a str) -> Normalised<'a> {
        let mut changed = BTreeMap::new();
        let mut last = None;
        for _ in 0..ROUNDS {
            match self.round(last.as_deref().unwrap_or(text), &mut changed) {
                Some(next) => last = Some(next),
                None => return finished(text, last, changed),
            }
        }
        finished(text, None, changed)
    }

    /// Applies every rule once; nothing if none finds anything.
    fn round(&self, text: &str, changed: &mut BTreeMap<Rule, u64>) -> Option<String> {
        let mut last: Option<String> = None;
        for rule in Rule::ALL.into_iter().filter(|rule| self.applies(*rule)) {
            if let Some(next) = rule.rewrite(last.as_deref().unwrap_or(text)) {
                *changed.entry(rule).or_default() += next.places;
                last = Some(next.text);
            }
        }
        last
    }
}

fn finished(text: &str, last: Option<String>, changed: BTreeMap<Rule, u64>) -> Normalised<'_> {
    match last {
        Some(last) if last != text => Normalised { text: Cow::Owned(last), changed },
        _ => Normalised { text: Cow::Borrowed(text), changed: BTreeMap::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_text_is_borrowed() {
        let normalised = Normalisation::default().apply("Grüße aus Köln,\n\n  x < 3 & y > 2.\n");
        assert!(!normalised.is_changed());
        assert_eq!(normalised.changed, BTreeMap::new());
    }

    #[test]
    fn every_rule_is_counted_under_its_name() {
        let text = "MÃ¼ller &amp; S&ouml;hne<br>𝗛𝗶𝗿𝗶𝗻𝗴 u\u{308}ber\u{200b}all  hier";
        let normalised = Normalisation::default().apply(text);
        assert_eq!(normalised.text, "Müller & Söhne\nHiring überall hier");
        let counts: Vec<_> =
            normalised.changed.iter().map(|(rule, places)| (rule.code(), *places)).collect();
        assert_eq!(
            counts,
            [
                ("mojibake", 1),
                ("character-references", 2),
                ("markup", 1),
                ("styled-letters", 1),
                ("composition", 1),
                ("invisible", 1),
                ("spaces", 1),
            ]
        );
    }

    #[test]
    fn what_one_rule_brings_to_light_is_seen_by_the_others() {
        let check = |text: &str, expect: &str| {
            assert_eq!(Normalisation::default().apply(text).text, expect, "{text}");
        };
        check("M&Atilde;&frac14;ller", "Müller");
        check("M&u\u{200b}uml;ller", "Müller");
        check("MÃƒÂ¼ller", "Müller");
        check("M&amp;Atilde;&amp;frac14;ller", "Müller");
    }

    #[test]
    fn a_text_that_does_not_come_to_rest_stays_as_it_is() {
        let nested = (0..9).fold("x".to_owned(), |inner, _| {
            inner.chars().map(|one| format!("&#{};", u32::from(one))).collect()
        });
        let normalised = Normalisation::default().apply(&nested);
        assert!(!normalised.is_changed());
        assert!(normalised.changed.is_empty());
    }
}

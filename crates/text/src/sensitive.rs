//! Content that falls under article 9 of the GDPR, in German and English.
//!
//! Lists of terms, found in one pass; a term counts by what it says on its own and by whom it is said
//! of. This is a net for refusing by default, no legal judgement. What it takes for sensitive, and why:
//!
//! - What *reveals* a special category by inference counts: `sein Ehemann` reveals a sexual
//!   orientation, a chair in a party's local branch an opinion
//!   ([C-184/20](https://curia.europa.eu/juris/liste.jsf?num=C-184/20);
//!   [C-252/21](https://curia.europa.eu/juris/liste.jsf?num=C-252/21)). It may be wrong
//!   or said of somebody else than the writer, and still counts. Who wrote the text is not known
//!   here, so `my husband` counts only where the text itself says more.
//! - What is manifestly made public still is of the category; article 9(2)(e) is for who asks.
//! - A trade is no health: a nurse, `Krankenhaus-IT`, a diabetes app, `patients with cancer` tell
//!   nothing of a person. Nor does an employer's faith tell an employee's
//!   ([ICO](https://ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/lawful-basis/special-category-data/what-is-special-category-data/)).
//!   An office that presupposes the belief or the membership (a priest, a union's secretary) does.
//! - Who argues politics states an opinion, so that the subject alone decides there. Elections as
//!   such, administration, environment and social insurance are trades of many members: they do not
//!   count. A longer text that has more words of software, data and projects than of politics is
//!   about a tool, such as one that compares what parties promise: there only what reveals an opinion
//!   on its own counts, and a passage that argues.
//! - Nationality, languages and places of birth are no ethnic origin by themselves, unlike descent
//!   (`kurdische Wurzeln`, `Migrationshintergrund`). [Presidio](https://microsoft.github.io/presidio/supported_entities/)
//!   puts nationality, religion and politics into one entity, NRP, from which nothing could be refused
//!   by kind.
//! - Gender identity counts as sexual orientation, the stricter reading. Pronouns count only where
//!   they are neither `she` nor `he`.
//! - Genetic data (article 4(13)) are found under health where a text tells a finding. Biometric data
//!   (article 4(14)) come from technical processing that identifies somebody, which a text never is
//!   (recital 51): a column that holds them has to be labelled.
//! - Data concerning health includes care, disability and disease risk (article 4(15), recital 35).

mod context;
mod folding;
mod judging;
mod lists;
mod matching;
#[cfg(test)]
mod tests;

use aho_corasick::BuildError;
use serde::Serialize;

use self::{
    judging::Case,
    lists::Role,
    matching::{Matcher, Place},
};

/// Counts the changes of the lists and of how they are judged: what was judged by another one has to
/// be judged again.
pub const VERSION: u32 = 3;

/// A special category of personal data, <https://eur-lex.europa.eu/eli/reg/2016/679/art_9/oj>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Diseases, disability, addiction, pregnancy, care received, genetic findings.
    Health,
    /// Religion, and belief where it takes religion's place.
    Religion,
    /// Political opinion and activity.
    Politics,
    /// Membership of a trade union.
    Union,
    /// Sexual orientation, sex life and gender identity.
    SexualOrientation,
    /// Racial or ethnic origin.
    EthnicOrigin,
}

/// A place in a text that speaks for a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// The kind it speaks for.
    pub kind: Kind,
    /// Where the words start, in bytes.
    pub start: usize,
    /// Where the words end, in bytes.
    pub end: usize,
    /// The entry of the list that stands there.
    pub term: &'static str,
}

/// That a text as a whole is sensitive, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The kind that it is most plainly of; it may be of others too.
    pub kind: Kind,
    /// The places that decided, in the text's order; at least one.
    pub bases: Vec<Basis>,
}

/// Finds the terms of all kinds in one pass over a text.
#[derive(Debug)]
pub struct SensitiveFinder {
    matcher: Matcher,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Health,
        Self::Religion,
        Self::Politics,
        Self::Union,
        Self::SexualOrientation,
        Self::EthnicOrigin,
    ];

    /// Its name in output and lists.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Religion => "religion",
            Self::Politics => "politics",
            Self::Union => "union",
            Self::SexualOrientation => "sexual-orientation",
            Self::EthnicOrigin => "ethnic-origin",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

impl SensitiveFinder {
    /// A finder, to be kept: building it takes some milliseconds.
    ///
    /// # Errors
    /// If the lists are too long for one automaton.
    pub fn new() -> Result<Self, BuildError> {
        Ok(Self { matcher: Matcher::new()? })
    }

    /// Every place of a text that speaks for a kind, however little, in the text's order and without
    /// overlaps.
    pub fn find(&self, text: &str) -> Vec<Basis> {
        let found = self.matcher.find(text);
        found.terms.iter().filter_map(|place| found.basis(text, place)).collect()
    }

    /// Whether a text as a whole is sensitive.
    pub fn judge(&self, text: &str) -> Option<Verdict> {
        let found = self.matcher.find(text);
        let case = judging::of_text(&found)?;
        Some(verdict(case, |place| found.basis(text, place)))
    }

    /// Whether membership of a page or a group of this name is sensitive.
    pub fn judge_name(&self, name: &str) -> Option<Verdict> {
        let found = self.matcher.find(name);
        let case = judging::of_name(&found)?;
        Some(verdict(case, |place| found.basis(name, place)))
    }
}

fn verdict(case: Case, basis: impl Fn(&Place) -> Option<Basis>) -> Verdict {
    Verdict { kind: case.kind, bases: case.bases.iter().filter_map(basis).collect() }
}

impl matching::Found {
    fn basis(&self, text: &str, place: &Place) -> Option<Basis> {
        let Role::Term(kind, _) = place.entry.role else { return None };
        let (start, end) = self.folded.span(text, place.start, place.end);
        Some(Basis { kind, start, end, term: place.entry.term })
    }
}

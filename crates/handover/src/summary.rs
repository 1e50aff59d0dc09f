//! The public summary of training content that the
//! [AI Act, art. 53(1)(d)](https://eur-lex.europa.eu/eli/reg/2024/1689/oj#art_53) asks of providers
//! of general-purpose AI models, in the structure of the AI Office's
//! [template of 24 July 2025](https://digital-strategy.ec.europa.eu/en/library/explanatory-notice-and-template-public-summary-training-content-general-purpose-ai-models).

mod english;
mod general;
mod german;
mod names;
mod phrases;
mod processing;
mod provider;
mod sources;
mod writer;

pub use provider::{Origin, Provider, Told};

pub(crate) use names::language_name;

use crate::{Dataset, Statistics};
use phrases::Phrases;
use writer::Writer;

/// A language in which is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, with `1,234.5`.
    English,
    /// German, with `1.234,5`.
    German,
}

/// What the parts of a summary are made from.
#[derive(Clone, Copy)]
struct Facts<'a> {
    dataset: &'a Dataset,
    statistics: &'a Statistics,
    provider: &'a Provider,
    language: Language,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::English, Self::German];

    /// Its [BCP 47](https://www.rfc-editor.org/info/bcp47) tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    pub(crate) const fn phrases(self) -> &'static Phrases {
        match self {
            Self::English => &english::PHRASES,
            Self::German => &german::PHRASES,
        }
    }

    /// A number of rows or places in a document for everybody, in which few are not told exactly:
    /// somebody could know that they are one of three.
    fn public_number(self, number: u64) -> String {
        const FEW: u64 = 10;
        if number == 0 || number >= FEW {
            return self.number(number);
        }
        phrases::fill(self.phrases().fewer_than, &[("number", &self.number(FEW))])
    }
}

/// The summary of what a model learns from this corpus, as Markdown.
///
/// What follows from the corpus is filled in, what only the provider knows comes from them, and
/// where they have said nothing the summary says so in brackets.
pub fn summary(
    dataset: &Dataset,
    statistics: &Statistics,
    provider: &Provider,
    language: Language,
) -> String {
    let facts = Facts { dataset, statistics, provider, language };
    let mut writer = Writer::new(language);
    general::write(&mut writer, facts);
    sources::write(&mut writer, facts);
    processing::write(&mut writer, facts);
    writer.finish()
}

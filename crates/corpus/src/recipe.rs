use std::{borrow::Cow, collections::BTreeMap};

use gate::NameFinder;
use serde::{Deserialize, Serialize};
use text::{
    language::{self, Language},
    minhash,
    normalisation::{self, Normalisation},
    personal_data::Kind,
    quality::{Analyser, Limits, Rule},
    redaction::{Redacted, Redaction},
    scripts,
};

use crate::{CorpusError, Document, LeftOut, Paragraphs, Result, SliceKey, accounting::add};

/// What is done to the words of a document on their way into a corpus.
///
/// Names of objectors are no part of it: the gate masks them before anybody has the words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Recipe {
    /// In which languages texts stay.
    pub language: Languages,
    /// How texts are made clean.
    pub normalisation: Normalisation,
    /// What is done with personal data.
    pub redaction: Redaction,
    /// What texts must keep to.
    pub quality: Limits,
    /// Which texts are left out because another one stands for them.
    pub duplicates: Duplicates,
}

/// Which texts are left out because another one stands for them, beside those with the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Duplicates {
    /// Whether one stands for those with nearly the same words, too.
    pub near: bool,
    /// How much they must have in common.
    pub minhash: minhash::Parameters,
}

/// A recipe that is ready to be applied, text after text.
#[derive(Debug)]
pub struct Steps {
    recipe: Recipe,
    analyser: Analyser,
}

/// In which languages texts stay. The language is told from the words, whatever the source says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Languages {
    /// In these; without a list, in any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<Language>>,
    /// Whether texts stay whose language cannot be told: a few words, names, code.
    pub keep_undetermined: bool,
}

/// What a recipe makes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried<'a> {
    /// The words as they would stand in a corpus, borrowed where nothing was replaced.
    pub text: Cow<'a, str>,
    /// Of which columns they are.
    pub paragraphs: Paragraphs,
    /// Places that were made clean, by rule.
    pub normalised: BTreeMap<normalisation::Rule, u64>,
    /// Places where personal data was replaced, by kind.
    pub redacted: BTreeMap<Kind, u64>,
    /// The language that the text is in, where it can be told.
    pub language: Option<Language>,
    /// Why the text would be left out.
    pub left_out: Option<LeftOut>,
}

impl Steps {
    /// Makes a recipe ready.
    ///
    /// # Errors
    /// If the search for notices cannot be built.
    pub fn of(recipe: Recipe) -> Result<Self> {
        let analyser = Analyser::new().map_err(|source| CorpusError::Quality { source })?;
        Ok(Self { recipe, analyser })
    }

    /// What it follows.
    pub const fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The first rule of quality that a text fails. Rules count words, which say nothing where no
    /// space parts them.
    fn fails(&mut self, text: &str, language: Option<Language>) -> Option<Rule> {
        if scripts::is_without_spaces(text) {
            return None;
        }
        let code = language.map(Language::code);
        let failed = self.analyser.first_failed(text, code, &self.recipe.quality);
        failed.map(|failed| failed.rule)
    }

    /// Applies to a text what the recipe says of texts one by one, in order.
    pub fn apply<'a>(&mut self, text: &'a str, key: &SliceKey) -> Tried<'a> {
        self.apply_to_words((text, &Paragraphs::one("text", text)), true, (key, None))
    }

    /// The same to the text of a document, paragraph by paragraph where it is not about the whole;
    /// what it says of quality is meant for prose. `names` are looked for where a text is made clean.
    pub(crate) fn apply_to<'a>(
        &mut self,
        document: &'a Document,
        is_prose: bool,
        (key, names): (&SliceKey, &NameFinder),
    ) -> Tried<'a> {
        let words = (document.text.as_str(), &document.paragraphs);
        self.apply_to_words(words, is_prose, (key, Some(names)))
    }

    fn apply_to_words<'a>(
        &mut self,
        (text, paragraphs): (&'a str, &Paragraphs),
        is_prose: bool,
        (key, names): (&SliceKey, Option<&NameFinder>),
    ) -> Tried<'a> {
        let mut changed = Changed::default();
        let columns: Vec<_> = paragraphs
            .of(text)
            .map(|(column, words)| (column, self.rewrite(words, (key, names), &mut changed)))
            .collect();
        let (text, paragraphs) = if columns.iter().any(|(_, words)| matches!(words, Cow::Owned(_)))
        {
            let columns = columns.iter().map(|(column, words)| (*column, words.as_ref()));
            let (paragraphs, text) = Paragraphs::join(columns);
            (Cow::Owned(text), paragraphs)
        } else {
            (Cow::Borrowed(text), paragraphs.clone())
        };
        let language = language::identify(&text);
        let left_out = if text.trim().is_empty() {
            Some(LeftOut::Empty)
        } else if changed.left_out.is_some() {
            changed.left_out
        } else if !self.recipe.language.keeps(language) {
            Some(LeftOut::Language)
        } else if is_prose {
            self.fails(&text, language).map(LeftOut::Quality)
        } else {
            None
        };
        let Changed { normalised, redacted, .. } = changed;
        Tried { text, paragraphs, normalised, redacted, language, left_out }
    }

    /// Makes the words of a column clean, masks the names that come to light, and replaces personal
    /// data.
    fn rewrite<'a>(
        &self,
        words: &'a str,
        (key, names): (&SliceKey, Option<&NameFinder>),
        changed: &mut Changed,
    ) -> Cow<'a, str> {
        let normalised = self.recipe.normalisation.apply(words);
        let mut words = normalised.text;
        add(&mut changed.normalised, &normalised.changed);
        if let (Cow::Owned(clean), Some(names)) = (&words, names) {
            if names.needs_review(clean) {
                changed.left_out = Some(LeftOut::AmbiguousName);
            }
            if let Some(masked) = names.masked(clean) {
                words = Cow::Owned(masked);
            }
        }
        match self.redact(&words, key, changed) {
            Some(redacted) => Cow::Owned(redacted),
            None => words,
        }
    }

    /// The words with personal data replaced; `None` where there is none.
    fn redact(&self, words: &str, key: &SliceKey, changed: &mut Changed) -> Option<String> {
        let Redacted { text, replaced, dropped_for } =
            self.recipe.redaction.apply(words, |kind, plain| key.pseudonym(kind, plain));
        add(&mut changed.redacted, &replaced);
        if dropped_for.is_some() {
            changed.left_out = changed.left_out.or(Some(LeftOut::PersonalData));
        }
        match text {
            Cow::Owned(redacted) => Some(redacted),
            Cow::Borrowed(_) => None,
        }
    }
}

/// What was done to the columns of a text.
#[derive(Default)]
struct Changed {
    normalised: BTreeMap<normalisation::Rule, u64>,
    redacted: BTreeMap<Kind, u64>,
    left_out: Option<LeftOut>,
}

impl Languages {
    fn keeps(&self, language: Option<Language>) -> bool {
        match (language, &self.only) {
            (None, _) => self.keep_undetermined,
            (Some(language), Some(only)) => only.contains(&language),
            (Some(_), None) => true,
        }
    }
}

impl Default for Duplicates {
    fn default() -> Self {
        Self { near: true, minhash: minhash::Parameters::default() }
    }
}

impl Default for Languages {
    fn default() -> Self {
        Self { only: None, keep_undetermined: true }
    }
}

#[cfg(test)]
mod tests {
    use gate::NamesToRedact;
    use policy::{Ambiguous, Category};

    use super::*;

    fn document(words: &[(&'static str, &str)]) -> Document {
        Document::of_words(1, Category::Posts, words)
    }

    fn names(ambiguous: Ambiguous, shared: &[&str]) -> NameFinder {
        let names = NamesToRedact {
            members: ["Jörg Müller".to_owned()].into(),
            shared: shared.iter().map(|name| (*name).to_owned()).collect(),
            ..NamesToRedact::default()
        };
        NameFinder::new(&names, ambiguous).unwrap()
    }

    fn applied(recipe: Recipe, document: &Document, names: &NameFinder) -> Tried<'static> {
        let key = SliceKey::new([1; 32]);
        let mut steps = Steps::of(recipe).unwrap();
        let tried = steps.apply_to(document, false, (&key, names));
        Tried { text: Cow::Owned(tried.text.into_owned()), ..tried }
    }

    const HIDDEN: [(&str, &str); 2] =
        [("title", "Dank"), ("text", "Danke an JÃ¶rg MÃ¼ller, 0171 1234567!")];

    #[test]
    fn a_name_that_comes_to_light_is_masked() {
        let tried = applied(Recipe::default(), &document(&HIDDEN), &names(Ambiguous::Redact, &[]));
        assert_eq!(tried.text, "Dank\n\nDanke an [name], [phone]!");
        assert_eq!(tried.paragraphs.to_string(), "title:4 text:25");
        assert_eq!(
            tried.normalised.keys().map(|rule| rule.code()).collect::<Vec<_>>(),
            ["mojibake"]
        );
        assert_eq!(tried.left_out, None);
    }

    #[test]
    fn a_name_of_several_that_comes_to_light_waits_for_a_person() {
        let finder = names(Ambiguous::Review, &["jorg muller", "jörg müller"]);
        let tried = applied(Recipe::default(), &document(&HIDDEN), &finder);
        assert_eq!(tried.left_out, Some(LeftOut::AmbiguousName));
    }

    #[test]
    fn what_is_not_made_clean_stays_as_it_was() {
        let recipe = Recipe { normalisation: Normalisation::NONE, ..Recipe::default() };
        let tried = applied(recipe, &document(&HIDDEN), &names(Ambiguous::Redact, &[]));
        assert_eq!(tried.text, "Dank\n\nDanke an JÃ¶rg MÃ¼ller, [phone]!");
        assert!(tried.normalised.is_empty());
    }

    #[test]
    fn columns_that_have_nothing_left_are_none() {
        let hidden = document(&[("title", "\u{200b}\u{ad}"), ("text", "Danke!")]);
        let tried = applied(Recipe::default(), &hidden, &names(Ambiguous::Redact, &[]));
        assert_eq!(
            (tried.text.as_ref(), tried.paragraphs.to_string().as_str()),
            ("Danke!", "text:6")
        );
    }

    #[test]
    fn a_mask_is_no_markup() {
        let text = "[name] & [name]: ask [name]!";
        assert!(!Normalisation::default().apply(text).is_changed());
    }
}

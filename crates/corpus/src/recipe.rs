use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use text::{
    language::{self, Language},
    minhash,
    personal_data::Kind,
    quality::{Analyser, Limits, Rule},
    redaction::{Redacted, Redaction},
    scripts,
};

use crate::{CorpusError, LeftOut, Result, SliceKey};

/// What is done to the words of a document on their way into a corpus.
///
/// Names of objectors are no part of it: the gate masks them before anybody has the words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Recipe {
    /// In which languages texts stay.
    pub language: Languages,
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
        let Redacted { text, replaced, dropped_for } =
            self.recipe.redaction.apply(text, |kind, plain| key.pseudonym(kind, plain));
        let language = language::identify(&text);
        let left_out = if text.trim().is_empty() {
            Some(LeftOut::Empty)
        } else if dropped_for.is_some() {
            Some(LeftOut::PersonalData)
        } else if !self.recipe.language.keeps(language) {
            Some(LeftOut::Language)
        } else {
            self.fails(&text, language).map(LeftOut::Quality)
        };
        Tried { text, redacted: replaced, language, left_out }
    }
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

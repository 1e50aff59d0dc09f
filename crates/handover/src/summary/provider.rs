use serde::{Deserialize, Serialize};

use crate::Language;

/// What only the provider of a model knows; whatever is missing is left for them to complete.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Provider {
    /// Which version of the summary this is, and of what day.
    pub version: Option<Told>,
    /// Whose members wrote the texts, which decides where the template wants them.
    pub origin: Origin,
    /// Who provides the model (1.1).
    pub name: Option<Told>,
    /// How to reach them (1.1).
    pub contact: Option<Told>,
    /// Who represents a provider outside the Union, and how to reach them (1.1).
    pub authorised_representative: Option<Told>,
    /// What the model is called, with its version (1.2).
    pub model: Option<Told>,
    /// The model that it is based on, with a link to that one's summary (1.2).
    pub model_dependencies: Option<Told>,
    /// When it was placed on the market of the Union (1.2).
    pub placed_on_market: Option<Told>,
    /// The size of all that the model was trained on, of every modality (1.3).
    pub overall_size: Option<Told>,
    /// Whether the model goes on learning from new data (1.3).
    pub continuous_training: Option<Told>,
    /// Whatever else characterises the training data (1.3).
    pub other_characteristics: Option<Told>,
    /// Publicly available datasets that were used (2.1).
    pub public_datasets: Option<Told>,
    /// Datasets that were licensed from rightsholders (2.2.1).
    pub licensed_datasets: Option<Told>,
    /// Datasets that were obtained from other third parties (2.2.2).
    pub other_private_datasets: Option<Told>,
    /// What was crawled, by which crawlers, when and how (2.3).
    pub crawled: Option<Told>,
    /// The services by which the data of this corpus was collected (2.4).
    pub services: Option<Told>,
    /// Synthetic data and the models that made it (2.5).
    pub synthetic: Option<Told>,
    /// Any other sources (2.6).
    pub other_sources: Option<Told>,
    /// Whether the provider has signed the Code of Practice for general-purpose AI models (3.1).
    pub code_of_practice: Option<Told>,
    /// How reservations of rights from text and data mining are respected (3.1).
    pub rights_reservations: Option<Told>,
    /// How illegal content is kept out (3.2).
    pub illegal_content: Option<Told>,
    /// Whatever else was done to the data (3.3).
    pub other_processing: Option<Told>,
}

/// Whose members wrote the texts of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Those of the provider's own services: user data (2.4).
    #[default]
    OwnServices,
    /// Those of somebody else, from whom the provider has the corpus: a private dataset (2.2.2).
    ThirdParty,
}

impl Origin {
    /// The section that describes them.
    pub(super) const fn section(self) -> &'static str {
        match self {
            Self::OwnServices => "2.4",
            Self::ThirdParty => "2.2.2",
        }
    }
}

/// What somebody said: once for every language, or once for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Told {
    /// The same in every language, such as a name.
    Same(String),
    /// In each language.
    Each {
        /// In English.
        en: String,
        /// In German.
        de: String,
    },
}

impl Told {
    /// What was said in a language.
    pub fn in_language(&self, language: Language) -> &str {
        match (self, language) {
            (Self::Same(words), _) => words,
            (Self::Each { en, .. }, Language::English) => en,
            (Self::Each { de, .. }, Language::German) => de,
        }
    }
}

impl From<&str> for Told {
    fn from(words: &str) -> Self {
        Self::Same(words.to_owned())
    }
}

//! What the author of a text wants it to be used for, in the words of the IETF's AI Preferences.
//!
//! The vocabulary and its serialisation are those of
//! [draft-ietf-aipref-vocab-07](https://datatracker.ietf.org/doc/draft-ietf-aipref-vocab/07/):
//! two categories of use, `train-ai` and `search`, each allowed, disallowed or not spoken of. The
//! draft says of itself that it has no consensus yet. A preference that is expressed is not one
//! that is enforced.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    structured_fields::{self, Item},
    words::words,
};

/// What is wanted of one category of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Preference {
    /// `y`
    Allow,
    /// `n`
    Disallow,
}

words! {
    /// A category of use of the vocabulary, named by its label, which is its key in an expression.
    ///
    /// No category includes another: the draft has an extension say what holds where they overlap.
    Category, "category of use" {
        /// To change the learned parameters of a model that generates content.
        TrainAi = "train-ai",
        /// To find texts and lead people to where they stand.
        Search = "search",
    }
}

/// A statement of preference; the default one says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Usage {
    /// What is said of [`Category::TrainAi`], if anything.
    pub train_ai: Option<Preference>,
    /// What is said of [`Category::Search`], if anything.
    pub search: Option<Preference>,
}

impl Preference {
    const ALL: &'static [Self] = &[Self::Allow, Self::Disallow];

    /// Its token in an expression.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Allow => "y",
            Self::Disallow => "n",
        }
    }

    fn of(item: &Item) -> Option<Self> {
        let Item::Token(token) = item else { return None };
        Self::ALL.iter().copied().find(|one| one.token() == token)
    }
}

impl Usage {
    /// Every category is disallowed.
    pub const DISALLOWED: Self =
        Self { train_ai: Some(Preference::Disallow), search: Some(Preference::Disallow) };

    /// Reads an expression, for example the value of a `Content-Usage` field of HTTP.
    ///
    /// As the draft demands, whatever is no dictionary says nothing; otherwise as [`Self::read`].
    pub fn parse(expression: impl AsRef<[u8]>) -> Self {
        Self::read(expression).unwrap_or_default()
    }

    /// Reads an expression; `None` if it is no dictionary of
    /// [RFC 9651](https://www.rfc-editor.org/rfc/rfc9651#section-3.2).
    ///
    /// A value other than the tokens `y` and `n` says nothing, other keys and all parameters are
    /// ignored, and of a key that comes twice the last value counts.
    pub fn read(expression: impl AsRef<[u8]>) -> Option<Self> {
        let mut usage = Self::default();
        for (key, item) in structured_fields::dictionary(expression.as_ref())? {
            if let Some(category) = Category::ALL.iter().find(|one| one.name() == key) {
                *usage.of_mut(*category) = Preference::of(&item);
            }
        }
        Some(usage)
    }

    /// What a row says, if anything; what is there and cannot be read could be against any use.
    pub fn heard(said: Option<&str>) -> Self {
        said.map_or(Self::default(), |said| Self::read(said).unwrap_or(Self::DISALLOWED))
    }

    /// The expression, `train-ai=n, search=y`; `None` where nothing is said, because an empty
    /// dictionary is not written at all.
    pub fn expression(self) -> Option<String> {
        let said: Vec<_> = Category::ALL
            .iter()
            .filter_map(|category| {
                let preference = self.of(*category)?;
                Some(format!("{}={}", category.name(), preference.token()))
            })
            .collect();
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// What is said of a category, if anything.
    pub const fn of(self, category: Category) -> Option<Preference> {
        match category {
            Category::TrainAi => self.train_ai,
            Category::Search => self.search,
        }
    }

    /// Whether a use of the category is disallowed.
    pub fn disallows(self, category: Category) -> bool {
        self.of(category) == Some(Preference::Disallow)
    }

    /// What two statements about one text say together: any that disallows wins, then any that
    /// allows.
    #[must_use]
    pub fn combine(self, other: Self) -> Self {
        // `Disallow` is the greater preference, and something said is greater than nothing.
        Self { train_ai: self.train_ai.max(other.train_ai), search: self.search.max(other.search) }
    }

    const fn of_mut(&mut self, category: Category) -> &mut Option<Preference> {
        match category {
            Category::TrainAi => &mut self.train_ai,
            Category::Search => &mut self.search,
        }
    }
}

impl fmt::Display for Usage {
    /// The expression, or nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.expression().unwrap_or_default())
    }
}

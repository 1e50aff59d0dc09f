use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use text::{
    personal_data::Kind,
    redaction::{Redacted, Redaction},
};

use crate::{LeftOut, SliceKey};

/// What is done to the words of a document on their way into a corpus.
///
/// Names of objectors are no part of it: the gate masks them before anybody has the words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Recipe {
    /// What is done with personal data.
    pub redaction: Redaction,
}

/// What a recipe makes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The words as they would stand in a corpus.
    pub text: String,
    /// Places where personal data was replaced, by kind.
    pub redacted: BTreeMap<Kind, u64>,
    /// Why the text would be left out.
    pub left_out: Option<LeftOut>,
}

impl Recipe {
    /// Applies every step to a text, in order.
    pub fn apply(&self, text: &str, key: &SliceKey) -> Tried {
        let Redacted { text, replaced, dropped_for } =
            self.redaction.apply(text, |kind, plain| key.pseudonym(kind, plain));
        let left_out = if text.trim().is_empty() {
            Some(LeftOut::Empty)
        } else {
            dropped_for.map(|_| LeftOut::PersonalData)
        };
        Tried { text: text.into_owned(), redacted: replaced, left_out }
    }
}

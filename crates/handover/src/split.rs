use std::fmt;

use serde::{Deserialize, Serialize};

/// What documents are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// To learn from.
    Train,
    /// To choose between models.
    Validation,
    /// To measure the chosen one.
    Test,
}

impl Split {
    /// Every split, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[Self::Train, Self::Validation, Self::Test];

    /// Its name in files and in the tools that read them.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

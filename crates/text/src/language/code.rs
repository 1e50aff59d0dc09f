use std::{fmt, str::FromStr};

use thiserror::Error;

use super::table::Language;

/// A code that no language of the table has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("reading a language: `{code}` is the code of none that is known")]
pub struct UnknownLanguage {
    code: String,
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|language| language.code().eq_ignore_ascii_case(code));
        found.copied().ok_or_else(|| UnknownLanguage { code: code.to_owned() })
    }
}

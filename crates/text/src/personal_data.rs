//! What tells in a text who somebody is or where they can be reached: addresses and numbers.
//!
//! Names are not found here: only who knows the members can tell whose a name is.

mod around;
mod card;
mod email;
mod english_address;
mod german_address;
mod iban;
mod ip;
mod numbers;
mod phone;
mod scan;
mod town;
mod url;
mod url_token;

use std::{fmt, ops::Range, str::FromStr};

pub use scan::find;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What kind of personal data stands somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An address of electronic mail ([RFC 5322](https://www.rfc-editor.org/rfc/rfc5322)), also
    /// one that is spelt out: `anna (at) example (punkt) de`.
    Email,
    /// A telephone number, in international form or as it is written at home.
    Phone,
    /// An account number whose check digits are right
    /// ([ISO 13616](https://www.iso.org/standard/81090.html)).
    Iban,
    /// A number of a payment card: of a known network, its check digit right
    /// ([ISO/IEC 7812](https://www.iso.org/standard/70484.html)).
    Card,
    /// An IP address that can be somebody's: none of a private network or of this machine.
    Ip,
    /// What opens something to whoever has the address: a token, a key, a password in a URL.
    UrlToken,
    /// A whole address on the web.
    Url,
    /// A street with its house number, or a post box, with the place where it is told.
    PostalAddress,
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// The bytes that hold it, from character to character.
    #[serde(flatten)]
    pub range: Range<usize>,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Email,
        Self::Phone,
        Self::Iban,
        Self::Card,
        Self::Ip,
        Self::UrlToken,
        Self::Url,
        Self::PostalAddress,
    ];

    /// Its name in recipes, manifests and output.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::Ip => "ip",
            Self::UrlToken => "url-token",
            Self::Url => "url",
            Self::PostalAddress => "postal-address",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(code: &str) -> Result<Self, UnknownKind> {
        let known = Self::ALL.iter().find(|kind| kind.code() == code);
        known.copied().ok_or_else(|| UnknownKind { code: code.to_owned() })
    }
}

/// A word that names no kind of personal data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{code}` is no kind of personal data")]
pub struct UnknownKind {
    /// The word.
    pub code: String,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Holds what is found of a kind against the places that `⟦…⟧` mark in a text.
    pub(crate) fn check(marked: &str, kind: &str) {
        let kind: Kind = kind.parse().unwrap();
        let text = marked.replace(['⟦', '⟧'], "");
        let parts = marked.split('⟦').skip(1).map(|part| part.split_once('⟧').unwrap().0);
        let found = find(&text).into_iter().filter(|one| one.kind == kind);
        let found: Vec<_> = found.map(|one| &text[one.range]).collect();
        assert_eq!(found, parts.collect::<Vec<_>>(), "{kind} in {text:?}");
    }

    #[test]
    fn every_kind_is_read_back_from_its_code() {
        for kind in Kind::ALL {
            assert_eq!(kind.code().parse(), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
        assert!("name".parse::<Kind>().is_err());
    }
}

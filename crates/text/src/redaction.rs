//! Personal data in a text is replaced, by kind, as a recipe says.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::personal_data::{self, Found, Kind};

/// What is done with personal data of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It stays.
    Keep,
    /// Its kind stands in its place: `[email]`.
    Mask,
    /// Its kind and a keyed number stand in its place, the same for the same address or number, so
    /// that it can be told that two texts speak of one: `[email 7f3a90c2]`.
    Pseudonym,
    /// The whole text is left out.
    Drop,
}

/// What is done with personal data, kind by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Redaction {
    /// With [`Kind::Email`].
    pub email: Action,
    /// With [`Kind::Phone`].
    pub phone: Action,
    /// With [`Kind::Iban`].
    pub iban: Action,
    /// With [`Kind::Card`].
    pub card: Action,
    /// With [`Kind::Ip`].
    pub ip: Action,
    /// With [`Kind::UrlToken`] of a URL that stays. They are never kept.
    pub url_token: TokenAction,
    /// With [`Kind::Url`].
    pub url: Action,
    /// With [`Kind::PostalAddress`].
    pub postal_address: Action,
}

/// What is done with tokens: whatever opens something never stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenAction {
    /// See [`Action::Mask`].
    Mask,
    /// See [`Action::Pseudonym`].
    Pseudonym,
    /// See [`Action::Drop`].
    Drop,
}

/// A text after redaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted<'a> {
    /// The text, borrowed where nothing was found.
    pub text: Cow<'a, str>,
    /// How many places of each kind were replaced.
    pub replaced: BTreeMap<Kind, u64>,
    /// The first kind for which the text is to be left out, in the order of [`Kind::ALL`].
    pub dropped_for: Option<Kind>,
}

impl Redaction {
    /// Nothing is done with anything but tokens.
    pub const KEEP: Self = Self {
        email: Action::Keep,
        phone: Action::Keep,
        iban: Action::Keep,
        card: Action::Keep,
        ip: Action::Keep,
        url_token: TokenAction::Mask,
        url: Action::Keep,
        postal_address: Action::Keep,
    };

    /// What is done with one kind.
    pub const fn action(&self, kind: Kind) -> Action {
        match kind {
            Kind::Email => self.email,
            Kind::Phone => self.phone,
            Kind::Iban => self.iban,
            Kind::Card => self.card,
            Kind::Ip => self.ip,
            Kind::UrlToken => self.url_token.as_action(),
            Kind::Url => self.url,
            Kind::PostalAddress => self.postal_address,
        }
    }

    /// Replaces what is found in a text. `number` gives a keyed number for the plain form of an
    /// address or number, in which spaces, signs and capitals make no difference.
    pub fn apply<'a>(&self, text: &'a str, number: impl Fn(Kind, &str) -> u32) -> Redacted<'a> {
        let found = self.outermost(personal_data::find(text));
        let mut redacted =
            Redacted { text: Cow::Borrowed(text), replaced: BTreeMap::new(), dropped_for: None };
        if found.is_empty() {
            return redacted;
        }
        let (mut whole, mut done) = (String::with_capacity(text.len()), 0);
        for Found { kind, range } in found {
            let action = self.action(kind);
            let words = text.get(range.clone()).unwrap_or_default();
            if action == Action::Drop {
                redacted.dropped_for = redacted.dropped_for.into_iter().chain([kind]).min();
            }
            whole.push_str(text.get(done..range.start).unwrap_or_default());
            whole.push_str(&match action {
                Action::Pseudonym => pseudonym(kind, number(kind, &plain(words))),
                Action::Keep | Action::Mask | Action::Drop => format!("[{}]", word(kind)),
            });
            done = range.end;
            *redacted.replaced.entry(kind).or_default() += 1;
        }
        whole.push_str(text.get(done..).unwrap_or_default());
        Redacted { text: Cow::Owned(whole), ..redacted }
    }

    /// What is replaced: a token only where the address around it stays.
    fn outermost(&self, mut found: Vec<Found>) -> Vec<Found> {
        let mut end = 0;
        found.retain(|one| {
            let is_replaced = self.action(one.kind) != Action::Keep && one.range.start >= end;
            end = if is_replaced { one.range.end } else { end };
            is_replaced
        });
        found
    }
}

impl Default for Redaction {
    /// Everything is masked but whole URLs, of which only the tokens are.
    fn default() -> Self {
        Self {
            email: Action::Mask,
            phone: Action::Mask,
            iban: Action::Mask,
            card: Action::Mask,
            ip: Action::Mask,
            url_token: TokenAction::Mask,
            url: Action::Keep,
            postal_address: Action::Mask,
        }
    }
}

impl TokenAction {
    const fn as_action(self) -> Action {
        match self {
            Self::Mask => Action::Mask,
            Self::Pseudonym => Action::Pseudonym,
            Self::Drop => Action::Drop,
        }
    }
}

/// Whether anything in a text stands in the place of personal data.
pub fn stands_in(text: &str) -> bool {
    let stands = |inside: &str, kind: &Kind| {
        let rest = inside.strip_prefix(word(*kind));
        rest.is_some_and(|rest| rest.starts_with([']', ' ']))
    };
    text.split('[').skip(1).any(|inside| Kind::ALL.iter().any(|kind| stands(inside, kind)))
}

/// What stands in brackets in the place of a kind.
const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::UrlToken => "token",
        Kind::PostalAddress => "address",
        kind => kind.code(),
    }
}

fn pseudonym(kind: Kind, number: u32) -> String {
    format!("[{} {number:08x}]", word(kind))
}

/// An address or number without what people write differently.
fn plain(words: &str) -> String {
    let telling = |one: &char| one.is_alphanumeric() || matches!(one, '@' | '+' | '.' | ':');
    words.chars().filter(telling).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "Anna, anna@example.de oder +49 30 1234567, https://example.org/?token=abc1 am \
                        Markt. ANNA@example.de, DE89 3704 0044 0532 0130 00";

    fn number(_: Kind, plain: &str) -> u32 {
        plain.bytes().fold(7, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
    }

    #[test]
    fn each_kind_is_replaced_by_its_word_and_counted() {
        let redacted = Redaction::default().apply(TEXT, number);
        assert_eq!(
            redacted.text,
            "Anna, [email] oder [phone], https://example.org/?token=[token] am Markt. [email], [iban]"
        );
        let counts: Vec<_> =
            redacted.replaced.iter().map(|(kind, count)| (kind.code(), *count)).collect();
        assert_eq!(counts, [("email", 2), ("phone", 1), ("iban", 1), ("url-token", 1)]);
        assert_eq!(redacted.dropped_for, None);
    }

    #[test]
    fn what_stands_in_is_seen() {
        let pseudonyms = Redaction { email: Action::Pseudonym, ..Redaction::KEEP };
        for recipe in [Redaction::default(), pseudonyms] {
            assert!(stands_in(&recipe.apply(TEXT, number).text));
        }
        assert!(!stands_in(TEXT) && !stands_in("an [emailed] note [x]"));
    }

    #[test]
    fn a_pseudonym_is_the_same_for_the_same_address() {
        let recipe = Redaction { email: Action::Pseudonym, ..Redaction::KEEP };
        let text = recipe.apply(TEXT, number).text.into_owned();
        let parts: Vec<_> = text.split("[email ").skip(1).map(|part| &part[..8]).collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], parts[1]);
        assert!(text.contains("+49 30 1234567"));
    }

    #[test]
    fn a_url_that_goes_takes_its_tokens_along() {
        let recipe = Redaction { url: Action::Mask, ..Redaction::KEEP };
        let redacted = recipe.apply(TEXT, number);
        assert!(redacted.text.contains("[url] am Markt"));
        assert_eq!(redacted.replaced.get(&Kind::UrlToken), None);
    }

    #[test]
    fn a_text_is_dropped_for_the_kind_that_says_so() {
        let recipe = Redaction { iban: Action::Drop, ..Redaction::default() };
        assert_eq!(recipe.apply(TEXT, number).dropped_for, Some(Kind::Iban));
        assert_eq!(recipe.apply("nothing here", number).dropped_for, None);
    }

    #[test]
    fn tokens_cannot_be_kept() {
        assert!(serde_json::from_str::<Redaction>(r#"{ "url-token": "keep" }"#).is_err());
        assert!(serde_json::from_str::<Redaction>(r#"{ "name": "mask" }"#).is_err());
        let recipe: Redaction = serde_json::from_str(r#"{ "url": "drop" }"#).unwrap();
        assert_eq!(recipe, Redaction { url: Action::Drop, ..Redaction::default() });
    }

    proptest! {
        #[test]
        fn nothing_of_what_is_masked_is_found_again(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "+49 30 1234567", "anna@example.de", " ", ", ", "4111 1111 1111 1111", "0171",
                    "DE89370400440532013000", "8.8.8.8", "https://example.org/?key=", "/", "Straße 5",
                    "(at)", "example.de", "Tel. ", "-", "x", "12345678", "10115 Berlin", "Haupt",
                ]),
                0..12,
            )
        ) {
            let text = parts.join(" ");
            // a mask says `phone`, which makes a telephone number of digits that follow
            let recipe = Redaction { url: Action::Mask, phone: Action::Keep, ..Redaction::default() };
            let once = recipe.apply(&text, number).text.into_owned();
            let again = recipe.apply(&once, number);
            prop_assert_eq!(&again.text, &once, "from {}", text);
        }
    }
}

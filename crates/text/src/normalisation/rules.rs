use serde::{Deserialize, Serialize};

use super::{
    composition, embedded, hyphenation, invisible, markup, mojibake, references,
    rewriting::Rewritten, spaces, styled,
};
use crate::named::named_rules;

/// Makes the rules, their codes, what they do and their switches from one list.
macro_rules! rules {
    ($($(#[$meaning:meta])* $rule:ident $switch:ident $code:literal $apply:path;)*) => {
        /// A named way in which a text is made clean.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$meaning])* $rule,)*
        }

        impl Rule {
            /// Every rule, in the order in which they are applied.
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$rule),*];

            /// The stable name, in words joined by hyphens.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$rule => $code,)*
                }
            }

            /// What it makes of a text in which it finds something.
            pub(super) fn rewrite(self, text: &str) -> Option<Rewritten> {
                match self {
                    $(Self::$rule => $apply(text),)*
                }
            }
        }

        /// Which rules are applied to a text: all, unless a recipe switches some off.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
        pub struct Normalisation {
            $(
                #[doc = concat!("Whether [`Rule::", stringify!($rule), "`] is applied.")]
                pub $switch: bool,
            )*
        }

        impl Normalisation {
            /// Nothing is done.
            pub const NONE: Self = Self { $($switch: false,)* };

            /// Every rule is applied.
            pub const ALL: Self = Self { $($switch: true,)* };

            /// Whether a rule is applied.
            #[must_use]
            pub const fn applies(&self, rule: Rule) -> bool {
                match rule {
                    $(Rule::$rule => self.$switch,)*
                }
            }

            /// The same with one rule switched on or off.
            #[must_use]
            pub const fn with(mut self, rule: Rule, applies: bool) -> Self {
                match rule {
                    $(Rule::$rule => self.$switch = applies,)*
                }
                self
            }
        }
    };
}

rules! {
    /// Files that are written into a text as letters: of `data:text/calendar;base64,QkVHSU4…` the
    /// letters go.
    EmbeddedData embedded_data "embedded-data" embedded::leave_out;
    /// UTF-8 that was read as Windows-1252 or Latin-1, once or more often: `MÃ¼ller` becomes
    /// `Müller`.
    ///
    /// Only where the characters cannot be a right text, or, in a text that has such a place, where
    /// they are bytes of one character.
    Mojibake mojibake "mojibake" mojibake::repair;
    /// Character references of HTML that end with a semicolon: `&uuml;`, `&#x2019;`, also escaped
    /// more than once: `&amp;quot;`.
    ///
    /// Not in code and not alone in quotation marks. What would read as a tag (`&lt;b&gt;`) stays as
    /// it is: somebody wrote about the tag.
    CharacterReferences character_references "character-references" references::decode;
    /// Tags, comments, scripts and styles of HTML, and pairs of tags of BBCode.
    ///
    /// Tags of blocks become line breaks, items of lists begin with `- `. Markdown and code stay.
    Markup markup "markup" markup::strip;
    /// Mathematical, full-width and enclosed letters and digits in the place of plain ones:
    /// `𝗛𝗶𝗿𝗶𝗻𝗴`. Single symbols of formulas stay.
    StyledLetters styled_letters "styled-letters" styled::plain;
    /// Unicode's normalisation form C: a letter and its mark become one character.
    Composition composition "composition" composition::compose;
    /// Words that are cut at the end of a line, where they are surely one: `Bundes-⏎regierung`.
    Hyphenation hyphenation "hyphenation" hyphenation::join;
    /// Characters that nobody sees: controls, zero widths, directions, soft hyphens, tags, private
    /// use. What joins emoji and letters of Arabic or Indic scripts stays.
    Invisible invisible "invisible" invisible::remove;
    /// White space: other spaces become plain ones, several become one in prose, none stay at the end
    /// of a line, every line ends with LF, and at most one empty line stands between two others.
    ///
    /// Indentation stays, and so do several spaces in code and in lines that are laid out by hand.
    Spaces spaces "spaces" spaces::tidy;
}

named_rules!(Rule, UnknownRule, "no rule of normalisation");

impl Default for Normalisation {
    fn default() -> Self {
        Self::ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for rule in Rule::ALL {
            assert_eq!(rule.code().parse(), Ok(rule));
            let written = serde_json::to_string(&rule).unwrap();
            assert_eq!(serde_json::from_str::<Rule>(&written).unwrap(), rule);
        }
        let refused = "tags".parse::<Rule>().unwrap_err();
        assert_eq!(refused.to_string(), "no rule of normalisation is called `tags`");
    }

    #[test]
    fn a_switch_has_the_code_of_its_rule() {
        for rule in Rule::ALL {
            let off = Normalisation::default().with(rule, false);
            assert!(!off.applies(rule));
            let table = format!("{} = false", rule.code());
            assert_eq!(toml::from_str::<Normalisation>(&table).unwrap(), off);
            let written = toml::to_string(&off).unwrap();
            assert_eq!(toml::from_str::<Normalisation>(&written).unwrap(), off);
        }
        assert_eq!(toml::from_str::<Normalisation>("").unwrap(), Normalisation::ALL);
        assert!(toml::from_str::<Normalisation>("tags = false").is_err());
    }
}

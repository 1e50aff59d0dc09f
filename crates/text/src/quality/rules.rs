use crate::named::named_rules;

/// Makes the rules, their codes, bounds and limits from one list.
macro_rules! rules {
    ($($(#[$meaning:meta])* $rule:ident $code:literal $bound:ident, ours $ours:expr, literature $literature:expr;)*) => {
        /// A named question about one text that can be measured and limited.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$meaning])* $rule,)*
        }

        impl Rule {
            /// Every rule, in the order in which they are asked.
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$rule),*];

            /// The stable name, in words joined by hyphens.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$rule => $code,)*
                }
            }

            /// On which side of its limit a text fails.
            #[must_use]
            pub const fn bound(self) -> Bound {
                match self {
                    $(Self::$rule => Bound::$bound,)*
                }
            }

            /// The limit for short texts of a professional network.
            pub(super) const fn ours(self) -> Option<f64> {
                match self {
                    $(Self::$rule => $ours,)*
                }
            }

            /// The limit for web pages in the literature.
            pub(super) const fn literature(self) -> Option<f64> {
                match self {
                    $(Self::$rule => $literature,)*
                }
            }
        }
    };
}

rules! {
    /// Words that are not only symbols.
    TooFewWords "too-few-words" AtLeast, ours Some(3.0), literature Some(50.0);
    /// Words that are not only symbols.
    TooManyWords "too-many-words" AtMost, ours Some(100_000.0), literature Some(100_000.0);
    /// Mean characters of the words that are not only symbols.
    ShortWords "short-words" AtLeast, ours Some(2.0), literature Some(3.0);
    /// Mean characters of the words that are not only symbols.
    LongWords "long-words" AtMost, ours Some(16.0), literature Some(10.0);
    /// `#` to a word.
    Hashes "hashes" AtMost, ours Some(0.3), literature Some(0.1);
    /// `...` and `…` to a word.
    Ellipses "ellipses" AtMost, ours Some(0.2), literature Some(0.1);
    /// Share of lines that start with `•` or `-`.
    BulletLines "bullet-lines" AtMost, ours Some(0.95), literature Some(0.9);
    /// Share of lines that end with `...` or `…`.
    EllipsisLines "ellipsis-lines" AtMost, ours None, literature Some(0.3);
    /// Share of words with a letter.
    AlphabeticWords "alphabetic-words" AtLeast, ours Some(0.15), literature Some(0.8);
    /// How many of the language's eight commonest words occur.
    StopWords "stop-words" AtLeast, ours None, literature Some(2.0);
    /// Share of paragraphs that stood before.
    DuplicateParagraphs "duplicate-paragraphs" AtMost, ours Some(0.4), literature Some(0.3);
    /// Share of characters in paragraphs that stood before.
    DuplicateParagraphCharacters "duplicate-paragraph-characters" AtMost, ours Some(0.4), literature Some(0.2);
    /// Share of lines that stood before.
    DuplicateLines "duplicate-lines" AtMost, ours None, literature Some(0.3);
    /// Share of characters in lines that stood before.
    DuplicateLineCharacters "duplicate-line-characters" AtMost, ours Some(0.4), literature Some(0.2);
    /// Share of characters in the commonest 2 words in a row.
    Top2Gram "top-2-gram" AtMost, ours Some(0.8), literature Some(0.2);
    /// Share of characters in the commonest 3 words in a row.
    Top3Gram "top-3-gram" AtMost, ours Some(0.8), literature Some(0.18);
    /// Share of characters in the commonest 4 words in a row.
    Top4Gram "top-4-gram" AtMost, ours Some(0.8), literature Some(0.16);
    /// Share of characters in 5 words in a row that stood before.
    Duplicate5Grams "duplicate-5-grams" AtMost, ours Some(0.4), literature Some(0.15);
    /// Share of characters in 6 words in a row that stood before.
    Duplicate6Grams "duplicate-6-grams" AtMost, ours Some(0.4), literature Some(0.14);
    /// Share of characters in 7 words in a row that stood before.
    Duplicate7Grams "duplicate-7-grams" AtMost, ours Some(0.4), literature Some(0.13);
    /// Share of characters in 8 words in a row that stood before.
    Duplicate8Grams "duplicate-8-grams" AtMost, ours Some(0.4), literature Some(0.12);
    /// Share of characters in 9 words in a row that stood before.
    Duplicate9Grams "duplicate-9-grams" AtMost, ours Some(0.4), literature Some(0.11);
    /// Share of characters in 10 words in a row that stood before.
    Duplicate10Grams "duplicate-10-grams" AtMost, ours Some(0.4), literature Some(0.1);
    /// Lines with `lorem ipsum`.
    LoremIpsum "lorem-ipsum" AtMost, ours Some(0.0), literature Some(0.0);
    /// Lines with `{`.
    CurlyBrackets "curly-brackets" AtMost, ours None, literature Some(0.0);
    /// Sentences in lines of at least three words that are no notice about scripts or cookies.
    TooFewSentences "too-few-sentences" AtLeast, ours None, literature Some(5.0);
    /// Share of lines that end with a mark that ends a sentence.
    PunctuatedLines "punctuated-lines" AtLeast, ours None, literature Some(0.12);
    /// Share of lines of at most 30 characters.
    ShortLines "short-lines" AtMost, ours None, literature Some(0.67);
    /// Share of characters in lines that stood before, line ends not counted.
    RepeatedLineCharacters "repeated-line-characters" AtMost, ours None, literature Some(0.01);
    /// Line ends to a word.
    ListRatio "list-ratio" AtMost, ours Some(1.0), literature Some(0.3);
    /// Share of characters in notices about cookies, scripts, rights and sharing.
    Boilerplate "boilerplate" AtMost, ours Some(0.3), literature None;
}

/// On which side of its limit a text fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// What is measured must be at least the limit.
    AtLeast,
    /// What is measured must be at most the limit.
    AtMost,
}

named_rules!(Rule, UnknownRule, "no quality rule");

impl Rule {
    /// Whether the value passes.
    #[must_use]
    pub fn allows(self, measured: f64, limit: f64) -> bool {
        match self.bound() {
            Bound::AtLeast => measured >= limit,
            Bound::AtMost => measured <= limit,
        }
    }

    /// Whether it says something of a text of a few words too; a share of so few says nothing.
    #[must_use]
    pub const fn is_for_any_length(self) -> bool {
        matches!(
            self,
            Self::TooFewWords
                | Self::TooManyWords
                | Self::ShortWords
                | Self::LongWords
                | Self::AlphabeticWords
                | Self::LoremIpsum
                | Self::CurlyBrackets
                | Self::TooFewSentences
                | Self::Boilerplate
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_reads_back() {
        for rule in Rule::ALL {
            assert_eq!(rule.code().parse(), Ok(rule));
            assert_eq!(format!("{rule:>40}").len(), 40);
            let written = serde_json::to_string(&rule).unwrap();
            assert_eq!(serde_json::from_str::<Rule>(&written).unwrap(), rule);
        }
        assert_eq!(Rule::ALL.map(Rule::code).into_iter().collect::<BTreeSet<_>>().len(), 31);
    }

    #[test]
    fn an_unknown_code_is_refused() {
        let refused = "few-words".parse::<Rule>().unwrap_err();
        assert_eq!(refused.to_string(), "no quality rule is called `few-words`");
        assert!(serde_json::from_str::<Rule>("\"few-words\"").is_err());
    }

    #[test]
    fn a_limit_itself_passes() {
        let check = |rule: Rule, measured, expect| {
            assert_eq!(rule.allows(measured, 0.5), expect, "{rule} {measured}");
        };
        check(Rule::AlphabeticWords, 0.5, true);
        check(Rule::AlphabeticWords, 0.4, false);
        check(Rule::Boilerplate, 0.5, true);
        check(Rule::Boilerplate, 0.6, false);
    }
}

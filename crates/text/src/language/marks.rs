/// What the texts of one language have and those of few others have: words that are in every
/// sentence whatever it is about, letters, and the last two to four letters of longer words; all
/// in small letters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) words: &'static str,
    pub(super) letters: &'static str,
    pub(super) endings: &'static str,
}

macro_rules! languages {
    ($($language:ident $code:literal {
        words: $words:literal,
        letters: $letters:literal,
        endings: $endings:literal,
    })+) => {
        /// A language that can be told from others.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize
        )]
        #[non_exhaustive]
        pub enum Language {
            $(
                #[doc = concat!("`", $code, "`")]
                #[serde(rename = $code)]
                $language,
            )+
        }

        impl Language {
            /// Every language there is, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$language),+];

            /// Its code by [BCP 47](https://www.rfc-editor.org/info/bcp47), such as `de`.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$language => $code,)+
                }
            }

            pub(super) const fn marks(self) -> Marks {
                match self {
                    $(Self::$language => {
                        Marks { words: $words, letters: $letters, endings: $endings }
                    })+
                }
            }
        }
    };
}

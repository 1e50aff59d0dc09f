use std::{fmt, str::FromStr};

use crate::document::column_named;

/// What stands between two paragraphs.
const BREAK: &str = "\n\n";

/// Of which columns of its row a text is made: a paragraph for each, in the order of the text.
///
/// Written as `title:8 description:120`, lengths in bytes of UTF-8; between two paragraphs is an empty
/// line, which may also stand inside of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paragraphs(Vec<Paragraph>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Paragraph {
    column: &'static str,
    bytes: usize,
}

/// That words do not say of which columns a text is made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` does not say of which columns a text is made")]
pub struct UnknownParagraphs(String);

impl Paragraphs {
    /// A text that is all of one column.
    pub(crate) fn one(column: &'static str, text: &str) -> Self {
        Self(vec![Paragraph { column, bytes: text.len() }])
    }

    /// Joins the words of columns, trimmed; without those that are empty.
    pub(crate) fn join<'a>(
        columns: impl Iterator<Item = (&'static str, &'a str)>,
    ) -> (Self, String) {
        let (mut paragraphs, mut text) = (Self::default(), String::new());
        for (column, words) in columns {
            let words = words.trim();
            if words.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push_str(BREAK);
            }
            text.push_str(words);
            paragraphs.0.push(Paragraph { column, bytes: words.len() });
        }
        (paragraphs, text)
    }

    /// The columns with their words in a text that is made of them.
    pub fn of<'a>(&self, text: &'a str) -> impl Iterator<Item = (&'static str, &'a str)> {
        let mut rest = text;
        self.0.iter().map(move |Paragraph { column, bytes }| {
            let (words, after) = rest.split_at_checked(*bytes).unwrap_or((rest, ""));
            rest = after.strip_prefix(BREAK).unwrap_or(after);
            (*column, words)
        })
    }

    /// Whether a text can be made of them.
    pub fn fit(&self, text: &str) -> bool {
        let breaks = BREAK.len() * self.0.len().saturating_sub(1);
        let bytes = self.0.iter().try_fold(breaks, |sum, one| sum.checked_add(one.bytes));
        let joined: Vec<_> = self.of(text).map(|(_, words)| words).collect();
        bytes == Some(text.len()) && joined.join(BREAK) == text
    }
}

impl fmt::Display for Paragraphs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Paragraph { column, bytes }) in self.0.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{column}:{bytes}")?;
        }
        Ok(())
    }
}

impl FromStr for Paragraphs {
    type Err = UnknownParagraphs;

    fn from_str(words: &str) -> Result<Self, UnknownParagraphs> {
        let paragraph = |word: &str| {
            let (column, bytes) = word.split_once(':')?;
            Some(Paragraph { column: column_named(column)?, bytes: bytes.parse().ok()? })
        };
        let paragraphs = words.split(' ').map(paragraph).collect::<Option<Vec<_>>>();
        paragraphs.map(Self).ok_or_else(|| UnknownParagraphs(words.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_again_by_column_whatever_they_hold() {
        let columns = [("title", " Engineer\n"), ("employer", "  "), ("description", "a\n\nb")];
        let (paragraphs, text) = Paragraphs::join(columns.into_iter());
        assert_eq!(text, "Engineer\n\na\n\nb");
        assert_eq!(paragraphs.to_string(), "title:8 description:4");
        let found: Vec<_> = paragraphs.of(&text).collect();
        assert_eq!(found, [("title", "Engineer"), ("description", "a\n\nb")]);
        assert!(paragraphs.fit(&text));
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_else() {
        let words = "title:8 description:4";
        assert_eq!(words.parse::<Paragraphs>().unwrap().to_string(), words);
        for wrong in ["", " ", "title", "title:", "title:x", "member:3", "title:8  text:1"] {
            assert!(wrong.parse::<Paragraphs>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_text_of_another_length_does_not_fit() {
        let paragraphs: Paragraphs = "title:1 text:2".parse().unwrap();
        assert!(paragraphs.fit("a\n\nbc"));
        for wrong in ["", "a", "a\n\nb", "a\n\nbcd", "a\nbc\n", "ä\n\nbc", "abcde"] {
            assert!(!paragraphs.fit(wrong), "{wrong}");
        }
    }
}

use serde::Serialize;

use crate::{
    Instant,
    aipref::Usage,
    records::{Field, FieldKind, field},
};

/// One document as it is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its number in the corpus.
    pub document: i64,
    /// What kind of data it was.
    pub category: &'a str,
    /// A [BCP 47](https://www.rfc-editor.org/info/bcp47) language tag, where it is known.
    pub language: Option<&'a str>,
    /// When it was published, where that is known.
    pub created: Option<Instant>,
    /// The number of the document that it answers, which need not be in the corpus.
    pub answers: Option<i64>,
    /// What its author wants it to be used for.
    pub usage: Usage,
    /// Of which columns the words are, `title:8 description:120`, lengths in bytes of UTF-8.
    pub columns: &'a str,
    /// The words.
    pub text: &'a str,
    /// From 0.
    pub shard: u16,
    /// From 0.
    pub slice: u16,
}

/// What stands before the number in a document's name.
const PREFIX: char = 'd';

/// The name of a document in files that are given out: `d` and its number, `d4611686018427387904`.
///
/// A number of more than 53 bits loses digits in what reads JSON numbers as floating point, and
/// readers that guess types do the same to text that is nothing but digits.
pub fn document_name(document: i64) -> String {
    format!("{PREFIX}{document}")
}

/// The number of the document that has this name; `None` if no document can have it.
pub fn parse_document_name(name: &str) -> Option<i64> {
    let document = name.strip_prefix(PREFIX)?.parse().ok()?;
    (document_name(document) == name).then_some(document)
}

/// The fields of a line, in this order.
#[derive(Serialize)]
struct Line<'a> {
    document: String,
    category: &'a str,
    language: Option<&'a str>,
    created: Option<String>,
    answers: Option<String>,
    content_usage: Option<String>,
    columns: &'a str,
    text: &'a str,
    shard: u16,
    slice: u16,
}

/// Every field, in the order of a line; a test holds it equal to [`Line`].
pub(crate) const FIELDS: &[Field] = &[
    field("document", FieldKind::Text, "The document's name in this corpus: d and its number."),
    field("category", FieldKind::Text, "What kind of data it was."),
    field("language", FieldKind::Text, "A BCP 47 language tag; null where it is not known."),
    field(
        "created",
        FieldKind::Instant,
        "When it was published, as in RFC 3339; null where that is not known.",
    ),
    field(
        "answers",
        FieldKind::Text,
        "The name of the document that it answers; null where it answers none. It may be another \
         member's, in another slice, or not in this corpus.",
    ),
    field(
        "content_usage",
        FieldKind::Text,
        "What its author wants it to be used for, as an AIPREF expression; null where the author \
         has said nothing.",
    ),
    field(
        "columns",
        FieldKind::Text,
        "The columns that the words are of, a paragraph each, with their lengths in bytes of UTF-8.",
    ),
    field("text", FieldKind::Text, "The words, personal data replaced as the recipe says."),
    field("shard", FieldKind::Integer, "The shard of the corpus, from 0."),
    field(
        "slice",
        FieldKind::Integer,
        "The slice of the shard, from 0. All documents of a member are in one slice of one shard.",
    ),
];

impl Row<'_> {
    /// Writes the row as one line of JSON, without the end of the line.
    pub(crate) fn write_json(&self, into: &mut Vec<u8>) -> serde_json::Result<()> {
        let Self { document, category, language, created, answers, .. } = *self;
        let Self { usage, columns, text, shard, slice, .. } = *self;
        let line = Line {
            document: document_name(document),
            category,
            language,
            created: created.and_then(Instant::rfc3339),
            answers: answers.map(document_name),
            content_usage: usage.expression(),
            columns,
            text,
            shard,
            slice,
        };
        serde_json::to_writer(into, &line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Records, records::checked};

    #[test]
    fn the_list_of_fields_is_that_of_a_line() {
        let row = Row {
            document: i64::MAX,
            category: "posts",
            language: None,
            created: None,
            answers: Some(3),
            usage: Usage::default(),
            columns: "text:5",
            text: "a\u{202e}\n",
            shard: 0,
            slice: 1,
        };
        let mut line = Vec::new();
        row.write_json(&mut line).unwrap();
        let value = checked(Records::Documents, line);
        assert_eq!(value["document"], "d9223372036854775807");
        assert_eq!(value["text"], row.text);
    }

    #[test]
    fn a_name_gives_its_number_back() {
        for document in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(parse_document_name(&document_name(document)), Some(document));
        }
        for wrong in ["", "d", "1", "d01", "d+1", "d 1", "D1", "d1.0"] {
            assert_eq!(parse_document_name(wrong), None, "{wrong}");
        }
    }
}

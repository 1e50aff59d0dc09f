use serde::Serialize;

use crate::{
    document_name,
    records::{Field, FieldKind, field},
};

/// One task pair as it is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairRow<'a> {
    /// What is asked for.
    pub task: &'a str,
    /// A [BCP 47](https://www.rfc-editor.org/info/bcp47) language tag.
    pub language: &'a str,
    /// The numbers of the documents that it is made of; first the one that the answer is of.
    pub documents: &'a [i64],
    /// What is asked.
    pub prompt: &'a str,
    /// What is answered.
    pub completion: &'a str,
    /// From 0.
    pub shard: u16,
    /// From 0.
    pub slice: u16,
}

/// The fields of a line, in this order.
#[derive(Serialize)]
struct Line<'a> {
    pair: String,
    task: &'a str,
    language: &'a str,
    documents: Vec<String>,
    prompt: &'a str,
    completion: &'a str,
    shard: u16,
    slice: u16,
}

/// Every field, in the order of a line; a test holds it equal to [`Line`].
pub(crate) const FIELDS: &[Field] = &[
    field("pair", FieldKind::Text, "The pair's name: that of its first document and its task."),
    field("task", FieldKind::Text, "What is asked for."),
    field("language", FieldKind::Text, "A BCP 47 language tag."),
    field(
        "documents",
        FieldKind::Texts,
        "The documents that it is made of, first the one that the answer is of. All are one \
         member's; when one of them goes, so does the pair.",
    ),
    field("prompt", FieldKind::Text, "What is asked: words of a template and of documents."),
    field("completion", FieldKind::Text, "What is answered."),
    field("shard", FieldKind::Integer, "The shard of the corpus, from 0."),
    field("slice", FieldKind::Integer, "The slice of the shard, from 0."),
];

impl PairRow<'_> {
    /// The document that the answer is of.
    pub(crate) fn document(&self) -> i64 {
        self.documents.first().copied().unwrap_or_default()
    }

    /// Writes the pair as one line of JSON, without the end of the line.
    pub(crate) fn write_json(&self, into: &mut Vec<u8>) -> serde_json::Result<()> {
        let Self { task, language, documents, prompt, completion, shard, slice } = *self;
        let line = Line {
            pair: format!("{}-{task}", document_name(self.document())),
            task,
            language,
            documents: documents.iter().copied().map(document_name).collect(),
            prompt,
            completion,
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
        let row = PairRow {
            task: "about",
            language: "de",
            documents: &[7, 8],
            prompt: "a",
            completion: "b",
            shard: 0,
            slice: 1,
        };
        let mut line = Vec::new();
        row.write_json(&mut line).unwrap();
        let value = checked(Records::Pairs, line);
        assert_eq!(value["pair"], "d7-about");
        assert_eq!(value["documents"][1], "d8");
    }
}

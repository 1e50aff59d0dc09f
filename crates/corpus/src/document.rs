use std::fmt;

use arrow::{
    array::{Array, AsArray, Int64Array, RecordBatch, StringViewArray},
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use gate::Table;
use policy::{Category, Instant, ItemId, MemberNumber, aipref::Usage};
use serde::{Deserialize, Serialize};

use crate::{CorpusError, Paragraphs, Result, SliceKey};

/// Names a document in a corpus: 63 bits that tell nobody without the key whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(i64);

impl DocumentId {
    /// Wraps the number as it stands in a column.
    pub const fn from_i64(number: i64) -> Self {
        Self(number)
    }

    /// The number as it stands in a column.
    pub const fn as_i64(self) -> i64 {
        self.0
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A document as it stands in a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name in this corpus.
    pub document: DocumentId,
    /// What kind of data it was.
    pub category: Category,
    /// A BCP 47 language tag: the source's where it gave one, else that of the words where it can be
    /// told.
    pub language: Option<String>,
    /// When it was published, where that is known.
    pub created: Option<Instant>,
    /// What it answers: the name that this has, or would have, in the corpus. Whether it is there is
    /// not said; it may be another member's, in another cell.
    pub answers: Option<DocumentId>,
    /// What its author wants it to be used for.
    pub usage: Usage,
    /// Of which columns the words are.
    pub paragraphs: Paragraphs,
    /// The words, with the names of objectors masked.
    pub text: String,
}

impl Document {
    /// The words of a column; `None` if the row had none.
    pub fn words_of(&self, column: &str) -> Option<&str> {
        self.paragraphs.of(&self.text).find(|(name, _)| *name == column).map(|(_, words)| words)
    }

    /// One of these columns, of which nothing else is known.
    #[cfg(test)]
    pub(crate) fn of_words(
        number: i64,
        category: Category,
        words: &[(&'static str, &str)],
    ) -> Self {
        let (paragraphs, text) = Paragraphs::join(words.iter().copied());
        Self {
            document: DocumentId(number),
            category,
            language: None,
            created: None,
            answers: None,
            usage: Usage::default(),
            paragraphs,
            text,
        }
    }
}

/// A document with the row that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) table: Table,
    pub(crate) member: MemberNumber,
    pub(crate) item: ItemId,
    pub(crate) document: Document,
}

/// How a table's rows become text: a paragraph for each of these columns.
///
/// Columns meet nowhere but at the end of a paragraph: the gate masks names column by column, and
/// two columns in one line could read like a name that neither of them holds.
pub(crate) type Template = &'static [&'static str];

/// The template of a table; `None` where rows are no text, or are not given out at all.
pub(crate) const fn template(table: Table) -> Option<Template> {
    match table {
        Table::Profiles => Some(&["headline", "about"]),
        Table::Positions => Some(&["title", "employer", "started", "ended", "description"]),
        Table::Education => Some(&["school", "degree", "field", "started", "ended", "description"]),
        Table::Skills => Some(&["name"]),
        Table::Items => Some(&["title", "text"]),
        Table::Members | Table::Mentions | Table::Sensitive | Table::Activity => None,
    }
}

/// Whether the rows of a table are somebody's prose. The others are facts of a career, which are no
/// worse for being short, and no copies of each other for being the same.
pub(crate) const fn is_prose(table: Table) -> bool {
    matches!(table, Table::Profiles | Table::Items)
}

/// The column of a template that has this name.
pub(crate) fn column_named(name: &str) -> Option<&'static str> {
    let columns = Table::ALL.iter().filter_map(|table| template(*table)).flatten();
    columns.copied().find(|column| *column == name)
}

/// The documents of permitted rows, in the order of the rows, empty ones included.
pub(crate) fn documents(
    table: Table,
    template: Template,
    rows: &RecordBatch,
    key: &SliceKey,
) -> Result<Vec<Candidate>> {
    let columns = Columns { table, rows };
    let members = columns.longs("member_number")?;
    let items = columns.longs("item")?;
    let kinds = columns.own_texts("kind")?;
    let languages = columns.own_texts("language")?;
    let created = columns.own_longs("created")?;
    let usages = columns.own_texts("content_usage")?;
    let answered = columns.own_longs("parent_member")?.zip(columns.own_longs("parent_item")?);
    let texts = columns.paragraphs(template)?;
    (0..rows.num_rows())
        .map(|row| {
            let member =
                MemberNumber::from_i64(columns.required(&members, "member_number", row)?);
            let item = ItemId::from_i64(columns.required(&items, "item", row)?);
            let (paragraphs, text) = paragraphs(template, &texts, row);
            let answers = answered.as_ref().and_then(|(member, item)| {
                let member = MemberNumber::from_i64(long(member, row)?);
                Some(key.document(table, member, ItemId::from_i64(long(item, row)?)))
            });
            let document = Document {
                document: key.document(table, member, item),
                category: columns.category(kinds.as_ref(), row)?,
                language: languages.as_ref().and_then(|words| word(words, row)).map(str::to_owned),
                created: created.as_ref().and_then(|at| long(at, row)).map(Instant::from_micros),
                answers,
                usage: Usage::heard(usages.as_ref().and_then(|words| word(words, row))),
                paragraphs,
                text,
            };
            Ok(Candidate { table, member, item, document })
        })
        .collect()
}

/// The words of one row.
fn paragraphs(template: Template, texts: &[StringViewArray], row: usize) -> (Paragraphs, String) {
    let words = texts.iter().map(|column| word(column, row).unwrap_or_default());
    Paragraphs::join(template.iter().copied().zip(words))
}

fn long(values: &Int64Array, row: usize) -> Option<i64> {
    values.is_valid(row).then(|| values.value(row))
}

fn word(values: &StringViewArray, row: usize) -> Option<&str> {
    values.is_valid(row).then(|| values.value(row))
}

/// The columns of permitted rows by name.
struct Columns<'a> {
    table: Table,
    rows: &'a RecordBatch,
}

impl Columns<'_> {
    fn paragraphs(&self, template: Template) -> Result<Vec<StringViewArray>> {
        template.iter().map(|name| self.texts(name)).collect()
    }

    /// A column that only some tables have.
    fn own_texts(&self, name: &'static str) -> Result<Option<StringViewArray>> {
        self.has(name).then(|| self.texts(name)).transpose()
    }

    /// A column that only some tables have.
    fn own_longs(&self, name: &'static str) -> Result<Option<Int64Array>> {
        self.has(name).then(|| self.longs(name)).transpose()
    }

    fn has(&self, name: &str) -> bool {
        self.table.columns().any(|column| column.name == name)
    }

    fn longs(&self, name: &'static str) -> Result<Int64Array> {
        let values = self.cast(name, &DataType::Int64)?;
        let values = values.as_primitive_opt::<Int64Type>().cloned();
        values.ok_or_else(|| self.wrong(name, "is not a column of numbers"))
    }

    fn texts(&self, name: &'static str) -> Result<StringViewArray> {
        let values = self.cast(name, &DataType::Utf8View)?;
        let values = values.as_string_view_opt().cloned();
        values.ok_or_else(|| self.wrong(name, "is not a column of text"))
    }

    fn cast(&self, name: &'static str, kind: &DataType) -> Result<arrow::array::ArrayRef> {
        let column = self.rows.column_by_name(name);
        let column = column.ok_or_else(|| self.wrong(name, "is missing"))?;
        cast(column, kind).map_err(|_| self.wrong(name, "has another type than the table's"))
    }

    fn required(&self, values: &Int64Array, name: &'static str, row: usize) -> Result<i64> {
        long(values, row).ok_or_else(|| self.wrong(name, "is null where it may not be"))
    }

    fn category(&self, kinds: Option<&StringViewArray>, row: usize) -> Result<Category> {
        let kind = kinds.and_then(|kinds| word(kinds, row)).and_then(|kind| kind.parse().ok());
        let category = self.table.category_of_row(kind);
        category.ok_or_else(|| self.wrong("kind", "does not say which category a row has"))
    }

    fn wrong(&self, column: &'static str, reason: &'static str) -> CorpusError {
        CorpusError::Column { table: self.table, column, reason }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};

    use super::*;

    fn positions(rows: &[[Option<&str>; 3]]) -> RecordBatch {
        let none = || -> ArrayRef { Arc::new(StringArray::new_null(rows.len())) };
        let column = |at: usize| -> ArrayRef {
            Arc::new(rows.iter().map(|row| row[at]).collect::<StringArray>())
        };
        let numbers: ArrayRef = Arc::new((0..rows.len() as i64).map(Some).collect::<Int64Array>());
        RecordBatch::try_from_iter([
            ("member_number", Arc::clone(&numbers)),
            ("item", numbers),
            ("title", column(0)),
            ("employer", column(1)),
            ("started", none()),
            ("ended", none()),
            ("description", column(2)),
        ])
        .unwrap()
    }

    #[test]
    fn paragraphs_are_trimmed_and_empty_ones_left_out() {
        let rows = positions(&[
            [Some(" Engineer "), Some("Acme"), Some("Built it.\n")],
            [None, Some("Acme"), None],
            [Some("Engineer"), Some("  "), Some("Built it.")],
            [None, Some(" "), None],
        ]);
        let template = template(Table::Positions).unwrap();
        let key = SliceKey::new([1; 32]);
        let found = documents(Table::Positions, template, &rows, &key).unwrap();
        let texts: Vec<_> = found.iter().map(|one| one.document.text.as_str()).collect();
        assert_eq!(texts, ["Engineer\n\nAcme\n\nBuilt it.", "Acme", "Engineer\n\nBuilt it.", ""]);
        assert!(found.iter().all(|one| one.document.category == Category::Positions));
    }

    #[test]
    fn a_missing_column_is_an_error() {
        let rows = positions(&[[None, None, None]]);
        let template = template(Table::Items).unwrap();
        assert!(documents(Table::Items, template, &rows, &SliceKey::new([1; 32])).is_err());
    }

    #[test]
    fn every_column_of_a_template_exists_in_its_table() {
        for table in Table::ALL {
            for column in template(*table).into_iter().flatten() {
                assert!(table.columns().any(|one| one.name == *column), "{table}.{column}");
            }
        }
    }
}

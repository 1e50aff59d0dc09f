use std::{path::Path, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, Int64Array, Int64Builder, RecordBatch, StringArray, StringBuilder,
    },
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
};
use policy::{Instant, aipref::Usage};

use crate::{
    CorpusError, Document, DocumentId, Result,
    table_file::{Finished, Layout, TableFile, open},
};

/// Rows that are encoded at a time; part of what makes the bytes.
const ROWS: usize = 1024;
/// Bytes of text that are encoded at a time, so that no array of text overflows at 2 GiB.
const BYTES: usize = 64 << 20;

/// Writes documents, which have to be sorted.
pub(crate) fn write<'a>(
    path: &Path,
    documents: impl IntoIterator<Item = &'a Document>,
) -> Result<Finished> {
    let mut file = TableFile::create(path, layout())?;
    let mut rows = Rows::default();
    for document in documents {
        if rows.count == ROWS || rows.bytes + document.text.len() > BYTES && rows.count > 0 {
            file.write(&rows.batch(path)?)?;
        }
        rows.push(document);
    }
    if rows.count > 0 {
        file.write(&rows.batch(path)?)?;
    }
    file.finish()
}

/// The documents of a shard, in order.
pub(crate) fn read(path: &Path) -> Result<Vec<Document>> {
    let reader = open(path)?.build().map_err(CorpusError::parquet("reading", path))?;
    let mut documents = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| CorpusError::parquet("reading", path)(error.into()))?;
        let found = read_batch(&batch);
        documents.extend(found.ok_or_else(|| CorpusError::damaged(path, "is no shard"))?);
    }
    Ok(documents)
}

fn layout() -> Layout {
    Layout { schema: schema(), sorted_by: None, words: &["category", "language", "content_usage"] }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("document", DataType::Int64, false),
        Field::new("category", DataType::Utf8, false),
        Field::new("language", DataType::Utf8, true),
        Field::new("created", DataType::Int64, true),
        Field::new("answers", DataType::Int64, true),
        Field::new("content_usage", DataType::Utf8, true),
        Field::new("paragraphs", DataType::Utf8, false),
        Field::new("text", DataType::Utf8, false),
    ]))
}

#[derive(Default)]
struct Rows {
    count: usize,
    bytes: usize,
    document: Int64Builder,
    category: StringBuilder,
    language: StringBuilder,
    created: Int64Builder,
    answers: Int64Builder,
    usage: StringBuilder,
    paragraphs: StringBuilder,
    text: StringBuilder,
}

impl Rows {
    fn push(&mut self, row: &Document) {
        let Document { document, category, language, created, answers, .. } = row;
        let Document { usage, paragraphs, text, .. } = row;
        self.document.append_value(document.as_i64());
        self.category.append_value(category.name());
        self.language.append_option(language.as_deref());
        self.created.append_option(created.map(Instant::as_micros));
        self.answers.append_option(answers.map(DocumentId::as_i64));
        self.usage.append_option(usage.expression());
        self.paragraphs.append_value(paragraphs.to_string());
        self.text.append_value(text);
        self.count += 1;
        self.bytes += text.len();
    }

    fn batch(&mut self, path: &Path) -> Result<RecordBatch> {
        (self.count, self.bytes) = (0, 0);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.document.finish()),
            Arc::new(self.category.finish()),
            Arc::new(self.language.finish()),
            Arc::new(self.created.finish()),
            Arc::new(self.answers.finish()),
            Arc::new(self.usage.finish()),
            Arc::new(self.paragraphs.finish()),
            Arc::new(self.text.finish()),
        ];
        RecordBatch::try_new(schema(), columns)
            .map_err(|error| CorpusError::parquet("encoding", path)(error.into()))
    }
}

fn read_batch(batch: &RecordBatch) -> Option<Vec<Document>> {
    let longs = |name| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let texts = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
    let [ids, created, answers]: [&Int64Array; 3] =
        [longs("document")?, longs("created")?, longs("answers")?];
    let [categories, languages]: [&StringArray; 2] = [texts("category")?, texts("language")?];
    let [usages, paragraphs, texts]: [&StringArray; 3] =
        [texts("content_usage")?, texts("paragraphs")?, texts("text")?];
    let word =
        |values: &StringArray, row| values.is_valid(row).then(|| values.value(row).to_owned());
    let long = |values: &Int64Array, row| values.is_valid(row).then(|| values.value(row));
    (0..batch.num_rows())
        .map(|row| {
            Some(Document {
                document: DocumentId::from_i64(ids.value(row)),
                category: categories.value(row).parse().ok()?,
                language: word(languages, row),
                created: long(created, row).map(Instant::from_micros),
                answers: long(answers, row).map(DocumentId::from_i64),
                usage: word(usages, row).map_or_else(Usage::default, Usage::parse),
                paragraphs: paragraphs.value(row).parse().ok()?,
                text: texts.value(row).to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use policy::Category;

    use super::*;
    use crate::Paragraphs;

    fn document(id: i64) -> Document {
        let text = format!("text {id}");
        Document {
            document: DocumentId::from_i64(id),
            category: Category::Posts,
            language: (id % 2 == 0).then(|| "de".to_owned()),
            created: (id % 3 == 0).then(|| Instant::from_micros(id)),
            answers: (id % 5 == 0).then(|| DocumentId::from_i64(id / 5)),
            usage: Usage::parse(if id % 7 == 0 { "train-ai=y, search=n" } else { "" }),
            paragraphs: Paragraphs::one("text", &text),
            text,
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_names_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shard");
        let documents: Vec<_> = (0..3000).map(document).collect();
        let finished = write(&path, &documents).unwrap();
        assert_eq!(read(&path).unwrap(), documents);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(finished.blake3, blake3::hash(&bytes).to_hex().to_string());
        assert_eq!((finished.rows, finished.bytes), (3000, bytes.len() as u64));
    }
}

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch, StringArray},
    datatypes::{DataType, Field as ArrowField, Schema},
    ipc::writer::{FileWriter, StreamWriter},
};
use check::{
    Choices, Columns, DataSet, Field, Judge, Judged, Rules, Said, SaidScope, Summary, Told,
};
use parquet::arrow::ArrowWriter;
use policy::{Answer, Category, Policy};
use sources::Declaration;
use tempfile::TempDir;

pub(crate) const AS_OF: &str = "2026-03-01T00:00:00Z";

const POLICY: &str = r#"
version = "2025-11-03"
announced = "2025-09-18"
notice_days = 30
adult_age = 18
ambiguous_names = "redact"

[purpose.generative-ai]
title = { en = "AI", de = "KI" }
categories = ["posts", "comments"]
objection = "all-data"
content_usage = "train-ai"
oldest_content = "2015-01-01"

[[purpose.generative-ai.region]]
in = ["EEA"]
from = "2025-11-03"
basis = "legitimate-interest"
default = "on"
source = "a test"

[[purpose.generative-ai.region]]
in = ["GB"]
from = "2025-11-03"
basis = "consent"
default = "off"
source = "a test"

[[purpose.generative-ai.region]]
in = ["US"]
from = "2025-11-03"
basis = "terms"
default = "on"
documents = ["dpia"]
source = "a test"
"#;

/// Everything that rows can leave out.
pub(crate) const EVERYTHING: &str = r#"
region = "DE"
age = "adult"
status = "active"
visibility = "public"
reason = "a test"
notice = { policy_version = "2025-11-03", delivered_at = "2025-11-04" }
"#;

pub(crate) fn declaration(text: &str) -> Declaration {
    Declaration::parse(Path::new("facts.toml"), text).unwrap()
}

/// Rules for posts, with everything declared.
pub(crate) fn rules() -> Rules {
    let words = [("post", Category::Posts), ("comment", Category::Comments)];
    Rules {
        policy: Policy::parse(Path::new("test"), POLICY.as_bytes()).unwrap(),
        purpose: "generative-ai".parse().unwrap(),
        as_of: AS_OF.parse().unwrap(),
        declaration: Some(declaration(EVERYTHING)),
        documents: Vec::new(),
        category: Some(Category::Posts),
        categories: words.map(|(word, category)| (word.to_owned(), category)).into(),
        source: None,
    }
}

pub(crate) fn said(member: &str, scope: SaidScope, answer: Answer) -> Said {
    Said {
        member: member.to_owned(),
        purpose: "generative-ai".parse().unwrap(),
        scope,
        answer,
        said_at: "2026-01-01".parse().unwrap(),
    }
}

pub(crate) fn refused(member: &str) -> Said {
    said(member, SaidScope::Everything, Answer::Refuse)
}

/// Columns of these names, by field.
pub(crate) fn columns(named: &[(Field, &str)]) -> Columns {
    let mut columns = Columns::of_author("author");
    for (field, path) in named {
        columns.set(*field, Some((*path).to_owned()));
    }
    columns
}

/// What a check tells: `file:row author reasons`, a line each, and its summary.
pub(crate) fn run(
    path: &Path,
    columns: &Columns,
    rules: Rules,
    said: impl IntoIterator<Item = Said>,
) -> (String, Summary) {
    let mut choices = Choices::default();
    said.into_iter().for_each(|one| choices.add(one));
    let mut judge = Judge::new(rules, choices);
    let dataset = DataSet::find(path).unwrap();
    let mut told = String::new();
    let summary = check::check(&dataset, columns, &mut judge, &mut |one| match one {
        Told::Refused { file, row, author, judged } => {
            let why = match judged {
                Judged::Reasons(reasons) => reasons.to_string(),
                Judged::Unreadable(why) => format!("! {why}"),
            };
            told += &format!("{file}:{row} {} {why}\n", author.unwrap_or("-"));
        }
        Told::Failed(failed) => told += &format!("{} ! {}\n", failed.file, failed.why),
        Told::Progress(_) => {}
    });
    assert!(summary.is_balanced(), "{summary:?}");
    (told, summary)
}

/// A folder with files of these texts.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

/// Lines of `{"author": …, "created": …}`.
pub(crate) fn lines(authors: &[&str]) -> String {
    let line = |author: &&str| format!("{{\"author\":\"{author}\",\"created\":\"2025-01-01\"}}\n");
    authors.iter().map(line).collect()
}

/// A batch of text columns.
pub(crate) fn texts(columns: &[(&str, Vec<Option<&str>>)]) -> RecordBatch {
    let fields: Vec<_> =
        columns.iter().map(|(name, _)| ArrowField::new(*name, DataType::Utf8, true)).collect();
    let arrays =
        columns.iter().map(|(_, values)| Arc::new(StringArray::from(values.clone())) as ArrayRef);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays.collect()).unwrap()
}

/// The same rows as [`lines`].
pub(crate) fn batch(authors: &[&str]) -> RecordBatch {
    let created = vec![Some("2025-01-01"); authors.len()];
    texts(&[("author", authors.iter().copied().map(Some).collect()), ("created", created)])
}

pub(crate) fn write_parquet(path: &Path, batch: &RecordBatch) {
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

pub(crate) fn write_stream(path: &Path, batch: &RecordBatch) {
    let file = File::create(path).unwrap();
    let mut writer = StreamWriter::try_new(file, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
}

pub(crate) fn write_arrow_file(path: &Path, batch: &RecordBatch) {
    let file = File::create(path).unwrap();
    let mut writer = FileWriter::try_new(file, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
}

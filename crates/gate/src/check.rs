//! The gate's own look at what a holder kept: a release counts only if this finds nothing.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use arrow::array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use policy::{Category, Instant, ItemId, MemberNumber, Visibility, aipref::Usage};

use crate::{
    columns::Columns,
    evaluator::RowFacts,
    functions::Evaluation,
    holder::{Artefact, Artefacts, Release},
};

/// What was found, in words that name no person.
type Finding = String;

/// A row of a holder's, by file and place.
type Place = (String, i64);

/// One row, as lineage and artefact together tell it.
#[derive(Debug, Clone, Copy)]
struct Row {
    member: i64,
    item: i64,
    document: i64,
}

/// Reads the artefacts again and looks for anything that should have gone.
pub(crate) fn release(
    artefacts: &Artefacts,
    release: &Release,
    evaluation: &Evaluation,
) -> Result<(), Finding> {
    gone(artefacts, release)?;
    kept(artefacts, evaluation)
}

/// Reads the artefacts again and looks for rows that must not be there.
pub(crate) fn kept(artefacts: &Artefacts, evaluation: &Evaluation) -> Result<(), Finding> {
    let lineage = lineage(artefacts)?;
    let mut seen = 0;
    for file in &artefacts.files {
        for (place, batch) in open(&artefacts.root, file)? {
            seen += check_rows(&file.path, place, &batch, &lineage, evaluation)?;
        }
    }
    if seen != lineage.len() {
        return Err(format!("the lineage names {} rows, the files hold {seen}", lineage.len()));
    }
    artefacts.others.iter().try_for_each(|file| open(&artefacts.root, file).map(drop))
}

/// Nothing that was replaced may lie about, and nothing that nobody names.
fn gone(artefacts: &Artefacts, release: &Release) -> Result<(), Finding> {
    let files = artefacts.files.iter().chain(&artefacts.lineage).chain(&artefacts.others);
    let named: HashSet<_> = files.map(|file| file.path.as_str()).collect();
    for change in &release.rewritten {
        let before = change.path_before.as_deref().filter(|path| !named.contains(path));
        if let Some(path) = before
            && artefacts.root.join(path).exists()
        {
            return Err(format!("`{path}` was rewritten and is still there"));
        }
    }
    let mut open = vec![artefacts.root.clone()];
    while let Some(folder) = open.pop() {
        let entries =
            std::fs::read_dir(&folder).map_err(|error| format!("reading a folder: {error}"))?;
        for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let relative = path.strip_prefix(&artefacts.root).unwrap_or(&path).to_string_lossy();
            if relative.ends_with(".parquet") && !named.contains(relative.as_ref()) {
                return Err(format!("`{relative}` is named by no manifest"));
            }
        }
    }
    Ok(())
}

fn lineage(artefacts: &Artefacts) -> Result<HashMap<Place, Row>, Finding> {
    let mut lineage = HashMap::new();
    let mut batches = Vec::new();
    for file in &artefacts.lineage {
        batches.extend(open(&artefacts.root, file)?);
    }
    for (_, batch) in batches {
        let at = places(&batch, ["member_number", "item", "file", "row", "document"])?;
        let [member, item, file, row, document] = at;
        let columns = Columns::of(&batch);
        for place in 0..batch.num_rows() {
            let values = (
                columns.long(member, place),
                columns.long(item, place),
                columns.text(file, place),
                columns.long(row, place),
                columns.long(document, place),
            );
            let (Some(member), Some(item), Some(file), Some(row), Some(document)) = values else {
                return Err("the lineage has a row without an address".to_owned());
            };
            let twice = lineage.insert((file.to_owned(), row), Row { member, item, document });
            if twice.is_some() {
                return Err(format!("the lineage names row {row} of `{file}` twice"));
            }
        }
    }
    Ok(lineage)
}

fn check_rows(
    file: &str,
    first: i64,
    batch: &RecordBatch,
    lineage: &HashMap<Place, Row>,
    evaluation: &Evaluation,
) -> Result<usize, Finding> {
    let [document, category, created] = places(batch, ["document", "category", "created"])?;
    let texts = batch.schema().index_of("text").ok();
    let columns = Columns::of(batch);
    for at in 0..batch.num_rows() {
        let place = first + i64::try_from(at).unwrap_or(i64::MAX);
        let known = lineage.get(&(file.to_owned(), place));
        let known = known.ok_or_else(|| format!("row {place} of `{file}` has no lineage"))?;
        if columns.long(document, at) != Some(known.document) {
            return Err(format!("row {place} of `{file}` is not the document of its lineage"));
        }
        let row = RowFacts {
            member: MemberNumber::from_i64(known.member),
            item: ItemId::from_i64(known.item),
            category: columns.text(category, at).and_then(|word| word.parse::<Category>().ok()),
            // what the lake says of the row was asked when it was given out
            visibility: Some(Visibility::Public),
            created: columns.long(created, at).map(Instant::from_micros),
            content_usage: Usage::default(),
            sensitive: false,
            names_objector: false,
        };
        let reasons = evaluation.evaluator.reasons(&row);
        if !reasons.is_empty() {
            return Err(format!("row {place} of `{file}` may not be kept: {reasons}"));
        }
        let text = texts.and_then(|text| columns.text(text, at)).unwrap_or_default();
        if names_somebody(text, evaluation) {
            return Err(format!("row {place} of `{file}` names somebody who objected"));
        }
    }
    Ok(batch.num_rows())
}

/// A name across a paragraph's end was put together by joining two fields, neither of which held it.
fn names_somebody(text: &str, evaluation: &Evaluation) -> bool {
    let found = evaluation.redactor.finder().find(text);
    found
        .iter()
        .filter_map(|span| text.get(span.start..span.end))
        .any(|name| !name.contains("\n\n"))
}

/// The batches of a file with the place of their first row, if its bytes are what they should be.
fn open(root: &Path, artefact: &Artefact) -> Result<Vec<(i64, RecordBatch)>, Finding> {
    let path = &artefact.path;
    let bytes = std::fs::read(root.join(path)).map_err(|error| format!("`{path}`: {error}"))?;
    if blake3::hash(&bytes).to_hex().as_str() != artefact.blake3 {
        return Err(format!("`{path}` does not hold what the manifest says"));
    }
    let unreadable = |error: &dyn std::fmt::Display| format!("`{path}` is no Parquet: {error}");
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes))
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| unreadable(&error))?;
    let mut batches = Vec::new();
    let mut rows = 0;
    for batch in reader {
        let batch = batch.map_err(|error| unreadable(&error))?;
        let next = rows + i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
        batches.push((rows, batch));
        rows = next;
    }
    if u64::try_from(rows).ok() != Some(artefact.rows) {
        return Err(format!("`{path}` has {rows} rows, the manifest says {}", artefact.rows));
    }
    Ok(batches)
}

fn places<const N: usize>(batch: &RecordBatch, names: [&str; N]) -> Result<[usize; N], Finding> {
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        *place = batch.schema().index_of(name).map_err(|_| format!("a file has no `{name}`"))?;
    }
    Ok(places)
}

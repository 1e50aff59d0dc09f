use std::{fs, path::Path};

use ::corpus::{Cell, Corpus, Document, DocumentId, Followed, Manifest, Split};
use anyhow::{Context, ensure};
use handover::{Dataset, Provider, Row, SliceMembers, Statistics, overview};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use store::HolderId;

use super::holder::corpora;
use crate::{
    output::{Page, View, counted},
    progress::Progress,
    state::State,
};

/// Writes what a corpus is, without a row of it.
pub(super) async fn describe(
    state: &State,
    name: &str,
    to: &Path,
    provider: Option<&Path>,
) -> anyhow::Result<DescribedView> {
    let provider = read_provider(provider)?;
    let corpus = corpora(state)?.open(&state.gate().await?, name).await?;
    check_empty(to)?;
    let dataset = dataset(corpus.manifest(), &corpus.holder().id)?;
    let statistics = {
        let _progress = Progress::of_unknown(&format!("reading {name}"));
        let mut statistics = Statistics::default();
        for cell in Split::ALL.iter().flat_map(|split| corpus.cells(*split)) {
            for document in corpus.documents(cell)? {
                let columns = document.paragraphs.to_string();
                statistics.add(again(&cell.split)?, &row(cell, &document, &columns));
            }
        }
        with_members(statistics, &corpus)?
    };
    let files = overview(&dataset, &statistics, &provider);
    for (path, content) in &files {
        let path = to.join(path);
        let folder = path.parent().unwrap_or(to);
        fs::create_dir_all(folder).with_context(|| format!("making `{}`", folder.display()))?;
        fs::write(&path, content).with_context(|| format!("writing `{}`", path.display()))?;
    }
    Ok(DescribedView {
        corpus: name.to_owned(),
        after: corpus.manifest().after.clone(),
        folder: to.display().to_string(),
        documents: statistics.documents(),
        files: files.into_iter().map(|(path, _)| path).collect(),
    })
}

/// Nothing that lies there is written over.
pub(super) fn check_empty(to: &Path) -> anyhow::Result<()> {
    let is_empty = match fs::read_dir(to) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error).context(format!("looking into `{}`", to.display())),
    };
    ensure!(is_empty, "`{}` is not empty (hint: name another folder)", to.display());
    Ok(())
}

pub(super) fn read_provider(file: Option<&Path>) -> anyhow::Result<Provider> {
    let Some(file) = file else { return Ok(Provider::default()) };
    let text = fs::read_to_string(file).with_context(|| format!("reading `{}`", file.display()))?;
    toml::from_str(&text).with_context(|| format!("in `{}`", file.display()))
}

/// What a manifest says, in the words of a description for a holder.
pub(super) fn dataset(manifest: &Manifest, holder: &HolderId) -> anyhow::Result<Dataset> {
    let attached = manifest.attached.iter().map(|table| handover::AttachedTable {
        name: table.name.clone(),
        mapping_hash: table.mapping_hash.clone(),
        declaration: table.declaration.clone(),
        delta_version: table.delta_version,
        files: Vec::new(),
    });
    let number = |sequence: i64| sequence.unsigned_abs();
    Ok(Dataset {
        name: manifest.name.clone(),
        holder: holder.to_string(),
        url: None,
        creator: None,
        license: None,
        purpose: manifest.purpose.to_string(),
        policy: manifest.policy.to_string(),
        policy_version: manifest.policy_version.to_string(),
        facts: handover::FactRange {
            from: number(manifest.facts.from.as_i64()),
            to: number(manifest.facts.to.as_i64()),
        },
        as_of: handover::Instant::from_micros(manifest.as_of.as_micros()),
        lake_version: number(manifest.lake_version.as_i64()),
        after: manifest.after.as_ref().map(again).transpose()?,
        attached: attached.collect(),
        configuration: again(&manifest.configuration)?,
        recipe: json!(manifest.recipe),
        zweck_version: manifest.zweck_version.clone(),
        releases: manifest.history.len() as u64,
        rows: again(&manifest.rows.tables)?,
        documents: again(&manifest.documents.tables)?,
        files: again(&manifest.files)?,
    })
}

/// The same content, as another type that is written alike.
pub(super) fn again<T: DeserializeOwned>(content: &impl Serialize) -> anyhow::Result<T> {
    serde_json::from_value(json!(content)).context("describing what the manifest says")
}

/// A document as it is given out, with the columns of its words as they are written.
pub(super) fn row<'a>(cell: Cell, document: &'a Document, columns: &'a str) -> Row<'a> {
    let created = document.created.map(|at| handover::Instant::from_micros(at.as_micros()));
    Row {
        document: document.document.as_i64(),
        category: document.category.name(),
        language: document.language.as_deref(),
        created,
        answers: document.answers.map(DocumentId::as_i64),
        usage: document.usage,
        columns,
        text: &document.text,
        shard: cell.shard,
        slice: cell.slice,
    }
}

/// Adds how many members there are in each slice.
pub(super) fn with_members(
    mut statistics: Statistics,
    corpus: &Corpus,
) -> anyhow::Result<Statistics> {
    let members = corpus.members()?.into_iter().map(|(cell, members)| {
        let Cell { split, shard, slice } = cell;
        Ok(SliceMembers { split: again(&split)?, shard, slice, members })
    });
    statistics.set_members(members.collect::<anyhow::Result<Vec<_>>>()?);
    Ok(statistics)
}

/// What was written.
#[derive(Serialize)]
pub(super) struct DescribedView {
    corpus: String,
    /// The corpus that it goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Followed>,
    folder: String,
    documents: u64,
    files: Vec<String>,
}

impl View for DescribedView {
    fn write(&self, page: &mut Page) {
        let documents = counted(self.documents, "document", "documents");
        page.line(format_args!("{}: {documents}, described in {}:", self.corpus, self.folder));
        for file in &self.files {
            page.line(format_args!("  {file}"));
        }
        write_after(&self.corpus, self.after.as_ref(), page);
    }
}

/// Says from which corpus one goes on, if from any.
pub(super) fn write_after(corpus: &str, after: Option<&Followed>, page: &mut Page) {
    if let Some(Followed { corpus: after, lake_version, .. }) = after {
        page.paragraph(
            0,
            format_args!(
                "{corpus} goes on from {after}: it has what came into the lake after version \
                 {lake_version}, and nothing that is the same there, or nearly."
            ),
        );
    }
}

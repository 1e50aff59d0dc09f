use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use crate::{
    Dataset, ExportedFile, HandoverError, Language, Provider, Result, Statistics, croissant,
    dataset_card, plots, summary,
};

/// Everything from which the files beside the documents follow.
#[derive(Debug, Clone, Copy)]
pub struct Description<'a> {
    /// What is known of the corpus.
    pub dataset: &'a Dataset,
    /// What was counted while its documents were written.
    pub statistics: &'a Statistics,
    /// What the provider of the model has said.
    pub provider: &'a Provider,
    /// The files of documents.
    pub files: &'a [ExportedFile],
}

/// What can be told of a corpus without giving out a row of it: the data card, its plots and the
/// summaries, each by its path below a folder.
pub fn overview(
    dataset: &Dataset,
    statistics: &Statistics,
    provider: &Provider,
) -> Vec<(String, String)> {
    let mut found = vec![("data-card.svg".to_owned(), plots::data_card(dataset, statistics))];
    for (name, plot) in plots::all(dataset, statistics) {
        found.push((format!("plots/{name}"), plot));
    }
    for language in Language::ALL {
        let path = format!("training-content-summary.{}.md", language.tag());
        found.push((path, summary(dataset, statistics, provider, *language)));
    }
    found
}

impl Description<'_> {
    /// Every file beside the documents, by its path below the folder.
    ///
    /// # Errors
    /// If the description cannot be encoded as JSON.
    pub fn files(&self) -> Result<Vec<(String, String)>> {
        let Self { dataset, statistics, provider, files } = *self;
        let json = serde_json::to_string_pretty(&croissant(dataset, statistics, files))
            .map_err(|source| HandoverError::Json { what: "the description", source })?;
        let mut found = vec![
            ("croissant.json".to_owned(), json + "\n"),
            ("README.md".to_owned(), dataset_card(dataset, statistics, files)),
        ];
        found.extend(overview(dataset, statistics, provider));
        Ok(found)
    }

    /// Writes every file beside the documents into the folder, over those that are there.
    ///
    /// # Errors
    /// If a file cannot be written; those before it have been.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let plots = folder.join("plots");
        fs::create_dir_all(&plots).map_err(HandoverError::file("making", &plots))?;
        for (path, content) in self.files()? {
            let path = folder.join(path);
            let mut options = OpenOptions::new();
            let options = options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(&path).map_err(HandoverError::file("making", &path))?;
            let writing = |error| HandoverError::file("writing", &path)(error);
            file.write_all(content.as_bytes()).map_err(writing)?;
            file.sync_all().map_err(writing)?;
        }
        Ok(())
    }
}

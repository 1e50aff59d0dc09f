//! The card that [Hugging Face's `datasets`](https://huggingface.co/docs/datasets) reads.

use std::fmt::Write;

use crate::{
    Dataset, ExportedFile, Followed, Language, Records, Split, Statistics,
    croissant::license,
    escape::{code, code_in_table, markdown, yaml},
    records::FieldKind,
    statistics::UNDETERMINED,
};

const NUMBERS: Language = Language::English;

/// The `README.md` of a folder that was given out: what `load_dataset` needs in its head, and what
/// people want to know below.
///
/// Files without rows are left out, and splits that have no other, because the readers refuse
/// a split without rows.
pub fn dataset_card(dataset: &Dataset, statistics: &Statistics, files: &[ExportedFile]) -> String {
    let mut card = String::new();
    // Writing into a string cannot fail.
    let _ = head(&mut card, dataset, statistics, files);
    let _ = introduction(&mut card, dataset, files);
    let _ = splits(&mut card, files);
    let _ = fields(&mut card, files);
    let _ = accounting(&mut card, dataset);
    let _ = rules(&mut card, dataset);
    card
}

fn head(
    card: &mut String,
    dataset: &Dataset,
    statistics: &Statistics,
    files: &[ExportedFile],
) -> std::fmt::Result {
    writeln!(card, "---\npretty_name: {}", yaml(&dataset.name))?;
    writeln!(card, "version: {}", yaml(&dataset.version()))?;
    writeln!(card, "license: other\nlicense_name: {}", yaml("purpose-limited"))?;
    let languages: Vec<_> =
        statistics.languages().keys().filter(|tag| *tag != UNDETERMINED).collect();
    if !languages.is_empty() {
        writeln!(card, "language:")?;
        for tag in languages {
            writeln!(card, "- {}", yaml(tag))?;
        }
    }
    writeln!(card, "task_categories:\n- \"text-generation\"")?;
    writeln!(card, "dataset_info:")?;
    for records in given(files) {
        writeln!(card, "- config_name: {}\n  features:", configuration(records))?;
        for field in records.fields() {
            let kind = match field.kind {
                FieldKind::Text | FieldKind::Instant => "dtype: string",
                FieldKind::Texts => "list: string",
                FieldKind::Integer => "dtype: int64",
            };
            writeln!(card, "  - name: {}\n    {kind}", field.name)?;
        }
    }
    if files.iter().any(|file| file.rows > 0) {
        writeln!(card, "configs:")?;
    }
    for records in given(files) {
        let splits = by_split(records, files);
        if splits.is_empty() {
            continue;
        }
        writeln!(card, "- config_name: {}", configuration(records))?;
        if records == Records::Documents {
            writeln!(card, "  default: true")?;
        }
        writeln!(card, "  data_files:")?;
        for (split, of_split) in splits {
            writeln!(card, "  - split: {split}\n    path:")?;
            for file in of_split {
                writeln!(card, "    - {}", yaml(&file.path))?;
            }
        }
    }
    writeln!(card, "---\n")
}

/// Documents, and pairs where there are any.
fn given(files: &[ExportedFile]) -> impl Iterator<Item = Records> {
    let is_given = |records: &&Records| {
        **records == Records::Documents
            || files.iter().any(|file| file.records == **records && file.rows > 0)
    };
    Records::ALL.iter().filter(is_given).copied()
}

const fn configuration(records: Records) -> &'static str {
    match records {
        Records::Documents => "default",
        Records::Pairs => "pairs",
    }
}

fn introduction(card: &mut String, dataset: &Dataset, files: &[ExportedFile]) -> std::fmt::Result {
    writeln!(card, "# {}\n", markdown(&dataset.name))?;
    writeln!(
        card,
        "Given to {} for the purpose {} and for nothing else, out of a corpus that Zweck sealed.\n",
        code(&dataset.holder),
        code(&dataset.purpose),
    )?;
    if let Some(Followed { corpus, lake_version, .. }) = &dataset.after {
        writeln!(
            card,
            "It goes on from the corpus {}: rows up to version {lake_version} of the lake, and what \
             is the same there, or nearly, are not in it.\n",
            code(corpus),
        )?;
    }
    writeln!(card, "**Terms.** {}\n", markdown(&license(dataset)))?;
    writeln!(
        card,
        "![Lengths, languages, slices, categories, and rows left out by reason](data-card.svg)\n"
    )?;
    writeln!(card, "```python\nfrom datasets import load_dataset\n")?;
    writeln!(
        card,
        "for row in load_dataset(\"path/to/this/folder\", split=\"train\", streaming=True):"
    )?;
    writeln!(card, "    print(row[\"document\"], row[\"text\"])\n```\n")?;
    if given(files).any(|records| records == Records::Pairs) {
        writeln!(
            card,
            "What an assistant may be asked, and the answer, is the configuration `pairs`: \
             `load_dataset(\"path/to/this/folder\", \"pairs\", split=\"train\")`.\n"
        )?;
    }
    writeln!(
        card,
        "The same in the words of machines: `croissant.json`, with every hash. The public summary \
         of training content of the AI Act: `training-content-summary.en.md` and `.de.md`, of \
         which the provider has to complete some parts.\n"
    )
}

fn splits(card: &mut String, files: &[ExportedFile]) -> std::fmt::Result {
    writeln!(
        card,
        "## Splits\n\nAll documents of a member are in one slice of one split. Rows \
        are sorted by slice and document within a file, so that streaming gives them in the same \
        order every time.\n"
    )?;
    writeln!(card, "| Split | Of | Files | Rows | Bytes |\n| --- | --- | ---: | ---: | ---: |")?;
    for records in given(files) {
        for (split, of_split) in by_split(records, files) {
            let sum = |of: fn(&ExportedFile) -> u64| {
                NUMBERS.number(of_split.iter().copied().map(of).sum())
            };
            let count = NUMBERS.number(of_split.len() as u64);
            let (rows, bytes) = (sum(|one| one.rows), sum(|one| one.bytes));
            writeln!(card, "| {split} | {} | {count} | {rows} | {bytes} |", records.name())?;
        }
    }
    writeln!(card)
}

fn fields(card: &mut String, files: &[ExportedFile]) -> std::fmt::Result {
    for records in given(files) {
        writeln!(card, "## Fields of {}\n\n| Field | Meaning |\n| --- | --- |", records.name())?;
        for field in records.fields() {
            writeln!(card, "| `{}` | {} |", field.name, field.meaning)?;
        }
        writeln!(card)?;
    }
    Ok(())
}

fn accounting(card: &mut String, dataset: &Dataset) -> std::fmt::Result {
    let (rows, documents) = (dataset.total_rows(), dataset.total_documents());
    writeln!(card, "## Rows in, rows kept, rows left out\n")?;
    writeln!(card, "| Step | Reason | Rows |\n| --- | --- | ---: |")?;
    let mut line = |step: &str, reason: &str, rows: u64| {
        writeln!(card, "| {step} | {} | {} |", markdown(reason), NUMBERS.number(rows))
    };
    line("gate", "rows in", rows.rows_in)?;
    line("gate", "kept", rows.kept)?;
    for (reason, left_out) in &rows.left_out {
        line("gate", reason, *left_out)?;
    }
    line("corpus", "rows in", documents.rows_in)?;
    line("corpus", "kept", documents.kept)?;
    for (reason, left_out) in &documents.left_out {
        line("corpus", reason, *left_out)?;
    }
    writeln!(card, "\n## Personal data\n\n| Replaced or masked | Places |\n| --- | ---: |")?;
    writeln!(card, "| names of members who objected | {} |", NUMBERS.number(documents.masks))?;
    for (kind, places) in &documents.redacted {
        writeln!(card, "| {} | {} |", markdown(kind), NUMBERS.number(*places))?;
    }
    writeln!(card)
}

fn rules(card: &mut String, dataset: &Dataset) -> std::fmt::Result {
    let Dataset { facts, configuration, .. } = dataset;
    writeln!(card, "## What it follows from\n\n| What | Which |\n| --- | --- |")?;
    let rows = [
        ("policy", code_in_table(&dataset.policy)),
        ("version of the policy", code_in_table(&dataset.policy_version)),
        ("facts", format!("{} to {}", facts.from, facts.to)),
        ("as of", dataset.as_of.rfc3339().unwrap_or_else(|| "–".to_owned())),
        ("version of the lake", dataset.lake_version.to_string()),
        ("shards × slices", format!("{} × {}", configuration.shards, configuration.slices)),
        ("key fingerprint", code_in_table(&configuration.key_fingerprint)),
        ("removals since it was sealed", NUMBERS.number(dataset.releases)),
        ("version of Zweck", code_in_table(&dataset.zweck_version)),
    ];
    for (what, which) in rows {
        writeln!(card, "| {what} | {which} |")?;
    }
    if let Some(Followed { holder, lake_version, .. }) = &dataset.after {
        let which = code_in_table(holder);
        writeln!(card, "| goes on from | {which}, version {lake_version} of the lake |")?;
    }
    Ok(())
}

/// The files of records that have any, sorted by shard, of each split that has one.
fn by_split(records: Records, files: &[ExportedFile]) -> Vec<(Split, Vec<&ExportedFile>)> {
    let of = |split: &Split| {
        let is_of =
            |file: &&ExportedFile| (file.records, file.split) == (records, *split) && file.rows > 0;
        let mut files: Vec<_> = files.iter().filter(is_of).collect();
        files.sort_by_key(|file| file.shard);
        (!files.is_empty()).then_some((*split, files))
    };
    Split::ALL.iter().filter_map(of).collect()
}

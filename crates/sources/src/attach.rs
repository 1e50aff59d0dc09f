//! Attaches tables that lie elsewhere: nothing of their words is copied.
//!
//! A look at a table reads it twice. The first time it finds whose the rows are, and gives numbers
//! to authors who have none; the second time it finds what each row says, and writes an index. Later
//! looks read only files that are new or have changed, and start a removal for each row that was
//! edited, narrowed or is gone, as an import does.

mod looking;
mod mapping;
mod people;
mod reader;
mod rows;

use std::{collections::BTreeMap, path::Path};

use lake::{Attachment, Lake, OutsideTable, Table};
use policy::Instant;
use serde::Serialize;
use store::{ImportReport, NewFact, RemovalCause, Store, Withdrawn};

pub use mapping::{Examined, Mapping, ReadThrough};

use crate::{Declaration, Keys, Options, Report, SourcesError, importer::Importer};
use looking::Look;

/// What a look at a table found, and what changed by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attached {
    /// The attachment.
    pub name: String,
    /// The version of the table, if it is a Delta table.
    pub delta_version: Option<u64>,
    /// Its files.
    pub files: u64,
    /// Those that were read: new ones, and those that have changed.
    pub files_read: u64,
    /// What became of every row of the items, and who was found.
    pub items: Report,
    /// What became of every row of the members, if the mapping has them.
    pub members: Option<Report>,
    /// Rows that say something that is not understood, by column of the lake: it is a missing fact.
    pub not_understood: BTreeMap<&'static str, u64>,
}

/// What it meant that a table is attached no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detached {
    /// The attachment.
    pub name: String,
    /// Rows that were read and are no longer.
    pub rows: u64,
}

/// Attaches a table, or looks at it again: what is new, changed or gone since the last look. Files
/// with rows that were refused are read again, so that it can be said which those are.
///
/// Identities, account facts and removals are recorded before the lake version that the look
/// makes, so that one that was cut off is simply run again.
///
/// # Errors
/// If the mapping does not fit the tables, or they cannot be read, or the store or lake fail.
pub async fn attach(
    mapping: &Mapping,
    parts: (&Lake, &Store, &Keys),
    options: Options<'_>,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<Attached, SourcesError> {
    look(mapping, parts, options, Again::WhatWasRefused, told).await
}

/// What is read of files that are what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Nothing,
    /// Files that have rows which were refused.
    WhatWasRefused,
}

async fn look(
    mapping: &Mapping,
    (lake, store, keys): (&Lake, &Store, &Keys),
    options: Options<'_>,
    again: Again,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<Attached, SourcesError> {
    let Examined { items, members } = mapping.examine().await?;
    let members = match members.zip(mapping.members.as_ref()) {
        Some((table, mapped)) => {
            let parts = (lake, store, keys);
            Some(people::register(&mapping.source, &mapped.columns, &table, parts, options).await?)
        }
        None => None,
    };
    let mut importer = Importer::new(&mapping.source, (lake, store, keys), options).await?;
    let import = store.start_import(&importer.name, options.at).await?;
    let mut writer = importer.writer().await?;
    let (files, delta_version) = (items.files.len() as u64, items.delta_version);
    let mut look = Look::start(mapping, items, &mut importer, again).await?;
    let files_read = look.files_to_read();
    look.find_authors(&mut importer).await?;
    look.read(&mut importer, &mut writer, told).await?;
    let not_understood = look.finish(&mut importer, &mut writer).await?;
    let report = importer.report;
    finish_import(store, import, &report, options.at).await?;
    let name = mapping.name.clone();
    Ok(Attached { name, delta_version, files, files_read, items: report, members, not_understood })
}

/// Looks at an attached table again, by the mapping and the declaration that it was attached with.
///
/// # Errors
/// If nothing of the name is attached, and as [`attach`].
pub async fn look_again(
    name: &str,
    (lake, store, keys): (&Lake, &Store, &Keys),
    options: Options<'_>,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<Attached, SourcesError> {
    let known = known(name, lake).await?;
    let file = format!("the mapping of {name}");
    let mapping = Mapping::parse(Path::new(&file), Path::new(&known.folder), &known.mapping)?;
    let declaration = match &known.declaration {
        Some(hash) => {
            let text = store.declaration(hash).await?.unwrap_or_default();
            Some(Declaration::parse(Path::new("the declaration on record"), &text)?)
        }
        None => None,
    };
    let options = Options { declaration: declaration.as_ref(), ..options };
    look(&mapping, (lake, store, keys), options, Again::Nothing, told).await
}

/// Whether an attached table is not what it was when it was looked at last.
///
/// # Errors
/// If it cannot be found any more.
pub async fn has_changed(known: &Attachment) -> Result<bool, SourcesError> {
    let now = OutsideTable::find(&known.location).await?;
    let before = known.files.iter().map(|file| (&file.pin, &file.partition));
    let files = now.files.iter().map(|file| (&file.pin, &file.partition));
    Ok(now.delta_version != known.delta_version || !files.eq(before))
}

/// Reads a table no longer. Holders have to give up what they took of it: one removal says so for
/// all of its rows.
///
/// # Errors
/// If nothing of the name is attached, or the store or lake fail.
pub async fn detach(
    name: &str,
    (lake, store): (&Lake, &Store),
    at: Instant,
) -> Result<Detached, SourcesError> {
    let mut writer = lake.writer_within(crate::importer::LOCK_WAIT).await?;
    let (known, head) = (known(name, lake).await?, lake.head().await?);
    let mut texts = std::collections::HashSet::new();
    for file in &known.files {
        let rows = head.index(name, file).await?.into_iter().flatten();
        texts.extend(rows.map(|row| (row.member, row.item)));
    }
    // The removal first: cut off after it, the rows are still read, and it is asked for again.
    let withdrawn = NewFact::Withdrawn(Withdrawn {
        cause: RemovalCause::Deletion,
        member: None,
        item: None,
        category: None,
        purpose: None,
        note: format!("the attached table {name} is read no longer"),
    });
    store.record(vec![withdrawn], at).await?;
    let noted = head.noted_of(&texts).await?;
    writer.detach(name, noted, at).await?;
    Ok(Detached { name: name.to_owned(), rows: texts.len() as u64 })
}

async fn known(name: &str, lake: &Lake) -> Result<Attachment, SourcesError> {
    let attachments = lake.head().await?.attachments().await?;
    let known = attachments.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(", ");
    let found = attachments.into_iter().find(|one| one.name == name);
    found.ok_or_else(|| SourcesError::NotAttached { name: name.to_owned(), known })
}

async fn finish_import(
    store: &Store,
    import: i64,
    report: &Report,
    at: Instant,
) -> Result<(), SourcesError> {
    report.check()?;
    let total = report.total();
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let finished = ImportReport {
        accepted: number(total.accepted + total.replaced + total.unchanged),
        refused: number(total.refused.values().sum()),
        report: serde_json::to_value(report).map_err(|source| SourcesError::Report { source })?,
    };
    Ok(store.finish_import(import, &finished, at).await?)
}

/// Rows of items are accounted for under this word.
const ITEMS: &str = Table::Items.name();

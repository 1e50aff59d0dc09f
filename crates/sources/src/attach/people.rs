//! Members of a table that lies elsewhere: numbers, names, and facts about their accounts.
//!
//! Names are copied into the lake: they are what others' texts are redacted by, and have to be
//! there when somebody is erased.

use std::sync::Arc;

use arrow::{
    array::{Array, Int64Array, RecordBatch, StringViewArray},
    error::ArrowError,
};
use futures::TryStreamExt;
use lake::{Lake, LakeError, OutsideFile, OutsideRows, OutsideTable, Said};
use policy::Instant;
use store::Store;

use super::mapping::MemberColumns;
use crate::{
    Account, Body, Event, Fed, Following, Keys, Located, MemberRow, Options, Position, Refusal,
    RefusalReason, Report, Row, SourcesError, importer::check_not_later, keys::check_id_to_come,
};

/// Brings everybody in whom the table has.
pub(super) async fn register(
    source: &str,
    columns: &MemberColumns,
    table: &OutsideTable,
    parts: (&Lake, &Store, &Keys),
    options: Options<'_>,
) -> Result<Report, SourcesError> {
    let mut following = Following::start(source, parts, options).await?;
    let read = columns.read().into_iter().map(|(column, _)| column).collect();
    for file in &table.files {
        let mut line = 0;
        let mut rows = file.pin.read(&read).await?;
        let failed = |source| LakeError::OutsideData { path: file.pin.path.clone(), source };
        while let Some(batch) = rows.try_next().await.map_err(failed)? {
            take(&mut following, (columns, options.at), file, &batch, &mut line)?;
            if following.is_full() {
                following.commit(options.at).await?;
            }
        }
    }
    following.commit(options.at).await?;
    following.finish(options.at).await
}

fn take(
    following: &mut Following<'_>,
    (columns, now): (&MemberColumns, Instant),
    file: &OutsideFile,
    batch: &RecordBatch,
    line: &mut u64,
) -> Result<(), SourcesError> {
    let failed = |source| SourcesError::Columns { table: "members", source };
    let people = People::of(columns, file, batch).map_err(failed)?;
    let (name, table): (Arc<str>, Arc<str>) = (file.pin.path.as_str().into(), "members".into());
    for row in 0..batch.num_rows() {
        *line += 1;
        let position = Position { file: Arc::clone(&name), line: *line, bytes_read: 0 };
        let located = Located {
            position,
            table: Arc::clone(&table),
            event: people.event(row, (columns, now)),
        };
        following.take(Fed { located, mark: None });
    }
    Ok(())
}

struct People {
    member: StringViewArray,
    name: StringViewArray,
    created: Option<Int64Array>,
    region: Option<StringViewArray>,
    age: Option<StringViewArray>,
    status: Option<StringViewArray>,
}

impl People {
    fn of(
        columns: &MemberColumns,
        file: &OutsideFile,
        batch: &RecordBatch,
    ) -> Result<Self, ArrowError> {
        let rows = OutsideRows::new(batch, &file.partition);
        let words = |said: &Option<Said>| said.as_ref().map(|said| rows.words(said)).transpose();
        Ok(Self {
            member: rows.texts(&columns.member)?,
            name: rows.texts(&columns.name)?,
            created: columns.created.as_ref().map(|time| rows.times(time)).transpose()?,
            region: words(&columns.region)?,
            age: words(&columns.age)?,
            status: words(&columns.status)?,
        })
    }

    fn event(
        &self,
        row: usize,
        (columns, now): (&MemberColumns, Instant),
    ) -> Result<Event, Refusal> {
        let member = text(&self.member, row).unwrap_or_default().to_owned();
        check_id_to_come(&columns.member, &member)?;
        let name =
            text(&self.name, row).ok_or_else(|| RefusalReason::MissingValue.because("a name"))?;
        let created = self.created.as_ref().filter(|created| created.is_valid(row));
        let created = created.map(|created| Instant::from_micros(created.value(row)));
        check_not_later(now, [("created", created)])?;
        let body = Body::Member(MemberRow { display_name: name.to_owned(), created });
        let account = Account {
            region: word(self.region.as_ref(), row),
            age: word(self.age.as_ref(), row),
            status: word(self.status.as_ref(), row).filter(|one| *one != policy::Status::Erased),
        };
        let rows = vec![Row { external: member.clone(), member, body }];
        Ok(Event::Upsert { event: None, rows, account: Some(account) })
    }
}

/// A word that is not understood says nothing: the fact is missing.
fn word<T: std::str::FromStr>(words: Option<&StringViewArray>, row: usize) -> Option<T> {
    text(words?, row)?.parse().ok()
}

fn text(texts: &StringViewArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

//! Writing a member's rows as the archive that [`super::LinkedInSource`] reads.
//!
//! Every row is written, read back by the code that reads archives, and compared: what does not
//! come back as it stands in the lake goes into the folder `Zweck`. So nothing is lost, whatever
//! the source was.

mod render;
mod sink;

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::Path,
};

use arrow::array::RecordBatch;
use lake::{ItemKind, Table};
use policy::Day;
use serde::Serialize;

use super::{
    article::Article,
    columns::Columns,
    csv::{Rows, write_field},
    files::{Form, Layout},
    reading::Reading,
    returned::{Extra, FOLDER, FORMAT, Line, MANIFEST, Manifest},
};
use crate::{Body, Keys, Place, Row, SourcesError, unbatch::rows_of};
use sink::Sink;

/// What stands beside the manifest, for whoever opens the archive.
const NOTE: &str = "\
The files beside this folder have the format of LinkedIn's data export. This folder holds what that
format cannot carry, one line of JSON for each row of the file of the same name, in the same order.
Importing the archive into Zweck reads both. mentions.ndjson lists where others' texts name you,
sensitive.ndjson which of your rows were found to reveal something that is specially protected, such
as health or beliefs, and by which words; such rows are not used unless the policy says so.
";

/// What was just written is read back whatever its length.
const LONGEST: usize = usize::MAX;

/// Whose archive is written, and under which keys its rows are sealed.
#[derive(Debug, Clone, Copy)]
pub struct LinkedInExport<'a> {
    /// The source of the member.
    pub source: &'a str,
    /// The external id of the member.
    pub member: &'a str,
    /// The day on which the archive is made.
    pub made: Day,
    /// The keys under which the rows came in.
    pub keys: &'a Keys,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Written {
    /// How many rows of the lake each file holds.
    pub files: BTreeMap<String, u64>,
    /// Columns of rows that the format of the export cannot carry, beside it.
    pub columns_beside: u64,
}

/// A row of the lake on its way out.
type Kept = (Row, Place);

impl LinkedInExport<'_> {
    /// Writes a member's rows, by table, into a ZIP file if the path ends in `.zip`, else into a
    /// folder. It appears under its name once it is complete.
    ///
    /// # Errors
    /// If something is there already, or cannot be written.
    pub fn write(
        &self,
        tables: &BTreeMap<Table, Vec<RecordBatch>>,
        out: &Path,
    ) -> Result<Written, SourcesError> {
        let at = |source| SourcesError::Write { file: out.to_owned(), source };
        let mut rows = Outgoing::default();
        for (table, batches) in tables {
            for batch in batches {
                rows.take_in(rows_of(*table, batch, self.member)?);
            }
        }
        rows.sort();
        let mut sink = Sink::create(out).map_err(at)?;
        let mut writing = Writing {
            export: self,
            reading: Reading::new(self.member, true),
            written: Written::default(),
        };
        writing.archive(rows, tables, &mut sink).map_err(at)?;
        sink.finish().map_err(at)?;
        Ok(writing.written)
    }
}

/// The rows of the lake by the file into which they go.
#[derive(Default)]
struct Outgoing {
    member: Option<Kept>,
    profile: Option<Kept>,
    others: BTreeMap<Form, Vec<Kept>>,
}

impl Outgoing {
    fn take_in(&mut self, rows: Vec<Kept>) {
        for (row, place) in rows {
            let form = match &row.body {
                Body::Member(_) => {
                    self.member = Some((row, place));
                    continue;
                }
                Body::Profile(_) => {
                    self.profile = Some((row, place));
                    continue;
                }
                Body::Position(_) => Form::Positions,
                Body::Education(_) => Form::Education,
                Body::Skill(_) => Form::Skills,
                Body::Item(item) => match item.kind {
                    ItemKind::Post | ItemKind::Group => Form::Shares,
                    ItemKind::Article => Form::Articles,
                    ItemKind::Comment => Form::Comments,
                },
                Body::Activity(activity) => render::form_of_action(&activity.action),
            };
            self.others.entry(form).or_default().push((row, place));
        }
    }

    /// The newest first, as in LinkedIn's archives.
    fn sort(&mut self) {
        for rows in self.others.values_mut() {
            rows.sort_by_key(|(row, place)| {
                (std::cmp::Reverse(super::open_file::created(row)), place.item)
            });
        }
    }
}

struct Writing<'a> {
    export: &'a LinkedInExport<'a>,
    /// Follows what is written, as the reader of the archive will.
    reading: Reading,
    written: Written,
}

impl Writing<'_> {
    fn archive(
        &mut self,
        mut rows: Outgoing,
        tables: &BTreeMap<Table, Vec<RecordBatch>>,
        sink: &mut Sink,
    ) -> io::Result<()> {
        let created = match rows.member.as_ref().map(|(row, _)| &row.body) {
            Some(Body::Member(member)) => member.created,
            _ => None,
        };
        if let Some(values) = created.and_then(render::registration) {
            self.table(Form::Registration, vec![(values, Vec::new())], sink)?;
        }
        let (member, profile) = (rows.member.take(), rows.profile.take());
        if member.is_some() || profile.is_some() {
            let values = render::profile(member.as_ref(), profile.as_ref());
            self.table(Form::Profile, vec![(values, vec![member, profile])], sink)?;
        }
        for form in Form::ALL {
            let Some(rows) = rows.others.remove(&form) else { continue };
            if form == Form::Articles {
                self.articles(rows, sink)?;
                continue;
            }
            let records = rows
                .into_iter()
                .map(|(row, place)| (render::values(form, &row), vec![Some((row, place))]));
            self.table(form, records.collect(), sink)?;
        }
        self.beside(tables, sink)
    }

    /// Writes a table, and beside it what it cannot carry.
    fn table(
        &mut self,
        form: Form,
        records: Vec<(Vec<String>, Vec<Option<Kept>>)>,
        sink: &mut Sink,
    ) -> io::Result<()> {
        let layout = form.layout();
        let header = record(&layout, layout.columns)?;
        let (mut table, mut lines) = (header.clone(), Vec::new());
        let mut count = 0;
        for (values, rows) in records {
            let bytes = record(&layout, &values)?;
            let read = self.read_back(form, &header, &bytes)?;
            table.extend(bytes);
            if !rows.is_empty() {
                count += rows.iter().flatten().count() as u64;
                self.line(read, rows, &mut lines)?;
            }
        }
        sink.file(layout.file, &table)?;
        if count > 0 {
            self.written.files.insert(layout.file.to_owned(), count);
            sink.file(&format!("{FOLDER}/{}.ndjson", form.word()), &lines)?;
        }
        Ok(())
    }

    fn articles(&mut self, rows: Vec<Kept>, sink: &mut Sink) -> io::Result<()> {
        let mut pages = BTreeMap::new();
        for (row, place) in rows {
            let name = render::article_name(&row, place.item, &pages);
            pages.insert(name, (row, place));
        }
        let mut lines = Vec::new();
        let count = pages.len() as u64;
        // In the order of the names of files, in which they are read.
        let file = |name: &str| format!("Articles/{name}.html");
        let ordered: BTreeMap<_, _> =
            pages.into_iter().map(|(name, kept)| (file(&name), (name, kept))).collect();
        for (file, (name, (row, place))) in ordered {
            let page = render::page(&row, &name);
            let read = self.reading.article(&name, Article::parse(&page));
            sink.file(&file, page.as_bytes())?;
            self.line(read.into_iter().collect(), vec![Some((row, place))], &mut lines)?;
        }
        self.written.files.insert("Articles".to_owned(), count);
        sink.file(&format!("{FOLDER}/{}.ndjson", Form::Articles.word()), &lines)
    }

    /// Reads what was just written, as whoever imports it will.
    fn read_back(&mut self, form: Form, header: &[u8], bytes: &[u8]) -> io::Result<Vec<Row>> {
        let layout = form.layout();
        let both = [header, bytes].concat();
        let mut rows = Rows::new(both.as_slice(), layout.escapes, LONGEST);
        let unreadable = || io::Error::other("a row was written that cannot be read again");
        let first = rows.next()?.ok_or_else(unreadable)?;
        let columns = Columns::read(&first, &layout).map_err(|_| unreadable())?;
        let row = rows.next()?.ok_or_else(unreadable)?;
        let fields = columns.fields(&row).map_err(|_| unreadable())?;
        self.reading.row(form, row.line, &fields).map(|said| said.rows).map_err(|_| unreadable())
    }

    /// Writes the line that belongs to a row of a file.
    fn line(
        &mut self,
        read: Vec<Row>,
        rows: Vec<Option<Kept>>,
        lines: &mut Vec<u8>,
    ) -> io::Result<()> {
        let LinkedInExport { source, keys, .. } = self.export;
        let mut read = read.iter();
        let extras = rows.into_iter().map(|kept| {
            let read = read.next();
            let (row, mut place) = kept?;
            place.seal = keys.seal(source, &row, &place);
            Some(Extra::between(read, &row, &place))
        });
        let line = Line { rows: extras.collect() };
        let beside: usize = line.rows.iter().flatten().map(Extra::columns_set).sum();
        self.written.columns_beside += beside as u64;
        serde_json::to_writer(&mut *lines, &line)?;
        lines.write_all(b"\n")
    }

    /// Writes what is in no file of LinkedIn's.
    fn beside(
        &mut self,
        tables: &BTreeMap<Table, Vec<RecordBatch>>,
        sink: &mut Sink,
    ) -> io::Result<()> {
        let LinkedInExport { source, member, made, .. } = self.export;
        let (source, member) = ((*source).to_owned(), (*member).to_owned());
        let manifest = Manifest { format: FORMAT, source, member, made: *made };
        for table in [Table::Mentions, Table::Sensitive] {
            let mut lines = Vec::new();
            let mut count = 0;
            for batch in tables.get(&table).into_iter().flatten() {
                count += batch.num_rows() as u64;
                render::notes(batch, &mut lines)?;
            }
            if count > 0 {
                let file = format!("{FOLDER}/{table}.ndjson");
                sink.file(&file, &lines)?;
                self.written.files.insert(file, count);
            }
        }
        sink.file(&format!("{FOLDER}/README.txt"), NOTE.as_bytes())?;
        sink.file(MANIFEST, &serde_json::to_vec_pretty(&manifest)?)
    }
}

/// One row of a table with the end of its line.
fn record(layout: &Layout, values: &[impl AsRef<str>]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            bytes.push(b',');
        }
        // A line on which nothing stands is no row.
        match value.as_ref() {
            "" if values.len() == 1 => bytes.extend(b"\"\""),
            value => write_field(&mut bytes, value, layout.escapes)?,
        }
    }
    bytes.extend(if layout.returns { b"\r\n".as_slice() } else { b"\n" });
    Ok(bytes)
}

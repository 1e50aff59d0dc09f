//! The mapping: which columns of tables that lie elsewhere say what of the lake.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    str::FromStr,
};

use arrow::array::Array;
use futures::TryStreamExt;
use lake::{
    Attachment, ItemColumns, ItemKind, OutsideRows, OutsideTable, Said, TimeColumn, Values,
    VenueKind,
};
use policy::{AgeClass, Category, Country, Problem, Status, Visibility};
use serde::Serialize;

use super::{
    looking::{unreadable, wrong},
    reader::{Given, Reader, Section},
    rows::{Batch, Filed, Named},
};
use crate::{Refusal, SourcesError, keys::checked_source_name, refusal::suggestion};

/// Says which tables that lie elsewhere are read, and what their columns mean.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Names the attachment.
    pub name: String,
    /// The source whose external ids the tables have.
    pub source: String,
    /// The hash of the file, in lower-case hex.
    pub hash: String,
    /// The file itself.
    pub text: String,
    /// The folder from which relative paths count.
    pub folder: PathBuf,
    file: PathBuf,
    pub(super) items: Mapped<ItemColumns>,
    pub(super) members: Option<Mapped<MemberColumns>>,
}

/// One table of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Mapped<C> {
    /// A file, a folder or a pattern, absolute.
    pub(super) location: String,
    pub(super) columns: C,
    /// Columns that are not read.
    unused: BTreeSet<String>,
    /// On which line each column is named.
    lines: BTreeMap<String, usize>,
    /// On which line the location is named.
    line: usize,
}

/// Which columns say what of members.
#[derive(Debug, Clone)]
pub(super) struct MemberColumns {
    pub(super) member: String,
    pub(super) name: String,
    pub(super) created: Option<TimeColumn>,
    pub(super) region: Option<Said>,
    pub(super) age: Option<Said>,
    pub(super) status: Option<Said>,
}

/// The tables of a mapping as they are now.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The items.
    pub items: OutsideTable,
    /// The members, if the mapping has them.
    pub members: Option<OutsideTable>,
}

/// What the rows of the items say, as far as it can be told without a lake.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReadThrough {
    /// All rows.
    pub rows: u64,
    /// Those that can come in.
    pub can_come_in: u64,
    /// Those of a category that never enters, which are counted and dropped.
    pub sealed: u64,
    /// The others, by the reason of their refusal.
    pub refused: BTreeMap<&'static str, u64>,
}

impl Examined {
    /// Reads all rows of all tables, to find what is damaged, and which items could come in.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub async fn read_through(
        &self,
        mapping: &Mapping,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<ReadThrough, SourcesError> {
        let mut through = ReadThrough::default();
        for (table, is_of_items) in
            [(&self.items, true)].into_iter().chain(self.members.iter().map(|table| (table, false)))
        {
            let columns = table.schema.fields().iter().map(|field| field.name().as_str()).collect();
            for file in &table.files {
                let mut rows = file.pin.read(&columns).await?;
                while let Some(batch) = rows.try_next().await.map_err(unreadable(file))? {
                    told(batch.num_rows() as u64);
                    if is_of_items {
                        let said = OutsideRows::new(&batch, &file.partition);
                        let batch = Batch::of(&mapping.items.columns, &said).map_err(wrong)?;
                        through.count(&batch);
                    }
                }
            }
        }
        Ok(through)
    }
}

impl ReadThrough {
    fn count(&mut self, batch: &Batch<'_>) {
        for row in 0..batch.ids.author.len() {
            self.rows += 1;
            match can_come_in(batch, row) {
                Ok(true) => self.can_come_in += 1,
                Ok(false) => self.sealed += 1,
                Err(refusal) => *self.refused.entry(refusal.reason.name()).or_default() += 1,
            }
        }
    }
}

/// Whether a row can come in; one of a sealed category cannot.
fn can_come_in(batch: &Batch<'_>, row: usize) -> Result<bool, Refusal> {
    let Named { author, kind, external } = batch.ids.named(row)?;
    match kind {
        Filed::Item(kind) => batch.row(row, author, (kind, external)).map(|_| true),
        Filed::Sealed(_) => Ok(false),
    }
}

const ITEM_KEYS: &[&str] = &[
    "path",
    "author",
    "item",
    "kind",
    "text",
    "title",
    "language",
    "visibility",
    "created",
    "updated",
    "sensitive",
    "content_usage",
    "venue_kind",
    "venue",
    "parent",
    "unused",
];
const MEMBER_KEYS: &[&str] =
    &["path", "member", "name", "created", "region", "age", "status", "unused"];

impl Mapping {
    /// Reads a mapping from a file.
    ///
    /// # Errors
    /// If the file cannot be read, and as [`Mapping::parse`].
    pub fn read(file: &Path) -> Result<Self, SourcesError> {
        let at = |source| SourcesError::Read { file: file.to_owned(), source };
        let text = std::fs::read_to_string(file).map_err(at)?;
        let absolute = std::path::absolute(file).map_err(at)?;
        let folder = absolute.parent().unwrap_or(Path::new("/"));
        Self::parse(file, folder, &text)
    }

    /// Reads a mapping; `file` stands for it in messages, and relative paths count from `folder`.
    ///
    /// # Errors
    /// [`SourcesError::Mapping`] with everything that is wrong with it.
    pub fn parse(file: &Path, folder: &Path, text: &str) -> Result<Self, SourcesError> {
        let mut reader = Reader::new(file, text);
        let root = reader.problems.toml();
        let mapping = root.as_ref().and_then(|root| {
            let name = "the mapping".to_owned();
            read(&mut reader, &Section { name, table: root.get_ref(), at: 0 }, folder)
        });
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        match (mapping, reader.problems.into_list()) {
            (Some((name, source, items, members)), problems) if problems.is_empty() => Ok(Self {
                name,
                source,
                hash,
                text: text.to_owned(),
                folder: folder.to_owned(),
                file: file.to_owned(),
                items,
                members,
            }),
            (_, problems) => Err(SourcesError::Mapping { problems }),
        }
    }

    /// Looks for the tables, and whether their columns are as the mapping says: every column is
    /// read, or labelled as unused.
    ///
    /// # Errors
    /// [`SourcesError::Mapping`] with everything that does not fit; or if a table cannot be read.
    pub async fn examine(&self) -> Result<Examined, SourcesError> {
        let mut problems = Vec::new();
        let items =
            self.find("[items]", &self.items.location, self.items.line, &mut problems).await;
        if let Some(table) = &items {
            self.compare("[items]", &self.items, self.items.columns.read(), table, &mut problems);
        }
        let mut members = None;
        if let Some(mapped) = &self.members {
            members = self.find("[members]", &mapped.location, mapped.line, &mut problems).await;
            if let Some(table) = &members {
                self.compare("[members]", mapped, mapped.columns.read(), table, &mut problems);
            }
        }
        match items {
            Some(items) if problems.is_empty() => Ok(Examined { items, members }),
            _ => Err(SourcesError::Mapping { problems }),
        }
    }

    async fn find(
        &self,
        section: &str,
        location: &str,
        line: usize,
        problems: &mut Vec<Problem>,
    ) -> Option<OutsideTable> {
        match OutsideTable::find(location).await {
            Ok(table) => Some(table),
            Err(error) => {
                let told = error.to_string();
                let parts = told.strip_suffix(')').and_then(|told| told.split_once(" (hint: "));
                let (told, hint) = parts.unwrap_or((&told, ""));
                let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
                let what = format!("{section}: {told}{}", cause.unwrap_or_default());
                let hint = (!hint.is_empty()).then(|| hint.to_owned());
                problems.push(self.problem(line, what, hint));
                None
            }
        }
    }

    fn compare<C>(
        &self,
        section: &str,
        mapped: &Mapped<C>,
        read: Vec<(&str, Values)>,
        table: &OutsideTable,
        problems: &mut Vec<Problem>,
    ) {
        let names: Vec<_> = table.schema.fields().iter().map(|one| one.name().as_str()).collect();
        let line = |column: &str| mapped.lines.get(column).copied().unwrap_or(mapped.line);
        let mut labelled: BTreeSet<&str> = mapped.unused.iter().map(String::as_str).collect();
        for column in labelled.iter().filter(|column| !names.contains(*column)) {
            let what = format!("{section}: the table has no column `{column}`");
            problems.push(self.problem(line(column), what, Some(suggestion(column, &names))));
        }
        for (column, values) in read {
            labelled.insert(column);
            let what = match table.schema.field_with_name(column) {
                Err(_) => format!("{section}: the table has no column `{column}`"),
                Ok(field) if !values.fit(field.data_type()) => {
                    let (kind, wanted) = (field.data_type(), values.in_words());
                    let what = format!("{section}: column `{column}` holds {kind}, not {wanted}");
                    problems.push(self.problem(line(column), what, None));
                    continue;
                }
                Ok(_) => continue,
            };
            problems.push(self.problem(line(column), what, Some(suggestion(column, &names))));
        }
        for column in names.iter().filter(|column| !labelled.contains(**column)) {
            let what = format!("{section}: column `{column}` is not labelled");
            let hint = "map it, or say what it is under `unused`: `{ COLUMN = \"CATEGORY\" }`, or \
                        `\"key\"` if it says nothing about anybody";
            problems.push(self.problem(mapped.line, what, Some(hint.to_owned())));
        }
    }

    fn problem(&self, line: usize, what: String, hint: Option<String>) -> Problem {
        Problem { file: self.file.clone(), line, what, hint }
    }
}

impl MemberColumns {
    /// Every column that is read, with what its values have to be.
    pub(super) fn read(&self) -> Vec<(&str, Values)> {
        let Self { member, name, created, region, age, status } = self;
        let mut read = vec![(member.as_str(), Values::Id), (name.as_str(), Values::Text)];
        read.extend(created.iter().map(|one| (one.column.as_str(), Values::Time(one.unit))));
        let words = [region, age, status].into_iter().flatten().filter_map(Said::column);
        read.extend(words.map(|column| (column, Values::Word)));
        read
    }
}

type Read = (String, String, Mapped<ItemColumns>, Option<Mapped<MemberColumns>>);

fn read(reader: &mut Reader<'_>, root: &Section<'_>, folder: &Path) -> Option<Read> {
    reader.check_keys(root, &["name", "source", "items", "members"]);
    let name = reader.text(root, "name").filter(|(at, name)| {
        let is_name = Attachment::is_name(name);
        if !is_name {
            reader.problems.note(
                *at,
                format!("`{name}` is no name"),
                "up to 64 of a-z, 0-9, `-` and `_`",
            );
        }
        is_name
    });
    let source = reader.text(root, "source").filter(|(at, source)| {
        let is_name = checked_source_name(source).is_ok();
        if !is_name {
            reader.problems.note(
                *at,
                "`source` is no name for a source",
                "a word such as `platform`",
            );
        }
        is_name
    });
    let items = reader.section(root, "items");
    let items = items.and_then(|section| read_items(reader, &section, folder));
    let has_members = root.table.contains_key("members");
    let members = has_members.then(|| reader.section(root, "members")).flatten();
    let members = members.and_then(|section| read_members(reader, &section, folder));
    if has_members && members.is_none() {
        return None;
    }
    Some((name?.1, source?.1, items?, members))
}

fn read_items(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    folder: &Path,
) -> Option<Mapped<ItemColumns>> {
    reader.check_keys(section, ITEM_KEYS);
    let kinds: Vec<_> = ItemKind::ALL.iter().map(|kind| kind.name()).collect();
    let sealed = Category::ALL.iter().filter(|one| one.is_sealed()).map(|one| one.name());
    let kinds: Vec<_> = kinds.into_iter().chain(sealed).collect();
    let audiences: Vec<_> = Visibility::ALL.iter().map(|one| one.name()).collect();
    let venues: Vec<_> = VenueKind::ALL.iter().map(|one| one.name()).collect();
    let path = reader.text(section, "path");
    let [author, item, text] = ["author", "item", "text"].map(|key| reader.column(section, key));
    let kind = reader.required(section, "kind").and_then(|_| reader.said(section, "kind", &kinds));
    let visibility = reader.said(section, "visibility", &audiences).filter(|said| {
        let is_constant = matches!(said, Said::Always(_));
        if is_constant {
            let what = "`visibility` cannot be the same for every row";
            let hint = "who can see rows is said by a column, or by a declaration (--declare)";
            reader.problems.note(section.place("visibility"), what, hint);
        }
        !is_constant
    });
    let columns = ItemColumns {
        kind: kind?,
        title: reader.maybe_column(section, "title"),
        language: reader.said(section, "language", &[]),
        visibility,
        declared_visibility: None,
        created: reader.time(section, "created"),
        updated: reader.time(section, "updated"),
        sensitive: reader.maybe_column(section, "sensitive"),
        content_usage: reader.maybe_column(section, "content_usage"),
        venue_kind: reader.said(section, "venue_kind", &venues),
        venue: reader.maybe_column(section, "venue"),
        parent: reader.maybe_column(section, "parent"),
        author: author?,
        item: item?,
        text: text?,
    };
    mapped(reader, section, columns, path?, folder)
}

fn read_members(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    folder: &Path,
) -> Option<Mapped<MemberColumns>> {
    reader.check_keys(section, MEMBER_KEYS);
    let path = reader.text(section, "path");
    let [member, name] = ["member", "name"].map(|key| reader.column(section, key));
    let ages: Vec<_> = AgeClass::ALL.iter().map(|one| one.name()).collect();
    let statuses = Status::ALL.iter().filter(|one| **one != Status::Erased);
    let statuses: Vec<_> = statuses.map(|one| one.name()).collect();
    let columns = MemberColumns {
        created: reader.time(section, "created"),
        region: reader.said(section, "region", &[]),
        age: reader.said(section, "age", &ages),
        status: reader.said(section, "status", &statuses),
        member: member?,
        name: name?,
    };
    for (key, said) in
        [("region", &columns.region), ("age", &columns.age), ("status", &columns.status)]
    {
        if matches!(said, Some(Said::Always(_))) {
            let what = format!("`{key}` cannot be the same for every member");
            let hint = "it is said by a column, or by a declaration (--declare)";
            reader.problems.note(section.place(key), what, hint);
        }
    }
    check_countries(reader, section, columns.region.as_ref());
    mapped(reader, section, columns, path?, folder)
}

fn check_countries(reader: &mut Reader<'_>, section: &Section<'_>, region: Option<&Said>) {
    let Some(Said::Values { values, .. }) = region else { return };
    for word in values.values().filter(|word| Country::from_str(word).is_err()) {
        let what = format!("`region`: `{word}` is no country");
        reader.problems.note(section.place("region"), what, "two letters, such as `DE`");
    }
}

fn mapped<C>(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    columns: C,
    (at, path): (usize, String),
    folder: &Path,
) -> Option<Mapped<C>> {
    let mut lines = BTreeMap::new();
    for (column, at) in reader.take_columns() {
        lines.entry(column).or_insert(reader.problems.line(at));
    }
    let mut unused = BTreeSet::new();
    for Given { word, of, at } in reader.words_of(section, "unused") {
        if word != "key" && word.parse::<Category>().is_err() {
            let known: Vec<_> = Category::ALL.iter().map(|one| one.name()).chain(["key"]).collect();
            let what = format!("`unused`: {}", suggestion(&word, &known));
            reader.problems.note(at, what, "");
        }
        if lines.contains_key(&of) {
            reader.problems.note(at, format!("column `{of}` is mapped and called unused"), "");
        }
        lines.insert(of.clone(), reader.problems.line(at));
        unused.insert(of);
    }
    let location = folder.join(path).to_string_lossy().into_owned();
    Some(Mapped { location, columns, unused, lines, line: reader.problems.line(at) })
}

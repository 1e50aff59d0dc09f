use std::{collections::BTreeMap, path::Path};

use ::lake::{Attachment, OutsideTable};
use anyhow::{Context, bail};
use serde::Serialize;
use sources::{Attached, Declaration, Detached, Examined, Mapping, Options, ReadThrough};

use super::{
    import::{write_found, write_outcomes},
    removal::write_waiting,
};
use crate::{
    args::{AttachAdd, AttachCommand, Global},
    exit::Exit,
    output::{Output, Page, Table, View, counted},
    progress::Progress,
    state::State,
};

/// Runs `zweck attach …`.
pub(super) async fn run(
    global: &Global,
    command: AttachCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    match command {
        AttachCommand::Check { mapping } => {
            let view = check(&mapping).await?;
            output.show(&view)?;
            Ok(if view.is_of_use() { Exit::Success } else { Exit::Found })
        }
        AttachCommand::Add(AttachAdd { mapping, declare }) => {
            let declaration = declare.as_deref().map(Declaration::read).transpose()?;
            let mapping = Mapping::read(&mapping)?;
            // what does not fit makes no state
            mapping.examine().await?;
            let state = State::open_or_make(global).await?;
            let attached = add(&state, &mapping, declaration.as_ref()).await?;
            finish(&state, vec![attached], output).await
        }
        AttachCommand::Refresh { name } => {
            let state = State::open(global).await?;
            let attached = match name {
                Some(name) => vec![look_again(&state, &name).await?],
                None => refresh(&state).await?,
            };
            finish(&state, attached, output).await
        }
        AttachCommand::List => {
            output.show(&list(&State::open(global).await?).await?)?;
            Ok(Exit::Success)
        }
        AttachCommand::Show { name } => {
            output.show(&show(&State::open(global).await?, &name).await?)?;
            Ok(Exit::Success)
        }
        AttachCommand::Remove { name, yes } => {
            output.show(&remove(&State::open(global).await?, &name, yes).await?)?;
            Ok(Exit::Success)
        }
    }
}

async fn show(state: &State, name: &str) -> anyhow::Result<ShowView> {
    let found = attachments(state).await?.into_iter().find(|one| one.name == name);
    let attachment = found.with_context(|| format!("no table is attached as `{name}`"))?;
    let state = Standing::of(&attachment).await;
    Ok(ShowView { attachment, state })
}

async fn remove(state: &State, name: &str, yes: bool) -> anyhow::Result<DetachedView> {
    if !yes {
        bail!("`{name}` stays attached: holders would give up its rows (hint: --yes)");
    }
    let lake = state.lake().await?;
    let detached = sources::detach(name, (&lake, &state.store), state.now()).await?;
    let open_removals = state.store.open_removals().await?.len();
    Ok(DetachedView { detached, open_removals })
}

/// Looks again at every attached table that has changed.
pub(super) async fn refresh(state: &State) -> anyhow::Result<Vec<Attached>> {
    let mut looked_at = Vec::new();
    for attachment in attachments(state).await? {
        let name = &attachment.name;
        let again = || format!("looking at the attached table `{name}` again");
        if sources::has_changed(&attachment).await.with_context(again)? {
            looked_at.push(look_again(state, name).await.with_context(again)?);
        }
    }
    Ok(looked_at)
}

async fn attachments(state: &State) -> anyhow::Result<Vec<Attachment>> {
    Ok(state.lake().await?.head().await?.attachments().await?)
}

async fn add(
    state: &State,
    mapping: &Mapping,
    declaration: Option<&Declaration>,
) -> anyhow::Result<Attached> {
    let (lake, keys) = (state.lake().await?, state.keys()?);
    let options = Options { declaration, ..options(state) };
    let mut told = Told::of(&mapping.name);
    let parts = (&lake, &state.store, &keys.sources);
    Ok(sources::attach(mapping, parts, options, &mut |rows| told.take(rows)).await?)
}

async fn look_again(state: &State, name: &str) -> anyhow::Result<Attached> {
    let (lake, keys) = (state.lake().await?, state.keys()?);
    let mut told = Told::of(name);
    let parts = (&lake, &state.store, &keys.sources);
    let mut take = |rows| told.take(rows);
    Ok(sources::look_again(name, parts, options(state), &mut take).await?)
}

fn options(state: &State) -> Options<'static> {
    Options {
        declaration: None,
        batch_rows: state.config.import.batch_rows.get(),
        join_files: state.config.lake.compact_at_files,
        at: state.now(),
    }
}

/// Says how many rows were read.
struct Told {
    progress: Progress,
    name: String,
    rows: u64,
}

impl Told {
    fn of(name: &str) -> Self {
        let progress = Progress::of_unknown(&format!("looking at {name}"));
        Self { progress, name: name.to_owned(), rows: 0 }
    }

    fn take(&mut self, rows: u64) {
        self.rows += rows;
        self.progress.say(format!("looking at {}, {} rows", self.name, self.rows));
    }
}

/// Finds who is named where in rows that are new.
async fn finish(
    state: &State,
    attached: Vec<Attached>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let resolved = {
        let _progress = Progress::of_unknown("finding who is named where, and what rows reveal");
        state.gate().await?.resolve_mentions(state.now()).await?
    };
    let refused = |one: &Attached| {
        let members = one.members.as_ref().map(|report| report.total().refused.len());
        one.items.total().refused.len() + members.unwrap_or_default()
    };
    let is_complete = attached.iter().all(|one| refused(one) == 0);
    output.show(&AttachedView {
        attached,
        mentions_found: resolved.mentions,
        sensitive_found: resolved.sensitive,
        open_removals: state.store.open_removals().await?.len(),
        refused_shown: state.config.import.refused_shown,
    })?;
    Ok(if is_complete { Exit::Success } else { Exit::RowsRefused })
}

#[derive(Serialize)]
struct AttachedView {
    attached: Vec<Attached>,
    mentions_found: u64,
    sensitive_found: u64,
    open_removals: usize,
    #[serde(skip)]
    refused_shown: usize,
}

impl View for AttachedView {
    fn write(&self, page: &mut Page) {
        if self.attached.is_empty() {
            page.line("Every attached table is what it was.");
        }
        for one in &self.attached {
            self.write_one(one, page);
        }
        write_found(self.mentions_found, self.sensitive_found, page);
        write_waiting(self.open_removals, page);
    }
}

impl AttachedView {
    fn write_one(&self, one: &Attached, page: &mut Page) {
        let version = one.delta_version.map(|version| format!(" at version {version}"));
        page.heading(format_args!("Table {}{}", one.name, version.unwrap_or_default()));
        let files = counted(one.files, "file", "files");
        page.line(format_args!("  {files}, of which {} were read", one.files_read));
        for report in one.members.iter().chain([&one.items]) {
            page.blank();
            write_outcomes(report, (self.refused_shown, "--json"), page);
        }
        for (column, rows) in &one.not_understood {
            let rows = counted(*rows, "row", "rows");
            page.line(format_args!("  {rows}: what they say as `{column}` is not understood"));
        }
    }
}

/// Whether a mapping fits its tables.
async fn check(file: &Path) -> anyhow::Result<CheckView> {
    let mapping = Mapping::read(file)?;
    let examined = mapping.examine().await?;
    let mut told = Told::of(&mapping.name);
    let read = examined.read_through(&mapping, &mut |rows| told.take(rows)).await?;
    drop(told);
    let Examined { items, members } = examined;
    let view = |(name, table): (&'static str, OutsideTable)| TableView {
        table: name,
        columns: table.schema.fields().len(),
        files: table.files.len(),
        bytes: table.files.iter().map(|file| file.pin.bytes).sum(),
        delta_version: table.delta_version,
    };
    let members = members.map(|members| ("members", members));
    let tables = [("items", items)].into_iter().chain(members).map(view).collect();
    Ok(CheckView { name: mapping.name, tables, items: read })
}

#[derive(Serialize)]
struct CheckView {
    name: String,
    tables: Vec<TableView>,
    items: ReadThrough,
}

impl CheckView {
    /// Whether anything comes in by the mapping; of a table without rows nobody can tell yet.
    const fn is_of_use(&self) -> bool {
        self.items.rows == 0 || self.items.can_come_in > 0
    }
}

#[derive(Serialize)]
struct TableView {
    table: &'static str,
    columns: usize,
    files: usize,
    bytes: u64,
    delta_version: Option<u64>,
}

impl View for CheckView {
    fn write(&self, page: &mut Page) {
        let Self { name, items, .. } = self;
        if self.is_of_use() {
            page.line(format_args!("The mapping {name} fits its tables."));
        } else {
            let what = "the tables have the columns of the mapping";
            page.line(format_args!("Of {name}, {what}, but no row can come in."));
        }
        for (reason, rows) in &items.refused {
            let rows = counted(*rows, "row", "rows");
            page.line(format_args!("  {rows} cannot come in: {reason}"));
        }
        if items.sealed > 0 {
            let rows = counted(items.sealed, "row", "rows");
            page.line(format_args!("  {rows} of a kind that never comes in"));
        }
        let mut table = Table::new(["table", "#columns", "#files", "#bytes", "#table version"]);
        for one in &self.tables {
            let version = one.delta_version.map_or("-".to_owned(), |version| version.to_string());
            let (columns, files) = (one.columns.to_string(), one.files.to_string());
            table.row([one.table.to_owned(), columns, files, one.bytes.to_string(), version]);
        }
        page.table(&table);
    }
}

/// Whether an attached table is what it was.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    /// Its files are those that were looked at.
    Same,
    /// There is something else now.
    Changed,
    /// It is not to be found.
    Lost,
}

impl Standing {
    async fn of(attachment: &Attachment) -> Self {
        match sources::has_changed(attachment).await {
            Ok(false) => Self::Same,
            Ok(true) => Self::Changed,
            Err(_) => Self::Lost,
        }
    }

    const fn in_words(&self) -> &'static str {
        match self {
            Self::Same => "as it was",
            Self::Changed => "changed: `zweck attach refresh`",
            Self::Lost => "not to be found",
        }
    }
}

async fn list(state: &State) -> anyhow::Result<ListView> {
    let mut tables = Vec::new();
    for attachment in attachments(state).await? {
        let state = Standing::of(&attachment).await;
        let (rows, attached) = counts(&attachment);
        tables.push(ListedView {
            name: attachment.name,
            source: attachment.source,
            location: attachment.location,
            delta_version: attachment.delta_version,
            files: attachment.files.len(),
            rows,
            attached,
            state,
        });
    }
    Ok(ListView { tables })
}

/// Rows of its files, and those that are read.
fn counts(attachment: &Attachment) -> (u64, u64) {
    let files = attachment.files.iter();
    files.fold((0, 0), |(rows, read), file| (rows + file.rows, read + file.attached))
}

#[derive(Serialize)]
struct ListView {
    tables: Vec<ListedView>,
}

#[derive(Serialize)]
struct ListedView {
    name: String,
    source: String,
    location: String,
    delta_version: Option<u64>,
    files: usize,
    rows: u64,
    /// Rows that are read.
    attached: u64,
    state: Standing,
}

impl View for ListView {
    fn write(&self, page: &mut Page) {
        let mut table =
            Table::new(["name", "source", "#files", "#rows", "#read", "state", "where"]);
        for one in &self.tables {
            table.row([
                one.name.clone(),
                one.source.clone(),
                one.files.to_string(),
                one.rows.to_string(),
                one.attached.to_string(),
                one.state.in_words().to_owned(),
                one.location.clone(),
            ]);
        }
        page.table(&table);
    }
}

#[derive(Serialize)]
struct ShowView {
    attachment: Attachment,
    state: Standing,
}

impl View for ShowView {
    fn write(&self, page: &mut Page) {
        let one = &self.attachment;
        let (rows, read) = counts(one);
        page.heading(format_args!("Table {}", one.name));
        let version = one.delta_version.map_or("-".to_owned(), |version| version.to_string());
        let declaration = one.declaration.as_deref().and_then(|hash| hash.get(..12)).unwrap_or("-");
        page.fields(&[
            ("source", one.source.clone()),
            ("where", one.location.clone()),
            ("state", self.state.in_words().to_owned()),
            ("looked at", one.at.to_string()),
            ("table version", version),
            ("files", one.files.len().to_string()),
            ("rows", rows.to_string()),
            ("read", read.to_string()),
            ("mapping", one.mapping_hash.get(..12).unwrap_or_default().to_owned()),
            ("declaration", declaration.to_owned()),
        ]);
        let mut left_out: BTreeMap<&str, u64> = BTreeMap::new();
        for (reason, rows) in
            one.files.iter().flat_map(|file| file.refused.iter().chain(&file.sealed))
        {
            *left_out.entry(reason).or_default() += rows;
        }
        if !left_out.is_empty() {
            page.heading("Not read");
            let mut table = Table::new(["reason", "#rows"]);
            for (reason, rows) in left_out {
                table.row([reason.to_owned(), rows.to_string()]);
            }
            page.table(&table);
        }
        page.heading("Mapping");
        for line in one.mapping.lines() {
            page.line(format_args!("  {line}"));
        }
    }
}

#[derive(Serialize)]
struct DetachedView {
    #[serde(flatten)]
    detached: Detached,
    open_removals: usize,
}

impl View for DetachedView {
    fn write(&self, page: &mut Page) {
        let Detached { name, rows } = &self.detached;
        let rows = counted(*rows, "row", "rows");
        page.line(format_args!("{name} is attached no longer: {rows} are read no more."));
        write_waiting(self.open_removals, page);
    }
}

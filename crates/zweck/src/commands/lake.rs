use std::time::Duration;

use ::lake::{Compacted, Compaction};
use policy::Instant;
use serde::Serialize;

use crate::{
    args::{Compact, Global, LakeCommand},
    exit::Exit,
    output::{Output, Page, Table, View, counted},
    progress::Progress,
    state::State,
};

/// How long a compaction waits for whoever is writing.
const WAIT: Duration = Duration::from_secs(30);

/// Runs `zweck lake …`.
pub(super) async fn run(
    global: &Global,
    command: LakeCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    match command {
        LakeCommand::Show => output.show(&show(&state).await?)?,
        LakeCommand::Compact(Compact { table, min_files }) => {
            // sweeping takes the names that somebody had before with it
            state.gate().await?.resolve_mentions(state.now()).await?;
            let done = compact_all(&state, Compaction::of(table, min_files)).await?;
            let mut writer = state.lake().await?.writer_within(WAIT).await?;
            writer.sweep(state.now()).await?;
            output.show(&CompactedView::new(done))?;
        }
    }
    Ok(Exit::Success)
}

/// Joins files after rows came in, where the configuration asks for it. The files that were joined
/// stay until the next run of the removals: somebody may be reading them.
pub(super) async fn compact_if_needed(state: &State) -> anyhow::Result<()> {
    let min_files = state.config.lake.compact_at_files;
    let compaction = Compaction::while_importing(min_files);
    if min_files > 1 && state.lake().await?.has_small_files(compaction).await? {
        let done = compact(state, compaction).await?;
        tracing::info!(
            files_joined = done.files_joined,
            files_written = done.files_written,
            "joined small files"
        );
    }
    Ok(())
}

/// Joins files until there is nothing left to join.
async fn compact_all(state: &State, compaction: Compaction) -> anyhow::Result<Compacted> {
    let mut all = compact(state, compaction).await?;
    while state.lake().await?.has_small_files(compaction).await? {
        let more = compact(state, compaction).await?;
        all = Compacted {
            version: more.version,
            files_joined: all.files_joined + more.files_joined,
            files_written: all.files_written + more.files_written,
            bytes_joined: all.bytes_joined + more.bytes_joined,
            bytes_written: all.bytes_written + more.bytes_written,
        };
    }
    Ok(all)
}

async fn compact(state: &State, compaction: Compaction) -> anyhow::Result<Compacted> {
    let progress = Progress::of_unknown("joining files");
    let mut writer = state.lake().await?.writer_within(WAIT).await?;
    let mut show = |step: ::lake::CompactionProgress| {
        let share = step.bytes_joined * 100 / step.bytes_total.max(1);
        progress.say(format!("joining files, {share} %"));
    };
    Ok(writer.compact(compaction, state.now(), &mut show).await?)
}

async fn show(state: &State) -> anyhow::Result<LakeView> {
    let lake = state.lake().await?;
    let head = lake.head().await?;
    let record = head.record();
    let mut tables = Vec::new();
    for table in ::lake::Table::ALL {
        let ::lake::Footprint { rows, files, bytes, ranges, largest_range_bytes } =
            head.footprint(*table).await?;
        let delta_version = record.tables.get(table).copied();
        let table = table.name();
        tables.push(TableView {
            table,
            rows,
            files,
            bytes,
            ranges,
            largest_range_bytes,
            delta_version,
        });
    }
    Ok(LakeView {
        version: record.version.as_i64(),
        operation: format!("{:?}", record.operation).to_lowercase(),
        at: record.at,
        oldest_readable: record.oldest_readable.as_i64(),
        members_per_range: lake.members_per_range(),
        tables,
    })
}

#[derive(Serialize)]
struct LakeView {
    version: i64,
    /// What brought the version about.
    operation: String,
    at: Instant,
    oldest_readable: i64,
    members_per_range: i64,
    tables: Vec<TableView>,
}

#[derive(Serialize)]
struct TableView {
    table: &'static str,
    rows: u64,
    files: u64,
    bytes: u64,
    ranges: u64,
    /// What erasing one row rewrites at most.
    largest_range_bytes: u64,
    delta_version: Option<u64>,
}

impl View for LakeView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("Lake version {}", self.version));
        page.fields(&[
            ("made by", self.operation.clone()),
            ("at", self.at.to_string()),
            ("oldest readable", self.oldest_readable.to_string()),
            ("members per range", self.members_per_range.to_string()),
        ]);
        page.blank();
        let mut table = Table::new([
            "table",
            "#rows",
            "#files",
            "#bytes",
            "#ranges",
            "#largest range",
            "#table version",
        ]);
        for one in &self.tables {
            let version = one.delta_version.map_or("-".to_owned(), |version| version.to_string());
            let numbers = [one.rows, one.files, one.bytes, one.ranges, one.largest_range_bytes];
            let [rows, files, bytes, ranges, largest] = numbers.map(|number| number.to_string());
            table.row([one.table.to_owned(), rows, files, bytes, ranges, largest, version]);
        }
        page.table(&table);
    }
}

#[derive(Serialize)]
struct CompactedView {
    version: i64,
    files_joined: u64,
    files_written: u64,
    bytes_joined: u64,
    bytes_written: u64,
}

impl CompactedView {
    fn new(done: Compacted) -> Self {
        let Compacted { version, files_joined, files_written, bytes_joined, bytes_written } = done;
        let version = version.as_i64();
        Self { version, files_joined, files_written, bytes_joined, bytes_written }
    }
}

impl View for CompactedView {
    fn write(&self, page: &mut Page) {
        if self.files_joined == 0 {
            return page.line("There is nothing to join.");
        }
        page.line(format_args!(
            "Lake version {}: {} became {}, {} bytes became {}.",
            self.version,
            counted(self.files_joined, "file", "files"),
            self.files_written,
            self.bytes_joined,
            self.bytes_written
        ));
    }
}

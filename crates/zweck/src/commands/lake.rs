use std::time::Duration;

use policy::Instant;
use serde::Serialize;

use crate::{
    args::{Global, LakeCommand},
    exit::Exit,
    output::{Output, Page, Table, View},
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
    let lake = state.lake().await?;
    if let LakeCommand::Compact { min_files } = command {
        let mut writer = lake.writer_within(WAIT).await?;
        writer.compact(min_files, state.now()).await?;
    }
    let head = lake.head().await?;
    let record = head.record();
    let mut tables = Vec::new();
    for table in ::lake::Table::ALL {
        let rows = head.content_keys(*table).await?.len();
        let version = record.tables.get(table).copied();
        tables.push(TableView { table: table.name(), rows, delta_version: version });
    }
    output.show(&LakeView {
        version: record.version.as_i64(),
        operation: format!("{:?}", record.operation).to_lowercase(),
        at: record.at,
        oldest_readable: record.oldest_readable.as_i64(),
        members_per_range: lake.members_per_range(),
        tables,
    })?;
    Ok(Exit::Success)
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
    rows: usize,
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
        let mut table = Table::new(["table", "#rows", "#table version"]);
        for one in &self.tables {
            let version = one.delta_version.map_or("-".to_owned(), |version| version.to_string());
            table.row([one.table.to_owned(), one.rows.to_string(), version]);
        }
        page.table(&table);
    }
}

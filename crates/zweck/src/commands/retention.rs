use anyhow::ensure;
use gate::{ExpiredRows, Retention};
use policy::{Category, Instant};
use serde::Serialize;

use super::removal::write_waiting;
use crate::{
    args::{Global, RetentionCommand},
    exit::Exit,
    output::{Output, Page, Table, View},
    progress::Progress,
    state::State,
};

/// Runs `zweck retention …`.
pub(super) async fn run(
    global: &Global,
    command: RetentionCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let RetentionCommand::Run { dry_run } = command;
    let state = State::open(global).await?;
    let rules = rules(&state)?;
    let gate = state.gate().await?;
    let expired = if dry_run {
        gate.count_expired(&rules).await?
    } else {
        let progress = Progress::of_unknown("taking out what was kept long enough");
        let mut show = |rows: u64| progress.say(format!("{rows} rows taken out"));
        gate.expire(&rules, state.now(), &mut show).await?
    };
    let category = |rule: &Retention| {
        let ExpiredRows { rows, members } =
            expired.get(&rule.category).copied().unwrap_or_default();
        let (period, kept_from) = (rule.period.clone(), rule.kept_from);
        ExpiredView { category: rule.category.name(), period, kept_from, rows, members }
    };
    let categories = rules.iter().map(category).collect();
    let open_removals = state.store.open_removals().await?.len();
    output.show(&RetentionView { is_dry_run: dry_run, categories, open_removals })?;
    Ok(Exit::Success)
}

/// What the configuration asks for, as of now.
fn rules(state: &State) -> anyhow::Result<Vec<Retention>> {
    let mut rules = Vec::new();
    for (category, period) in &state.config.retention {
        ensure!(
            has_rows(*category),
            "[retention] names `{category}`, and the lake has no rows of it"
        );
        rules.push(Retention {
            category: *category,
            kept_from: period.before(state.now()),
            period: period.to_string(),
        });
    }
    ensure!(
        !rules.is_empty(),
        "no category has a period (hint: set one under [retention] in zweck.toml)"
    );
    Ok(rules)
}

/// Whether any table of the lake can have rows of a category.
fn has_rows(category: Category) -> bool {
    let kinds = ::lake::ItemKind::ALL.iter().copied().map(Some).chain([None]);
    kinds.into_iter().any(|kind| {
        let mut tables = ::lake::Table::ALL.iter();
        tables.any(|table| table.category_of_row(kind) == Some(category))
    })
}

#[derive(Serialize)]
struct RetentionView {
    is_dry_run: bool,
    categories: Vec<ExpiredView>,
    open_removals: usize,
}

#[derive(Serialize)]
struct ExpiredView {
    category: &'static str,
    period: String,
    /// Rows from before are not kept.
    kept_from: Instant,
    rows: u64,
    members: u64,
}

impl View for RetentionView {
    fn write(&self, page: &mut Page) {
        page.heading(match self.is_dry_run {
            true => "What would leave the lake",
            false => "What has left the lake",
        });
        let mut table = Table::new(["category", "kept for", "so kept from", "#rows", "#members"]);
        for one in &self.categories {
            let numbers = [one.rows, one.members].map(|number| number.to_string());
            let [rows, members] = numbers;
            let from = one.kept_from.to_string();
            table.row([one.category.to_owned(), one.period.clone(), from, rows, members]);
        }
        page.table(&table);
        if !self.is_dry_run {
            write_waiting(self.open_removals, page);
        }
    }
}

use std::collections::BTreeMap;

use anyhow::Context;
use gate::{HolderOutcome, RemovalsRun, RowsStillAttached};
use policy::Instant;
use serde::Serialize;
use serde_json::Value;
use store::{HolderStep, LakeStep, Removal, RemovalFilter, RemovalId, RemovalProgress};

use super::holder::{corpora, elsewhere, holders};
use crate::{
    args::{Global, RemovalCommand},
    exit::Exit,
    output::{Output, Page, Table, View, counted},
    progress::Progress,
    state::State,
};

/// Runs `zweck removal …`.
pub(super) async fn run(
    global: &Global,
    command: RemovalCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    match command {
        RemovalCommand::List { all } => {
            let filter = RemovalFilter { open_only: !all, ..Default::default() };
            let removals = state.store.removals(&filter).await?;
            let removals = removals.iter().map(RemovalView::new).collect();
            output.show(&ListView { removals })?;
            Ok(Exit::Success)
        }
        RemovalCommand::Show { id } => {
            let progress = state.store.removal(RemovalId::from_i64(id)).await?;
            output.show(&ProgressView::new(progress))?;
            Ok(Exit::Success)
        }
        RemovalCommand::Run => {
            let view = carry_on(&state).await?;
            output.show(&view)?;
            Ok(if view.still_open == 0 { Exit::Success } else { Exit::StillOpen })
        }
    }
}

/// Carries every open removal on.
pub(super) async fn carry_on(state: &State) -> anyhow::Result<RunView> {
    // what has left an attached table, or has changed there, starts removals of its own
    super::attach::refresh(state).await?;
    let _progress = Progress::of_unknown("removing");
    let gate = state.gate().await?;
    // a build that died is a holder that would keep every removal open
    corpora(state)?.settle(state.now()).await?;
    elsewhere(state)?.settle().await?;
    let run = gate.run_removals(&holders(state)?, state.now()).await;
    Ok(RunView::new(run.context("running the removals")?))
}

/// How many rows of erased members there are in attached tables, by member and table.
pub(super) type StillAttached = BTreeMap<i64, BTreeMap<String, u64>>;

/// The same with numbers that can be shown.
pub(super) fn still_attached(rows: RowsStillAttached) -> StillAttached {
    rows.into_iter().map(|(member, rows)| (member.as_i64(), rows)).collect()
}

/// Says what only the owners of attached tables can do.
pub(super) fn write_still_attached(attached: &StillAttached, page: &mut Page) {
    let tables = |(member, tables): (&i64, &BTreeMap<String, u64>)| {
        let member = *member;
        let rows = tables.iter().map(move |(table, rows)| (member, table.clone(), *rows));
        rows.collect::<Vec<_>>()
    };
    for (member, table, rows) in attached.iter().flat_map(tables) {
        let rows = counted(rows, "row", "rows");
        page.line(format_args!(
            "{rows} of member #{member} in the attached table {table}: not used any more; the \
             removal stays open until they are deleted there."
        ));
    }
}

/// Says which holders elsewhere have to let go.
pub(super) fn write_waiting_holders(waiting: &[String], page: &mut Page) {
    for name in waiting {
        page.line(format_args!(
            "{name} has to let go: `zweck holder removals {name}` says of what."
        ));
    }
}

/// Says that removals are waiting; nothing where none is.
pub(super) fn write_waiting(count: usize, page: &mut Page) {
    match count {
        0 => {}
        1 => page.line("1 removal is open; `zweck removal run` carries it on."),
        _ => page
            .line(format_args!("{count} removals are open; `zweck removal run` carries them on.")),
    }
}

/// A removal in a list.
#[derive(Serialize)]
pub(super) struct RemovalView {
    id: i64,
    cause: &'static str,
    member: Option<i64>,
    item: Option<i64>,
    category: Option<&'static str>,
    purpose: Option<String>,
    started_at: Instant,
    ended_at: Option<Instant>,
    note: String,
}

impl RemovalView {
    pub(super) fn new(removal: &Removal) -> Self {
        Self {
            id: removal.id.as_i64(),
            cause: removal.cause.name(),
            member: removal.member.map(|member| member.as_i64()),
            item: removal.item.map(|item| item.as_i64()),
            category: removal.category.map(|category| category.name()),
            purpose: removal.purpose.as_ref().map(ToString::to_string),
            started_at: removal.started_at,
            ended_at: removal.ended_at,
            note: removal.note.clone(),
        }
    }

    fn what(&self) -> String {
        let whose = self.member.map_or("everybody".to_owned(), |member| format!("#{member}"));
        match (self.category, self.item) {
            (Some(category), _) => format!("{whose}, {category}"),
            (None, Some(item)) => format!("{whose}, item #{item}"),
            (None, None) => whose,
        }
    }
}

/// Removals below each other.
pub(super) fn removals_table(removals: &[RemovalView]) -> Table {
    let mut table = Table::new(["#id", "cause", "of", "from", "started at", "state"]);
    for one in removals {
        let state = one.ended_at.map_or("open".to_owned(), |at| format!("ended {}", at.day()));
        let from = one.purpose.clone().unwrap_or_else(|| "every use".to_owned());
        let started = one.started_at.day().to_string();
        table.row([one.id.to_string(), one.cause.to_owned(), one.what(), from, started, state]);
    }
    table
}

#[derive(Serialize)]
struct ListView {
    removals: Vec<RemovalView>,
}

impl View for ListView {
    fn write(&self, page: &mut Page) {
        page.table(&removals_table(&self.removals));
    }
}

#[derive(Serialize)]
struct ProgressView {
    removal: RemovalView,
    holders: Vec<HolderView>,
    lake: Vec<LakeView>,
}

#[derive(Serialize)]
struct HolderView {
    name: String,
    kind: String,
    progress: &'static str,
    at: Option<Instant>,
    error: Option<String>,
    evidence: Option<Value>,
}

#[derive(Serialize)]
struct LakeView {
    state: &'static str,
    at: Instant,
    evidence: Value,
}

impl ProgressView {
    fn new(progress: RemovalProgress) -> Self {
        let RemovalProgress { removal, holders, lake } = progress;
        let holder = |step: HolderStep| {
            let HolderStep { holder: _, name, kind, progress, at, evidence, error } = step;
            HolderView { name, kind, progress: progress.name(), at, error, evidence }
        };
        let step = |step: LakeStep| {
            let LakeStep { state, evidence, recorded_at } = step;
            LakeView { state: state.name(), at: recorded_at, evidence }
        };
        Self {
            removal: RemovalView::new(&removal),
            holders: holders.into_iter().map(holder).collect(),
            lake: lake.into_iter().map(step).collect(),
        }
    }
}

impl View for ProgressView {
    fn write(&self, page: &mut Page) {
        page.table(&removals_table(std::slice::from_ref(&self.removal)));
        page.heading("Holders");
        let mut table = Table::new(["holder", "kind", "state", "at", "evidence"]);
        for one in &self.holders {
            let at = one.at.map_or("-".to_owned(), |at| at.to_string());
            let evidence = match (&one.error, &one.evidence) {
                (Some(error), _) => error.clone(),
                (None, Some(evidence)) => summary(evidence),
                (None, None) => "-".to_owned(),
            };
            table.row([one.name.clone(), one.kind.clone(), one.progress.to_owned(), at, evidence]);
        }
        page.table(&table);
        if !self.lake.is_empty() {
            page.heading("Lake");
            for one in &self.lake {
                page.line(format_args!(
                    "  {} at {}: {}",
                    one.state,
                    one.at,
                    summary(&one.evidence)
                ));
            }
        }
    }
}

/// The counts that a piece of evidence holds; --json has all of it.
fn summary(evidence: &Value) -> String {
    let Some(object) = evidence.as_object() else { return evidence.to_string() };
    let short = object.iter().filter_map(|(name, value)| {
        let words = name.replace('_', " ");
        match value {
            Value::Number(number) => Some(format!("{words} {number}")),
            Value::Array(items) => Some(format!("{words} {}", items.len())),
            Value::Bool(true) => Some(words),
            Value::String(text) => Some(format!("{words} {}", text.get(..12).unwrap_or(text))),
            _ => None,
        }
    });
    short.collect::<Vec<_>>().join(", ")
}

/// What a run of the removals did.
#[derive(Serialize)]
pub(super) struct RunView {
    /// Members whose rows left the lake.
    erased: Vec<i64>,
    /// Erased members with rows in attached tables, and how many in which.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attached: StillAttached,
    /// Every holder that was behind.
    pub(super) holders: Vec<OutcomeView>,
    /// Holders that were replaced or discarded meanwhile, and of which nothing is left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retired: Vec<String>,
    /// Holders elsewhere that have to let go, and to show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<String>,
    /// Removals that are still open.
    pub(super) still_open: u64,
}

/// How the release of one holder went.
#[derive(Serialize)]
pub(super) struct OutcomeView {
    holder: String,
    purpose: String,
    /// The last fact that is applied now.
    to: i64,
    error: Option<String>,
    /// What was given up.
    pub(super) release: Option<gate::Release>,
}

impl OutcomeView {
    /// Who has not released, and why, in words.
    pub(super) fn failure(&self) -> Option<String> {
        let why = self.error.as_deref()?;
        Some(format!("{} has not released: {why}", self.holder))
    }
}

impl RunView {
    fn new(run: RemovalsRun) -> Self {
        let RemovalsRun { erased, attached, holders, retired, waiting, still_open } = run;
        let outcome = |one: HolderOutcome| {
            let HolderOutcome { holder, to, outcome } = one;
            let (release, error) = match outcome {
                Ok(release) => (Some(release), None),
                Err(error) => (None, Some(error)),
            };
            let purpose = holder.purpose.to_string();
            OutcomeView { holder: holder.name, purpose, to: to.as_i64(), error, release }
        };
        Self {
            erased: erased.iter().map(|member| member.as_i64()).collect(),
            attached: still_attached(attached),
            holders: holders.into_iter().map(outcome).collect(),
            retired: retired.into_iter().map(|holder| holder.name).collect(),
            waiting: waiting.into_iter().map(|holder| holder.name).collect(),
            still_open,
        }
    }
}

impl View for RunView {
    fn write(&self, page: &mut Page) {
        for member in &self.erased {
            page.line(format_args!("The rows of member #{member} have left the lake."));
        }
        write_still_attached(&self.attached, page);
        for name in &self.retired {
            page.line(format_args!(
                "{name} was replaced or discarded meanwhile; nothing is left of it."
            ));
        }
        write_waiting_holders(&self.waiting, page);
        if self.holders.is_empty() && self.waiting.is_empty() {
            page.line("No holder is behind.");
        } else if !self.holders.is_empty() {
            page.table(&self.releases());
        }
        for failed in self.holders.iter().filter_map(OutcomeView::failure) {
            page.paragraph(2, failed);
        }
        let open = match self.still_open {
            0 => page.style().green("No removal is open."),
            1 => page.style().red("1 removal is still open."),
            open => page.style().red(&format!("{open} removals are still open.")),
        };
        page.line(open);
    }
}

impl RunView {
    fn releases(&self) -> Table {
        let mut table = Table::new([
            "holder",
            "state",
            "#up to fact",
            "#removed",
            "#redacted",
            "#promoted",
            "#files rewritten",
        ]);
        for one in &self.holders {
            let (state, counts) = match &one.release {
                None => ("failed", [0; 4]),
                Some(release) => {
                    let files = release.rewritten.len() as u64;
                    let gate::Release { rows_removed, rows_redacted, rows_promoted, .. } = release;
                    ("released", [*rows_removed, *rows_redacted, *rows_promoted, files])
                }
            };
            let [removed, redacted, promoted, files] = counts.map(|count| count.to_string());
            let (holder, state) = (one.holder.clone(), state.to_owned());
            table.row([holder, state, one.to.to_string(), removed, redacted, promoted, files]);
        }
        table
    }
}

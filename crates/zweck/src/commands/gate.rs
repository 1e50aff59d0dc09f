use ::gate::{Accounting, ExplainedCategory, Explanation, Reveals, TableAccounting};
use anyhow::bail;
use policy::{Category, Instant, Purpose, Reason};
use serde::Serialize;

use super::holder::holders;
use crate::{
    args::{Explain, GateCommand, Global},
    exit::Exit,
    output::{Bar, Output, Page, Style, Table, View, counted},
    progress::Progress,
    state::State,
};

/// Runs `zweck gate …`.
pub(super) async fn run(
    global: &Global,
    command: GateCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    match command {
        GateCommand::Explain(args) => output.show(&explain(&state, &args).await?)?,
        GateCommand::Report { purpose } => output.show(&report(&state, purpose).await?)?,
    }
    Ok(Exit::Success)
}

async fn explain(state: &State, args: &Explain) -> anyhow::Result<ExplainView> {
    let member = state.member(&args.member).await?;
    let item = args.item.as_ref().map(|item| state.item(&member, item)).transpose()?;
    let gate = state.gate().await?;
    let (number, purpose) = (member.number, &args.purpose);
    let explanation = gate.explain(number, item, purpose, state.now(), &holders(state)?).await?;
    let is_known = !explanation.decisions.is_empty() || !explanation.held.is_empty();
    if item.is_some() && !is_known {
        bail!(
            "the lake has no such row of this member, and no holder keeps one (hint: without --item \
             all rows of the member are counted)"
        );
    }
    Ok(ExplainView { explanation })
}

/// Counts what may be used now.
pub(super) async fn report(state: &State, purpose: Purpose) -> anyhow::Result<ReportView> {
    let _progress = Progress::of_unknown("counting");
    let as_of = state.now();
    let accounting = state.gate().await?.report(&purpose, as_of).await?;
    Ok(ReportView { purpose, as_of, accounting })
}

/// An explanation for people: what is known, what holds, what follows.
#[derive(Serialize)]
#[serde(transparent)]
struct ExplainView {
    explanation: Explanation,
}

impl View for ExplainView {
    fn write(&self, page: &mut Page) {
        let Explanation { member, item, purpose, as_of, policy_version, .. } = &self.explanation;
        let row = item.map_or(String::new(), |item| format!(", item #{item}"));
        page.heading(format_args!("Member #{member}{row}: may it be used for {purpose}?"));
        page.line(format_args!("  as of {as_of}, under policy {policy_version}"));
        self.write_known(page);
        self.write_decisions(page);
        page.heading("Held now");
        let mut table = Table::new(["holder", "kind", "#applied fact", "#rows"]);
        for held in &self.explanation.held {
            let (applied, rows) = (held.applied.to_string(), held.rows.len().to_string());
            table.row([held.name.clone(), held.kind.clone(), applied, rows]);
        }
        page.table(&table);
    }
}

impl ExplainView {
    fn write_known(&self, page: &mut Page) {
        let known = &self.explanation.known;
        let or_unknown = |word: Option<String>| word.unwrap_or_else(|| "unknown".to_owned());
        page.heading("What is known");
        page.fields(&[
            ("region", or_unknown(known.region.map(|region| region.to_string()))),
            ("age", or_unknown(known.age.map(|age| age.to_string()))),
            ("status", or_unknown(known.status.map(|status| status.to_string()))),
            ("announced", known.notice.map_or("never".to_owned(), |at| at.to_string())),
            ("documents", if known.documents_complete { "complete" } else { "missing" }.to_owned()),
        ]);
        for (scope, choice) in &known.choices {
            page.line(format_args!("  said {} for {scope} at {}", choice.answer, choice.said_at));
        }
        let Some(cell) = &self.explanation.cell else {
            page.line("  The policy has no rule for this region.");
            return;
        };
        page.paragraph(
            2,
            format_args!(
                "the rule there: {}, {} by default, from {}",
                cell.basis,
                if cell.default == policy::Answer::Allow { "on" } else { "off" },
                cell.from
            ),
        );
        page.paragraph(2, format_args!("source: {}", cell.source));
    }

    fn write_decisions(&self, page: &mut Page) {
        if self.explanation.item.is_none() {
            return self.write_categories(page);
        }
        page.heading("The row");
        if self.explanation.decisions.is_empty() {
            page.line("  The lake has no such row of this member.");
        }
        for row in &self.explanation.decisions {
            let answer = may_be_used(row.reasons.is_empty(), page.style());
            page.line(format_args!("  {:16} {answer}", row.category.name()));
            write_reasons(&row.reasons, page);
            if let Some(usage) = &row.content_usage {
                page.paragraph(19, format_args!("It says of its use: {usage}."));
            }
            if let Some(reveals) = &row.reveals {
                page.paragraph(19, format_args!("{}", basis_of(reveals)));
            }
        }
    }

    /// Every row, counted by kind of data; of a kind without rows, what one would get.
    fn write_categories(&self, page: &mut Page) {
        page.heading("The rows, by kind of data");
        let Explanation { rows, decisions, .. } = &self.explanation;
        for counts in rows {
            write_counts(counts, page);
        }
        let has_rows = |category| rows.iter().any(|counts| counts.category == Some(category));
        for row in decisions.iter().filter(|row| !has_rows(row.category)) {
            let answer = may_be_used(row.reasons.is_empty(), page.style());
            let name = row.category.name();
            page.line(format_args!("  {name:16} no row; a public one of today {answer}"));
            write_reasons(&row.reasons, page);
        }
        page.line("  --item KIND:EXTERNAL-ID tells of one row.");
    }
}

fn write_counts(counts: &ExplainedCategory, page: &mut Page) {
    let ExplainedCategory { category, rows, permitted, refused } = counts;
    let name = category.map_or("unknown", Category::name);
    let of_rows = counted(*rows, "row", "rows");
    let answer = match *permitted {
        0 => page.style().red("none may be used"),
        all if all == *rows => page.style().green("may be used"),
        some => page.style().green(&format!("{some} may be used")),
    };
    page.line(format_args!("  {name:16} {of_rows}: {answer}"));
    for alike in refused {
        if alike.rows < *rows {
            let these = counted(alike.rows, "row", "rows");
            page.line(format_args!("{:17}{these} may not:", ""));
        }
        write_reasons(&alike.reasons, page);
    }
}

/// On what basis a row was called sensitive.
fn basis_of(Reveals { category, terms }: &Reveals) -> String {
    match category {
        Some(category) => format!("It reveals {category}, by these terms: {}.", terms.join(", ")),
        None => "Its source says that it is sensitive.".to_owned(),
    }
}

fn may_be_used(is_allowed: bool, style: Style) -> String {
    match is_allowed {
        true => style.green("may be used"),
        false => style.red("may not be used"),
    }
}

fn write_reasons(reasons: &[Reason], page: &mut Page) {
    for reason in reasons {
        page.paragraph(19, format_args!("{reason}: {}", reason.explain().en));
    }
}

/// The accounting of a purpose.
#[derive(Serialize)]
pub(super) struct ReportView {
    purpose: Purpose,
    as_of: Instant,
    accounting: Accounting,
}

impl View for ReportView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("What may be used for {} as of {}", self.purpose, self.as_of));
        page.table(&by_table(&self.accounting));
        page.heading("Kept, and left out by the first reason");
        page.bars(&bars(&self.accounting.total()));
    }
}

/// Rows in, kept and left out, table by table.
pub(super) fn by_table(accounting: &Accounting) -> Table {
    let mut table = Table::new(["table", "#rows in", "#kept", "#left out"]);
    let mut add = |name: &str, counts: &TableAccounting| {
        let left_out: u64 = counts.left_out.values().sum();
        let counts = [counts.rows_in, counts.kept, left_out].map(|count| count.to_string());
        let [rows_in, kept, left_out] = counts;
        table.row([name.to_owned(), rows_in, kept, left_out]);
    };
    for (name, counts) in &accounting.tables {
        add(name.name(), counts);
    }
    add("all", &accounting.total());
    table
}

/// One bar for what was kept and one for each reason, the commonest first.
pub(super) fn bars(total: &TableAccounting) -> Vec<Bar> {
    let kept = Bar { label: "kept".to_owned(), count: total.kept, is_kept: true };
    let mut left_out: Vec<_> = total.left_out.iter().collect();
    left_out.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let left_out = left_out.into_iter().map(|(reason, count)| Bar {
        label: reason.name().to_owned(),
        count: *count,
        is_kept: false,
    });
    std::iter::once(kept).chain(left_out).collect()
}

use anyhow::{Context, ensure};
use serde::Serialize;
use sources::{LinkedInExport, Written};

use crate::{
    args::{ExportCommand, ExportMember, Global, MemberReference},
    exit::Exit,
    output::{Output, Page, Table, View, counted},
    progress::Progress,
    state::State,
};

/// Runs `zweck export …`.
pub(super) async fn run(
    global: &Global,
    command: ExportCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let ExportCommand::Member(args) = command;
    let state = State::open(global).await?;
    output.show(&export(&state, &args).await?)?;
    Ok(Exit::Success)
}

async fn export(state: &State, args: &ExportMember) -> anyhow::Result<ExportView> {
    let ExportMember { member, source, out } = args;
    let reference = MemberReference::External(format!("{source}:{member}"));
    let number = state.member(&reference).await?.number;
    let progress = Progress::of_unknown("reading the member's rows");
    let own = state.gate().await?.own_data(number).await?;
    let is_erased = state.store.erasure_of(number).await?.is_some();
    ensure!(!is_erased, "member #{number} is erased: there is nothing left to give");
    progress.say("writing the archive");
    let (keys, made) = (state.keys()?, state.now().day());
    let export = LinkedInExport { source, member, made, keys: &keys.sources };
    let written = export.write(&own.tables, out).context("exporting a member's data")?;
    drop(progress);
    Ok(ExportView { member: number.as_i64(), out: out.display().to_string(), written })
}

#[derive(Serialize)]
struct ExportView {
    member: i64,
    out: String,
    #[serde(flatten)]
    written: Written,
}

impl View for ExportView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("Everything of member #{} is in {}", self.member, self.out));
        let mut table = Table::new(["file", "#rows"]);
        for (file, rows) in &self.written.files {
            table.row([file.clone(), rows.to_string()]);
        }
        page.table(&table);
        let beside = counted(self.written.columns_beside, "value", "values");
        page.line(format_args!("  {beside} that the files cannot carry are in the folder Zweck"));
    }
}

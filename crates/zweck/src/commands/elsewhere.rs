//! What holders elsewhere are asked for, and what they show.

use std::collections::{BTreeMap, BTreeSet};

use ::elsewhere::{Export, NewElsewhere, Overview, SeenArtefact, ToGo, What};
use anyhow::ensure;
use handover::document_name;
use policy::Instant;
use serde::Serialize;

use super::holder::elsewhere;
use crate::{
    args::HolderCommand,
    exit::Exit,
    output::{Output, Page, Table, View, counted},
    state::State,
};

/// Runs `zweck holder …` for one holder elsewhere.
pub(super) async fn run(
    state: &State,
    command: HolderCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (gate, holders) = (state.gate().await?, elsewhere(state)?);
    match command {
        HolderCommand::List => {}
        HolderCommand::Register { name, corpus, what, location } => {
            let new = NewElsewhere { name, what, location, corpus };
            let holder = holders.register(&gate, &new, state.now()).await?;
            output.show(&RegisteredView {
                holder: holder.name,
                id: holder.id.to_string(),
                corpus: new.corpus,
                purpose: holder.purpose.to_string(),
            })?;
        }
        HolderCommand::Show { name } => {
            let overview = holders.show(&name).await?;
            let is_behind = gate.is_behind(&overview.holder).await?;
            output.show(&OverviewView::new(overview, is_behind))?;
        }
        HolderCommand::Removals { name } => {
            let to_go = holders.to_go(&gate, &name).await?;
            output.show(&RemovalsView::new(name, to_go))?;
        }
        HolderCommand::Release { name, evidence } => {
            let released = holders.release(&gate, &name, &evidence, state.now()).await?;
            let still_behind = gate.is_behind(&released.holder).await?;
            output.show(&ReleasedView {
                holder: name,
                export: released.evidence.export,
                from: released.from.as_i64(),
                to: released.to.as_i64(),
                documents: released.evidence.documents_count,
                artefacts: released.evidence.artefacts,
                still_behind,
            })?;
            return Ok(if still_behind { Exit::StillOpen } else { Exit::Success });
        }
        HolderCommand::Verify { name } => {
            let found = super::verify::verify_holder(state, &name).await?;
            output.show(&found)?;
            return Ok(found.exit());
        }
        HolderCommand::Retire { name, note, yes } => {
            ensure!(yes, "`{name}` would be asked for nothing any more (hint: --yes)");
            let holder = holders.retire(&name, &note, state.now()).await?;
            output.show(&RetiredView { retired: holder.name })?;
        }
    }
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct RegisteredView {
    holder: String,
    id: String,
    corpus: String,
    purpose: String,
}

impl View for RegisteredView {
    fn write(&self, page: &mut Page) {
        let Self { holder, corpus, purpose, .. } = self;
        page.line(format_args!(
            "{holder} is registered for {corpus} and may serve {purpose} and nothing else."
        ));
        page.line(format_args!(
            "`zweck corpus export {corpus} --holder {holder} --to FOLDER` gives it rows."
        ));
    }
}

#[derive(Serialize)]
struct OverviewView {
    holder: String,
    id: String,
    what: String,
    location: String,
    corpus: String,
    purpose: String,
    registered_at: Instant,
    /// The last fact whose refusals it has applied.
    applied: Option<i64>,
    /// Whether a removal waits for it.
    is_behind: bool,
    /// What it was given and did not show to be gone.
    exports: Vec<ExportView>,
}

#[derive(Serialize)]
struct ExportView {
    export: u32,
    at: Instant,
    documents: u64,
}

impl OverviewView {
    fn new(overview: Overview, is_behind: bool) -> Self {
        let Overview { holder, registered, exports } = overview;
        let export =
            |one: Export| ExportView { export: one.number, at: one.at, documents: one.index.rows };
        Self {
            holder: holder.name,
            id: holder.id.to_string(),
            what: registered.what,
            location: holder.location,
            corpus: registered.corpus,
            purpose: holder.purpose.to_string(),
            registered_at: registered.at,
            applied: holder.applied_sequence.map(|applied| applied.as_i64()),
            is_behind,
            exports: exports.into_iter().map(export).collect(),
        }
    }
}

impl View for OverviewView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("{}, {}", self.holder, self.what));
        page.fields(&[
            ("corpus", self.corpus.clone()),
            ("purpose", self.purpose.clone()),
            ("at", self.location.clone()),
            ("registered", self.registered_at.to_string()),
            ("applied facts", self.applied.map_or("-".to_owned(), |applied| applied.to_string())),
            ("removals", if self.is_behind { "waiting" } else { "-" }.to_owned()),
        ]);
        if self.exports.is_empty() {
            page.line("It was given nothing yet.");
            return;
        }
        let mut table = Table::new(["#export", "at", "#documents"]);
        for one in &self.exports {
            table.row([one.export.to_string(), one.at.to_string(), one.documents.to_string()]);
        }
        page.table(&table);
    }
}

#[derive(Serialize)]
struct RemovalsView {
    holder: String,
    documents: Vec<ToGoView>,
    /// Of what is learned, the first slice of each shard that is hit: whoever learned slice after
    /// slice learns again from there.
    again_from: Vec<AgainFrom>,
}

#[derive(Serialize)]
struct ToGoView {
    document: String,
    /// `remove` or `replace`.
    what: What,
    /// The open removals that speak of its row; none where only somebody else's name goes.
    removals: Vec<i64>,
    member: i64,
    item: i64,
    table: String,
    corpus: String,
    split: &'static str,
    shard: u16,
    slice: u16,
    exports: BTreeSet<u32>,
}

#[derive(Serialize)]
struct AgainFrom {
    split: &'static str,
    shard: u16,
    slice: u16,
}

impl RemovalsView {
    fn new(holder: String, to_go: Vec<ToGo>) -> Self {
        let mut first = BTreeMap::new();
        for one in to_go.iter().filter(|one| one.cell.split == corpus::Split::Train) {
            let slice = first.entry((one.cell.split, one.cell.shard)).or_insert(one.cell.slice);
            *slice = one.cell.slice.min(*slice);
        }
        let again = |((split, shard), slice): ((corpus::Split, u16), u16)| AgainFrom {
            split: split.name(),
            shard,
            slice,
        };
        Self {
            holder,
            documents: to_go.into_iter().map(ToGoView::new).collect(),
            again_from: first.into_iter().map(again).collect(),
        }
    }
}

impl ToGoView {
    fn new(one: ToGo) -> Self {
        Self {
            document: document_name(one.document.as_i64()),
            what: one.what,
            removals: one.because.iter().map(|removal| removal.as_i64()).collect(),
            member: one.member.as_i64(),
            item: one.item.as_i64(),
            table: one.table,
            corpus: one.corpus,
            split: one.cell.split.name(),
            shard: one.cell.shard,
            slice: one.cell.slice,
            exports: one.exports,
        }
    }

    fn removals(&self) -> String {
        let numbers = self.removals.iter().map(ToString::to_string);
        match numbers.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "-".to_owned(),
            some => some,
        }
    }
}

impl View for RemovalsView {
    fn write(&self, page: &mut Page) {
        if self.documents.is_empty() {
            page.line(format_args!("{} has to let nothing go.", self.holder));
            return;
        }
        let mut table = Table::new([
            "document", "what", "#removal", "#member", "#item", "split", "#shard", "#slice",
        ]);
        for one in &self.documents {
            let what = if one.what == What::Remove { "remove" } else { "replace" };
            table.row([
                one.document.clone(),
                what.to_owned(),
                one.removals(),
                one.member.to_string(),
                one.item.to_string(),
                one.split.to_owned(),
                one.shard.to_string(),
                one.slice.to_string(),
            ]);
        }
        page.table(&table);
        page.blank();
        for AgainFrom { split, shard, slice } in &self.again_from {
            page.line(format_args!("Learn {split}, shard {shard} again from slice {slice}."));
        }
    }
}

#[derive(Serialize)]
struct ReleasedView {
    holder: String,
    /// The export that it is made of.
    export: u32,
    /// Refusals up to here had been applied before.
    from: i64,
    /// Refusals up to here are applied now.
    to: i64,
    documents: u64,
    artefacts: Vec<SeenArtefact>,
    /// Whether a removal waits for it that came after the export.
    still_behind: bool,
}

impl View for ReleasedView {
    fn write(&self, page: &mut Page) {
        let Self { holder, export, to, .. } = self;
        let documents = counted(self.documents, "document", "documents");
        page.line(format_args!(
            "{holder} is made of {documents}, each of them in export {export}; facts up to {to} are \
             applied."
        ));
        let seen = self.artefacts.iter().filter(|artefact| artefact.is_seen).count() as u64;
        let named = counted(self.artefacts.len() as u64, "artefact", "artefacts");
        page.line(format_args!("{named} named, of which {seen} hashed again."));
        if self.still_behind {
            page.line("A later removal waits for it: export the corpus again.");
        }
    }
}

#[derive(Serialize)]
struct RetiredView {
    retired: String,
}

impl View for RetiredView {
    fn write(&self, page: &mut Page) {
        page.line(format_args!("{} is asked for nothing any more.", self.retired));
    }
}

use std::sync::Arc;

use ::elsewhere::Elsewhere;
use corpus::{Corpora, SliceKey};
use gate::Holders;
use policy::Instant;
use serde::Serialize;
use store::{Holder, HolderFilter};

use super::elsewhere;
use crate::{
    args::{Global, HolderCommand},
    exit::Exit,
    output::{Output, Page, Table, View},
    state::State,
};

/// Runs `zweck holder …`.
pub(super) async fn run(
    global: &Global,
    command: HolderCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    match command {
        HolderCommand::List => {
            let gate = state.gate().await?;
            let mut holders = Vec::new();
            for holder in state.store.holders(&HolderFilter::default()).await? {
                let is_behind = gate.is_behind(&holder).await?;
                holders.push(HolderView::new(holder, is_behind));
            }
            output.show(&ListView { holders })?;
            Ok(Exit::Success)
        }
        command => elsewhere::run(&state, command, output).await,
    }
}

/// The code that releases what holders keep: every kind that this program knows.
pub(super) fn holders(state: &State) -> anyhow::Result<Holders> {
    Ok(Holders::default().with(Arc::new(corpora(state)?)).with(Arc::new(elsewhere(state)?)))
}

/// The holders that are not ours.
pub(super) fn elsewhere(state: &State) -> anyhow::Result<Elsewhere> {
    Ok(Elsewhere::new(state.holders_folder(), state.store.clone(), corpora(state)?))
}

/// The corpora of a state folder.
pub(super) fn corpora(state: &State) -> anyhow::Result<Corpora> {
    let key = SliceKey::new(state.keys()?.slice);
    Ok(Corpora::new(state.corpora_folder(), state.store.clone(), key))
}

#[derive(Serialize)]
struct ListView {
    holders: Vec<HolderView>,
}

#[derive(Serialize)]
struct HolderView {
    id: String,
    name: String,
    kind: String,
    purpose: String,
    state: &'static str,
    /// The last fact whose refusals are applied.
    applied: Option<i64>,
    /// Whether a removal waits for it.
    is_behind: bool,
    registered_at: Instant,
    retired_at: Option<Instant>,
}

impl HolderView {
    fn new(holder: Holder, is_behind: bool) -> Self {
        Self {
            id: holder.id.to_string(),
            name: holder.name,
            kind: holder.kind,
            purpose: holder.purpose.to_string(),
            state: holder.state.name(),
            applied: holder.applied_sequence.map(|sequence| sequence.as_i64()),
            is_behind: is_behind && holder.retired_at.is_none(),
            registered_at: holder.registered_at,
            retired_at: holder.retired_at,
        }
    }
}

impl View for ListView {
    fn write(&self, page: &mut Page) {
        let mut table =
            Table::new(["holder", "kind", "purpose", "state", "#applied fact", "removals"]);
        for one in &self.holders {
            let applied = one.applied.map_or("-".to_owned(), |applied| applied.to_string());
            let removals = if one.is_behind { "waiting" } else { "-" };
            table.row([
                one.name.clone(),
                one.kind.clone(),
                one.purpose.clone(),
                one.state.to_owned(),
                applied,
                removals.to_owned(),
            ]);
        }
        page.table(&table);
    }
}

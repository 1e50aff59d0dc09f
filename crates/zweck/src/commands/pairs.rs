use std::collections::BTreeMap;

use ::corpus::{Cell, Pair, Task};
use handover::document_name;
use serde::Serialize;

use super::holder::corpora;
use crate::{
    output::{Page, View, counted, printable},
    progress::Progress,
    state::State,
};

/// Counts the task pairs of a corpus, and shows some of each task.
pub(super) async fn pairs(
    state: &State,
    name: &str,
    task: Option<Task>,
    most: usize,
) -> anyhow::Result<PairsView> {
    let corpus = corpora(state)?.open(&state.gate().await?, name).await?;
    let _progress = Progress::of_unknown(&format!("reading {name}"));
    let mut tasks = BTreeMap::<Task, TaskView>::new();
    corpus.for_each_pair(|cell, pair| {
        if task.is_none_or(|task| task == pair.task) {
            let of_task = tasks.entry(pair.task).or_default();
            of_task.pairs += 1;
            *of_task.languages.entry(pair.language).or_default() += 1;
            if of_task.shown.len() < most {
                of_task.shown.push(PairView::new(cell, pair));
            }
        }
        Ok::<(), anyhow::Error>(())
    })?;
    Ok(PairsView { corpus: name.to_owned(), tasks })
}

/// The task pairs of a corpus.
#[derive(Serialize)]
pub(super) struct PairsView {
    corpus: String,
    tasks: BTreeMap<Task, TaskView>,
}

#[derive(Serialize, Default)]
struct TaskView {
    pairs: u64,
    languages: BTreeMap<&'static str, u64>,
    /// The first of them.
    shown: Vec<PairView>,
}

#[derive(Serialize)]
struct PairView {
    split: &'static str,
    shard: u16,
    slice: u16,
    documents: Vec<String>,
    prompt: String,
    completion: String,
}

impl PairView {
    fn new(cell: Cell, pair: &Pair) -> Self {
        Self {
            split: cell.split.name(),
            shard: cell.shard,
            slice: cell.slice,
            documents: pair.documents.iter().map(|one| document_name(one.as_i64())).collect(),
            prompt: pair.prompt.clone(),
            completion: pair.completion.clone(),
        }
    }
}

impl View for PairsView {
    fn write(&self, page: &mut Page) {
        if self.tasks.is_empty() {
            page.line(format_args!("The documents of {} make no pairs.", self.corpus));
        }
        for (task, TaskView { pairs, languages, shown }) in &self.tasks {
            let languages = languages.iter().map(|(tag, count)| format!("{tag} {count}"));
            let languages = languages.collect::<Vec<_>>().join(", ");
            page.heading(format_args!(
                "{task}: {} ({languages})",
                counted(*pairs, "pair", "pairs")
            ));
            for PairView { split, shard, slice, documents, prompt, completion } in shown {
                page.line(format_args!(
                    "  {split}, shard {shard}, slice {slice}, of {}",
                    documents.join(" ")
                ));
                for (asks, words) in [("asked", prompt), ("answered", completion)] {
                    page.line(format_args!("  {asks}:"));
                    for line in words.lines() {
                        page.line(format_args!("    {}", printable(line)));
                    }
                }
                page.blank();
            }
        }
    }
}

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, ensure};
use policy::{Day, Policy, Sequence, shipped};
use serde::Serialize;
use store::{Document, NewFact};

use crate::{
    args::{DocumentAdd, DocumentCommand, Global},
    exit::Exit,
    output::{Output, Page, Table, View},
    state::State,
};

/// Facts that are looked through at a time.
const STRIDE: i64 = 100_000;

/// Runs `zweck document …`.
pub(super) async fn run(
    global: &Global,
    command: DocumentCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    match command {
        DocumentCommand::Add(document) => add(global, document, output).await,
        DocumentCommand::List => {
            output.show(&list(&State::open(global).await?).await?)?;
            Ok(Exit::Success)
        }
    }
}

async fn add(global: &Global, add: DocumentAdd, output: &mut Output) -> anyhow::Result<Exit> {
    let DocumentAdd { kind, title, file, policy_version } = add;
    ensure!(!title.trim().is_empty(), "a document needs a title, by which people know it");
    let bytes = std::fs::read(&file).with_context(|| format!("reading `{}`", file.display()))?;
    let state = State::open_or_make(global).await?;
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let document = Document { kind, policy_version, hash, title };
    let facts = vec![NewFact::Document(document.clone())];
    let recorded = state.store.record(facts, state.now()).await?;
    let fact = recorded.first().map_or(0, |sequence| sequence.as_i64());
    let kinds = kinds_asked_for(&state).await?;
    output.show(&AddedView { added: DocumentView::new(fact, &document), kinds })?;
    Ok(Exit::Success)
}

/// The kinds of documents that the policy in force asks for, or else the shipped ones.
async fn kinds_asked_for(state: &State) -> anyhow::Result<BTreeSet<String>> {
    let policies = match state.policy_in_force().await? {
        Some(policy) => vec![policy],
        None => shipped()
            .into_iter()
            .map(|(file, bytes)| Policy::parse(Path::new(file), bytes))
            .collect::<Result<_, _>>()?,
    };
    let rules = policies.iter().flat_map(|policy| policy.purposes.values());
    let cells = rules.flat_map(|rules| &rules.cells);
    Ok(cells.flat_map(|cell| cell.documents.iter().cloned()).collect())
}

async fn list(state: &State) -> anyhow::Result<ListView> {
    let (mut from, last) = (Sequence::START, state.last_sequence().await?);
    let mut documents = Vec::new();
    while from < last {
        let to = last.min(Sequence::from_i64(from.as_i64().saturating_add(STRIDE)));
        for fact in state.store.facts_between(from, to).await? {
            if let NewFact::Document(document) = &fact.content {
                documents.push(DocumentView::new(fact.sequence.as_i64(), document));
            }
        }
        from = to;
    }
    let policy = state.policy_in_force().await?;
    let missing = policy.as_ref().map(|policy| missing(policy, &documents)).unwrap_or_default();
    Ok(ListView { documents, policy: policy.map(|policy| policy.version), missing })
}

/// What the policy asks for and nobody has put on record.
fn missing(policy: &Policy, documents: &[DocumentView]) -> Vec<MissingView> {
    let covers = |kind: &str| {
        documents.iter().any(|one| {
            one.kind == kind && one.policy_version.is_none_or(|version| version == policy.version)
        })
    };
    let mut missing = Vec::new();
    for (purpose, rules) in &policy.purposes {
        let kinds: BTreeSet<_> = rules.cells.iter().flat_map(|cell| &cell.documents).collect();
        for kind in kinds.into_iter().filter(|kind| !covers(kind)) {
            missing.push(MissingView { kind: kind.clone(), purpose: purpose.to_string() });
        }
    }
    missing
}

#[derive(Serialize)]
struct DocumentView {
    fact: i64,
    kind: String,
    title: String,
    policy_version: Option<Day>,
    blake3: String,
}

impl DocumentView {
    fn new(fact: i64, document: &Document) -> Self {
        let Document { kind, policy_version, hash, title } = document.clone();
        Self { fact, kind, title, policy_version, blake3: hash }
    }
}

#[derive(Serialize)]
struct AddedView {
    added: DocumentView,
    /// What policies ask for.
    kinds: BTreeSet<String>,
}

impl View for AddedView {
    fn write(&self, page: &mut Page) {
        let DocumentView { fact, kind, title, .. } = &self.added;
        page.line(format_args!("On record as fact {fact}: {kind}, “{title}”."));
        if !self.kinds.contains(kind) {
            let kinds: Vec<_> = self.kinds.iter().map(String::as_str).collect();
            page.paragraph(
                0,
                format_args!(
                    "No policy asks for a document of this kind; they ask for: {}.",
                    kinds.join(", ")
                ),
            );
        }
    }
}

#[derive(Serialize)]
struct ListView {
    documents: Vec<DocumentView>,
    /// The version in force.
    policy: Option<Day>,
    missing: Vec<MissingView>,
}

#[derive(Serialize)]
struct MissingView {
    kind: String,
    purpose: String,
}

impl View for ListView {
    fn write(&self, page: &mut Page) {
        page.heading("On record");
        let mut table = Table::new(["#fact", "kind", "title", "for", "blake3"]);
        for one in &self.documents {
            let version =
                one.policy_version.map_or("every version".to_owned(), |day| day.to_string());
            let hash = one.blake3.get(..12).unwrap_or(&one.blake3).to_owned();
            table.row([one.fact.to_string(), one.kind.clone(), one.title.clone(), version, hash]);
        }
        page.table(&table);
        let Some(policy) = self.policy else { return };
        page.heading(format_args!("Missing for policy {policy}"));
        let mut table = Table::new(["kind", "required for"]);
        for one in &self.missing {
            table.row([one.kind.clone(), one.purpose.clone()]);
        }
        page.table(&table);
    }
}

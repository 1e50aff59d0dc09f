use std::{collections::BTreeMap, sync::Arc};

use ::corpus::{
    BuildRequest, Built, Configuration, Followed, LeftOut, Manifest, Overview, Recipe, Step,
};
use anyhow::ensure;
use serde::Serialize;
use text::personal_data::Kind;

use super::{
    describe::describe,
    export_corpus::export,
    gate::{bars, by_table},
    holder::corpora,
    pairs::pairs,
    verify::verify,
};
use crate::{
    args::{Build, CorpusCommand, Global},
    exit::Exit,
    output::{Bar, Output, Page, Table, View, counted},
    progress::Progress,
    recipe,
    state::{State, check_purpose},
};

/// Runs `zweck corpus …`.
pub(super) async fn run(
    global: &Global,
    command: CorpusCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    match command {
        CorpusCommand::Build(args) => {
            let built = build(&state, args).await?;
            output.show(&BuiltView { is_sealed: built.sealed, manifest: built.manifest })?;
        }
        CorpusCommand::Show { name } => {
            let overview = corpora(&state)?.show(&state.gate().await?, &name).await?;
            let view = ShowView { name, overview };
            output.show(&view)?;
            return Ok(view.exit());
        }
        CorpusCommand::Describe { name, to, provider } => {
            output.show(&describe(&state, &name, &to, provider.as_deref()).await?)?;
        }
        CorpusCommand::Export(args) => output.show(&export(&state, &args).await?)?,
        CorpusCommand::Pairs { name, task, most } => {
            output.show(&pairs(&state, &name, task, most).await?)?;
        }
        CorpusCommand::List => output.show(&list(&state).await?)?,
        CorpusCommand::Discard { name, yes } => {
            ensure!(yes, "`{name}` would be deleted for good (hint: --yes)");
            corpora(&state)?.discard(&name, state.now()).await?;
            output.show(&DiscardedView { discarded: name })?;
        }
        CorpusCommand::Verify { name } => {
            let found = verify(&state, &name).await?;
            output.show(&found)?;
            return Ok(found.exit());
        }
    }
    Ok(Exit::Success)
}

/// Builds a corpus, telling how far it is.
pub(super) async fn build(state: &State, args: Build) -> anyhow::Result<Built> {
    let at = state.now();
    let gate = state.gate().await?;
    let corpora = corpora(state)?;
    let (configuration, recipe) = match &args.after {
        Some(after) => as_made(corpora.open(&gate, after).await?.manifest())?,
        None => {
            let configured = &state.config.corpus;
            let shards = args.shards.unwrap_or(configured.shards).get();
            let slices = args.slices.unwrap_or(configured.slices).get();
            (Configuration::new(shards, slices)?, recipe::find(args.recipe.as_deref())?)
        }
    };
    if let Some(policy) = state.policy_in_force().await? {
        check_purpose(&policy, &args.purpose)?;
    }
    let request = BuildRequest {
        name: args.name,
        purpose: args.purpose,
        as_of: args.as_of.unwrap_or(at),
        lake_version: gate.lake_version().await?,
        facts: None,
        after: args.after,
        configuration,
        recipe,
    };
    let progress = Arc::new(Progress::of_unknown(&format!("building {}", request.name)));
    let told = Arc::clone(&progress);
    let corpora = corpora.with_progress(move |step| told.say(in_words(step)));
    Ok(corpora.build(&gate, &request, at).await?)
}

/// How a corpus was cut, and what was done to its texts.
fn as_made(manifest: &Manifest) -> anyhow::Result<(Configuration, Recipe)> {
    let cut = &manifest.configuration;
    Ok((Configuration::new(cut.shards, cut.slices)?, manifest.recipe.clone()))
}

fn in_words(step: Step) -> String {
    match step {
        Step::Registered => "registered; asking the gate".to_owned(),
        Step::Permitted => "permitted; writing".to_owned(),
        Step::Drafted { documents } => format!("{documents} documents written; describing"),
        Step::Described => "described; sealing".to_owned(),
        Step::Moved { to } => format!("a refusal came in; applying facts up to {to}"),
        Step::Sealed => "sealed; putting in place".to_owned(),
        Step::Placed | Step::Pointed => "in place; cleaning up".to_owned(),
        Step::Swept => "done".to_owned(),
    }
}

async fn list(state: &State) -> anyhow::Result<ListView> {
    let (corpora, gate) = (corpora(state)?, state.gate().await?);
    let mut listed = Vec::new();
    for name in corpora.names().await? {
        let overview = corpora.show(&gate, &name).await?;
        let last = overview.holders.last();
        listed.push(Listed {
            state: last.map_or("unregistered", |holder| holder.state.name()),
            is_behind: overview.holders.iter().any(|holder| holder.pending),
            purpose: overview.manifest.as_ref().map(|manifest| manifest.purpose.to_string()),
            documents: overview.manifest.as_ref().map(|manifest| manifest.documents.total().kept),
            after: overview.after,
            fault: overview.fault,
            name,
        });
    }
    Ok(ListView { corpora: listed })
}

#[derive(Serialize)]
struct ListView {
    corpora: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    purpose: Option<String>,
    state: &'static str,
    documents: Option<u64>,
    /// Whether a removal waits for it.
    is_behind: bool,
    /// The corpus that it goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Followed>,
    /// Why its files cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

impl View for ListView {
    fn write(&self, page: &mut Page) {
        let headings = ["corpus", "purpose", "state", "#documents", "removals", "goes on from"];
        let mut table = Table::new(headings);
        for one in &self.corpora {
            let purpose = one.purpose.clone().unwrap_or_else(|| "-".to_owned());
            let documents = one.documents.map_or("-".to_owned(), |count| count.to_string());
            let removals = if one.is_behind { "waiting" } else { "-" }.to_owned();
            let after = one.after.as_ref().map_or("-", |after| after.corpus.as_str());
            let (name, state) = (one.name.clone(), one.state.to_owned());
            table.row([name, purpose, state, documents, removals, after.to_owned()]);
        }
        page.table(&table);
        for fault in self.corpora.iter().filter_map(|one| one.fault.as_ref()) {
            page.paragraph(2, fault);
        }
    }
}

/// A corpus that was built.
#[derive(Serialize)]
pub(super) struct BuiltView {
    pub(super) is_sealed: bool,
    pub(super) manifest: Manifest,
}

impl View for BuiltView {
    fn write(&self, page: &mut Page) {
        let style = page.style();
        let state = if self.is_sealed { style.green("sealed") } else { style.red("not sealed") };
        page.line(format_args!("Corpus {} is {state}.", self.manifest.name));
        write_manifest(&self.manifest, page);
    }
}

#[derive(Serialize)]
struct ShowView {
    name: String,
    #[serde(flatten)]
    overview: Overview,
}

impl ShowView {
    /// How the command ends: nothing can be said of a corpus whose files cannot be read.
    fn exit(&self) -> Exit {
        if self.overview.fault.is_some() { Exit::Failure } else { Exit::Success }
    }
}

impl View for ShowView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("Corpus {}", self.name));
        for holder in &self.overview.holders {
            let applied = holder.applied.map_or("none".to_owned(), |applied| applied.to_string());
            let waits = if holder.pending { ", a removal waits for it" } else { "" };
            page.line(format_args!(
                "  holder {}: {}, applied facts up to {applied} of {}{waits}",
                holder.id, holder.state, self.overview.last_sequence
            ));
        }
        let Some(manifest) = &self.overview.manifest else {
            let fault = self.overview.fault.as_deref();
            return page.paragraph(2, fault.unwrap_or("It has not been sealed yet."));
        };
        write_manifest(manifest, page);
        write_files(manifest, page);
        write_history(manifest, page);
    }
}

/// Where a corpus comes from, and what became of every row.
fn write_manifest(manifest: &Manifest, page: &mut Page) {
    write_origin(manifest, page);
    page.heading("Rows: kept by the gate, and left out by the first reason");
    page.table(&by_table(&manifest.rows));
    page.blank();
    page.bars(&bars(&manifest.rows.total()));
    write_documents(manifest, page);
}

/// On what a corpus rests.
pub(super) fn write_origin(manifest: &Manifest, page: &mut Page) {
    let Manifest { facts, configuration: cut, .. } = manifest;
    let after = manifest.after.as_ref();
    let after =
        after.map(|after| format!(" (after {}, of `{}`)", after.lake_version, after.corpus));
    let shards = counted(cut.shards.into(), "shard", "shards");
    let slices = counted(cut.slices.into(), "slice", "slices");
    page.fields(&[
        ("purpose", manifest.purpose.to_string()),
        ("policy", format!("{} ({})", manifest.policy_version, manifest.policy.short())),
        ("facts", format!("permissions up to {}, refusals up to {}", facts.from, facts.to)),
        ("as of", manifest.as_of.to_string()),
        ("lake version", format!("{}{}", manifest.lake_version, after.unwrap_or_default())),
        ("cut", format!("{shards} of {slices}")),
    ]);
}

/// What became of the rows that the gate kept.
pub(super) fn write_documents(manifest: &Manifest, page: &mut Page) {
    let documents = manifest.documents.total();
    page.heading("Documents: what became of the rows that were kept");
    let kept = Bar { label: "in the corpus".to_owned(), count: documents.kept, is_kept: true };
    let left_out = documents.left_out.iter().map(|(reason, count)| Bar {
        label: left_out_in_words(*reason),
        count: *count,
        is_kept: false,
    });
    page.bars(&std::iter::once(kept).chain(left_out).collect::<Vec<_>>());
    let masks = counted(documents.masks, "name", "names");
    page.line(format_args!("  masked in them: {masks} of others"));
    if !documents.languages.is_empty() {
        let languages = documents.languages.iter().map(|(tag, count)| format!("{tag} {count}"));
        page.line(format_args!("  by language: {}", languages.collect::<Vec<_>>().join(", ")));
    }
    if !documents.normalised.is_empty() {
        let rules = documents.normalised.iter().map(|(rule, places)| format!("{rule} {places}"));
        page.line(format_args!("  made clean: {}", rules.collect::<Vec<_>>().join(", ")));
    }
    if !documents.redacted.is_empty() {
        page.line(format_args!("  {}", redacted_in_words(&documents.redacted)));
    }
}

/// How much personal data was replaced, kind by kind.
pub(super) fn redacted_in_words(redacted: &BTreeMap<Kind, u64>) -> String {
    let words = redacted.iter().map(|(kind, places)| match kind {
        Kind::Email => counted(*places, "e-mail address", "e-mail addresses"),
        Kind::Phone => counted(*places, "telephone number", "telephone numbers"),
        Kind::Iban => counted(*places, "IBAN", "IBANs"),
        Kind::Card => counted(*places, "card number", "card numbers"),
        Kind::Ip => counted(*places, "IP address", "IP addresses"),
        Kind::UrlToken => counted(*places, "token in a URL", "tokens in URLs"),
        Kind::Url => counted(*places, "URL", "URLs"),
        Kind::PostalAddress => counted(*places, "postal address", "postal addresses"),
    });
    format!("replaced: {}", words.collect::<Vec<_>>().join(", "))
}

pub(super) fn left_out_in_words(reason: LeftOut) -> String {
    match reason {
        LeftOut::NoDocument => "no text".to_owned(),
        reason => reason.code().replacen('-', " ", 1),
    }
}

fn write_files(manifest: &Manifest, page: &mut Page) {
    page.heading("Files");
    let mut table = Table::new(["split", "#files", "#documents", "#bytes"]);
    for split in ::corpus::Split::ALL {
        let files: Vec<_> = manifest.files.iter().filter(|file| file.split == *split).collect();
        let documents: u64 = files.iter().map(|file| file.rows).sum();
        let bytes: u64 = files.iter().map(|file| file.bytes).sum();
        let counts = [files.len() as u64, documents, bytes].map(|count| count.to_string());
        let [files, documents, bytes] = counts;
        table.row([split.to_string(), files, documents, bytes]);
    }
    page.table(&table);
}

fn write_history(manifest: &Manifest, page: &mut Page) {
    page.heading("Releases");
    let mut table =
        Table::new(["at", "#up to fact", "#removed", "#redacted", "#promoted", "#files rewritten"]);
    for released in &manifest.history {
        table.row([
            released.at.to_string(),
            released.to.to_string(),
            released.rows_removed.to_string(),
            released.rows_redacted.to_string(),
            released.rows_promoted.to_string(),
            released.rewritten.len().to_string(),
        ]);
    }
    page.table(&table);
}

#[derive(Serialize)]
struct DiscardedView {
    discarded: String,
}

impl View for DiscardedView {
    fn write(&self, page: &mut Page) {
        page.line(format_args!(
            "Corpus {} is deleted, and its holders are retired.",
            self.discarded
        ));
    }
}

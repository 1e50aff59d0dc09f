use ::elsewhere::ElsewhereError;
use anyhow::Context;
use audit::{AuditInput, Checked, Code, Findings, HolderInput};
use serde::Serialize;

use super::holder::{corpora, elsewhere};
use crate::{
    exit::Exit,
    output::{Page, Table, View, counted},
    progress::Progress,
    state::State,
};

/// Findings that are shown to people.
const SHOWN: usize = 20;

/// Looks at a corpus from outside.
pub(super) async fn verify(state: &State, name: &str) -> anyhow::Result<VerifyView> {
    let _progress = Progress::of_unknown("checking from outside");
    let corpus = state.corpora_folder().join(name);
    let is_there = corpus.is_dir() || corpora(state)?.is_sealed(name).await?;
    anyhow::ensure!(is_there, "there is no corpus `{name}` (hint: `zweck corpus list`)");
    let open = state.store.check_open();
    open.with_context(|| format!("without all facts nothing can be told of the corpus `{name}`"))?;
    let lake = state.config.lake.audited(state.folder());
    let input = AuditInput { store: state.facts.audited(), lake, corpus };
    let found = audit::verify(&input).await;
    let found = found.with_context(|| format!("checking the corpus `{name}`"))?;
    // without its manifest nothing can be read of a corpus
    let helps = match found.by_code().contains_key(&Code::ManifestUnreadable) {
        true => corpora(state)?.fault(name).await?,
        false => None,
    };
    Ok(VerifyView { name: name.to_owned(), helps, found })
}

/// Looks from outside at what a holder elsewhere was given and showed.
pub(super) async fn verify_holder(state: &State, name: &str) -> anyhow::Result<VerifyView> {
    let _progress = Progress::of_unknown("checking from outside");
    // an unknown one is told as such
    let known = elsewhere(state)?.show(name).await;
    if let Err(error @ ElsewhereError::Unknown { .. }) = known {
        return Err(error.into());
    }
    let input = HolderInput {
        store: state.facts.audited(),
        holder: state.holders_folder().join(name),
        corpora: state.corpora_folder(),
    };
    let found = audit::verify_holder(&input).await;
    let found = found.with_context(|| format!("checking the holder `{name}`"))?;
    Ok(VerifyView { name: name.to_owned(), helps: None, found })
}

/// What was found, and what was looked at.
#[derive(Serialize)]
pub(super) struct VerifyView {
    name: String,
    /// What is told to people beside the findings.
    #[serde(skip)]
    helps: Option<String>,
    #[serde(flatten)]
    found: Findings,
}

impl VerifyView {
    /// How a check ends that found this.
    pub(super) fn exit(&self) -> Exit {
        if self.found.has_violations() { Exit::Found } else { Exit::Success }
    }
}

impl View for VerifyView {
    fn write(&self, page: &mut Page) {
        let style = page.style();
        page.line(match (self.found.is_clean(), self.found.has_violations()) {
            (true, _) => format!("  {}: {}", self.name, style.green("nothing found")),
            (false, false) => format!("  {}: {}", self.name, style.yellow("only what is pending")),
            (false, true) => format!("  {}: {}", self.name, style.red("there is what must not be")),
        });
        if !self.found.is_clean() {
            let mut table = Table::new(["severity", "code", "where", "what"]);
            for one in self.found.findings.iter().take(SHOWN) {
                let (severity, code) = (one.severity.to_string(), one.code.to_string());
                table.row([severity, code, one.place.to_string(), one.what.clone()]);
            }
            page.table(&table);
            let all: u64 = self.found.by_code().values().sum();
            let shown = self.found.findings.len().min(SHOWN) as u64;
            if all > shown {
                page.line(format_args!("  … and {} more; --json lists them", all - shown));
            }
            if let Some(helps) = &self.helps {
                page.paragraph(2, helps);
            }
        }
        write_checked(&self.found.checked, page);
    }
}

/// What was looked at, so that finding nothing means something.
fn write_checked(checked: &Checked, page: &mut Page) {
    let Checked {
        facts,
        members,
        policies: _,
        permits,
        removals,
        files,
        lake_files,
        rows,
        lake_rows,
        mentions,
        patterns,
        masks,
    } = checked;
    let permits = counted(*permits, "permit", "permits");
    let files = counted(*files, "file", "files");
    let documents = counted(*rows, "document", "documents");
    page.fields(&[
        (
            "replayed",
            [
                counted(*facts, "fact", "facts"),
                counted(*members, "member", "members"),
                counted(*removals, "removal", "removals"),
            ]
            .join(", "),
        ),
        (
            "decided again",
            [counted(*lake_rows, "row of the lake", "rows of the lake"), permits].join(", "),
        ),
        (
            "read",
            [
                files,
                documents,
                counted(*masks, "masked name", "masked names"),
                counted(*lake_files, "file of the lake", "files of the lake"),
            ]
            .join(", "),
        ),
        (
            "looked for",
            [
                counted(*patterns, "name or address", "names and addresses"),
                counted(*mentions, "mention", "mentions"),
            ]
            .join(", "),
        ),
    ]);
}

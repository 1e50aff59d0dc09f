use std::path::Path;

use ::policy::{Instant, Sequence};
use corpus::Manifest;
use serde::Serialize;
use sources::Report;
use testkit::Network;

use super::{
    CORPUS, Documents, PURPOSE, SOURCE,
    facts::{Rules, Said},
    folder,
    person::Person,
};
use crate::{
    args::Demo,
    commands::{
        corpus::{write_documents, write_origin},
        gate::ReportView,
        removal::RunView,
        verify::VerifyView,
    },
    output::{Output, Page, View},
};

/// What the gate puts in the place of a name.
const MASK: &str = gate::NAME_MASK;
/// No quoted document is longer, in characters.
const QUOTED: usize = 300;

/// Tells people what the demo does, step by step.
pub(super) struct Told<'a> {
    output: &'a mut Output,
    step: u32,
}

impl<'a> Told<'a> {
    pub(super) fn new(output: &'a mut Output) -> Self {
        Self { output, step: 0 }
    }

    pub(super) fn opening(&mut self, args: &Demo, start: Instant) -> anyhow::Result<()> {
        self.output.page(|page| {
            page.heading("Zweck: data is used the way its owners were promised");
            page.paragraph(0, format_args!(
                "A made-up network of {} members, in {}. The clock stands at {}; everything below \
                 is really done, by the same code as every other command.",
                args.members,
                args.keep.display(),
                start.day()
            ));
        })
    }

    pub(super) fn network(&mut self, network: &Network, report: &Report) -> anyhow::Result<()> {
        let total = report.total();
        self.next("Rows come in", |page| {
            page.fields(&[
                ("members", network.members().len().to_string()),
                ("rows read", total.read.to_string()),
                ("in the lake", (total.accepted + total.replaced).to_string()),
                ("dropped unread", sealed_in_words(report)),
                (
                    "refused",
                    format!("{} lines that are no events:", total.refused.values().sum::<u64>()),
                ),
            ]);
            for row in &report.refused_rows {
                let file = row.file.rsplit('/').next().unwrap_or(&row.file);
                let hint = row.hint.as_deref().map_or(String::new(), |hint| format!(" ({hint})"));
                page.paragraph(4, format_args!("{file}:{}: {}{hint}", row.line, row.reason));
            }
        })
    }

    pub(super) fn rules(&mut self, rules: &Rules) -> anyhow::Result<()> {
        self.next("Rules are put in force", |page| {
            page.paragraph(
                2,
                format_args!(
                    "{} documents and {} announcements are on record.",
                    rules.documents, rules.notices
                ),
            );
            for applied in &rules.applied {
                page.blank();
                applied.write(page);
            }
        })
    }

    pub(super) fn choices(&mut self, said: &Said) -> anyhow::Result<()> {
        self.next("Members have said what they want", |page| {
            page.fields(&[
                ("object to generative AI", said.objections),
                ("keep their comments out", said.narrow),
                ("agree to partner ads", said.consents),
            ]);
            page.paragraph(2, "Each choice was on disk before it was acknowledged.");
        })
    }

    pub(super) fn report(&mut self, report: &ReportView) -> anyhow::Result<()> {
        self.next("The gate counts what may be used, and why the rest may not", |page| {
            report.write(page);
        })
    }

    pub(super) fn built(&mut self, manifest: &Manifest) -> anyhow::Result<()> {
        self.next("A training set is built from what may be used", |page| {
            write_origin(manifest, page);
            write_documents(manifest, page);
        })
    }

    pub(super) fn verified(&mut self, found: &VerifyView) -> anyhow::Result<()> {
        self.next("It is checked from outside, by code that shares nothing with the rest", |page| {
            found.write(page);
        })
    }

    pub(super) fn objection(&mut self, person: &Person, fact: Sequence) -> anyhow::Result<()> {
        self.next("Somebody says no", |page| {
            page.paragraph(
                2,
                format_args!(
                    "{} ({SOURCE}:{}, member #{}, {}) objects to {PURPOSE}. It is fact {fact}; a \
                 removal starts with it. Others wrote about {} too.",
                    person.name, person.external, person.number, person.region, person.name
                ),
            );
        })
    }

    pub(super) fn removal(
        &mut self,
        person: &Person,
        run: &RunView,
        (before, after): (&Documents, &Documents),
    ) -> anyhow::Result<()> {
        let changed = Changes::between(before, after, &person.name);
        self.next("The corpus follows", |page| {
            run.write(page);
            page.blank();
            page.fields(&[
                ("documents that went", changed.gone),
                ("documents of others in which the name is masked now", changed.masked),
                ("documents that took the place of a duplicate", changed.promoted),
                ("documents in which the name still stands", changed.left),
            ]);
            if let Some((old, new)) = changed.example {
                quote(page, "before", old, &person.name);
                quote(page, "after", new, MASK);
            }
        })
    }

    pub(super) fn closing(
        self,
        (keep, start): (&Path, Instant),
        person: &Person,
        (before, after): (&Documents, &Documents),
        seconds: f64,
    ) -> anyhow::Result<()> {
        let changed = Changes::between(before, after, &person.name);
        self.output.show(&Closing {
            state: folder::state_in(keep).display().to_string(),
            // The objection came an hour after the start.
            day_after: start.day().plus_days(1).to_string(),
            corpus: CORPUS,
            objector: format!("{SOURCE}:{}", person.external),
            documents_before: before.len(),
            documents_after: after.len(),
            masked: changed.masked,
            left: changed.left,
            seconds: seconds.round(),
        })
    }

    fn next(&mut self, title: &str, write: impl FnOnce(&mut Page)) -> anyhow::Result<()> {
        self.step += 1;
        let step = self.step;
        self.output.page(|page| {
            page.blank();
            let title = page.style().bold(&format!("── {step}. {title}"));
            page.line(title);
            write(page);
        })
    }
}

/// What became of the documents.
struct Changes<'a> {
    gone: usize,
    promoted: usize,
    masked: usize,
    left: usize,
    /// The shortest document that changed, before and after.
    example: Option<(&'a str, &'a str)>,
}

impl<'a> Changes<'a> {
    fn between(before: &'a Documents, after: &'a Documents, name: &str) -> Self {
        let changed = || {
            let pairs = before.iter().filter_map(|(id, old)| Some((old, after.get(id)?)));
            pairs.filter(|(old, new)| old != new)
        };
        let example = changed().min_by_key(|(old, _)| old.len());
        Self {
            gone: before.keys().filter(|id| !after.contains_key(id)).count(),
            promoted: after.keys().filter(|id| !before.contains_key(id)).count(),
            masked: changed().count(),
            left: after.values().filter(|text| text.contains(name)).count(),
            example: example.map(|(old, new)| (old.as_str(), new.as_str())),
        }
    }
}

/// How the demo ended, and what there is to try.
#[derive(Serialize)]
struct Closing {
    state: String,
    /// The first day on which everything has happened.
    day_after: String,
    corpus: &'static str,
    objector: String,
    documents_before: usize,
    documents_after: usize,
    /// Documents of others in which the objector's name is masked.
    masked: usize,
    /// Documents in which it still stands.
    left: usize,
    seconds: f64,
}

impl View for Closing {
    fn write(&self, page: &mut Page) {
        let Self { state, day_after: at, corpus, objector, seconds, .. } = self;
        page.blank();
        page.heading(format_args!("Done in {seconds} seconds. What to try next:"));
        page.line(format_args!("  export ZWECK_STATE={state}"));
        page.line(format_args!(
            "  zweck --at {at} gate explain --member {objector} --purpose {PURPOSE}"
        ));
        page.line(format_args!("  zweck member show {objector}"));
        page.line("  zweck removal list --all");
        page.line(format_args!("  zweck corpus show {corpus}"));
        page.line(format_args!("  zweck corpus verify {corpus}"));
        page.line("  zweck policy show");
    }
}

fn sealed_in_words(report: &Report) -> String {
    let sealed = report.sealed.iter().map(|(category, rows)| format!("{rows} {category}"));
    sealed.collect::<Vec<_>>().join(", ")
}

/// Quotes a document around a word.
fn quote(page: &mut Page, label: &str, text: &str, word: &str) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = text.find(word).unwrap_or(0);
    let from = text.get(..place).map_or(0, |before| before.chars().count());
    let start = from.saturating_sub(QUOTED / 2);
    let shown: String = text.chars().skip(start).take(QUOTED).collect();
    let (left, right) = (start > 0, text.chars().count() > start + QUOTED);
    let (left, right) = (if left { "…" } else { "" }, if right { "…" } else { "" });
    page.blank();
    page.line(page.style().dim(&format!("  {label}")));
    let marked = shown.replace(word, &page.style().yellow(word));
    page.paragraph(4, format_args!("{left}{marked}{right}"));
}

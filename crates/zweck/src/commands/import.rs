use std::{
    fs::{File, OpenOptions},
    io::{BufReader, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use sources::{
    ArchiveReport, BundestagSource, Declaration, LinkedInOptions, LinkedInSource, NdjsonSource,
    Options, Outcomes, Report, Source, StackExchangeSource, import,
};

use super::{lake::compact_if_needed, removal::write_waiting};
use crate::{
    args::{Format, Global, Import, Scope},
    clock::Stopwatch,
    exit::Exit,
    memory,
    output::{Output, Page, Table, View, counted},
    progress::Progress,
    state::State,
};

/// The source of events, where none is named.
pub(super) const PLATFORM: &str = "platform";
/// The source of plenary protocols, where none is named: ids of speakers are the same in all.
const BUNDESTAG: &str = "bundestag";

/// Runs `zweck import`.
pub(super) async fn run(
    global: &Global,
    args: &Import,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let declaration = args.declare.as_deref().map(Declaration::read).transpose()?;
    let sources = args.paths.iter().map(|path| open(path, args)).collect::<Result<Vec<_>, _>>()?;
    if let Some(file) = &args.refused {
        check_refused(file, &args.paths)?;
    }
    let state = State::open_or_make(global).await?;
    let mut reports = Vec::new();
    for mut source in sources {
        reports.push(import_one(&state, source.as_mut(), declaration.as_ref()).await?);
    }
    if let Some(file) = &args.refused {
        write_refused(file, &reports).with_context(|| format!("writing `{}`", file.display()))?;
    }
    let view = finish(&state, reports).await?;
    let is_complete = view.reports.iter().all(|report| report.total().refused.is_empty());
    output.show(&view)?;
    Ok(if is_complete { Exit::Success } else { Exit::RowsRefused })
}

/// Imports one source, with progress.
pub(super) async fn import_one(
    state: &State,
    source: &mut dyn Source,
    declaration: Option<&Declaration>,
) -> anyhow::Result<Report> {
    let (lake, keys) = (state.lake().await?, state.keys()?);
    let progress =
        Progress::of_bytes(&format!("importing {}", source.name()), source.total_bytes());
    let options = Options {
        declaration,
        batch_rows: state.config.import.batch_rows.get(),
        join_files: state.config.lake.compact_at_files,
        at: state.now(),
    };
    let mut show = |step: sources::Progress| progress.set(step.bytes_read);
    Ok(import(source, &lake, &state.store, &keys.sources, options, &mut show).await?)
}

fn open(path: &Path, args: &Import) -> anyhow::Result<Box<dyn Source>> {
    let is_dump = || path.join("Users.xml").exists();
    let usual = || match () {
        () if is_dump() => Format::StackExchange,
        () if LinkedInSource::is_archive(path) => Format::LinkedIn,
        () if BundestagSource::recognises(path) => Format::Bundestag,
        () => Format::Ndjson,
    };
    let name = args.source.as_deref();
    let format = args.format.unwrap_or_else(usual);
    if format != Format::LinkedIn
        && (args.member.is_some() || args.made.is_some() || args.scope.is_some())
    {
        bail!(
            "`{}` is no archive of a member, so --member, --made and --scope say nothing about it \
             (hint: --format linkedin)",
            path.display()
        );
    }
    Ok(match format {
        Format::LinkedIn => {
            let options = LinkedInOptions {
                source: name,
                member: args.member.as_deref(),
                made: args.made,
                is_complete: args.scope.map(|scope| scope == Scope::Complete),
            };
            Box::new(LinkedInSource::open(path, options)?)
        }
        Format::StackExchange => {
            // Sources of dumps are named by their site.
            let site = name.map(|name| name.strip_prefix("stack-exchange:").unwrap_or(name));
            Box::new(StackExchangeSource::open(path, site)?)
        }
        Format::Bundestag => Box::new(BundestagSource::open(name.unwrap_or(BUNDESTAG), path)?),
        Format::Ndjson if path == Path::new("-") => {
            let stdin = Box::new(BufReader::new(std::io::stdin()));
            Box::new(NdjsonSource::from_reader(name.unwrap_or(PLATFORM), "standard input", stdin)?)
        }
        Format::Ndjson => Box::new(NdjsonSource::open(name.unwrap_or(PLATFORM), path)?),
    })
}

/// Finds who is named where in what came in, and looks at what is waiting.
async fn finish(state: &State, reports: Vec<Report>) -> anyhow::Result<ImportView> {
    memory::give_back();
    let stopwatch = Stopwatch::start();
    let _progress = Progress::of_unknown("finding who is named where, and what rows reveal");
    let resolved = state.gate().await?.resolve_mentions(state.now()).await?;
    tracing::info!(seconds = stopwatch.seconds(), "resolved mentions");
    memory::give_back();
    compact_if_needed(state).await?;
    Ok(ImportView {
        reports,
        mentions_found: resolved.mentions,
        sensitive_found: resolved.sensitive,
        open_removals: usize::try_from(state.store.open_removals_count().await?)?,
        refused_shown: state.config.import.refused_shown,
    })
}

/// Refused rows have to be written somewhere, and not over what is being imported.
pub(super) fn check_refused(file: &Path, inputs: &[PathBuf]) -> anyhow::Result<()> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .with_context(|| format!("opening `{}` for refused rows", file.display()))?;
    let place = file.canonicalize()?;
    for input in inputs.iter().filter_map(|input| input.canonicalize().ok()) {
        ensure!(
            !place.starts_with(&input),
            "`{}` is being imported: refused rows would be written over it",
            file.display()
        );
    }
    Ok(())
}

fn write_refused(file: &Path, reports: &[Report]) -> anyhow::Result<()> {
    let mut file = std::io::BufWriter::new(File::create(file)?);
    for row in reports.iter().flat_map(|report| &report.refused_rows) {
        serde_json::to_writer(&mut file, row)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

#[derive(Serialize)]
struct ImportView {
    reports: Vec<Report>,
    mentions_found: u64,
    sensitive_found: u64,
    open_removals: usize,
    #[serde(skip)]
    refused_shown: usize,
}

impl View for ImportView {
    fn write(&self, page: &mut Page) {
        for report in &self.reports {
            write_report(report, self.refused_shown, page);
        }
        page.blank();
        write_found(self.mentions_found, self.sensitive_found, page);
        write_waiting(self.open_removals, page);
    }
}

/// What a look at the rows that came in has found.
pub(super) fn write_found(mentions: u64, sensitive: u64, page: &mut Page) {
    let mentions = counted(mentions, "mention", "mentions");
    match sensitive {
        0 => page.line(format_args!("Found: {mentions} of members.")),
        rows => {
            let rows = counted(rows, "row that reveals", "rows that reveal");
            page.line(format_args!(
                "Found: {mentions} of members, {rows} special categories of data."
            ));
        }
    }
}

fn write_report(report: &Report, refused_shown: usize, page: &mut Page) {
    page.heading(format_args!("Import of {}", report.source));
    write_outcomes(report, (refused_shown, "--refused FILE"), page);
}

/// What became of every row, and the first that were refused; `all` says what lists all of them.
pub(super) fn write_outcomes(
    report: &Report,
    (refused_shown, all): (usize, &str),
    page: &mut Page,
) {
    page.table(&outcomes(report));
    page.line(format_args!(
        "  {}, {} known; lake version {} → {}",
        counted(report.members_new, "new member", "new members"),
        report.members_known,
        report.lake_version_before,
        report.lake_version_after
    ));
    if let Some(declaration) = &report.declaration {
        let short = declaration.get(..12).unwrap_or(declaration);
        page.line(format_args!("  gaps filled by declaration {short}"));
    }
    if !report.sealed.is_empty() {
        let sealed: Vec<_> =
            report.sealed.iter().map(|(category, rows)| format!("{rows} {category}")).collect();
        page.paragraph(2, format_args!("dropped unread: {}", sealed.join(", ")));
    }
    if let Some(archive) = &report.archive {
        write_archive(archive, page);
    }
    let refused: u64 = report.total().refused.values().sum();
    if refused > 0 {
        page.heading(format_args!("Refused rows: {refused}"));
        let mut table = Table::new(["place", "reason", "hint"]);
        for row in report.refused_rows.iter().take(refused_shown) {
            let place = format!("{}:{}", row.file, row.line);
            table.row([place, row.reason.to_owned(), row.hint.clone().unwrap_or_default()]);
        }
        page.table(&table);
        let shown = report.refused_rows.len().min(refused_shown) as u64;
        if refused > shown {
            page.line(format_args!("  … and {} more; {all} lists them", refused - shown));
        }
    }
}

fn write_archive(archive: &ArchiveReport, page: &mut Page) {
    let gone: u64 = archive.gone.values().sum();
    let parts: Vec<_> = archive.gone.iter().map(|(part, rows)| format!("{rows} {part}")).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let gone = counted(gone, "row", "rows");
    page.line(format_args!(
        "  archive of {}: {gone} gone since the one before{parts}",
        archive.made
    ));
    if !archive.not_compared.is_empty() {
        let left = archive.not_compared.join(", ");
        page.paragraph(
            2,
            format_args!("left as it was, as the archive does not say all of it: {left}"),
        );
    }
}

fn outcomes(report: &Report) -> Table {
    let mut table = Table::new([
        "rows of",
        "#read",
        "#new",
        "#known",
        "#replaced",
        "#superseded",
        "#refused",
        "#sealed",
        "#no place",
    ]);
    let mut add = |name: &str, outcomes: &Outcomes| {
        let refused: u64 = outcomes.refused.values().sum();
        let counts = [
            outcomes.read,
            outcomes.accepted,
            outcomes.unchanged,
            outcomes.replaced,
            outcomes.superseded,
            refused,
            outcomes.sealed,
            outcomes.no_place,
        ];
        let [read, new, known, replaced, superseded, refused, sealed, no_place] =
            counts.map(|count| count.to_string());
        let name = name.to_owned();
        table.row([name, read, new, known, replaced, superseded, refused, sealed, no_place]);
    };
    for (name, outcomes) in &report.tables {
        add(name, outcomes);
    }
    add("all", &report.total());
    table
}

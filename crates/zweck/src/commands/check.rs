//! Checks a data set that exists already.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use anyhow::{Context, bail, ensure};
use check::{
    Choices, Columns, DataSet, Field, Judge, Judged, Rules, Said, SaidScope, Summary, Told,
};
use policy::{Category, Policy, Purpose, Reason};
use serde::Serialize;
use sources::{Declaration, Kind};

use super::{
    choices::{Lines, Understood},
    policy::Named,
};
use crate::{
    args::{Check, Global, ItemReference, MemberReference},
    clock::Clock,
    exit::Exit,
    output::{Bar, Output, Page, Table, View, counted, with_separators},
    progress::Progress,
    state::check_purpose,
};

/// Refused rows that are listed for people, if they do not say how many.
const SHOWN: u64 = 20;
/// Files that are named to people when they cannot be read.
const FILES_NAMED: usize = 10;
/// Lines of choices that are named when they cannot be read.
const LINES_NAMED: usize = 10;

/// Runs `zweck check`.
pub(super) async fn run(
    global: &Global,
    args: &Check,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let policy = Named::find(global, &args.policy).await?.parse()?;
    let rules = rules(global, args, policy)?;
    let choices = args.choices.as_deref().map(|file| read_choices(file, &rules.policy));
    let choices = choices.transpose()?.unwrap_or_default();
    let dataset = DataSet::find(&args.dataset)?;
    let mut judge = Judge::new(rules, choices);
    let mut listing = Listing {
        progress: Progress::of_bytes("checking", dataset.bytes()),
        limit: args.limit.unwrap_or(if global.json { u64::MAX } else { SHOWN }),
        is_json: global.json,
        listed: 0,
        table: Table::new(["place", "author", "reasons"]),
        output,
        ended: Ok(()),
    };
    let tell: &mut dyn FnMut(Told<'_>) = &mut |told| listing.take(told);
    let summary =
        tokio::task::block_in_place(|| check::check(&dataset, &columns(args), &mut judge, tell));
    let Listing { table, listed, ended, output, .. } = listing;
    ended?;
    let view = CheckView::new(judge.rules(), summary, table, listed);
    if global.json {
        output.write(&line(&serde_json::json!({ "summary": view }))?)?;
    } else {
        output.show(&view)?;
    }
    Ok(exit(&view.summary))
}

/// A file that could not be read, or is in no format that is, outweighs what the others hold:
/// nobody knows what it holds.
fn exit(summary: &Summary) -> Exit {
    match summary.rows_refused() {
        _ if !summary.failed.is_empty() => Exit::Failure,
        0 => Exit::Success,
        _ => Exit::Found,
    }
}

fn rules(global: &Global, args: &Check, policy: Policy) -> anyhow::Result<Rules> {
    let purpose = match (&args.purpose, policy.purposes.len()) {
        (Some(purpose), _) => purpose.clone(),
        (None, 1) => policy.purposes.keys().next().cloned().context("the policy is empty")?,
        (None, _) => {
            let known: Vec<_> = policy.purposes.keys().map(Purpose::as_str).collect();
            bail!("which purpose is meant? (hint: `--purpose` with {})", known.join(", "));
        }
    };
    let clock = global.at.map_or(Clock::System, Clock::Fixed);
    let rules = Rules {
        policy,
        purpose,
        as_of: args.as_of.unwrap_or_else(|| clock.now()),
        declaration: args.declare.as_deref().map(Declaration::read).transpose()?,
        documents: args.documents.clone(),
        category: args.category,
        categories: categories(),
        source: args.source.clone(),
    };
    rules.check()?;
    Ok(rules)
}

/// The words for kinds of data: categories, what events call rows, and what the lake calls items.
fn categories() -> BTreeMap<String, Category> {
    let of_categories = Category::ALL.iter().map(|one| (one.name(), *one));
    let of_events = Kind::ALL.iter().map(|kind| (kind.name(), kind.category()));
    let of_items = lake::ItemKind::ALL.iter().map(|kind| (kind.name(), kind.category()));
    let all = of_categories.chain(of_events).chain(of_items);
    all.map(|(word, category)| (word.to_owned(), category)).collect()
}

fn columns(args: &Check) -> Columns {
    let mut columns = Columns::of_author(&args.author);
    let others = [
        (Field::Item, &args.item),
        (Field::Kind, &args.kind),
        (Field::Region, &args.region),
        (Field::Age, &args.age),
        (Field::Status, &args.status),
        (Field::Visibility, &args.visibility),
        (Field::Created, &args.created),
        (Field::ContentUsage, &args.content_usage),
    ];
    for (field, path) in others {
        columns.set(field, path.clone());
    }
    columns
}

/// Reads every choice. One that cannot be read may be the objection that counts, so nothing is
/// checked without it; a file without any looks like one whose making failed.
fn read_choices(file: &Path, policy: &Policy) -> anyhow::Result<Choices> {
    let (mut choices, mut wrong, mut is_empty) = (Choices::default(), Vec::new(), true);
    Lines::of_file(file)?.each(|line, read| {
        is_empty = false;
        let said = read.and_then(|understood| said(understood, policy));
        match said {
            Ok(said) => choices.add(said),
            Err(why) => wrong.push(format!("{}:{line}: {why}", file.display())),
        }
    });
    if wrong.is_empty() {
        let hint = "`--no-choices` if nobody has said anything";
        ensure!(!is_empty, "`{}` holds no choice (hint: {hint})", file.display());
        return Ok(choices);
    }
    let more = wrong.len().saturating_sub(LINES_NAMED);
    wrong.truncate(LINES_NAMED);
    if more > 0 {
        wrong.push(format!("{}: and {}", file.display(), counted(more as u64, "line", "lines")));
    }
    bail!("{}", wrong.join("\n"))
}

fn said(understood: Understood, policy: &Policy) -> Result<Said, String> {
    let Understood { member, purpose, answer, category, item, said_at, .. } = understood;
    check_purpose(policy, &purpose).map_err(|error| error.to_string())?;
    let member = match member {
        MemberReference::Number(number) => format!("#{number}"),
        MemberReference::External(reference) => reference,
    };
    let scope = match (category, item) {
        (Some(category), _) => SaidScope::Category(category),
        (None, Some(ItemReference::Id(id))) => SaidScope::Item(format!("#{id}"), None),
        (None, Some(ItemReference::External(kind, external))) => {
            SaidScope::Item(format!("{kind}:{external}"), Some(kind.category()))
        }
        (None, None) => SaidScope::Everything,
    };
    let said_at = said_at.ok_or("`said_at` is missing: a choice keeps its instant")?;
    Ok(Said { member, purpose, scope, answer, said_at })
}

/// Takes what a check tells: rows as lines of JSON at once, or the first of them for a table.
struct Listing<'a> {
    progress: Progress,
    limit: u64,
    is_json: bool,
    listed: u64,
    table: Table,
    output: &'a mut Output,
    ended: anyhow::Result<()>,
}

/// One refused row for machines.
#[derive(Serialize)]
struct RefusedRow<'a> {
    file: &'a str,
    row: u64,
    author: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<&'a str>,
}

impl Listing<'_> {
    fn take(&mut self, told: Told<'_>) {
        match told {
            Told::Progress(bytes) => self.progress.set(bytes),
            // Told once more at the end, with all that failed.
            Told::Failed(_) => {}
            Told::Refused { .. } if self.listed >= self.limit => {}
            Told::Refused { file, row, author, judged } => {
                self.listed += 1;
                let (reasons, unreadable) = match judged {
                    Judged::Reasons(reasons) => (reasons.iter().map(Reason::name).collect(), None),
                    Judged::Unreadable(why) => (Vec::new(), Some(why)),
                };
                self.list(&RefusedRow { file, row, author, reasons, unreadable });
            }
        }
    }

    fn list(&mut self, refused: &RefusedRow<'_>) {
        if self.is_json {
            let written = line(refused).and_then(|line| self.output.write(&line));
            if self.ended.is_ok() {
                self.ended = written;
            }
            return;
        }
        let RefusedRow { file, row, author, reasons, unreadable } = refused;
        let why = unreadable.map_or_else(|| reasons.join(", "), |why| format!("unreadable: {why}"));
        let author = author.unwrap_or("nobody").to_owned();
        self.table.row([format!("{file}:{row}"), author, why]);
    }
}

fn line(value: &impl Serialize) -> anyhow::Result<String> {
    let mut text = serde_json::to_string(value).context("serialising the output")?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct CheckView {
    purpose: String,
    as_of: String,
    policy: String,
    declaration: Option<String>,
    #[serde(flatten)]
    summary: Summary,
    #[serde(skip)]
    table: Table,
    #[serde(skip)]
    listed: u64,
}

impl View for CheckView {
    fn write(&self, page: &mut Page) {
        let Self { purpose, as_of, policy, summary, .. } = self;
        let refused = summary.rows_refused();
        page.heading(format_args!("May these rows be used for {purpose}?"));
        page.line(format_args!("  as of {as_of}, under policy {policy}"));
        if let Some(declaration) = &self.declaration {
            let short = declaration.get(..12).unwrap_or(declaration);
            page.line(format_args!("  gaps filled by declaration {short}"));
        }
        if refused > 0 {
            page.heading("Rows that must not be there");
            page.table(&self.table);
            if refused > self.listed {
                let more = refused - self.listed;
                let more = with_separators(more);
                page.line(format_args!("  … and {more} more; --limit COUNT or --json lists them"));
            }
        }
        page.heading("Clean, and refused by the first reason");
        page.bars(&self.bars());
        self.write_notes(page);
        for failed in summary.failed.iter().take(FILES_NAMED) {
            page.blank();
            page.paragraph(0, format_args!("Not read to its end: {}: {}", failed.file, failed.why));
        }
        if let Some(more) = summary.failed.len().checked_sub(FILES_NAMED).filter(|more| *more > 0) {
            let more = counted(more as u64, "more file", "more files");
            page.line(format_args!("  … and {more}; --json lists them"));
        }
        page.blank();
        let (rows, files) = (counted(summary.rows, "row", "rows"), summary.files);
        let files = counted(files, "file", "files");
        page.line(match refused {
            _ if !summary.failed.is_empty() => "Not every file could be read.".to_owned(),
            0 => format!("Every row may be there: {rows} in {files}."),
            1 => format!("1 of {rows} in {files} must not be there."),
            _ => format!("{} of {rows} in {files} must not be there.", with_separators(refused)),
        });
    }
}

impl CheckView {
    fn new(rules: &Rules, summary: Summary, table: Table, listed: u64) -> Self {
        Self {
            purpose: rules.purpose.to_string(),
            as_of: rules.as_of.to_string(),
            policy: rules.policy.version.to_string(),
            declaration: rules.declaration.as_ref().map(|one| one.hash.clone()),
            summary,
            table,
            listed,
        }
    }

    fn bars(&self) -> Vec<Bar> {
        let Summary { clean, refused, unreadable, .. } = &self.summary;
        let mut bars = vec![Bar { label: "clean".to_owned(), count: *clean, is_kept: true }];
        let mut left_out: Vec<_> = refused.iter().map(|(name, count)| (*name, *count)).collect();
        left_out.extend((*unreadable > 0).then_some(("unreadable", *unreadable)));
        left_out.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        bars.extend(left_out.into_iter().map(|(name, count)| {
            let label = name.to_owned();
            Bar { label, count, is_kept: false }
        }));
        bars
    }

    /// What may be wrong with the question rather than with the rows.
    fn write_notes(&self, page: &mut Page) {
        let Summary { members_with_choices, members_met, not_understood, unread, rows, .. } =
            &self.summary;
        page.heading("Beside the rows");
        let members = counted(*members_with_choices, "member", "members");
        let met = with_separators(*members_met);
        page.item(format_args!("{members} said something about this; {met} wrote rows here"));
        if *members_with_choices > 0 && *members_met == 0 && *rows > 0 {
            page.item("no author is named in the choices: are the ids the same? (--source NAME)");
        }
        for (field, values) in not_understood {
            let (rows, first) = (counted(values.rows, "row", "rows"), values.row);
            let taken_as = match *field == Field::ContentUsage.name() {
                true => "a signal against every use",
                false => "a missing fact",
            };
            page.item(format_args!(
                "{field}: not understood in {rows}, first at {}:{first}, and so {taken_as}",
                values.file
            ));
        }
        for (reason, said_by) in MISSING {
            if let Some(count) = self.summary.reasons.get(reason.name()) {
                let rows = counted(*count, "row", "rows");
                page.item(format_args!("{reason} in {rows}: {said_by} can say it"));
            }
        }
        if !unread.is_empty() {
            let mut names = String::new();
            for name in unread.iter().take(5) {
                // Writing to a string cannot fail.
                let _ = write!(names, " {name}");
            }
            let files = counted(unread.len() as u64, "file beside them", "files beside them");
            page.item(format_args!("not read, no data files: {files}, such as{names}"));
        }
    }
}

/// Facts that are missing, and what can say them.
const MISSING: [(Reason, &str); 7] = [
    (Reason::RegionUnknown, "--region or `region` in --declare"),
    (Reason::AgeUnknown, "--age or `age` in --declare"),
    (Reason::StatusUnknown, "--status or `status` in --declare"),
    (Reason::VisibilityUnknown, "--visibility or `visibility` in --declare"),
    (Reason::DateUnknown, "--created"),
    (Reason::NoticeMissing, "`[notice]` in --declare"),
    (Reason::DocumentsMissing, "--document"),
];

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use policy::{Day, Policy, PolicyError, Problem, decision_table, diff, shipped};
use serde::Serialize;

use super::apply;
use crate::{
    args::{Global, PolicyCommand},
    exit::Exit,
    output::{Output, Page, Table, View},
    state::{State, has_state},
};

/// A policy as it was named on the command line.
pub(super) struct Named {
    /// How messages call it.
    pub(super) file: PathBuf,
    /// The text.
    pub(super) bytes: Vec<u8>,
}

/// Runs `zweck policy …`.
pub(super) async fn run(
    global: &Global,
    command: PolicyCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    match command {
        PolicyCommand::Check { files } => check(global, &files, output).await,
        PolicyCommand::Diff { old, new } => {
            let old = Named::find(global, &old).await?.parse()?;
            let new = Named::find(global, &new).await?.parse()?;
            output.show(&DiffView::new(&old, &new))?;
            Ok(Exit::Success)
        }
        PolicyCommand::Table { policy } => {
            let policy = named_or_in_force(global, policy.as_deref()).await?;
            output.show_text(&decision_table(&policy), &TableView::new(&policy))?;
            Ok(Exit::Success)
        }
        PolicyCommand::Apply { policy } => apply::run(global, &policy, output).await,
        PolicyCommand::Show { policy } => {
            let policy = named_or_in_force(global, policy.as_deref()).await?;
            output.show(&PolicyView::new(&policy))?;
            Ok(Exit::Success)
        }
        PolicyCommand::List => {
            output.show(&list(global).await?)?;
            Ok(Exit::Success)
        }
    }
}

impl Named {
    /// Finds a policy: a file, a shipped version, or a version that was applied.
    pub(super) async fn find(global: &Global, name: &str) -> anyhow::Result<Self> {
        let path = Path::new(name);
        if path.is_file() {
            let bytes = std::fs::read(path).with_context(|| format!("reading `{name}`"))?;
            return Ok(Self { file: path.to_owned(), bytes });
        }
        if path.is_dir() {
            bail!("`{name}` is a folder (hint: a file, or a version such as `2025-11-03`)");
        }
        let Ok(version) = name.parse::<Day>() else {
            bail!("there is no file `{name}` (hint: a file, or a version such as `2025-11-03`)");
        };
        if let Some(bytes) = shipped_bytes(version) {
            return Ok(Self { file: PathBuf::from(name), bytes: bytes.to_vec() });
        }
        if has_state(global) {
            let state = State::open(global).await?;
            let applied = state.store.policies_applied(state.last_sequence().await?).await?;
            if let Some((_, one)) =
                applied.into_iter().rev().find(|(_, one)| one.version == version)
            {
                let file = PathBuf::from(format!("policy {}", one.hash.short()));
                return Ok(Self { file, bytes: one.document.into_bytes() });
            }
        }
        bail!(
            "no policy of version `{version}` is shipped or was applied (hint: `zweck policy list`)"
        );
    }

    /// Reads and checks it.
    pub(super) fn parse(&self) -> Result<Policy, PolicyError> {
        Policy::parse(&self.file, &self.bytes)
    }
}

/// What is wrong with a policy beside the one that it supersedes; `Err` says in words why it could
/// not be held against that.
pub(super) async fn against_superseded(
    global: &Global,
    policy: &Policy,
) -> Result<Vec<Problem>, String> {
    let Some(version) = policy.supersedes else { return Ok(Vec::new()) };
    let older = match Named::find(global, &version.to_string()).await {
        Ok(named) => named.parse().map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    older.map(|older| policy.check_against(&older))
}

/// Whether a cell rests on an announcement of an earlier version.
pub(super) fn rests_on_earlier(policy: &Policy) -> bool {
    let mut cells = policy.purposes.values().flat_map(|rules| &rules.cells);
    cells.any(|cell| cell.announced_by < policy.version)
}

async fn named_or_in_force(global: &Global, name: Option<&str>) -> anyhow::Result<Policy> {
    match name {
        Some(name) => Ok(Named::find(global, name).await?.parse()?),
        None => State::open(global)
            .await?
            .policy_in_force()
            .await?
            .context("no policy is in force (hint: `zweck policy apply 2025-11-03`)"),
    }
}

fn shipped_bytes(version: Day) -> Option<&'static [u8]> {
    let name = format!("{version}.toml");
    shipped().into_iter().find(|(file, _)| *file == name).map(|(_, bytes)| bytes)
}

async fn check(global: &Global, files: &[String], output: &mut Output) -> anyhow::Result<Exit> {
    let mut checked = Vec::new();
    for name in files {
        let (version, problems) = match Named::find(global, name).await {
            Ok(named) => check_one(global, &named).await,
            // what is wrong with the others is told all the same
            Err(error) => {
                let (file, what) = (PathBuf::from(name), format!("{error:#}"));
                (None, vec![Problem { file, line: 0, what, hint: None }])
            }
        };
        let problems = problems.iter().map(ProblemView::new).collect();
        checked.push(Checked { file: name.clone(), version, problems });
    }
    let is_sound = checked.iter().all(|one| one.problems.is_empty());
    output.show(&CheckView { files: checked })?;
    Ok(if is_sound { Exit::Success } else { Exit::Found })
}

/// The version of a policy, and what is wrong with it.
async fn check_one(global: &Global, named: &Named) -> (Option<Day>, Vec<Problem>) {
    match named.parse() {
        Ok(policy) => {
            let found = against_superseded(global, &policy).await;
            (Some(policy.version), found.unwrap_or_default())
        }
        Err(PolicyError::Invalid { problems }) => (None, problems),
    }
}

async fn list(global: &Global) -> anyhow::Result<ListView> {
    let mut policies = Vec::new();
    for (file, bytes) in shipped() {
        let policy = Policy::parse(Path::new(file), bytes)?;
        let (version, hash) = (policy.version, policy.hash.to_string());
        policies.push(Listed { version, hash, applied_as: None, state: "shipped" });
    }
    if has_state(global) {
        let state = State::open(global).await?;
        let applied = state.store.policies_applied(state.last_sequence().await?).await?;
        for (sequence, one) in applied {
            let (version, hash) = (one.version, one.hash.to_string());
            let applied_as = Some(sequence.as_i64());
            policies.push(Listed { version, hash, applied_as, state: "applied" });
        }
        if let Some(last) = policies.last_mut().filter(|one| one.applied_as.is_some()) {
            last.state = "in force";
        }
    }
    Ok(ListView { policies })
}

#[derive(Serialize)]
struct CheckView {
    files: Vec<Checked>,
}

#[derive(Serialize)]
struct Checked {
    file: String,
    version: Option<Day>,
    problems: Vec<ProblemView>,
}

#[derive(Serialize)]
struct ProblemView {
    file: String,
    line: usize,
    what: String,
    hint: Option<String>,
}

impl ProblemView {
    fn new(problem: &Problem) -> Self {
        let Problem { file, line, what, hint } = problem;
        let file = file.display().to_string();
        Self { file, line: *line, what: what.clone(), hint: hint.clone() }
    }
}

impl View for CheckView {
    fn write(&self, page: &mut Page) {
        for checked in &self.files {
            if let (Some(version), true) = (checked.version, checked.problems.is_empty()) {
                let sound = page.style().green("sound");
                page.line(format_args!("{}: {sound}, version {version}", checked.file));
            }
            for problem in &checked.problems {
                let place = match problem.line {
                    0 => problem.file.clone(),
                    line => format!("{}:{line}", problem.file),
                };
                page.line(format_args!("{}: {}", page.style().red(&place), problem.what));
                if let Some(hint) = &problem.hint {
                    page.paragraph(2, format_args!("hint: {hint}"));
                }
            }
        }
    }
}

/// What changes from one policy to another.
#[derive(Serialize)]
pub(super) struct DiffView {
    old: Day,
    new: Day,
    changes: Vec<ChangeView>,
}

#[derive(Serialize)]
struct ChangeView {
    words: String,
    widens: bool,
    narrows: bool,
}

impl DiffView {
    pub(super) fn new(old: &Policy, new: &Policy) -> Self {
        let changes = diff(old, new).into_iter();
        let changes = changes.map(|change| ChangeView {
            words: change.to_string(),
            widens: change.widens,
            narrows: change.narrows,
        });
        Self { old: old.version, new: new.version, changes: changes.collect() }
    }
}

impl View for DiffView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("From policy {} to {}", self.old, self.new));
        for change in &self.changes {
            page.item(&change.words);
        }
        if self.changes.is_empty() {
            page.line("  Nothing changes for anybody.");
        }
    }
}

#[derive(Serialize)]
struct ListView {
    policies: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    version: Day,
    hash: String,
    /// The fact by which it was applied.
    applied_as: Option<i64>,
    state: &'static str,
}

impl View for ListView {
    fn write(&self, page: &mut Page) {
        let mut table = Table::new(["version", "hash", "#fact", "state"]);
        for one in &self.policies {
            let fact = one.applied_as.map_or("-".to_owned(), |fact| fact.to_string());
            let hash = one.hash.get(..12).unwrap_or(&one.hash).to_owned();
            table.row([one.version.to_string(), hash, fact, one.state.to_owned()]);
        }
        page.table(&table);
    }
}

/// The decision table, by its paragraphs: each says what holds for some kinds of data, and what
/// changes that.
#[derive(Serialize)]
struct TableView {
    version: Day,
    hash: String,
    scenes: Vec<SceneView>,
}

/// One purpose in one set of countries.
#[derive(Serialize)]
struct SceneView {
    scene: String,
    paragraphs: Vec<Vec<String>>,
}

impl TableView {
    fn new(policy: &Policy) -> Self {
        let text = decision_table(policy);
        let mut scenes = Vec::<SceneView>::new();
        for paragraph in text.split("\n\n") {
            let mut lines = paragraph.lines();
            let scene = lines.clone().next().and_then(|first| first.strip_prefix("== "));
            if let Some(scene) = scene {
                lines.next();
                let scene = scene.trim_end_matches(" ==").to_owned();
                scenes.push(SceneView { scene, paragraphs: Vec::new() });
            }
            if let Some(scene) = scenes.last_mut() {
                scene.paragraphs.push(lines.map(str::to_owned).collect());
            }
        }
        Self { version: policy.version, hash: policy.hash.to_string(), scenes }
    }
}

#[derive(Serialize)]
struct PolicyView {
    version: Day,
    supersedes: Option<Day>,
    announced: Day,
    hash: String,
    notice_days: i64,
    adult_age: u8,
    ambiguous_names: &'static str,
    purposes: Vec<PurposeView>,
}

#[derive(Serialize)]
struct PurposeView {
    purpose: String,
    title: policy::Text,
    categories: Vec<&'static str>,
    objection: &'static str,
    oldest_content: Option<Day>,
    special_categories: &'static str,
    content_usage: Option<&'static str>,
    cells: Vec<CellView>,
}

#[derive(Serialize)]
struct CellView {
    regions: Vec<String>,
    from: Day,
    basis: &'static str,
    default: &'static str,
    announced_by: Day,
    documents: Vec<String>,
    source: String,
}

impl PolicyView {
    fn new(policy: &Policy) -> Self {
        let purposes = policy.purposes.iter().map(|(purpose, rules)| PurposeView {
            purpose: purpose.to_string(),
            title: rules.title.clone(),
            categories: rules.categories.iter().map(|one| one.name()).collect(),
            objection: rules.objection.name(),
            oldest_content: rules.oldest_content,
            special_categories: rules.special_categories.name(),
            content_usage: rules.content_usage.map(|usage| usage.name()),
            cells: rules.cells.iter().map(CellView::new).collect(),
        });
        Self {
            version: policy.version,
            supersedes: policy.supersedes,
            announced: policy.announced,
            hash: policy.hash.to_string(),
            notice_days: policy.notice_days,
            adult_age: policy.adult_age,
            ambiguous_names: policy.ambiguous_names.name(),
            purposes: purposes.collect(),
        }
    }
}

impl CellView {
    fn new(cell: &policy::Cell) -> Self {
        Self {
            regions: cell.regions.iter().map(ToString::to_string).collect(),
            from: cell.from,
            basis: cell.basis.name(),
            default: if cell.default == policy::Answer::Allow { "on" } else { "off" },
            announced_by: cell.announced_by,
            documents: cell.documents.clone(),
            source: cell.source.clone(),
        }
    }
}

impl View for PolicyView {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("Policy {}", self.version));
        let supersedes = self.supersedes.map_or("nothing".to_owned(), |day| day.to_string());
        page.fields(&[
            ("hash", self.hash.clone()),
            ("supersedes", supersedes),
            ("announced", self.announced.to_string()),
            ("notice window", format!("{} days", self.notice_days)),
            ("adults from", format!("{} years", self.adult_age)),
            ("ambiguous names", self.ambiguous_names.to_owned()),
        ]);
        for one in &self.purposes {
            page.heading(format_args!("{}: {}", one.purpose, one.title.en));
            let oldest = one.oldest_content.map_or("any".to_owned(), |day| day.to_string());
            page.fields(&[
                ("data", one.categories.join(", ")),
                ("oldest content", oldest),
                ("special categories", one.special_categories.to_owned()),
                (
                    "signals that count",
                    format!("against {}", one.content_usage.unwrap_or("no use")),
                ),
                ("an objection reaches", one.objection.to_owned()),
            ]);
            let mut table = Table::new(["where", "from", "basis", "default", "documents"]);
            for cell in &one.cells {
                let documents = match cell.documents.is_empty() {
                    true => "-".to_owned(),
                    false => cell.documents.join(", "),
                };
                let (basis, default) = (cell.basis.to_owned(), cell.default.to_owned());
                table.row([
                    cell.regions.join(", "),
                    cell.from.to_string(),
                    basis,
                    default,
                    documents,
                ]);
            }
            page.table(&table);
        }
    }
}

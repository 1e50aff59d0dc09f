use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use corpus::{BuildRequest, Built, Configuration, Corpora, Recipe, SliceKey};
use gate::{FactRange, Gate, HolderOutcome, Holders, Release, Table};
use lake::{Append, Lake, Options};
use policy::{AgeClass, Answer, Instant, MemberNumber, Purpose, Sequence, Status};
use store::{
    AccountFact, AppliedPolicy, Choice, Holder, HolderFilter, HolderState, Identity, NewFact,
    Notice, Reach, Scope, Store,
};
use text::quality::Limits;

pub(crate) const POLICY: &str = r#"
version = "2025-11-03"
announced = "2025-09-18"
notice_days = 30
adult_age = 18
ambiguous_names = "redact"

[purpose.generative-ai]
title = { en = "AI", de = "KI" }
categories = ["profile", "positions", "education", "skills", "posts", "comments", "activity"]
objection = "all-data"

[[purpose.generative-ai.region]]
in = ["EEA"]
from = "2025-11-03"
basis = "legitimate-interest"
default = "on"
source = "a test"
"#;

pub(crate) const MEMBERS: i64 = 48;

/// What three members wrote, but for white space.
pub(crate) const SAME: [i64; 3] = [20, 21, 22];
/// Who writes about whom.
pub(crate) const NAMES: (i64, i64) = (30, 31);
/// Who tells how they can be reached, in the same words but for white space.
pub(crate) const REACHED: [i64; 2] = [10, 11];
/// Whose posts are blank.
pub(crate) const BLANK: i64 = 40;

/// Members whose posts differ in one word of many.
pub(crate) const NEAR: [i64; 3] = [33, 34, 35];

/// Who writes later what others wrote before: the very same, and nearly the same.
pub(crate) const LATER: [i64; 2] = [5, 6];

pub(crate) fn now() -> Instant {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

pub(crate) fn member(number: i64) -> MemberNumber {
    MemberNumber::from_i64(number)
}

pub(crate) fn purpose() -> Purpose {
    "generative-ai".parse().unwrap()
}

/// A small network in a temporary folder.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) lake: Lake,
    pub(crate) gate: Gate,
    pub(crate) corpora: Corpora,
}

impl World {
    /// Adults in Germany whom the announcement reached in time, with a name, a profile, a
    /// position, skills and two posts each.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, lake) = open(folder.path()).await;
        let identities: Vec<_> = (0..MEMBERS)
            .map(|number| Identity {
                source: "test".to_owned(),
                external_hash: format!("{number:032x}"),
            })
            .collect();
        store.members(&identities).await.unwrap();
        store.record(facts(), now()).await.unwrap();
        let append = Append { rows: rows(), replaced: Vec::new() };
        lake.writer().await.unwrap().append(append, now()).await.unwrap();
        Self::over(folder, store, lake)
    }

    /// The same network after everything was closed and opened again.
    pub(crate) async fn reopened(self) -> Self {
        let Self { folder, store, lake, gate, corpora } = self;
        drop((store, lake, gate, corpora));
        let (store, lake) = open(folder.path()).await;
        Self::over(folder, store, lake)
    }

    /// A post more of every member comes in, with the number `item`.
    pub(crate) async fn goes_on(&self, item: i64) {
        let addresses: Vec<_> = (0..MEMBERS).map(|number| (number, item)).collect();
        let rows = BTreeMap::from([(Table::Items, batch(Table::Items, &addresses))]);
        let append = Append { rows, replaced: Vec::new() };
        self.lake.writer().await.unwrap().append(append, now()).await.unwrap();
    }

    fn over(folder: tempfile::TempDir, store: Store, lake: Lake) -> Self {
        let gate = Gate::new(lake.clone(), store.clone()).with_partitions(2);
        let corpora = Corpora::new(folder.path().join("corpora"), store.clone(), key());
        Self { folder, store, lake, gate, corpora }
    }

    pub(crate) async fn request(&self, name: &str) -> BuildRequest {
        BuildRequest {
            name: name.to_owned(),
            purpose: purpose(),
            as_of: now(),
            lake_version: self.gate.lake_version().await.unwrap(),
            after: None,
            facts: None,
            configuration: Configuration::new(2, 2).unwrap(),
            // texts of these tests are short
            recipe: Recipe { quality: Limits::off(), ..Recipe::default() },
        }
    }

    pub(crate) async fn build(&self, name: &str) -> Built {
        let request = self.request(name).await;
        self.corpora.build(&self.gate, &request, now()).await.unwrap()
    }

    /// The files of a build from nothing on given facts over the same lake version.
    pub(crate) async fn clean(&self, like: &Built, to: Sequence) -> BTreeMap<String, Vec<u8>> {
        let facts = FactRange { from: like.manifest.facts.from, to };
        let request = BuildRequest {
            facts: Some(facts),
            lake_version: like.manifest.lake_version,
            ..self.request("clean").await
        };
        let root = self.folder.path().join("elsewhere");
        let corpora = Corpora::new(&root, self.store.clone(), key());
        corpora.build(&self.gate, &request, now()).await.unwrap();
        let files = files(&root.join("clean"));
        corpora.discard("clean", now()).await.unwrap();
        files
    }

    pub(crate) fn root(&self, name: &str) -> PathBuf {
        self.folder.path().join("corpora").join(name)
    }

    pub(crate) async fn objects(&self, number: i64) -> Sequence {
        objects(&self.store, number).await
    }

    /// Runs the removals; the outcome of the one holder that was behind.
    pub(crate) async fn release(&self) -> Release {
        let mut outcomes = self.run_removals().await;
        assert_eq!(outcomes.len(), 1, "{outcomes:?}");
        outcomes.remove(0).outcome.unwrap()
    }

    pub(crate) async fn run_removals(&self) -> Vec<HolderOutcome> {
        let holders = Holders::default().with(Arc::new(self.corpora.clone()));
        self.gate.run_removals(&holders, now()).await.unwrap().holders
    }

    pub(crate) async fn holder(&self, built: &Built) -> Holder {
        self.store.holder(&built.manifest.holder).await.unwrap().unwrap()
    }

    /// The ids of the holders that are not retired.
    pub(crate) async fn active(&self) -> Vec<String> {
        let holders = self.store.holders(&HolderFilter::default()).await.unwrap();
        let active = holders.into_iter().filter(|holder| holder.state != HolderState::Retired);
        active.map(|holder| holder.id.to_string()).collect()
    }

    /// The files and rows that are kept of a member.
    pub(crate) async fn held(&self, built: &Built, number: i64) -> Vec<gate::Held> {
        let held = self.holder(built).await;
        gate::Holder::holds(&self.corpora, &held, member(number), None).await.unwrap()
    }

    /// Every document's words, sorted.
    pub(crate) async fn texts(&self, name: &str) -> Vec<String> {
        let corpus = self.corpora.open(&self.gate, name).await.unwrap();
        let cells = corpus::Split::ALL.iter().flat_map(|split| corpus.cells(*split));
        let documents = cells.flat_map(|cell| corpus.documents(cell).unwrap());
        let mut texts: Vec<_> = documents.map(|document| document.text).collect();
        texts.sort_unstable();
        texts
    }
}

pub(crate) fn key() -> SliceKey {
    SliceKey::new([9; 32])
}

pub(crate) fn name(number: i64) -> String {
    format!("Given{number} Family{number}")
}

pub(crate) async fn objects(store: &Store, number: i64) -> Sequence {
    record(store, choice(number, Answer::Refuse)).await
}

pub(crate) async fn record(store: &Store, fact: NewFact) -> Sequence {
    store.record(vec![fact], now()).await.unwrap()[0]
}

pub(crate) fn choice(number: i64, answer: Answer) -> NewFact {
    NewFact::Choice(Choice {
        member: member(number),
        purpose: purpose(),
        scope: Scope::Everything,
        answer,
        said_at: now(),
        source: "test".to_owned(),
        withdraws_consent: false,
    })
}

pub(crate) fn apply(document: &str) -> NewFact {
    let version = "2025-11-03".parse().unwrap();
    NewFact::PolicyApplied(AppliedPolicy::of(version, document.to_owned()))
}

/// Every file below a folder but the manifest, by its path relative to it.
pub(crate) fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with("manifest.json") {
                let relative = path.strip_prefix(root).unwrap().display().to_string();
                files.insert(relative, fs::read(path).unwrap());
            }
        }
    }
    files
}

/// Runs something that waits, from a callback that cannot.
pub(crate) fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(work))
}

async fn open(folder: &Path) -> (Store, Lake) {
    let store = Store::open(folder.join("store.sqlite")).await.unwrap();
    let location = folder.join("lake");
    let options = Options { members_per_range: 16 };
    (store, Lake::open(location.to_str().unwrap(), options).await.unwrap())
}

fn facts() -> Vec<NewFact> {
    let policy = apply(POLICY);
    let notice = NewFact::Notice(Notice {
        policy_version: "2025-11-03".parse().unwrap(),
        reach: Reach::Cohort {
            regions: vec!["*".parse().unwrap()],
            members_below: member(MEMBERS),
        },
        delivered_at: now().plus_days(-40),
        source: "test".to_owned(),
    });
    let adult = |number| {
        NewFact::Account(AccountFact {
            member: member(number),
            region: "DE".parse().ok(),
            age: Some(AgeClass::Adult),
            status: Some(Status::Active),
            source: "test".to_owned(),
            declaration: None,
        })
    };
    [policy, notice].into_iter().chain((0..MEMBERS).map(adult)).collect()
}

fn rows() -> BTreeMap<Table, RecordBatch> {
    let tables = [
        (Table::Members, 1),
        (Table::Profiles, 1),
        (Table::Positions, 1),
        (Table::Skills, 1),
        (Table::Items, 2),
    ];
    let of_all =
        |each| (0..MEMBERS).flat_map(move |number| (0..each).map(move |item| (number, item)));
    let rows = |each| of_all(each).collect::<Vec<_>>();
    tables.into_iter().map(|(table, each)| (table, batch(table, &rows(each)))).collect()
}

/// A row for each address.
fn batch(table: Table, addresses: &[(i64, i64)]) -> RecordBatch {
    let schema = table.input_schema();
    let column = |name: &str| -> ArrayRef {
        match name {
            "member_number" => Arc::new(longs(addresses, |(number, _)| Some(number))),
            "item" | "content" => {
                Arc::new(longs(addresses, |(_, item)| Some(item + 10 * table as i64)))
            }
            "created" => Arc::new(longs(addresses, |_| Some(now().plus_days(-100).as_micros()))),
            "updated" | "parent_member" | "parent_item" => Arc::new(longs(addresses, |_| None)),
            "sensitive" => {
                Arc::new(addresses.iter().map(|_| None::<bool>).collect::<BooleanArray>())
            }
            name => {
                Arc::new(addresses.iter().map(|at| text(table, name, *at)).collect::<StringArray>())
            }
        }
    };
    let columns = schema.fields().iter().map(|field| column(field.name())).collect();
    RecordBatch::try_new(schema, columns).unwrap()
}

fn longs(addresses: &[(i64, i64)], value: impl Fn((i64, i64)) -> Option<i64>) -> Int64Array {
    addresses.iter().map(|address| value(*address)).collect()
}

fn text(table: Table, column: &str, (number, item): (i64, i64)) -> Option<String> {
    let said = match (table, column) {
        (_, "source") => "test".to_owned(),
        (_, "visibility") => "public".to_owned(),
        (_, "display_name") => name(number),
        (_, "kind") => "post".to_owned(),
        (_, "external") => format!("e{number}.{item}"),
        (Table::Items, "text") => post(number, item),
        (Table::Items, "language") => "en".to_owned(),
        (Table::Profiles, "headline") => format!("Engineer number {number}"),
        (Table::Positions, "title") => format!("  Builder of bridge {number} "),
        (Table::Positions, "employer") => "Acme".to_owned(),
        (Table::Skills, "name") => "Concrete".to_owned(),
        _ => return None,
    };
    Some(said)
}

fn post(number: i64, item: i64) -> String {
    match (number, item) {
        (BLANK, _) => " \n ".to_owned(),
        (_, 0) => format!("What I learned about bridge {number}."),
        (number, 2..) if number == LATER[0] => "The very same words.".to_owned(),
        (number, 2..) if number == LATER[1] => post(NEAR[0], 1).replace("said", "wrote"),
        (_, 2..) => format!("Bridge {number} again, for the {item}th time."),
        (number, _) if SAME.contains(&number) => {
            format!("The  very same{}words.", " ".repeat(number as usize))
        }
        (number, _) if REACHED.contains(&number) => {
            "Write to anna@example.org, or call +49 30 1234567, for bridges.".to_owned()
        }
        (number, _) if NEAR.contains(&number) => {
            let words: Vec<_> = (0..600).map(|word| format!("plank{word}")).collect();
            format!("{}, said {number} in the end.", words.join(" "))
        }
        (number, _) if number == NAMES.0 => {
            format!("I learned it all from {}, really.", name(NAMES.1))
        }
        (number, _) => format!("Bridge {number} opens in spring."),
    }
}

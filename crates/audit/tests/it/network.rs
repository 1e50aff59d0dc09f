//! A small state, made by the real crates, once; every test works on a copy.

use std::{
    fs,
    io::{BufReader, Cursor},
    mem::discriminant,
    path::Path,
    sync::{Arc, LazyLock},
};

use audit::{AuditInput, AuditedStore, Findings, LakePlace};
use corpus::{BuildRequest, Configuration, Corpora, Recipe, SliceKey, Step};
use gate::{Gate, Holders};
use lake::Lake;
use policy::{Answer, Instant, MemberNumber, Purpose};
use sources::{Keys, NdjsonSource, Options, import};
use store::{
    AppliedPolicy, Choice, Document, Identity, NewFact, Notice, Objection, Reach, Scope, Store,
};
use tempfile::TempDir;
use text::quality::Limits;

pub(crate) const KEYS: Keys = Keys { identity: [7; 32], item: [9; 32] };
const SLICE_KEY: [u8; 32] = [5; 32];
pub(crate) const SOURCE: &str = "test-network";
pub(crate) const NAME: &str = "demo";

/// No source says that it is sensitive.
pub(crate) const REVEALING: &str = "Two years ago I was diagnosed with breast cancer.";

/// Its author does not want it to train anything.
pub(crate) const SIGNALLED: &str = "For readers, not for machines.";

/// What it reveals is said by the group in which it stands.
pub(crate) const IN_A_GROUP: &str = "Who comes along on Monday?";

const POLICY: &str = r#"
version = "2025-11-03"
announced = "2025-09-18"
notice_days = 30
adult_age = 18
ambiguous_names = "redact"

[purpose.generative-ai]
title = { en = "AI", de = "KI" }
categories = ["profile", "positions", "education", "skills", "posts", "articles", "comments"]
objection = "all-data"
content_usage = "train-ai"
oldest_content = "2015-01-01"

[[purpose.generative-ai.region]]
in = ["*"]
from = "2025-11-03"
basis = "legitimate-interest"
default = "on"
documents = ["dpia"]
source = "a test"
"#;

/// Members beside those with a part to play.
const WRITERS: usize = 24;

/// Everything in one folder.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) lake: Lake,
    pub(crate) gate: Gate,
    pub(crate) corpora: Corpora,
}

/// A state with a sealed corpus that has followed one removal.
static TEMPLATE: LazyLock<TempDir> = LazyLock::new(|| {
    let build = std::thread::spawn(|| runtime().block_on(template()));
    build.join().unwrap()
});

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub(crate) fn now() -> Instant {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

pub(crate) fn purpose() -> Purpose {
    "generative-ai".parse().unwrap()
}

/// A copy of the template.
pub(crate) fn copy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(TEMPLATE.path(), folder.path());
    folder
}

pub(crate) async fn audit(folder: &Path) -> Findings {
    audit_of(folder, NAME).await
}

pub(crate) async fn audit_of(folder: &Path, name: &str) -> Findings {
    audit::verify(&AuditInput {
        store: AuditedStore::File(folder.join("store.sqlite")),
        lake: LakePlace::Folder(folder.join("lake")),
        corpus: folder.join("corpora").join(name),
    })
    .await
    .unwrap()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

async fn template() -> TempDir {
    let world = World::open(tempfile::tempdir().unwrap()).await;
    world.import(&events()).await;
    world.rules().await;
    world.store.record(vec![non_member()], now()).await.unwrap();
    for objector in ["anna", "handle", "quantum", "joerg", "petra", "taro"] {
        world.object(objector).await;
    }
    world.gate.erase(world.number("dora").await, "test", now()).await.unwrap();
    world.build(NAME, None).await;
    world.object("late").await;
    world.run_removals().await;
    // The copy is made while the store is still open: closing moves its files about.
    let copy = tempfile::tempdir().unwrap();
    copy_folder(world.folder.path(), copy.path());
    copy
}

impl World {
    pub(crate) async fn open(folder: TempDir) -> Self {
        let lake = folder.path().join("lake");
        let lake = Lake::open(lake.to_str().unwrap(), lake::Options::default()).await.unwrap();
        let store = Store::open(folder.path().join("store.sqlite")).await.unwrap();
        let gate = Gate::new(lake.clone(), store.clone());
        let root = folder.path().join("corpora");
        let corpora = Corpora::new(root, store.clone(), SliceKey::new(SLICE_KEY));
        Self { folder, store, lake, gate, corpora }
    }

    pub(crate) async fn import(&self, events: &str) {
        let reader = Box::new(BufReader::new(Cursor::new(events.as_bytes().to_vec())));
        let mut source = NdjsonSource::from_reader(SOURCE, "events.ndjson", reader).unwrap();
        let options = Options::at(now());
        import(&mut source, &self.lake, &self.store, &KEYS, options, &mut |_| {}).await.unwrap();
    }

    /// The policy, the document that it asks for, and its announcement to everybody so far.
    pub(crate) async fn rules(&self) {
        let version = "2025-11-03".parse().unwrap();
        let policy = NewFact::PolicyApplied(AppliedPolicy::of(version, POLICY.to_owned()));
        let (kind, title) = ("dpia".to_owned(), "a test".to_owned());
        let hash = "0".repeat(64);
        let document = NewFact::Document(Document { kind, policy_version: None, hash, title });
        let members_below = self.store.member_count().await.unwrap();
        let notice = NewFact::Notice(Notice {
            policy_version: version,
            reach: Reach::Cohort {
                regions: vec!["*".parse().unwrap()],
                members_below: MemberNumber::from_i64(members_below),
            },
            delivered_at: "2025-09-18".parse().unwrap(),
            source: "test".to_owned(),
        });
        self.store.record(vec![policy, document, notice], now()).await.unwrap();
    }

    pub(crate) async fn number(&self, external: &str) -> MemberNumber {
        let external_hash = KEYS.identity_hash(SOURCE, external);
        let identity = Identity { source: SOURCE.to_owned(), external_hash };
        let found = self.store.members(&[identity]).await.unwrap();
        match found[0] {
            store::Membership::New(number) | store::Membership::Known(number) => number,
            store::Membership::Erased { member, .. } => member,
        }
    }

    pub(crate) async fn object(&self, external: &str) {
        let choice = Choice {
            member: self.number(external).await,
            purpose: purpose(),
            scope: Scope::Everything,
            answer: Answer::Refuse,
            said_at: now(),
            source: "test".to_owned(),
            withdraws_consent: false,
        };
        self.store.choose(choice, now()).await.unwrap();
    }

    /// A corpus `name`, which goes on from another one.
    pub(crate) async fn build(&self, name: &str, after: Option<&str>) {
        let request = BuildRequest {
            name: name.to_owned(),
            after: after.map(str::to_owned),
            purpose: purpose(),
            as_of: now(),
            lake_version: self.gate.lake_version().await.unwrap(),
            facts: None,
            configuration: Configuration::new(2, 1).unwrap(),
            // texts of these tests are short
            recipe: Recipe { quality: Limits::off(), ..Recipe::default() },
        };
        let built = self.corpora.build(&self.gate, &request, now()).await.unwrap();
        assert!(built.sealed);
    }

    pub(crate) async fn run_removals(&self) {
        let holders = Holders::default().with(Arc::new(self.corpora.clone()));
        let run = self.gate.run_removals(&holders, now()).await.unwrap();
        let failed: Vec<_> = run.holders.iter().filter(|one| one.outcome.is_err()).collect();
        assert!(failed.is_empty(), "{failed:?}");
    }

    /// Runs the removals in a process that dies after a step: nothing of it runs afterwards.
    pub(crate) async fn run_removals_and_die(&self, after: Step) {
        let root = self.folder.path().join("corpora");
        let corpora = Corpora::new(root, self.store.clone(), SliceKey::new(SLICE_KEY));
        let dying = corpora.with_progress(move |step| {
            assert_ne!(discriminant(&step), discriminant(&after), "killed after {step:?}");
        });
        let (holders, gate) = (Holders::default().with(Arc::new(dying)), self.gate.clone());
        let run = tokio::spawn(async move { gate.run_removals(&holders, now()).await });
        assert!(run.await.unwrap_err().is_panic());
    }
}

fn non_member() -> NewFact {
    NewFact::Objection(Objection {
        id: "o1".to_owned(),
        purpose: purpose(),
        names: vec!["Ada Byron".to_owned()],
        emails: vec!["ada@example.org".to_owned()],
        said_at: now(),
        lifted: false,
    })
}

/// The events of the network.
fn events() -> String {
    let mut events = Events::default();
    for (id, name) in [
        ("anna", "Anna Schmidt"),
        ("bert", "Bert Maier"),
        ("dora", "Dora König"),
        ("joerg", "Jörg Müller"),
        ("late", "Lena Late"),
        ("handle", "pixelpauline"),
        ("petra", "Klein, Petra (Dr.)"),
        ("quantum", "quantum"),
        ("taro", "山田太郎"),
    ] {
        events.member(id, name, "adult");
    }
    events.member("minor", "Mia Jung", "minor");
    events.own_words();
    events.words_about_others();
    for number in 0..WRITERS {
        let id = format!("w{number}");
        events.member(&id, &format!("Writer{number} Person{number}"), "adult");
        events.profile(&id, &format!("Headline of number {number}"));
        events.post(&id, &format!("p{number}"), &format!("Words of {number}, by themselves."), "");
    }
    events.post("w1", "same1", "What two people say in the same words.", "");
    events.post("w2", "same2", "What two people say \\n in the same words.", "");
    events.post("w3", "blank", "  ", "");
    events.lines
}

#[derive(Default)]
pub(crate) struct Events {
    count: usize,
    pub(crate) lines: String,
}

impl Events {
    /// What members say of themselves, and what may not be used.
    fn own_words(&mut self) {
        for id in ["anna", "dora", "joerg", "late", "minor", "quantum"] {
            self.post(id, &format!("{id}-own"), &format!("Something that {id} wrote alone."), "");
        }
        self.profile("bert", "Builds bridges");
        self.add(
            "position",
            "bert",
            r#""id": "pos", "title": "Engineer", "employer": "Nord", "visibility": "public""#,
        );
        self.add(
            "education",
            "bert",
            r#""id": "edu", "school": "TU", "degree": "M.Sc.", "visibility": "public""#,
        );
        self.add("skill", "bert", r#""id": "skill", "name": "Statics", "visibility": "public""#);
        self.add("activity", "bert", r#""id": "act", "action": "like", "created": "2024-05-05""#);
        for (id, external) in [("bert", "reach"), ("w4", "reach-too")] {
            self.post(id, external, "Reach me at 030 1234567, or x@example.net, at work.", "");
        }
        self.item("bert", "private", "Only for me.", "private", "2024-05-05", "");
        self.item("bert", "old", "From long ago.", "public", "2010-05-05", "");
        self.item("bert", "health", "I am ill.", "public", "2024-05-05", r#", "sensitive": true"#);
        self.item("bert", "cancer", REVEALING, "public", "2024-05-05", "");
        self.post("bert", "signal", SIGNALLED, r#", "content_usage": "train-ai=n""#);
        let allowed = r#", "content_usage": "search=n, train-ai=y""#;
        self.post("bert", "heard", "For readers and machines.", allowed);
        let venue = r#", "venue": {"kind": "group", "name": "Selbsthilfegruppe Depression Köln"}"#;
        self.post("bert", "venue", IN_A_GROUP, venue);
    }

    /// What Bert says about people who must not be named.
    fn words_about_others(&mut self) {
        let today = r#", "mentions": [{"member": "anna", "start": 11, "end": 15}]"#;
        self.post("bert", "mention", "Today with Anna on site.", today);
        self.post("bert", "full", "Danke an Anna Schmidt für alles.", "");
        self.post("bert", "lower", "siehe anna  schmidt dort", "");
        self.post("bert", "plain", "Von Jorg Muller gelernt.", "");
        self.post("bert", "form", "Ask @quantum about quantum things.", "");
        self.post("bert", "quote", "> Anna Schmidt schrieb:\\n> ja", "");
        self.post("bert", "mail", "Write to ada@example.org now.", "");
        self.post("bert", "outside", "I met Ada Byron once.", "");
        self.post("bert", "erased", "Dora König was here.", "");
        self.post("bert", "later", "Lena Late came, too.", "");
        self.post("handle", "handle-own", "Something that handle asked.", "");
        let answers = r#", "parent": {"member": "handle", "kind": "post", "id": "handle-own"}"#;
        self.post("bert", "slip", "So says @pixelpualine here.", answers);
        self.post("bert", "lower-case", "Well asked, pixelpauline, indeed.", answers);
        self.post("bert", "unspaced", "昨日は山田太郎さんと話した。", "");
        self.post("bert", "held", "Gruß an Petra Klein, und an Petra Klein-Otto.", "");
        self.post("bert", "nobody", "Anna spoke, Schmidt did not.", "");
        self.post("bert", "unclean", "<b>Zeilen</b> von JÃ¶rg MÃ¼ller &amp; Co.", "");
    }

    pub(crate) fn member(&mut self, id: &str, name: &str, age: &str) {
        let keys =
            format!(r#""name": "{name}", "region": "DE", "age": "{age}", "status": "active""#);
        self.add("member", id, &keys);
    }

    pub(crate) fn profile(&mut self, id: &str, headline: &str) {
        let keys = format!(r#""headline": "{headline}", "language": "de", "visibility": "public""#);
        self.add("profile", id, &keys);
    }

    pub(crate) fn post(&mut self, member: &str, id: &str, text: &str, more: &str) {
        self.item(member, id, text, "public", "2024-05-05", more);
    }

    fn item(&mut self, member: &str, id: &str, text: &str, visible: &str, day: &str, more: &str) {
        let keys = format!(
            r#""id": "{id}", "text": "{text}", "visibility": "{visible}", "created": "{day}"{more}"#
        );
        self.add("post", member, &keys);
    }

    fn add(&mut self, kind: &str, member: &str, keys: &str) {
        self.count += 1;
        let head = format!(r#""event": "{kind}-{member}-{}", "kind": "{kind}""#, self.count);
        let line = format!(r#"{{{head}, "member": "{member}", "at": "2026-01-01", {keys}}}"#);
        self.lines.push_str(&line);
        self.lines.push('\n');
    }
}

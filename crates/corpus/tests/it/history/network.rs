//! Carries a history out, on the real lake, store, gate and corpora and in the model alike.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufReader, Cursor},
    sync::Arc,
};

use corpus::{BuildRequest, Built, Configuration, Corpora, Recipe};
use gate::{FactRange, Gate, Held, Holders, Table};
use lake::{Lake, Options};
use policy::{Answer, Day, Instant, ItemId, MemberNumber, Sequence};
use serde_json::json;
use sources::{Keys, Kind, NdjsonSource, Report, import};
use store::{
    AccountFact, AppliedPolicy, Choice, Holder, HolderFilter, HolderState, NewFact, Notice,
    Objection, Reach, Ruling, Scope, Store,
};

use super::{
    event::{
        About, BASE, Event, FOUNDERS, FURTHER, LATER_NAMES, NAMES, Rules, STRANGERS, Slot, Words,
    },
    model::{Build, Expected, Model, Row, Said},
};
use crate::support::{files, key, purpose};

const KEYS: Keys = Keys { identity: [7; 32], item: [9; 32] };
const SOURCE: &str = "network";
const MICROS_A_DAY: i64 = 86_400_000_000;

/// The real thing beside its model.
pub(super) struct Network {
    folder: tempfile::TempDir,
    lake: Lake,
    store: Store,
    gate: Gate,
    corpora: Corpora,
    pub(super) model: Model,
    day: i64,
    events: usize,
}

/// The day of the history on which a day of the calendar falls.
pub(super) fn day_of(day: &str) -> i64 {
    let start = |day: &str| day.parse::<Day>().unwrap().start().as_micros();
    (start(day) - start("2026-03-01")) / MICROS_A_DAY
}

fn instant(day: i64) -> Instant {
    "2026-03-01T00:00:00Z".parse::<Instant>().unwrap().plus_days(day)
}

fn id_of(who: usize) -> String {
    format!("m{who}")
}

impl Slot {
    const fn kind(self) -> Kind {
        match self {
            Self::Profile => Kind::Profile,
            Self::Position => Kind::Position,
            Self::Post | Self::OtherPost => Kind::Post,
            Self::Article => Kind::Article,
            Self::Comment => Kind::Comment,
        }
    }

    fn external(self, who: usize) -> String {
        match self {
            Self::Profile => id_of(who),
            _ => format!("{self:?}{who}"),
        }
    }

    fn item(self, who: usize) -> ItemId {
        KEYS.item_id(SOURCE, self.kind(), &self.external(who))
    }
}

impl Network {
    /// Members in several regions whom an announcement reached, each with two posts.
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("store.sqlite")).await.unwrap();
        let location = folder.path().join("lake");
        let options = Options { members_per_range: 4 };
        let lake = Lake::open(location.to_str().unwrap(), options).await.unwrap();
        let gate = Gate::new(lake.clone(), store.clone()).with_partitions(2);
        let corpora = Corpora::new(folder.path().join("corpora"), store.clone(), key());
        let model = Model::default();
        let mut network = Self { folder, lake, store, gate, corpora, model, day: 0, events: 0 };
        network.carry_out(&Event::Apply(Rules::Base)).await;
        for (who, region) in (0..FOUNDERS).zip(["DE", "DE", "GB", "US"]) {
            let status = policy::Status::Active;
            network.carry_out(&Event::Join { who, region, status }).await;
            let own = (Words::Own(0), Some("public"), -10);
            network.write(who, Slot::Post, own).await;
        }
        network.carry_out(&Event::Notice { who: None, delivered: -60 }).await;
        network
    }

    pub(super) async fn carry_out(&mut self, event: &Event) {
        self.day += 1;
        match *event {
            Event::Join { who, region, status } => self.join(who, region, status).await,
            Event::Write { who, slot, words, visibility, created } => {
                self.write(who, slot, (words, visibility, created)).await;
            }
            Event::Delete { who, slot } => self.delete(who, slot).await,
            Event::Rename { who } => self.rename(who).await,
            Event::Account { who, region, age, status } => {
                self.say(who, Said::Account { who, region, age, status }).await;
            }
            Event::Choose { who, about, answer, said } => {
                self.say(who, Said::Choice { who, about, answer, said, day: self.day }).await;
            }
            Event::Notice { who, delivered } => {
                let members = self.model.members.len();
                let someone = who.unwrap_or(0);
                self.say(someone, Said::Notice { who, members, delivered }).await;
            }
            Event::Ruling { who, slot, restricted } => {
                self.say(who, Said::Ruling { who, slot, restricted }).await;
            }
            Event::Object { stranger, lifted } => {
                self.record(Said::Objection { stranger, lifted }).await;
            }
            Event::Apply(rules) => self.record(Said::Policy { rules, day: self.day }).await,
            Event::Erase { who } => self.erase(who).await,
            Event::Build { corpus } => self.build(corpus).await,
            Event::RunRemovals => self.run_removals().await,
            Event::Compact => {
                let mut writer = self.lake.writer().await.unwrap();
                let all = lake::Compaction::of_all(2);
                writer.compact(all, self.now(), &mut |_| {}).await.unwrap();
            }
        }
    }

    fn now(&self) -> Instant {
        instant(self.day)
    }

    fn number(&self, who: usize) -> MemberNumber {
        let number = self.model.members.iter().position(|one| *one == who).unwrap();
        MemberNumber::from_i64(i64::try_from(number).unwrap())
    }

    async fn last(&self) -> i64 {
        self.store.last_sequence().await.unwrap().as_i64()
    }

    async fn join(&mut self, who: usize, region: &'static str, status: policy::Status) {
        if self.model.members.contains(&who) {
            return;
        }
        let member = json!({
            "kind": "member", "member": id_of(who), "name": NAMES[who],
            "region": region, "age": "adult", "status": status.name(),
        });
        self.import(member).await;
        self.model.members.push(who);
        self.model.call(who, NAMES[who]);
        let age = Some(policy::AgeClass::Adult);
        let said = Said::Account { who, region: Some(region), age, status: Some(status) };
        self.model.said.push((self.last().await, said));
    }

    async fn rename(&mut self, who: usize) {
        if !self.model.has(who) || self.model.names.get(&who) == Some(&LATER_NAMES[who]) {
            return;
        }
        let name = LATER_NAMES[who];
        self.import(json!({ "kind": "member", "member": id_of(who), "name": name })).await;
        self.model.call(who, name);
    }

    async fn write(
        &mut self,
        who: usize,
        slot: Slot,
        (words, visibility, created): (Words, Option<&'static str>, i64),
    ) {
        // what is written later than now does not come in
        let created = created.min(self.day);
        if !self.model.has(who) {
            return;
        }
        let text = words.text(who, slot);
        let mut row = json!({ "kind": slot.kind().name(), "member": id_of(who) });
        let place = match slot {
            Slot::Profile => "about",
            Slot::Position => "description",
            _ => "text",
        };
        row[place] = json!(text);
        if let Some(visibility) = visibility {
            row["visibility"] = json!(visibility);
        }
        if slot != Slot::Profile {
            row["id"] = json!(slot.external(who));
        }
        if !matches!(slot, Slot::Profile | Slot::Position) {
            row["created"] = json!(instant(created));
        }
        if slot == Slot::Comment {
            let of = (who + 1) % NAMES.len();
            row["parent"] =
                json!({ "member": id_of(of), "kind": "post", "id": Slot::Post.external(of) });
        }
        let report = self.import(row).await;
        let same = |row: &Row| {
            let day =
                |one: i64| if matches!(slot, Slot::Profile | Slot::Position) { 0 } else { one };
            (row.words, row.visibility, day(row.created)) == (words, visibility, day(created))
        };
        if report.total().accepted + report.total().replaced == 0 {
            assert!(self.model.row(who, slot).is_some_and(same), "an edit was not taken in");
            return;
        }
        let version = report.lake_version_after.as_i64();
        self.model.write(Row { who, slot, words, visibility, created, version, names: vec![] });
    }

    async fn delete(&mut self, who: usize, slot: Slot) {
        if self.model.row(who, slot).is_none() {
            return;
        }
        let of = slot.kind().name();
        let id = slot.external(who);
        self.import(json!({ "kind": "delete", "member": id_of(who), "of": of, "id": id })).await;
        self.model.rows.retain(|row| (row.who, row.slot) != (who, slot));
    }

    async fn import(&mut self, mut event: serde_json::Value) -> Report {
        self.events += 1;
        event["event"] = json!(format!("e{}", self.events));
        event["at"] = json!(self.now());
        let reader = Box::new(BufReader::new(Cursor::new(event.to_string().into_bytes())));
        let mut source = NdjsonSource::from_reader(SOURCE, "events", reader).unwrap();
        let options = sources::Options::at(self.now());
        let mut progress = |_| {};
        let report = import(&mut source, &self.lake, &self.store, &KEYS, options, &mut progress);
        let report = report.await.unwrap();
        assert!(report.total().refused.is_empty(), "{event} {report:?}");
        report
    }

    /// Records what a member said, if there is that member.
    async fn say(&mut self, who: usize, said: Said) {
        if self.model.has(who) {
            self.record(said).await;
        }
    }

    async fn record(&mut self, said: Said) {
        let fact = self.fact(&said);
        self.store.record(vec![fact], self.now()).await.unwrap();
        let last = self.last().await;
        // the same policy again is no new fact
        let again = matches!(said, Said::Policy { .. })
            && self.model.said.iter().rev().find_map(|(_, one)| match one {
                Said::Policy { rules, .. } => Some(*rules),
                _ => None,
            }) == policy_of(&said);
        if !again {
            self.model.said.push((last, said));
        }
    }

    fn fact(&self, said: &Said) -> NewFact {
        match *said {
            Said::Account { who, region, age, status } => NewFact::Account(AccountFact {
                member: self.number(who),
                region: region.and_then(|code| code.parse().ok()),
                age,
                status,
                source: "operator".to_owned(),
                declaration: None,
            }),
            Said::Choice { who, about, answer, said, day: _ } => NewFact::Choice(Choice {
                member: self.number(who),
                purpose: purpose(),
                scope: match about {
                    About::Everything => Scope::Everything,
                    About::Category(category) => Scope::Category(category),
                    About::Item(slot) => Scope::Item(slot.item(who)),
                },
                answer,
                said_at: instant(said),
                source: "settings".to_owned(),
                withdraws_consent: answer == Answer::Refuse && said % 2 == 0,
            }),
            Said::Notice { who, members, delivered } => NewFact::Notice(Notice {
                policy_version: "2025-11-03".parse().unwrap(),
                reach: match who {
                    Some(who) => Reach::Member(self.number(who)),
                    None => Reach::Cohort {
                        regions: vec!["*".parse().unwrap()],
                        members_below: MemberNumber::from_i64(i64::try_from(members).unwrap()),
                    },
                },
                delivered_at: instant(delivered),
                source: "mail".to_owned(),
            }),
            Said::Ruling { who, slot, restricted } => NewFact::Ruling(Ruling {
                member: self.number(who),
                item: slot.map(|slot| slot.item(who)),
                restricted,
                reason: "report".to_owned(),
            }),
            Said::Objection { stranger, lifted } => NewFact::Objection(Objection {
                id: format!("objection {stranger}"),
                purpose: purpose(),
                names: vec![STRANGERS[stranger].to_owned()],
                emails: vec![],
                said_at: self.now(),
                lifted,
            }),
            Said::Policy { rules, .. } => {
                let version = "2025-11-03".parse().unwrap();
                NewFact::PolicyApplied(AppliedPolicy::of(version, document(rules)))
            }
        }
    }

    async fn erase(&mut self, who: usize) {
        if !self.model.has(who) {
            return;
        }
        self.gate.erase(self.number(who), "request", self.now()).await.unwrap();
        self.model.erase(who);
        let status = Some(policy::Status::Erased);
        let said = Said::Account { who, region: None, age: None, status };
        self.model.said.push((self.last().await, said));
    }

    async fn request(&self, name: &str) -> BuildRequest {
        BuildRequest {
            name: name.to_owned(),
            purpose: purpose(),
            as_of: self.now(),
            lake_version: self.gate.lake_version().await.unwrap(),
            after: None,
            facts: None,
            configuration: Configuration::new(2, 2).unwrap(),
            recipe: Recipe::default(),
        }
    }

    async fn build(&mut self, name: &str) {
        let mut request = self.request(name).await;
        if name == FURTHER {
            let base = self.corpora.open(&self.gate, BASE).await.is_ok();
            request.after = base.then(|| BASE.to_owned());
        }
        if name == BASE && self.corpora.is_sealed(FURTHER).await.unwrap() {
            self.corpora.discard(FURTHER, self.now()).await.unwrap();
        }
        let Built { sealed, .. } =
            self.corpora.build(&self.gate, &request, self.now()).await.unwrap();
        assert!(sealed);
    }

    /// Runs the removals until none is open, and looks at what is left everywhere.
    pub(super) async fn run_removals(&mut self) {
        let holders = Holders::default().with(Arc::new(self.corpora.clone()));
        let run = self.gate.run_removals(&holders, self.now()).await.unwrap();
        for outcome in &run.holders {
            assert!(outcome.outcome.is_ok(), "{outcome:?}");
        }
        assert_eq!(run.still_open, 0, "every removal has ended: {run:?}");
        for holder in self.holders().await {
            self.check(&holder).await;
        }
    }

    pub(super) async fn holders(&self) -> Vec<Holder> {
        let sealed = HolderFilter { state: Some(HolderState::Sealed), ..Default::default() };
        self.store.holders(&sealed).await.unwrap()
    }

    async fn build_of(&self, holder: &Holder) -> Build {
        let after = match &holder.parent {
            Some(parent) => self.store.holder(parent).await.unwrap().unwrap().lake_version.as_i64(),
            None => 0,
        };
        Build {
            after,
            facts: (holder.started_sequence.as_i64(), holder.position().as_i64()),
            as_of: (holder.as_of.as_micros() - instant(0).as_micros()) / MICROS_A_DAY,
            version: holder.lake_version.as_i64(),
        }
    }

    /// Holds one corpus against the model.
    async fn check(&self, holder: &Holder) {
        let name = holder.location.strip_prefix("corpora/").unwrap();
        let corpus = self.corpora.open(&self.gate, name).await.unwrap();
        // what the store has learned since is in force as well: nothing of it refused anything
        let newest = Sequence::from_i64(self.last().await);
        let until_now = Build {
            facts: (holder.started_sequence.as_i64(), newest.as_i64()),
            ..self.build_of(holder).await
        };
        let manifest = corpus.manifest();
        assert!(manifest.rows.is_balanced() && manifest.documents.is_balanced(&manifest.rows));
        let kept = self.kept(holder, &corpus).await;
        let mut earlier = BTreeSet::new();
        if let Some(parent) = &holder.parent {
            let parent = self.store.holder(parent).await.unwrap().unwrap();
            let base = self.corpora.open(&self.gate, BASE).await.unwrap();
            earlier.extend(self.kept(&parent, &base).await.into_values());
        }
        for build in [self.build_of(holder).await, until_now] {
            self.compare((&kept, &earlier), build, name);
        }
    }

    /// `earlier` are the words that the corpus has from which this one goes on.
    fn compare(
        &self,
        (kept, earlier): (&BTreeMap<(usize, Slot), String>, &BTreeSet<String>),
        build: Build,
        name: &str,
    ) {
        let expected = self.model.expected(build);
        let mut groups: BTreeMap<String, Vec<(usize, Slot)>> = BTreeMap::new();
        for (address, words) in &expected {
            let said = match words {
                Expected::Exactly(text) => text.clone(),
                Expected::Either(masked, text) => {
                    let found = kept.get(address);
                    if found == Some(masked) { masked.clone() } else { text.clone() }
                }
            };
            groups.entry(said).or_default().push(*address);
        }
        for (address, text) in kept {
            let said = groups.get(text).is_some_and(|group| group.contains(address));
            assert!(
                said,
                "`{name}` keeps {address:?} with {text:?}, the model has {:?}",
                expected.get(address)
            );
        }
        for (text, group) in &groups {
            let standing = group.iter().filter(|one| kept.contains_key(one)).count();
            let wanted = usize::from(!earlier.contains(text));
            assert_eq!(standing, wanted, "`{name}` keeps {text:?} of {group:?} not {wanted} times");
        }
    }

    /// Every document with the row that it was made of.
    async fn kept(
        &self,
        holder: &Holder,
        corpus: &corpus::Corpus,
    ) -> BTreeMap<(usize, Slot), String> {
        let mut texts = BTreeMap::new();
        for cell in corpus::Split::ALL.iter().flat_map(|split| corpus.cells(*split)) {
            let Some(file) = corpus.manifest().shard(cell) else { continue };
            let documents = corpus.documents(cell).unwrap();
            let said =
                (0_u64..).zip(documents).map(|(row, one)| ((file.path.clone(), row), one.text));
            texts.extend(said);
        }
        let slots = [
            Slot::Profile,
            Slot::Position,
            Slot::Post,
            Slot::OtherPost,
            Slot::Article,
            Slot::Comment,
        ];
        let mut kept = BTreeMap::new();
        for who in self.model.members.iter().copied() {
            let held =
                gate::Holder::holds(&self.corpora, holder, self.number(who), None).await.unwrap();
            for Held { artefact, row, item, .. } in held {
                let slot = slots.into_iter().find(|slot| slot.item(who) == item);
                let text = texts.remove(&(artefact, row));
                kept.insert((who, slot.unwrap()), text.unwrap());
            }
        }
        assert!(texts.is_empty(), "documents without lineage: {texts:?}");
        kept
    }

    /// Every corpus equals a clean build of the same facts, byte for byte.
    pub(super) async fn check_clean_builds(&mut self) {
        self.day += 1;
        for holder in self.holders().await {
            let name = holder.location.strip_prefix("corpora/").unwrap();
            let found = files(&self.folder.path().join("corpora").join(name));
            let request = BuildRequest {
                as_of: holder.as_of,
                lake_version: holder.lake_version,
                facts: Some(FactRange { from: holder.started_sequence, to: holder.position() }),
                after: holder.parent.is_some().then(|| BASE.to_owned()),
                ..self.request("clean").await
            };
            // what goes on from another one has to be beside it
            let beside = if request.after.is_some() { "corpora" } else { "elsewhere" };
            let root = self.folder.path().join(beside);
            let elsewhere = Corpora::new(&root, self.store.clone(), key());
            elsewhere.build(&self.gate, &request, self.now()).await.unwrap();
            assert_eq!(found, files(&root.join("clean")), "`{name}` is no clean build");
            elsewhere.discard("clean", self.now()).await.unwrap();
        }
        assert_eq!(self.store.open_removals().await.unwrap(), []);
    }

    /// The gate accounts for every row that the lake has.
    pub(super) async fn check_accounting(&self) {
        for holder in self.holders().await {
            let name = holder.location.strip_prefix("corpora/").unwrap();
            let corpus = self.corpora.open(&self.gate, name).await.unwrap();
            let build = self.build_of(&holder).await;
            for (table, slots) in [
                (Table::Profiles, &[Slot::Profile][..]),
                (Table::Positions, &[Slot::Position]),
                (Table::Items, &[Slot::Post, Slot::OtherPost, Slot::Article, Slot::Comment]),
            ] {
                let counts = &corpus.manifest().rows.tables[&table];
                assert_eq!(
                    counts.rows_in,
                    self.model.rows_in(build, slots) as u64,
                    "{name} {table}"
                );
            }
        }
    }
}

fn policy_of(said: &Said) -> Option<Rules> {
    match said {
        Said::Policy { rules, .. } => Some(*rules),
        _ => None,
    }
}

fn document(rules: Rules) -> String {
    let (categories, objection, oldest, terms) = match rules {
        Rules::Base => {
            ("\"profile\", \"positions\", \"posts\", \"comments\"", "all-data", 2015, true)
        }
        Rules::Narrower => ("\"profile\", \"posts\"", "all-data", 2020, false),
        Rules::Wider => (
            "\"profile\", \"positions\", \"posts\", \"comments\", \"articles\"",
            "content-after-objection",
            2015,
            true,
        ),
    };
    let mut text = format!(
        r#"
version = "2025-11-03"
announced = "2025-09-18"
notice_days = 30
adult_age = 18
ambiguous_names = "redact"

[purpose.generative-ai]
title = {{ en = "AI", de = "KI" }}
categories = [{categories}]
objection = "{objection}"
oldest_content = "{oldest}-01-01"
"#
    );
    let regions =
        [("EEA", "legitimate-interest", "on"), ("GB", "consent", "off"), ("US", "terms", "on")];
    for (region, basis, default) in regions.into_iter().filter(|(one, ..)| terms || *one != "US") {
        text.push_str(&format!(
            r#"
[[purpose.generative-ai.region]]
in = ["{region}"]
from = "2025-11-03"
basis = "{basis}"
default = "{default}"
source = "a test"
"#
        ));
    }
    text
}

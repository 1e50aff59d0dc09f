use std::{collections::BTreeMap, path::Path, sync::Arc};

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use gate::{FactRange, Gate, PermitRequest, Permitted, Table};
use lake::{Append, Lake, Options};
use policy::{
    AgeClass, Answer, Country, Instant, ItemId, LakeVersion, MemberNumber, PolicyHash, Purpose,
    Sequence, Status,
};
use store::{
    AccountFact, AppliedPolicy, Choice, HolderId, Identity, NewFact, NewHolder, Notice, Reach,
    Scope, Store,
};

pub(crate) const POLICY: &str = r#"
version = "2025-11-03"
announced = "2025-09-18"
notice_days = 30
adult_age = 18
ambiguous_names = "redact"

[purpose.generative-ai]
title = { en = "AI", de = "KI" }
categories = ["profile", "positions", "skills", "posts", "comments"]
objection = "all-data"
content_usage = "train-ai"
oldest_content = "2015-01-01"

[[purpose.generative-ai.region]]
in = ["EEA"]
from = "2025-11-03"
basis = "legitimate-interest"
default = "on"
source = "a test"

[[purpose.generative-ai.region]]
in = ["GB"]
from = "2025-11-03"
basis = "consent"
default = "off"
source = "a test"

[[purpose.generative-ai.region]]
in = ["US"]
from = "2025-11-03"
basis = "terms"
default = "on"
documents = ["dpia"]
categories = ["posts"]
source = "a test"

[[purpose.generative-ai.region]]
in = ["CH"]
from = "2027-01-01"
basis = "terms"
default = "on"
source = "a test"
"#;

/// The instant that all questions of these tests are about.
pub(crate) fn as_of() -> Instant {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

pub(crate) fn purpose() -> Purpose {
    "generative-ai".parse().unwrap()
}

pub(crate) fn member(number: i64) -> MemberNumber {
    MemberNumber::from_i64(number)
}

/// A network in a temporary folder.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) lake: Lake,
    pub(crate) store: Store,
    pub(crate) gate: Gate,
    holders: i64,
}

/// A row of the items table, as most tests want it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) member: i64,
    pub(crate) item: i64,
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    pub(crate) visibility: Option<&'static str>,
    pub(crate) created: Option<i64>,
    pub(crate) sensitive: Option<bool>,
    pub(crate) content_usage: Option<&'static str>,
    pub(crate) venue: Option<&'static str>,
    pub(crate) parent: Option<(i64, i64)>,
}

impl Item {
    pub(crate) fn public(member: i64, item: i64, text: &str) -> Self {
        Self {
            member,
            item,
            kind: "post",
            text: text.to_owned(),
            visibility: Some("public"),
            created: Some(as_of().plus_days(-10).as_micros()),
            sensitive: None,
            content_usage: None,
            venue: None,
            parent: None,
        }
    }

    pub(crate) fn answering(mut self, parent: (i64, i64)) -> Self {
        self.kind = "comment";
        self.parent = Some(parent);
        self
    }
}

impl World {
    /// `members` adults in Germany, whom the announcement reached in time, under [`POLICY`].
    pub(crate) async fn new(members: i64) -> Self {
        let world = Self::empty(members).await;
        let mut facts: Vec<_> = (0..members).map(|number| adult(number, "DE")).collect();
        facts.push(NewFact::Notice(Notice {
            policy_version: "2025-11-03".parse().unwrap(),
            reach: Reach::Cohort {
                regions: vec!["*".parse().unwrap()],
                members_below: member(members),
            },
            delivered_at: as_of().plus_days(-31),
            source: "test".to_owned(),
        }));
        world.store.record(facts, as_of()).await.unwrap();
        world
    }

    /// Numbers are given out, the policy is applied, and nothing else is known.
    pub(crate) async fn empty(members: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("store.sqlite")).await.unwrap();
        let location = folder.path().join("lake");
        let options = Options { members_per_range: 8 };
        let lake = Lake::open(location.to_str().unwrap(), options).await.unwrap();
        let identities: Vec<_> = (0..members)
            .map(|number| Identity {
                source: "test".to_owned(),
                external_hash: format!("{number:032x}"),
            })
            .collect();
        store.members(&identities).await.unwrap();
        store.record(vec![apply(POLICY)], as_of()).await.unwrap();
        let gate = Gate::new(lake.clone(), store.clone()).with_partitions(2);
        Self { folder, lake, store, gate, holders: 0 }
    }

    pub(crate) async fn names(&mut self, names: &[&str]) {
        let rows: Vec<_> = (0..).zip(names.iter().map(|name| (*name).to_owned())).collect();
        let number = |row: &(i64, String)| row.0;
        let batch = batch(
            Table::Members,
            &rows,
            number,
            |_| 1,
            |row, column| match column {
                "display_name" => Value::Text(Some(row.1.clone())),
                _ => Value::Long(None),
            },
        );
        self.append(Table::Members, batch).await;
    }

    pub(crate) async fn items(&mut self, items: &[Item]) {
        let number = |item: &Item| item.member;
        let batch = batch(
            Table::Items,
            items,
            number,
            |item| item.item,
            |item, column| match column {
                "kind" => Value::Text(Some(item.kind.to_owned())),
                "external" => Value::Text(Some(format!("e{}", item.item))),
                "text" => Value::Text(Some(item.text.clone())),
                "visibility" => Value::Text(item.visibility.map(str::to_owned)),
                "created" => Value::Long(item.created),
                "parent_member" => Value::Long(item.parent.map(|parent| parent.0)),
                "parent_item" => Value::Long(item.parent.map(|parent| parent.1)),
                "sensitive" => Value::Flag(item.sensitive),
                "content_usage" => Value::Text(item.content_usage.map(str::to_owned)),
                "venue_kind" => Value::Text(item.venue.map(|_| "group".to_owned())),
                "venue" => Value::Text(item.venue.map(str::to_owned)),
                "updated" => Value::Long(None),
                _ => Value::Text(None),
            },
        );
        self.append(Table::Items, batch).await;
    }

    async fn append(&mut self, table: Table, batch: RecordBatch) {
        let append = Append { rows: BTreeMap::from([(table, batch)]), replaced: vec![] };
        self.lake.writer().await.unwrap().append(append, as_of()).await.unwrap();
    }

    pub(crate) async fn record(&self, facts: Vec<NewFact>) -> Sequence {
        *self.store.record(facts, as_of()).await.unwrap().last().unwrap()
    }

    pub(crate) async fn objects(&self, number: i64) -> Sequence {
        self.record(vec![choice(number, Scope::Everything, Answer::Refuse)]).await
    }

    pub(crate) async fn register(&mut self, name: &str, location: &Path) -> HolderId {
        self.holders += 1;
        let id = HolderId::new(format!("{name}-{}", self.holders));
        let new = NewHolder {
            id: id.clone(),
            kind: "test".to_owned(),
            name: name.to_owned(),
            location: location.display().to_string(),
            purpose: purpose(),
            parent: None,
            policy_hash: PolicyHash::of_bytes(POLICY.as_bytes()),
            started_sequence: self.store.last_sequence().await.unwrap(),
            as_of: as_of(),
            lake_version: self.version().await,
        };
        self.store.register_holder(&new, as_of()).await.unwrap();
        id
    }

    pub(crate) async fn version(&self) -> LakeVersion {
        self.gate.lake_version().await.unwrap()
    }

    /// A permit to a new holder, on all facts, or on a range of them.
    pub(crate) async fn permit(&mut self, facts: Option<FactRange>) -> Permitted {
        let name = format!("holder {}", self.holders);
        let holder = self.register(&name, Path::new("nowhere")).await;
        let last = self.store.last_sequence().await.unwrap();
        let request = PermitRequest {
            holder,
            purpose: purpose(),
            as_of: as_of(),
            facts: facts.unwrap_or(FactRange::at(last)),
            lake_version: self.version().await,
            after: None,
        };
        self.gate.permit(&request, as_of()).await.unwrap()
    }

    /// The permitted items: (member, item) → text.
    pub(crate) async fn permitted(&mut self) -> BTreeMap<(i64, i64), String> {
        let permitted = self.permit(None).await;
        texts(&permitted).await
    }
}

pub(crate) async fn texts(permitted: &Permitted) -> BTreeMap<(i64, i64), String> {
    use arrow::array::AsArray;
    use arrow::datatypes::Int64Type;
    let batches = permitted.frame(Table::Items).unwrap().collect().await.unwrap();
    let mut rows = BTreeMap::new();
    for batch in batches {
        let long = |name: &str| batch.column_by_name(name).unwrap().as_primitive::<Int64Type>();
        let text = batch.column_by_name("text").unwrap().as_string_view();
        for at in 0..batch.num_rows() {
            let address = (long("member_number").value(at), long("item").value(at));
            rows.insert(address, text.value(at).to_owned());
        }
    }
    rows
}

pub(crate) fn adult(number: i64, country: &str) -> NewFact {
    account(number, country.parse().ok(), Some(AgeClass::Adult), Some(Status::Active))
}

pub(crate) fn account(
    number: i64,
    region: Option<Country>,
    age: Option<AgeClass>,
    status: Option<Status>,
) -> NewFact {
    NewFact::Account(AccountFact {
        member: member(number),
        region,
        age,
        status,
        source: "test".to_owned(),
        declaration: None,
    })
}

pub(crate) fn choice(number: i64, scope: Scope, answer: Answer) -> NewFact {
    NewFact::Choice(Choice {
        member: member(number),
        purpose: purpose(),
        scope,
        answer,
        said_at: as_of().plus_days(-1),
        source: "test".to_owned(),
        withdraws_consent: false,
    })
}

pub(crate) fn item_scope(item: i64) -> Scope {
    Scope::Item(ItemId::from_i64(item))
}

pub(crate) fn apply(document: &str) -> NewFact {
    let version = "2025-11-03".parse().unwrap();
    NewFact::PolicyApplied(AppliedPolicy::of(version, document.to_owned()))
}

enum Value {
    Long(Option<i64>),
    Text(Option<String>),
    Flag(Option<bool>),
}

fn batch<R>(
    table: Table,
    rows: &[R],
    member: impl Fn(&R) -> i64,
    item: impl Fn(&R) -> i64,
    value: impl Fn(&R, &str) -> Value,
) -> RecordBatch {
    let schema = table.input_schema();
    let column = |name: &str| -> ArrayRef {
        match name {
            "member_number" => {
                Arc::new(rows.iter().map(|row| Some(member(row))).collect::<Int64Array>())
            }
            "item" | "content" => {
                Arc::new(rows.iter().map(|row| Some(item(row))).collect::<Int64Array>())
            }
            "source" => Arc::new(rows.iter().map(|_| Some("test")).collect::<StringArray>()),
            _ => values(rows.iter().map(|row| value(row, name)).collect()),
        }
    };
    let columns = schema.fields().iter().map(|field| column(field.name())).collect();
    RecordBatch::try_new(schema, columns).unwrap()
}

fn values(values: Vec<Value>) -> ArrayRef {
    match values.first() {
        Some(Value::Long(_)) => Arc::new(
            values
                .iter()
                .map(|v| if let Value::Long(v) = v { *v } else { None })
                .collect::<Int64Array>(),
        ),
        Some(Value::Flag(_)) => Arc::new(
            values
                .iter()
                .map(|v| if let Value::Flag(v) = v { *v } else { None })
                .collect::<BooleanArray>(),
        ),
        _ => Arc::new(
            values
                .into_iter()
                .map(|v| if let Value::Text(v) = v { v } else { None })
                .collect::<StringArray>(),
        ),
    }
}

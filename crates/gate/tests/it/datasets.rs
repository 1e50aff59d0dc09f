//! What a check of a data set refuses is what the gate refuses, on random networks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
    sync::Arc,
};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use check::{Choices, Columns, DataSet, Field, Judge, Judged, Rules, Said, SaidScope, Told};
use gate::Holders;
use parquet::arrow::ArrowWriter;
use policy::{AgeClass, Answer, Policy, ReasonSet, Status};
use proptest::prelude::*;
use sources::Declaration;
use store::{NewFact, Notice, Reach, Scope};

use crate::{
    differential::{Event, MEMBERS, events, fact, items},
    support::{Item, POLICY, World, as_of, member, purpose, texts},
};

/// What is known of a member in the end.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    region: Option<&'static str>,
    age: Option<AgeClass>,
    status: Option<Status>,
}

/// What a data set can say and a declaration fill: no rulings, no member's own announcement.
fn sayable(event: &Event) -> bool {
    matches!(event, Event::Account(..) | Event::Choice(..) | Event::Document)
}

fn accounts(events: &[Event]) -> BTreeMap<i64, Account> {
    let mut accounts: BTreeMap<i64, Account> = BTreeMap::new();
    for event in events {
        if let Event::Account(number, region, age, status) = event {
            let account = accounts.entry(*number).or_default();
            account.region = region.or(account.region);
            account.age = age.or(account.age);
            account.status = status.or(account.status);
        }
    }
    accounts
}

/// The rows as somebody might have exported them, with what is known of their authors.
fn export(path: &Path, items: &[Item], accounts: &BTreeMap<i64, Account>) {
    let of = |item: &Item| accounts.get(&item.member).copied().unwrap_or_default();
    let texts = |say: &dyn Fn(&Item) -> Option<&'static str>| -> ArrayRef {
        Arc::new(StringArray::from_iter(items.iter().map(say)))
    };
    let longs = |say: &dyn Fn(&Item) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(items.iter().map(say)))
    };
    let created = TimestampMicrosecondArray::from_iter(items.iter().map(|item| item.created));
    let columns: [(&str, ArrayRef); 9] = [
        ("author", longs(&|item| item.member)),
        ("id", longs(&|item| item.item)),
        ("kind", texts(&|item| Some(item.kind))),
        ("region", texts(&|item| of(item).region)),
        ("age", texts(&|item| of(item).age.map(AgeClass::name))),
        ("status", texts(&|item| of(item).status.map(Status::name))),
        ("visibility", texts(&|item| item.visibility)),
        ("created", Arc::new(created)),
        ("usage", texts(&|item| item.content_usage)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn rules(events: &[Event], notice_days: i64) -> Rules {
    let notice = as_of().plus_days(-notice_days);
    let declared = format!(
        "reason = 'a test'\n\
         notice = {{ policy_version = '2025-11-03', delivered_at = '{notice}' }}\n"
    );
    let has_document = events.iter().any(|event| matches!(event, Event::Document));
    let kinds = lake::ItemKind::ALL.iter();
    Rules {
        policy: Policy::parse(Path::new("test"), POLICY.as_bytes()).unwrap(),
        purpose: purpose(),
        as_of: as_of(),
        declaration: Some(Declaration::parse(Path::new("test"), &declared).unwrap()),
        documents: has_document.then(|| "dpia".to_owned()).into_iter().collect(),
        category: None,
        categories: kinds.map(|kind| (kind.name().to_owned(), kind.category())).collect(),
        source: None,
    }
}

fn said(event: &Event) -> Option<Said> {
    let Event::Choice(number, scope, answer) = event else { return None };
    let scope = match scope.unwrap_or(Scope::Everything) {
        Scope::Everything => SaidScope::Everything,
        Scope::Category(category) => SaidScope::Category(category),
        Scope::Item(item) => SaidScope::Item(format!("#{item}"), None),
    };
    let (member, said_at) = (format!("#{number}"), as_of().plus_days(-1));
    Some(Said { member, purpose: purpose(), scope, answer: *answer, said_at })
}

/// The reasons against each row, by its place among the items.
fn checked(path: &Path, rules: Rules, events: &[Event]) -> BTreeMap<u64, ReasonSet> {
    let mut choices = Choices::default();
    events.iter().filter_map(said).for_each(|said| choices.add(said));
    let mut columns = Columns::of_author("author");
    for (field, name) in [
        (Field::Item, "id"),
        (Field::Kind, "kind"),
        (Field::Region, "region"),
        (Field::Age, "age"),
        (Field::Status, "status"),
        (Field::Visibility, "visibility"),
        (Field::Created, "created"),
        (Field::ContentUsage, "usage"),
    ] {
        columns.set(field, Some(name.to_owned()));
    }
    let mut refused = BTreeMap::new();
    let dataset = DataSet::find(path).unwrap();
    let mut judge = Judge::new(rules, choices);
    let summary = check::check(&dataset, &columns, &mut judge, &mut |told| {
        if let Told::Refused { row, judged: Judged::Reasons(reasons), .. } = told {
            refused.insert(row, reasons);
        }
    });
    assert!(summary.failed.is_empty() && summary.is_balanced(), "{summary:?}");
    refused
}

async fn agree(items: Vec<Item>, events: Vec<Event>, notice_days: i64) {
    let items: Vec<_> = items.into_iter().map(|item| Item { sensitive: None, ..item }).collect();
    let mut history: Vec<_> = (0..MEMBERS)
        .map(|number| {
            Event::Account(number, Some("DE"), Some(AgeClass::Adult), Some(Status::Active))
        })
        .collect();
    history.extend(events.into_iter().filter(sayable));
    let mut world = World::empty(MEMBERS).await;
    world.items(&items).await;
    let mut facts: Vec<_> = history.iter().map(fact).collect();
    facts.extend((0..MEMBERS).map(|number| {
        NewFact::Notice(Notice {
            policy_version: "2025-11-03".parse().unwrap(),
            reach: Reach::Member(member(number)),
            delivered_at: as_of().plus_days(-notice_days),
            source: "test".to_owned(),
        })
    }));
    world.record(facts).await;

    let path = world.folder.path().join("rows.parquet");
    export(&path, &items, &accounts(&history));
    let refused = checked(&path, rules(&history, notice_days), &history);

    let permitted = world.permit(None).await;
    let kept: BTreeSet<_> = texts(&permitted).await.into_keys().collect();
    for (row, item) in (1_u64..).zip(&items) {
        let by_check = refused.get(&row).copied().unwrap_or_default();
        let is_kept = kept.contains(&(item.member, item.item));
        assert_eq!(is_kept, by_check.is_empty(), "{item:?} {by_check} after {history:?}");
        let id = policy::ItemId::from_i64(item.item);
        let holders = Holders::default();
        let explained =
            world.gate.explain(member(item.member), Some(id), &purpose(), as_of(), &holders).await;
        let by_gate: ReasonSet = explained.unwrap().decisions[0].reasons.iter().copied().collect();
        assert_eq!(by_check, by_gate, "{item:?} after {history:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_check_refuses_what_the_gate_refuses(
        items in items(),
        events in prop::collection::vec(events(), 0..20),
        notice_days in prop::sample::select(vec![31_i64, 31, 31, 29, -1]),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(agree(items, events, notice_days));
    }
}

#[test]
fn answers_of_both_kinds_occur() {
    // A guard for the test above: random networks that refuse or keep everything show nothing.
    let adult = Event::Account(0, Some("DE"), Some(AgeClass::Adult), Some(Status::Active));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let items = [Item::public(0, 0, "words"), Item::public(1, 1, "words")];
    let history = [adult.clone(), Event::Choice(0, Some(Scope::Everything), Answer::Refuse)];
    export(&path, &items, &accounts(&history));
    let refused = checked(&path, rules(&history, 31), &history);
    assert_eq!(refused[&1].to_string(), "objected");
    assert!(refused[&2].contains(policy::Reason::StatusUnknown));
    export(&path, &items[..1], &accounts(&history));
    assert!(checked(&path, rules(&history, 31), &history[..1]).is_empty());
}

//! The vectorised gate, `decide`, and a naive reference agree on every row of random networks.

use std::collections::{BTreeMap, BTreeSet};

use gate::{FactRange, Table};
use policy::{
    AgeClass, Answer, Category, Instant, ItemId, Request, Sequence, Status, Visibility,
    aipref::Usage, decide,
};
use proptest::prelude::*;
use store::{Document, NewFact, Notice, Reach, Ruling, Scope};

use crate::attached::attach;
use crate::support::{
    Item, World, account, adult, as_of, choice, item_scope, member, purpose, texts,
};

pub(crate) const MEMBERS: i64 = 6;

/// What happens, in terms that the naive reference understands.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Account(i64, Option<&'static str>, Option<AgeClass>, Option<Status>),
    Choice(i64, Option<Scope>, Answer),
    Notice(i64, i64),
    Document,
    Ruling(i64, Option<i64>, bool),
}

fn countries() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![
        None,
        Some("DE"),
        Some("DE"),
        Some("GB"),
        Some("US"),
        Some("CH"),
        Some("BR"),
    ])
}

pub(crate) fn events() -> impl Strategy<Value = Event> {
    let number = 0..MEMBERS;
    let age = prop::sample::select(vec![
        None,
        Some(AgeClass::Adult),
        Some(AgeClass::Adult),
        Some(AgeClass::Minor),
    ]);
    let status = prop::sample::select(vec![
        None,
        Some(Status::Active),
        Some(Status::Active),
        Some(Status::Restricted),
        Some(Status::Closed),
    ]);
    let scope = prop_oneof![
        Just(Some(Scope::Everything)),
        prop::sample::select(vec![Category::Posts, Category::Comments, Category::Profile])
            .prop_map(|category| Some(Scope::Category(category))),
        (0..4_i64).prop_map(|item| Some(item_scope(item))),
    ];
    let answer = prop::sample::select(vec![Answer::Refuse, Answer::Allow]);
    prop_oneof![
        4 => (number.clone(), countries(), age, status).prop_map(|(n, c, a, s)| Event::Account(n, c, a, s)),
        3 => (number.clone(), scope, answer).prop_map(|(n, s, a)| Event::Choice(n, s, a)),
        3 => (number.clone(), 0..60_i64).prop_map(|(n, days)| Event::Notice(n, days)),
        1 => Just(Event::Document),
        1 => (number, prop::option::of(0..4_i64), any::<bool>()).prop_map(|(n, i, r)| Event::Ruling(n, i, r)),
    ]
}

pub(crate) fn items() -> impl Strategy<Value = Vec<Item>> {
    let visibility = prop::sample::select(vec![
        None,
        Some("public"),
        Some("public"),
        Some("public"),
        Some("network"),
    ]);
    let created =
        prop::sample::select(vec![None, Some(-10), Some(-10), Some(-10), Some(5), Some(-365 * 20)]);
    let kind = prop::sample::select(vec!["post", "comment", "article", "group"]);
    let sensitive = prop::sample::select(vec![None, None, Some(false), Some(true)]);
    let signal = prop::sample::select(vec![
        None,
        None,
        Some("train-ai=y"),
        Some("search=n"),
        Some("train-ai=n"),
    ]);
    let item = (0..MEMBERS, visibility, created, kind, sensitive, signal);
    prop::collection::vec(item, 1..16).prop_map(|rows| {
        let mut next = BTreeMap::new();
        let build = |(number, visibility, created, kind, sensitive, content_usage): (
            i64,
            _,
            Option<i64>,
            _,
            _,
            _,
        )| {
            let id = next.entry(number).or_insert(-1);
            *id += 1;
            Item {
                visibility,
                created: created.map(|days: i64| as_of().plus_days(days).as_micros()),
                kind,
                sensitive,
                content_usage,
                ..Item::public(number, *id, "words")
            }
        };
        rows.into_iter().map(build).collect()
    })
}

pub(crate) fn fact(event: &Event) -> NewFact {
    match event {
        Event::Account(number, country, age, status) => {
            account(*number, country.and_then(|code| code.parse().ok()), *age, *status)
        }
        Event::Choice(number, scope, answer) => {
            choice(*number, scope.unwrap_or(Scope::Everything), *answer)
        }
        Event::Notice(number, days) => NewFact::Notice(Notice {
            policy_version: "2025-11-03".parse().unwrap(),
            reach: Reach::Member(member(*number)),
            delivered_at: as_of().plus_days(-days),
            source: "test".to_owned(),
        }),
        Event::Document => NewFact::Document(Document {
            kind: "dpia".to_owned(),
            policy_version: None,
            hash: "00".to_owned(),
            title: "DPIA".to_owned(),
        }),
        Event::Ruling(number, item, restricted) => NewFact::Ruling(Ruling {
            member: member(*number),
            item: item.map(ItemId::from_i64),
            restricted: *restricted,
            reason: "test".to_owned(),
        }),
    }
}

/// The naive reference: reads the events from the start for every row, and knows the test's
/// policy by heart.
fn naive(events: &[Event], item: &Item) -> bool {
    let (mut country, mut age, mut status, mut ruled, mut ruled_item) =
        (None, None, None, false, false);
    let mut known = false;
    let mut notice: Option<i64> = None;
    let mut document = false;
    let mut choices: BTreeMap<Scope, Answer> = BTreeMap::new();
    for event in events {
        match event {
            Event::Account(number, c, a, s) if *number == item.member => {
                known = true;
                country = c.or(country);
                age = a.or(age);
                status = s.or(status);
            }
            Event::Choice(number, scope, answer) if *number == item.member => {
                let scope = scope.unwrap_or(Scope::Everything);
                // all are said at the same instant: a refusal wins
                let said = choices.entry(scope).or_insert(*answer);
                if *answer == Answer::Refuse {
                    *said = Answer::Refuse;
                }
            }
            Event::Notice(number, days) if *number == item.member => {
                notice = Some(notice.unwrap_or(0).max(*days));
            }
            Event::Document => document = true,
            Event::Ruling(number, None, restricted) if *number == item.member => {
                ruled = *restricted
            }
            Event::Ruling(number, Some(id), restricted)
                if *number == item.member && *id == item.item =>
            {
                ruled_item = *restricted;
            }
            _ => {}
        }
    }
    let category = match item.kind {
        "post" => Category::Posts,
        "comment" => Category::Comments,
        _ => return false,
    };
    let applicable = [Scope::Everything, Scope::Category(category), item_scope(item.item)];
    let said: BTreeSet<_> =
        applicable.iter().filter_map(|scope| choices.get(scope).copied()).collect();
    let region_allows = match country {
        Some("DE") => true,
        Some("GB") => said.contains(&Answer::Allow),
        Some("US") => document && category == Category::Posts,
        _ => false,
    };
    let age_allows = age == Some(AgeClass::Adult);
    let account_allows = known && status == Some(Status::Active) && !ruled && !ruled_item;
    let notice_allows = notice.is_some_and(|days| days >= 30);
    let created = item.created.map(Instant::from_micros);
    let since: Instant = "2015-01-01T00:00:00Z".parse().unwrap();
    let row_allows = item.visibility == Some("public")
        && created.is_some_and(|created| created >= since && created <= as_of())
        && item.sensitive != Some(true)
        && item.content_usage != Some("train-ai=n");
    region_allows
        && age_allows
        && account_allows
        && notice_allows
        && row_allows
        && !said.contains(&Answer::Refuse)
}

/// The same by `decide`, one row at a time.
async fn by_decide(world: &World, at: Sequence, item: &Item) -> bool {
    let snapshot = world.store.snapshot_at(at).await.unwrap();
    let document = world.store.policies_applied(at).await.unwrap().pop().unwrap().1.document;
    let policy = policy::Policy::parse("test".as_ref(), document.as_bytes()).unwrap();
    let kind: lake::ItemKind = item.kind.parse().unwrap();
    let purpose = purpose();
    let request =
        Request { policy: &policy, purpose: &purpose, category: kind.category(), as_of: as_of() };
    let id = ItemId::from_i64(item.item);
    let mut facts =
        snapshot.facts(&policy, &purpose, member(item.member), kind.category(), Some(id));
    facts.item.visibility = item.visibility.and_then(|word| word.parse::<Visibility>().ok());
    facts.item.created = item.created.map(Instant::from_micros);
    facts.item.sensitive = item.sensitive == Some(true);
    facts.item.content_usage = Usage::parse(item.content_usage.unwrap_or_default());
    decide(&request, &facts).is_allowed()
}

async fn agree(items: Vec<(Item, bool)>, before: Vec<Event>, after: Vec<Event>) {
    let mut world = World::empty(MEMBERS).await;
    let mut start: Vec<_> = (0..MEMBERS)
        .map(|number| {
            Event::Account(number, Some("DE"), Some(AgeClass::Adult), Some(Status::Active))
        })
        .collect();
    start.extend((0..MEMBERS).map(|number| Event::Notice(number, 31)));
    start.extend(before);
    let rows = |elsewhere: bool| -> Vec<Item> {
        let rows = items.iter().filter(|(_, is_elsewhere)| *is_elsewhere == elsewhere);
        rows.map(|(item, _)| item.clone()).collect()
    };
    let own = rows(false);
    if !own.is_empty() {
        world.items(&own).await;
    }
    attach(&mut world, "elsewhere", &[&rows(true)]).await;
    world.record(start.iter().map(fact).collect()).await;
    let from = world.store.last_sequence().await.unwrap();
    let mut sequences = vec![(from, start.len())];
    let mut history = start;
    for event in after {
        let fact = fact(&event);
        history.push(event);
        world.record(vec![fact]).await;
        // a fact that repeats what is known takes no place of its own
        sequences.push((world.store.last_sequence().await.unwrap(), history.len()));
    }
    let to = world.store.last_sequence().await.unwrap();
    let permitted = world.permit(Some(FactRange { from, to })).await;
    let kept: BTreeSet<_> = texts(&permitted).await.into_keys().collect();
    let accounting = permitted.account().await.unwrap();
    assert!(accounting.is_balanced());
    let booked = accounting.tables[&Table::Items].kept;
    assert_eq!(booked, kept.len() as u64, "the accounting counts what is given out");
    let counted = accounting.tables[&Table::Items].rows_in;
    assert_eq!(counted, items.len() as u64, "rows in a table elsewhere are accounted for as well");
    for (item, _) in &items {
        let mut naively = true;
        let mut decided = true;
        for (sequence, length) in &sequences {
            naively &= naive(&history[..*length], item);
            decided &= by_decide(&world, *sequence, item).await;
        }
        let gated = kept.contains(&(item.member, item.item));
        assert_eq!((gated, decided), (naively, naively), "{item:?} after {history:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn gate_and_decide_and_the_naive_reference_agree(
        items in items(),
        elsewhere in prop::collection::vec(any::<bool>(), 16),
        before in prop::collection::vec(events(), 0..8),
        after in prop::collection::vec(events(), 0..6),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let items = items.into_iter().zip(elsewhere).collect();
        runtime.block_on(agree(items, before, after));
    }
}

#[tokio::test]
async fn allowances_wait_and_refusals_stay() {
    let mut world = World::new(3).await;
    let items: Vec<_> = (0..3).map(|number| Item::public(number, 0, "words")).collect();
    world.items(&items).await;
    world.objects(0).await;
    let from = world.store.last_sequence().await.unwrap();
    let mut again = choice(0, Scope::Everything, Answer::Allow);
    let NewFact::Choice(said) = &mut again else { unreachable!() };
    said.said_at = as_of();
    world.record(vec![again]).await;
    world.objects(1).await;
    let mut again = choice(1, Scope::Everything, Answer::Allow);
    let NewFact::Choice(said) = &mut again else { unreachable!() };
    said.said_at = as_of();
    let to = world.record(vec![again]).await;
    let kept = texts(&world.permit(Some(FactRange { from, to })).await).await;
    assert_eq!(kept.into_keys().collect::<Vec<_>>(), [(2, 0)]);
    assert_eq!(world.permitted().await.len(), 3, "the next build has all of them");
}

#[tokio::test]
async fn without_facts_nothing_is_permitted() {
    let mut world = World::empty(2).await;
    world.items(&[Item::public(0, 0, "words"), Item::public(1, 0, "words")]).await;
    assert_eq!(world.permitted().await.len(), 0);
    world.record(vec![adult(0, "DE")]).await;
    assert_eq!(world.permitted().await.len(), 0, "no notice");
}

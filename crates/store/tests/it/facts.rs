use std::collections::BTreeSet;

use policy::{Answer, Category, ItemId, PolicyHash, Sequence, Status};
use store::{
    AccountFact, Choice, Document, Fact, NewFact, Notice, Objection, Reach, RemovalCause, Ruling,
    Scope, Store, StoreError, Withdrawn,
};

use crate::sample::{
    GENERATIVE, TALENT, account, adult_in, applied, at, choice, consent, member, purpose, refusal,
    sequence, store,
};

/// One fact of every kind and shape.
fn every_kind() -> Vec<NewFact> {
    let scoped = |scope| NewFact::Choice(Choice { scope, ..choice(0, Answer::Refuse, 3) });
    let notice = |reach| {
        let policy_version = "2025-11-03".parse().unwrap();
        let (delivered_at, source) = (at(4), "mail".to_owned());
        NewFact::Notice(Notice { policy_version, reach, delivered_at, source })
    };
    let regions = ["EEA", "GB", "*"].map(|region| region.parse().unwrap()).to_vec();
    let item = Some(ItemId::from_i64(-7));
    vec![
        NewFact::Account(adult_in(0, "DE")),
        NewFact::Account(account(1)),
        refusal(0, 2),
        scoped(Scope::Category(Category::Posts)),
        scoped(Scope::Item(ItemId::from_i64(i64::MIN))),
        notice(Reach::Member(member(1))),
        notice(Reach::Cohort { regions, members_below: member(2) }),
        NewFact::Objection(Objection {
            id: "case-1".to_owned(),
            purpose: purpose(GENERATIVE),
            names: vec!["Ada \"Q\" Ünal".to_owned()],
            emails: vec!["ada@example.org".to_owned()],
            said_at: at(5),
            lifted: false,
        }),
        NewFact::Ruling(Ruling { member: member(1), item, restricted: true, reason: "r1".into() }),
        NewFact::PolicyApplied(applied("one")),
        NewFact::Document(Document {
            kind: "balancing-test".to_owned(),
            policy_version: Some("2025-11-03".parse().unwrap()),
            hash: "00".to_owned(),
            title: "Balancing test".to_owned(),
        }),
        NewFact::Withdrawn(Withdrawn {
            cause: RemovalCause::Edit,
            member: Some(member(1)),
            item,
            category: Some(Category::Posts),
            purpose: None,
            note: "edited".to_owned(),
        }),
    ]
}

#[tokio::test]
async fn every_kind_of_fact_is_read_as_it_was_recorded() {
    let (_home, store) = store(2).await;
    let facts = every_kind();
    let sequences = store.record(facts.clone(), at(10)).await.unwrap();
    assert_eq!(sequences, (1..=12).map(Sequence::from_i64).collect::<Vec<_>>());
    let read = store.facts_between(sequence(0), sequence(12)).await.unwrap();
    let expected: Vec<_> = facts
        .into_iter()
        .zip(sequences)
        .map(|(content, sequence)| Fact { sequence, recorded_at: at(10), content })
        .collect();
    assert_eq!(read, expected);
    assert_eq!(store.facts_between(sequence(3), sequence(5)).await.unwrap(), expected[3..5]);
    let of_first = store.facts_of_member(member(0), sequence(4)).await.unwrap();
    assert_eq!(of_first, [0, 2, 3].map(|place: usize| expected[place].clone()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sequence_has_no_gap_under_eight_writers_on_two_handles() {
    let (home, one) = store(8).await;
    let other = Store::open(home.place("store").await).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..8_i64 {
        let store = if writer % 2 == 0 { one.clone() } else { other.clone() };
        tasks.spawn(async move {
            let mut given = Vec::new();
            for round in 0..10 {
                let said_at = 100 * round;
                if writer < 4 {
                    let facts = vec![refusal(writer, said_at), consent(writer, said_at + 1)];
                    given.extend(store.record(facts, at(0)).await.unwrap());
                } else {
                    let choice = choice(writer, Answer::Refuse, said_at);
                    given.push(store.choose(choice, at(0)).await.unwrap());
                }
            }
            given
        });
    }
    let given: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let sorted: BTreeSet<_> = given.iter().map(|sequence| sequence.as_i64()).collect();
    assert_eq!(sorted, (1..=120).collect());
    let facts = one.facts_between(sequence(0), sequence(120)).await.unwrap();
    assert_eq!(facts.len(), 120);
}

#[tokio::test]
async fn what_says_the_same_again_records_nothing() {
    let (_home, store) = store(2).await;
    let repeatable = || {
        vec![
            refusal(0, 1),
            NewFact::Account(adult_in(1, "DE")),
            NewFact::PolicyApplied(applied("one")),
        ]
    };
    let first = store.record(repeatable(), at(1)).await.unwrap();
    let mut twice = repeatable();
    twice.extend(repeatable());
    let again = store.record(twice, at(2)).await.unwrap();
    assert_eq!(again, [first.clone(), first].concat());
    assert_eq!(store.last_sequence().await.unwrap(), sequence(3));

    let elsewhere = Choice { purpose: purpose(TALENT), ..choice(0, Answer::Refuse, 1) };
    let later = choice(0, Answer::Refuse, 2);
    let new = vec![NewFact::Choice(elsewhere), NewFact::Choice(later), consent(0, 1)];
    assert_eq!(store.record(new, at(3)).await.unwrap(), [4, 5, 6].map(sequence));
}

#[tokio::test]
async fn a_batch_is_recorded_whole_or_not_at_all() {
    let (_home, store) = store(1).await;
    let error = store.record(vec![refusal(0, 1), refusal(1, 1)], at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::MemberUnknown { .. }), "{error}");
    let mut wrong = applied("one");
    wrong.hash = PolicyHash::of_bytes(b"two");
    let error = store.record(vec![NewFact::PolicyApplied(wrong)], at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::PolicyText { .. }), "{error}");
    assert_eq!(store.last_sequence().await.unwrap(), sequence(0));
    assert_eq!(store.facts_between(sequence(0), sequence(9)).await.unwrap(), []);
}

#[tokio::test]
async fn every_fact_that_ends_a_permission_starts_one_removal() {
    let status = |status| NewFact::Account(AccountFact { status: Some(status), ..account(0) });
    let minor = Some(policy::AgeClass::Minor);
    let ruling = |item: Option<i64>, restricted| {
        let (item, reason) = (item.map(ItemId::from_i64), "r".to_owned());
        NewFact::Ruling(Ruling { member: member(0), item, restricted, reason })
    };
    let withdrawal = Choice { withdraws_consent: true, ..choice(0, Answer::Refuse, 9) };
    let table = [
        (NewFact::Account(adult_in(0, "DE")), None),
        (consent(0, 1), None),
        (refusal(0, 2), Some(RemovalCause::Objection)),
        (NewFact::Choice(withdrawal), Some(RemovalCause::ConsentWithdrawn)),
        (NewFact::Account(adult_in(0, "FR")), Some(RemovalCause::Restriction)),
        (
            NewFact::Account(AccountFact { age: minor, ..account(0) }),
            Some(RemovalCause::Restriction),
        ),
        (status(Status::Restricted), Some(RemovalCause::Restriction)),
        (status(Status::Active), None),
        (status(Status::Closed), Some(RemovalCause::AccountClosed)),
        (ruling(Some(1), true), Some(RemovalCause::Ruling)),
        (ruling(None, true), Some(RemovalCause::Ruling)),
        (ruling(None, false), None),
        (NewFact::PolicyApplied(applied("one")), Some(RemovalCause::Policy)),
        (status(Status::Erased), Some(RemovalCause::Erasure)),
    ];
    let (_home, store) = store(1).await;
    for (fact, cause) in table {
        let before = store.removals(&Default::default()).await.unwrap().len();
        store.record(vec![fact.clone()], at(1)).await.unwrap();
        let removals = store.removals(&Default::default()).await.unwrap();
        let started: Vec<_> = removals[before..].iter().map(|removal| removal.cause).collect();
        assert_eq!(started, cause.into_iter().collect::<Vec<_>>(), "{fact:?}");
    }
}

#[tokio::test]
async fn policies_are_kept_with_their_text() {
    let (_home, store) = store(0).await;
    let facts = ["one", "two"].map(|text| NewFact::PolicyApplied(applied(text)));
    store.record(facts.to_vec(), at(1)).await.unwrap();
    let hash = PolicyHash::of_bytes(b"one");
    assert_eq!(store.policy_document(&hash).await.unwrap().as_deref(), Some("one"));
    assert_eq!(store.policy_document(&PolicyHash::of_bytes(b"three")).await.unwrap(), None);
    let up_to_one = store.policies_applied(sequence(1)).await.unwrap();
    assert_eq!(up_to_one, [(sequence(1), applied("one"))]);
}

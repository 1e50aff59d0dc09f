use policy::Answer;
use store::{Choice, Store, StoreError};

use crate::sample::{GENERATIVE, TALENT, at, choice, member, purpose, sequence, store};

#[tokio::test]
async fn an_acknowledged_choice_is_visible_to_a_second_handle_at_once() {
    let (home, one) = store(1).await;
    let other = Store::open(home.place("store").await).await.unwrap();
    for said_at in 1..20 {
        let given = one.choose(choice(0, Answer::Refuse, said_at), at(0)).await.unwrap();
        assert_eq!(other.last_sequence().await.unwrap(), given);
        let facts = other.facts_of_member(member(0), given).await.unwrap();
        assert_eq!(facts.last().map(|fact| fact.sequence), Some(given));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn choices_that_wait_together_share_a_commit_and_each_is_answered() {
    let (_home, store) = store(50).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..500 {
        let store = store.clone();
        let choice = choice(number % 50, Answer::Refuse, number);
        tasks.spawn(async move { store.choose(choice, at(0)).await.unwrap().as_i64() });
    }
    let mut given = tasks.join_all().await;
    given.sort_unstable();
    assert_eq!(given, (1..=500).collect::<Vec<_>>());
    let commits = store.choice_commits();
    assert!((1..=250).contains(&commits), "{commits} commits for 500 choices");
    let (snapshot, rest) = store.snapshot_between(sequence(500), sequence(500)).await.unwrap();
    assert_eq!(snapshot.members_with_choices(&purpose(GENERATIVE)).count(), 50);
    assert_eq!(snapshot.members_with_choices(&purpose(TALENT)).count(), 0);
    assert!(rest.is_empty());
}

#[tokio::test]
async fn one_bad_choice_does_not_take_its_neighbours_with_it() {
    let (_home, store) = store(1).await;
    let good = choice(0, Answer::Refuse, 1);
    let bad = Choice { member: member(9), ..good.clone() };
    let nul = Choice { source: "a\0b".to_owned(), ..good.clone() };
    let (bad, nul, good) =
        tokio::join!(store.choose(bad, at(0)), store.choose(nul, at(0)), store.choose(good, at(0)));
    assert!(matches!(bad.unwrap_err(), StoreError::MemberUnknown { .. }));
    assert!(matches!(nul.unwrap_err(), StoreError::NulInText { .. }));
    assert_eq!(good.unwrap(), sequence(1));
}

#[tokio::test]
async fn choosing_the_same_again_returns_the_old_sequence() {
    let (_home, store) = store(1).await;
    let same = || store.choose(choice(0, Answer::Refuse, 1), at(0));
    let (first, second) = tokio::join!(same(), same());
    assert_eq!((first.unwrap(), second.unwrap()), (sequence(1), sequence(1)));
    assert_eq!(same().await.unwrap(), sequence(1));
}

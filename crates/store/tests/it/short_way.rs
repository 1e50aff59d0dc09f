//! Choices go a way of their own where a store keeps a journal; it must lead to the same place.

use std::{fs::OpenOptions, io::Write};

use policy::Answer;
use store::{Fact, JournalOverview, JournalPlace, NewFact, Store, StoreError};
use tempfile::TempDir;

use crate::sample::*;

async fn kept(folder: &TempDir) -> Store {
    let place =
        JournalPlace { folder: folder.path().join("journal"), new_system: "short way".to_owned() };
    Store::open_with_journal(folder.path().join("store.sqlite"), &place, at(1)).await.unwrap()
}

async fn facts(store: &Store) -> Vec<Fact> {
    let last = store.last_sequence().await.unwrap();
    store.facts_between(sequence(0), last).await.unwrap()
}

#[tokio::test]
async fn a_choice_is_the_same_fact_whichever_way_it_goes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (kept(&one).await, kept(&other).await);
    for store in [&one, &other] {
        store.members(&[identity(0), identity(1)]).await.unwrap();
    }
    for said_at in [1, 2, 2, 1, 3] {
        for number in [0, 1] {
            let choice = choice(number, Answer::Refuse, said_at);
            let short = one.choose(choice.clone(), at(9)).await.unwrap();
            let long = other.record(vec![NewFact::Choice(choice)], at(9)).await.unwrap();
            assert_eq!(vec![short], long);
        }
    }
    assert_eq!(facts(&one).await, facts(&other).await);
    let open = async |store: &Store| store.open_removals().await.unwrap();
    assert_eq!(open(&one).await, open(&other).await);
}

#[tokio::test]
async fn two_processes_that_write_in_turns_know_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (kept(&folder).await, kept(&folder).await);
    one.members(&[identity(0)]).await.unwrap();
    for said_at in 1..=6 {
        let store = if said_at % 2 == 0 { &one } else { &other };
        let given = store.choose(choice(0, Answer::Refuse, said_at), at(0)).await.unwrap();
        assert_eq!(given, sequence(said_at));
    }
    // what the one has recorded, the other finds again
    let again = other.choose(choice(0, Answer::Refuse, 6), at(0)).await.unwrap();
    assert_eq!(again, sequence(6));
    // a member whom the other has numbered since
    let unknown = one.choose(choice(1, Answer::Refuse, 1), at(0)).await;
    assert!(matches!(unknown, Err(StoreError::MemberUnknown { .. })));
    other.members(&[identity(1)]).await.unwrap();
    assert_eq!(one.choose(choice(1, Answer::Refuse, 1), at(0)).await.unwrap(), sequence(7));
    let journal = JournalOverview::read(&folder.path().join("journal")).unwrap();
    assert_eq!(journal.last, sequence(7));
}

#[tokio::test]
async fn half_a_line_of_a_process_that_died_is_dropped_by_the_next_choice() {
    let folder = tempfile::tempdir().unwrap();
    let store = kept(&folder).await;
    store.members(&[identity(0)]).await.unwrap();
    store.choose(choice(0, Answer::Refuse, 1), at(0)).await.unwrap();
    let file = JournalOverview::file(&folder.path().join("journal"));
    let mut file = OpenOptions::new().append(true).open(file).unwrap();
    file.write_all(b"0123 {\"facts\"").unwrap();
    assert_eq!(store.choose(choice(0, Answer::Allow, 2), at(0)).await.unwrap(), sequence(2));
    let journal = JournalOverview::read(&folder.path().join("journal")).unwrap();
    assert_eq!((journal.last, journal.torn_bytes), (sequence(2), 0));
}

#[tokio::test]
async fn a_holder_that_another_process_registers_makes_the_next_removal_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (kept(&folder).await, kept(&folder).await);
    one.members(&[identity(0)]).await.unwrap();
    one.choose(choice(0, Answer::Refuse, 1), at(0)).await.unwrap();
    assert!(one.open_removals().await.unwrap().is_empty(), "nobody holds anything");
    other.register_holder(&holder("corpus", sequence(1)), at(2)).await.unwrap();
    one.choose(choice(0, Answer::Refuse, 3), at(3)).await.unwrap();
    assert_eq!(one.open_removals().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_moved_into_the_store_between_choices() {
    let folder = tempfile::tempdir().unwrap();
    let store = kept(&folder).await;
    store.members(&[identity(0)]).await.unwrap();
    let log = || folder.path().join("store.sqlite-wal").metadata().unwrap().len();
    let mut most = 0;
    for said_at in 1..=600 {
        store.choose(choice(0, Answer::Refuse, said_at), at(0)).await.unwrap();
        most = most.max(log());
    }
    // 600 choices write some 15 MB of pages; a log that was moved is written over from its start
    assert!(most < 8 << 20, "the log has grown to {most} bytes");
}

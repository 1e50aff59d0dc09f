use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use policy::{Answer, ItemId, Status};
use sea_orm::ConnectionTrait;
use store::{
    AccountFact, Fact, JournalOverview, JournalPlace, NewFact, Objection, RemovalCause, Store,
    StoreError, Withdrawn,
};

use crate::{home::Home, sample::*};

/// A store with a journal, and the home of both.
struct Kept {
    home: Home,
}

impl Kept {
    fn new() -> Self {
        Self { home: Home::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path(name)
    }

    fn journal(&self) -> PathBuf {
        self.path("journal")
    }

    async fn open(&self) -> Store {
        self.try_open("store", &self.journal()).await.unwrap()
    }

    async fn try_open(&self, name: &str, journal: &Path) -> store::Result<Store> {
        let place = JournalPlace { folder: journal.to_owned(), new_system: name.to_owned() };
        Store::open_with_journal(self.home.place(name).await, &place, at(1)).await
    }

    /// A store as a backup has it.
    async fn back_up(&self, name: &str) {
        self.home.back_up("store", name).await;
    }

    fn file(&self) -> PathBuf {
        JournalOverview::file(&self.journal())
    }
}

fn deletion(number: i64, item: i64) -> NewFact {
    let row = (member(number), ItemId::from_i64(item));
    NewFact::Withdrawn(Withdrawn::of_row(RemovalCause::Deletion, row))
}

fn objection() -> NewFact {
    NewFact::Objection(Objection {
        id: "one".to_owned(),
        purpose: purpose(TALENT),
        names: vec!["Ada Lovelace".to_owned()],
        emails: Vec::new(),
        said_at: at(3),
        lifted: false,
    })
}

#[tokio::test]
async fn a_fact_that_somebody_changed_is_told_from_the_journals() {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0), identity(1)]).await.unwrap();
    record_all_kinds(&store).await;
    let journal = kept.journal();
    assert_eq!(store.differs_from_journal(&journal).await.unwrap(), None);
    let last = store.last_sequence().await.unwrap();
    let raw = kept.home.raw("store").await;
    let change = |statement: &'static str| {
        let raw = raw.clone();
        async move { raw.execute_unprepared(statement).await.unwrap().rows_affected() }
    };
    assert_eq!(change("UPDATE choices SET answer = 'allow'").await, 1);
    assert_eq!(store.differs_from_journal(&journal).await.unwrap(), Some(last));
    change("UPDATE choices SET answer = 'refuse'").await;
    assert_eq!(store.differs_from_journal(&journal).await.unwrap(), None);
    assert_eq!(change("DELETE FROM removals WHERE is_fact").await, 1);
    let deletion = store.differs_from_journal(&journal).await.unwrap();
    assert!(deletion.is_some_and(|fact| fact < last), "{deletion:?}");
}

async fn all_facts(store: &Store) -> Vec<Fact> {
    let last = store.last_sequence().await.unwrap();
    store.facts_between(sequence(0), last).await.unwrap()
}

/// Everything that can be recorded, by new members as well.
async fn record_all_kinds(store: &Store) {
    let erased = AccountFact { status: Some(Status::Erased), ..account(1) };
    store.members(&[identity(2), identity(3)]).await.unwrap();
    store.record_declaration("hash", "region DE", at(4)).await.unwrap();
    let facts = vec![
        NewFact::Account(adult_in(3, "FR")),
        NewFact::PolicyApplied(applied("a policy")),
        objection(),
        deletion(0, 7),
        NewFact::Account(erased),
    ];
    store.record(facts, at(5)).await.unwrap();
    store.choose(choice(0, Answer::Refuse, 6), at(7)).await.unwrap();
}

#[tokio::test]
async fn a_store_from_a_backup_knows_everything_that_was_recorded_since() {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0), identity(1)]).await.unwrap();
    store.record(vec![NewFact::Account(adult_in(0, "DE"))], at(1)).await.unwrap();
    let before = sealed(&store, "before").await;
    kept.back_up("backup").await;
    record_all_kinds(&store).await;
    let last = store.last_sequence().await.unwrap();
    store.register_holder(&holder("since", last), at(8)).await.unwrap();

    let restored = kept.try_open("backup", &kept.journal()).await.unwrap();
    restored.check_open().unwrap();
    assert_eq!(all_facts(&restored).await, all_facts(&store).await);
    assert_eq!(restored.open_removals().await.unwrap(), store.open_removals().await.unwrap());
    let asked: Vec<_> = (0..5).map(identity).collect();
    let known = store.lookup_all(&asked).await.unwrap();
    assert_eq!(restored.lookup_all(&asked).await.unwrap(), known);
    assert_eq!(restored.declaration("hash").await.unwrap().as_deref(), Some("region DE"));
    let holders = restored.holders(&Default::default()).await.unwrap();
    assert_eq!(holders.len(), 2, "a holder that was registered since is asked for removals, too");
    assert_eq!(holders.iter().filter(|holder| holder.id == before).count(), 1);
    let replays = restored.unsettled_replays().await.unwrap();
    assert_eq!(replays.len(), 1);
    let rows = restored.rows_withdrawn(replays[0]).await.unwrap();
    assert_eq!(rows, [(member(0), ItemId::from_i64(7))].into());
    restored.settle_replay(replays[0], at(9)).await.unwrap();
    assert!(restored.unsettled_replays().await.unwrap().is_empty());
    // Both go on from here; opening once more replays nothing twice.
    drop(restored);
    let again = kept.try_open("backup", &kept.journal()).await.unwrap();
    assert_eq!(all_facts(&again).await, all_facts(&store).await);
}

#[tokio::test]
async fn removals_that_had_ended_for_want_of_holders_are_open_again_where_one_is_back() {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0)]).await.unwrap();
    let corpus = sealed(&store, "corpus").await;
    kept.back_up("backup").await;
    store.retire_holder(&corpus, &serde_json::json!({}), at(2)).await.unwrap();
    store.record(vec![refusal(0, 3)], at(3)).await.unwrap();
    assert!(store.open_removals().await.unwrap().is_empty());
    let restored = kept.try_open("backup", &kept.journal()).await.unwrap();
    assert_eq!(restored.open_removals().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_choices_of_one_transaction_share_one_line() {
    let kept = Kept::new();
    let store = kept.open().await;
    let members: Vec<_> = (0..500).map(identity).collect();
    store.members(&members).await.unwrap();
    let before = JournalOverview::read(&kept.journal()).unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..500 {
        let store = store.clone();
        let said = choice(number, Answer::Refuse, 1);
        callers.spawn(async move { store.choose(said, at(2)).await.unwrap() });
    }
    callers.join_all().await;
    let after = JournalOverview::read(&kept.journal()).unwrap();
    let commits = store.choice_commits();
    assert!(commits < 500, "{commits} transactions");
    assert_eq!(after.end.entries - before.end.entries, commits);
    assert_eq!(after.last, store.last_sequence().await.unwrap());
}

#[tokio::test]
async fn two_handles_share_one_journal() {
    let kept = Kept::new();
    let (one, other) = (kept.open().await, kept.open().await);
    one.members(&[identity(0)]).await.unwrap();
    for said_at in 0..6 {
        let store = if said_at % 2 == 0 { &one } else { &other };
        store.record(vec![refusal(0, said_at)], at(said_at)).await.unwrap();
    }
    let journal = JournalOverview::read(&kept.journal()).unwrap();
    assert_eq!((journal.last, journal.torn_bytes), (sequence(6), 0));
    assert_eq!(all_facts(&one).await.len(), 6);
}

#[tokio::test]
async fn what_a_dead_writer_left_in_the_journal_is_recorded_and_half_a_line_is_dropped() {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0)]).await.unwrap();
    kept.back_up("died").await;
    store.record(vec![refusal(0, 1)], at(1)).await.unwrap();
    drop(store);
    // as if the process had died between the flush and the commit, and in the next line
    kept.home.put("died", "store").await;
    let mut file = fs::OpenOptions::new().append(true).open(kept.file()).unwrap();
    file.write_all(b"0123 half a li").unwrap();
    let torn = JournalOverview::read(&kept.journal()).unwrap();
    assert_eq!(torn.torn_bytes, 14);
    let store = kept.open().await;
    assert_eq!(store.last_sequence().await.unwrap(), sequence(1));
    assert_eq!(store.record(vec![refusal(0, 1)], at(2)).await.unwrap(), [sequence(1)]);
    store.record(vec![refusal(0, 2)], at(2)).await.unwrap();
    let mended = JournalOverview::read(&kept.journal()).unwrap();
    assert_eq!((mended.last, mended.torn_bytes), (sequence(2), 0));
}

#[tokio::test]
async fn a_line_torn_while_the_store_is_open_is_dropped_by_the_next_writer() {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0)]).await.unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(kept.file()).unwrap();
    file.write_all(b"no space le").unwrap();
    store.record(vec![refusal(0, 1)], at(1)).await.unwrap();
    let journal = JournalOverview::read(&kept.journal()).unwrap();
    assert_eq!((journal.last, journal.torn_bytes), (sequence(1), 0));
}

/// Takes bytes off the end of a file.
fn cut(file: &Path, bytes: u64) {
    let file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(file.metadata().unwrap().len() - bytes).unwrap();
}

#[tokio::test]
async fn a_last_line_that_lacks_its_newline_alone_is_kept() {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0)]).await.unwrap();
    kept.back_up("backup").await;
    store.record(vec![refusal(0, 1)], at(1)).await.unwrap();
    let (system, end) = store.journal_end().await.unwrap().unwrap();
    drop(store);
    cut(&kept.file(), 1);
    // beside a store that knows the line, and for one that is to be restored
    let Err(StoreError::Closed { source }) = kept.open().await.check_open() else {
        panic!("a journal that was cut is found out");
    };
    let refused = JournalOverview::fitting(&kept.journal(), &system, &end).unwrap_err();
    for why in [source.to_string(), refused.to_string()] {
        assert!(why.contains("lacks the newline behind line 3"), "{why}");
        assert!(why.contains("`zweck journal mend FOLDER` puts the newline back"), "{why}");
    }
    let mended = JournalOverview::mend(&kept.journal()).unwrap();
    assert_eq!((mended.last, mended.end), (sequence(1), end));
    let store = kept.open().await;
    store.record(vec![refusal(0, 2)], at(2)).await.unwrap();
    // one that is behind takes the line, and mends it by itself
    cut(&kept.file(), 1);
    let restored = kept.try_open("backup", &kept.journal()).await.unwrap();
    assert_eq!(all_facts(&restored).await.len(), 2);
    let journal = JournalOverview::read(&kept.journal()).unwrap();
    assert_eq!((journal.last, journal.lacks_newline), (sequence(2), false));
}

/// Does something to the journal of a store with facts, and says why the store is closed then.
async fn closed_by(spoil: impl FnOnce(&Kept)) -> String {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0)]).await.unwrap();
    for said_at in 0..3 {
        store.record(vec![refusal(0, said_at)], at(said_at)).await.unwrap();
    }
    kept.back_up("backup").await;
    store.record(vec![refusal(0, 9)], at(9)).await.unwrap();
    drop(store);
    spoil(&kept);
    let store = kept.try_open("backup", &kept.journal()).await.unwrap();
    let refused = store.check_open().unwrap_err();
    assert!(matches!(refused, StoreError::Closed { .. }), "{refused}");
    let why = std::error::Error::source(&refused).unwrap().to_string();
    for recorded in [
        store.record(vec![refusal(0, 10)], at(10)).await.map(drop),
        store.choose(choice(0, Answer::Refuse, 11), at(11)).await.map(drop),
        store.register_holder(&holder("late", sequence(0)), at(12)).await,
    ] {
        assert!(recorded.is_err());
    }
    assert_eq!(all_facts(&store).await.len(), 3, "it can be read");
    why
}

#[tokio::test]
async fn a_store_without_its_whole_journal_is_closed() {
    let gone = closed_by(|kept| fs::remove_file(kept.file()).unwrap()).await;
    assert!(gone.contains("is missing, and without it facts may be missing"), "{gone}");
    let cut = closed_by(|kept| {
        let text = fs::read_to_string(kept.file()).unwrap();
        let lines: Vec<_> = text.lines().take(3).collect();
        fs::write(kept.file(), lines.join("\n") + "\n").unwrap();
    });
    let cut = cut.await;
    assert!(cut.contains("was cut"), "{cut}");
    let changed = closed_by(|kept| {
        let text = fs::read_to_string(kept.file()).unwrap();
        let last = text.lines().count() - 1;
        let change = |(place, line): (usize, &str)| match place == last {
            true => line.replace("refuse", "allows"),
            false => line.to_owned(),
        };
        let lines: Vec<_> = text.lines().enumerate().map(change).collect();
        fs::write(kept.file(), lines.join("\n") + "\n").unwrap();
    });
    let changed = changed.await;
    assert!(changed.contains("journal of facts failed"), "{changed}");
    let gap = closed_by(|kept| {
        let text = fs::read_to_string(kept.file()).unwrap();
        let count = text.lines().count();
        let lines = text.lines().enumerate().filter(|(place, _)| *place != count - 2);
        let lines: Vec<_> = lines.map(|(_, line)| line).collect();
        fs::write(kept.file(), lines.join("\n") + "\n").unwrap();
    });
    let gap = gap.await;
    assert!(gap.contains("journal of facts failed"), "{gap}");
    for text in ["refusal", "no"] {
        let edited = closed_by(|kept| {
            let journal = fs::read_to_string(kept.file()).unwrap();
            fs::write(kept.file(), journal.replacen("refuse", text, 1)).unwrap();
        });
        let edited = edited.await;
        assert!(edited.contains("journal of facts failed"), "{text}: {edited}");
    }
    let empty = closed_by(|kept| fs::write(kept.file(), "").unwrap()).await;
    assert!(empty.contains("is empty, and without what it had"), "{empty}");
}

#[tokio::test]
async fn a_store_with_the_journal_of_another_system_is_closed() {
    let other = Kept::new();
    let foreign = other.try_open("other", &other.journal()).await.unwrap();
    foreign.members(&(0..200).map(identity).collect::<Vec<_>>()).await.unwrap();
    let words = closed_by(|kept| {
        fs::copy(other.file(), kept.file()).unwrap();
    });
    let words = words.await;
    assert!(words.contains("is not the one that the facts of this store went into"), "{words}");
}

#[tokio::test]
async fn a_new_store_does_not_take_the_journal_of_one_that_is_lost() {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0)]).await.unwrap();
    drop(store);
    let Err(error) = kept.try_open("new", &kept.journal()).await else {
        panic!("begun twice");
    };
    assert!(matches!(error, StoreError::JournalTaken { .. }), "{error}");
}

#[tokio::test]
async fn a_store_with_a_journal_is_not_written_without_it() {
    let kept = Kept::new();
    kept.open().await.members(&[identity(0)]).await.unwrap();
    let bare = Store::open(kept.home.place("store").await).await.unwrap();
    let refused = bare.record(vec![refusal(0, 1)], at(1)).await;
    assert!(matches!(refused, Err(StoreError::JournalNotGiven)), "{refused:?}");
    assert!(all_facts(&bare).await.is_empty());
}

#[tokio::test]
async fn nothing_is_recorded_while_the_journal_cannot_be_written() {
    let kept = Kept::new();
    let store = kept.open().await;
    store.members(&[identity(0)]).await.unwrap();
    let aside = kept.path("aside");
    fs::rename(kept.journal(), &aside).unwrap();
    fs::write(kept.journal(), "in the way").unwrap();
    for _ in 0..2 {
        let refused = store.choose(choice(0, Answer::Refuse, 1), at(1)).await;
        assert!(refused.is_err());
    }
    assert!(all_facts(&store).await.is_empty());
    fs::remove_file(kept.journal()).unwrap();
    fs::rename(&aside, kept.journal()).unwrap();
    store.choose(choice(0, Answer::Refuse, 1), at(1)).await.unwrap();
    assert_eq!(all_facts(&store).await.len(), 1);
}

async fn make_older(home: &Home) {
    let raw = home.raw("store").await;
    for statement in testkit::steps_back() {
        raw.execute_unprepared(&statement).await.unwrap();
    }
    raw.close().await.unwrap();
}

#[tokio::test]
async fn the_store_of_an_earlier_version_is_refused_until_it_is_upgraded() {
    let (home, store) = store(2).await;
    let place = home.place("store").await;
    store.record(vec![NewFact::Account(adult_in(0, "DE")), refusal(0, 1)], at(1)).await.unwrap();
    let before = all_facts(&store).await;
    drop(store);
    make_older(&home).await;
    let Err(error) = Store::open(place.clone()).await else { panic!("opened an older store") };
    assert!(matches!(&error, StoreError::IsOlder { .. }), "{error}");
    assert!(error.to_string().contains("0020_journal_place"), "{error}");
    assert!(error.to_string().contains("hint: `zweck upgrade`"), "{error}");

    let steps = Store::upgrade(place.clone()).await.unwrap();
    let expected = [
        "0020_journal_place",
        "0021_replays",
        "0022_key_fingerprints",
        "0024_archives",
        "0025_imported_event_contents",
        "0026_orders_by_member",
        "0027_feed_positions",
        "0029_feed_last_lines",
        "0028_permit_reads",
    ];
    assert_eq!(steps, expected);
    assert!(Store::upgrade(place.clone()).await.unwrap().is_empty());
    let journal = home.path("journal");
    let kept = JournalPlace { folder: journal.clone(), new_system: "upgraded".to_owned() };
    let store = Store::open_with_journal(place, &kept, at(2)).await.unwrap();
    assert_eq!(all_facts(&store).await, before);
    let begun = JournalOverview::read(&journal).unwrap();
    assert_eq!((begun.base, begun.last), (sequence(2), sequence(2)));
    store.record(vec![refusal(1, 3)], at(3)).await.unwrap();
    assert_eq!(JournalOverview::read(&journal).unwrap().last, sequence(3));
}

#[tokio::test]
async fn a_key_is_bound_to_its_name() {
    let (_home, store) = store(0).await;
    store.bind_key("identity", "0123", at(1)).await.unwrap();
    store.bind_key("identity", "0123", at(2)).await.unwrap();
    store.bind_key("item", "4567", at(2)).await.unwrap();
    let refused = store.bind_key("identity", "89ab", at(3)).await.unwrap_err();
    assert!(matches!(&refused, StoreError::KeyDiffers { name, .. } if name == "identity"));
    let bound = store.bound_key("identity").await.unwrap().unwrap();
    assert_eq!((bound.fingerprint.as_str(), bound.since), ("0123", at(1)));
}

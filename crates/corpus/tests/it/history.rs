//! After any history, and once the removals have run, every corpus is what a naive second
//! implementation says it may be, and what a clean build of the same facts is.

mod event;
mod model;
mod network;

use policy::{
    Answer::{Allow, Refuse},
    Category, Status,
};
use proptest::prelude::*;

use self::{
    event::{
        About::{self, Everything},
        Event::{self, Build, Choose, Delete, Erase, Join, Rename, RunRemovals, Write},
        Slot::{self, Comment, Position, Post, Profile},
        Words,
    },
    network::Network,
};

/// How many histories are tried; `ZWECK_HISTORIES` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("ZWECK_HISTORIES").ok().and_then(|count| count.parse().ok());
    asked.unwrap_or(16)
}

fn carry_out(history: &[Event]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut network = Network::new().await;
        for event in history {
            network.carry_out(event).await;
        }
        network.run_removals().await;
        network.check_accounting().await;
        network.check_clean_builds().await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn after_any_history_no_corpus_keeps_what_the_model_refuses(history in event::histories()) {
        carry_out(&history);
    }
}

const ONE: Event = Build { corpus: "one" };

fn write(who: usize, slot: Slot, words: Words) -> Event {
    Write { who, slot, words, visibility: Some("public"), created: -20 }
}

fn choose(who: usize, about: About, answer: policy::Answer, said: i64) -> Event {
    Choose { who, about, answer, said }
}

#[test]
fn who_objected_is_masked_under_a_former_name_too() {
    let names = write(1, Post, Words::Names(0));
    let objects = choose(0, Everything, Refuse, 0);
    carry_out(&[names, objects, ONE, Rename { who: 0 }]);
    carry_out(&[names, ONE, Rename { who: 0 }, objects]);
    carry_out(&[names, ONE, objects, RunRemovals, Rename { who: 0 }, RunRemovals, ONE]);
}

#[test]
fn who_is_erased_is_masked_in_others_profiles_and_positions_too() {
    for slot in [Profile, Position, Post] {
        carry_out(&[write(1, slot, Words::Names(0)), ONE, Erase { who: 0 }, RunRemovals, ONE]);
    }
}

#[test]
fn a_name_that_comes_in_after_the_build_is_masked() {
    let join = Join { who: 4, region: "DE", status: Status::Restricted };
    carry_out(&[write(1, Post, Words::Names(4)), ONE, join]);
}

#[test]
fn a_name_that_a_thread_resolves_after_the_build_is_masked() {
    carry_out(&[
        Delete { who: 1, slot: Post },
        write(0, Comment, Words::CallsFirst(1)),
        choose(1, About::Category(Category::Profile), Refuse, 0),
        ONE,
        write(1, Post, Words::Own(3)),
    ]);
}

#[test]
fn what_stood_for_a_later_row_and_goes_is_followed_by_that_row() {
    let further = Build { corpus: event::FURTHER };
    let common = |who| write(who, Slot::OtherPost, Words::Common);
    let objects = |who| choose(who, Everything, Refuse, 0);
    carry_out(&[
        common(0),
        ONE,
        common(1),
        common(2),
        further,
        objects(0),
        RunRemovals,
        objects(1),
    ]);
    carry_out(&[common(0), ONE, common(1), further, Delete { who: 0, slot: Slot::OtherPost }]);
    carry_out(&[
        ONE,
        write(1, Post, Words::Own(7)),
        further,
        write(1, Post, Words::Own(8)),
        further,
    ]);
}

#[test]
fn who_agrees_twice_has_agreed_since_the_first_time() {
    let objects = choose(0, Everything, Refuse, 50);
    carry_out(&[choose(2, Everything, Allow, -5), ONE, choose(2, Everything, Allow, 50), objects]);
}

//! What may happen in a history, in words that a shrunk failure can be read by.

use policy::{AgeClass, Answer, Category, Status};
use proptest::prelude::*;

/// Everybody who may ever join; the first ones are there from the start.
pub(super) const NAMES: [&str; 6] =
    ["Ada Byron", "Ben Carter", "Cleo Dias", "Dora Ems", "Emil Fuchs", "Fay Gruber"];
/// What they are called after a rename, one after the other.
pub(super) const LATER_NAMES: [&str; 6] =
    ["Ada Stone", "Ben Thorn", "Cleo Umber", "Dora Vance", "Emil Wolf", "Fay Yarrow"];
/// People without an account.
pub(super) const STRANGERS: [&str; 2] = ["Zoe Quist", "Ivo Ortiz"];
/// How many have joined when a history starts.
pub(super) const FOUNDERS: usize = 4;

/// A corpus, and one that goes on from it.
pub(super) const BASE: &str = "one";
pub(super) const FURTHER: &str = "further";

/// A row of a member; each member has one of each at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Slot {
    Profile,
    Position,
    Post,
    OtherPost,
    Article,
    /// It answers the post of the next member.
    Comment,
}

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// Nothing else says the same.
    Own(u8),
    /// Every row that says this says the same.
    Common,
    /// It names a member in full.
    Names(usize),
    /// It names a member by what they are called after a rename.
    NamesLater(usize),
    /// It calls a member by name, in one word.
    Calls(usize),
    /// It calls whoever wrote what it answers by the first name alone: only the thread tells who
    /// that is.
    CallsFirst(usize),
    /// It names a person without an account.
    NamesStranger(usize),
}

/// What a choice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Everything,
    Category(Category),
    Item(Slot),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    Base,
    Narrower,
    Wider,
}

/// Days are counted from the start of the history, which moves on by a day with each event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Join {
        who: usize,
        region: &'static str,
        status: Status,
    },
    Write {
        who: usize,
        slot: Slot,
        words: Words,
        visibility: Option<&'static str>,
        created: i64,
    },
    Delete {
        who: usize,
        slot: Slot,
    },
    Rename {
        who: usize,
    },
    Account {
        who: usize,
        region: Option<&'static str>,
        age: Option<AgeClass>,
        status: Option<Status>,
    },
    Choose {
        who: usize,
        about: About,
        answer: Answer,
        said: i64,
    },
    Notice {
        who: Option<usize>,
        delivered: i64,
    },
    Ruling {
        who: usize,
        slot: Option<Slot>,
        restricted: bool,
    },
    Object {
        stranger: usize,
        lifted: bool,
    },
    Apply(Rules),
    Erase {
        who: usize,
    },
    Build {
        corpus: &'static str,
    },
    RunRemovals,
    Compact,
}

pub(super) fn histories() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(events(), 4..28)
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => (who(), region(), status()).prop_map(|(who, region, status)| Event::Join { who, region, status }),
        8 => writing(),
        2 => (who(), slot()).prop_map(|(who, slot)| Event::Delete { who, slot }),
        1 => who().prop_map(|who| Event::Rename { who }),
        3 => account(),
        6 => (who(), about(), answer(), -20..60_i64)
            .prop_map(|(who, about, answer, said)| Event::Choose { who, about, answer, said }),
        1 => (prop::option::of(who()), -60..20_i64).prop_map(|(who, delivered)| Event::Notice { who, delivered }),
        1 => (who(), prop::option::of(slot()), any::<bool>())
            .prop_map(|(who, slot, restricted)| Event::Ruling { who, slot, restricted }),
        1 => (0..STRANGERS.len(), any::<bool>())
            .prop_map(|(stranger, lifted)| Event::Object { stranger, lifted }),
        1 => prop::sample::select(vec![Rules::Base, Rules::Narrower, Rules::Wider]).prop_map(Event::Apply),
        1 => who().prop_map(|who| Event::Erase { who }),
        5 => prop::sample::select(vec![BASE, "two", FURTHER]).prop_map(|corpus| Event::Build { corpus }),
        3 => Just(Event::RunRemovals),
        1 => Just(Event::Compact),
    ]
}

fn who() -> impl Strategy<Value = usize> {
    0..NAMES.len()
}

fn slot() -> impl Strategy<Value = Slot> {
    prop::sample::select(vec![
        Slot::Post,
        Slot::Comment,
        Slot::OtherPost,
        Slot::Profile,
        Slot::Position,
        Slot::Article,
    ])
}

fn region() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["DE", "DE", "DE", "GB", "US", "CH"])
}

fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(vec![Status::Active, Status::Active, Status::Restricted, Status::Closed])
}

fn answer() -> impl Strategy<Value = Answer> {
    prop::sample::select(vec![Answer::Refuse, Answer::Refuse, Answer::Allow])
}

fn about() -> impl Strategy<Value = About> {
    let category =
        prop::sample::select(vec![Category::Posts, Category::Comments, Category::Profile]);
    prop_oneof![
        3 => Just(About::Everything),
        2 => category.prop_map(About::Category),
        2 => slot().prop_map(About::Item),
    ]
}

fn account() -> impl Strategy<Value = Event> {
    let age = prop::sample::select(vec![AgeClass::Adult, AgeClass::Adult, AgeClass::Minor]);
    (who(), prop::option::of(region()), prop::option::of(age), prop::option::of(status()))
        .prop_map(|(who, region, age, status)| Event::Account { who, region, age, status })
}

fn writing() -> impl Strategy<Value = Event> {
    let words = prop_oneof![
        2 => any::<u8>().prop_map(Words::Own),
        1 => Just(Words::Common),
        3 => who().prop_map(Words::Names),
        1 => who().prop_map(Words::NamesLater),
        1 => who().prop_map(Words::Calls),
        1 => who().prop_map(Words::CallsFirst),
        1 => (0..STRANGERS.len()).prop_map(Words::NamesStranger),
    ];
    let visibility = prop::sample::select(vec![
        Some("public"),
        Some("public"),
        Some("public"),
        Some("network"),
        None,
    ]);
    let created = prop_oneof![4 => -40..50_i64, 1 => Just(-2_400), 1 => Just(-4_400)];
    (who(), slot(), words, visibility, created).prop_map(
        |(who, slot, words, visibility, created)| Event::Write {
            who,
            slot,
            words,
            visibility,
            created,
        },
    )
}

impl Words {
    pub(super) fn text(self, who: usize, slot: Slot) -> String {
        let first = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
        match self {
            Self::Own(number) => format!("What {who} thinks in {slot:?} about {number}."),
            Self::Common => "What everybody says.".to_owned(),
            Self::Names(named) => format!("{who} in {slot:?} met {} in spring.", NAMES[named]),
            Self::NamesLater(named) => {
                format!("{who} in {slot:?} met {} in autumn.", LATER_NAMES[named])
            }
            Self::Calls(named) => {
                format!("{who} in {slot:?} asks @{} why.", NAMES[named].replace(' ', ""))
            }
            Self::CallsFirst(named) => {
                format!("{who} in {slot:?} asks @{} why.", first(NAMES[named]))
            }
            Self::NamesStranger(stranger) => {
                format!("{who} in {slot:?} met {} in winter.", STRANGERS[stranger])
            }
        }
    }
}

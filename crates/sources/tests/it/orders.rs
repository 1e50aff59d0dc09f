//! In whichever order events come, what was said last holds.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::{
    arrow::{array::AsArray, datatypes::Int64Type},
    prelude::SessionContext,
};
use lake::Table;
use proptest::prelude::*;
use sources::{Options, Report};
use store::{Identity, NewFact, RemovalCause};

use crate::support::{KEYS, SOURCE, World, at};

/// How many feeds are tried; `ZWECK_FEEDS` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("ZWECK_FEEDS").ok().and_then(|count| count.parse().ok());
    asked.unwrap_or(8)
}

const MEMBERS: [&str; 3] = ["a", "b", "c"];

fn post(event: &str, at: &str, text: &str, more: &str) -> String {
    format!(
        r#"{{"event":"{event}","kind":"post","member":"a","at":"{at}","id":"i","text":"{text}","visibility":"public"{more}}}"#
    ) + "\n"
}

fn delete(event: &str, at: &str, more: &str) -> String {
    format!(
        r#"{{"event":"{event}","kind":"delete","member":"a","at":"{at}","of":"post","id":"i"{more}}}"#
    ) + "\n"
}

fn account(event: &str, at: &str, more: &str) -> String {
    format!(r#"{{"event":"{event}","kind":"member","member":"a","at":"{at}","name":"A"{more}}}"#)
        + "\n"
}

/// What holds in the end, whatever the numbers are that members got.
async fn state(world: &World) -> BTreeSet<String> {
    let identity = |external: &&str| Identity {
        source: SOURCE.to_owned(),
        external_hash: KEYS.identity_hash(SOURCE, external),
    };
    let identities: Vec<_> = MEMBERS.iter().map(identity).collect();
    let found = world.store.lookup_all(&identities).await.unwrap();
    let mut names = BTreeMap::new();
    for (external, membership) in MEMBERS.iter().zip(found) {
        if let Some(member) = membership.and_then(|one| one.admitted()) {
            names.insert(member.as_i64(), *external);
        }
    }
    let mut state = BTreeSet::new();
    for table in Table::ALL.iter().filter(|table| **table != Table::Mentions) {
        for key in world.lake.content_keys(*table).await.unwrap() {
            let member = names[&key.member.as_i64()];
            state.insert(format!("{table} {member} {} {}", key.item, key.content));
        }
    }
    let items = ["member_number", "item", "parent_member", "parent_item"];
    pointers(world, Table::Items, items, &names, &mut state).await;
    let mentions = ["member_number", "span_start", "author_member", "author_item"];
    pointers(world, Table::Mentions, mentions, &names, &mut state).await;
    let snapshot = world.store.snapshot_at(world.store.last_sequence().await.unwrap()).await;
    let snapshot = snapshot.unwrap();
    for member in snapshot.members() {
        let Some(name) = names.get(&member.as_i64()) else { continue };
        let region = snapshot.region(member);
        let (age, status) = (snapshot.age(member), snapshot.status(member));
        if region.is_some() || age.is_some() || status.is_some() {
            state.insert(format!("{name}: {region:?} {age:?} {status:?}"));
        }
    }
    state
}

/// Four columns of numbers, of which the first and the third are members.
async fn pointers(
    world: &World,
    table: Table,
    columns: [&str; 4],
    names: &BTreeMap<i64, &str>,
    state: &mut BTreeSet<String>,
) {
    let provider = world.lake.table(table).await.unwrap();
    let frame = SessionContext::new().read_table(provider).unwrap();
    for batch in frame.select_columns(&columns).unwrap().collect().await.unwrap() {
        let columns: Vec<_> =
            batch.columns().iter().map(|one| one.as_primitive::<Int64Type>()).collect();
        for row in 0..batch.num_rows() {
            let value = |place: usize| columns[place].iter().nth(row).flatten();
            let name = |place| value(place).map(|member| names[&member]);
            state.insert(format!(
                "{table} {:?} {:?} → {:?} {:?}",
                name(0),
                value(1),
                name(2),
                value(3)
            ));
        }
    }
}

async fn state_after(lines: &[String], batch_rows: usize) -> BTreeSet<String> {
    let world = World::new().await;
    let options = Options { batch_rows, ..Options::at(at()) };
    world.import_with(&lines.concat(), options).await;
    state(&world).await
}

async fn causes(world: &World) -> Vec<RemovalCause> {
    let last = world.store.last_sequence().await.unwrap();
    let facts = world.store.facts_between(policy::Sequence::START, last).await.unwrap();
    let withdrawn = facts.into_iter().filter_map(|fact| match fact.content {
        NewFact::Withdrawn(withdrawn) => Some(withdrawn.cause),
        _ => None,
    });
    withdrawn.collect()
}

fn refused(report: &Report) -> Vec<(u64, &'static str)> {
    report.refused_rows.iter().map(|row| (row.line, row.reason)).collect()
}

#[tokio::test]
async fn an_older_event_that_comes_late_undoes_nothing() {
    let world = World::new().await;
    world.import(&post("e2", "2026-02-02", "new", "")).await;
    let before = state(&world).await;
    let late = world.import(&post("e1", "2026-02-01", "old", "")).await;
    assert_eq!(late.total().superseded, 1);
    assert_eq!(state(&world).await, before);
    assert_eq!(causes(&world).await, []);
}

#[tokio::test]
async fn what_is_deleted_is_not_brought_back_by_an_older_event() {
    let world = World::new().await;
    world.import(&delete("e3", "2026-02-03", "")).await;
    world.import(&post("e1", "2026-02-01", "first", "")).await;
    world.import(&post("e2", "2026-02-02", "edited", "")).await;
    assert_eq!(world.lake.content_keys(Table::Items).await.unwrap(), []);
    world.import(&post("e4", "2026-02-04", "written anew", "")).await;
    assert_eq!(world.lake.content_keys(Table::Items).await.unwrap().len(), 1);
    assert_eq!(causes(&world).await, []);
}

#[tokio::test]
async fn an_older_word_about_an_account_revives_nobody() {
    let world = World::new().await;
    world.import(&account("e2", "2026-02-02", r#","status":"closed""#)).await;
    let older = r#","status":"active","region":"DE","age":"adult""#;
    world.import(&account("e1", "2026-02-01", older)).await;
    let shown: Vec<_> = state(&world).await.into_iter().filter(|one| one.contains(": ")).collect();
    assert_eq!(shown.len(), 1);
    // What the newer event left out is still learned from the older one.
    assert!(shown[0].contains("Closed") && shown[0].contains("Adult"), "{shown:?}");
    assert!(shown[0].contains("DE"), "{shown:?}");
}

#[tokio::test]
async fn where_a_source_counts_the_count_decides() {
    let world = World::new().await;
    world.import(&post("e1", "2026-02-09", "one", r#","order":1"#)).await;
    world.import(&post("e2", "2026-02-01", "two", r#","order":2"#)).await;
    let two = state(&world).await;
    world.import(&post("e3", "2026-02-08", "one again", r#","order":1"#)).await;
    world.import(&post("e4", "2026-03-01", "uncounted", "")).await;
    world.import(&delete("e5", "2026-03-01", r#","order":1"#)).await;
    assert_eq!(state(&world).await, two);
    world.import(&delete("e6", "2026-01-01", r#","order":3"#)).await;
    assert_eq!(world.lake.content_keys(Table::Items).await.unwrap(), []);
}

#[tokio::test]
async fn events_of_one_instant_hold_as_they_come() {
    let lines = |texts: [&str; 2]| {
        let line =
            |(place, text): (usize, &&str)| post(&format!("e{place}"), "2026-02-01", text, "");
        texts.iter().enumerate().map(line).collect::<Vec<_>>()
    };
    let second = state_after(&lines(["first", "second"]), 1).await;
    let only = state_after(&lines(["second", "second"])[..1], 1).await;
    assert_eq!(second, only);
}

#[tokio::test]
async fn an_id_that_is_used_for_two_events_is_refused() {
    let world = World::new().await;
    let first = post("e1", "2026-02-01", "first", "");
    world.import(&first).await;
    // The same words with another instant are the same event, stamped anew.
    let again = world.import(&post("e1", "2026-02-02", "first", "")).await;
    assert_eq!((again.total().unchanged, refused(&again)), (1, vec![]));
    let lines = [post("e1", "2026-02-03", "other", ""), post("e2", "2026-02-03", "next", "")];
    let other = world.import(&lines.concat()).await;
    assert_eq!(refused(&other), [(1, "reused event id")]);
    assert_eq!(other.total().replaced, 1);
    // Within a batch the first of an id holds.
    let lines = [post("e3", "2026-02-04", "one", ""), delete("e3", "2026-02-05", "")];
    let both = world.import(&lines.concat()).await;
    assert_eq!(refused(&both), [(2, "reused event id")]);
    assert_eq!(world.lake.content_keys(Table::Items).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_event_from_the_future_is_refused_and_may_come_again() {
    let world = World::new().await;
    let lines = [
        post("e1", "2026-11-01T00:05:00Z", "a little ahead", ""),
        post("e2", "2026-11-01T00:05:01Z", "too far ahead", ""),
    ];
    let report = world.import(&lines.concat()).await;
    assert_eq!(refused(&report), [(2, "from the future")]);
    let later = "2026-11-02".parse().unwrap();
    let report = world.import_with(&lines[1], Options::at(later)).await;
    assert_eq!(report.total().replaced, 1, "it was not taken for one that came in");
    let created = r#","created":"2026-11-01T00:05:01Z""#;
    let report = world.import(&post("e3", "2026-10-01", "written tomorrow", created)).await;
    assert_eq!(refused(&report), [(1, "from the future")]);
}

/// What happens at a platform, in order.
#[derive(Debug, Clone)]
enum Happens {
    Writes {
        item: u8,
        text: u8,
        visibility: &'static str,
        names: usize,
        answers: usize,
    },
    Deletes {
        item: u8,
    },
    Changes {
        region: Option<&'static str>,
        age: Option<&'static str>,
        status: Option<&'static str>,
    },
}

fn happens() -> impl Strategy<Value = (usize, Happens)> {
    let visibility = prop::sample::select(vec!["public", "network", "private"]);
    let writes = (0..2_u8, 0..3_u8, visibility, 0..MEMBERS.len(), 0..MEMBERS.len()).prop_map(
        |(item, text, visibility, names, answers)| Happens::Writes {
            item,
            text,
            visibility,
            names,
            answers,
        },
    );
    let deletes = (0..2_u8).prop_map(|item| Happens::Deletes { item });
    let maybe = |words: &[&'static str]| prop::option::of(prop::sample::select(words.to_vec()));
    let changes = (
        maybe(&["DE", "US"]),
        maybe(&["adult", "minor"]),
        maybe(&["active", "restricted", "closed"]),
    )
        .prop_map(|(region, age, status)| Happens::Changes { region, age, status });
    (0..MEMBERS.len(), prop_oneof![4 => writes, 2 => deletes, 2 => changes])
}

impl Happens {
    fn line(&self, place: usize, member: usize, instant: &str) -> String {
        let head =
            format!(r#"{{"event":"e{place}","member":"{}","at":"{instant}""#, MEMBERS[member]);
        let body = match self {
            Self::Writes { item, text, visibility, names, answers } => format!(
                r#""kind":"comment","id":"i{item}","text":"@x {text}","visibility":"{visibility}","mentions":[{{"member":"{}","start":0,"end":2}}],"parent":{{"member":"{}","kind":"post","id":"p"}}"#,
                MEMBERS[*names], MEMBERS[*answers]
            ),
            Self::Deletes { item } => format!(r#""kind":"delete","of":"comment","id":"i{item}""#),
            Self::Changes { region, age, status } => {
                let said = [("region", region), ("age", age), ("status", status)];
                let said = said.into_iter().filter_map(|(key, word)| Some((key, (*word)?)));
                let said: String =
                    said.map(|(key, word)| format!(r#","{key}":"{word}""#)).collect();
                format!(r#""kind":"member","name":"N"{said}"#)
            }
        };
        format!("{head},{body}}}\n")
    }
}

/// The same events twice over, at places given by chance.
fn with_repeats(
    mut lines: Vec<String>,
    repeats: &[(prop::sample::Index, prop::sample::Index)],
) -> Vec<String> {
    for (which, place) in repeats {
        let line = lines[which.index(lines.len())].clone();
        lines.insert(place.index(lines.len() + 1), line);
    }
    lines
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        max_shrink_iters: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_order_of_delivery_ends_in_the_same_state(
        history in prop::collection::vec(happens(), 1..24),
        seed in prop::collection::vec(any::<prop::sample::Index>(), 24),
        repeats in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..6),
        batch_rows in 1..9_usize,
    ) {
        let lines: Vec<_> = history.iter().enumerate().map(|(place, (member, what))| {
            what.line(place, *member, &format!("2026-02-01T00:00:{place:02}Z"))
        }).collect();
        let mut rest = lines.clone();
        let mut shuffled = Vec::new();
        for index in &seed {
            if !rest.is_empty() {
                shuffled.push(rest.remove(index.index(rest.len())));
            }
        }
        let shuffled = with_repeats(shuffled, &repeats);
        let (expected, found) = run(async {
            (state_after(&lines, 1_000).await, state_after(&shuffled, batch_rows).await)
        });
        prop_assert_eq!(expected, found);
    }

    #[test]
    fn any_interleaving_that_keeps_each_members_order_ends_in_the_same_state(
        history in prop::collection::vec(happens(), 1..24),
        seed in prop::collection::vec(0..MEMBERS.len(), 24),
        batch_rows in 1..9_usize,
    ) {
        // All at one instant: only the order of delivery tells what came later.
        let line = |(place, (member, what)): (usize, &(usize, Happens))| {
            (*member, what.line(place, *member, "2026-02-01"))
        };
        let lines: Vec<_> = history.iter().enumerate().map(line).collect();
        let mut queues: Vec<Vec<String>> = vec![Vec::new(); MEMBERS.len()];
        for (member, line) in lines.iter().rev() {
            queues[*member].push(line.clone());
        }
        let mut interleaved = Vec::new();
        for member in &seed {
            interleaved.extend(queues[*member].pop());
        }
        queues.iter_mut().for_each(|queue| interleaved.extend(queue.drain(..).rev()));
        // A feed that was cut off hands over again from some place on.
        let again = interleaved.len() / 2;
        interleaved.extend_from_within(again..);
        let lines: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
        let (expected, found) = run(async {
            (state_after(&lines, 1_000).await, state_after(&interleaved, batch_rows).await)
        });
        prop_assert_eq!(expected, found);
    }
}

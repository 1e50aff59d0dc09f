//! An import that goes on commits when it is told to, and says up to where.

use lake::Table;
use sources::{Fed, Following, Options, Source};

use crate::support::{KEYS, SOURCE, World, at, ndjson};

fn feed(lines: &str) -> Vec<Fed> {
    let mut source = ndjson(lines.as_bytes());
    let mut rows = Vec::new();
    while let Some(located) = source.next().unwrap() {
        rows.push(Fed { located, mark: None });
    }
    rows
}

fn member(place: usize) -> String {
    format!(
        "{{\"event\":\"e{place}\",\"kind\":\"member\",\"member\":\"m{place}\",\"at\":\"2026-01-01\",\"name\":\"N\",\"order\":{place}}}\n"
    )
}

#[tokio::test]
async fn a_commit_says_up_to_where_all_is_durable_and_what_was_refused() {
    let world = World::new().await;
    let parts = (&world.lake, &world.store, &KEYS);
    let mut following = Following::start(SOURCE, parts, Options::at(at())).await.unwrap();
    assert_eq!(following.commit(at()).await.unwrap(), None, "nothing was taken");
    let lines = [member(1), "nonsense\n".to_owned(), member(3), "nonsense\n".to_owned()];
    for row in feed(&lines.concat()) {
        following.take(row);
    }
    let first = following.commit(at()).await.unwrap().unwrap();
    assert_eq!((first.line, first.event.as_deref(), first.order), (4, Some("e3"), Some(3)));
    assert_eq!((first.rows, first.refused, first.refused_rows.len()), (4, 2, 2));
    assert_eq!(first.lake_version.as_i64(), 1);
    for row in feed("nonsense\n") {
        following.take(row);
    }
    let second = following.commit(at()).await.unwrap().unwrap();
    assert_eq!((second.refused, second.refused_rows.len()), (3, 1), "each is told once");
    assert_eq!(second.lake_version, first.lake_version);
    let report = following.finish(at()).await.unwrap();
    assert_eq!(report.refused_rows.len(), 3);
    assert_eq!(world.store.imports().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_small_files_of_many_commits_are_joined() {
    let world = World::new().await;
    let parts = (&world.lake, &world.store, &KEYS);
    let mut following = Following::start(SOURCE, parts, Options::at(at())).await.unwrap();
    let mut joined = 0;
    for place in 0..70 {
        for row in feed(&member(place)) {
            following.take(row);
        }
        following.commit(at()).await.unwrap().unwrap();
        let head = world.lake.head().await.unwrap();
        joined += usize::from(head.record().operation == lake::Operation::Compact);
    }
    assert_eq!(joined, 1);
    assert_eq!(world.lake.content_keys(Table::Members).await.unwrap().len(), 70);
}

use std::collections::BTreeMap;

use lake::Table;
use sources::{Located, NdjsonSource, Options, Source, SourcesError, import};
use testkit::{MALFORMED_EVENTS, Network, NetworkSize};

use crate::support::{KEYS, World, at, ndjson, refusals};

fn network() -> Network {
    Network::generate(NetworkSize::of_members(60), 7)
}

fn events(network: &Network) -> Vec<u8> {
    let mut events = Vec::new();
    network.write_events(&mut events).unwrap();
    events
}

/// Every row of every table, by what addresses it.
async fn contents(world: &World) -> BTreeMap<(Table, i64, i64), i64> {
    let mut all = BTreeMap::new();
    for table in Table::ALL {
        for key in world.lake.content_keys(*table).await.unwrap() {
            all.insert((*table, key.member.as_i64(), key.item.as_i64()), key.content);
        }
    }
    all
}

/// A source that fails after some rows, as a connection or a disk does.
struct CutOff {
    inner: NdjsonSource,
    rows_left: usize,
}

impl Source for CutOff {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn total_bytes(&self) -> u64 {
        self.inner.total_bytes()
    }

    fn next(&mut self) -> Result<Option<Located>, SourcesError> {
        if self.rows_left == 0 {
            let source = std::io::Error::other("cut off");
            return Err(SourcesError::Read { file: "events.ndjson".into(), source });
        }
        self.rows_left -= 1;
        self.inner.next()
    }
}

#[tokio::test]
async fn every_event_of_the_network_comes_in() {
    let network = network();
    let events = events(&network);
    let world = World::new().await;
    let report = world.import(std::str::from_utf8(&events).unwrap()).await;
    assert_eq!(report.refused_rows, []);
    let total = report.total();
    assert_eq!(total.sealed, network.sealed().len() as u64);
    assert_eq!(total.accepted, total.read - total.sealed);
    assert_eq!(report.members_new, 60);
    let items = world.lake.content_keys(Table::Items).await.unwrap();
    assert_eq!(items.len(), network.items().len());
}

#[test]
fn every_malformed_event_is_refused_alone() {
    let network = network();
    let mut events = Vec::new();
    let written = network.write_events_with_malformed(&mut events).unwrap();
    let refused = refusals(&mut ndjson(&events));
    assert_eq!(refused.lines().count(), MALFORMED_EVENTS.len(), "{refused}");
    let lines = events.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    assert_eq!(lines, written + MALFORMED_EVENTS.len());
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_simply_run_again() {
    let events = events(&network());
    let options = Options { batch_rows: 50, ..Options::at(at()) };
    let whole = World::new().await;
    let report = whole.import_from(&mut ndjson(&events), options).await;

    let world = World::new().await;
    let mut source = CutOff { inner: ndjson(&events), rows_left: 333 };
    let mut nothing = |_| {};
    let cut = import(&mut source, &world.lake, &world.store, &KEYS, options, &mut nothing).await;
    assert!(matches!(cut, Err(SourcesError::Read { .. })));
    let version = world.lake.version().await.unwrap().as_i64();
    assert_eq!(version, 333 / 50, "whole batches only");
    assert_eq!(world.store.imports().await.unwrap()[0].finished, None);

    let again = world.import_from(&mut ndjson(&events), options).await;
    assert_eq!(again.total().unchanged + again.total().accepted, report.total().accepted);
    assert_eq!(contents(&world).await, contents(&whole).await);
}

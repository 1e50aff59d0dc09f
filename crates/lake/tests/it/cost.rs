//! What it costs to take little out of much. `ZWECK_LAKE_ROWS` says how much.

use std::collections::BTreeMap;

use lake::{Append, Erasure, Lake, Options, Table};
use policy::{ItemId, MemberNumber};

use crate::support::*;

const ROWS: i64 = 100_000;
const RANGES: i64 = 32;
/// Rows of one member, all tables together, without mentions.
const ROWS_A_MEMBER: i64 = 50;
/// In every so many posts somebody is named.
const NAMED_EVERY: i64 = 4;
/// How many members the one who names most names, all over the lake.
const NAMED_BY_ONE: i64 = 200;
/// Of the bytes of the lake, at most one in so many is rewritten.
const SHARE: u64 = 16;

/// How many rows of each table a member has, but for mentions.
const CUT: [(Table, i64); 8] = [
    (Table::Members, 1),
    (Table::Profiles, 1),
    (Table::Positions, 2),
    (Table::Education, 1),
    (Table::Skills, 5),
    (Table::Items, 32),
    (Table::Sensitive, 1),
    (Table::Activity, 8),
];

struct Large {
    site: Site,
    lake: Lake,
    members: i64,
}

impl Large {
    /// A lake that came in with one version, cut into [`RANGES`].
    async fn new() -> Self {
        let rows = std::env::var("ZWECK_LAKE_ROWS").ok().and_then(|rows| rows.parse().ok());
        let members = rows.unwrap_or(ROWS) / ROWS_A_MEMBER;
        let site = At::Folder.site();
        let options = Options { members_per_range: (members + RANGES - 1) / RANGES };
        let lake = Lake::open_at(&site.place, options).await.unwrap();
        let rows = CUT.iter().map(|(table, count)| (*table, own_rows(*table, members, *count)));
        let mut rows: BTreeMap<_, _> = rows.collect();
        rows.insert(Table::Mentions, batch(Table::Mentions, &mentions(members)));
        let mut writer = lake.writer().await.unwrap();
        writer.append(Append { rows, replaced: Vec::new() }, AT).await.unwrap();
        Self { site, lake, members }
    }

    async fn files(&self) -> BTreeMap<String, u64> {
        let mut files = BTreeMap::new();
        for path in self.site.data_files().await {
            let size = self.site.read(&path).await.len() as u64;
            files.insert(path, size);
        }
        files
    }

    /// The share of the bytes that went, seen from outside, as one in so many.
    async fn assert_little_went(&self, before: &BTreeMap<String, u64>, what: &str) -> u64 {
        let total: u64 = before.values().sum();
        let after = self.files().await;
        let gone = before.iter().filter(|(path, _)| !after.contains_key(*path));
        let gone: u64 = gone.map(|(_, bytes)| bytes).sum();
        assert!(gone > 0, "{what} changed nothing");
        assert!(gone * SHARE <= total, "{what}: {gone} of {total} bytes were rewritten");
        gone
    }
}

fn own_rows(table: Table, members: i64, each: i64) -> arrow::array::RecordBatch {
    let all = (0..members).flat_map(|one| (0..each).map(move |item| (one, item)));
    let rows: Vec<_> = all.map(|(one, item)| row(one, item, &words(one * 64 + item))).collect();
    batch(table, &rows)
}

/// About 150 characters that differ from row to row, and do not compress to nothing.
fn words(seed: i64) -> String {
    let hash = blake3::hash(&seed.to_le_bytes());
    let bytes = hash.as_bytes().iter().take(24);
    bytes.map(|byte| format!("word{byte:03}")).collect::<Vec<_>>().join(" ")
}

/// Every member is named by neighbours, and member 0 names many.
fn mentions(members: i64) -> Vec<Row> {
    let posts = (0..members * 32).step_by(NAMED_EVERY as usize);
    let by_others = posts.map(|post| {
        let (author, item) = (post / 32, post % 32);
        mention((author * 7 + item) % members, post, (author, item))
    });
    let step = (members / NAMED_BY_ONE).max(1);
    let by_one = (0..NAMED_BY_ONE)
        .map(|place| mention((place * step) % members, 1_000_000_000 + place, (0, place % 32)));
    by_others.chain(by_one).collect()
}

#[tokio::test]
async fn taking_out_one_member_or_one_item_rewrites_at_most_a_sixteenth() {
    let large = Large::new().await;
    let mut footprint = 0;
    let head = large.lake.head().await.unwrap();
    for table in Table::ALL {
        let found = head.footprint(*table).await.unwrap();
        assert!(found.ranges >= 32, "{table}: {found:?}");
        footprint += found.bytes;
    }
    assert_eq!(footprint, large.files().await.values().sum::<u64>());

    let mut told = Vec::new();
    for (who, what) in [(large.members / 2, "an ordinary member"), (0, "who names 200 others")] {
        let before = large.files().await;
        let erasure = Erasure { members: vec![member(who)], rows: Vec::new() };
        let evidence = large.lake.writer().await.unwrap().erase(&erasure, AT).await.unwrap();
        assert!(evidence.rows_removed() >= ROWS_A_MEMBER as u64);
        assert_eq!(evidence.bytes_total, before.values().sum::<u64>());
        let gone = large.assert_little_went(&before, what).await;
        assert_eq!(evidence.bytes_rewritten, gone, "the evidence says what went");
        told.push((what, gone, evidence.bytes_total));
    }

    let before = large.files().await;
    let rows = vec![address(Table::Items, large.members / 3, 5)];
    let erasure = Erasure { members: Vec::new(), rows };
    let evidence = large.lake.writer().await.unwrap().erase(&erasure, AT).await.unwrap();
    told.push((
        "one item",
        large.assert_little_went(&before, "one item").await,
        evidence.bytes_total,
    ));

    let before = large.files().await;
    let (author, item) = (MemberNumber::from_i64(large.members / 4), ItemId::from_i64(8));
    let texts = [(author, item)].into();
    let named = large.lake.head().await.unwrap().mentions_in(&texts).await.unwrap();
    assert!(!named.is_empty());
    let named = named.into_iter().map(|(named, place)| (Table::Mentions, named, place));
    let replaced = named.chain([(Table::Items, author, item)]).collect();
    let mut writer = large.lake.writer().await.unwrap();
    writer.append(Append { rows: BTreeMap::new(), replaced }, AT).await.unwrap();
    writer.sweep(AT).await.unwrap();
    let total = before.values().sum();
    told.push(("a deleted item", large.assert_little_went(&before, "a deleted item").await, total));
    tell(&told);
}

/// What was measured, for whoever runs it with `--nocapture`.
#[expect(clippy::print_stderr, reason = "the figures are what it is run for")]
fn tell(told: &[(&str, u64, u64)]) {
    for (what, gone, total) in told {
        let share = *gone as f64 / *total as f64;
        eprintln!("{what}: {gone} of {total} bytes rewritten, {:.2} %", share * 100.0);
    }
}

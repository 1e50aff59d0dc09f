use std::collections::BTreeSet;

use lake::{Append, Erasure, Table};
use proptest::prelude::*;

use crate::{site::has_buckets, support::*};

/// Tables in the model: one of items, and mentions, which an erasure treats differently.
const TABLES: [Table; 3] = [Table::Items, Table::Skills, Table::Mentions];

#[derive(Debug, Clone)]
enum Step {
    Append { rows: Vec<(usize, i64, i64)>, replaced: Vec<(usize, i64, i64)> },
    EraseMembers(Vec<i64>),
    EraseRow(usize, i64, i64),
    Compact,
    Sweep,
    DieBefore(usize),
}

/// The naive second implementation: all rows with the version that brought them.
#[derive(Debug, Default)]
struct Model {
    rows: Vec<(usize, i64, i64, i64)>,
    version: i64,
}

fn addresses(size: usize) -> impl Strategy<Value = Vec<(usize, i64, i64)>> {
    prop::collection::vec((0..TABLES.len(), 0..35_i64, 0..4_i64), 0..size)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (addresses(20), addresses(6))
            .prop_map(|(rows, replaced)| Step::Append { rows, replaced }),
        2 => prop::collection::vec(0..35_i64, 1..3).prop_map(Step::EraseMembers),
        1 => (0..TABLES.len(), 0..35_i64, 0..4_i64).prop_map(|(t, m, i)| Step::EraseRow(t, m, i)),
        1 => Just(Step::Compact),
        1 => Just(Step::Sweep),
        1 => (0..5_usize).prop_map(Step::DieBefore),
    ];
    prop::collection::vec(step, 1..8)
}

/// Who wrote the text in which a mention stands; a function of the row, to keep the model small.
fn author(member: i64, item: i64) -> (i64, i64) {
    ((member * 3 + item) % 35, item)
}

fn as_row((table, member, item): (usize, i64, i64)) -> Row {
    match TABLES[table] {
        Table::Mentions => mention(member, item, author(member, item)),
        _ => row(member, item, "text"),
    }
}

fn as_append(rows: &[(usize, i64, i64)], replaced: &[(usize, i64, i64)]) -> Append {
    let mut append = Append::default();
    for (index, table) in TABLES.iter().enumerate() {
        let some: Vec<_> = rows.iter().filter(|one| one.0 == index).copied().map(as_row).collect();
        append.rows.insert(*table, batch(*table, &some));
    }
    append.replaced = replaced.iter().map(|(t, m, i)| address(TABLES[*t], *m, *i)).collect();
    append
}

impl Model {
    fn apply(&mut self, step: &Step) {
        let before = self.rows.len();
        match step {
            Step::Append { rows, replaced } => {
                self.rows.retain(|(t, m, i, _)| !replaced.contains(&(*t, *m, *i)));
                let changed = self.rows.len() < before || !rows.is_empty();
                self.version += i64::from(changed);
                self.rows.extend(rows.iter().map(|(t, m, i)| (*t, *m, *i, self.version)));
            }
            Step::EraseMembers(members) => {
                self.version += 1;
                self.rows.retain(|(t, m, i, _)| match TABLES[*t] {
                    Table::Mentions => !members.contains(&author(*m, *i).0),
                    _ => !members.contains(m),
                });
            }
            Step::EraseRow(table, member, item) => {
                self.version += 1;
                self.rows.retain(|(t, m, i, _)| {
                    let itself = (t, m, i) == (table, member, item);
                    let points = TABLES[*t] == Table::Mentions
                        && TABLES[*table] != Table::Mentions
                        && author(*m, *i) == (*member, *item);
                    !itself && !points
                });
            }
            Step::Sweep => self.version += 1,
            Step::Compact | Step::DieBefore(_) => {}
        }
    }

    fn lines(&self, table: usize) -> Vec<String> {
        let own = self.rows.iter().filter(|one| one.0 == table);
        let mut lines: Vec<_> =
            own.map(|(_, m, i, version)| format!("{m} | {i} | {version} | {}", m / 10)).collect();
        lines.sort();
        lines
    }
}

async fn check(at: At, steps: &[Step]) {
    let (site, lake) = at.fresh().await;
    let mut model = Model::default();
    for step in steps {
        let mut writer = lake.writer().await.unwrap();
        match step {
            Step::Append { rows, replaced } => {
                writer.append(as_append(rows, replaced), AT).await.unwrap();
            }
            Step::EraseMembers(members) => {
                let members = members.iter().map(|one| member(*one)).collect();
                let erasure = Erasure { members, rows: Vec::new() };
                writer.erase(&erasure, AT).await.unwrap();
            }
            Step::EraseRow(t, m, i) => {
                let erasure =
                    Erasure { members: Vec::new(), rows: vec![address(TABLES[*t], *m, *i)] };
                writer.erase(&erasure, AT).await.unwrap();
            }
            Step::Compact => {
                compact(&mut writer).await.unwrap();
            }
            Step::Sweep => {
                writer.sweep(AT).await.unwrap();
            }
            Step::DieBefore(steps) => {
                writer.stop_before_step(*steps);
                let rows: Vec<_> = (0..TABLES.len()).map(|table| (table, 5, 3)).collect();
                writer.append(as_append(&rows, &[(0, 5, 2)]), AT).await.unwrap_err();
            }
        }
        drop(writer);
        model.apply(step);
        // A compaction is a version as well, if there was anything to join.
        let version = lake.version().await.unwrap().as_i64();
        match step {
            Step::Compact => assert!([0, 1].contains(&(version - model.version))),
            _ => assert_eq!(version, model.version),
        }
        model.version = version;
        let reader = site.open().await;
        for (index, table) in TABLES.iter().enumerate() {
            let provider = reader.table(*table).await.unwrap();
            let sql = "select member_number, item, lake_version, range from t";
            let found = query(provider, sql).await.unwrap();
            assert_eq!(found, model.lines(index), "{table} after {step:?}");
        }
    }
    let paths: BTreeSet<_> = site.data_files().await.into_iter().collect();
    lake.writer().await.unwrap().sweep(AT).await.unwrap();
    assert!(site.data_files().await.iter().all(|path| paths.contains(path)));
}

fn in_a_runtime(at: At, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(check(at, steps));
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn a_lake_equals_a_list_of_rows(steps in steps()) {
        in_a_runtime(At::Folder, &steps);
    }
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn a_lake_in_a_bucket_equals_a_list_of_rows(steps in steps()) {
        if has_buckets() {
            in_a_runtime(At::Bucket, &steps);
        }
    }
}

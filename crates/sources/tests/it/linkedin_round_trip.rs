//! What is written for a member comes in again as it was.

use std::collections::BTreeMap;

use datafusion::{
    arrow::{
        array::{Array, AsArray, RecordBatch},
        util::pretty::pretty_format_batches,
    },
    logical_expr::lit,
    prelude::{SessionContext, col},
};
use lake::Table;
use sources::{
    LinkedInExport, LinkedInOptions, LinkedInSource, Options, Report, Source as _, import,
};
use testkit::{Archive, ArchiveMember, Quirks};

use crate::support::{KEYS, SOURCE, World, at};

/// The columns that come back: all but those that say where and when the row came in.
const NOT_OF_THE_ROW: [&str; 8] = [
    "member_number",
    "content",
    "source",
    "lake_version",
    "range",
    "item",
    "parent_member",
    "target_member",
];

async fn rows_of(world: &World, member: i64) -> BTreeMap<Table, Vec<RecordBatch>> {
    let mut tables = BTreeMap::new();
    for table in Table::ALL {
        let provider = world.lake.table(*table).await.unwrap();
        let frame = SessionContext::new().read_table(provider).unwrap();
        let frame = frame.filter(col("member_number").eq(lit(member))).unwrap();
        tables.insert(*table, frame.collect().await.unwrap());
    }
    tables
}

pub(crate) async fn column(world: &World, table: Table, name: &str) -> Vec<Option<String>> {
    let provider = world.lake.table(table).await.unwrap();
    let frame = SessionContext::new().read_table(provider).unwrap();
    let batches = frame.select_columns(&[name]).unwrap().collect().await.unwrap();
    let values = batches.iter().flat_map(|batch| {
        let column = batch.column(0).as_string_view();
        column.iter().map(|value| value.map(str::to_owned)).collect::<Vec<_>>()
    });
    values.collect()
}

/// Every row of a member, sorted, as text.
async fn shown(world: &World, member: i64) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, batches) in rows_of(world, member).await {
        for batch in batches {
            let names: Vec<_> =
                batch.schema().fields().iter().map(|field| field.name().clone()).collect();
            for row in 0..batch.num_rows() {
                let mut line = format!("{table}:");
                for (name, values) in names.iter().zip(batch.columns()) {
                    if NOT_OF_THE_ROW.contains(&name.as_str()) || name.ends_with("_item") {
                        continue;
                    }
                    let one = RecordBatch::try_from_iter([("", values.slice(row, 1))]).unwrap();
                    let value = pretty_format_batches(&[one]).unwrap().to_string();
                    let is_null = values.is_null(row);
                    line.push_str(&format!(" {name}={is_null} {value}"));
                }
                lines.push(line);
            }
        }
    }
    lines.sort();
    lines
}

fn export<'a>(source: &'a str, member: &'a str) -> LinkedInExport<'a> {
    LinkedInExport { source, member, made: "2026-04-01".parse().unwrap(), keys: &KEYS }
}

async fn bring_in(world: &World, path: &std::path::Path, source: &str) -> Report {
    let options = LinkedInOptions { source: Some(source), ..Default::default() };
    let mut source = LinkedInSource::open(path, options).unwrap();
    import(&mut source, &world.lake, &world.store, &KEYS, Options::at(at()), &mut |_| {})
        .await
        .unwrap()
}

/// Writes the member as a folder and as a ZIP file, brings both in where they came from and
/// elsewhere, and compares.
async fn check(world: &World, source: &str, external: &str, number: i64) {
    let folder = tempfile::tempdir().unwrap();
    let before = shown(world, number).await;
    assert!(before.len() > 3);
    let rows = rows_of(world, number).await;
    let count: usize = rows.values().flatten().map(RecordBatch::num_rows).sum();
    for name in ["copy", "copy.zip"] {
        let path = folder.path().join(name);
        let written = export(source, external).write(&rows, &path).unwrap();
        assert_eq!(written.files.values().sum::<u64>(), count as u64, "{written:?}");
        let same = bring_in(world, &path, source).await;
        assert!(same.total().refused.is_empty(), "{:?}", same.refused_rows);
        assert_eq!(same.lake_version_before, same.lake_version_after, "{:?}", same.lake);
        assert_eq!(same.removals_started, 0);
        assert_eq!(shown(world, number).await, before);

        let elsewhere = World::new().await;
        let report = bring_in(&elsewhere, &path, source).await;
        assert!(report.total().refused.is_empty(), "{:?}", report.refused_rows);
        let mut expected = before.clone();
        // Where others name the member stands in the texts of others, which are not here.
        expected.retain(|line| !line.starts_with("mentions"));
        assert_eq!(shown(&elsewhere, 0).await, expected);
    }
    let taken = export(source, external).write(&rows, &folder.path().join("copy")).unwrap_err();
    assert!(taken.to_string().starts_with("cannot write"), "nothing is overwritten");
}

#[tokio::test]
async fn a_member_of_linkedin_comes_back_without_loss() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::complete(&ArchiveMember::sample(60, 2), Quirks::ALL, "01-15-2026");
    let path = archive.write_zip(folder.path()).unwrap();
    bring_in(&world, &path, "linkedin").await;
    check(&world, "linkedin", "100002", 0).await;
}

const LINES: &str = r##"
{"event":"e1","kind":"member","member":"a","at":"2026-01-01","name":"Ann Maria  Smith ","created":"1970-01-01T00:00:01Z"}
{"event":"e2","kind":"member","member":"b","at":"2026-01-01","name":"Ben"}
{"event":"e3","kind":"profile","member":"a","at":"2026-01-01","headline":"","about":" spaces \n\n\nkept ","website":"ftp://x,y","language":"de","visibility":"network"}
{"event":"e4","kind":"position","member":"a","at":"2026-01-01","id":"p1","title":"Same","employer":"Same","visibility":"public"}
{"event":"e5","kind":"position","member":"a","at":"2026-01-01","id":"p2","title":"Same","employer":"Same"}
{"event":"e6","kind":"education","member":"a","at":"2026-01-01","id":"d1","field":"Statics"}
{"event":"e7","kind":"skill","member":"a","at":"2026-01-01","id":"s1","name":""}
{"event":"e8","kind":"skill","member":"a","at":"2026-01-01","id":"s2","name":"A, \"b\"\n"}
{"event":"e9","kind":"post","member":"a","at":"2026-01-01","id":"i1","text":"one\"\n\"two\r\nthree\\","visibility":"public","sensitive":true,"language":"en","title":"T","created":"2026-01-01T10:00:00.123456Z","updated":"2026-01-02T10:00:00Z","content_usage":"train-ai=n;x,  search=y","venue":{"kind":"page","name":" Bridges, \"& more\""}}
{"event":"e10","kind":"post","member":"a","at":"2026-01-01","id":"urn:li:share:5","text":"","visibility":"private"}
{"event":"e11","kind":"group-post","member":"a","at":"2026-01-01","id":"urn:li:share:5","text":"in a group","visibility":"group","venue":{"kind":"group","name":"Rust"},"content_usage":""}
{"event":"e12","kind":"comment","member":"a","at":"2026-01-01","id":"c1","text":"\\\"quoted\\\" back\\","visibility":"connections","parent":{"member":"b","kind":"post","id":"i9"}}
{"event":"e13","kind":"comment","member":"a","at":"2026-01-01","id":"c2","text":"the same","created":"2026-01-01T10:00:00Z"}
{"event":"e14","kind":"comment","member":"a","at":"2026-01-01","id":"c3","text":"the same","created":"2026-01-01T10:00:00Z"}
{"event":"e15","kind":"article","member":"a","at":"2026-01-01","id":"On Bridges","title":"","text":"<b>  two  spaces & more</b>\n\n\nthe end","created":"2026-01-01T10:00:59Z"}
{"event":"e16","kind":"article","member":"a","at":"2026-01-01","id":"on-rivers","text":"plain"}
{"event":"e17","kind":"activity","member":"a","at":"2026-01-01","id":"v1","action":"like","target":{"member":"b","kind":"post","id":"i9"}}
{"event":"e18","kind":"activity","member":"a","at":"2026-01-01","id":"v2","action":"member-follow","created":"2026-01-01T10:00:00Z"}
{"event":"e19","kind":"post","member":"b","at":"2026-01-01","id":"i9","text":"With Ann.","mentions":[{"member":"a","start":5,"end":8}]}
"##;

#[tokio::test]
async fn a_member_of_any_source_comes_back_without_loss() {
    let world = World::new().await;
    let report = world.import(LINES).await;
    assert!(report.total().refused.is_empty(), "{:?}", report.refused_rows);
    check(&world, SOURCE, "a", 0).await;
}

#[tokio::test]
async fn a_row_that_was_changed_in_the_copy_is_a_new_row() {
    let world = World::new().await;
    world.import(LINES).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy");
    export(SOURCE, "a").write(&rows_of(&world, 0).await, &path).unwrap();
    let skills = std::fs::read_to_string(path.join("Skills.csv")).unwrap();
    std::fs::write(path.join("Skills.csv"), skills.replace("A, ", "Another, ")).unwrap();
    let report = bring_in(&world, &path, SOURCE).await;
    assert_eq!(report.tables["Skills"].accepted, 1);
    assert_eq!(report.archive.unwrap().gone["skills"], 1);
    let names = column(&world, Table::Skills, "name").await;
    assert!(names.contains(&Some("Another, \"b\"\n".to_owned())), "{names:?}");
}

#[tokio::test]
async fn the_copy_of_somebody_else_is_refused() {
    let world = World::new().await;
    world.import(LINES).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.zip");
    export(SOURCE, "a").write(&rows_of(&world, 0).await, &path).unwrap();
    let options = LinkedInOptions { source: Some(SOURCE), member: Some("b"), ..Default::default() };
    let Err(error) = LinkedInSource::open(&path, options) else { panic!("it is of `a`") };
    let error = error.to_string();
    assert!(error.contains("is the archive of member `a`, not of `b`"), "{error}");
    // In another network the member may have another id.
    let options = LinkedInOptions { source: Some("other"), ..options };
    let mut source = LinkedInSource::open(&path, options).unwrap();
    assert_eq!(source.member(), "b");
    let elsewhere = World::new().await;
    elsewhere.import_from(&mut source, Options::at(at())).await;
    // But here they would be somebody else, who has chosen nothing.
    let mut source = LinkedInSource::open(&path, options).unwrap();
    let options_of_import = Options::at(at());
    let mut show = |_| {};
    let imported =
        import(&mut source, &world.lake, &world.store, &KEYS, options_of_import, &mut show).await;
    let error = imported.unwrap_err().to_string();
    insta::assert_snapshot!(error, @"the archive is of `test-network:a`, who is a member here and would come in a second time as `other:b` (hint: leave --source and --member out)");
    let options = LinkedInOptions { source: Some("other"), ..Default::default() };
    let Err(error) = LinkedInSource::open(&path, options) else {
        panic!("it is of a test network")
    };
    let error = error.to_string().replace(folder.path().to_str().unwrap(), "");
    insta::assert_snapshot!(error, @"`/copy.zip`: is the copy of `test-network:a`, not of a member of `other` (hint: leave --source out)");
    let source = LinkedInSource::open(&path, LinkedInOptions::default()).unwrap();
    assert_eq!((source.name(), source.member()), (SOURCE, "a"), "as the archive says");
}

#[tokio::test]
async fn what_stands_beside_the_files_is_checked() {
    let world = World::new().await;
    world.import(LINES).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy");
    export(SOURCE, "a").write(&rows_of(&world, 0).await, &path).unwrap();
    let lines = path.join("Zweck/Skills.ndjson");
    std::fs::write(&lines, "{\"rows\":[]}\n").unwrap();
    let options = LinkedInOptions { source: Some(SOURCE), ..Default::default() };
    let mut source = LinkedInSource::open(&path, options).unwrap();
    let refused = crate::support::refusals(&mut source);
    insta::assert_snapshot!(refused, @r"
    Skills.csv:2 not json (in the folder `Zweck`, the line that belongs to this row cannot be read)
    Skills.csv:4 not json (in the folder `Zweck`, the line that belongs to this row is missing)
    ");
    assert!(!source.whole().unwrap().parts.iter().any(|part| part.table == Table::Skills));
}

//! Rows of tables that lie elsewhere pass the same gate.

use std::{fs::File, path::PathBuf, sync::Arc};

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use gate::{Holders, Table, in_words};
use lake::{
    AttachedFile, Attachment, IndexRow, IndexWriter, ItemColumns, OutsideTable, Said, TimeColumn,
    TimeUnit,
};
use parquet::arrow::ArrowWriter;
use policy::{ItemId, LakeVersion};
use store::{LakeStepState, RemovalId};

use crate::support::{Item, World, as_of, member, texts};

/// Writes items into Parquet files that are not the lake's, and attaches them by the numbers that
/// they have: one file for each list.
pub(crate) async fn attach(world: &mut World, name: &str, files: &[&[Item]]) {
    let folder = folder(world, name);
    std::fs::create_dir_all(&folder).unwrap();
    for (place, items) in files.iter().enumerate() {
        write(&folder.join(format!("{place}.parquet")), items);
    }
    look(world, name, files).await;
}

/// Attaches what lies there.
async fn look(world: &mut World, name: &str, files: &[&[Item]]) {
    let location = folder(world, name).to_string_lossy().into_owned();
    let table = OutsideTable::find(&location).await.unwrap();
    let mut writer = world.lake.writer().await.unwrap();
    let mut attached = Vec::new();
    for (place, file) in table.files.into_iter().enumerate() {
        let version = writer.next_version();
        let mut index = IndexWriter::new().unwrap();
        index
            .push(&files[place].iter().map(|item| index_row(item, version)).collect::<Vec<_>>())
            .unwrap();
        let rows = files[place].len() as u64;
        let (index, index_blake3) =
            writer.write_index(name, place, index.finish().unwrap()).await.unwrap();
        attached.push(AttachedFile {
            pin: file.pin,
            partition: file.partition,
            rows,
            attached: rows,
            refused: Default::default(),
            sealed: Default::default(),
            index,
            index_blake3,
        });
    }
    let attachment = Attachment {
        name: name.to_owned(),
        source: "test".to_owned(),
        mapping_hash: "00".to_owned(),
        mapping: String::new(),
        declaration: None,
        at: as_of(),
        folder: String::new(),
        location,
        delta_version: None,
        columns: columns(),
        files: attached,
    };
    writer.attach(&attachment, Vec::new(), as_of()).await.unwrap();
}

fn folder(world: &World, name: &str) -> PathBuf {
    world.folder.path().join("warehouse").join(name)
}

fn index_row(item: &Item, version: LakeVersion) -> Option<IndexRow> {
    let parent = item.parent.map(|(of, item)| (member(of), ItemId::from_i64(item)));
    let (member, item) = (member(item.member), ItemId::from_i64(item.item));
    Some(IndexRow { member, item, content: 0, version, parent })
}

fn columns() -> ItemColumns {
    let audiences = [("everyone", "public"), ("contacts", "network")];
    let audiences = audiences.map(|(value, word)| (value.to_owned(), word.to_owned()));
    let kinds =
        ["post", "comment", "article", "group"].map(|kind| (format!("a {kind}"), kind.to_owned()));
    ItemColumns {
        author: "who".to_owned(),
        item: "id".to_owned(),
        kind: Said::Values { column: "type".to_owned(), values: kinds.into() },
        text: "body".to_owned(),
        title: None,
        language: None,
        visibility: Some(Said::Values { column: "audience".to_owned(), values: audiences.into() }),
        declared_visibility: None,
        created: Some(TimeColumn { column: "when".to_owned(), unit: TimeUnit::Microseconds }),
        updated: None,
        sensitive: Some("flagged".to_owned()),
        content_usage: Some("usage".to_owned()),
        venue_kind: Some(Said::Always("group".to_owned())),
        venue: Some("place".to_owned()),
        parent: None,
    }
}

fn write(path: &std::path::Path, items: &[Item]) {
    let words = |of: &dyn Fn(&Item) -> Option<String>| -> ArrayRef {
        Arc::new(items.iter().map(of).collect::<StringArray>())
    };
    let audience = |item: &Item| {
        let word =
            item.visibility.map(|word| if word == "public" { "everyone" } else { "contacts" });
        word.map(str::to_owned)
    };
    let whose: Int64Array = items.iter().map(|item| Some(item.member)).collect();
    let created: Int64Array = items.iter().map(|item| item.created).collect();
    let flagged: BooleanArray = items.iter().map(|item| item.sensitive).collect();
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("who", Arc::new(whose) as ArrayRef, true),
        ("id", words(&|item| Some(format!("e{}", item.item))), true),
        ("type", words(&|item| Some(format!("a {}", item.kind))), true),
        ("body", words(&|item| Some(item.text.clone())), true),
        ("audience", words(&audience), true),
        ("when", Arc::new(created) as ArrayRef, true),
        ("flagged", Arc::new(flagged) as ArrayRef, true),
        ("usage", words(&|item| item.content_usage.map(str::to_owned)), true),
        ("place", words(&|item| item.venue.map(str::to_owned)), true),
    ]);
    let batch = batch.unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn items(members: std::ops::Range<i64>) -> Vec<Item> {
    members.map(|number| Item::public(number, number, &format!("words of {number}"))).collect()
}

#[tokio::test]
async fn a_permit_names_the_files_that_it_reads() {
    let mut world = World::new(6).await;
    world.items(&items(0..2)).await;
    attach(&mut world, "posts", &[&items(2..4), &items(4..6)]).await;
    world.objects(3).await;
    let permitted = world.permit(None).await;
    let permit = permitted.permit().clone();
    let paths: Vec<_> = permit.attached[0].files.iter().map(|pin| pin.path.clone()).collect();
    let expected = ["0.parquet", "1.parquet"].map(|file| folder(&world, "posts").join(file));
    assert_eq!(paths, expected.map(|path| path.to_string_lossy().into_owned()));
    let recorded = world.store.permits(&permit.holder).await.unwrap().pop().unwrap().reads;
    assert_eq!(recorded, Some(serde_json::json!(permit.attached)));
    let kept = texts(&permitted).await;
    assert_eq!(kept.keys().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 1, 2, 4, 5]);
    assert_eq!(kept[&(4, 4)], "words of 4");
    assert_eq!(permitted.account().await.unwrap().tables[&Table::Items].rows_in, 6);
}

#[tokio::test]
async fn a_file_that_has_changed_is_an_error_and_no_silent_difference() {
    let mut world = World::new(6).await;
    attach(&mut world, "posts", &[&items(0..3), &items(3..6)]).await;
    let permitted = world.permit(None).await;
    let path = folder(&world, "posts").join("1.parquet");
    write(&path, &items(3..5));
    let scanned = permitted.frame(Table::Items).unwrap().collect().await.unwrap_err();
    let told = in_words(&scanned);
    assert!(told.contains("of the attached table `posts` has changed since"), "{told}");
    assert!(permitted.account().await.is_err(), "what was not seen is not counted");
    let purpose = crate::support::purpose();
    let report = world.gate.report(&purpose, as_of()).await.unwrap_err();
    assert!(in_words(&report).contains("zweck attach refresh posts"), "{}", in_words(&report));
    std::fs::remove_file(&path).unwrap();
    let report = world.gate.report(&purpose, as_of()).await.unwrap_err();
    assert!(in_words(&report).contains("it is gone"), "{}", in_words(&report));
    look(&mut world, "posts", &[&items(0..3)]).await;
    assert_eq!(world.permitted().await.len(), 3);
}

#[tokio::test]
async fn a_row_that_came_with_a_later_look_is_not_in_an_earlier_version() {
    let mut world = World::new(6).await;
    world.items(&items(0..2)).await;
    let before = world.version().await;
    attach(&mut world, "posts", &[&items(2..6)]).await;
    let holder = world.register("early", std::path::Path::new("nowhere")).await;
    let last = world.store.last_sequence().await.unwrap();
    let request = gate::PermitRequest {
        holder,
        purpose: crate::support::purpose(),
        as_of: as_of(),
        facts: gate::FactRange::at(last),
        lake_version: before,
        after: None,
    };
    let permitted = world.gate.permit(&request, as_of()).await.unwrap();
    assert_eq!(texts(&permitted).await.len(), 2);
    assert_eq!(world.permitted().await.len(), 6);
}

#[tokio::test]
async fn objectors_are_masked_in_attached_texts() {
    let mut world = World::new(4).await;
    world.names(&["Ada Byron", "Berta Muster", "Carl Otto", "Sam"]).await;
    world.items(&[Item::public(3, 3, "What do you think?")]).await;
    let outside = [
        Item::public(1, 1, "Ada Byron says so, and @adabyron too."),
        Item::public(2, 2, "Thanks Sam!").answering((3, 3)),
    ];
    attach(&mut world, "posts", &[&outside]).await;
    world.objects(0).await;
    world.objects(3).await;
    let kept = world.permitted().await;
    assert_eq!(kept[&(1, 1)], "[name] says so, and [name] too.");
    assert_eq!(kept[&(2, 2)], "Thanks [name]!", "the thread resolves a first name");
}

#[tokio::test]
async fn an_erasure_waits_until_the_rows_have_left_the_attached_table() {
    let mut world = World::new(4).await;
    world.items(&items(0..2)).await;
    let mut outside = items(2..4);
    outside.push(Item::public(1, 9, "more words of 1"));
    attach(&mut world, "posts", &[&outside]).await;
    let sequence = world.gate.erase(member(1), "test", as_of()).await.unwrap();
    let id = RemovalId::from_i64(sequence.as_i64());
    let run = world.gate.run_removals(&Holders::default(), as_of()).await.unwrap();
    assert_eq!(run.still_open, 1);
    assert_eq!(run.attached[&member(1)]["posts"], 1);
    let states = async |world: &World| -> Vec<_> {
        let progress = world.store.removal(id).await.unwrap();
        progress.lake.into_iter().map(|step| step.state).collect()
    };
    assert_eq!(states(&world).await, [LakeStepState::Waiting]);
    let kept = world.permitted().await;
    assert_eq!(kept.keys().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 2, 3]);
    let left = items(2..4);
    attach(&mut world, "posts", &[&left]).await;
    let run = world.gate.run_removals(&Holders::default(), as_of()).await.unwrap();
    assert_eq!((run.still_open, run.attached.len()), (0, 0));
    assert_eq!(states(&world).await, [LakeStepState::Waiting, LakeStepState::Done]);
}

#[tokio::test]
async fn retention_leaves_attached_rows_to_their_owner() {
    let mut world = World::new(3).await;
    world.items(&items(0..1)).await;
    attach(&mut world, "posts", &[&items(1..3)]).await;
    let rule = gate::Retention {
        category: policy::Category::Posts,
        kept_from: as_of(),
        period: "no time".to_owned(),
    };
    let expired = world.gate.expire(&[rule], as_of(), &mut |_| {}).await.unwrap();
    assert_eq!(expired[&policy::Category::Posts].rows, 1);
    assert_eq!(world.permitted().await.len(), 2);
}

#[tokio::test]
async fn an_explanation_finds_attached_rows() {
    let mut world = World::new(3).await;
    attach(&mut world, "posts", &[&items(1..3)]).await;
    world.objects(2).await;
    let explain = async |number: i64| {
        let item = Some(ItemId::from_i64(number));
        let purpose = crate::support::purpose();
        let holders = Holders::default();
        let told = world.gate.explain(member(number), item, &purpose, as_of(), &holders).await;
        told.unwrap().decisions.into_iter().map(|row| row.reasons).collect::<Vec<_>>()
    };
    assert_eq!(explain(1).await, [vec![]]);
    assert_eq!(explain(2).await, [vec![policy::Reason::Objected]]);
}

//! Removals end only with evidence, and a holder that lies is caught.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use async_trait::async_trait;
use gate::{
    Artefact, ArtefactChange, Artefacts, Gate, Held, Holder, HolderError, Holders, Release,
};
use parquet::arrow::ArrowWriter;
use policy::{Instant, ItemId, MemberNumber, Sequence};
use store::Holder as HolderRecord;

use crate::support::{Item, World, as_of, member};

/// How a test holder treats the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Honesty {
    Honest,
    /// Says that it has released, and does nothing.
    DoesNothing,
    /// Takes the member out of the lineage, and leaves the row in the file.
    HidesLineage,
    /// Takes the row out, and leaves the old file beside the new one.
    KeepsACopy,
    /// Takes the member's row out, and leaves the name in somebody else's.
    KeepsTheName,
    /// Is retired by somebody else while it releases, and deletes everything.
    IsReplaced,
    /// The same, and deletes nothing.
    IsRetiredAlone,
    /// Cannot let go by itself.
    Waits,
}

/// Keeps one file of texts, and its lineage.
struct Shelf {
    honesty: Honesty,
}

#[derive(Debug, Clone)]
struct Kept {
    member: i64,
    text: String,
}

fn rows_at(folder: &Path) -> Vec<Kept> {
    let text = std::fs::read_to_string(folder.join("rows.txt")).unwrap();
    text.lines()
        .map(|line| {
            let (member, text) = line.split_once(' ').unwrap();
            Kept { member: member.parse().unwrap(), text: text.to_owned() }
        })
        .collect()
}

fn longs(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

fn words(values: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn write(folder: &Path, name: &str, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(folder.join(name)).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn put(folder: &Path, file: &str, rows: &[Kept], lineage: &[Kept]) {
    let list: Vec<_> = rows.iter().map(|row| format!("{} {}", row.member, row.text)).collect();
    std::fs::write(folder.join("rows.txt"), list.join("\n")).unwrap();
    std::fs::write(folder.join("current.txt"), file).unwrap();
    let created = as_of().plus_days(-10).as_micros();
    write(
        folder,
        file,
        vec![
            ("document", longs(rows.iter().map(|row| row.member + 1000))),
            ("category", words(rows.iter().map(|_| "posts".to_owned()))),
            ("created", longs(rows.iter().map(|_| created))),
            ("text", words(rows.iter().map(|row| row.text.clone()))),
        ],
    );
    write(
        folder,
        "lineage.parquet",
        vec![
            ("member_number", longs(lineage.iter().map(|row| row.member))),
            ("item", longs(lineage.iter().map(|row| row.member))),
            ("file", words(lineage.iter().map(|_| file.to_owned()))),
            ("row", longs(0..lineage.len() as i64)),
            ("document", longs(lineage.iter().map(|row| row.member + 1000))),
        ],
    );
}

fn artefact(folder: &Path, name: &str, rows: usize) -> Artefact {
    let bytes = std::fs::read(folder.join(name)).unwrap();
    Artefact {
        path: name.to_owned(),
        blake3: blake3::hash(&bytes).to_hex().to_string(),
        rows: rows as u64,
    }
}

fn rows_in(path: &Path) -> usize {
    let file = std::fs::File::open(path).unwrap();
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap()
}

#[async_trait]
impl Holder for Shelf {
    fn kind(&self) -> &'static str {
        "test"
    }

    async fn release(
        &self,
        gate: &Gate,
        held: &HolderRecord,
        _: Sequence,
        _: Instant,
    ) -> Result<Option<Release>, HolderError> {
        let folder = PathBuf::from(&held.location);
        let rows = rows_at(&folder);
        let left: Vec<_> = rows.iter().filter(|row| row.member != 0).cloned().collect();
        let masked: Vec<_> = left
            .iter()
            .map(|row| Kept { text: row.text.replace("Anna Schmidt", "[name]"), ..row.clone() })
            .collect();
        let before = Some("one.parquet".to_owned());
        match self.honesty {
            Honesty::DoesNothing => {}
            Honesty::Waits => return Ok(None),
            Honesty::IsReplaced | Honesty::IsRetiredAlone => {
                if self.honesty == Honesty::IsReplaced {
                    std::fs::remove_dir_all(&folder).unwrap();
                }
                let evidence = serde_json::json!({ "replaced": true });
                gate.store().retire_holder(&held.id, &evidence, as_of()).await.unwrap();
                return Err("it is not there any more".into());
            }
            Honesty::HidesLineage => put(&folder, "one.parquet", &rows, &left),
            Honesty::KeepsTheName => put(&folder, "one.parquet", &left, &left),
            Honesty::KeepsACopy => put(&folder, "two.parquet", &masked, &masked),
            Honesty::Honest => {
                put(&folder, "two.parquet", &masked, &masked);
                std::fs::remove_file(folder.join("one.parquet")).unwrap();
            }
        }
        let change = ArtefactChange {
            path_before: before,
            before: None,
            path_after: Some("two.parquet".to_owned()),
            after: None,
        };
        let rewritten = vec![change];
        Ok(Some(Release { manifest_hash: "m".to_owned(), rewritten, ..Release::default() }))
    }

    async fn holds(
        &self,
        held: &HolderRecord,
        member: MemberNumber,
        _: Option<ItemId>,
    ) -> Result<Vec<Held>, HolderError> {
        let rows = rows_at(Path::new(&held.location))
            .into_iter()
            .filter(|row| row.member == member.as_i64());
        Ok(rows
            .map(|row| Held {
                artefact: "one.parquet".to_owned(),
                row: 0,
                item: ItemId::from_i64(row.member),
                table: "items".to_owned(),
            })
            .collect())
    }

    async fn artefacts(&self, held: &HolderRecord) -> Result<Artefacts, HolderError> {
        let root = PathBuf::from(&held.location);
        let file = std::fs::read_to_string(root.join("current.txt"))?;
        let rows = rows_in(&root.join(&file));
        let lineage = rows_in(&root.join("lineage.parquet"));
        Ok(Artefacts {
            files: vec![artefact(&root, &file, rows)],
            lineage: vec![artefact(&root, "lineage.parquet", lineage)],
            others: Vec::new(),
            root,
        })
    }

    async fn is_gone(&self, held: &HolderRecord) -> Result<bool, HolderError> {
        Ok(!Path::new(&held.location).exists())
    }
}

/// A sealed shelf with rows of three members, one of whom then objects.
async fn objected(honesty: Honesty) -> (World, Holders) {
    let mut world = World::new(3).await;
    world.names(&["Anna Schmidt", "Daniel Sank", "Erna Meier"]).await;
    let items: Vec<_> = (0..3).map(|number| Item::public(number, number, "words")).collect();
    world.items(&items).await;
    let folder = world.folder.path().join("shelf");
    std::fs::create_dir(&folder).unwrap();
    let rows: Vec<_> = ["by Anna", "asks Anna Schmidt", "nothing"]
        .iter()
        .zip(0..)
        .map(|(text, member)| Kept { member, text: (*text).to_owned() })
        .collect();
    put(&folder, "one.parquet", &rows, &rows);
    // as a permit would have
    world.gate.resolve_mentions(as_of()).await.unwrap();
    let holder = world.register("shelf", &folder).await;
    let last = world.store.last_sequence().await.unwrap();
    world.store.seal(&holder, last, "m", as_of()).await.unwrap();
    world.objects(0).await;
    (world, Holders::default().with(Arc::new(Shelf { honesty })))
}

#[tokio::test]
async fn an_honest_release_ends_the_removal() {
    let (world, holders) = objected(Honesty::Honest).await;
    assert_eq!(world.store.open_removals().await.unwrap().len(), 1);
    let run = world.gate.run_removals(&holders, as_of()).await.unwrap();
    assert_eq!(run.holders[0].outcome.as_ref().map(|_| ()), Ok(()));
    assert_eq!(run.still_open, 0);
    assert_eq!(world.store.open_removals().await.unwrap().len(), 0);
    let again = world.gate.run_removals(&holders, as_of()).await.unwrap();
    assert_eq!(again.holders.len(), 0, "nothing is left to do");
}

#[tokio::test]
async fn a_holder_that_lies_about_its_release_is_caught() {
    let check = async |honesty, finding: &str| {
        let (world, holders) = objected(honesty).await;
        let run = world.gate.run_removals(&holders, as_of()).await.unwrap();
        let error = run.holders[0].outcome.clone().unwrap_err();
        assert!(error.contains(finding), "{honesty:?}: {error}");
        assert_eq!(run.still_open, 1);
        let removal = world.store.open_removals().await.unwrap().remove(0);
        let progress = world.store.removal(removal.id).await.unwrap();
        assert_eq!(progress.holders[0].progress, store::HolderProgress::Failed);
    };
    check(Honesty::DoesNothing, "may not be kept: objected").await;
    check(Honesty::HidesLineage, "is not the document of its lineage").await;
    check(Honesty::KeepsACopy, "was rewritten and is still there").await;
    check(Honesty::KeepsTheName, "names somebody who objected").await;
}

#[tokio::test]
async fn a_holder_that_is_replaced_while_it_releases_is_settled() {
    let (world, holders) = objected(Honesty::IsReplaced).await;
    let run = world.gate.run_removals(&holders, as_of()).await.unwrap();
    assert_eq!((run.holders.len(), run.still_open), (0, 0));
    assert_eq!(run.retired[0].name, "shelf");
}

#[tokio::test]
async fn a_holder_that_waits_for_others_keeps_its_removal_open_and_has_not_failed() {
    let (world, holders) = objected(Honesty::Waits).await;
    let run = world.gate.run_removals(&holders, as_of()).await.unwrap();
    assert_eq!((run.waiting[0].name.as_str(), run.holders.len(), run.still_open), ("shelf", 0, 1));
    let removal = world.store.open_removals().await.unwrap().remove(0);
    let progress = world.store.removal(removal.id).await.unwrap();
    assert_eq!(progress.holders[0].progress, store::HolderProgress::Pending);
}

#[tokio::test]
async fn a_holder_that_is_retired_and_not_gone_is_an_error() {
    let (world, holders) = objected(Honesty::IsRetiredAlone).await;
    let error = world.gate.run_removals(&holders, as_of()).await.unwrap_err();
    assert!(error.to_string().contains("is retired, and what it kept is still there"), "{error}");
}

#[tokio::test]
async fn a_holder_without_code_keeps_its_removals_open() {
    let (world, _) = objected(Honesty::Honest).await;
    let run = world.gate.run_removals(&Holders::default(), as_of()).await.unwrap();
    let error = run.holders[0].outcome.clone().unwrap_err();
    assert_eq!(error, "no code is registered for holders of kind `test`");
    assert_eq!(run.still_open, 1);
}

#[tokio::test]
async fn what_is_held_of_a_member_can_be_asked() {
    let (world, holders) = objected(Honesty::Honest).await;
    let held =
        world.gate.held_by(member(1), None, &crate::support::purpose(), &holders).await.unwrap();
    assert_eq!((held[0].name.as_str(), held[0].rows.len()), ("shelf", 1));
}

use std::{fs, io::Read, path::Path};

use handover::{
    Compression, ExportedFile, HandoverError, JsonLines, Records, Row, Split, aipref::Usage,
    parse_document_name,
};
use sha2::{Digest, Sha256};

use crate::sample;

fn row(document: i64, shard: u16, slice: u16) -> Row<'static> {
    Row {
        document,
        category: "posts",
        language: None,
        created: None,
        answers: None,
        usage: Usage::default(),
        columns: "text:5",
        text: "words",
        shard,
        slice,
    }
}

fn read(folder: &Path, file: &ExportedFile) -> Vec<serde_json::Value> {
    let bytes = fs::read(folder.join(&file.path)).unwrap();
    let text = match file.compression {
        Compression::Zstandard => zstd::decode_all(bytes.as_slice()).unwrap(),
        Compression::Gzip => {
            let mut text = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).unwrap();
            text
        }
    };
    let text = String::from_utf8(text).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_is_written_is_read_back_in_order_and_named_by_its_hash() {
    for compression in Compression::ALL {
        let folder = tempfile::tempdir().unwrap();
        let (statistics, files) = sample::write(folder.path(), *compression, 500).unwrap();
        assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), statistics.documents());
        for file in &files {
            let bytes = fs::read(folder.path().join(&file.path)).unwrap();
            let hash = Sha256::digest(&bytes);
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!((file.bytes, &file.sha256), (bytes.len() as u64, &hash));
            let rows = read(folder.path(), file);
            assert_eq!(rows.len() as u64, file.rows);
            let places: Vec<_> = rows
                .iter()
                .map(|row| {
                    let document = parse_document_name(row["document"].as_str().unwrap()).unwrap();
                    (row["slice"].as_u64().unwrap(), document)
                })
                .collect();
            assert!(places.is_sorted_by(|one, next| one < next));
        }
    }
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    for compression in Compression::ALL {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [one, other] =
            folders.each_ref().map(|folder| sample::write(folder.path(), *compression, 2_000));
        assert_eq!(one.unwrap(), other.unwrap());
    }
}

#[test]
fn a_file_without_rows_is_a_whole_file() {
    for compression in Compression::ALL {
        let folder = tempfile::tempdir().unwrap();
        let lines =
            JsonLines::create(folder.path(), Records::Documents, (Split::Test, 7), *compression)
                .unwrap();
        let file = lines.finish().unwrap();
        assert_eq!(file.path, format!("data/test-00007.{}", compression.extension()));
        assert_eq!((file.rows, read(folder.path(), &file)), (0, vec![]));
    }
}

#[test]
fn rows_out_of_order_and_of_other_shards_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let zstandard = Compression::Zstandard;
    let mut lines =
        JsonLines::create(folder.path(), Records::Documents, (Split::Train, 1), zstandard).unwrap();
    lines.write(&row(5, 1, 0)).unwrap();
    lines.write(&row(3, 1, 1)).unwrap();
    for refused in [row(3, 1, 1), row(2, 1, 1), row(9, 1, 0)] {
        assert!(matches!(lines.write(&refused), Err(HandoverError::Order { .. })));
    }
    let wrong = lines.write(&row(9, 0, 2)).unwrap_err();
    assert_eq!(wrong.to_string(), "a row of shard 0 cannot stand in the file of shard 1 of train");
    assert_eq!(lines.finish().unwrap().rows, 2);
}

#[test]
fn half_a_file_never_has_the_name_of_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut lines =
        JsonLines::create(folder.path(), Records::Documents, (Split::Train, 0), Compression::Gzip)
            .unwrap();
    lines.write(&row(1, 0, 0)).unwrap();
    drop(lines);
    let names: Vec<_> = fs::read_dir(folder.path().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["train-00000.jsonl.gz.partial"]);
}

#[test]
fn pairs_stand_beside_documents_and_share_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = sample::write_pairs(folder.path(), Compression::Gzip, 40).unwrap();
    assert_eq!((file.path.as_str(), file.rows), ("pairs/train-00000.jsonl.gz", 40));
    let rows = read(folder.path(), &file);
    assert_eq!(rows[3]["pair"], "d1-about");
    assert_eq!(rows[3]["documents"], serde_json::json!(["d1", "d4"]));
}

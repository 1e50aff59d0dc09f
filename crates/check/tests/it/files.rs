//! Formats, folders, and files that cannot be read.

use std::{io::Write as _, path::Path};

use check::{CheckError, DataSet, Field};

use crate::support::{
    batch, columns, folder, lines, refused, rules, run, write_arrow_file, write_parquet,
    write_stream,
};

const AUTHORS: [&str; 4] = ["ann", "ben", "cem", "ben"];

#[test]
fn every_format_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = lines(&AUTHORS);
    write_parquet(&at("a.parquet"), &batch(&AUTHORS));
    write_stream(&at("b.arrow"), &batch(&AUTHORS));
    write_arrow_file(&at("c.arrow"), &batch(&AUTHORS));
    std::fs::write(at("d.jsonl"), &text).unwrap();
    std::fs::write(at("e.ndjson"), &text).unwrap();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    std::fs::write(at("f.jsonl.gz"), packer.finish().unwrap()).unwrap();
    std::fs::write(at("g.jsonl.zst"), zstd::encode_all(text.as_bytes(), 1).unwrap()).unwrap();
    let (told, summary) = run(
        folder.path(),
        &columns(&[(Field::Created, "created")]),
        rules(),
        [refused("site:ben")],
    );
    let names =
        ["a.parquet", "b.arrow", "c.arrow", "d.jsonl", "e.ndjson", "f.jsonl.gz", "g.jsonl.zst"];
    let expected: String = names
        .iter()
        .map(|name| format!("{name}:2 ben objected\n{name}:4 ben objected\n"))
        .collect();
    assert_eq!(told, expected);
    assert_eq!((summary.files, summary.rows, summary.clean), (7, 28, 14));
    assert_eq!((summary.members_with_choices, summary.members_met), (1, 1));
}

#[test]
fn broken_lines_are_named_and_cost_themselves_alone() {
    let good = lines(&["ann"]);
    let bad = "not json\n\n[1]\n{\"author\":\n{\"author\":\"ann\",\"author\":\"ben\"}\n";
    let text = [good.as_bytes(), bad.as_bytes(), b"\xff\n", good.trim_end().as_bytes()].concat();
    let folder = folder(&[("a.jsonl", &text)]);
    let (told, summary) = run(folder.path(), &columns(&[(Field::Created, "created")]), rules(), []);
    assert_eq!(
        told,
        "a.jsonl:2 - ! expected ident at line 1 column 2\n\
         a.jsonl:4 - ! the line is no object\n\
         a.jsonl:5 - ! EOF while parsing a value at line 1 column 10\n\
         a.jsonl:6 - ! duplicate key at line 1 column 31\n\
         a.jsonl:7 - ! the line is not UTF-8\n"
    );
    assert_eq!((summary.rows, summary.clean, summary.unreadable), (7, 2, 5));
}

#[test]
fn an_endless_line_is_passed_over() {
    let long = vec![b'x'; 17 * 1024 * 1024];
    let text = [&long, b"\n".as_slice(), lines(&["ann"]).as_bytes()].concat();
    let folder = folder(&[("a.jsonl", &text)]);
    let (told, summary) = run(folder.path(), &columns(&[(Field::Created, "created")]), rules(), []);
    assert_eq!(told, "a.jsonl:1 - ! the line is longer than 16 MiB\n");
    assert_eq!(summary.clean, 1);
}

#[test]
fn a_file_that_cannot_be_read_costs_itself_alone() {
    let good = lines(&["ann"]);
    let folder = folder(&[
        ("a.parquet", b"PAR1 and no more"),
        ("b.arrow", b"nothing"),
        ("c.jsonl.gz", b"not gzip"),
        ("d.jsonl", b"{\"writer\":\"ann\"}\n"),
        ("e.jsonl", good.as_bytes()),
    ]);
    write_parquet(&folder.path().join("f.parquet"), &batch(&["ann"]));
    let whole = std::fs::read(folder.path().join("f.parquet")).unwrap();
    std::fs::write(folder.path().join("f.parquet"), &whole[..whole.len() / 2]).unwrap();
    let (told, summary) = run(folder.path(), &columns(&[(Field::Created, "created")]), rules(), []);
    let failed: Vec<_> = summary.failed.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(failed, ["a.parquet", "b.arrow", "c.jsonl.gz", "d.jsonl", "f.parquet"], "{told}");
    assert!(told.contains("has no column `author` (hint: no row of the file has it)"), "{told}");
    assert_eq!(summary.clean, 1, "e.jsonl was checked");
}

#[test]
fn a_saved_data_set_says_which_files_are_its_own() {
    let state =
        br#"{"_data_files": [{"filename": "data-00000-of-00001.arrow"}], "_split": "train"}"#;
    let folder = folder(&[
        ("dataset_dict.json", b"{\"splits\": [\"train\"]}"),
        ("train/state.json", state),
        ("train/dataset_info.json", b"{}"),
        ("train/cache-1.arrow", b"an index"),
    ]);
    write_stream(&folder.path().join("train/data-00000-of-00001.arrow"), &batch(&AUTHORS));
    let dataset = DataSet::find(folder.path()).unwrap();
    let shown: Vec<_> = dataset.files.iter().map(|file| file.shown.as_str()).collect();
    assert_eq!(shown, ["train/data-00000-of-00001.arrow"]);
    assert_eq!(dataset.unread, [folder.path().join("train/cache-1.arrow")]);
    let (told, _) = run(
        folder.path(),
        &columns(&[(Field::Created, "created")]),
        rules(),
        [refused("site:cem")],
    );
    assert_eq!(told, "train/data-00000-of-00001.arrow:3 cem objected\n");
    std::fs::remove_file(folder.path().join("train/data-00000-of-00001.arrow")).unwrap();
    let error = DataSet::find(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("`data-00000-of-00001.arrow` is not there"), "{error}");
}

#[test]
fn what_is_no_data_is_not_passed_over_in_silence() {
    let folder = folder(&[
        ("data/train-00000-of-00001.jsonl", lines(&["ann"]).as_bytes()),
        ("data/more.csv", b"author\nben\n"),
        ("README.md", b"# A data set"),
        (".gitattributes", b""),
    ]);
    let dataset = DataSet::find(folder.path()).unwrap();
    assert_eq!(dataset.files.len(), 1);
    assert_eq!(dataset.unread, [folder.path().join("data/more.csv")]);
}

#[test]
fn without_data_there_is_an_error() {
    let folder = folder(&[("README.md", b"")]);
    let check = |path: &Path, expected: &str| {
        let error = DataSet::find(path).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(folder.path(), "holds no data file (hint: files end in .parquet");
    check(&folder.path().join("README.md"), "is no data file");
    let missing = DataSet::find(&folder.path().join("missing")).unwrap_err();
    assert!(matches!(missing, CheckError::Read { .. }), "{missing}");
}

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
    assert_eq!(dataset.failed, []);
    let (told, _) = run(
        folder.path(),
        &columns(&[(Field::Created, "created")]),
        rules(),
        [refused("site:cem")],
    );
    assert_eq!(told, "train/data-00000-of-00001.arrow:3 cem objected\n");
    std::fs::write(folder.path().join("train/more.jsonl"), lines(&["cem"])).unwrap();
    let failed = DataSet::find(folder.path()).unwrap().failed;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].file, "train/more.jsonl");
    assert!(failed[0].why.contains("does not list it"), "{failed:?}");
    std::fs::remove_file(folder.path().join("train/data-00000-of-00001.arrow")).unwrap();
    let error = DataSet::find(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("`data-00000-of-00001.arrow` is not there"), "{error}");
}

#[test]
fn what_is_no_data_is_not_passed_over_in_silence() {
    let folder = folder(&[
        ("data/train-00000-of-00001.jsonl", lines(&["ann"]).as_bytes()),
        ("data/load.py", b"import datasets"),
        ("_SUCCESS", b""),
        ("README.md", b"# A data set"),
        ("dataset_infos.json", b"{}"),
        (".gitattributes", b""),
        (".git/HEAD", b"ref: refs/heads/main"),
    ]);
    let dataset = DataSet::find(folder.path()).unwrap();
    assert_eq!((dataset.files.len(), dataset.failed.len()), (1, 0), "{dataset:?}");
    let expected = [".git/HEAD", "_SUCCESS", "data/load.py"].map(|name| folder.path().join(name));
    assert_eq!(dataset.unread, expected);
}

#[test]
fn what_may_hold_rows_and_is_not_read_has_failed() {
    let names = ["a.csv", "b.json", "c.txt", "d.tar", "e.jsonl.bz2", "f.PARQUET.gz", "g/part-0"];
    let rows = lines(&["ann"]);
    let files = names.map(|name| (name, b"ben".as_slice()));
    let folder = folder(&[files.as_slice(), &[("z.jsonl", rows.as_bytes())]].concat());
    let (told, summary) = run(folder.path(), &columns(&[(Field::Created, "created")]), rules(), []);
    let failed: Vec<_> = summary.failed.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(failed, names);
    assert!(told.starts_with("a.csv ! it may hold rows (hint: files end in .parquet"), "{told}");
    assert_eq!((summary.files, summary.clean), (1, 1));
    std::fs::remove_file(folder.path().join("z.jsonl")).unwrap();
    assert_eq!(DataSet::find(folder.path()).unwrap().failed.len(), names.len());
}

#[cfg(unix)]
#[test]
fn links_to_folders_and_what_is_no_file_have_failed() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    let rows = lines(&["ann"]);
    let folder = folder(&[("a.jsonl", rows.as_bytes()), ("b/c.jsonl", rows.as_bytes())]);
    let at = |name: &str| folder.path().join(name);
    symlink(at("a.jsonl"), at("link.jsonl")).unwrap();
    symlink(at("b"), at("loop")).unwrap();
    symlink(at("gone"), at("nowhere.parquet")).unwrap();
    let _socket = UnixListener::bind(at("pipe.jsonl")).unwrap();
    let dataset = DataSet::find(folder.path()).unwrap();
    let shown: Vec<_> = dataset.files.iter().map(|file| file.shown.as_str()).collect();
    assert_eq!(shown, ["a.jsonl", "b/c.jsonl", "link.jsonl"]);
    let failed: Vec<_> = dataset.failed.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(failed, ["loop", "nowhere.parquet", "pipe.jsonl"]);
}

#[test]
fn a_stream_ends_with_its_mark_and_nothing_stands_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.arrow");
    write_stream(&path, &batch(&["ann"]));
    let whole = std::fs::read(&path).unwrap();
    let unmarked = &whole[..whole.len() - 8];
    let check = |bytes: &[u8], expected: &str| {
        std::fs::write(&path, bytes).unwrap();
        let columns = columns(&[(Field::Created, "created")]);
        let (told, summary) = run(&path, &columns, rules(), []);
        assert_eq!(told.contains(" ! "), !expected.is_empty(), "{told}");
        assert!(told.contains(expected), "{told}");
        assert_eq!(summary.clean, 1);
    };
    check(&whole, "");
    // the mark of Arrow before 0.15
    check(&[unmarked, &[0; 4]].concat(), "");
    check(unmarked, "cannot be read as Arrow after row 1: Ipc error: the stream is cut short");
    check(&whole[..whole.len() - 4], "Unexpected End of Stream");
    check(&[whole.as_slice(), &whole].concat(), "something stands behind the end of the stream");
    check(&[whole.as_slice(), b"\n"].concat(), "something stands behind the end of the stream");
    let padding = vec![0; 1 << 20];
    check(&[whole.as_slice(), &padding].concat(), "something stands behind the end");
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

//! Files that are not what they should be: one clear word for each, in little memory.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use sources::{BundestagSource, LinkedInOptions, LinkedInSource, NdjsonSource, Source};

use crate::support::{dump, read_all, refusals};

/// As long as two gigabytes, and nearly nothing on disk.
const LENGTH: u64 = 2 * 1024 * 1024 * 1024;

/// What the tests of this binary may take at most, in kB: far less than such a file.
const MOST_MEMORY: u64 = 1_500_000;

fn utf_16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// A file that starts with some text and goes on without a line break.
fn endless(path: &Path, start: &str) {
    let mut file = File::create(path).unwrap();
    file.write_all(start.as_bytes()).unwrap();
    file.seek(SeekFrom::Start(LENGTH - 1)).unwrap();
    file.write_all(b"x").unwrap();
}

/// The refusals of a source whose file has no end, read in little memory.
fn refused(source: &mut dyn Source) -> String {
    let refused = refusals(source);
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(peak < MOST_MEMORY, "{peak} kB were in use");
    }
    refused
}

#[test]
fn a_file_in_utf_16_is_refused_once() {
    let folder = tempfile::tempdir().unwrap();
    let event = r#"{"event":"e","kind":"member","member":"m","at":"2026-01-01","name":"Ann"}"#;
    let lines = [event; 3].join("\n");
    std::fs::write(folder.path().join("a.ndjson"), utf_16(&lines)).unwrap();
    std::fs::write(folder.path().join("b.ndjson"), &lines).unwrap();
    let open = || NdjsonSource::open("test", folder.path()).unwrap();
    insta::assert_snapshot!(refusals(&mut open()), @"a.ndjson:1 wrong encoding (the file is in UTF-16; nothing of it was read (iconv -f UTF-16 -t UTF-8 mends it))");
    assert_eq!(read_all(&mut open()).len(), 4, "the other file is read");

    let (dump_folder, mut source) = dump("", "", "");
    let rows = "<comments>\n<row Id=\"1\" PostId=\"9\" Text=\"x\" UserId=\"5\" />\n</comments>";
    std::fs::write(dump_folder.path().join("Comments.xml"), utf_16(rows)).unwrap();
    insta::assert_snapshot!(refusals(&mut source), @"Comments.xml:1 wrong encoding (the file is in UTF-16; nothing of it was read (iconv -f UTF-16 -t UTF-8 mends it))");

    let folder = tempfile::tempdir().unwrap();
    let protocol = crate::bundestag::debate();
    std::fs::write(folder.path().join("19001.xml"), utf_16(&protocol)).unwrap();
    let refused = refusals(&mut BundestagSource::open("bundestag", folder.path()).unwrap());
    assert!(refused.starts_with("19001.xml:1 "), "{refused}");
    assert_eq!(refused.lines().count(), 1, "{refused}");
}

#[test]
fn two_gigabytes_without_a_line_break_are_refused_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    endless(&folder.path().join("a.ndjson"), "{\"event\":\"");
    let mut source = NdjsonSource::open("test", folder.path()).unwrap();
    insta::assert_snapshot!(refused(&mut source), @"a.ndjson:1 too long (a line holds at most 16 MiB)");

    let (dump_folder, mut source) = dump("", "", "");
    endless(&dump_folder.path().join("Comments.xml"), "<comments>\n<row Id=\"");
    insta::assert_snapshot!(refused(&mut source), @"
    Comments.xml:2 too long (a row holds at most 16 MiB)
    Comments.xml:2 cut short (`</comments>` is missing: rows may be lost)
    ");

    let archive = tempfile::tempdir().unwrap();
    endless(&archive.path().join("Shares.csv"), "Date,ShareLink,ShareCommentary\n\"");
    let made = "2026-01-15".parse().ok();
    let options = LinkedInOptions { member: Some("ada"), made, ..Default::default() };
    let mut source = LinkedInSource::open(archive.path(), options).unwrap();
    insta::assert_snapshot!(refused(&mut source), @"Shares.csv:2 too long (a row holds at most 16 MiB)");

    let protocols = tempfile::tempdir().unwrap();
    endless(&protocols.path().join("19001.xml"), "<dbtplenarprotokoll>\n<rede id=\"1\"><p>");
    let mut source = BundestagSource::open("bundestag", protocols.path()).unwrap();
    let refused = refused(&mut source);
    assert!(refused.starts_with("19001.xml:2 too long"), "{refused}");
    assert_eq!(refused.lines().count(), 1, "{refused}");
}

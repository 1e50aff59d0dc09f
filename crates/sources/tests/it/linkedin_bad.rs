//! Archives that are damaged, or made to do harm.

use std::{collections::BTreeMap, path::Path};

use proptest::prelude::*;
use sources::{LinkedInExport, LinkedInOptions, LinkedInSource, Source as _};
use testkit::{Archive, ArchiveMember, Quirks, RawEntry, zip_of};

use crate::{
    linkedin_reading::DAY,
    support::{KEYS, read_all},
};

fn open(path: &Path) -> Result<LinkedInSource, String> {
    let made = "2026-01-15".parse().ok();
    let options = LinkedInOptions { member: Some("ada"), made, ..Default::default() };
    LinkedInSource::open(path, options).map_err(|error| {
        let folder = path.parent().unwrap().to_str().unwrap();
        error.to_string().replace(folder, "")
    })
}

/// What is wrong with an archive.
fn fault(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.zip");
    std::fs::write(&path, bytes).unwrap();
    match open(&path) {
        Err(error) => error,
        Ok(_) => panic!("it was opened"),
    }
}

fn skills() -> RawEntry {
    RawEntry::deflated("Skills.csv", b"Name\nStatics\n").unwrap()
}

fn of(entry: RawEntry) -> String {
    fault(&zip_of(&[skills(), entry]))
}

#[test]
fn paths_that_lead_out() {
    for name in ["../evil.csv", "/etc/Skills.csv", "a/../../Skills.csv", "C:\\Skills.csv", "a//b"] {
        let error = of(RawEntry::stored(name, b"Name\n"));
        assert!(error.contains("leads out of the archive"), "{name}: {error}");
    }
    let hidden = of(RawEntry::stored("Skills.csv\0.png", b"Name\n"));
    insta::assert_snapshot!(hidden, @r"`/bad.zip`: `Skills.csv\0.png`: has a zero byte in its name (hint: other programs see another name there)");
}

#[test]
fn folders_where_files_belong() {
    for name in ["Shares.csv/", "Shares.CSV/Shares.csv", "Articles/on-bridges.html/"] {
        let error = of(RawEntry::stored(name, b""));
        assert!(
            error.contains("makes a folder of what has to be a file (hint:"),
            "{name}: {error}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let exported = folder.path().join("exported");
    std::fs::create_dir_all(exported.join("Shares.csv")).unwrap();
    let error = open(&exported).err().unwrap();
    insta::assert_snapshot!(error, @"`/exported`: `Shares.csv`: makes a folder of what has to be a file (hint: unpack the archive anew)");
    #[cfg(unix)]
    {
        std::fs::remove_dir(exported.join("Shares.csv")).unwrap();
        std::os::unix::net::UnixListener::bind(exported.join("Shares.csv")).unwrap();
        let error = open(&exported).err().unwrap();
        insta::assert_snapshot!(error, @"`/exported`: `Shares.csv`: is neither a file nor a folder (hint: unpack the archive anew)");
    }
}

#[test]
fn long_names_are_cut() {
    let error = of(RawEntry::stored(&format!("../{}\u{1b}[31m", "x".repeat(60_000)), b""));
    assert!(error.chars().count() < 250 && error.contains("xx…"), "{error}");
}

#[test]
fn bytes_that_do_not_belong_to_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let member = ArchiveMember::sample(2, 1);
    let bytes = Archive::basic(&member, Quirks::NONE, DAY).to_zip().unwrap();
    insta::assert_snapshot!(fault(&[b"junk", bytes.as_slice()].concat()), @"`/bad.zip`: has 4 other bytes before its first entry (hint: fetch the archive once more)");
    insta::assert_snapshot!(fault(&[bytes.as_slice(), b"junk"].concat()), @"`/bad.zip`: has 4 other bytes behind its end (hint: fetch the archive once more)");
    // An archive of ours has its numbers in 64 bits.
    let export = LinkedInExport {
        source: "linkedin",
        member: "ada",
        made: "2026-01-15".parse().unwrap(),
        keys: &KEYS,
    };
    let path = folder.path().join("ours.zip");
    export.write(&BTreeMap::new(), &path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    insta::assert_snapshot!(fault(&[b"junk", bytes.as_slice()].concat()), @"`/bad.zip`: has 4 other bytes before its first entry (hint: fetch the archive once more)");
    insta::assert_snapshot!(fault(&[bytes.as_slice(), b"junk"].concat()), @"`/bad.zip`: has 4 other bytes behind its end (hint: fetch the archive once more)");
}

#[test]
fn what_an_entry_must_not_be() {
    let plain = || RawEntry::stored("Languages.csv", b"Name\n");
    insta::assert_snapshot!(of(RawEntry { flags: 1, ..plain() }), @"`/bad.zip`: `Languages.csv`: is encrypted (hint: unpack the archive with its password first)");
    insta::assert_snapshot!(of(RawEntry { method: 12, ..plain() }), @"`/bad.zip`: `Languages.csv`: is packed in a way that is not read (hint: pack it anew with deflate)");
    insta::assert_snapshot!(of(RawEntry { mode: 0o120_777, ..plain() }), @"`/bad.zip`: `Languages.csv`: is a link; only files are read (hint: put what it points at in its place)");
    insta::assert_snapshot!(of(RawEntry { checksum: 7, ..plain() }), @"`/bad.zip`: `Languages.csv`: cannot be unpacked: the entry was changed or damaged: its checksum is another (hint: fetch the archive once more)");
    insta::assert_snapshot!(of(RawEntry { name: "SKILLS.CSV".into(), ..plain() }), @"`/bad.zip`: `SKILLS.CSV`: stands twice in the archive (hint: keep the one that counts, nobody else can tell)");
    insta::assert_snapshot!(of(RawEntry { start: Some(0), ..plain() }), @"`/bad.zip`: `Skills.csv`: lies over another entry: a bomb, not data (hint: unpack nothing of it)");
    insta::assert_snapshot!(of(RawEntry { start: Some(7), ..plain() }), @"`/bad.zip`: `Languages.csv`: does not stand where the directory says (hint: fetch the archive once more)");
}

#[test]
fn bombs_are_not_unpacked() {
    let zeros = vec![0; 16 * 1024 * 1024];
    let bomb = RawEntry::deflated("Languages.csv", &zeros).unwrap();
    let honest = of(bomb.clone());
    assert!(honest.contains("more than 250 to 1"), "{honest}");
    let liar = of(RawEntry { size: 1_000, ..bomb });
    assert!(liar.contains("longer than the archive's directory says"), "{liar}");
}

#[test]
fn truncated_archives() {
    let member = ArchiveMember::sample(20, 5);
    let bytes = Archive::complete(&member, Quirks::ALL, DAY).to_zip().unwrap();
    for length in [0, 1, 21, 22, 100, bytes.len() / 2, bytes.len() - 1] {
        let error = fault(&bytes[..length]);
        assert!(error.contains("no ZIP archive, or it is cut short"), "{length}: {error}");
    }
    assert!(fault(b"Name\nStatics\n").contains("no ZIP archive"));
}

#[test]
fn folders() {
    let folder = tempfile::tempdir().unwrap();
    let error = open(&folder.path().join("missing")).err().unwrap();
    assert!(error.starts_with("cannot read `/missing`"), "{error}");
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let error = open(&folder.path().join("empty")).err().unwrap();
    assert_eq!(error, "`/empty` holds no file of a member's export");
    #[cfg(unix)]
    {
        let linked = folder.path().join("linked");
        std::fs::create_dir(&linked).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", linked.join("Skills.csv")).unwrap();
        let error = open(&linked).err().unwrap();
        let expected = "`/linked`: `Skills.csv`: is a link; only files are read (hint:";
        assert!(error.starts_with(expected), "{error}");
    }
}

/// One line as long as `ZWECK_LONG_LINE` says, in MB; 40 if it does not.
#[test]
fn a_file_without_a_line_break_is_refused_in_little_memory() {
    let megabytes = std::env::var("ZWECK_LONG_LINE").ok().and_then(|text| text.parse().ok());
    let folder = tempfile::tempdir().unwrap();
    let mut file = std::fs::File::create(folder.path().join("Shares.csv")).unwrap();
    std::io::Write::write_all(&mut file, b"Date,ShareLink,ShareCommentary\n\"").unwrap();
    for _ in 0..megabytes.unwrap_or(40_usize) {
        std::io::Write::write_all(&mut file, &vec![b'x'; 1024 * 1024]).unwrap();
    }
    drop(file);
    let mut source = open(folder.path()).unwrap();
    let all = read_all(&mut source);
    let refusal = all[0].event.clone().unwrap_err();
    assert_eq!((all.len(), refusal.reason.name()), (1, "too long"));
    assert_eq!(all[0].position.line, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_an_archive_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        fault(&bytes);
    }

    #[test]
    fn a_changed_byte_is_found_or_changes_nothing_but_its_row(at in 0_usize..4_000, byte: u8) {
        let member = ArchiveMember::sample(2, 1);
        let mut bytes = Archive::basic(&member, Quirks::NONE, DAY).to_zip().unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("changed.zip");
        std::fs::write(&path, bytes).unwrap();
        if let Ok(mut source) = open(&path) {
            read_all(&mut source);
            source.whole();
        }
    }

    #[test]
    fn any_table_is_rows_and_refusals(
        text in "(Date|Link|Message|,|\"|\\\\|\n|\r\n|2024-01-01 10:00:00|é|x){0,60}",
        header in prop::bool::weighted(0.8),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let header = if header { "Date,Link,Message\n" } else { "" };
        std::fs::write(folder.path().join("Comments.csv"), format!("{header}{text}")).unwrap();
        let all = read_all(&mut open(folder.path()).unwrap());
        prop_assert!(all.len() <= text.lines().count() + 2);
    }
}

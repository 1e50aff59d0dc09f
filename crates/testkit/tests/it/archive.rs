use testkit::{Archive, ArchiveMember, PRIVATE_WORD, Quirks};

#[test]
fn the_same_member_has_the_same_archive() {
    let archive =
        |seed| Archive::complete(&ArchiveMember::sample(30, seed), Quirks::ALL, "01-15-2026");
    assert_eq!(archive(1), archive(1));
    assert_ne!(archive(1), archive(2));
    assert_eq!(archive(1).to_zip().unwrap(), archive(1).to_zip().unwrap());
}

#[test]
fn the_private_word_stands_in_private_files_alone() {
    let archive = Archive::complete(&ArchiveMember::sample(5, 1), Quirks::ALL, "01-15-2026");
    let holds = |(path, content): &(String, Vec<u8>)| {
        String::from_utf8_lossy(content).contains(PRIVATE_WORD).then(|| path.clone())
    };
    let private: Vec<_> = archive.files.iter().filter_map(holds).collect();
    assert!(private.len() > 14, "{private:?}");
    for of_content in ["Profile", "Shares", "Comments", "Skills", "Articles"] {
        assert!(!private.iter().any(|path| path.starts_with(of_content)), "{private:?}");
    }
}

#[test]
fn a_quirk_that_is_left_out_leaves_no_trace() {
    let member = ArchiveMember::sample(5, 1);
    let text = |quirks, start: &str| {
        let mut archive = Archive::complete(&member, quirks, "01-15-2026");
        String::from_utf8(archive.file(start).unwrap().clone()).unwrap()
    };
    let shares = text(Quirks::NONE, "Shares.csv");
    assert!(!shares.contains('\r') && !shares.contains("groupPost"), "{shares}");
    assert!(text(Quirks::ALL, "Shares_").contains("groupPost"));
    assert!(text(Quirks::ALL, "Connections").starts_with("Notes:"));
    assert!(text(Quirks::NONE, "Connections").starts_with("First Name"));
}

use proptest::prelude::*;
use store::chain::{Chain, ChainEnd, ChainError};

fn filled(folder: &tempfile::TempDir, texts: &[&str]) -> (Chain, Vec<ChainEnd>) {
    let chain = Chain::new(folder.path().join("folder/chain"));
    let mut ends = vec![ChainEnd::default()];
    for text in texts {
        let end = chain.append(ends.last().unwrap(), text).unwrap();
        ends.push(end);
    }
    (chain, ends)
}

#[test]
fn lines_are_read_back_from_any_place() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, ends) = filled(&folder, &["one", "two words", "", "vier ä"]);
    assert_eq!(chain.verify().unwrap(), (ends[4].clone(), 0));
    let mut reader = chain.read(ends[1].clone()).unwrap();
    let mut texts = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        texts.push(entry.text);
        assert!(chain.holds(&entry.end).unwrap());
    }
    assert_eq!(texts, ["two words", "", "vier ä"]);
    let other = ChainEnd { hash: ends[3].hash.clone(), ..ends[4].clone() };
    assert!(!chain.holds(&other).unwrap());
}

#[test]
fn an_append_behind_another_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, ends) = filled(&folder, &["one", "two"]);
    let refused = chain.append(&ends[1], "another two");
    assert!(matches!(refused, Err(ChainError::Moved { .. })), "{refused:?}");
}

#[test]
fn of_many_who_append_at_once_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, ends) = filled(&folder, &["one"]);
    let (chain, end) = (&chain, &ends[1]);
    let appended = std::thread::scope(|scope| {
        let append = |number: u32| scope.spawn(move || chain.append(end, &format!("by {number}")));
        let threads: Vec<_> = (0..8).map(append).collect();
        threads.into_iter().map(|one| one.join().unwrap().is_ok()).collect::<Vec<_>>()
    });
    assert_eq!(appended.iter().filter(|succeeded| **succeeded).count(), 1);
    let (end, torn) = chain.verify().unwrap();
    assert_eq!((end.entries, torn), (2, 0));
}

#[test]
fn only_the_owner_reads_a_chain() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (chain, _) = filled(&folder, &["one"]);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(chain.path()), 0o600);
    assert_eq!(mode(chain.path().parent().unwrap()), 0o700);
}

#[test]
fn a_whole_line_gets_its_newline_back_and_half_of_one_goes() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, ends) = filled(&folder, &["one", "two"]);
    for (missing, stays) in [(0, 2), (1, 2), (2, 1)] {
        let bytes = std::fs::read(chain.path()).unwrap();
        std::fs::write(chain.path(), &bytes[..bytes.len() - missing]).unwrap();
        let (end, torn) = chain.verify().unwrap();
        chain.mend(&end, torn).unwrap();
        assert_eq!(chain.verify().unwrap(), (ends[stays].clone(), 0), "{missing} bytes");
        assert_eq!(chain.length().unwrap(), ends[stays].bytes, "{missing} bytes");
    }
}

#[test]
fn what_somebody_appended_since_is_not_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, ends) = filled(&folder, &["one", "two"]);
    let refused = chain.mend(&ends[1], 0);
    assert!(matches!(refused, Err(ChainError::Moved { .. })), "{refused:?}");
    assert_eq!(chain.verify().unwrap(), (ends[2].clone(), 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_other_byte_is_found_out(place in 0_usize..500, byte in any::<u8>()) {
        let folder = tempfile::tempdir().unwrap();
        let (chain, ends) = filled(&folder, &["one", "two and more", "three", "last"]);
        let mut bytes = std::fs::read(chain.path()).unwrap();
        let place = place % bytes.len();
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        std::fs::write(chain.path(), &bytes).unwrap();
        let verified = chain.verify();
        let is_whole = matches!(&verified, Ok((end, 0)) if *end == ends[4]);
        prop_assert!(!is_whole, "byte {place} was changed to {byte}");
    }

    #[test]
    fn a_cut_is_a_shorter_chain_or_a_torn_line(length in 0_u64..500) {
        let folder = tempfile::tempdir().unwrap();
        let (chain, ends) = filled(&folder, &["one", "two and more", "three"]);
        let length = length % ends[3].bytes;
        let file = std::fs::OpenOptions::new().write(true).open(chain.path()).unwrap();
        file.set_len(length).unwrap();
        let (end, torn) = chain.verify().unwrap();
        let lacks_newline = ends.iter().any(|end| end.bytes == length + 1);
        prop_assert_eq!(end.bytes + torn, length + u64::from(lacks_newline));
        prop_assert!(ends.contains(&end));
        prop_assert!(!chain.holds(&ends[3]).unwrap());
    }
}

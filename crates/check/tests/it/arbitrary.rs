//! Nothing that a file can hold ends the program or loses a row.

use check::Field;
use proptest::prelude::*;

use crate::support::{columns, folder, lines, refused, rules, run};

/// Few, as a file that contradicts itself makes its reader panic, which takes its time to tell;
/// `ZWECK_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("ZWECK_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_checked_or_named(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        ending in prop::sample::select(vec!["jsonl", "jsonl.gz", "jsonl.zst", "parquet", "arrow"]),
    ) {
        let folder = folder(&[
            (&format!("a.{ending}"), &bytes),
            ("z.jsonl", lines(&["ann", "ben"]).as_bytes()),
        ]);
        let columns = columns(&[(Field::Created, "created")]);
        let (told, summary) = run(folder.path(), &columns, rules(), [refused("site:ben")]);
        prop_assert!(told.ends_with("z.jsonl:2 ben objected\n"), "{}", told);
        prop_assert!(summary.is_balanced());
    }

    #[test]
    fn a_broken_copy_of_a_file_is_checked_or_named(
        place in 0_usize..10_000,
        byte in any::<u8>(),
        is_parquet in any::<bool>(),
    ) {
        let folder = folder(&[("z.jsonl", lines(&["ann", "ben"]).as_bytes())]);
        let path = folder.path().join(if is_parquet { "a.parquet" } else { "a.arrow" });
        let batch = crate::support::batch(&["ann", "ben", "cem"]);
        match is_parquet {
            true => crate::support::write_parquet(&path, &batch),
            false => crate::support::write_stream(&path, &batch),
        }
        let mut bytes = std::fs::read(&path).unwrap();
        let place = place % bytes.len();
        bytes[place] = byte;
        std::fs::write(&path, bytes).unwrap();
        let columns = columns(&[(Field::Created, "created")]);
        let (told, summary) = run(folder.path(), &columns, rules(), [refused("site:ben")]);
        prop_assert!(told.ends_with("z.jsonl:2 ben objected\n"), "{}", told);
        prop_assert!(summary.is_balanced());
    }
}

/// Every number that may be the length of something is made one that no file has.
#[test]
fn a_length_that_no_file_has_costs_the_file_alone() {
    let batch = crate::support::batch(&["ann", "ben", "cem"]);
    for write in [crate::support::write_stream, crate::support::write_arrow_file] {
        let folder = folder(&[("z.jsonl", lines(&["ann", "ben"]).as_bytes())]);
        let path = folder.path().join("a.arrow");
        write(&path, &batch);
        let whole = std::fs::read(&path).unwrap();
        let length_at = |at: usize| {
            let number = i64::from_le_bytes(whole[at..at + 8].try_into().unwrap());
            (1..=whole.len() as i64).contains(&number) && number % 8 == 0
        };
        let places: Vec<_> = (0..whole.len() - 8).step_by(8).filter(|at| length_at(*at)).collect();
        assert!(places.len() > 3, "{places:?}");
        for place in places {
            let mut bytes = whole.clone();
            bytes[place + 6] = 1;
            std::fs::write(&path, bytes).unwrap();
            let columns = columns(&[(Field::Created, "created")]);
            let (told, summary) = run(folder.path(), &columns, rules(), [refused("site:ben")]);
            assert!(told.ends_with("z.jsonl:2 ben objected\n"), "{place}: {told}");
            assert!(summary.is_balanced());
        }
    }
}

//! The lake in itself: whether its versions are all there, and its data files what they were.

use crate::{Code, Findings, Place, Result, lake::Lake, store::Store};

/// How many digits of the hash of its bytes are in the name of a data file.
const DIGITS: usize = 16;

pub(crate) async fn check(store: &Store, lake: &mut Lake, findings: &mut Findings) -> Result<()> {
    check_versions(store, lake, findings);
    for path in lake.data_files() {
        findings.checked.lake_files += 1;
        let what = match lake.bytes_of(&path).await? {
            None => "it is not there",
            Some(bytes) if named_hash(&path).is_none_or(|hash| !is_hash_of(hash, &bytes)) => {
                "its bytes are not those that its name says"
            }
            Some(_) => continue,
        };
        findings.violation(Code::LakeFile, Place::lake(&path), what);
        lake.note_damaged(path);
    }
    Ok(())
}

/// Versions are counted from 1 without a gap, and whoever got rows got them of one that is there.
/// Permits tell: a restored store has holders from the journal, of versions that came after the
/// backup, but no permit of theirs.
fn check_versions(store: &Store, lake: &Lake, findings: &mut Findings) {
    let place = || Place::lake("_versions");
    let newest = lake.newest();
    if let Some(missing) = lake.first_missing() {
        let what = format!("version {missing} is not there, and version {newest} is");
        findings.violation(Code::LakeVersions, place(), what);
    }
    let of_permits = store.permits.iter().map(|permit| permit.lake_version);
    let on_record = of_permits.max().unwrap_or_default();
    if on_record > newest {
        let what =
            format!("the newest is version {newest}, and rows of version {on_record} were given");
        findings.violation(Code::LakeVersions, place(), what);
    } else if on_record > lake.judged_through() {
        let what = format!(
            "rows up to version {} were looked at for what they reveal, and those of version \
             {on_record} were given",
            lake.judged_through()
        );
        findings.violation(Code::LakeNotJudged, place(), what);
    }
}

/// The digits at the end of a data file's name; `None` if it has none.
fn named_hash(path: &str) -> Option<&str> {
    let (_, hash) = path.strip_suffix(".parquet")?.rsplit_once('-')?;
    (hash.len() == DIGITS).then_some(hash)
}

fn is_hash_of(digits: &str, bytes: &[u8]) -> bool {
    blake3::hash(bytes).to_hex().starts_with(digits)
}

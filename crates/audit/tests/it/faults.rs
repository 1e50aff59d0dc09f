//! Planted faults. But for what is being shown, everything is made to fit, so that only the
//! check that is meant can find it: the codes that are found are exactly those expected.

mod columns;

use std::{collections::BTreeSet, fs, path::PathBuf};

use audit::{Code, Findings, Severity};
use corpus::Step;
use parquet::file::properties::EnabledStatistics;
use serde_json::json;

use crate::{
    kit::Kit,
    network::{IN_A_GROUP, REVEALING, SIGNALLED, World, audit, copy},
};

async fn check(plant: impl AsyncFnOnce(&mut Kit), expected: &[Code]) {
    let findings = plant_and_audit(plant).await;
    let found: BTreeSet<_> = findings.by_code().into_keys().collect();
    let expected: BTreeSet<_> = expected.iter().copied().collect();
    assert_eq!(found, expected, "{findings:#?}");
}

/// For faults that cannot but show in other ways, too.
async fn check_among(plant: impl AsyncFnOnce(&mut Kit), expected: Code) {
    let findings = plant_and_audit(plant).await;
    assert!(findings.by_code().contains_key(&expected), "{findings:#?}");
}

async fn plant_and_audit(plant: impl AsyncFnOnce(&mut Kit)) -> Findings {
    let mut kit = Kit::new();
    plant(&mut kit).await;
    let findings = audit(kit.folder.path()).await;
    assert!(findings.has_violations(), "{findings:#?}");
    findings
}

/// Rewrites one text, and nothing else.
async fn rewrite(words: &str, from: &str, to: &str, expected: &[Code]) {
    let plant = async |kit: &mut Kit| {
        let text = &mut kit.row(words).text;
        assert!(text.contains(from), "{text}");
        *text = text.replace(from, to);
        kit.save().await;
    };
    check(plant, expected).await;
}

/// Puts a row back that was left out.
async fn put_back(member: &str, external: &str, words: &str, expected: &[Code]) {
    let plant = async |kit: &mut Kit| {
        kit.add_post(member, external, words).await;
        kit.save().await;
    };
    check(plant, expected).await;
}

#[tokio::test]
async fn saving_without_a_change_plants_nothing() {
    let mut kit = Kit::new();
    kit.save().await;
    let findings = audit(kit.folder.path()).await;
    assert!(findings.is_clean(), "{findings:#?}");
}

#[tokio::test]
async fn rows_that_the_rule_refuses_are_found() {
    let refused = [Code::RowRefused, Code::RowAccounting];
    for member in ["anna", "joerg", "quantum", "late", "minor"] {
        let words = format!("Something that {member} wrote alone.");
        put_back(member, &format!("{member}-own"), &words, &refused).await;
    }
    put_back("bert", "private", "Only for me.", &refused).await;
    put_back("bert", "old", "From long ago.", &refused).await;
    put_back("bert", "health", "I am ill.", &refused).await;
    put_back("bert", "cancer", REVEALING, &refused).await;
    put_back("bert", "signal", SIGNALLED, &refused).await;
    put_back("bert", "venue", IN_A_GROUP, &refused).await;
}

#[tokio::test]
async fn a_lake_that_nobody_has_looked_through_is_found() {
    let plant = async |kit: &mut Kit| {
        let folder = kit.folder.path().join("lake/_versions");
        let versions = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let newest = versions.max().unwrap();
        let mut record: serde_json::Value =
            serde_json::from_slice(&fs::read(&newest).unwrap()).unwrap();
        record["judged"]["through"] = json!(0);
        fs::write(newest, serde_json::to_vec(&record).unwrap()).unwrap();
    };
    check(plant, &[Code::LakeNotJudged]).await;
}

#[tokio::test]
async fn rows_of_the_erased_and_of_nobody_are_found() {
    let expected = [Code::MemberErased, Code::RowNotInLake, Code::RowAccounting];
    put_back("dora", "dora-own", "Something that dora wrote alone.", &expected).await;
    let expected = [Code::RowNotInLake, Code::RowAccounting];
    put_back("bert", "never", "Nobody ever wrote this.", &expected).await;
    let plant = async |kit: &mut Kit| {
        kit.sql("UPDATE identities SET erased_at = 1 WHERE number = (SELECT MAX(number) FROM identities)")
            .await;
    };
    check(plant, &[Code::MemberErased, Code::ErasedInLake]).await;
}

#[tokio::test]
async fn names_are_found_however_they_are_written() {
    let name = [Code::NameInText];
    rewrite("Danke an", "[name]", "Anna Schmidt", &name).await;
    rewrite("siehe", "[name]", "anna  schmidt", &name).await;
    rewrite("gelernt", "[name]", "Jorg Muller", &name).await;
    rewrite("about quantum things", "[name]", "@quantum", &name).await;
    rewrite("schrieb", "[name]", "Anna Schmidt", &name).await;
    rewrite("I met", "[name]", "Ada Byron", &name).await;
    rewrite("came, too", "[name]", "Lena Late", &name).await;
    rewrite("昨日は", "[name]", "山田太郎", &name).await;
    rewrite("Gruß an", "[name]", "Petra Klein", &name).await;
    rewrite("Write to", "[name]", "ada@example.org", &[Code::EmailInText]).await;
}

#[tokio::test]
async fn mentions_are_found_by_their_place() {
    rewrite("Today with", "[name]", "Anna", &[Code::MentionUnmasked]).await;
    rewrite("So says", "[name]", "@pixelpualine", &[Code::MentionUnmasked]).await;
    rewrite("Well asked", "[name]", "pixelpauline", &[Code::MentionUnmasked]).await;
    // The name itself went with the erasure: only the place is known.
    rewrite("was here", "[name]", "Dora König", &[Code::MentionUnmasked]).await;
}

#[tokio::test]
async fn texts_that_nobody_wrote_are_found() {
    let differs = [Code::TextDiffers];
    rewrite("Anna spoke", "Anna spoke", "Anna lied", &differs).await;
    rewrite("Builds bridges", "Builds", "I build", &differs).await;
    rewrite("Words of 3,", "themselves.", "themselves. And more.", &differs).await;
    rewrite(
        "Danke an",
        "Danke an [name]",
        "danke an anna schmidt",
        &[Code::TextDiffers, Code::NameInText],
    )
    .await;
    let swap = async |kit: &mut Kit| {
        let one = kit.row("Words of 4,").document;
        let other = std::mem::replace(&mut kit.row("Words of 5,").document, one);
        kit.row("Words of 4,").document = other;
        kit.save_with(|lineage| {
            let place = |document| lineage.iter().position(|line| line.document == document);
            let (one, other) = (place(one).unwrap(), place(other).unwrap());
            let copy = lineage[one].clone();
            let (member, item) = (lineage[other].member, lineage[other].item);
            (lineage[one].member, lineage[one].item) = (member, item);
            (lineage[other].member, lineage[other].item) = (copy.member, copy.item);
        })
        .await;
    };
    check_among(swap, Code::TextDiffers).await;
}

#[tokio::test]
async fn lineage_and_shards_that_do_not_fit_are_found() {
    let other_document = async |kit: &mut Kit| {
        kit.save_with(|lineage| lineage[3].document += 1).await;
    };
    check(other_document, &[Code::DocumentDiffers]).await;
    let other_member = async |kit: &mut Kit| {
        let member = kit.member("minor").await;
        kit.save_with(|lineage| lineage[0].member = member).await;
    };
    check(other_member, &[Code::RowNotInLake]).await;
    let no_lineage = async |kit: &mut Kit| {
        kit.save_with(|lineage| {
            lineage.remove(0);
        })
        .await;
    };
    check_among(no_lineage, Code::RowWithoutLineage).await;
    let no_row = async |kit: &mut Kit| {
        kit.save_with(|lineage| lineage[0].row = 99_999).await;
    };
    check_among(no_row, Code::LineageWithoutRow).await;
    let twice = async |kit: &mut Kit| {
        kit.save_with(|lineage| lineage.push(lineage[0].clone())).await;
    };
    check_among(twice, Code::LineageTwice).await;
}

#[tokio::test]
async fn disorder_is_found() {
    let shard = async |kit: &mut Kit| {
        kit.is_sorted = false;
        kit.shards[0].reverse();
        kit.save_with(|lineage| lineage.sort_by_key(|line| (line.member, line.item))).await;
    };
    check_among(shard, Code::Unsorted).await;
    let lineage = async |kit: &mut Kit| {
        kit.is_sorted = false;
        kit.save_with(|lineage| {
            lineage.sort_by_key(|line| (line.member, line.item));
            lineage.reverse();
        })
        .await;
    };
    check(lineage, &[Code::Unsorted]).await;
    let cells = async |kit: &mut Kit| {
        let (cell, row) = kit.take("Words of 9,");
        let other = (cell + 1) % kit.shards.len();
        kit.shards[other].push(row);
        kit.save().await;
    };
    check(cells, &[Code::MemberInTwoCells]).await;
}

#[tokio::test]
async fn what_is_there_twice_or_not_at_all_is_found() {
    let words = "What two people say in the same words.";
    let twice = async |kit: &mut Kit| {
        let present = kit.row("What two people say").member;
        let (member, external) =
            if present == kit.member("w1").await { ("w2", "same2") } else { ("w1", "same1") };
        let words =
            if external == "same2" { "What two people say\n in the same words." } else { words };
        kit.add_post(member, external, words).await;
        kit.manifest["documents"]["tables"]["items"]["left_out"]["duplicate"] = json!(1);
        kit.save().await;
    };
    check(twice, &[Code::DuplicateText]).await;
    let missing = async |kit: &mut Kit| {
        kit.take("Words of 9,");
        kit.manifest["documents"]["tables"]["items"]["left_out"]["duplicate"] = json!(3);
        kit.save().await;
    };
    check(missing, &[Code::RowMissing]).await;
    let too_new = async |kit: &mut Kit| {
        kit.manifest["lake_version"] = json!(0);
        kit.sql("UPDATE holders SET lake_version = 0").await;
        kit.sql("UPDATE permits SET lake_version = 0").await;
        kit.save().await;
    };
    check(too_new, &[Code::RowTooNew, Code::RowAccounting, Code::DocumentAccounting]).await;
}

#[tokio::test]
async fn files_that_are_not_the_manifests_are_found() {
    let missing = async |kit: &mut Kit| {
        fs::remove_file(kit.root().join(kit.manifest["files"][0]["path"].as_str().unwrap()))
            .unwrap();
    };
    check_among(missing, Code::FileMissing).await;
    let left_over = async |kit: &mut Kit| {
        let from = kit.root().join(kit.manifest["files"][0]["path"].as_str().unwrap());
        fs::copy(from, kit.root().join("train/shard-9-slice-9.000000000000.parquet")).unwrap();
    };
    check(left_over, &[Code::FileUnexpected]).await;
    let flipped = async |kit: &mut Kit| {
        let path = kit.root().join(kit.manifest["files"][0]["path"].as_str().unwrap());
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 3;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    check_among(flipped, Code::FileHash).await;
    let torn = async |kit: &mut Kit| {
        let path = kit.root().join(kit.manifest["lineage"]["path"].as_str().unwrap());
        let bytes = fs::read(&path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    };
    check_among(torn, Code::FileUnreadable).await;
    let bounds = async |kit: &mut Kit| {
        kit.statistics = EnabledStatistics::Chunk;
        kit.save().await;
    };
    check(bounds, &[Code::FileStatistics]).await;
}

#[tokio::test]
async fn counts_that_are_not_what_is_there_are_found() {
    /// Raises one number of the manifest.
    async fn raise(pointer: &str, expected: &[Code]) {
        let plant = async |kit: &mut Kit| {
            let number = kit.manifest.pointer_mut(pointer).unwrap();
            *number = json!(number.as_u64().unwrap() + 1);
            kit.save_manifest().await;
        };
        check(plant, expected).await;
    }
    raise("/files/0/rows", &[Code::FileCount]).await;
    raise("/files/0/bytes", &[Code::FileCount]).await;
    raise("/lineage/rows", &[Code::FileCount]).await;
    raise("/files/0/slice", &[Code::FilePath]).await;
    raise("/documents/tables/items/masks", &[Code::DocumentAccounting]).await;
    raise("/documents/tables/items/languages/en", &[Code::DocumentAccounting]).await;
    raise("/documents/tables/items/left_out/empty", &[Code::DocumentAccounting]).await;
    raise("/documents/tables/skills/kept", &[Code::DocumentAccounting]).await;
    raise("/rows/tables/items/rows_in", &[Code::RowAccounting]).await;
    let moved = async |kit: &mut Kit| {
        let left_out = &mut kit.manifest["rows"]["tables"]["items"]["left_out"];
        left_out["objected"] = json!(left_out["objected"].as_u64().unwrap() - 1);
        left_out["sensitive"] = json!(left_out["sensitive"].as_u64().unwrap() + 1);
        kit.save_manifest().await;
    };
    check(moved, &[Code::RowAccounting]).await;
}

#[tokio::test]
async fn a_manifest_that_the_store_does_not_know_is_found() {
    let touched = async |kit: &mut Kit| touch(kit);
    check(touched, &[Code::ManifestHash]).await;
    let unreadable = async |kit: &mut Kit| {
        kit.manifest["surprise"] = json!(1);
        kit.save_manifest().await;
    };
    check(unreadable, &[Code::ManifestUnreadable]).await;
    let gone = async |kit: &mut Kit| fs::remove_file(kit.root().join("manifest.json")).unwrap();
    check(gone, &[Code::ManifestUnreadable]).await;
    let by_another_version = async |kit: &mut Kit| {
        kit.manifest["format"] = json!(3);
        kit.manifest.as_object_mut().unwrap().remove("traits");
        kit.save_manifest().await;
    };
    let findings = plant_and_audit(by_another_version).await;
    let what = "it was written by an earlier version: its format is 3, not 4";
    assert_eq!(findings.findings[0].what, what, "{findings:#?}");
    let nobody = async |kit: &mut Kit| {
        kit.manifest["holder"] = json!("corpus.nobody");
        kit.save_manifest().await;
    };
    check(nobody, &[Code::HolderUnknown]).await;
    let outside = async |kit: &mut Kit| {
        kit.manifest["lineage"]["path"] = json!("../../store.sqlite");
        kit.save_manifest().await;
    };
    check_among(outside, Code::FilePath).await;
    // the same bytes, and not in the corpus
    let linked = async |kit: &mut Kit| {
        let root = kit.root();
        let path = root.join(kit.manifest["lineage"]["path"].as_str().unwrap());
        let elsewhere = kit.folder.path().join("elsewhere.parquet");
        fs::rename(&path, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    };
    check_among(linked, Code::FilePath).await;
}

#[tokio::test]
async fn a_record_that_does_not_fit_is_found() {
    let state = async |kit: &mut Kit| kit.sql("UPDATE holders SET state = 'building'").await;
    check(state, &[Code::HolderState]).await;
    let kind = async |kit: &mut Kit| kit.sql("UPDATE holders SET kind = 'model'").await;
    check(kind, &[Code::ManifestDiffers]).await;
    let permits = async |kit: &mut Kit| kit.sql("DELETE FROM permits").await;
    check(permits, &[Code::PermitMissing]).await;
    let permit = async |kit: &mut Kit| {
        kit.sql(
            "INSERT INTO permits SELECT 'other', 'nobody', purpose, policy_hash, sequence, as_of, \
             lake_version, issued_at, counts, reads FROM permits LIMIT 1",
        )
        .await;
    };
    check(permit, &[Code::PermitWithoutHolder]).await;
    let purpose = async |kit: &mut Kit| kit.sql("UPDATE permits SET purpose = 'talent'").await;
    check(purpose, &[Code::PermitDiffers, Code::PermitMissing]).await;
    let text = async |kit: &mut Kit| {
        kit.sql("UPDATE applied_policies SET document = document || '# more'").await;
    };
    check(text, &[Code::PolicyText]).await;
    let broken = async |kit: &mut Kit| {
        kit.sql("UPDATE applied_policies SET document = document || 'more'").await;
    };
    check(broken, &[Code::PolicyText, Code::PolicyWrong]).await;
    let wider = async |kit: &mut Kit| {
        kit.sql(
            "UPDATE applied_policies SET document = replace(document, '2015-01-01', '2005-01-01')",
        )
        .await;
    };
    check(wider, &[Code::PolicyText, Code::RowMissing, Code::RowAccounting]).await;
}

#[tokio::test]
async fn sequences_that_do_not_fit_are_found() {
    let stale = async |kit: &mut Kit| {
        let to = kit.manifest["facts"]["to"].as_i64().unwrap();
        kit.manifest["facts"]["to"] = json!(to - 1);
        kit.manifest["history"] = json!([]);
        kit.save_manifest().await;
        kit.sql("UPDATE permits SET sequence = sequence - 1 WHERE sequence = (SELECT MAX(sequence) FROM permits)").await;
    };
    // The row of whoever objected last is gone already, and its words are masked.
    let findings = plant_and_audit(stale).await;
    let codes: Vec<_> = findings.by_code().into_keys().collect();
    assert!(codes.contains(&Code::SequenceBehind), "{findings:#?}");
    assert!(codes.contains(&Code::RemovalEndedEarly), "{findings:#?}");
    let gap = async |kit: &mut Kit| {
        kit.sql("UPDATE fact_counter SET last_sequence = last_sequence + 1").await;
    };
    check(gap, &[Code::FactOrder]).await;
    let deleted = async |kit: &mut Kit| kit.sql("DELETE FROM documents").await;
    check_among(deleted, Code::FactOrder).await;
    let removal =
        async |kit: &mut Kit| kit.sql("DELETE FROM removals WHERE cause = 'objection'").await;
    check(removal, &[Code::RemovalMissing]).await;
    let release = async |kit: &mut Kit| {
        kit.sql("UPDATE releases SET from_sequence = from_sequence + 1 WHERE from_sequence <> to_sequence")
            .await;
    };
    check(release, &[Code::ReleaseOrder]).await;
}

#[tokio::test]
async fn an_objection_that_was_hidden_from_the_corpus_is_found() {
    let world = World::open(copy()).await;
    world.object("w4").await;
    let folder = world.folder;
    let kit_of = |folder| Kit { folder, ..Kit::new() };
    let kit = kit_of(folder);
    kit.sql("UPDATE removals SET ended_at = 1 WHERE ended_at IS NULL").await;
    let findings = audit(kit.folder.path()).await;
    let codes: Vec<_> = findings.by_code().into_keys().collect();
    assert_eq!(codes, [Code::RemovalEndedEarly], "{findings:#?}");
}

#[tokio::test]
async fn an_open_removal_excuses_no_manifest_that_was_changed_by_hand() {
    let kit = kit_of_objector().await;
    touch(&kit);
    assert_eq!(violations(&audit(kit.folder.path()).await), [Code::ManifestHash].into());
    // it says that it has followed, and nobody gave a permit for that
    let mut kit = kit_of_objector().await;
    let to = kit.manifest["facts"]["to"].as_i64().unwrap();
    kit.manifest["facts"]["to"] = json!(to + 1);
    fs::write(kit.root().join("manifest.json"), kit.manifest.to_string()).unwrap();
    let found = violations(&audit(kit.folder.path()).await);
    assert!(found.contains(&Code::PermitMissing) && found.contains(&Code::RowRefused), "{found:?}");
    // the removal has ended, and the store was never told of what was released
    let world = World::open(copy()).await;
    world.object("w4").await;
    world.run_removals_and_die(Step::Pointed).await;
    let kit = Kit { folder: world.folder, ..Kit::new() };
    kit.sql("UPDATE removals SET ended_at = 1 WHERE ended_at IS NULL").await;
    assert!(violations(&audit(kit.folder.path()).await).contains(&Code::ManifestHash));
}

#[tokio::test]
async fn what_no_release_has_left_is_found_beside_one_that_was_cut_off() {
    let unexpected: BTreeSet<_> = [Code::FileUnexpected].into();
    for place in ["rubbish", "train/rubbish", "train/below/left.parquet"] {
        let kit = kit_of_objector().await;
        fs::create_dir(kit.root().with_file_name("demo.releasing")).unwrap();
        fs::create_dir_all(kit.root().join("train/below")).unwrap();
        fs::write(kit.root().join(place), "").unwrap();
        assert_eq!(violations(&audit(kit.folder.path()).await), unexpected, "{place}");
    }
    let left = "train/left.parquet";
    let kit = kit_of_objector().await;
    fs::write(kit.root().join(left), "").unwrap();
    assert_eq!(violations(&audit(kit.folder.path()).await), unexpected, "nothing was cut off");
    let kit = Kit::new();
    fs::create_dir(kit.root().with_file_name("demo.releasing")).unwrap();
    fs::write(kit.root().join(left), "").unwrap();
    assert_eq!(violations(&audit(kit.folder.path()).await), unexpected, "no removal is open");
}

/// A state in which somebody has objected, and the corpus has not followed.
async fn kit_of_objector() -> Kit {
    let world = World::open(copy()).await;
    world.object("w4").await;
    Kit { folder: world.folder, ..Kit::new() }
}

fn touch(kit: &Kit) {
    let path = kit.root().join("manifest.json");
    let mut bytes = fs::read(&path).unwrap();
    bytes.push(b'\n');
    fs::write(path, bytes).unwrap();
}

fn violations(findings: &Findings) -> BTreeSet<Code> {
    let found = findings.findings.iter().filter(|one| one.severity == Severity::Violation);
    found.map(|one| one.code).collect()
}

#[tokio::test]
async fn files_of_the_lake_that_are_not_what_their_names_say_are_found() {
    for table in ["items", "members", "mentions"] {
        for part in 1..8 {
            let flipped = async |kit: &mut Kit| {
                change(kit, table, |mut bytes| {
                    let at = bytes.len() * part / 8;
                    bytes[at] ^= 0x55;
                    bytes
                });
            };
            check_among(flipped, Code::LakeFile).await;
        }
        let torn = async |kit: &mut Kit| {
            change(kit, table, |bytes| bytes[..bytes.len() / 2].to_vec());
        };
        check_among(torn, Code::LakeFile).await;
        let longer = async |kit: &mut Kit| change(kit, table, |bytes| [b"P", &*bytes].concat());
        check_among(longer, Code::LakeFile).await;
        let missing = async |kit: &mut Kit| fs::remove_file(newest_file(kit, table)).unwrap();
        check_among(missing, Code::LakeFile).await;
    }
}

/// The data file of a table that was written last.
fn newest_file(kit: &Kit, table: &str) -> PathBuf {
    let folder = kit.folder.path().join("lake").join(table).join("range=0");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "parquet")).max().unwrap()
}

fn change(kit: &Kit, table: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let path = newest_file(kit, table);
    let bytes = fs::read(&path).unwrap();
    fs::write(path, change(bytes)).unwrap();
}

#[tokio::test]
async fn a_lake_that_has_lost_a_version_is_found() {
    let lost = async |kit: &mut Kit| {
        let versions = versions(kit);
        fs::remove_file(&versions[0]).unwrap();
    };
    check(lost, &[Code::LakeVersions]).await;
    // files of the versions before may be gone: that is found as well, and is no error
    let newest = async |kit: &mut Kit| {
        for path in versions(kit).into_iter().skip(1) {
            fs::remove_file(path).unwrap();
        }
    };
    check_among(newest, Code::LakeVersions).await;
    let all = async |kit: &mut Kit| {
        fs::remove_dir_all(kit.folder.path().join("lake/_versions")).unwrap();
    };
    check_among(all, Code::LakeVersions).await;
}

fn versions(kit: &Kit) -> Vec<PathBuf> {
    let folder = kit.folder.path().join("lake/_versions");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 1, "{files:?}");
    files
}

#[tokio::test]
async fn facts_about_nobody_are_found() {
    let plant = async |kit: &mut Kit| {
        kit.sql("DELETE FROM identities WHERE number = (SELECT MAX(number) FROM identities)").await;
    };
    check(plant, &[Code::FactWithoutMember]).await;
}

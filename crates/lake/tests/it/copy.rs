use lake::{Erasure, Lake, LakeError, Options};

use crate::support::*;

async fn a_copy_holds_one_version_whatever_is_written_meanwhile(at: At) {
    let (_site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let before = everything(&lake).await;
    let head = lake.head().await.unwrap();
    let mut writer = lake.writer().await.unwrap();
    let late = append(&[(lake::Table::Items, &[row(3, 9, "later")])]);
    writer.append(late, AT).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("copy");
    let mut told = Vec::new();
    let files = head.copy_to(&target, &mut |bytes| told.push(bytes)).await.unwrap();
    assert_eq!(told.last().copied(), Some(files.iter().map(|file| file.bytes).sum()));
    for file in &files {
        let bytes = std::fs::read(target.join(&file.path)).unwrap();
        assert_eq!(blake3::hash(&bytes).to_hex().as_str(), file.blake3);
    }
    let copy = Lake::open(target.to_str().unwrap(), Options::default()).await.unwrap();
    assert_eq!(copy.members_per_range(), 10);
    assert_eq!(copy.version().await.unwrap(), head.version());
    assert_eq!(everything(&copy).await, before);
    // It goes on like any lake.
    let mut writer = copy.writer().await.unwrap();
    let other = append(&[(lake::Table::Items, &[row(3, 9, "another past")])]);
    writer.append(other, AT).await.unwrap();
    assert_eq!(everything(&copy).await[&lake::Table::Items].len(), 26);
}

async fn a_copy_that_was_cut_off_goes_on_and_a_version_that_was_erased_is_gone(at: At) {
    let (_site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let head = lake.head().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("copy");
    let files = head.copy_to(&target, &mut |_| {}).await.unwrap();
    for (place, file) in files.iter().enumerate() {
        let path = target.join(&file.path);
        match place % 3 {
            0 => std::fs::remove_file(&path).unwrap(),
            1 => std::fs::write(&path, "half").unwrap(),
            _ => {}
        }
    }
    assert_eq!(head.copy_to(&target, &mut |_| {}).await.unwrap(), files);
    let copy = Lake::open(target.to_str().unwrap(), Options::default()).await.unwrap();
    assert_eq!(everything(&copy).await, everything(&lake).await);

    let erasure = Erasure { members: vec![member(3)], rows: Vec::new() };
    lake.writer().await.unwrap().erase(&erasure, AT).await.unwrap();
    let elsewhere = folder.path().join("elsewhere");
    let gone = head.copy_to(&elsewhere, &mut |_| {}).await.unwrap_err();
    assert!(gone.is_gone(), "{gone}");
}

async fn a_copy_goes_back_to_a_place_without_a_lake_and_to_no_other(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let before = everything(&lake).await;
    let copy = tempfile::tempdir().unwrap();
    let files = lake.head().await.unwrap().copy_to(copy.path(), &mut |_| {}).await.unwrap();
    let elsewhere = at.site();
    assert!(!Lake::is_begun(&elsewhere.place).await.unwrap());

    // cut off before the end, it is no lake yet, and goes on
    let mut damaged = files.clone();
    let last = damaged.iter_mut().find(|file| file.path.starts_with("_versions/")).unwrap();
    last.blake3 = "0".repeat(64);
    let place = &elsewhere.place;
    let cut = place.bring_back(copy.path(), &damaged, &mut |_| {}).await;
    assert!(matches!(cut, Err(LakeError::DamagedCopy { .. })), "{cut:?}");
    assert!(!Lake::is_begun(place).await.unwrap());
    let mut told = 0;
    place.bring_back(copy.path(), &files, &mut |bytes| told = bytes).await.unwrap();
    assert_eq!(told, files.iter().map(|file| file.bytes).sum::<u64>());
    assert!(Lake::is_begun(place).await.unwrap());
    assert_eq!(everything(&elsewhere.open().await).await, before);

    let late = append(&[(lake::Table::Items, &[row(3, 9, "later")])]);
    lake.writer().await.unwrap().append(late, AT).await.unwrap();
    let refused = site.place.bring_back(copy.path(), &files, &mut |_| {}).await;
    assert!(matches!(refused, Err(LakeError::Occupied { .. })), "{refused:?}");
}

async fn a_lake_of_a_later_format_is_refused_and_one_without_a_format_is_the_first(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..5).await;
    let open = async |text: &str| {
        site.write("lake.json", text).await;
        Lake::open_at(&site.place, Options::default()).await
    };
    let old = open(r#"{"members_per_range":10}"#).await.unwrap();
    assert_eq!(everything(&old).await, everything(&lake).await);
    let newer = open(r#"{"format":2,"members_per_range":10,"colour":"blue"}"#).await.unwrap_err();
    assert!(newer.to_string().contains("hint: use the newer version"), "{newer}");
}

in_both!(
    a_copy_goes_back_to_a_place_without_a_lake_and_to_no_other,
    a_copy_holds_one_version_whatever_is_written_meanwhile,
    a_copy_that_was_cut_off_goes_on_and_a_version_that_was_erased_is_gone,
    a_lake_of_a_later_format_is_refused_and_one_without_a_format_is_the_first,
);

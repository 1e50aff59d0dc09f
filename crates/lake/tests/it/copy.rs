use lake::{Erasure, Lake, Options};

use crate::support::*;

#[tokio::test]
async fn a_copy_holds_one_version_whatever_is_written_meanwhile() {
    let (folder, lake) = fresh().await;
    fill(&lake, 0..25).await;
    let before = everything(&lake).await;
    let head = lake.head().await.unwrap();
    let mut writer = lake.writer().await.unwrap();
    let late = append(&[(lake::Table::Items, &[row(3, 9, "later")])]);
    writer.append(late, AT).await.unwrap();

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

#[tokio::test]
async fn a_copy_that_was_cut_off_goes_on_and_a_version_that_was_erased_is_gone() {
    let (folder, lake) = fresh().await;
    fill(&lake, 0..25).await;
    let head = lake.head().await.unwrap();
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

#[tokio::test]
async fn a_lake_of_a_later_format_is_refused_and_one_without_a_format_is_the_first() {
    let (folder, lake) = fresh().await;
    fill(&lake, 0..5).await;
    let settings = folder.path().join("lake/lake.json");
    let location = folder.path().join("lake");
    let open = async |text: &str| {
        std::fs::write(&settings, text).unwrap();
        Lake::open(location.to_str().unwrap(), Options::default()).await
    };
    let old = open(r#"{"members_per_range":10}"#).await.unwrap();
    assert_eq!(everything(&old).await, everything(&lake).await);
    let newer = open(r#"{"format":2,"members_per_range":10,"colour":"blue"}"#).await.unwrap_err();
    assert!(newer.to_string().contains("hint: use the newer version"), "{newer}");
}

//! A corpus that goes on from another one is held against that one as well.

use std::fs;

use audit::{Code, Findings};
use serde_json::{Value, json};

use crate::network::{Events, NAME, World, audit, audit_of, copy};

const LATER: &str = "later";

/// A state with a corpus that goes on from the one that is there.
async fn later() -> World {
    let world = World::open(copy()).await;
    let mut events = Events::default();
    events.post("w5", "new", "What came in later only.", "");
    events.post("w6", "new", "Words of 9, by themselves.", "");
    events.post("w7", "new", "Something that pixelpauline told me.", "");
    world.import(&events.lines).await;
    world.build(LATER, Some(NAME)).await;
    world
}

/// What is found in the one that goes on.
async fn found(world: &World) -> Findings {
    audit_of(world.folder.path(), LATER).await
}

#[tokio::test]
async fn what_the_other_one_has_is_not_missed_in_it() {
    let world = later().await;
    for findings in [found(&world).await, audit(world.folder.path()).await] {
        assert!(findings.is_clean(), "{findings:#?}");
    }
    let corpus = world.corpora.open(&world.gate, LATER).await.unwrap();
    assert_eq!(corpus.manifest().documents.total().kept, 2);
    for objector in ["w9", "w5"] {
        world.object(objector).await;
    }
    world.run_removals().await;
    for findings in [found(&world).await, audit(world.folder.path()).await] {
        assert!(findings.is_clean(), "{findings:#?}");
    }
    let corpus = world.corpora.open(&world.gate, LATER).await.unwrap();
    assert_eq!(corpus.manifest().documents.total().kept, 2, "one went, and one came back");
}

#[tokio::test]
async fn without_what_is_there_already_nobody_says_that_rows_are_missing() {
    let only = async |world: &World, code: Code| {
        let findings = found(world).await;
        assert!(findings.by_code().into_keys().eq([code]), "{findings:#?}");
        let untold = ": whether rows are missing here cannot be told, and was left out";
        assert!(findings.findings.iter().all(|one| one.what.ends_with(untold)), "{findings:#?}");
    };
    let world = later().await;
    let base = world.folder.path().join("corpora").join(NAME);
    let manifest = base.join("manifest.json");
    let kept = fs::read(&manifest).unwrap();
    fs::write(&manifest, "{").unwrap();
    only(&world, Code::ManifestDiffers).await;
    fs::remove_file(&manifest).unwrap();
    only(&world, Code::ManifestDiffers).await;
    fs::write(&manifest, kept).unwrap();
    assert!(found(&world).await.is_clean());
    for split in ["train", "validation", "test"] {
        let _ = fs::remove_dir_all(base.join(split));
    }
    only(&world, Code::FileUnreadable).await;
}

#[tokio::test]
async fn what_does_not_go_on_from_there_is_found() {
    /// Changes the manifest of a corpus.
    fn change(world: &World, name: &str, change: impl FnOnce(&mut Value)) {
        let path = world.folder.path().join("corpora").join(name).join("manifest.json");
        let mut manifest = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut manifest);
        fs::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
    }
    let finds = async |world: World, code: Code| {
        let findings = found(&world).await;
        assert!(findings.by_code().contains_key(&code), "{findings:#?}");
    };

    let world = later().await;
    change(&world, LATER, |manifest| drop(manifest.as_object_mut().unwrap().remove("after")));
    finds(world, Code::ManifestDiffers).await;
    for name in ["../demo", LATER, "nothing"] {
        let world = later().await;
        change(&world, LATER, |manifest| manifest["after"]["corpus"] = json!(name));
        finds(world, Code::ManifestDiffers).await;
    }
    let world = later().await;
    let all = world.gate.lake_version().await.unwrap();
    change(&world, LATER, |manifest| manifest["after"]["lake_version"] = json!(all));
    finds(world, Code::ManifestDiffers).await;
    let world = later().await;
    for (name, pointer) in [(LATER, "/after/lake_version"), (NAME, "/lake_version")] {
        change(&world, name, |manifest| *manifest.pointer_mut(pointer).unwrap() = json!(all));
    }
    finds(world, Code::RowTooOld).await;
}

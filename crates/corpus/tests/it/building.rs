use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use corpus::{BuildRequest, CorpusError, Manifest, Step};
use gate::FactRange;
use policy::{Answer, Sequence};

use crate::support::{World, choice, files, now, objects, record, wait_for};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_arrives_during_a_build_is_applied() {
    let mut world = World::new().await;
    let (store, said) = (world.store.clone(), AtomicI64::new(0));
    world.corpora = world.corpora.with_progress(move |step| {
        if step == Step::Described && said.fetch_add(1, Ordering::SeqCst) == 0 {
            wait_for(objects(&store, 7));
        }
    });
    let built = world.build("main").await;
    assert!(built.sealed);
    let facts = built.manifest.facts;
    assert_eq!(facts.to.as_i64(), facts.from.as_i64() + 1);
    assert!(world.held(&built, 7).await.is_empty());
    assert!(!world.held(&built, 8).await.is_empty());
    assert_eq!(files(&world.root("main")), world.clean(&built, facts.to).await);
    assert!(world.run_removals().await.is_empty(), "nothing was left to be released");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowance_that_arrives_during_a_build_waits_for_the_next() {
    let mut world = World::new().await;
    world.objects(7).await;
    let store = world.store.clone();
    world.corpora = world.corpora.clone().with_progress(move |step| {
        if step == Step::Registered {
            let fact = match choice(7, Answer::Allow) {
                store::NewFact::Choice(choice) => {
                    let said_at = choice.said_at.plus_days(1);
                    store::NewFact::Choice(store::Choice { said_at, ..choice })
                }
                other => other,
            };
            wait_for(record(&store, fact));
        }
    });
    let built = world.build("main").await;
    assert_eq!(built.manifest.facts, FactRange::at(built.manifest.facts.from));
    assert!(world.held(&built, 7).await.is_empty());
    let again = world.build("main").await;
    assert!(!world.held(&again, 7).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_gives_up_when_refusals_keep_coming() {
    let mut world = World::new().await;
    let (store, next) = (world.store.clone(), Arc::new(AtomicI64::new(0)));
    world.corpora = world.corpora.with_progress(move |step| {
        if step == Step::Described {
            wait_for(objects(&store, next.fetch_add(1, Ordering::SeqCst)));
        }
    });
    let request = world.request("main").await;
    let failed = world.corpora.build(&world.gate, &request, now()).await.unwrap_err();
    assert!(matches!(failed, CorpusError::Unsettled { tries: 8, .. }), "{failed}");
    assert!(world.active().await.is_empty());
    assert!(!world.root("main.building").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_build_of_the_same_corpus_is_refused_meanwhile() {
    let mut world = World::new().await;
    let (gate, other) = (world.gate.clone(), world.corpora.clone());
    let request = world.request("main").await;
    let second = request.clone();
    world.corpora = world.corpora.with_progress(move |step| {
        if matches!(step, Step::Permitted) {
            let refused = wait_for(other.build(&gate, &second, now())).unwrap_err();
            let said = refused.to_string();
            assert!(said.starts_with("corpus `main` is being built by process"), "{said}");
        }
    });
    let built = world.corpora.build(&world.gate, &request, now()).await.unwrap();
    assert_eq!(world.active().await, [built.manifest.holder.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_replaces_and_retires_the_earlier_build() {
    let world = World::new().await;
    let first = world.build("main").await;
    let before = files(&world.root("main"));
    world.objects(3).await;
    let second = world.build("main").await;
    assert_ne!(first.manifest.holder, second.manifest.holder);
    assert_eq!(world.active().await, [second.manifest.holder.to_string()]);
    let after = files(&world.root("main"));
    assert!(before.contains_key(&first.manifest.lineage.path));
    assert!(!after.contains_key(&first.manifest.lineage.path));
    assert_eq!(after.len(), second.manifest.files.len() + 2);
    let superseded = world.holder(&first).await;
    let refused = gate::Holder::artefacts(&world.corpora, &superseded).await.unwrap_err();
    assert!(refused.to_string().contains("no longer held by"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reproduction_behind_a_removal_is_not_for_use() {
    let world = World::new().await;
    let built = world.build("main").await;
    let before = files(&world.root("main"));
    world.objects(3).await;
    let request = BuildRequest {
        facts: Some(built.manifest.facts),
        lake_version: built.manifest.lake_version,
        ..world.request("again").await
    };
    let again = world.corpora.build(&world.gate, &request, now()).await.unwrap();
    assert!(!again.sealed);
    assert!(again.manifest.has_files_of(&built.manifest));
    assert_eq!(files(&world.root("again")), before);
    let refused = world.corpora.open(&world.gate, "again").await.unwrap_err();
    assert!(matches!(refused, CorpusError::Unknown { .. }), "{refused}");
    world.corpora.discard("again", now()).await.unwrap();
    assert!(!world.root("again").exists());
    assert_eq!(world.active().await, [built.manifest.holder.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_built_is_refused_before_anything_is_registered() {
    let world = World::new().await;
    let good = world.request("main").await;
    let named = |name: &str| BuildRequest { name: name.to_owned(), ..good.clone() };
    let backwards = FactRange { from: Sequence::from_i64(9), to: Sequence::from_i64(3) };
    let early = FactRange::at(Sequence::START);
    let cases = [
        (named(""), "is no name for a corpus"),
        (named("../up"), "is no name for a corpus"),
        (named("a.building"), "is no name for a corpus"),
        (BuildRequest { facts: Some(backwards), ..good.clone() }, "the earlier first"),
        (BuildRequest { facts: Some(early), ..good.clone() }, "no policy is in force"),
    ];
    for (request, expected) in cases {
        let refused = world.corpora.build(&world.gate, &request, now()).await.unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    assert!(world.active().await.is_empty());
    let taken = BuildRequest { facts: Some(world.build("main").await.manifest.facts), ..good };
    let refused = world.corpora.build(&world.gate, &taken, now()).await.unwrap_err();
    assert!(matches!(refused, CorpusError::Taken { .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_whose_folder_is_gone_is_not_given_up_silently() {
    let world = World::new().await;
    let built = world.build("main").await;
    std::fs::remove_dir_all(world.root("main")).unwrap();
    let request = world.request("main").await;
    let refused = world.corpora.build(&world.gate, &request, now()).await.unwrap_err();
    assert!(matches!(refused, CorpusError::Lost { .. }), "{refused}");
    assert_eq!(world.active().await, [built.manifest.holder.to_string()]);
    let shown = world.corpora.show(&world.gate, "main").await.unwrap();
    assert!(shown.manifest.is_none() && shown.holders.len() == 1);
    let (fault, path) = (shown.fault.unwrap(), world.root("main").join("manifest.json"));
    assert!(fault.contains(&format!("its manifest is not at `{}`", path.display())), "{fault}");
    assert!(fault.contains("`zweck corpus discard main --yes`"), "{fault}");
    assert!(world.corpora.is_sealed("main").await.unwrap());
    assert!(!world.corpora.is_sealed("other").await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_whose_manifest_is_damaged_is_built_anew_once_it_is_discarded() {
    let world = World::new().await;
    world.build("main").await;
    std::fs::write(world.root("main").join("manifest.json"), "{\n").unwrap();
    let request = world.request("main").await;
    let refused = world.corpora.build(&world.gate, &request, now()).await.unwrap_err();
    assert!(matches!(refused, CorpusError::Unreadable { .. }), "{refused}");
    assert!(refused.to_string().contains("hint: put it back as it was, or `zweck"), "{refused}");
    let shown = world.corpora.show(&world.gate, "main").await.unwrap();
    let fault = shown.fault.unwrap();
    assert!(fault.contains("cannot be read") && fault.contains("EOF while parsing"), "{fault}");
    assert_eq!((shown.manifest, shown.holders.len()), (None, 1));
    world.corpora.discard("main", now()).await.unwrap();
    assert!(world.build("main").await.sealed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_of_another_version_is_not_called_damaged() {
    let world = World::new().await;
    world.build("main").await;
    let path = world.root("main").join("manifest.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    // other versions have other keys
    manifest.as_object_mut().unwrap().remove("traits");
    let way = "`zweck corpus discard main --yes`, then `zweck corpus build main …`)";
    let earlier = "was made by an earlier version of Zweck and has to be built again (hint: ";
    let later = "cannot be read (hint: put it back as it was, or ";
    for (format, told) in [(Manifest::FORMAT - 1, earlier), (Manifest::FORMAT + 1, later)] {
        manifest["format"] = format.into();
        std::fs::write(&path, manifest.to_string()).unwrap();
        let refused = world.corpora.open(&world.gate, "main").await.unwrap_err();
        let said = gate::in_words(&refused);
        assert!(said.contains(&format!("{told}{way}")), "{said}");
        assert!(said.contains(&format!("has the format {format}, and")), "{said}");
        let shown = world.corpora.show(&world.gate, "main").await.unwrap();
        assert_eq!(shown.fault, Some(said));
    }
    world.corpora.discard("main", now()).await.unwrap();
    assert!(world.build("main").await.sealed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_a_link_stands_for_is_written_again() {
    let world = World::new().await;
    let built = world.build("main").await;
    let path = world.root("main").join(&built.manifest.files[0].path);
    let bytes = std::fs::read(&path).unwrap();
    let elsewhere = world.folder.path().join("elsewhere");
    std::fs::write(&elsewhere, "of somebody").unwrap();
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    let again = world.build("main").await;
    assert_eq!(again.manifest.files[0].path, built.manifest.files[0].path);
    assert!(!path.is_symlink());
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(std::fs::read(&elsewhere).unwrap(), b"of somebody");
}

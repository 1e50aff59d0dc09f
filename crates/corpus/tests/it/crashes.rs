//! A callback that panics stands for a process that dies: nothing of the build's runs afterwards.

use std::mem::discriminant;

use corpus::{Corpora, Step};
use gate::Holders;

use crate::support::{World, files, key, now};

/// Corpora of the same folder that die after a step.
fn dying(world: &World, after: Step) -> Corpora {
    let root = world.folder.path().join("corpora");
    Corpora::new(root, world.store.clone(), key()).with_progress(move |step| {
        assert_ne!(discriminant(&step), discriminant(&after), "killed after {step:?}");
    })
}

async fn killed_build(world: &World, after: Step) {
    let (corpora, gate) = (dying(world, after), world.gate.clone());
    let request = world.request("main").await;
    let build = tokio::spawn(async move { corpora.build(&gate, &request, now()).await });
    assert!(build.await.unwrap_err().is_panic());
}

async fn killed_release(world: &World, after: Step) {
    let (corpora, gate) = (dying(world, after), world.gate.clone());
    let run = tokio::spawn(async move {
        let holders = Holders::default().with(std::sync::Arc::new(corpora));
        gate.run_removals(&holders, now()).await
    });
    assert!(run.await.unwrap_err().is_panic());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_killed_before_it_is_sealed_leaves_the_earlier_one_in_use() {
    let world = World::new().await;
    let first = world.build("main").await;
    let before = files(&world.root("main"));
    world.objects(7).await;
    world.release().await;
    let released = files(&world.root("main"));
    let (permitted, drafted) = (Step::Permitted, Step::Drafted { documents: 0 });
    for step in [Step::Registered, permitted, drafted, Step::Described] {
        killed_build(&world, step).await;
        assert_eq!(world.active().await.len(), 2, "{step:?}");
        let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
        assert_eq!(corpus.manifest().holder, first.manifest.holder, "{step:?}");
        assert_eq!(files(&world.root("main")), released);
    }
    world.corpora.settle(now()).await.unwrap();
    assert_eq!(world.active().await, [first.manifest.holder.to_string()]);
    let second = world.build("main").await;
    assert_eq!(world.active().await, [second.manifest.holder.to_string()]);
    assert_ne!(files(&world.root("main")), before);
    assert_eq!(files(&world.root("main")), released);
    assert!(!world.root("main.building").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_killed_after_it_was_sealed_is_put_in_place_by_whoever_comes_next() {
    for step in [Step::Sealed, Step::Placed, Step::Pointed, Step::Swept] {
        let world = World::new().await;
        let first = world.build("main").await;
        world.objects(7).await;
        killed_build(&world, step).await;
        assert_eq!(world.active().await.len(), 2, "{step:?}");
        if matches!(step, Step::Sealed | Step::Placed) {
            let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
            assert_ne!(corpus.manifest().holder, first.manifest.holder, "{step:?}");
        } else {
            world.corpora.settle(now()).await.unwrap();
            assert_eq!(world.active().await.len(), 1, "{step:?}");
            let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
            let named = corpus.manifest().files.len() + 2;
            assert_eq!(files(&world.root("main")).len(), named, "{step:?}");
            assert!(!world.root("main.building").exists(), "{step:?}");
        }
        let second = world.build("main").await;
        assert_eq!(world.active().await, [second.manifest.holder.to_string()], "{step:?}");
        let named = second.manifest.files.len() + 2;
        assert_eq!(files(&world.root("main")).len(), named, "{step:?}");
        assert!(world.held(&second, 7).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_build_killed_after_it_was_sealed_is_shown_as_what_it_is() {
    let world = World::new().await;
    killed_build(&world, Step::Sealed).await;
    let shown = world.corpora.show(&world.gate, "main").await.unwrap();
    assert!(shown.manifest.is_some() && shown.fault.is_none(), "{:?}", shown.fault);
    assert!(!world.root("main").exists(), "showing it changes nothing");
    world.corpora.settle(now()).await.unwrap();
    assert_eq!(world.corpora.show(&world.gate, "main").await.unwrap(), shown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_of_a_dead_build_that_is_damaged_goes_with_it() {
    let world = World::new().await;
    let built = world.build("main").await;
    killed_build(&world, Step::Described).await;
    std::fs::write(world.root("main.building").join("manifest.json"), "{\n").unwrap();
    world.corpora.settle(now()).await.unwrap();
    assert!(!world.root("main.building").exists());
    assert_eq!(world.active().await, [built.manifest.holder.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_killed_anywhere_is_finished_and_accounted_for_by_the_next() {
    let (permitted, drafted) = (Step::Permitted, Step::Drafted { documents: 0 });
    let steps = [permitted, drafted, Step::Described, Step::Placed, Step::Pointed, Step::Swept];
    let world = World::new().await;
    let built = world.build("main").await;
    for (number, step) in (3..).zip(steps) {
        let said = world.objects(number).await;
        killed_release(&world, step).await;
        assert_eq!(world.store.open_removals().await.unwrap().len(), 1, "{step:?}");
        let release = world.release().await;
        assert_eq!(release.rows_removed, 5, "{step:?}");
        assert_eq!(files(&world.root("main")), world.clean(&built, said).await, "{step:?}");
        assert!(!world.root("main.releasing").exists(), "{step:?}");
        assert!(world.store.open_removals().await.unwrap().is_empty(), "{step:?}");
    }
}

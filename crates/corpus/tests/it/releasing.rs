use std::sync::Arc;

use async_trait::async_trait;
use corpus::{BuildRequest, Corpora, CorpusError, SliceKey};
use gate::{Artefacts, Gate, Held, HolderError, Holders, Release};
use policy::{Instant, ItemId, MemberNumber, Sequence};
use store::Holder;

use crate::support::{NAMES, SAME, World, files, member, name, now};

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_rewrites_only_the_member_s_cell_to_the_bytes_of_a_clean_build() {
    let world = World::new().await;
    let built = world.build("main").await;
    let cell = world.held(&built, 7).await[0].artefact.clone();
    let before = files(&world.root("main"));
    let said = world.objects(7).await;
    let pending = world.corpora.open(&world.gate, "main").await.unwrap_err();
    assert!(matches!(pending, CorpusError::RemovalPending { .. }), "{pending}");
    assert!(world.corpora.show(&world.gate, "main").await.unwrap().holders[0].pending);

    let release = world.release().await;
    let changed: Vec<_> = release.rewritten.iter().map(|one| one.path_before.clone()).collect();
    let beside = [&built.manifest.lineage, &built.manifest.traits].map(|one| one.path.clone());
    assert_eq!(changed, [cell].into_iter().chain(beside).map(Some).collect::<Vec<_>>());
    assert_eq!((release.rows_removed, release.rows_redacted, release.rows_promoted), (5, 0, 0));
    assert!(world.held(&built, 7).await.is_empty());
    let after = files(&world.root("main"));
    let kept = before.iter().filter(|file| after.get(file.0) == Some(file.1)).count();
    assert_eq!(kept, before.len() - 3);
    assert_eq!(after, world.clean(&built, said).await);

    let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
    let manifest = corpus.manifest();
    assert_eq!((manifest.facts.to, manifest.history.len()), (said, 1));
    assert!(manifest.documents.is_balanced(&manifest.rows));
    assert_eq!(corpus.holder().position(), said);
    assert_eq!(corpus.holder().manifest_hash.as_ref(), Some(&release.manifest_hash));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_takes_the_place_of_the_document_that_stood_for_it() {
    let world = World::new().await;
    let built = world.build("main").await;
    let mut left = SAME.to_vec();
    while left.len() > 1 {
        let mut standing = Vec::new();
        for number in &left {
            if world.held(&built, *number).await.len() == 5 {
                standing.push(*number);
            }
        }
        assert_eq!(standing.len(), 1, "one of {left:?} stands");
        let said = world.objects(standing[0]).await;
        let release = world.release().await;
        assert_eq!((release.rows_removed, release.rows_promoted), (5, 1));
        assert_eq!(files(&world.root("main")), world.clean(&built, said).await);
        left.retain(|number| *number != standing[0]);
        let texts = world.texts("main").await;
        let same = texts.iter().filter(|text| text.starts_with("The very same")).count();
        assert_eq!(same, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objector_is_masked_where_others_name_them() {
    let world = World::new().await;
    let built = world.build("main").await;
    let named = format!("I learned it all from {}, really.", name(NAMES.1));
    assert!(world.texts("main").await.contains(&named));
    let said = world.objects(NAMES.1).await;
    let release = world.release().await;
    assert_eq!((release.rows_redacted, release.rows_promoted), (1, 0));
    let texts = world.texts("main").await;
    assert!(texts.contains(&"I learned it all from [name], really.".to_owned()));
    assert!(!texts.contains(&named));
    assert_eq!(files(&world.root("main")), world.clean(&built, said).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_leaves_the_lake_and_the_corpus() {
    let world = World::new().await;
    let built = world.build("main").await;
    world.gate.erase(member(9), "test", now()).await.unwrap();
    let release = world.release().await;
    assert_eq!(release.rows_removed, 5);
    assert!(world.held(&built, 9).await.is_empty());
    assert!(world.store.open_removals().await.unwrap().is_empty());
    let last = world.store.last_sequence().await.unwrap();
    assert_eq!(files(&world.root("main")), world.clean(&built, last).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_repeated_changes_nothing() {
    let world = World::new().await;
    let built = world.build("main").await;
    let said = world.objects(7).await;
    world.release().await;
    let before =
        (files(&world.root("main")), std::fs::read(world.root("main").join("manifest.json")));
    let held = world.holder(&built).await;
    let again = gate::Holder::release(&world.corpora, &world.gate, &held, said, now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((again.rewritten.len(), again.rows_removed), (0, 0));
    assert_eq!(again.manifest_hash, held.manifest_hash.unwrap());
    let after =
        (files(&world.root("main")), std::fs::read(world.root("main").join("manifest.json")));
    assert_eq!((before.0, before.1.unwrap()), (after.0, after.1.unwrap()));
    assert!(world.run_removals().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_of_somebody_with_nothing_in_it_touches_no_file() {
    let world = World::new().await;
    world.objects(7).await;
    let built = world.build("main").await;
    let before = files(&world.root("main"));
    let mut choice = crate::support::choice(7, policy::Answer::Refuse);
    if let store::NewFact::Choice(choice) = &mut choice {
        choice.said_at = now().plus_days(1);
    }
    let said = crate::support::record(&world.store, choice).await;
    let release = world.release().await;
    assert!(release.rewritten.is_empty());
    assert_eq!(files(&world.root("main")), before);
    assert_eq!(world.holder(&built).await.position(), said);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_than_that_of_the_build_is_refused() {
    let mut world = World::new().await;
    world.build("main").await;
    world.objects(7).await;
    let root = world.folder.path().join("corpora");
    world.corpora = Corpora::new(root, world.store.clone(), SliceKey::new([1; 32]));
    let outcomes = world.run_removals().await;
    let said = outcomes[0].outcome.as_ref().unwrap_err();
    assert!(said.contains("was built with the slice key"), "{said}");
    assert_eq!(world.store.open_removals().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_that_is_built_anew_while_its_removal_runs_keeps_nothing_open() {
    let world = World::new().await;
    world.build("main").await;
    world.objects(7).await;
    let request = world.request("main").await;
    let replacing = Replacing { corpora: world.corpora.clone(), request };
    let holders = Holders::default().with(Arc::new(replacing));
    let run = world.gate.run_removals(&holders, now()).await.unwrap();
    assert_eq!((run.holders.len(), run.retired.len(), run.still_open), (0, 1, 0));
    assert_eq!(run.retired[0].name, "main.1");
    let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
    assert_eq!(corpus.holder().name, "main.2");
    // what the old one left behind would be found
    std::fs::write(world.root("main").join("train/left.parquet"), "of somebody").unwrap();
    assert!(!gate::Holder::is_gone(&world.corpora, &run.retired[0]).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_whose_manifest_is_damaged_keeps_no_other_from_releasing() {
    let world = World::new().await;
    let (first, last) = (world.build("a").await, world.build("z").await);
    world.build("m").await;
    std::fs::write(world.root("m").join("manifest.json"), "{\n").unwrap();
    world.objects(7).await;
    world.corpora.settle(now()).await.unwrap();
    let outcomes = world.run_removals().await;
    let failed: Vec<_> = outcomes.iter().filter(|one| one.outcome.is_err()).collect();
    assert_eq!((outcomes.len(), failed.len()), (3, 1), "{outcomes:?}");
    assert_eq!(failed[0].holder.name, "m.1");
    let said = failed[0].outcome.as_ref().unwrap_err();
    assert!(said.contains("the manifest of corpus `m` cannot be read"), "{said}");
    assert!(said.contains("`zweck corpus discard m --yes`"), "{said}");
    for built in [&first, &last] {
        assert!(world.held(built, 7).await.is_empty());
    }
    assert_eq!(world.store.open_removals().await.unwrap().len(), 1);
    world.corpora.discard("m", now()).await.unwrap();
    assert!(world.run_removals().await.is_empty());
    assert!(world.store.open_removals().await.unwrap().is_empty());
}

/// Builds a corpus anew just before the old one is to release.
struct Replacing {
    corpora: Corpora,
    request: BuildRequest,
}

#[async_trait]
impl gate::Holder for Replacing {
    fn kind(&self) -> &'static str {
        gate::Holder::kind(&self.corpora)
    }

    async fn release(
        &self,
        gate: &Gate,
        held: &Holder,
        to: Sequence,
        at: Instant,
    ) -> Result<Option<Release>, HolderError> {
        self.corpora.build(gate, &self.request, at).await?;
        gate::Holder::release(&self.corpora, gate, held, to, at).await
    }

    async fn holds(
        &self,
        held: &Holder,
        member: MemberNumber,
        item: Option<ItemId>,
    ) -> Result<Vec<Held>, HolderError> {
        self.corpora.holds(held, member, item).await
    }

    async fn artefacts(&self, held: &Holder) -> Result<Artefacts, HolderError> {
        self.corpora.artefacts(held).await
    }

    async fn is_gone(&self, held: &Holder) -> Result<bool, HolderError> {
        self.corpora.is_gone(held).await
    }
}

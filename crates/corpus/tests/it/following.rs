use corpus::{BuildRequest, Built, Configuration, CorpusError, Followed, LeftOut, Recipe, Step};
use gate::{FactRange, Table};
use store::Identity;

use crate::support::{BLANK, LATER, MEMBERS, SAME, World, files, now, wait_for};

/// The corpus `name`, which goes on from another one.
async fn go_on(world: &World, name: &str, after: &str) -> Built {
    let request = request(world, name, after).await;
    world.corpora.build(&world.gate, &request, now()).await.unwrap()
}

async fn request(world: &World, name: &str, after: &str) -> BuildRequest {
    BuildRequest { after: Some(after.to_owned()), ..world.request(name).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_came_later_is_taken_in_and_nothing_that_is_there_already() {
    let world = World::new().await;
    let main = world.build("main").await;
    let before = files(&world.root("main"));
    world.goes_on(2).await;
    let later = go_on(&world, "later", "main").await;
    assert!(later.sealed);
    assert_eq!(
        later.manifest.after,
        Some(Followed {
            corpus: "main".to_owned(),
            holder: main.manifest.holder.clone(),
            lake_version: main.manifest.lake_version,
        })
    );
    let members = u64::try_from(MEMBERS).unwrap();
    let rows = &later.manifest.rows.tables;
    assert_eq!((rows[&Table::Items].rows_in, rows[&Table::Profiles].rows_in), (members, 0));
    let documents = &later.manifest.documents.tables[&Table::Items];
    assert_eq!((documents.kept, documents.rows_in), (members - 3, members));
    assert_eq!(documents.left_out[&LeftOut::Duplicate], 1);
    assert_eq!(documents.left_out[&LeftOut::NearDuplicate], 1);
    assert_eq!(documents.left_out[&LeftOut::Empty], 1);
    assert!(later.manifest.documents.is_balanced(&later.manifest.rows));
    let texts = world.texts("later").await;
    assert!(texts.iter().all(|text| text.ends_with("again, for the 2th time.")), "{texts:?}");
    assert_eq!(files(&world.root("main")), before);
    assert!(world.run_removals().await.is_empty(), "nothing was left to be released");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_in_the_same_cell_of_both() {
    let world = World::new().await;
    let main = world.build("main").await;
    world.goes_on(2).await;
    let later = go_on(&world, "later", "main").await;
    let cell = |path: &str| path.split('.').next().unwrap().to_owned();
    let writes = |number: &i64| *number != BLANK && !LATER.contains(number);
    for number in (0..MEMBERS).filter(writes) {
        let [before, after] = [world.held(&main, number).await, world.held(&later, number).await];
        assert_eq!(cell(&before[0].artefact), cell(&after[0].artefact));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_from_the_one_before_comes_back_in_the_one_that_goes_on() {
    let world = World::new().await;
    let main = world.build("main").await;
    world.goes_on(2).await;
    let later = go_on(&world, "later", "main").await;
    assert!(world.held(&later, LATER[0]).await.is_empty());
    let mut said = main.manifest.facts.to;
    for number in SAME {
        said = world.objects(number).await;
    }
    let outcomes = world.run_removals().await;
    let holders: Vec<_> = outcomes.iter().map(|one| one.holder.id.clone()).collect();
    assert_eq!(holders, [main.manifest.holder.clone(), later.manifest.holder.clone()]);
    let release = outcomes[1].outcome.as_ref().unwrap();
    assert_eq!((release.rows_removed, release.rows_promoted), (3, 1));
    assert_eq!(world.held(&later, LATER[0]).await.len(), 1);
    assert_eq!(files(&world.root("main")), world.clean(&main, said).await);

    let facts = FactRange { from: later.manifest.facts.from, to: said };
    let again = BuildRequest { facts: Some(facts), ..request(&world, "again", "main").await };
    world.corpora.build(&world.gate, &again, now()).await.unwrap();
    assert_eq!(files(&world.root("again")), files(&world.root("later")));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_it_goes_on_from_stands_before_it() {
    let world = World::new().await;
    world.build("main").await;
    world.goes_on(2).await;
    go_on(&world, "second", "main").await;
    world.goes_on(3).await;
    let third = go_on(&world, "third", "second").await;
    let documents = &third.manifest.documents.tables[&Table::Items];
    assert_eq!(documents.left_out[&LeftOut::Duplicate], 1);
    assert_eq!(documents.left_out[&LeftOut::NearDuplicate], 1);
    for number in SAME {
        world.objects(number).await;
    }
    let outcomes = world.run_removals().await;
    let promoted: Vec<_> =
        outcomes.iter().map(|one| one.outcome.as_ref().unwrap().rows_promoted).collect();
    assert_eq!(promoted, [0, 1, 0], "the second has it, so that the third does not need it");
}

/// How `main` is built anew that `later` goes on from.
const WAY: &str = "`zweck corpus discard later --yes`, then `zweck corpus discard main --yes`, then \
                   `zweck corpus build main …` and the others after it";

#[tokio::test(flavor = "multi_thread")]
async fn one_that_goes_on_waits_for_the_one_before() {
    let world = World::new().await;
    world.build("main").await;
    world.goes_on(2).await;
    let later = go_on(&world, "later", "main").await;
    let before = files(&world.root("later"));
    let lineage = world.root("main").join("manifest.json");
    let kept = std::fs::read(&lineage).unwrap();
    std::fs::remove_file(&lineage).unwrap();
    world.objects(SAME[0]).await;
    for damage in [None, Some("{\n")] {
        if let Some(damage) = damage {
            std::fs::write(&lineage, damage).unwrap();
        }
        let outcomes = world.run_removals().await;
        assert_eq!(outcomes.len(), 2, "{outcomes:?}");
        for outcome in outcomes {
            let said = outcome.outcome.unwrap_err();
            assert!(said.contains("corpus `main`") && said.contains(WAY), "{said}");
        }
        assert_eq!(files(&world.root("later")), before);
        let further = request(&world, "further", "main").await;
        let refused = world.corpora.build(&world.gate, &further, now()).await.unwrap_err();
        assert!(refused.to_string().contains(WAY), "{refused}");
    }
    std::fs::write(&lineage, kept).unwrap();
    let outcomes = world.run_removals().await;
    assert!(outcomes.iter().all(|one| one.outcome.is_ok()), "{outcomes:?}");
    assert!(world.held(&later, SAME[0]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_cannot_go_on_from_is_refused_before_anything_is_registered() {
    let world = World::new().await;
    let built = world.build("main").await;
    let good = request(&world, "later", "main").await;
    let cut = Configuration::new(1, 2).unwrap();
    let early = policy::LakeVersion::from_i64(built.manifest.lake_version.as_i64() - 1);
    let other = "talent".parse().unwrap();
    let cases = [
        (BuildRequest { name: "main".to_owned(), ..good.clone() }, "they are one corpus"),
        (BuildRequest { purpose: other, ..good.clone() }, "serves another purpose"),
        (BuildRequest { as_of: now().plus_days(-1), ..good.clone() }, "as of a later instant"),
        (BuildRequest { configuration: cut, ..good.clone() }, "cut into other cells"),
        (BuildRequest { recipe: Recipe::default(), ..good.clone() }, "another recipe"),
        (BuildRequest { lake_version: early, ..good.clone() }, "has later rows"),
        (BuildRequest { after: Some("none".to_owned()), ..good.clone() }, "there is no corpus"),
    ];
    for (request, expected) in cases {
        let refused = world.corpora.build(&world.gate, &request, now()).await.unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    world.objects(3).await;
    let refused = world.corpora.build(&world.gate, &good, now()).await.unwrap_err();
    assert!(matches!(refused, CorpusError::RemovalPending { .. }), "{refused}");
    assert_eq!(world.active().await, [built.manifest.holder.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_built_anew_is_nothing_to_go_on_from() {
    let mut world = World::new().await;
    world.build("main").await;
    let (gate, other) = (world.gate.clone(), world.corpora.clone());
    let later = request(&world, "later", "main").await;
    world.corpora = world.corpora.with_progress(move |step| {
        if matches!(step, Step::Permitted) {
            let refused = wait_for(other.build(&gate, &later, now())).unwrap_err();
            assert!(
                matches!(&refused, CorpusError::Busy { name, .. } if name == "main"),
                "{refused}"
            );
        }
    });
    let main = world.build("main").await;
    assert_eq!(world.active().await, [main.manifest.holder.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_traits_are_written_anew_with_the_next_removal() {
    let world = World::new().await;
    let main = world.build("main").await;
    let traits = world.root("main").join(&main.manifest.traits.path);
    let good = std::fs::read(&traits).unwrap();
    for (number, damage) in [Some(&good[..good.len() / 2]), None].into_iter().enumerate() {
        match damage {
            Some(bytes) => std::fs::write(&traits, bytes).unwrap(),
            None => std::fs::remove_file(&traits).unwrap(),
        }
        // whoever has nothing in the corpus changes nothing of it
        let external_hash = format!("{:032x}", 1_000 + number);
        let identity = Identity { source: "test".to_owned(), external_hash };
        world.store.members(&[identity]).await.unwrap();
        world.objects(MEMBERS + i64::try_from(number).unwrap()).await;
        assert_eq!(world.release().await.rewritten, []);
        assert_eq!(std::fs::read(&traits).unwrap(), good);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traits_that_are_lost_are_told_with_what_heals_them() {
    let world = World::new().await;
    let main = world.build("main").await;
    let traits = world.root("main").join(&main.manifest.traits.path);
    let later = request(&world, "later", "main").await;
    let lose = async || {
        std::fs::remove_file(&traits).unwrap();
        let refused = world.corpora.build(&world.gate, &later, now()).await.unwrap_err();
        let said = gate::in_words(&refused);
        let told = ["`zweck removal run` writes it anew", "a new build of `main`"];
        for words in told.into_iter().chain([main.manifest.traits.path.as_str()]) {
            assert!(said.contains(words), "{said}");
        }
        assert_eq!(world.active().await.len(), 1);
    };
    lose().await;
    world.build("main").await;
    assert!(traits.exists());
    lose().await;
    world.objects(3).await;
    world.release().await;
    assert!(go_on(&world, "later", "main").await.sealed);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_that_go_on_are_told_in_the_order_in_which_they_have_to_go() {
    let world = World::new().await;
    world.build("main").await;
    for (name, after) in [("second", "main"), ("third", "second"), ("other", "main")] {
        go_on(&world, name, after).await;
    }
    let refused = world.corpora.discard("main", now()).await.unwrap_err();
    let words = "`zweck corpus discard third --yes`, then `zweck corpus discard second --yes`, then \
                 `zweck corpus discard other --yes`;";
    assert!(refused.to_string().contains(words), "{refused}");
    let CorpusError::Followed { by, .. } = refused else { panic!("{refused}") };
    let refused = world.corpora.discard("second", now()).await.unwrap_err();
    assert!(matches!(&refused, CorpusError::Followed { by, .. } if *by == ["third"]), "{refused}");
    for name in by.iter().map(String::as_str).chain(["main"]) {
        world.corpora.discard(name, now()).await.unwrap();
    }
    assert!(world.active().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_one_goes_on_from_stays() {
    let world = World::new().await;
    world.build("main").await;
    go_on(&world, "later", "main").await;
    let request = world.request("main").await;
    let refused = world.corpora.build(&world.gate, &request, now()).await.unwrap_err();
    assert!(matches!(&refused, CorpusError::Followed { by, .. } if *by == ["later"]), "{refused}");
    let refused = world.corpora.discard("main", now()).await.unwrap_err();
    assert!(matches!(&refused, CorpusError::Followed { by, .. } if *by == ["later"]), "{refused}");
    // the one that goes on may be built again
    go_on(&world, "later", "main").await;
    world.corpora.discard("later", now()).await.unwrap();
    world.corpora.discard("main", now()).await.unwrap();
    assert!(world.active().await.is_empty());
}

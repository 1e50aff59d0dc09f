use std::collections::{BTreeMap, BTreeSet};

use corpus::{CorpusError, DocumentId, Pair, Recipe, Split, Task};
use gate::Table;

use crate::support::{BLANK, MEMBERS, World, now};

async fn pairs(world: &World) -> Vec<Pair> {
    let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
    let mut pairs = Vec::new();
    corpus
        .for_each_pair(|_, pair| {
            pairs.push(pair.clone());
            Ok::<(), CorpusError>(())
        })
        .unwrap();
    pairs
}

async fn documents(world: &World) -> BTreeSet<DocumentId> {
    let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
    let cells = Split::ALL.iter().flat_map(|split| corpus.cells(*split));
    let documents = cells.flat_map(|cell| corpus.documents(cell).unwrap());
    documents.map(|document| document.document).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_of_a_career_stay_though_they_are_short_and_the_same_for_many() {
    let world = World::new().await;
    let request = corpus::BuildRequest { recipe: Recipe::default(), ..world.request("main").await };
    let built = world.corpora.build(&world.gate, &request, now()).await.unwrap();
    for table in [Table::Positions, Table::Skills] {
        let counts = &built.manifest.documents.tables[&table];
        assert_eq!((counts.kept, counts.left_out.len()), (MEMBERS.unsigned_abs(), 0), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_made_of_documents_of_one_member_and_goes_with_them() {
    let world = World::new().await;
    world.build("main").await;
    let before = pairs(&world).await;
    let headlines = before.iter().filter(|pair| pair.task == Task::Headline);
    let told = usize::try_from(MEMBERS).unwrap() - 1;
    assert_eq!(headlines.count(), told, "nobody knows in which language member {BLANK} writes");
    let pair = before.iter().find(|pair| pair.completion == "Engineer number 7").unwrap();
    assert!(pair.prompt.contains("- Builder of bridge 7, Acme"), "{}", pair.prompt);
    assert!(pair.prompt.ends_with("Skills: Concrete"), "{}", pair.prompt);
    assert_eq!(pair.documents.len(), 3);

    world.objects(7).await;
    world.release().await;
    let after = pairs(&world).await;
    let there = documents(&world).await;
    assert!(after.iter().all(|pair| pair.documents.iter().all(|one| there.contains(one))));
    assert!(!after.iter().any(|pair| pair.completion.ends_with("number 7")));
    assert!(after.len() < before.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_told_of_every_document() {
    let world = World::new().await;
    world.build("main").await;
    let corpus = world.corpora.open(&world.gate, "main").await.unwrap();
    let mut columns = BTreeMap::<_, BTreeSet<_>>::new();
    for cell in Split::ALL.iter().flat_map(|split| corpus.cells(*split)) {
        for document in corpus.documents(cell).unwrap() {
            assert!(document.paragraphs.fit(&document.text));
            let named = document.paragraphs.of(&document.text).map(|(column, _)| column);
            columns.entry(document.category.name()).or_default().extend(named);
        }
    }
    let expected = [
        ("positions", vec!["employer", "title"]),
        ("posts", vec!["text"]),
        ("profile", vec!["headline"]),
        ("skills", vec!["name"]),
    ];
    let found: Vec<_> = columns
        .into_iter()
        .map(|(category, names)| (category, names.into_iter().collect()))
        .collect();
    assert_eq!(found, expected);
}

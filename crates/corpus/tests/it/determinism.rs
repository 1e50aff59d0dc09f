use corpus::{BuildRequest, Corpora, SliceKey};
use gate::FactRange;

use crate::support::{World, files, key, now};

/// Builds below a folder of its own, with as many threads as said, and gives the files.
async fn bytes(
    world: &World,
    threads: usize,
    folder: &str,
    key: SliceKey,
) -> Vec<(String, Vec<u8>)> {
    let request = BuildRequest {
        facts: Some(FactRange::at(world.store.last_sequence().await.unwrap())),
        ..world.request(folder).await
    };
    let root = world.folder.path().join("threads");
    let corpora = Corpora::new(&root, world.store.clone(), key);
    let gate = world.gate.clone().with_partitions(threads);
    corpora.build(&gate, &request, now()).await.unwrap();
    files(&root.join(folder)).into_iter().collect()
}

fn run<T>(threads: usize, work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(threads).enable_all().build().unwrap().block_on(work)
}

#[test]
fn bytes_do_not_depend_on_threads_or_restarts() {
    let (world, one) = run(1, async {
        let world = World::new().await;
        world.objects(5).await;
        let files = bytes(&world, 1, "one", key()).await;
        (world, files)
    });
    assert!(one.len() > 5);
    let many = run(4, async {
        let world = world.reopened().await;
        let many = bytes(&world, 7, "many", key()).await;
        let other_key = bytes(&world, 7, "other", SliceKey::new([1; 32])).await;
        assert_ne!(many, other_key);
        many
    });
    assert_eq!(one, many);
}

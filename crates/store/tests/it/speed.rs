use policy::Answer;
use crate::sample::{at, choice, store, sequence};
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn speed_tmp() {
    let (_f, store) = store(20_000).await;
    #[allow(clippy::disallowed_methods)]
    let start = std::time::Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20_000 {
        let s = store.clone();
        tasks.spawn(async move { s.choose(choice(n, Answer::Refuse, n), at(0)).await.unwrap() });
    }
    tasks.join_all().await;
    let e = start.elapsed();
    eprintln!("20000 choices in {e:?}, commits {}", store.choice_commits());
    let start = std::time::Instant::now();
    store.snapshot_at(sequence(20_000)).await.unwrap();
    eprintln!("snapshot {:?}", start.elapsed());
}

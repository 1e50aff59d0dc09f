//! After any history, and once the removals have run, every corpus is what a naive second
//! implementation says it may be, and what a clean build of the same facts is.

mod event;
mod model;
mod network;

use proptest::prelude::*;

use self::{event::Event, network::Network};

/// How many histories are tried; `ZWECK_HISTORIES` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("ZWECK_HISTORIES").ok().and_then(|count| count.parse().ok());
    asked.unwrap_or(16)
}

fn carry_out(history: &[Event]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut network = Network::new().await;
        for event in history {
            network.carry_out(event).await;
        }
        network.run_removals().await;
        network.check_accounting().await;
        network.check_clean_builds().await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn after_any_history_no_corpus_keeps_what_the_model_refuses(history in event::histories()) {
        carry_out(&history);
    }
}

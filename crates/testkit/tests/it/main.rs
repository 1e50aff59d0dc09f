//! What every synthetic network holds.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod archive;
mod canaries;
mod clock;
mod events;
mod shares;
mod texts;

use testkit::{Network, NetworkSize};

/// A network that is large enough for every rare thing to occur.
fn network() -> Network {
    Network::generate(NetworkSize::of_members(2_000), 7)
}

/// The events of a network, line by line.
fn events(network: &Network) -> Vec<serde_json::Value> {
    let mut bytes = Vec::new();
    let written = network.write_events(&mut bytes).unwrap();
    let lines: Vec<_> = std::str::from_utf8(&bytes).unwrap().lines().collect();
    assert_eq!(written, lines.len());
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

//! A state with a small network, rules, documents and announcements.

use testkit::{Network, NetworkSize};

use crate::run::Place;

/// A place with a network of so many members, ready to be used for generative AI.
pub(crate) fn ready(members: usize) -> (Place, Network) {
    let network = Network::generate(NetworkSize::of_members(members), 7);
    (ready_with(&network), network)
}

/// A place with that network, ready to be used for generative AI.
pub(crate) fn ready_with(network: &Network) -> Place {
    let place = Place::new();
    fill(&place, network);
    place
}

/// Brings that network in, and all that is needed to use it for generative AI.
pub(crate) fn fill(place: &Place, network: &Network) {
    let mut events = Vec::new();
    network.write_events(&mut events).unwrap();
    place.write("events.ndjson", events);
    place.ok("import events.ndjson --source demo");
    place.write("paper", "what was weighed");
    for kind in ["legitimate-interest-assessment", "dpia", "compatibility-assessment"] {
        place.ok(&format!("document add --kind {kind} --title {kind} paper"));
    }
    place.ok("policy apply 2024-11-20");
    place.ok("policy apply 2025-11-03");
    place.ok("notice --policy-version 2024-11-20 --region * --delivered-at 2024-10-15");
    place.ok(
        "notice --policy-version 2025-11-03 --region EEA,GB,CH,CA,HK --delivered-at 2025-09-20",
    );
}

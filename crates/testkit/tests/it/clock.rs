use policy::Instant;
use testkit::{FixedClock, Network, NetworkSize};

#[test]
fn the_clock_stands_still_until_it_is_moved() {
    let start: Instant = "2026-01-01T00:00:00Z".parse().unwrap();
    let clock = FixedClock::at(start);
    assert_eq!(clock.now(), clock.now());
    assert_eq!(clock.advance_days(31).to_string(), "2026-02-01T00:00:00Z");
    assert_eq!(clock.advance_seconds(-1).to_string(), "2026-01-31T23:59:59Z");
    clock.set(start);
    assert_eq!(clock.now(), start);
}

#[test]
fn the_default_instant_is_after_everything_in_a_network() {
    let now = FixedClock::default().now();
    assert_eq!(now.to_string(), "2026-11-01T00:00:00Z");
    let network = Network::generate(NetworkSize::of_members(300), 3);
    for item in network.items() {
        assert!(item.created < now && item.updated.is_none_or(|updated| updated < now));
        assert!(item.updated.is_none_or(|updated| updated > item.created));
    }
}

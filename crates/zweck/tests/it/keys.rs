use std::{fs::Permissions, os::unix::fs::PermissionsExt};

use crate::run::Place;

const EVENT: &str =
    r#"{"event":"e1","kind":"member","member":"m1","at":"2020-01-01T00:00:00Z","name":"Ada"}"#;

fn with_keys() -> Place {
    let place = Place::new();
    place.write("events.ndjson", EVENT);
    place.ok("import events.ndjson");
    place
}

#[test]
fn keys_are_made_once_and_are_the_owners() {
    let place = with_keys();
    let keys = place.path().join("zweck-state/keys");
    let read = || {
        ["identity", "item", "slice"].map(|name| {
            let path = keys.join(format!("{name}.key"));
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::read(path).unwrap()
        })
    };
    let first = read();
    assert!(first.iter().all(|key| key.len() == 32));
    assert_ne!(first[0], first[1]);
    place.ok("import events.ndjson");
    assert_eq!(read(), first);
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let place = with_keys();
    let key = place.path().join("zweck-state/keys/identity.key");
    std::fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let ran = place.run("member show platform:m1");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("open to others, mode 644"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: `chmod 600"), "{}", ran.stderr);
}

#[test]
fn a_key_of_another_length_is_refused() {
    for length in [0, 31, 33] {
        let place = with_keys();
        let key = place.path().join("zweck-state/keys/identity.key");
        std::fs::write(&key, vec![1; length]).unwrap();
        let ran = place.run("member show platform:m1");
        assert_eq!(ran.code, 1, "{length}");
        assert!(
            ran.stderr.contains(&format!("has {length} bytes instead of 32")),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("hint: put the whole key back"), "{}", ran.stderr);
    }
}

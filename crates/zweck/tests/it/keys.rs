use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

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

#[test]
fn a_key_that_is_missing_is_said_to_be_with_what_it_is_for() {
    for (key, what) in [
        ("identity", "members and erasures are recognised by it"),
        ("item", "rows are addressed by it"),
        ("slice", "corpora are cut by it"),
    ] {
        let place = with_keys();
        fs::remove_file(place.path().join(format!("zweck-state/keys/{key}.key"))).unwrap();
        let ran = place.run("import events.ndjson");
        assert_eq!(ran.code, 1, "{key}");
        let said = ran.stderr.replace('\n', " ");
        let expected = format!("{key}.key` is missing hint: put it back; {what}");
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn keys_that_others_can_read_are_not_taken_over_by_a_restore() {
    let place = with_keys();
    place.ok("backup backup");
    let keys = place.path().join("keys");
    fs::rename(place.path().join("zweck-state/keys"), &keys).unwrap();
    let restore = "--state restored restore backup --journal zweck-state-journal --keys keys";
    let open = |path: &std::path::Path, mode: u32| {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    for (path, wide, own) in [(keys.clone(), 0o755, 0o700), (keys.join("item.key"), 0o644, 0o600)] {
        open(&path, wide);
        let ran = place.run(restore);
        assert_eq!(ran.code, 1, "{}", path.display());
        let said = format!("is open to others, mode {wide:o}\nhint: `chmod {own:o}");
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
        assert!(!place.path().join("restored").exists());
        open(&path, own);
    }
    place.ok(restore);
    let fingerprints = place.json("--state restored keys list")["keys"].clone();
    let found = fingerprints.as_array().unwrap().iter();
    assert!(found.clone().all(|one| one["fingerprint"].is_string()), "{fingerprints}");
}

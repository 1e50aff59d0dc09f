//! The rooms of ARCHITECTURE.md are those of the workspace, and data flows one way.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

use crate::run::root;

/// Packages that are no rooms.
const NOT_ROOMS: [&str; 2] = ["unify", "bench"];

/// The table `crate | one line | may use`.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let document = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows = document.lines().skip_while(|line| !line.starts_with("| crate |")).skip(2);
    let table: Vec<Vec<_>> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let names: BTreeSet<String> =
        table.iter().map(|row| row[0].trim_matches('`').to_owned()).collect();
    let may_use = |row: &Vec<&str>| match row[2] {
        "all" => names.clone(),
        "–" => BTreeSet::new(),
        list => list.split(',').map(|name| name.trim().to_owned()).collect(),
    };
    table.iter().map(|row| (row[0].trim_matches('`').to_owned(), may_use(row))).collect()
}

/// Every package of the workspace with what it is built from, tests aside.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let used = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        dependencies.filter(|one| one["kind"].is_null()).map(name).collect()
    };
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|package| (name(package), used(package))).collect()
}

/// Packages from elsewhere with their features, as they are built for the selected ones.
fn built(selection: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--prefix", "none", "--format", "{p} {f}"])
        .args(["--edges", "normal,build,dev"])
        .args(selection)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| line.trim_end_matches(" (*)").to_owned());
    lines.filter(|line| !line.contains(" (/")).collect()
}

#[test]
fn what_is_heavy_is_built_once_whichever_rooms_are_built() {
    let of_all = built(&["--workspace"]);
    for room in packages().keys() {
        let of_room = built(&["--package", room]);
        if !of_room.iter().any(|package| package.starts_with("datafusion ")) {
            continue;
        }
        let only_here: Vec<_> = of_room.difference(&of_all).collect();
        assert!(
            only_here.is_empty(),
            "`cargo test -p {room}` builds these anew, for want of features that others ask for; \
             name those in crates/unify/Cargo.toml: {only_here:#?}"
        );
    }
}

#[test]
fn the_rooms_use_each_other_as_the_architecture_says() {
    let allowed = allowed();
    let mut packages = packages();
    packages.retain(|name, _| !NOT_ROOMS.contains(&name.as_str()));
    let rooms: BTreeSet<_> = packages.keys().cloned().collect();
    assert_eq!(rooms, allowed.keys().cloned().collect(), "the table names every room and no other");
    for (room, used) in &packages {
        for other in used.intersection(&rooms) {
            assert!(allowed[room].contains(other), "`{room}` uses `{other}`, which is not allowed");
        }
    }
}

/// Words in backticks that look like a path of the repository.
fn paths_named(document: &str) -> Vec<String> {
    let quoted = document.split('`').skip(1).step_by(2);
    let is_path = |word: &&str| {
        let plain = word.chars().all(|one| one.is_ascii_alphanumeric() || "/._-".contains(one));
        let first = word.split('/').next().unwrap_or_default();
        plain && ["crates", "docs", "bench", ".ci"].contains(&first) && word.contains('/')
    };
    quoted.filter(is_path).map(str::to_owned).collect()
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut documents: Vec<_> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .map(|name| root().join(name))
        .to_vec();
    let docs = std::fs::read_dir(root().join("docs")).unwrap();
    documents.extend(
        docs.map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|one| one == "md")),
    );
    let mut missing = Vec::new();
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        for path in paths_named(&text) {
            if !root().join(&path).exists() {
                missing.push(format!("{}: `{path}`", document.display()));
            }
        }
        // tests of a crate are named without the folder of the crates
        for path in text.split("*(`").skip(1).filter_map(|rest| rest.split('`').next()) {
            if path.contains("/tests/") && !root().join("crates").join(path).exists() {
                missing.push(format!("{}: `{path}`", document.display()));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

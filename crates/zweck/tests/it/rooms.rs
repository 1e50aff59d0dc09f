//! The rooms of ARCHITECTURE.md are those of the workspace, and data flows one way.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Packages that are no rooms.
const NOT_ROOMS: [&str; 2] = ["unify", "bench"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

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

#[test]
fn the_rooms_use_each_other_as_the_architecture_says() {
    let manifest = root().join("Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    let allowed = allowed();
    let rooms: BTreeSet<_> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .filter(|name| !NOT_ROOMS.contains(&name.as_str()))
        .collect();
    assert_eq!(rooms, allowed.keys().cloned().collect(), "the table names every room and no other");
    for package in metadata.packages.iter().filter(|package| rooms.contains(package.name.as_str()))
    {
        let used = package.dependencies.iter().filter(|one| one.kind == DependencyKind::Normal);
        for dependency in used.filter(|one| rooms.contains(&one.name)) {
            let allowed = &allowed[package.name.as_str()];
            assert!(
                allowed.contains(&dependency.name),
                "`{}` uses `{}`, which the table does not allow",
                package.name,
                dependency.name
            );
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

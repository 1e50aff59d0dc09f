//! The commands of *Tables in place*, on the warehouse of the example.

use std::{
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use crate::{examples, run::ZWECK};

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_command_of_tables_in_place_does_what_it_says() {
    let mut python = Command::new("python3");
    let asked = python.args(["-c", "import pyarrow"]).stderr(Stdio::null()).status();
    if !asked.is_ok_and(|status| status.success()) {
        eprintln!("skipped: python3 with pyarrow is not installed");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    symlink(root.canonicalize().unwrap().join("examples"), folder.path().join("examples")).unwrap();
    let text = std::fs::read_to_string(root.join("docs/tables-in-place.md")).unwrap();
    let document = "docs/tables-in-place.md";
    examples::check(document, examples::of(&text), |command| {
        let beside = Path::new(ZWECK).parent().unwrap().display();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(folder.path()).env_remove("ZWECK_STATE");
        shell.env("PATH", format!("{beside}:{path}")).output().unwrap()
    });
}

/// The mapping of the page is the one that its commands use.
#[test]
fn the_mapping_of_tables_in_place_is_that_of_the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/tables-in-place.md")).unwrap();
    let example =
        std::fs::read_to_string(root.join("examples/tables-in-place/posts.toml")).unwrap();
    let shown = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let mapping = |text: &str| text.parse::<toml::Table>().unwrap();
    assert_eq!(mapping(shown), mapping(&example));
}

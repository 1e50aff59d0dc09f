//! The commands of *Tables in place*, on the warehouse of the example.

use std::{
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    examples,
    run::{Place, ZWECK, root},
};

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_command_of_tables_in_place_does_what_it_says() {
    let mut python = Command::new("python3");
    let asked = python.args(["-c", "import pyarrow"]).stderr(Stdio::null()).status();
    if !asked.is_ok_and(|status| status.success()) {
        eprintln!("skipped: python3 with pyarrow is not installed");
        return;
    }
    let root = root();
    let folder = tempfile::tempdir().unwrap();
    symlink(root.join("examples"), folder.path().join("examples")).unwrap();
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

/// What the reader of Delta logs logs itself is for its makers.
#[test]
fn a_damaged_log_is_an_error_of_two_lines() {
    let place = Place::with_environment(&[("RUST_BACKTRACE", "1")]);
    let mapping = "name = \"posts\"\nsource = \"shop\"\n[items]\npath = \"posts\"\nauthor = \"a\"\n\
                   item = \"b\"\nkind = { always = \"post\" }\ntext = \"c\"\n";
    place.write("posts.toml", mapping);
    let log = place.path().join("posts/_delta_log");
    std::fs::create_dir_all(&log).unwrap();
    let commit = log.join("00000000000000000000.json");
    std::fs::write(&commit, "broken").unwrap();
    let check = |expected: String| {
        let ran = place.run("attach check posts.toml");
        assert_eq!((ran.code, ran.stderr), (1, expected));
    };
    let (line, commit) = ("error: posts.toml:4: [items]: `", commit.canonicalize().unwrap());
    check(format!(
        "{line}{}` is damaged: line 1 is no JSON object\nhint: put the file back as it was written\n",
        commit.display()
    ));
    std::fs::remove_file(&commit).unwrap();
    let ran = place.run("attach check posts.toml");
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert!(
        lines.len() == 2 && lines[0].contains("` is a Delta table whose log cannot be read: "),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("hint: see `_delta_log`"), "{lines:?}");
}

/// The mapping of the page is the one that its commands use.
#[test]
fn the_mapping_of_tables_in_place_is_that_of_the_example() {
    let root = root();
    let page = std::fs::read_to_string(root.join("docs/tables-in-place.md")).unwrap();
    let example =
        std::fs::read_to_string(root.join("examples/tables-in-place/posts.toml")).unwrap();
    let shown = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let mapping = |text: &str| text.parse::<toml::Table>().unwrap();
    assert_eq!(mapping(shown), mapping(&example));
}

//! Every command of the README is run, in order, in one folder.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::{
    examples,
    run::{ZWECK, root},
};

/// Commands that build or test the project itself: they are how this test came to run.
const OF_CARGO: [&str; 2] = ["cargo test", "cargo build"];

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let readme = root().join("README.md");
    let text = std::fs::read_to_string(&readme).expect("there is a README.md");
    let mut commands = examples::of(&text);
    let is_of_cargo = |command: &str| OF_CARGO.iter().any(|start| command.starts_with(start));
    commands.retain(|example| !is_of_cargo(&example.command));
    let folder = tempfile::tempdir().unwrap();
    examples::check("README.md", commands, |command| run(command, folder.path()));
}

fn run(command: &str, folder: &Path) -> Output {
    let command = command.replace("cargo run --quiet --", "zweck").replace("cargo run --", "zweck");
    let beside = PathBuf::from(ZWECK).parent().unwrap().to_owned();
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", beside.display()))
        .env_remove("ZWECK_STATE")
        .output()
        .unwrap()
}

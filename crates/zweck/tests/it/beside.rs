//! The commands of *Beside your platform in a day*, on a PostgreSQL server of the test's own.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use testkit::PostgresServer;

use crate::{
    examples::{self, Example},
    run::{ZWECK, root},
};

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_command_of_beside_your_platform_does_what_it_says() {
    let root = root();
    let Some(programs) = programs() else {
        eprintln!("skipped: PostgreSQL with test_decoding, psql and python3 are not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let settings = ["wal_level=logical"];
    let server = PostgresServer::start(programs, &folder.path().join("server"), &settings).unwrap();
    let text = std::fs::read_to_string(root.join("docs/beside-your-platform.md")).unwrap();
    let place = folder.path().join("place");
    std::fs::create_dir(&place).unwrap();
    symlink(root.canonicalize().unwrap().join("examples"), place.join("examples")).unwrap();
    let mut commands = examples::of(&text);
    // A change after each restart of the connector, and again nothing: once is once.
    let again = "python3 examples/postgresql/connector.py follow --once -- \
                 zweck import --follow --source platform";
    commands.push(Example::ok(again, "..."));
    commands.push(Example::ok("zweck lake show", "...\n  items         5 [..]\n..."));
    examples::check("docs/beside-your-platform.md", commands, |command| {
        let beside = Path::new(ZWECK).parent().unwrap().display();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(&place).env_remove("ZWECK_STATE");
        shell.env("PATH", format!("{beside}:{}:{path}", server.programs().display()));
        shell.envs([("PGHOST", &*server.folder().to_string_lossy()), ("PGUSER", "postgres")]);
        shell.env("PGDATABASE", "postgres").output().unwrap()
    });
}

/// The folder of the server's programs, if all that is needed is there.
fn programs() -> Option<PathBuf> {
    let has = |program: &str| {
        let asked = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    let programs = PostgresServer::installed()?;
    let decodes = programs.parent()?.join("lib/test_decoding.so").exists();
    (decodes && has("psql") && has("python3")).then_some(programs)
}

//! The commands of *Beside your platform in a day*, on a PostgreSQL server of the test's own.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    examples::{self, Example},
    run::ZWECK,
};

/// A server in a folder, reached by a socket in it.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_command_of_beside_your_platform_does_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Some(programs) = programs() else {
        eprintln!("skipped: PostgreSQL with test_decoding, psql and python3 are not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(programs, &folder.path().join("server"));
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
        shell.env("PATH", format!("{beside}:{}:{path}", server.programs.display()));
        shell.envs([("PGHOST", &*server.folder.to_string_lossy()), ("PGUSER", "postgres")]);
        shell.env("PGDATABASE", "postgres").output().unwrap()
    });
}

/// The folder of the server's programs, if all that is needed is there.
fn programs() -> Option<PathBuf> {
    let has = |program: &str| {
        let asked = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    let versions = Path::new("/usr/lib/postgresql").read_dir().ok()?;
    let mut folders: Vec<_> = versions.map_while(Result::ok).map(|one| one.path()).collect();
    folders.sort();
    let folder = folders.into_iter().rev().find(|folder| {
        folder.join("bin/initdb").exists() && folder.join("lib/test_decoding.so").exists()
    });
    folder.filter(|_| has("psql") && has("python3")).map(|folder| folder.join("bin"))
}

impl Server {
    fn start(programs: PathBuf, folder: &Path) -> Self {
        std::fs::create_dir(folder).unwrap();
        let server = Self { programs, folder: folder.to_owned() };
        if is_root() {
            // The server refuses to run as root; its folder has to be reached by who runs it.
            let open = |path: &Path, mode| {
                let modes = std::os::unix::fs::PermissionsExt::from_mode(mode);
                std::fs::set_permissions(path, modes).unwrap();
            };
            open(folder.parent().unwrap(), 0o755);
            open(folder, 0o777);
        }
        server.run("initdb", &["--auth=trust", "--username=postgres", "--no-sync"]);
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c wal_level=logical",
            folder.display()
        );
        let log = folder.join("log");
        server.run("pg_ctl", &["--wait", "-o", &options, "-l", &log.to_string_lossy(), "start"]);
        server
    }

    fn run(&self, program: &str, args: &[&str]) {
        let program = self.programs.join(program);
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
                command.arg(program);
                command
            }
            false => Command::new(program),
        };
        command.arg("-D").arg(self.folder.join("data")).args(args).current_dir("/");
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "{command:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["--mode=immediate", "--wait", "stop"]);
    }
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// The binary that is tested.
pub(crate) const ZWECK: &str = env!("CARGO_BIN_EXE_zweck");
/// When everything in these tests happens.
pub(crate) const NOW: &str = "2026-11-01T00:00:00Z";

/// The project's folder. Cargo runs tests in the folder of their package; a path that was compiled
/// in could be that of another checkout with the same build folder.
pub(crate) fn root() -> PathBuf {
    Path::new("../..").canonicalize().unwrap()
}

/// A folder in which commands are run, with a clock that stands still.
pub(crate) struct Place {
    folder: TempDir,
    /// What every command has in its environment.
    environment: Vec<(String, String)>,
}

/// What a command did.
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::with_environment(&[])
    }

    pub(crate) fn with_environment(environment: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment = environment.iter().map(owned).collect();
        Self { folder: tempfile::tempdir().unwrap(), environment }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A command at the fixed instant.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        self.command_at(NOW, args)
    }

    /// A command by a clock that stands elsewhere.
    pub(crate) fn command_at<S: AsRef<OsStr>>(
        &self,
        instant: &str,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(ZWECK);
        command.current_dir(self.path()).env_remove("ZWECK_STATE").env_remove("RUST_LOG");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.args(["--at", instant]).args(args);
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        Ran::of(self.command(line.split_whitespace()).output().unwrap())
    }

    /// A command that has to succeed.
    pub(crate) fn ok(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "zweck {line}\n{}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// The JSON of a command that has to succeed.
    pub(crate) fn json(&self, line: &str) -> Value {
        let text = self.ok(&format!("--json {line}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}\n{text}"))
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

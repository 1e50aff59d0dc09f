use std::{
    io::{BufRead, BufReader, Error, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, PoisonError},
};

/// Which Python has `moto[server]`; without it, the one on the path is tried.
const PYTHON: &str = "ZWECK_S3_PYTHON";

const SCRIPT: &str = include_str!("s3_server.py");

/// A server that speaks S3 on loopback. It ends with the process that started it, however that
/// ends.
#[derive(Debug)]
pub struct S3Server {
    endpoint: String,
    pipe: Mutex<Pipe>,
}

#[derive(Debug)]
struct Pipe {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl S3Server {
    /// Starts the server, at a port that is free; `None` if no Python with `moto[server]` is
    /// installed.
    pub fn start() -> Option<Self> {
        let python = std::env::var_os(PYTHON).unwrap_or_else(|| "python3".into());
        let mut child = Command::new(python)
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let commands = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take()?);
        let mut port = String::new();
        answers.read_line(&mut port).ok()?;
        let port: u16 = port.trim().parse().ok()?;
        let pipe = Mutex::new(Pipe { child, commands, answers });
        Some(Self { endpoint: format!("http://127.0.0.1:{port}"), pipe })
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What a client has to know, by the names of the environment.
    pub fn environment(&self) -> [(&'static str, &str); 5] {
        [
            ("AWS_ENDPOINT", &self.endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]
    }

    /// Makes a bucket.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn make_bucket(&self, name: &str) -> std::io::Result<()> {
        self.ask(&format!("bucket {name}")).map(drop)
    }

    /// Makes a bucket keep the old versions of its objects.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn keep_versions(&self, name: &str) -> std::io::Result<()> {
        self.ask(&format!("versions {name}")).map(drop)
    }

    /// How many requests it has had.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn requests(&self) -> std::io::Result<u64> {
        self.ask("requests")?.trim().parse().map_err(Error::other)
    }

    fn ask(&self, command: &str) -> std::io::Result<String> {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        let Pipe { commands, answers, .. } = &mut *pipe;
        let commands = commands.as_mut().ok_or_else(|| Error::other("the server is ending"))?;
        writeln!(commands, "{command}")?;
        let mut answer = String::new();
        match answers.read_line(&mut answer)? {
            0 => Err(Error::other("the server is gone")),
            _ => Ok(answer),
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // the end of its input is what the server waits for
        drop(self.commands.take());
        let _ = self.child.wait();
    }
}

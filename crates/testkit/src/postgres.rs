use std::{
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where Debian puts the servers, by version.
const INSTALLED: &str = "/usr/lib/postgresql";

/// The one who may do everything, without a password.
const SUPERUSER: &str = "postgres";

/// One who needs a password, see [`PostgresServer::add_guarded`].
const GUARDED: &str = "guarded";

/// A PostgreSQL server of a test's own, in a folder, reached by a socket in it and no other way.
/// It stops when it is dropped.
#[derive(Debug)]
pub struct PostgresServer {
    programs: PathBuf,
    folder: PathBuf,
}

impl PostgresServer {
    /// The newest server that is installed on this machine, by the folder of its programs.
    pub fn installed() -> Option<PathBuf> {
        let versions = Path::new(INSTALLED).read_dir().ok()?;
        let mut folders: Vec<_> = versions.map_while(Result::ok).map(|one| one.path()).collect();
        folders.sort();
        let folders = folders.into_iter().rev().map(|folder| folder.join("bin"));
        folders.into_iter().find(|folder| folder.join("initdb").exists())
    }

    /// Makes and starts a server in a folder that is not there yet, with settings as in
    /// `wal_level=logical`.
    ///
    /// # Errors
    /// If a program of the server fails.
    pub fn start(programs: PathBuf, folder: &Path, settings: &[&str]) -> io::Result<Self> {
        fs::create_dir(folder)?;
        let server = Self { programs, folder: folder.to_owned() };
        if is_root() {
            // The server refuses to run as root; its folder has to be reached by who runs it.
            let above = folder.parent().unwrap_or(folder);
            fs::set_permissions(above, fs::Permissions::from_mode(0o755))?;
            fs::set_permissions(folder, fs::Permissions::from_mode(0o777))?;
        }
        let superuser = format!("--username={SUPERUSER}");
        server.run("initdb", &["--auth=trust", &superuser, "--no-sync", "--encoding=UTF8"])?;
        server.guard()?;
        let sockets = folder.display();
        let mut options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{sockets}' -c max_connections=300"
        );
        for setting in settings {
            options.push_str(&format!(" -c {setting}"));
        }
        let log = folder.join("log");
        let log = log.to_string_lossy();
        server.run("pg_ctl", &["--wait", "-o", &options, "-l", &log, "start"])?;
        Ok(server)
    }

    /// The folder of the server's programs.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// The folder of the socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{SUPERUSER}@localhost/{database}?host={}", self.folder.display())
    }

    /// The address of a database for the user that [`Self::add_guarded`] makes.
    pub fn guarded_url(&self, database: &str) -> String {
        format!("postgres://{GUARDED}@localhost/{database}?host={}", self.folder.display())
    }

    /// Makes an empty database, and returns its address.
    ///
    /// # Errors
    /// If the server refuses.
    pub fn make_database(&self, name: &str) -> io::Result<String> {
        self.ask("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(name))
    }

    /// Makes a user who needs a password.
    ///
    /// # Errors
    /// If the server refuses.
    pub fn add_guarded(&self, password: &str) -> io::Result<()> {
        self.ask("postgres", &format!("CREATE ROLE {GUARDED} LOGIN PASSWORD '{password}'"))?;
        Ok(())
    }

    /// Runs a statement in a database, and returns what it answers, a line for each row.
    ///
    /// # Errors
    /// If the server refuses.
    pub fn ask(&self, database: &str, statement: &str) -> io::Result<String> {
        let mut command = Command::new(self.programs.join("psql"));
        command.arg("-h").arg(&self.folder).args(["-U", SUPERUSER, "-d", database]);
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement]);
        let output = command.stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(io::Error::other(said));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }

    /// Lets one user in by password alone; the first line that fits counts.
    fn guard(&self) -> io::Result<()> {
        let path = self.folder.join("data/pg_hba.conf");
        let rules = fs::read_to_string(&path)?;
        let mut file = fs::OpenOptions::new().write(true).truncate(true).open(&path)?;
        file.write_all(format!("local all {GUARDED} scram-sha-256\n{rules}").as_bytes())
    }

    fn run(&self, program: &str, args: &[&str]) -> io::Result<()> {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg("-D").arg(self.folder.join("data")).args(args).current_dir("/");
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("{command:?} failed")))
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // Its folder goes in any case; a server that stays would be seen by whoever runs tests.
        let _ = self.run("pg_ctl", &["--mode=immediate", "--wait", "stop"]);
    }
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

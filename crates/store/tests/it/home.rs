//! Where the facts of a test lie: in a file, or in a database of the server that the environment
//! names. Every test of this crate runs on both.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use store::{ServerPlace, Store, StorePlace};
use tempfile::TempDir;
use testkit::PostgresServer;

/// The folder of the socket of a server; without it the tests run on files.
const SERVER: &str = "ZWECK_TEST_SERVER";

/// What the databases of the tests are called before their own name.
const PREFIX: &str = "zweck_";

/// A folder of one test, with as many stores as it wants.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where a store lies; a database is made if there is none.
    pub(crate) async fn place(&self, name: &str) -> StorePlace {
        let Some(sockets) = on_server() else { return self.file(name).into() };
        let database = self.database(name);
        let server = connect(&sockets, "postgres").await;
        let asked = format!("SELECT 1 FROM pg_database WHERE datname = '{database}'");
        let asked = Statement::from_string(server.get_database_backend(), asked);
        if server.query_one_raw(asked).await.unwrap().is_none() {
            server.execute_unprepared(&format!("CREATE DATABASE \"{database}\"")).await.unwrap();
        }
        server.close().await.unwrap();
        ServerPlace::new(&url(&sockets, &database), None).unwrap().into()
    }

    /// The database of a store, past the store.
    pub(crate) async fn raw(&self, name: &str) -> DatabaseConnection {
        match on_server() {
            Some(sockets) => connect(&sockets, &self.database(name)).await,
            None => {
                let url = format!("sqlite:{}", self.file(name).display());
                Database::connect(url).await.unwrap()
            }
        }
    }

    /// A store as a backup has it.
    pub(crate) async fn back_up(&self, from: &str, to: &str) {
        let copy = self.path(&format!("{to}.copy"));
        Store::copy(self.place(from).await, &copy).await.unwrap();
        Store::transfer(copy, self.place(to).await).await.unwrap();
    }

    /// Puts one store in the place of another, which nobody has open.
    pub(crate) async fn put(&self, from: &str, to: &str) {
        let Some(sockets) = on_server() else {
            for ending in ["-wal", "-shm"] {
                let _ = std::fs::remove_file(self.path(&format!("{to}.sqlite{ending}")));
            }
            return std::fs::rename(self.file(from), self.file(to)).unwrap();
        };
        let (from, to) = (self.database(from), self.database(to));
        let server = connect(&sockets, "postgres").await;
        let drop = format!("DROP DATABASE \"{to}\" WITH (FORCE)");
        server.execute_unprepared(&drop).await.unwrap();
        let rename = format!("ALTER DATABASE \"{from}\" RENAME TO \"{to}\"");
        server.execute_unprepared(&rename).await.unwrap();
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path(&format!("{name}.sqlite"))
    }

    pub(crate) fn database(&self, name: &str) -> String {
        let folder = self.folder.path().file_name().unwrap().to_string_lossy();
        format!("{PREFIX}{}_{name}", folder.trim_start_matches('.'))
    }
}

/// The folder of the server's socket, in the run on the server.
pub(crate) fn on_server() -> Option<PathBuf> {
    std::env::var_os(SERVER).map(PathBuf::from)
}

pub(crate) fn url(sockets: &Path, database: &str) -> String {
    format!("postgres://postgres@localhost/{database}?host={}", sockets.display())
}

async fn connect(sockets: &Path, database: &str) -> DatabaseConnection {
    Database::connect(url(sockets, database)).await.unwrap()
}

/// Runs this binary once more, on a server.
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_test_here_passes_on_postgresql_as_well() {
    if on_server().is_some() {
        return;
    }
    let Some(programs) = PostgresServer::installed() else {
        eprintln!("skipped: PostgreSQL is not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let server = PostgresServer::start(programs, &folder.path().join("server"), &[]).unwrap();
    let again =
        Command::new(std::env::current_exe().unwrap()).env(SERVER, server.folder()).output();
    let again = again.unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success(), "{said}{}", String::from_utf8_lossy(&again.stderr));
    let asked = format!("SELECT count(*) FROM pg_database WHERE datname LIKE '{PREFIX}%'");
    let databases: u32 = server.ask("postgres", &asked).unwrap().parse().unwrap();
    assert!(databases > 50, "only {databases} of the tests were on the server: {said}");
}

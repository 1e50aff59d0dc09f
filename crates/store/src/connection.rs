mod server;
mod transfer;

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

use sea_orm::{
    ActiveValue::Set, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, EntityTrait, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use crate::{
    Result, StoreError, StorePlace,
    entities::fact_counter,
    error::Doing,
    in_thread::InThread,
    migration::{Migrator, Standing},
};
use sea_orm_migration::MigratorTrait;

pub(crate) use transfer::between;

/// How long a writer waits for another process to commit.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Readers and the one writer. Asked one after the other they take turns, so each of them keeps
/// statements and pages of its own; more of them than read at once only keep the same again.
const CONNECTIONS: u32 = 4;

/// Statements that a connection keeps prepared. Some carry hundreds of values, and nearly any number
/// of them, so many more would be kept than are asked again.
const STATEMENTS_KEPT: usize = 24;

/// What of the file each of them keeps in memory, in KiB behind the minus. What a large store makes
/// them read again comes from the memory of the system.
const PAGES_KEPT: &str = "-1536";

/// How many pages of 4 KiB the log takes before they are brought into the file. Members' keys are
/// spread over the whole of it, so that each transaction changes other pages, and many of them again
/// soon after.
const PAGES_IN_LOG: &str = "8192";

/// What helps where nothing else is known to.
const BROUGHT_BACK: &str =
    "if it is damaged, `zweck restore` brings a backup back, and the journal everything since";

/// Opens the database, and makes its tables if it is empty.
///
/// This file and those below it are the only places that know which database it is; what only
/// SQLite understands stands here.
pub(crate) async fn open(place: &StorePlace) -> Result<DatabaseConnection> {
    if let StorePlace::File(path) = place {
        make_private(path)?;
    }
    let db = connect(place).await?;
    match prepare(&db, false).await.map_err(opening(place))? {
        Standing::Empty | Standing::Current => Ok(db),
        Standing::Newer(step) => Err(StoreError::IsNewer { place: place.clone(), step }),
        Standing::Older(steps) => Err(older(place, steps)),
    }
}

/// One connection more to a file that is open, for transactions that the journal has, flushed,
/// before they commit. So the commit itself does not wait for the disk: what a power cut takes from
/// the file is recorded again from the journal.
///
/// A server has none: it is not in this thread, and its commits wait for its own disk.
pub(crate) fn open_beside_journal(place: &StorePlace) -> Result<Option<InThread>> {
    let StorePlace::File(path) = place else { return Ok(None) };
    let pragmas = format!(
        "PRAGMA busy_timeout = {};
        PRAGMA synchronous = NORMAL;
        PRAGMA foreign_keys = ON;
        PRAGMA secure_delete = ON;
        PRAGMA wal_autocheckpoint = 0;",
        BUSY_TIMEOUT.as_millis()
    );
    InThread::open(path, &pragmas).map(Some).map_err(opening(place))
}

/// Brings an older database to this version, in one transaction, and returns the steps taken.
pub(crate) async fn upgrade(place: &StorePlace) -> Result<Vec<String>> {
    let db = connect(place).await?;
    let found = prepare(&db, true).await.map_err(opening(place))?;
    db.close().await.doing("closing the store")?;
    match found {
        Standing::Empty | Standing::Current => Ok(Vec::new()),
        Standing::Older(steps) => Ok(steps),
        Standing::Newer(step) => Err(StoreError::IsNewer { place: place.clone(), step }),
    }
}

/// Writes a copy of the facts as they stand into a new file, while others read and write them.
/// What was removed is not in the copy.
pub(crate) async fn copy(from: &StorePlace, to: &Path) -> Result<()> {
    make_private(to)?;
    match from {
        StorePlace::File(_) => copy_file(from, to).await?,
        StorePlace::Server(_) => transfer::between(from, &StorePlace::from(to)).await?,
    }
    let flushed = std::fs::File::open(to).and_then(|file| file.sync_all());
    flushed.map_err(|source| StoreError::File { doing: "flushing", path: to.to_owned(), source })
}

async fn copy_file(from: &StorePlace, to: &Path) -> Result<()> {
    let db = connect(from).await?;
    let path = to.to_string_lossy().replace('\'', "''");
    db.execute_unprepared(&format!("VACUUM INTO '{path}'")).await.doing("copying the store")?;
    db.close().await.doing("closing the store")
}

async fn connect(place: &StorePlace) -> Result<DatabaseConnection> {
    match place {
        StorePlace::File(path) => Database::connect(options(path)).await.map_err(opening(place)),
        StorePlace::Server(server) => server::connect(server).await,
    }
}

fn opening(place: &StorePlace) -> impl FnOnce(DbErr) -> StoreError {
    let place = place.clone();
    move |source| match place {
        StorePlace::Server(_) => server::failed(place, source),
        StorePlace::File(ref path) => {
            let hint = hint(path);
            StoreError::Open { place, hint, source }
        }
    }
}

/// What usually helps where a file cannot be opened. Reading takes writing beside it, too.
fn hint(path: &Path) -> &'static str {
    let folder = path.parent().unwrap_or(path);
    let written = tempfile::tempfile_in(folder).and_then(|mut file| file.write_all(&[0; 1 << 16]));
    match written.err().map(|error| error.kind()) {
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            "no space is left there: nothing is lost, and it goes on once there is"
        }
        Some(io::ErrorKind::ReadOnlyFilesystem) => {
            "its file system is mounted read-only; reading takes writing beside it, too"
        }
        Some(_) => "only its owner can, and has to be able to write into its folder",
        None => BROUGHT_BACK,
    }
}

fn older(place: &StorePlace, steps: Vec<String>) -> StoreError {
    let step = steps.into_iter().next().unwrap_or_default();
    StoreError::IsOlder { place: place.clone(), step }
}

/// Makes a new file one that nobody else can read; what the database puts beside it follows.
fn make_private(path: &Path) -> Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::File { doing: "making", path: path.to_owned(), source }),
    }
}

/// A transaction that holds the write lock from its first moment, so that two writers wait for
/// each other instead of failing half-way.
pub(crate) async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let tx = immediate(db).await.doing("beginning a transaction")?;
    if is_server(db) {
        server::lock_counter(&tx).await.doing("waiting for other writers")?;
    }
    Ok(tx)
}

/// Rewrites what an erasure has touched, so that no free page keeps what was removed.
pub(crate) async fn scrub(db: &DatabaseConnection) -> Result<()> {
    if is_server(db) { server::scrub(db).await } else { scrub_file(db).await }
}

/// Rewrites the file and empties its log.
async fn scrub_file(db: &DatabaseConnection) -> Result<()> {
    db.execute_unprepared("VACUUM").await.doing("rewriting the store")?;
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let statement = Statement::from_string(db.get_database_backend(), checkpoint);
    let row = db.query_one_raw(statement).await.doing("emptying the log")?;
    let busy = row.map(|row| row.try_get_by_index::<i32>(0)).transpose();
    match busy.doing("emptying the log")? {
        Some(0) => Ok(()),
        _ => Err(StoreError::ScrubBlocked),
    }
}

fn options(path: &Path) -> ConnectOptions {
    let file = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options.max_connections(CONNECTIONS).sqlx_logging(false).record_stmt_in_spans(false);
    // A file is there or it is not; asking first takes as long as a statement.
    options.test_before_acquire(false);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .filename(&file)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENTS_KEPT)
            .pragma("cache_size", PAGES_KEPT)
            .pragma("journal_mode", "WAL")
            .pragma("wal_autocheckpoint", PAGES_IN_LOG)
            // An acknowledged choice survives a power cut.
            .pragma("synchronous", "FULL")
            // What is removed is overwritten, not only unlinked.
            .pragma("secure_delete", "ON")
    });
    options
}

/// Makes the tables of an empty file and, if asked to, those that an older one lacks; says how it
/// was found.
async fn prepare(db: &DatabaseConnection, may_upgrade: bool) -> Result<Standing, DbErr> {
    let tx = immediate(db).await?;
    if is_server(db) {
        server::lock_steps(&tx).await?;
    }
    let found = Migrator::standing(&tx).await?;
    let proceeds = match found {
        Standing::Empty => true,
        Standing::Older(_) => may_upgrade,
        Standing::Current | Standing::Newer(_) => false,
    };
    if !proceeds {
        tx.rollback().await?;
        return Ok(found);
    }
    match &found {
        // A file is copied, and the upgrade tried on the copy, by whoever asks for it.
        Standing::Older(_) if is_server(db) => {
            server::keep_copy(&tx).await?;
            Migrator::up(&tx, None).await?;
            transfer::read_all(&tx).await?;
        }
        _ => Migrator::up(&tx, None).await?,
    }
    if fact_counter::Entity::find().one(&tx).await?.is_none() {
        let first =
            fact_counter::ActiveModel { id: Set(1), last_sequence: Set(0), ..Default::default() };
        fact_counter::Entity::insert(first).exec_without_returning(&tx).await?;
    }
    tx.commit().await?;
    Ok(found)
}

fn is_server(db: &DatabaseConnection) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}

async fn immediate(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let mode = Some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
    db.begin_with_options(options).await
}

#[cfg(test)]
mod tests {
    use sea_orm::sqlx::Connection;

    use super::*;

    #[tokio::test]
    async fn beside_the_journal_commits_do_not_wait_and_the_rest_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let place = StorePlace::from(folder.path().join("store.sqlite"));
        open(&place).await.unwrap();
        let settings = open_beside_journal(&place).unwrap().unwrap().write(|tx| {
            let names = ["synchronous", "foreign_keys", "secure_delete", "wal_autocheckpoint"];
            let setting = |name: &str| -> i64 {
                tx.pragma_query_value(None, name, |row| row.get(0)).unwrap()
            };
            Ok(names.map(setting))
        });
        // 1 is NORMAL.
        assert_eq!(settings.unwrap(), [1, 1, 1, 0]);
    }

    #[tokio::test]
    async fn few_of_many_statements_are_kept_prepared() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&StorePlace::from(folder.path().join("store.sqlite"))).await.unwrap();
        for values in 1..=3 * STATEMENTS_KEPT {
            let list = vec!["1"; values].join(", ");
            let sql = format!("SELECT 1 WHERE 1 IN ({list})");
            db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        }
        let connection = db.get_sqlite_connection_pool().acquire().await.unwrap();
        // Counted by the connection's own thread, a moment after it has answered.
        let kept = connection.cached_statements_size();
        assert!((1..=STATEMENTS_KEPT).contains(&kept), "{kept} statements");
    }

    #[tokio::test]
    async fn every_connection_is_durable_keeps_foreign_keys_and_overwrites_what_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&StorePlace::from(folder.path().join("store.sqlite"))).await.unwrap();
        let setting = async |name: &str| {
            let statement =
                Statement::from_string(db.get_database_backend(), format!("PRAGMA {name}"));
            db.query_one_raw(statement).await.unwrap().unwrap()
        };
        let mode: String = setting("journal_mode").await.try_get_by_index(0).unwrap();
        assert_eq!(mode, "wal");
        // 2 is FULL.
        for (name, value) in [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)] {
            let found: i32 = setting(name).await.try_get_by_index(0).unwrap();
            assert_eq!(found, value, "{name}");
        }
    }
}

//! What only PostgreSQL understands, or what it has to be asked beside SQLite.

use std::{io, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr,
    EntityTrait, QuerySelect, RuntimeErr, Statement,
    sqlx::{self, Connection, PgConnection, postgres::PgConnectOptions},
};

use super::{CONNECTIONS, STATEMENTS_KEPT};
use crate::{Result, ServerPlace, StoreError, StorePlace, entities::fact_counter, error::Doing};

/// How long the server has to let somebody in.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a writer waits for another one to commit.
const LOCK_TIMEOUT: &str = "30s";

/// Settings of the server without which an acknowledged choice may be lost.
const DURABLE: [&str; 2] = ["fsync", "synchronous_commit"];

/// Names the lock under which tables are made and changed; one of this system's own.
const STEPS_LOCK: i64 = i64::from_be_bytes(*b"\0\0\0zweck");

/// The one table from which an erasure takes a row. Everywhere else rows are added, or say more
/// than they said before, so that a dead one tells nothing that a living one does not.
const ERASED_FROM: &str = "archives";

/// Where an upgrade puts the tables as they were.
const COPY: &str = "before_upgrade";

pub(super) async fn connect(server: &ServerPlace) -> Result<DatabaseConnection> {
    let place = StorePlace::from(server.clone());
    let settings = settings(server.options());
    check(&place, &settings).await?;
    // The address is that of the settings; this one is never asked.
    let mut options = ConnectOptions::new("postgres://");
    options.max_connections(CONNECTIONS).sqlx_logging(false).record_stmt_in_spans(false);
    // Until then a server that is lost is tried again.
    options.acquire_timeout(PATIENCE);
    options.map_sqlx_postgres_opts(move |_| settings.clone());
    Database::connect(options).await.map_err(|source| failed(place, source))
}

/// Takes the counter's row, as every writer does first: from here on nobody else writes.
pub(super) async fn lock_counter(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    fact_counter::Entity::find().lock_exclusive().one(tx).await.map(drop)
}

/// Waits for whoever makes or changes tables.
pub(super) async fn lock_steps(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({STEPS_LOCK})")).await.map(drop)
}

/// Copies every table as it is into a schema of its own, to go back to.
pub(super) async fn keep_copy(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    tx.execute_unprepared(&format!("CREATE SCHEMA {COPY}")).await?;
    let asked = "SELECT tablename FROM pg_tables \
                 WHERE schemaname = current_schema() AND tableowner = current_user";
    let statement = Statement::from_string(tx.get_database_backend(), asked);
    for row in tx.query_all_raw(statement).await? {
        let table: String = row.try_get_by_index(0)?;
        let copy = format!("CREATE TABLE {COPY}.\"{table}\" AS TABLE \"{table}\"");
        tx.execute_unprepared(&copy).await?;
    }
    Ok(())
}

/// Rewrites the table that an erasure takes from, so that no dead row stays in its file.
pub(super) async fn scrub(db: &DatabaseConnection) -> Result<()> {
    match db.execute_unprepared(&format!("VACUUM (FULL) {ERASED_FROM}")).await {
        Err(error) if code_of(&error).as_deref() == Some("55P03") => Err(StoreError::ScrubBlocked),
        vacuumed => vacuumed.doing("rewriting the store").map(drop),
    }
}

/// Says with a hint why the server cannot be used, where a hint is known.
pub(super) fn failed(place: StorePlace, source: DbErr) -> StoreError {
    match hint(&source) {
        Some(hint) => StoreError::Connect { place, hint, source },
        None => StoreError::Open { place, hint: super::BROUGHT_BACK, source },
    }
}

/// What every session is told, whatever the server, the database or the user are set to.
fn settings(options: &PgConnectOptions) -> PgConnectOptions {
    let options = options.clone().statement_cache_capacity(STATEMENTS_KEPT).options([
        // An acknowledged choice survives a power cut.
        ("synchronous_commit", "on"),
        // Who has waited for the counter sees what the one before has written.
        ("default_transaction_isolation", "read committed"),
        ("lock_timeout", LOCK_TIMEOUT),
        // A writer whose host or process has stopped does not keep others out for ever.
        ("idle_in_transaction_session_timeout", "5min"),
        ("tcp_keepalives_idle", "60"),
        ("tcp_keepalives_interval", "15"),
        ("tcp_keepalives_count", "4"),
        ("client_min_messages", "warning"),
    ]);
    sqlx::ConnectOptions::disable_statement_logging(options.application_name("zweck"))
}

/// Looks whether the server is there, lets us in and keeps what it acknowledges. A pool would try
/// for long, and not tell what failed.
async fn check(place: &StorePlace, options: &PgConnectOptions) -> Result<()> {
    let refused = |error| failed(place.clone(), DbErr::Conn(RuntimeErr::SqlxError(error)));
    let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(options));
    let connected = connecting.await.unwrap_or_else(|_| {
        let silent = io::Error::new(io::ErrorKind::TimedOut, "the server does not answer");
        Err(sqlx::Error::Io(silent))
    });
    let mut connection = connected.map_err(|error| refused(error.into()))?;
    for setting in DURABLE {
        let asked = sqlx::query_scalar("SELECT current_setting($1)").bind(setting);
        let value: String =
            asked.fetch_one(&mut connection).await.map_err(|error| refused(error.into()))?;
        if value != "on" {
            return Err(StoreError::NotDurable { place: place.clone(), setting, value });
        }
    }
    connection.close().await.map_err(|error| refused(error.into()))
}

fn hint(error: &DbErr) -> Option<&'static str> {
    match sqlx_error(error)? {
        // a certificate that does not convince is invalid data
        sqlx::Error::Io(error) if error.kind() != io::ErrorKind::InvalidData => {
            return Some("is the server running there? [store] in zweck.toml says where it is");
        }
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => {
            return Some("`?sslmode=` and `&sslrootcert=` in the address of the store");
        }
        _ => {}
    }
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    Some(match code_of(error)?.as_ref() {
        "28000" => {
            "the server lets this user in in another way; see its pg_hba.conf, and `?sslmode=` in \
             the address of the store"
        }
        "28P01" => {
            "user and password: the address of the store names the user, password_file in [store] \
             or PGPASSWORD the password"
        }
        "3D000" => "`createdb` makes the database, which has to be there and empty",
        "42501" => "the user has to own the database, or to have CREATE on its schema",
        "25006" => "this server only follows another one; name the one that is written to",
        "53300" => "the server has no connection left; see its max_connections",
        "57P03" => "the server is starting or stopping; try again",
        "42P06" => "a copy of an earlier upgrade is there: `DROP SCHEMA before_upgrade CASCADE`",
        _ => return None,
    })
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn code_of(error: &DbErr) -> Option<std::borrow::Cow<'_, str>> {
    sqlx_error(error)?.as_database_error()?.code()
}

#[cfg(test)]
mod tests {
    use testkit::PostgresServer;

    use super::*;

    async fn shown(db: &DatabaseConnection, setting: &str) -> String {
        let asked = format!("SHOW {setting}");
        let asked = Statement::from_string(db.get_database_backend(), asked);
        db.query_one_raw(asked).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    #[tokio::test]
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    async fn every_session_waits_for_the_disk_and_a_server_that_does_not_is_refused() {
        let Some(programs) = PostgresServer::installed() else {
            eprintln!("skipped: PostgreSQL is not installed");
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let hasty = ["synchronous_commit=off", "default_transaction_isolation=serializable"];
        let server = PostgresServer::start(programs, &folder.path().join("server"), &hasty);
        let server = server.unwrap();
        let place = ServerPlace::new(&server.make_database("facts").unwrap(), None).unwrap();
        let db = connect(&place).await.unwrap();
        for (setting, value) in [
            ("synchronous_commit", "on"),
            ("transaction_isolation", "read committed"),
            ("lock_timeout", LOCK_TIMEOUT),
        ] {
            assert_eq!(shown(&db, setting).await, value, "{setting}");
        }
        server.ask("postgres", "ALTER SYSTEM SET fsync = off").unwrap();
        server.ask("postgres", "SELECT pg_reload_conf()").unwrap();
        while server.ask("postgres", "SHOW fsync").unwrap() == "on" {}
        let error = connect(&place).await.unwrap_err();
        assert!(matches!(&error, StoreError::NotDurable { setting: "fsync", .. }), "{error}");
        assert!(error.to_string().contains("hint: `fsync = on`"), "{error}");
    }
}

//! The database in which the store lies, read within one transaction that changes nothing.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::{
    ConnectOptions, Connection, FromRow, PgConnection, SqliteConnection,
    postgres::{PgConnectOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteRow},
};

use crate::{AuditError, Result};

/// Where the store lies; it is opened for reading only.
#[derive(Clone, PartialEq, Eq)]
pub enum AuditedStore {
    /// A SQLite file.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    Server {
        /// Its address, `postgres://user@host/database`.
        url: String,
        /// The password, if it is neither in the address nor in the environment.
        password: Option<String>,
    },
}

/// One moment of a store.
pub(crate) enum Reader {
    File(SqliteConnection),
    Server(PgConnection),
}

/// What a row of either database can be read as.
pub(crate) trait AnyRow:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> AnyRow for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl Reader {
    /// Begins to read; everything is as it is now.
    pub(crate) async fn begin(store: &AuditedStore) -> Result<Self> {
        let begun = match store {
            AuditedStore::File(path) => Self::of_file(path).await,
            AuditedStore::Server { url, password } => {
                Self::of_server(url, password.as_deref()).await
            }
        };
        begun.map_err(failed("opening"))
    }

    /// All rows of a statement, which names the table that it reads for messages.
    pub(crate) async fn rows<T: AnyRow>(
        &mut self,
        table: &'static str,
        statement: &'static str,
    ) -> Result<Vec<T>> {
        let rows = match self {
            Self::File(connection) => sqlx::query_as(statement).fetch_all(connection).await,
            Self::Server(connection) => sqlx::query_as(statement).fetch_all(connection).await,
        };
        rows.map_err(failed(table))
    }

    /// Ends the transaction.
    pub(crate) async fn end(self) -> Result<()> {
        let ended = match self {
            Self::File(connection) => connection.close().await,
            Self::Server(connection) => connection.close().await,
        };
        ended.map_err(failed("ending"))
    }

    async fn of_file(path: &Path) -> sqlx::Result<Self> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut connection = options.connect().await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Self::File(connection))
    }

    async fn of_server(url: &str, password: Option<&str>) -> sqlx::Result<Self> {
        let options = PgConnectOptions::from_str(url)?.application_name("zweck audit");
        let options = match password {
            Some(password) => options.password(password),
            None => options,
        };
        let mut connection = options.disable_statement_logging().connect().await?;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        sqlx::query(begin).execute(&mut connection).await?;
        Ok(Self::Server(connection))
    }
}

/// Neither the address nor the password is for anybody to see.
impl fmt::Debug for AuditedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Server { .. } => f.debug_struct("Server").finish_non_exhaustive(),
        }
    }
}

fn failed(what: &'static str) -> impl Fn(sqlx::Error) -> AuditError {
    move |source| AuditError::Store { what, source }
}

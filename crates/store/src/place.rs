use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use sea_orm::sqlx::postgres::PgConnectOptions;

use crate::{Result, StoreError};

/// Where the facts lie.
#[derive(Debug, Clone)]
pub enum StorePlace {
    /// A SQLite file.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    Server(ServerPlace),
}

/// A database of a PostgreSQL server, which holds the facts of one system and nothing else of
/// Zweck.
#[derive(Clone)]
pub struct ServerPlace {
    options: Arc<PgConnectOptions>,
}

impl ServerPlace {
    /// Reads `postgres://user@host:port/database`; `?host=/folder` names the folder of a socket.
    /// A password given beside it counts before one in it; without either, the environment
    /// (`PGPASSWORD`, `PGPASSFILE`) is asked, as by every client of PostgreSQL.
    ///
    /// # Errors
    /// If it is no such address, or names no database.
    pub fn new(url: &str, password: Option<&str>) -> Result<Self> {
        let wrong = |source| StoreError::Address { source };
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(wrong("it does not begin with `postgres://`".into()));
        }
        let options = PgConnectOptions::from_str(url).map_err(|error| wrong(error.into()))?;
        if options.get_database().is_none() {
            return Err(wrong("it names no database".into()));
        }
        let options = match password {
            Some(password) => options.password(password),
            None => options,
        };
        Ok(Self { options: Arc::new(options) })
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

impl<P: AsRef<Path>> From<P> for StorePlace {
    fn from(path: P) -> Self {
        Self::File(path.as_ref().to_owned())
    }
}

impl From<ServerPlace> for StorePlace {
    fn from(server: ServerPlace) -> Self {
        Self::Server(server)
    }
}

impl fmt::Display for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(server) => server.fmt(f),
        }
    }
}

/// Host, port and database; who asks, and with what password, is nobody's business.
impl fmt::Display for ServerPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (port, database) = (self.options.get_port(), self.options.get_database());
        let database = database.unwrap_or_default();
        match self.options.get_socket() {
            Some(folder) => write!(f, "postgres://{}:{port}/{database}", folder.display()),
            None => write!(f, "postgres://{}:{port}/{database}", self.options.get_host()),
        }
    }
}

impl fmt::Debug for ServerPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerPlace({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_without_its_password() {
        for (url, shown) in [
            ("postgres://zweck:secret@db.example:5433/facts", "postgres://db.example:5433/facts"),
            ("postgresql://zweck@db.example/facts", "postgres://db.example:5432/facts"),
            ("postgres:///facts?host=/run/pg&password=secret", "postgres:///run/pg:5432/facts"),
        ] {
            let place = StorePlace::from(ServerPlace::new(url, Some("secret")).unwrap());
            assert_eq!(place.to_string(), shown);
            assert!(!format!("{place:?}").contains("secret"), "{place:?}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_database_is_refused() {
        for (url, words) in [
            ("mysql://host/facts", "it does not begin with `postgres://`"),
            ("store.sqlite", "it does not begin with `postgres://`"),
            ("postgres://host:many/facts", "invalid port"),
        ] {
            let error = ServerPlace::new(url, None).unwrap_err();
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert!(source.contains(words), "{url}: {source}");
        }
    }
}

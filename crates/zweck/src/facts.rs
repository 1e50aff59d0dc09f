//! Where the facts of a state lie: in a file of its folder, or in a database of which the folder
//! keeps the name.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use audit::AuditedStore;
use lake::Place;
use policy::Instant;
use serde::{Deserialize, Serialize};
use store::{JournalPlace, ServerPlace, Store, StorePlace};

use crate::{
    backup::write_whole,
    config::{Config, StoreSection},
    lake_place::has_lake,
};

/// The file in a state folder that says in which database its facts are.
pub(crate) const BOND: &str = "store.json";

/// Reading and writing by others than the owner.
const TOO_OPEN: u32 = 0o077;

/// Where the facts of a state lie.
pub(crate) enum Facts {
    /// In a SQLite file.
    File(PathBuf),
    /// In a database of a PostgreSQL server.
    Server(Server),
}

/// A database of a PostgreSQL server.
pub(crate) struct Server {
    url: String,
    password: Option<String>,
    place: ServerPlace,
}

/// What ties a state folder to a database: two systems in one would forget each other's facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bond {
    /// Host, port and name.
    database: String,
    /// The name of the system, which the database and the journal have as well.
    system: String,
}

impl Facts {
    /// Where the configuration says that the facts of a state lie.
    pub(crate) fn of(config: &Config, state: &Path) -> anyhow::Result<Self> {
        let StoreSection { url, password_file } = &config.store;
        let Some(url) = url else {
            ensure!(password_file.is_none(), "[store] has a password_file and no url");
            return Ok(Self::File(file(state)));
        };
        let password = password_file.as_ref().map(|file| read_password(&state.join(file)));
        let password = password.transpose()?;
        let place = ServerPlace::new(url, password.as_deref())?;
        Ok(Self::Server(Server { url: url.clone(), password, place }))
    }

    /// For those who record facts.
    pub(crate) fn place(&self) -> StorePlace {
        match self {
            Self::File(path) => StorePlace::File(path.clone()),
            Self::Server(server) => server.place.clone().into(),
        }
    }

    /// For those who look from outside.
    pub(crate) fn audited(&self) -> AuditedStore {
        match self {
            Self::File(path) => AuditedStore::File(path.clone()),
            Self::Server(Server { url, password, .. }) => {
                AuditedStore::Server { url: url.clone(), password: password.clone() }
            }
        }
    }

    /// Opens them with their journal. They are gone if there is a lake and no store, or if the
    /// configuration forgot where they are: going on would forget every objection.
    pub(crate) async fn open(
        &self,
        state: &Path,
        lake: &Place,
        journal: &JournalPlace,
        at: Instant,
    ) -> anyhow::Result<Store> {
        self.check(state)?;
        match self {
            Self::File(path) => {
                check_file(path, state, lake).await?;
                Ok(Store::open_with_journal(path, journal, at).await?)
            }
            Self::Server(server) => server.open(state, lake, journal, at).await,
        }
    }

    /// Brings the facts of a restored state, which are in a file of it, where they belong.
    pub(crate) async fn take_over(&self, state: &Path, system: &str) -> anyhow::Result<()> {
        match self {
            // An earlier try may have been told another place.
            Self::File(_) => delete(&state.join(BOND)),
            Self::Server(server) => server.take_over(state, system).await,
        }
    }

    /// Whether the state folder knows its facts to be there, before anything is opened.
    pub(crate) fn check(&self, state: &Path) -> anyhow::Result<()> {
        let (is_file, bond) = (has_content(&file(state)), Bond::read(state)?);
        match (self, bond) {
            (Self::File(_), Some(bond)) => bail!(
                "the facts of `{}` are in the database `{}`, and zweck.toml names none (hint: \
                 [store] with its url)",
                state.display(),
                bond.database
            ),
            (Self::Server(server), _) if is_file => bail!(
                "the facts of `{}` are in its store.sqlite, and zweck.toml names the database \
                 `{}` (hint: `zweck backup` without [store], then `zweck restore` with it, into \
                 another state folder)",
                state.display(),
                server.place
            ),
            (Self::Server(server), Some(bond)) => bond.check_database(state, server),
            (Self::File(_) | Self::Server(_), None) => Ok(()),
        }
    }
}

impl Server {
    async fn open(
        &self,
        state: &Path,
        lake: &Place,
        journal: &JournalPlace,
        at: Instant,
    ) -> anyhow::Result<Store> {
        let bond = Bond::read(state)?;
        let store = Store::open(self.place.clone()).await?;
        let system = store.journal_end().await?.map(|(system, _)| system);
        match (&bond, &system) {
            (None, None) => ensure!(!has_lake(state, lake).await?, self.gone(state)),
            (Some(_), None) => bail!(self.gone(state)),
            (Some(bond), Some(system)) => ensure!(bond.system == *system, self.taken(system)),
            // Whose it is, is told by its journal: a system that died before it was bound has it.
            (None, Some(_)) => {}
        }
        let store = store.with_journal(journal, at).await?;
        if bond.is_none() {
            let (system, _) = store.journal_end().await?.context("this system keeps no journal")?;
            ensure!(store.check_open().is_ok(), self.taken(&system));
            self.bind(state, &system)?;
        }
        Ok(store)
    }

    async fn take_over(&self, state: &Path, system: &str) -> anyhow::Result<()> {
        let file = file(state);
        Store::upgrade(&file).await?;
        let there = Store::open(self.place.clone()).await?.journal_end().await?;
        let restored = Store::open(&file).await?.journal_end().await?;
        // A restore that was cut off behind the transfer had bound the two before it.
        let own = Bond::read(state)?.is_some_and(|bond| bond.database == self.place.to_string());
        let is_there = own && there.is_some() && there == restored;
        if there.is_none() {
            self.bind(state, system)?;
        }
        if !is_there {
            Store::transfer(&file, self.place.clone()).await?;
        }
        for ending in ["", "-wal", "-shm"] {
            let mut name = file.clone().into_os_string();
            name.push(ending);
            delete(Path::new(&name))?;
        }
        Ok(())
    }

    fn bind(&self, state: &Path, system: &str) -> anyhow::Result<()> {
        Bond { database: self.place.to_string(), system: system.to_owned() }.write(state)
    }

    fn gone(&self, state: &Path) -> String {
        format!(
            "there are no facts in the database `{}`, and `{}` had some (hint: put them back, or \
             `zweck restore` a backup; without them every objection would be forgotten)",
            self.place,
            state.display()
        )
    }

    fn taken(&self, system: &str) -> String {
        format!(
            "the database `{}` holds the facts of another system, {system} (hint: each state \
             needs a database of its own)",
            self.place
        )
    }
}

impl Bond {
    fn read(state: &Path) -> anyhow::Result<Option<Self>> {
        let path = state.join(BOND);
        let reading = || format!("reading `{}`", path.display());
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).with_context(reading),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(reading),
        }
    }

    fn write(&self, state: &Path) -> anyhow::Result<()> {
        let path = state.join(BOND);
        let bytes = serde_json::to_vec_pretty(self).context("naming the database")?;
        write_whole(&path, &mut bytes.as_slice())
            .and_then(|_| File::open(state)?.sync_all())
            .with_context(|| format!("writing `{}`", path.display()))
    }

    fn check_database(&self, state: &Path, server: &Server) -> anyhow::Result<()> {
        let (own, asked) = (&self.database, server.place.to_string());
        ensure!(
            *own == asked,
            "the facts of `{}` are in the database `{own}`, and zweck.toml names `{asked}` (hint: \
             if they have moved there with all that they are, write it into `{}`)",
            state.display(),
            state.join(BOND).display()
        );
        Ok(())
    }
}

/// Whether a state folder has facts, or says where they are.
pub(crate) fn has_facts(state: &Path) -> bool {
    file(state).exists() || state.join(BOND).exists()
}

/// The file of the facts, where they are in one.
fn file(state: &Path) -> PathBuf {
    state.join("store.sqlite")
}

fn delete(file: &Path) -> anyhow::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("deleting `{}`", file.display()))
        }
        _ => Ok(()),
    }
}

async fn check_file(path: &Path, state: &Path, lake: &Place) -> anyhow::Result<()> {
    ensure!(
        has_content(path) || !has_lake(state, lake).await?,
        "there is a lake in `{lake}` and no facts: `{}` is missing or empty (hint: put it back; \
         without it every objection would be forgotten)",
        path.display()
    );
    Ok(())
}

fn has_content(file: &Path) -> bool {
    file.metadata().is_ok_and(|found| found.len() > 0)
}

fn read_password(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let reading = || format!("reading the password of the store from `{shown}`");
    let mode = path.metadata().with_context(reading)?.permissions().mode() & 0o777;
    ensure!(
        mode & TOO_OPEN == 0,
        "the password in `{shown}` is open to others, mode {mode:o} (hint: `chmod 600 {shown}`)"
    );
    let text = fs::read_to_string(path).with_context(reading)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

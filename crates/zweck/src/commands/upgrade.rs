use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use store::{Store, StoreError};

use crate::{
    args::Global,
    config::Config,
    exit::Exit,
    facts::Facts,
    lake_place::has_lake,
    output::{Output, Page, View},
    state::{State, has_state},
};

/// Runs `zweck upgrade`.
pub(super) async fn run(global: &Global, output: &mut Output) -> anyhow::Result<Exit> {
    if !has_state(global) {
        bail!("there is no state in `{}` (hint: --state names another)", global.state.display());
    }
    let config = Config::find(global.config.as_deref(), &global.state)?;
    let facts = Facts::of(&config, &global.state)?;
    facts.check(&global.state)?;
    let view = match Store::open(facts.place()).await {
        Ok(_) => UpgradeView { steps: Vec::new(), copy: None },
        Err(StoreError::IsOlder { .. }) => upgrade(&facts, &global.state).await?,
        Err(error) => return Err(error.into()),
    };
    if let Facts::File(file) = &facts {
        std::fs::set_permissions(file, Permissions::from_mode(0o600))
            .with_context(|| format!("making `{}` private", file.display()))?;
    }
    let state = State::open(global).await?;
    if has_lake(&global.state, &config.lake.place(&global.state)?).await? {
        // a lake of a later version is refused, and so the state is not of this one
        state.lake().await?;
    }
    output.show(&view)?;
    Ok(Exit::Success)
}

async fn upgrade(facts: &Facts, state: &Path) -> anyhow::Result<UpgradeView> {
    let copy = match facts {
        Facts::File(file) => {
            let copy = beside(state, "before-upgrade.sqlite");
            keep(file, &copy).await?;
            rehearse(&copy).await?;
            copy.display().to_string()
        }
        // The database copies, tries and reads back within the transaction that upgrades.
        Facts::Server(_) => format!("schema before_upgrade of {}", facts.place()),
    };
    let steps = Store::upgrade(facts.place()).await?;
    Ok(UpgradeView { steps, copy: Some(copy) })
}

/// A copy of the facts as they are, to go back to.
async fn keep(file: &Path, copy: &Path) -> anyhow::Result<()> {
    ensure!(
        !copy.exists(),
        "`{0}` is there from an earlier upgrade (hint: move it away if you still want it)",
        copy.display()
    );
    Ok(Store::copy(file, copy).await?)
}

/// Upgrades a copy of the copy first, and looks whether every fact is in it.
async fn rehearse(copy: &Path) -> anyhow::Result<()> {
    let trial = copy.with_extension("trial.sqlite");
    let tried = async {
        Store::copy(copy, &trial).await?;
        Store::upgrade(&trial).await?;
        let store = Store::open(&trial).await?;
        let last = store.last_sequence().await?;
        store.snapshot_at(last).await?;
        Ok::<_, StoreError>(())
    };
    let tried = tried.await;
    for ending in ["", "-wal", "-shm"] {
        let mut name = trial.clone().into_os_string();
        name.push(ending);
        // what is not there need not be deleted
        let _ = std::fs::remove_file(name);
    }
    tried.context("trying the upgrade on a copy; nothing was changed")
}

/// A file beside the state folder, named after it.
fn beside(state: &Path, what: &str) -> PathBuf {
    let mut name = state.file_name().unwrap_or_default().to_owned();
    name.push(format!("-{what}"));
    state.with_file_name(name)
}

#[derive(Serialize)]
struct UpgradeView {
    /// The steps that were taken, in order.
    steps: Vec<String>,
    /// The facts as they were before.
    copy: Option<String>,
}

impl View for UpgradeView {
    fn write(&self, page: &mut Page) {
        let Some(copy) = &self.copy else {
            return page.line("The state is that of this version; there is nothing to do.");
        };
        page.line("The state is that of this version now. Steps:");
        for step in &self.steps {
            page.line(format_args!("  {step}"));
        }
        page.paragraph(
            0,
            format_args!(
                "The facts as they were are in `{copy}`. Delete it once everything works: it has \
                 names and choices of people.",
            ),
        );
    }
}

use policy::Instant;
use serde::Serialize;

use crate::{
    args::{Global, KeysCommand},
    exit::Exit,
    keys::KeyName,
    output::{Output, Page, Table, View},
    state::State,
};

/// Runs `zweck keys …`.
pub(super) async fn run(
    global: &Global,
    command: KeysCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = State::open(global).await?;
    if let KeysCommand::Rotate { key } = command {
        key.rotate(state.folder())?;
    }
    let mut keys = Vec::new();
    for name in KeyName::ALL {
        let found = name.find(state.folder())?;
        keys.push(KeyView {
            key: name.name(),
            is_fixed: name.fixed_because().is_some(),
            fixed_because: name.fixed_because(),
            fingerprint: found.map(|key| name.fingerprint(&key)),
            since: state.store.bound_key(name.name()).await?.map(|bound| bound.since),
        });
    }
    output.show(&KeysView { keys })?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct KeysView {
    keys: Vec<KeyView>,
}

#[derive(Serialize)]
struct KeyView {
    key: &'static str,
    is_fixed: bool,
    fixed_because: Option<&'static str>,
    /// `None` while there is none.
    fingerprint: Option<String>,
    /// Since when it is the one that everything was made with.
    since: Option<Instant>,
}

impl View for KeysView {
    fn write(&self, page: &mut Page) {
        let mut table = Table::new(["key", "fingerprint", "fixed since", "why it is fixed"]);
        for one in &self.keys {
            let fingerprint = one.fingerprint.clone().unwrap_or_else(|| "-".to_owned());
            let since = one.since.map_or("-".to_owned(), |since| since.to_string());
            let why = one.fixed_because.unwrap_or("it is not: `zweck keys rotate` makes a new one");
            table.row([one.key.to_owned(), fingerprint, since, why.to_owned()]);
        }
        page.table(&table);
    }
}

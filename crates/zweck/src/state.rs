use std::{
    fs::DirBuilder,
    io::ErrorKind,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use gate::Gate;
use lake::Lake;
use policy::{Instant, ItemId, MemberNumber, Policy, PolicyHash, Purpose, Sequence};
use store::{HolderFilter, Identity, JournalPlace, Membership, Snapshot, Store};

use crate::{
    args::{Global, ItemReference, MemberReference, SPLIT},
    clock::Clock,
    config::Config,
    facts::{Facts, has_facts},
    keys::{self, KeyName, Keys},
    lake_place::has_lake,
};

/// A state folder: facts, lake, corpora and keys. What a command does not need is not opened.
pub(crate) struct State {
    folder: PathBuf,
    /// What the operator set.
    pub(crate) config: Config,
    /// Where instants come from.
    pub(crate) clock: Clock,
    /// Where the facts lie.
    pub(crate) facts: Facts,
    /// The facts.
    pub(crate) store: Store,
}

/// A member that the store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownMember {
    /// The number.
    pub(crate) number: MemberNumber,
    /// The source by which the member was named; a number names none.
    source: Option<String>,
}

impl State {
    /// Opens the state folder, which has to be there.
    pub(crate) async fn open(global: &Global) -> anyhow::Result<Self> {
        // where a lake is left, what is missing is told as well
        if !has_state(global) && !global.state.join("lake").exists() {
            let folder = global.state.display();
            let looked = std::fs::read_dir(&global.state);
            if looked.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied) {
                bail!("the state folder `{folder}` may not be read (hint: only its owner can)");
            }
            bail!(
                "there is no state in `{folder}` (hint: `zweck import` and `zweck policy apply` \
                 make one, `zweck demo` shows one, --state names another)"
            );
        }
        Self::open_or_make(global).await
    }

    /// Opens the state folder, and makes it if it is missing.
    pub(crate) async fn open_or_make(global: &Global) -> anyhow::Result<Self> {
        let folder = &global.state;
        make_private(folder)
            .with_context(|| format!("making the state folder `{}`", folder.display()))?;
        let config = Config::find(global.config.as_deref(), folder)?;
        let facts = Facts::of(&config, folder)?;
        let lake = config.lake.place(folder)?;
        let clock = global.clock();
        let place = JournalPlace {
            folder: config.journal_folder(folder)?,
            new_system: blake3::Hash::from_bytes(keys::fresh()?)
                .to_hex()
                .chars()
                .take(32)
                .collect(),
        };
        let store = facts.open(folder, &lake, &place, clock.now()).await?;
        let name = KeyName::Identity.name();
        if store.bound_key(name).await?.is_none() && !has_lake(folder, &lake).await? {
            Keys::open(folder, true)?;
        }
        let state = Self { config, clock, facts, store, folder: folder.clone() };
        state.bind_keys().await?;
        Ok(state)
    }

    /// Checks that the keys are those that everything here was made with, and takes down those
    /// that are used for the first time.
    async fn bind_keys(&self) -> anyhow::Result<()> {
        for name in KeyName::ALL.into_iter().filter(|name| name.fixed_because().is_some()) {
            let Some(key) = name.find(&self.folder)? else { continue };
            let is_new = self.store.bound_key(name.name()).await?.is_none();
            if is_new && self.store.check_open().is_err() {
                continue;
            }
            self.store.bind_key(name.name(), &name.fingerprint(&key), self.now()).await?;
        }
        Ok(())
    }

    /// The instant at which this command records and asks.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The tables of members' data.
    pub(crate) async fn lake(&self) -> anyhow::Result<Lake> {
        let place = self.config.lake.place(&self.folder)?;
        let members_per_range = i64::from(self.config.lake.members_per_range.get());
        let options = lake::Options { members_per_range };
        let lake = Lake::open_at(&place, options).await?;
        let newest = lake.version().await?;
        let holders = self.store.holders(&HolderFilter::default()).await?;
        // one that was never sealed may be all that the journal knows of a build after a backup
        let mut holders = holders.iter().filter(|one| one.manifest_hash.is_some());
        if let Some(holder) = holders.find(|holder| holder.lake_version > newest) {
            bail!(
                "the lake in `{place}` is at version {newest}, and `{}` was built from version {} \
                 (hint: put the lake back, or the `[lake] url` that it had)",
                holder.name,
                holder.lake_version
            );
        }
        if self.store.check_open().is_ok() {
            // facts that came from the journal come first, whatever is done with the lake
            let gate = Gate::new(lake.clone(), self.store.clone());
            gate.settle_replays(self.now()).await?;
        }
        Ok(lake)
    }

    /// The way out of the lake.
    pub(crate) async fn gate(&self) -> anyhow::Result<Gate> {
        Ok(Gate::new(self.lake().await?, self.store.clone()))
    }

    /// The secret keys.
    pub(crate) fn keys(&self) -> anyhow::Result<Keys> {
        Keys::open(&self.folder, false)
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the journal lies.
    pub(crate) fn journal_folder(&self) -> anyhow::Result<PathBuf> {
        self.config.journal_folder(&self.folder)
    }

    /// Where the corpora lie.
    pub(crate) fn corpora_folder(&self) -> PathBuf {
        self.folder.join("corpora")
    }

    /// Where it is kept what holders elsewhere were given.
    pub(crate) fn holders_folder(&self) -> PathBuf {
        self.folder.join("holders")
    }

    /// Everything that is in force now.
    pub(crate) async fn snapshot(&self) -> anyhow::Result<Snapshot> {
        Ok(self.store.snapshot_at(self.store.last_sequence().await?).await?)
    }

    /// The policy that was applied last.
    pub(crate) async fn policy_in_force(&self) -> anyhow::Result<Option<Policy>> {
        let applied = self.store.policies_applied(self.store.last_sequence().await?).await?;
        applied
            .last()
            .map(|(_, policy)| self.read_policy(&policy.hash, &policy.document))
            .transpose()
    }

    /// Reads a policy as it is on record.
    pub(crate) fn read_policy(&self, hash: &PolicyHash, text: &str) -> anyhow::Result<Policy> {
        let file = format!("policy {}", hash.short());
        Ok(Policy::parse(Path::new(&file), text.as_bytes())?)
    }

    /// The member of a reference, erased members included.
    pub(crate) async fn member(&self, reference: &MemberReference) -> anyhow::Result<KnownMember> {
        match reference {
            MemberReference::Number(number) => {
                let count = self.store.member_count().await?;
                if number.as_i64() >= count {
                    bail!("there is no member #{number}: numbers go up to #{}", count - 1);
                }
                Ok(KnownMember::of_number(*number))
            }
            MemberReference::External(text) => {
                let keys = self.keys()?;
                let found = find_member(&self.store, &keys.sources, text).await?;
                found.with_context(|| unknown_member(text))
            }
        }
    }

    /// The id of a member's row.
    pub(crate) fn item(
        &self,
        member: &KnownMember,
        reference: &ItemReference,
    ) -> anyhow::Result<ItemId> {
        item_of(&self.keys()?.sources, member, reference)
    }

    /// The fact that was recorded last.
    pub(crate) async fn last_sequence(&self) -> anyhow::Result<Sequence> {
        Ok(self.store.last_sequence().await?)
    }
}

impl KnownMember {
    /// Somebody of whom only the number is given.
    pub(crate) const fn of_number(number: MemberNumber) -> Self {
        Self { number, source: None }
    }
}

impl Global {
    /// The clock that the command line asks for.
    pub(crate) fn clock(&self) -> Clock {
        self.at.map_or(Clock::System, Clock::Fixed)
    }
}

/// Refuses a purpose that the policy does not name.
pub(crate) fn check_purpose(policy: &Policy, purpose: &Purpose) -> anyhow::Result<()> {
    if policy.rules(purpose).is_none() {
        let known: Vec<_> = policy.purposes.keys().map(Purpose::as_str).collect();
        let (version, known) = (policy.version, known.join(", "));
        bail!("policy {version} has no purpose `{purpose}`; it has: {known}");
    }
    Ok(())
}

/// Says that nobody is known by a reference.
pub(crate) fn unknown_member(text: &str) -> String {
    format!("no member is known as `{text}` (hint: SOURCE:EXTERNAL-ID, as imported)")
}

/// Looks a member up by source and external id.
pub(crate) async fn find_member(
    store: &Store,
    keys: &sources::Keys,
    text: &str,
) -> anyhow::Result<Option<KnownMember>> {
    Ok(find_members(store, keys, &[text]).await?.pop().flatten())
}

/// Looks many members up at once, by source and external id: one result for each. Both may hold
/// colons, so every split is tried; the shortest source wins, for which sources have to be named
/// accordingly.
pub(crate) async fn find_members(
    store: &Store,
    keys: &sources::Keys,
    texts: &[&str],
) -> anyhow::Result<Vec<Option<KnownMember>>> {
    let readings: Vec<Vec<_>> = texts.iter().map(|text| readings(keys, text)).collect();
    let known = store.lookup_all(&readings.concat()).await?;
    let mut known = known.into_iter();
    let first = |readings: Vec<Identity>| {
        let known: Vec<_> = known.by_ref().take(readings.len()).collect();
        readings.into_iter().zip(known).find_map(|(reading, membership)| {
            let number = match membership? {
                Membership::New(number) | Membership::Known(number) => number,
                Membership::Erased { member, .. } => member,
            };
            Some(KnownMember { number, source: Some(reading.source) })
        })
    };
    Ok(readings.into_iter().map(first).collect())
}

/// Everybody whom a text may mean, by the length of the source.
fn readings(keys: &sources::Keys, text: &str) -> Vec<Identity> {
    let splits = text.match_indices(SPLIT).map(|(place, _)| text.split_at(place));
    let reading = |(source, external): (&str, &str)| {
        let external_hash = keys.identity_hash(source, external.trim_start_matches(SPLIT));
        Identity { source: source.to_owned(), external_hash }
    };
    splits.map(reading).collect()
}

/// The id of a member's row; one named by its external id needs the source of the member.
pub(crate) fn item_of(
    keys: &sources::Keys,
    member: &KnownMember,
    reference: &ItemReference,
) -> anyhow::Result<ItemId> {
    match (reference, &member.source) {
        (ItemReference::Id(id), _) => Ok(*id),
        (ItemReference::External(kind, external), Some(source)) => {
            Ok(keys.item_id(source, *kind, external))
        }
        (ItemReference::External(..), None) => bail!(
            "an item by its external id needs to know the source (hint: name the member as \
             SOURCE:EXTERNAL-ID, or the item as #ID)"
        ),
    }
}

/// Whether there is a state folder with facts in it.
pub(crate) fn has_state(global: &Global) -> bool {
    has_facts(&global.state)
}

/// Makes a folder that nobody else can look into.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

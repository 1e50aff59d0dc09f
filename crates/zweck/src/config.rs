use std::{
    collections::BTreeMap,
    num::{NonZeroU16, NonZeroU32, NonZeroUsize},
    path::{Path, PathBuf},
};

use anyhow::Context;
use policy::Category;
use serde::Deserialize;

use crate::period::Period;

/// What an operator may set; everything has a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where the facts lie.
    pub(crate) store: StoreSection,
    /// How the lake is cut.
    pub(crate) lake: LakeSection,
    /// How rows come in.
    pub(crate) import: ImportSection,
    /// How corpora are cut.
    pub(crate) corpus: CorpusSection,
    /// Where every fact is written down once more.
    pub(crate) journal: JournalSection,
    /// For how long rows are kept, by category.
    pub(crate) retention: BTreeMap<Category, Period>,
}

/// `[store]`
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StoreSection {
    /// A database of a PostgreSQL server; without it, a file in the state folder.
    pub(crate) url: Option<String>,
    /// The file with the password for it. Relative ones count from the state folder.
    pub(crate) password_file: Option<PathBuf>,
}

/// `[lake]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LakeSection {
    /// How many consecutive members share a file.
    pub(crate) members_per_range: NonZeroU32,
    /// `s3://BUCKET/PREFIX`; without it the lake is a folder of the state.
    pub(crate) url: Option<String>,
    /// Where requests go, if the service is not Amazon's.
    pub(crate) endpoint: Option<String>,
    /// The bucket's region.
    pub(crate) region: Option<String>,
    /// Whether requests may go unencrypted.
    pub(crate) allow_http: bool,
    /// From how many files of a range on they are joined, after an import and while one goes on; 0
    /// never does.
    pub(crate) compact_at_files: usize,
}

/// `[import]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ImportSection {
    /// How many rows are committed together.
    pub(crate) batch_rows: NonZeroUsize,
    /// How many refused rows are shown to people.
    pub(crate) refused_shown: usize,
}

/// `[corpus]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CorpusSection {
    /// Members are spread over this many shards.
    pub(crate) shards: NonZeroU16,
    /// Each shard is cut into this many slices.
    pub(crate) slices: NonZeroU16,
}

/// `[journal]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JournalSection {
    /// Its folder; without it, beside the state folder. Relative ones count from the state folder.
    pub(crate) folder: Option<PathBuf>,
}

/// The configuration with every default and what it means; `zweck config` prints it.
pub(crate) const COMMENTED: &str = "\
# zweck.toml: everything here is optional and shown with its default.
# Looked for at --config, else in the state folder, else in the current folder.

[store]
# Facts lie in store.sqlite in the state folder, or in a PostgreSQL database that holds nothing else
# of Zweck; `?host=/folder` is the folder of a socket, `?sslmode=verify-full` wants TLS.
# url = \"postgres://zweck@db.example/zweck\"
# The password is the one line of this file, which only its owner may read; relative paths count
# from the state folder. Without it PGPASSWORD or PGPASSFILE of the environment counts.
# password_file = \"/etc/zweck/store-password\"

[lake]
# How many consecutive members share a range of files. Fewer members make an erasure cheaper and
# a scan dearer. Fixed once a lake is made.
members_per_range = 65536
# The lake lies in the state folder, or below a prefix of a bucket of S3 or of a service that speaks
# its protocol. Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the role
# of the machine, never from here. The bucket must not keep old versions: docs/keeping.md.
# url = \"s3://bucket/lake\"
# endpoint = \"https://s3.example.org\"
# region = \"eu-central-1\"
allow_http = false
# After an import, and while a long one goes on, the small files of a range are joined once there
# are this many; 0 is never.
compact_at_files = 64

[import]
# How many rows are committed to the lake together, as one version.
batch_rows = 25000
# How many refused rows are listed on the terminal; --json and --refused list all that are told.
refused_shown = 10

[corpus]
# Members are spread over this many shards, by keyed hash.
shards = 4
# Each shard is cut into this many slices; a member lies in one slice of one shard.
slices = 4

[journal]
# Every fact is also written to this folder, before it is answered. Best on another disk than the
# state, and never part of its backup: a restored backup gets later choices and removals from it.
# Relative paths count from the state folder. Without a folder it is beside the state folder,
# named like it with -journal behind.
# folder = \"/var/lib/zweck-journal\"

[retention]
# For how long rows are kept, by category: counted from their publication, or else from when they
# came in last. `zweck retention run` takes out what is older. What is not named is kept for as
# long as its member.
# posts = \"5 years\"
# activity = \"18 months\"
";

/// The same for machines; what has no default is not in it.
pub(crate) fn defaults() -> anyhow::Result<serde_json::Value> {
    toml::from_str(COMMENTED).context("reading the default configuration")
}

/// The name of the file in a state folder.
pub(crate) const NAME: &str = "zweck.toml";

/// The address may hold a password.
impl std::fmt::Debug for StoreSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { url, password_file } = self;
        let mut shown = f.debug_struct("StoreSection");
        shown.field("url", &url.as_ref().map(|_| "…")).field("password_file", password_file);
        shown.finish()
    }
}

impl Default for LakeSection {
    fn default() -> Self {
        let members_per_range = NonZeroU32::MIN.saturating_add(65_535);
        Self {
            members_per_range,
            url: None,
            endpoint: None,
            region: None,
            allow_http: false,
            compact_at_files: 64,
        }
    }
}

impl Default for ImportSection {
    fn default() -> Self {
        Self { batch_rows: NonZeroUsize::MIN.saturating_add(24_999), refused_shown: 10 }
    }
}

impl Default for CorpusSection {
    fn default() -> Self {
        let four = NonZeroU16::MIN.saturating_add(3);
        Self { shards: four, slices: four }
    }
}

impl Config {
    /// Reads the named file, else the one in the state folder, else the one in the current
    /// folder; without any, everything has its default.
    pub(crate) fn find(named: Option<&Path>, state: &Path) -> anyhow::Result<Self> {
        let usual = || [state.join(NAME), PathBuf::from(NAME)].into_iter().find(|one| one.exists());
        match named.map(Path::to_owned).or_else(usual) {
            Some(path) => Self::read(&path),
            None => Ok(Self::default()),
        }
    }

    /// Where the journal and the operators' log of a state lie.
    pub(crate) fn journal_folder(&self, state: &Path) -> anyhow::Result<PathBuf> {
        let state = std::path::absolute(state)
            .with_context(|| format!("looking for the state folder `{}`", state.display()))?;
        if let Some(folder) = &self.journal.folder {
            return Ok(state.join(folder));
        }
        let mut name = state.file_name().unwrap_or_default().to_owned();
        name.push("-journal");
        Ok(state.with_file_name(name))
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading the configuration `{}`", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in the configuration `{}`", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_configuration_is_the_default() {
        let read: Config = toml::from_str(COMMENTED).unwrap();
        assert_eq!(read, Config::default());
    }

    #[test]
    fn unknown_keys_are_refused() {
        for text in [
            "[lake]\nmember_per_range = 1",
            "[lakes]",
            "[store]\npassword = 'open sesame'",
            "[corpus]\nshards = 0",
            "[retention]\npost = '1 year'",
        ] {
            assert!(toml::from_str::<Config>(text).is_err(), "{text}");
        }
    }
}

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use gate::{Accounting, ArtefactChange, FactRange, PinnedTable};
use policy::{Day, Instant, LakeVersion, PolicyHash, Purpose, Sequence};
use serde::{Deserialize, Serialize};
use store::HolderId;

use crate::{
    Cell, Configuration, CorpusError, DocumentAccounting, Recipe, Result, SliceKey, Split,
};

/// What a corpus is made of, of what it was made, and by which rules.
///
/// Everything but `name`, `holder` and `history` follows from the facts, the lake version, the
/// configuration and the key; and from the corpus that it goes on from, if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The layout of this file and of those that it names; see [`Self::FORMAT`].
    pub format: u32,
    /// The name of the corpus, which is the name of its folder.
    pub name: String,
    /// The holder as which it is registered.
    pub holder: HolderId,
    /// What it may be used for.
    pub purpose: Purpose,
    /// The policy under which the rows were permitted.
    pub policy: PolicyHash,
    /// The version of that policy.
    pub policy_version: Day,
    /// Permissions count up to the first of these facts, refusals up to the last.
    pub facts: FactRange,
    /// The instant as of which notices, windows and dates count.
    pub as_of: Instant,
    /// Rows that came into the lake later are not in it.
    pub lake_version: LakeVersion,
    /// The corpus that it goes on from: nothing that came into the lake up to there is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Followed>,
    /// The files of attached tables that were read for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<PinnedTable>,
    /// How it is cut.
    pub configuration: Cut,
    /// What was done to its texts.
    pub recipe: Recipe,
    /// The version of Zweck that wrote the files.
    pub zweck_version: String,
    /// What the gate let through and what it kept back, by table.
    pub rows: Accounting,
    /// What became of the rows that were let through, by table.
    pub documents: DocumentAccounting,
    /// The shards that are not empty, sorted by cell.
    pub files: Vec<ShardFile>,
    /// Whose rows stand where, sorted by member, item and table.
    pub lineage: CorpusFile,
    /// What its documents have by which duplicates are told, sorted, for a corpus that follows it.
    pub traits: CorpusFile,
    /// What was given up since it was sealed, the oldest first.
    pub history: Vec<Released>,
}

/// How a corpus is cut into cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Shards in each split.
    pub shards: u16,
    /// Slices in each shard.
    pub slices: u16,
    /// Of 100 members, how many each split has.
    pub split: Shares,
    /// Tells keys apart, and says nothing about them.
    pub key_fingerprint: String,
}

/// Of 100 members, how many each split has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// To learn from.
    pub train: u64,
    /// To choose between models.
    pub validation: u64,
    /// To measure the chosen one.
    pub test: u64,
}

/// The documents of one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardFile {
    /// Relative to the corpus; ends with the first twelve digits of the hash.
    pub path: String,
    /// What it is for.
    pub split: Split,
    /// From 0.
    pub shard: u16,
    /// From 0.
    pub slice: u16,
    /// Documents in it.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// The hash of its bytes, in lower-case hex.
    pub blake3: String,
}

/// A corpus that another one follows: it stands for what is the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Followed {
    /// Its name.
    pub corpus: String,
    /// The holder as which it is registered.
    pub holder: HolderId,
    /// Rows up to this version of the lake are its own.
    pub lake_version: LakeVersion,
}

/// A file of the whole corpus, beside the shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorpusFile {
    /// Relative to the corpus; ends with the first twelve digits of the hash.
    pub path: String,
    /// Rows in it.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// The hash of its bytes, in lower-case hex.
    pub blake3: String,
}

/// One release: refusals that were applied, and what changed by them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// Refusals up to here had been applied before.
    pub from: Sequence,
    /// Refusals up to here are applied now.
    pub to: Sequence,
    /// When.
    pub at: Instant,
    /// The files that changed.
    pub rewritten: Vec<ArtefactChange>,
    /// Documents that went.
    pub rows_removed: u64,
    /// Documents in which more names are masked.
    pub rows_redacted: u64,
    /// Documents that took the place of a duplicate.
    pub rows_promoted: u64,
}

/// What a manifest of any version says.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

impl Manifest {
    /// The layout that this version writes and reads.
    pub const FORMAT: u32 = 4;

    /// Its name in the folder of the corpus.
    pub(crate) const FILE: &str = "manifest.json";

    /// The shard of a cell; `None` if nobody in it has a document.
    pub fn shard(&self, cell: Cell) -> Option<&ShardFile> {
        self.files.iter().find(|file| file.cell() == cell)
    }

    /// Whether both name the same content, file by file, whatever happened before.
    pub fn has_files_of(&self, other: &Self) -> bool {
        self.files == other.files && self.beside() == other.beside()
    }

    /// Every file that belongs to the corpus beside this one, relative to its folder.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let shards = self.files.iter().map(|file| file.path.as_str());
        shards.chain(self.beside().map(|file| file.path.as_str()))
    }

    /// The files that have no documents.
    pub(crate) const fn beside(&self) -> [&CorpusFile; 2] {
        [&self.lineage, &self.traits]
    }

    /// The cut as it was built.
    pub(crate) fn cut(&self) -> Result<Configuration> {
        Configuration::new(self.configuration.shards, self.configuration.slices)
    }

    /// Reads a manifest with the hash of its bytes; `None` if there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<(Self, String)>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CorpusError::file("reading", path)(error)),
        };
        let damaged = |source| CorpusError::Manifest { path: path.to_owned(), source };
        // what another version wrote has other keys
        let Head { format } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if format != Self::FORMAT {
            return Err(CorpusError::Format { path: path.to_owned(), format });
        }
        let manifest = serde_json::from_slice(&bytes).map_err(damaged)?;
        Ok(Some((manifest, hash(&bytes))))
    }

    /// Writes the manifest into a folder, all of it or nothing, and returns the hash of its bytes.
    pub(crate) fn write(&self, folder: &Path) -> Result<String> {
        let path = folder.join(Self::FILE);
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|source| CorpusError::Manifest { path: path.clone(), source })?;
        bytes.push(b'\n');
        let partial = folder.join("manifest.partial");
        let writing = |error| CorpusError::file("writing", &partial)(error);
        let mut options = fs::OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&partial).map_err(writing)?;
        file.write_all(&bytes).map_err(writing)?;
        file.sync_all().map_err(writing)?;
        fs::rename(&partial, &path).map_err(CorpusError::file("naming", &path))?;
        Ok(hash(&bytes))
    }
}

impl ShardFile {
    /// The cell whose documents it has.
    pub const fn cell(&self) -> Cell {
        Cell { split: self.split, shard: self.shard, slice: self.slice }
    }
}

impl Cut {
    pub(crate) fn of(configuration: Configuration, key: &SliceKey) -> Self {
        Self {
            shards: configuration.shards(),
            slices: configuration.slices(),
            split: Shares {
                train: Split::Train.share(),
                validation: Split::Validation.share(),
                test: Split::Test.share(),
            },
            key_fingerprint: key.fingerprint().to_owned(),
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

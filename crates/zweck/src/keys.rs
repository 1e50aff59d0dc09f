use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::ValueEnum;
use rand::{TryRng, rngs::SysRng};

/// The secret keys of a state folder.
pub(crate) struct Keys {
    /// For identities and items, as the importers take them.
    pub(crate) sources: sources::Keys,
    /// For documents and cells of corpora.
    pub(crate) slice: [u8; 32],
}

/// A key by its file; what is known of each stands here and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyName {
    /// Recognises members, also those who were erased, by a hash of their external ids.
    Identity,
    /// Addresses rows.
    Item,
    /// Deals members to the cells of corpora.
    Slice,
    /// Stands in for names in the operators' log.
    Log,
}

/// Reading and writing by others than the owner.
const TOO_OPEN: u32 = 0o077;

impl KeyName {
    /// Every key.
    pub(crate) const ALL: [Self; 4] = [Self::Identity, Self::Item, Self::Slice, Self::Log];

    /// Its name in files and commands.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Item => "item",
            Self::Slice => "slice",
            Self::Log => "log",
        }
    }

    /// Why it can never be another one; `None` if it may.
    pub(crate) const fn fixed_because(self) -> Option<&'static str> {
        match self {
            Self::Identity => Some(
                "members and erasures are recognised by it: with another key the erased would \
                 come in again as strangers",
            ),
            Self::Item => {
                Some("rows are addressed by it: with another key no deletion would find its row")
            }
            Self::Slice => Some(
                "corpora are cut by it: with another key no release could build their cells again",
            ),
            Self::Log => None,
        }
    }

    /// Where it lies.
    pub(crate) fn file(self, state: &Path) -> PathBuf {
        folder_of(state).join(self.file_name())
    }

    fn file_name(self) -> String {
        format!("{}.key", self.name())
    }

    /// What tells it apart from others, and says nothing about it.
    pub(crate) fn fingerprint(self, key: &[u8; 32]) -> String {
        let context = format!("zweck 2026 fingerprint of key {}", self.name());
        let hash = blake3::Hash::from_bytes(blake3::derive_key(&context, key));
        hash.to_hex().chars().take(16).collect()
    }

    /// Reads it; `None` if there is none.
    pub(crate) fn find(self, state: &Path) -> anyhow::Result<Option<[u8; 32]>> {
        self.find_in(&folder_of(state))
    }

    fn find_in(self, folder: &Path) -> anyhow::Result<Option<[u8; 32]>> {
        check_folder(folder)?;
        let path = folder.join(self.file_name());
        match File::open(&path) {
            Ok(file) => read(&path, file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("opening the key `{}`", path.display()))
            }
        }
    }

    /// Puts a new key in the place of the old one, which is gone then.
    pub(crate) fn rotate(self, state: &Path) -> anyhow::Result<()> {
        if let Some(why) = self.fixed_because() {
            bail!("the key `{}` is fixed for as long as this state lives: {why}", self.name());
        }
        self.put(state, &fresh()?)
    }

    /// Writes a key where it belongs, in the place of another.
    pub(crate) fn put(self, state: &Path, key: &[u8; 32]) -> anyhow::Result<()> {
        make_folder(state)?;
        let path = self.file(state);
        let draft = write_draft(&path, key)?;
        std::fs::rename(&draft, &path)
            .and_then(|()| flush_folder(&path))
            .with_context(|| format!("writing the key `{}`", path.display()))
    }
}

impl Keys {
    /// Reads the keys of a state folder. Those that are missing are made where nothing was hashed
    /// yet: what a key once hashed can never be found again with another.
    pub(crate) fn open(state: &Path, may_make: bool) -> anyhow::Result<Self> {
        make_folder(state)?;
        let key = |name: KeyName| read_or_make(name, &name.file(state), may_make);
        let sources =
            sources::Keys { identity: key(KeyName::Identity)?, item: key(KeyName::Item)? };
        Ok(Self { sources, slice: key(KeyName::Slice)? })
    }
}

/// Takes over the keys that a folder has. As those of a state, they are nobody else's to read.
pub(crate) fn take_over(from: &Path, state: &Path) -> anyhow::Result<()> {
    from.metadata().with_context(|| format!("looking at the keys in `{}`", from.display()))?;
    for name in KeyName::ALL {
        if let Some(key) = name.find_in(from)? {
            name.put(state, &key)?;
        }
    }
    Ok(())
}

fn folder_of(state: &Path) -> PathBuf {
    state.join("keys")
}

fn make_folder(state: &Path) -> anyhow::Result<()> {
    let folder = folder_of(state);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("making the folder of keys `{}`", folder.display()))?;
    check_folder(&folder)
}

fn check_folder(folder: &Path) -> anyhow::Result<()> {
    let Ok(found) = folder.metadata() else { return Ok(()) };
    let mode = found.permissions().mode() & 0o777;
    if mode & TOO_OPEN != 0 {
        let shown = folder.display();
        bail!(
            "the folder of keys `{shown}` is open to others, mode {mode:o} (hint: `chmod 700 \
             {shown}`)"
        );
    }
    Ok(())
}

fn read_or_make(name: KeyName, path: &Path, may_make: bool) -> anyhow::Result<[u8; 32]> {
    match File::open(path) {
        Ok(file) => read(path, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound && may_make => make(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
            "the key `{}` is missing (hint: put it back; {})",
            path.display(),
            name.fixed_because().unwrap_or_default()
        ),
        Err(error) => Err(error).with_context(|| format!("opening the key `{}`", path.display())),
    }
}

fn read(path: &Path, mut file: File) -> anyhow::Result<[u8; 32]> {
    let shown = path.display();
    let metadata = file.metadata().with_context(|| format!("looking at the key `{shown}`"))?;
    if !metadata.is_file() {
        bail!("the key `{shown}` is no file (hint: put the key back, a file of 32 bytes)");
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & TOO_OPEN != 0 {
        bail!("the key `{shown}` is open to others, mode {mode:o} (hint: `chmod 600 {shown}`)");
    }
    if metadata.len() != 32 {
        let bytes = metadata.len();
        bail!(
            "the key `{shown}` has {bytes} bytes instead of 32 (hint: put the whole key back; with \
             another one nothing here is recognised)"
        );
    }
    let mut key = [0; 32];
    file.read_exact(&mut key).with_context(|| format!("reading the key `{shown}`"))?;
    Ok(key)
}

/// Two processes may make the key at once: the first link wins, and both read what it names.
fn make(path: &Path) -> anyhow::Result<[u8; 32]> {
    let draft = write_draft(path, &fresh()?)?;
    let link = || -> io::Result<()> {
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft)?;
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            linked => linked?,
        }
        flush_folder(path)
    };
    link().with_context(|| format!("writing the key `{}`", path.display()))?;
    let file = File::open(path).with_context(|| format!("opening the key `{}`", path.display()))?;
    read(path, file)
}

/// Random bytes from the operating system.
pub(crate) fn fresh<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).context("asking the operating system for random bytes")?;
    Ok(bytes)
}

fn write_draft(path: &Path, key: &[u8; 32]) -> anyhow::Result<PathBuf> {
    // The name of the draft is of the key's hash, so that two drafts never share one.
    let name = blake3::hash(key).to_hex();
    let draft = path.with_extension(format!("draft-{}", name.get(..16).unwrap_or_default()));
    let write = || -> io::Result<()> {
        // one of the same name is what somebody left who died over the same key
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(key)?;
        file.sync_all()
    };
    write().with_context(|| format!("writing the key `{}`", path.display()))?;
    Ok(draft)
}

fn flush_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

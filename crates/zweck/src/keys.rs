use std::{
    fs::{File, OpenOptions, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use rand::{TryRng, rngs::SysRng};

use crate::state::has_lake;

/// The secret keys of a state folder.
pub(crate) struct Keys {
    /// For identities and items, as the importers take them.
    pub(crate) sources: sources::Keys,
    /// For documents and cells of corpora.
    pub(crate) slice: [u8; 32],
}

/// Reads and writing by others than the owner.
const TOO_OPEN: u32 = 0o077;

impl Keys {
    /// Reads the keys of a state folder, and makes those that are missing.
    pub(crate) fn open(state: &Path) -> anyhow::Result<Self> {
        let folder = state.join("keys");
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::set_permissions(&folder, Permissions::from_mode(0o700)))
            .with_context(|| format!("making the folder of keys `{}`", folder.display()))?;
        // what a key once hashed can never be found again with another
        let may_make = !has_lake(state);
        let key = |name: &str| read_or_make(&folder.join(format!("{name}.key")), may_make);
        let sources = sources::Keys { identity: key("identity")?, item: key("item")? };
        Ok(Self { sources, slice: key("slice")? })
    }
}

fn read_or_make(path: &Path, may_make: bool) -> anyhow::Result<[u8; 32]> {
    match File::open(path) {
        Ok(file) => read(path, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound && may_make => make(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
            "the key `{}` is missing, and members have come in under it (hint: put it back; with \
             another key objectors would come in again as strangers)",
            path.display()
        ),
        Err(error) => Err(error).with_context(|| format!("opening the key `{}`", path.display())),
    }
}

fn read(path: &Path, mut file: File) -> anyhow::Result<[u8; 32]> {
    let shown = path.display();
    let metadata = file.metadata().with_context(|| format!("looking at the key `{shown}`"))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & TOO_OPEN != 0 {
        bail!("the key `{shown}` is open to others, mode {mode:o} (hint: `chmod 600 {shown}`)");
    }
    let mut key = [0; 32];
    let too_short = || format!("reading the key `{shown}`, which has to have 32 bytes");
    file.read_exact(&mut key).with_context(too_short)?;
    if file.read(&mut [0]).with_context(too_short)? != 0 {
        bail!("the key `{shown}` has more than 32 bytes");
    }
    Ok(key)
}

/// Two processes may make the key at once: the first link wins, and both read what it names.
fn make(path: &Path) -> anyhow::Result<[u8; 32]> {
    let mut key = [0; 32];
    SysRng.try_fill_bytes(&mut key).context("asking the operating system for a random key")?;
    let draft = draft_beside(path, &key);
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(&key)?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft)?;
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            linked => linked?,
        }
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().with_context(|| format!("writing the key `{}`", path.display()))?;
    let file = File::open(path).with_context(|| format!("opening the key `{}`", path.display()))?;
    read(path, file)
}

fn draft_beside(path: &Path, key: &[u8; 32]) -> PathBuf {
    // The name of the draft is of the key's hash, so that two drafts never share one.
    let name = blake3::hash(key).to_hex();
    path.with_extension(format!("draft-{}", name.get(..16).unwrap_or_default()))
}

//! What a holder elsewhere says it is made of now, and what of it was looked at.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Read as _,
    path::{Component, Path, PathBuf},
};

use corpus::DocumentId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{ElsewhereError, Result, index::TextHash, record::FORMAT};

/// Bytes that are hashed at a time.
const BUFFER: usize = 1 << 20;

/// A file that a holder elsewhere writes about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The layout of this file: 1.
    pub format: u32,
    /// Its name.
    pub holder: String,
    /// The export that it is made of, and of nothing else.
    pub export: u32,
    /// What it consists of.
    pub artefacts: Vec<ClaimedArtefact>,
    /// A file that lists the documents that it is made of: a line for each with its name and the
    /// SHA-256 of its text in hex, `d42 9f86d0…`. Relative to this file.
    pub documents: PathBuf,
    /// Other exports of which nothing is left.
    #[serde(default)]
    pub deleted: Vec<u32>,
}

/// A file that a holder elsewhere consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimedArtefact {
    /// Relative to the file that names it.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// The hash of its bytes, in lower-case hex.
    pub sha256: String,
}

/// A file that a holder elsewhere consists of, and whether it was there to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenArtefact {
    /// As it was named.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// The hash of its bytes, in lower-case hex.
    pub sha256: String,
    /// Whether the file was there, and its bytes were hashed again.
    pub is_seen: bool,
}

/// What is kept of a release, so that it can be checked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The layout of this file.
    pub format: u32,
    /// The export that the holder is made of.
    pub export: u32,
    /// The hash of the record of that export.
    pub record: String,
    /// What the holder consists of.
    pub artefacts: Vec<SeenArtefact>,
    /// Where the list of its documents is kept, relative to the folder of the holder.
    pub documents: PathBuf,
    /// The hash of that list.
    pub documents_blake3: String,
    /// How many they are.
    pub documents_count: u64,
    /// Other exports of which nothing is left.
    pub deleted: Vec<u32>,
}

/// A claim that was read, with the folder that its paths are relative to.
#[derive(Debug)]
pub(crate) struct ClaimFile {
    pub(crate) claim: Claim,
    folder: PathBuf,
}

impl ClaimFile {
    pub(crate) fn from(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(ElsewhereError::file("reading", path))?;
        let claim: Claim = serde_json::from_slice(&bytes)
            .map_err(|source| ElsewhereError::Json { path: path.to_owned(), source })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { claim, folder })
    }

    /// Hashes the artefacts that are there.
    pub(crate) fn artefacts(&self, name: &str) -> Result<Vec<SeenArtefact>> {
        if self.claim.format != FORMAT {
            let reason = format!("its format is {}, not {FORMAT}", self.claim.format);
            return Err(ElsewhereError::refused(name, reason));
        }
        if self.claim.artefacts.is_empty() {
            return Err(ElsewhereError::refused(name, "it names no artefact"));
        }
        self.claim.artefacts.iter().map(|artefact| self.look_at(name, artefact)).collect()
    }

    fn look_at(&self, name: &str, claimed: &ClaimedArtefact) -> Result<SeenArtefact> {
        let ClaimedArtefact { path, bytes, sha256 } = claimed;
        let refused = |reason: &str| {
            ElsewhereError::refused(name, format!("the artefact `{}` {reason}", path.display()))
        };
        if sha256.len() != 64 || !sha256.bytes().all(|digit| b"0123456789abcdef".contains(&digit)) {
            return Err(refused("has no SHA-256 in lower-case hex"));
        }
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(refused("is not below the file that names it"));
        }
        let is_seen = match hash_file(&self.folder.join(path))? {
            Some(found) if found != (*bytes, sha256.clone()) => {
                return Err(refused("has other bytes than the ones named"));
            }
            found => found.is_some(),
        };
        Ok(SeenArtefact { path: path.clone(), bytes: *bytes, sha256: sha256.clone(), is_seen })
    }

    /// The list of documents: its bytes, and what it says.
    pub(crate) fn documents(&self, name: &str) -> Result<(Vec<u8>, HashMap<DocumentId, TextHash>)> {
        let path = self.folder.join(&self.claim.documents);
        let bytes = fs::read(&path).map_err(ElsewhereError::file("reading", &path))?;
        let refused = |row: usize, reason: &str| {
            let place = format!("`{}`, line {}: {reason}", path.display(), row + 1);
            ElsewhereError::refused(name, place)
        };
        let mut documents = HashMap::new();
        for (row, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            let (document, text) = parse(line)
                .ok_or_else(|| refused(row, "is no name of a document and SHA-256 of its text"))?;
            if documents.insert(document, text).is_some() {
                return Err(refused(row, "names a document that an earlier line names"));
            }
        }
        Ok((bytes, documents))
    }
}

/// `d42 9f86d0…`
fn parse(line: &[u8]) -> Option<(DocumentId, TextHash)> {
    let (document, text) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    let number: i64 = document.strip_prefix('d')?.parse().ok()?;
    let mut hash = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some((DocumentId::from_i64(number), hash))
}

/// Length and SHA-256 of a file; `None` if it is not there.
fn hash_file(path: &Path) -> Result<Option<(u64, String)>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ElsewhereError::file("opening", path)(error)),
    };
    let (mut hash, mut length, mut buffer) = (Sha256::new(), 0, vec![0; BUFFER]);
    loop {
        let read = file.read(&mut buffer).map_err(ElsewhereError::file("reading", path))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
        length += read as u64;
    }
    Ok(Some((length, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_name_and_a_hash() {
        let hash = "0f".repeat(32);
        let read = parse(format!("d-5 {hash}").as_bytes());
        assert_eq!(read, Some((DocumentId::from_i64(-5), [15; 32])));
        for wrong in ["", "d5", "5 ", &format!("5 {hash}"), &format!("d5  {hash}"), "d5 0f0f"] {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(parse(format!("d5 {}", "zz".repeat(32)).as_bytes()), None);
    }
}

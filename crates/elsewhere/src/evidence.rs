//! What a holder elsewhere says it is made of now, and what of it was looked at.

use std::{
    collections::{BTreeSet, HashMap},
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

/// The most bytes of a claim.
const CLAIM_BYTES: u64 = 64 << 20;

/// The most bytes of a line that lists a document: name, space, hash, and room.
const LINE_BYTES: u64 = 128;

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
    pub(crate) fn from(path: &Path, name: &str) -> Result<Self> {
        let refused = || {
            let reason = format!("`{}` is no file, or longer than any claim", path.display());
            ElsewhereError::refused(name, reason)
        };
        let found = fs::metadata(path).map_err(ElsewhereError::file("reading", path))?;
        if !found.is_file() || found.len() > CLAIM_BYTES {
            return Err(refused());
        }
        let bytes = fs::read(path).map_err(ElsewhereError::file("reading", path))?;
        let claim: Claim = serde_json::from_slice(&bytes)
            .map_err(|source| ElsewhereError::Json { path: path.to_owned(), source })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { claim, folder })
    }

    /// A file that the claim names, if it is there: below the claim's own folder, wherever links lead.
    fn below(&self, name: &str, path: &Path) -> Result<Option<PathBuf>> {
        let refused =
            |reason: &str| ElsewhereError::refused(name, format!("`{}` {reason}", path.display()));
        let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_plain || path.as_os_str().is_empty() {
            return Err(refused("is not below the file that names it"));
        }
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder };
        let folder = folder.canonicalize().map_err(ElsewhereError::file("reading", folder))?;
        let found = match folder.join(path).canonicalize() {
            Ok(found) => found,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ElsewhereError::file("reading", path)(error)),
        };
        if !found.starts_with(&folder) {
            return Err(refused("is not below the file that names it"));
        }
        if !found.is_file() {
            return Err(refused("is no file"));
        }
        Ok(Some(found))
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
        let mut paths = BTreeSet::new();
        if let Some(twice) = self.claim.artefacts.iter().find(|one| !paths.insert(&one.path)) {
            let reason = format!("it names the artefact `{}` twice", twice.path.display());
            return Err(ElsewhereError::refused(name, reason));
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
        let there = self.below(name, path)?;
        if let Some(there) = &there {
            let (length, hash) = hash_file(there)?;
            if length != *bytes {
                return Err(refused(&format!("has {length} bytes, not {bytes}")));
            }
            if hash != *sha256 {
                return Err(refused("has another SHA-256 than the one named"));
            }
        }
        let is_seen = there.is_some();
        Ok(SeenArtefact { path: path.clone(), bytes: *bytes, sha256: sha256.clone(), is_seen })
    }

    /// The list of documents, of which there are at most so many: its bytes, and what it says.
    pub(crate) fn documents(
        &self,
        name: &str,
        most: u64,
    ) -> Result<(Vec<u8>, HashMap<DocumentId, TextHash>)> {
        let listed = &self.claim.documents;
        let told = |reason: &str| {
            ElsewhereError::refused(name, format!("the list `{}` {reason}", listed.display()))
        };
        let path = self.below(name, listed)?.ok_or_else(|| told("is not there"))?;
        let length = fs::metadata(&path).map_err(ElsewhereError::file("reading", &path))?.len();
        if length > most.saturating_add(1).saturating_mul(LINE_BYTES) {
            return Err(told("is longer than the list of all documents of the export"));
        }
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
        if documents.is_empty() {
            return Err(told("lists no document"));
        }
        Ok((bytes, documents))
    }
}

/// `d42 9f86d0…`
fn parse(line: &[u8]) -> Option<(DocumentId, TextHash)> {
    let (document, text) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    let number = handover::parse_document_name(document)?;
    let mut hash = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some((DocumentId::from_i64(number), hash))
}

/// Length and SHA-256 of a file.
fn hash_file(path: &Path) -> Result<(u64, String)> {
    let mut file = File::open(path).map_err(ElsewhereError::file("opening", path))?;
    let (mut hash, mut length, mut buffer) = (Sha256::new(), 0, vec![0; BUFFER]);
    loop {
        let read = file.read(&mut buffer).map_err(ElsewhereError::file("reading", path))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
        length += read as u64;
    }
    Ok((length, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_name_and_a_hash() {
        let hash = "0f".repeat(32);
        let read = parse(format!("d-5 {hash}").as_bytes());
        assert_eq!(read, Some((DocumentId::from_i64(-5), [15; 32])));
        for wrong in [
            "",
            "d5",
            "5 ",
            &format!("5 {hash}"),
            &format!("d5  {hash}"),
            &format!("d05 {hash}"),
            &format!("d+5 {hash}"),
            "d5 0f0f",
        ] {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(parse(format!("d5 {}", "zz".repeat(32)).as_bytes()), None);
    }
}

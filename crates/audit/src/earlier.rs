//! The corpora that a corpus goes on from: what they have need not be in it once more.

use std::{collections::BTreeSet, path::Path};

use crate::{
    Code, Findings, Place, Result,
    corpus::{Corpus, Document},
    manifest::{Followed, Manifest},
    store::Store,
    verify::read_manifest,
};

/// What is there already.
#[derive(Debug)]
pub(crate) struct Earlier {
    corpora: Vec<Corpus>,
    /// Whether every document of theirs could be read. If not, nobody can tell what is missing in the
    /// corpus that goes on from them.
    pub(crate) is_whole: bool,
}

impl Earlier {
    /// Reads the corpora beside one that goes on from them, whatever their state: they are audited
    /// by themselves. Where documents of theirs cannot be read, that is a finding.
    pub(crate) fn read(
        folder: &Path,
        manifest: &Manifest,
        store: &Store,
        findings: &mut Findings,
    ) -> Result<Self> {
        let mut earlier = Self { corpora: Vec::new(), is_whole: true };
        let mut seen = BTreeSet::from([manifest.name.clone()]);
        let mut next = manifest.after.clone();
        while let Some(Followed { corpus, holder, lake_version }) = next.take() {
            let mut apart = |what: &str| {
                earlier.is_whole = false;
                let what = format!("it goes on from `{corpus}`, {what}{UNTOLD}");
                findings.violation(Code::ManifestDiffers, Place::manifest(), what);
            };
            // no part of a path but a name, and none of them twice
            let is_name =
                corpus.chars().all(|letter| letter.is_alphanumeric() || "-_".contains(letter));
            if !is_name || !seen.insert(corpus.clone()) {
                apart("which cannot be");
                break;
            }
            let mut of_others = Findings::default();
            let folder = folder.with_file_name(&corpus);
            let Some((followed, _)) = read_manifest(&folder, &mut of_others)? else {
                apart("which is not there, or cannot be read");
                break;
            };
            if followed.holder != holder || followed.lake_version != lake_version {
                apart("which is another one now");
                break;
            }
            earlier.corpora.push(Corpus::read(&folder, &followed, store, &mut of_others)?);
            for path in damaged(&followed, &of_others) {
                earlier.is_whole = false;
                let place = Place::file(&format!("../{corpus}/{path}"));
                let what = format!("it is not as the manifest of `{corpus}` says{UNTOLD}");
                findings.violation(Code::FileUnreadable, place, what);
            }
            next = followed.after;
        }
        Ok(earlier)
    }

    /// Every document of theirs.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.corpora.iter().flat_map(Corpus::documents)
    }
}

/// Said where what is there already is not known.
const UNTOLD: &str = ": whether rows are missing here cannot be told, and was left out";

/// The shards of a corpus that are not what its manifest says.
fn damaged<'a>(followed: &'a Manifest, findings: &'a Findings) -> BTreeSet<&'a str> {
    use Code::{FileHash, FileMissing, FilePath, FileUnreadable};
    let shards: BTreeSet<_> = followed.files.iter().map(|shard| shard.path.as_str()).collect();
    let is_damage = |code| matches!(code, FileMissing | FileHash | FileUnreadable | FilePath);
    let damaged = findings.findings.iter().filter(|one| is_damage(one.code));
    damaged.map(|one| one.place.file.as_str()).filter(|path| shards.contains(path)).collect()
}

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
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    corpora: Vec<Corpus>,
}

impl Earlier {
    /// Reads the corpora beside one that goes on from them, whatever their state: they are audited
    /// by themselves.
    pub(crate) fn read(
        folder: &Path,
        manifest: &Manifest,
        store: &Store,
        findings: &mut Findings,
    ) -> Result<Self> {
        let (mut earlier, mut seen) = (Self::default(), BTreeSet::from([manifest.name.clone()]));
        let mut next = manifest.after.clone();
        while let Some(Followed { corpus, holder, lake_version }) = next.take() {
            let mut apart = |what: &str| {
                let what = format!("it goes on from `{corpus}`, {what}");
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
            next = followed.after;
        }
        Ok(earlier)
    }

    /// Every document of theirs.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.corpora.iter().flat_map(Corpus::documents)
    }
}

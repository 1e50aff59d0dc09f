use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{
    AuditError, AuditedStore, Code, Findings, LakePlace, Place, Result, checks,
    corpus::Corpus,
    earlier::Earlier,
    held::Removal,
    judge::Judge,
    lake::Lake,
    manifest::{self, Manifest},
    people::Named,
    store::Store,
};

/// What is to be audited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditInput {
    /// Where the store lies.
    pub store: AuditedStore,
    /// Where the lake lies.
    pub lake: LakePlace,
    /// The folder of the corpus, in which its manifest lies.
    pub corpus: PathBuf,
}

/// Everything that was read, for the checks.
pub(crate) struct Audit<'a> {
    pub(crate) store: &'a Store,
    pub(crate) manifest: &'a Manifest,
    pub(crate) corpus: &'a Corpus,
    pub(crate) earlier: &'a Earlier,
    pub(crate) lake: &'a Lake,
    pub(crate) judge: &'a Judge,
    pub(crate) named: &'a Named,
    pub(crate) pending: &'a Pending,
    /// Rows that were found to reveal special categories, by member and item.
    pub(crate) revealing: &'a HashSet<(i64, i64)>,
}

/// What open removals will still change.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// Rows that the lake has changed, by member; `None` is all of the member's.
    rows: BTreeMap<i64, Vec<Option<i64>>>,
}

impl Pending {
    /// What waits for the corpus and is a change of the lake.
    pub(crate) fn of(store: &Store, manifest: &Manifest) -> Self {
        let waits = |removal: &&Removal| {
            removal.sequence > manifest.facts.to
                && removal.ended_at.is_none()
                && removal.changes_lake()
                && removal.concerns(manifest.purpose.as_str())
        };
        let mut pending = Self::default();
        for removal in store.removals.iter().filter(waits) {
            // Whatever is not tied to a member is kept under a number that nobody has.
            let member = removal.member.unwrap_or(-1);
            pending.rows.entry(member).or_default().push(removal.item);
        }
        pending
    }

    /// Whether a row of the lake has changed and the corpus is yet to follow.
    pub(crate) fn covers(&self, member: i64, item: i64) -> bool {
        // a table that is attached no longer is tied to nobody, and may have had any row
        let items = [member, -1].into_iter().filter_map(|one| self.rows.get(&one)).flatten();
        items.copied().any(|one| one.is_none_or(|one| one == item))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Reads a corpus, the lake and the store again, and finds whatever should not be there.
///
/// # Errors
/// If the store or the lake cannot be read. What is wrong with the corpus is no error but a
/// finding.
pub async fn verify(input: &AuditInput) -> Result<Findings> {
    let store = Store::read(&input.store).await?;
    let mut findings = Findings::default();
    findings.checked.facts = store.facts.len() as u64;
    findings.checked.permits = store.permits.len() as u64;
    findings.checked.removals = store.removals.len() as u64;
    checks::store::check(&store, &mut findings);
    if let Some((manifest, hash)) = read_manifest(&input.corpus, &mut findings)? {
        checks::record::check(&store, &manifest, &hash, &input.corpus, &mut findings);
        checks::removals::check(&store, &manifest, &mut findings);
        verify_files(input, &store, &manifest, &mut findings).await?;
    }
    findings.sort();
    Ok(findings)
}

/// The files of the corpus, against each other and against the lake.
async fn verify_files(
    input: &AuditInput,
    store: &Store,
    manifest: &Manifest,
    findings: &mut Findings,
) -> Result<()> {
    let corpus = Corpus::read(&input.corpus, manifest, store, findings)?;
    let earlier = Earlier::read(&input.corpus, manifest, store, findings)?;
    checks::lineage::check(&corpus, manifest, findings);
    let mut lake = Lake::open(&input.lake).await?;
    checks::lake::check(store, &mut lake, findings).await?;
    let Some(judge) = replay(store, manifest, findings) else { return Ok(()) };
    let named = Named::read(&lake, &judge).await?;
    let revealing = lake.revealing().await?;
    findings.checked.members = judge.members() as u64;
    findings.checked.mentions = named.mentions;
    findings.checked.patterns = named.patterns() as u64;
    let pending = Pending::of(store, manifest);
    let (corpus, earlier, lake, judge, named) = (&corpus, &earlier, &lake, &judge, &named);
    let (pending, revealing) = (&pending, &revealing);
    let audit = Audit { store, manifest, corpus, earlier, lake, judge, named, pending, revealing };
    checks::erased::check(&audit, findings).await?;
    let with_names = checks::texts::check(&audit, findings);
    let counts = checks::rows::check(&audit, &with_names, findings).await?;
    checks::accounting::check(&audit, &counts, findings).await
}

/// Who judges the rows; `None`, and a finding, if there is no policy to judge them by.
fn replay(store: &Store, manifest: &Manifest, findings: &mut Findings) -> Option<Judge> {
    let range = (manifest.facts.from, manifest.facts.to);
    match Judge::replay(store, &manifest.purpose, manifest.as_of, range) {
        Ok(judge) => Some(judge),
        Err(sequence) => {
            let place = Place::store("applied_policies", Some(sequence));
            findings.violation(Code::PolicyWrong, place, "no policy that can be read held here");
            None
        }
    }
}

/// The manifest with the hash of its bytes; a finding if it cannot be read.
pub(crate) fn read_manifest(
    folder: &Path,
    findings: &mut Findings,
) -> Result<Option<(Manifest, String)>> {
    let path = folder.join(manifest::FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let what = "there is no manifest";
            findings.violation(Code::ManifestUnreadable, Place::manifest(), what);
            return Ok(None);
        }
        Err(source) => return Err(AuditError::File { path, source }),
    };
    let hash = blake3::hash(&bytes).to_hex().to_string();
    match Manifest::parse(&bytes) {
        Ok(manifest) => Ok(Some((manifest, hash))),
        Err(what) => {
            findings.violation(Code::ManifestUnreadable, Place::manifest(), what);
            Ok(None)
        }
    }
}

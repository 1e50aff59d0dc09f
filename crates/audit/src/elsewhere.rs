//! Whether a holder elsewhere may have what it was given, and whether what it showed is true.
//!
//! What such a holder keeps cannot be read from here. What can be: which documents of whom left with
//! which export, what the rule says of each of them now, what the corpus has in their place, and
//! whether the documents that the holder says it is made of are among them.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use policy::{Category, Instant, Purpose, Visibility, aipref::Usage};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    AuditError, AuditedStore, Code, Findings, Place, Result, Severity, checks,
    held::Holder,
    judge::Judge,
    manifest::{self, Manifest},
    rule::RowFacts,
    store::Store,
    table::{self, Row},
};

const REGISTERED: &str = "holder.json";

/// What is to be audited of a holder elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderInput {
    /// Where the store lies.
    pub store: AuditedStore,
    /// The folder of the holder, in which its registration lies.
    pub holder: PathBuf,
    /// The folder of all corpora.
    pub corpora: PathBuf,
}

#[derive(Deserialize)]
struct Registered {
    holder: String,
    corpus: String,
}

#[derive(Deserialize)]
struct Export {
    number: u64,
    corpus: String,
    index: Index,
}

#[derive(Deserialize)]
struct Index {
    path: String,
    blake3: String,
    rows: u64,
}

#[derive(Deserialize)]
struct Evidence {
    export: u64,
    documents: PathBuf,
    documents_blake3: String,
    documents_count: u64,
}

/// A row of an index.
struct Left {
    member: i64,
    document: i64,
    text: Vec<u8>,
    facts: Option<RowFacts>,
}

/// An export that is on record, with the hash of its record.
type Recorded = (Export, String);

/// Reads the store, the records of a holder and its corpus again, and finds whatever should not be.
///
/// # Errors
/// If the store cannot be read. What is wrong with the records is no error but a finding.
pub async fn verify_holder(input: &HolderInput) -> Result<Findings> {
    let store = Store::read(&input.store).await?;
    let mut findings = Findings::default();
    findings.checked.facts = store.facts.len() as u64;
    findings.checked.permits = store.permits.len() as u64;
    findings.checked.removals = store.removals.len() as u64;
    checks::store::check(&store, &mut findings);
    verify_records(input, &store, &mut findings)?;
    findings.sort();
    Ok(findings)
}

fn verify_records(input: &HolderInput, store: &Store, findings: &mut Findings) -> Result<()> {
    let unreadable = "what was registered is missing, or cannot be read";
    let Some((registered, hash)) = read::<Registered>(&input.holder.join(REGISTERED))? else {
        findings.violation(Code::ExportRecord, Place::file(REGISTERED), unreadable);
        return Ok(());
    };
    let Some(holder) = store.holder(&registered.holder) else {
        let what = format!("the store knows no holder `{}`", registered.holder);
        findings.violation(Code::HolderUnknown, Place::file(REGISTERED), what);
        return Ok(());
    };
    if holder.state != "sealed" || holder.kind != "elsewhere" {
        let what = format!("its holder is a {} and {}", holder.kind, holder.state);
        findings.violation(Code::HolderState, Place::file(REGISTERED), what);
    }
    let exports = exports(&input.holder, findings)?;
    let Some(first) = first_of(holder, &hash, &exports) else {
        let what = "the export that it released with is not on record";
        findings.violation(Code::ExportRecord, Place::file(REGISTERED), what);
        return Ok(());
    };
    check_permits(store, holder, first, &exports, findings);
    let range = (holder.started_sequence, holder.applied_sequence.unwrap_or_default());
    let purpose: Option<Purpose> = holder.purpose.parse().ok();
    let as_of = Instant::from_micros(holder.as_of);
    let judge = purpose.map(|purpose| Judge::replay(store, &purpose, as_of, range));
    let Some(Ok(judge)) = judge else {
        let place = Place::store("applied_policies", None);
        findings.violation(Code::PolicyWrong, place, "no policy that can be read held here");
        return Ok(());
    };
    findings.checked.members = judge.members() as u64;
    let now = Now::read(&input.corpora.join(&registered.corpus))?;
    let awaited = store.first_awaited(holder);
    if let Some(removal) = awaited {
        let place = Place::store("removals", Some(removal));
        findings.add(Severity::Pending, Code::Stale, place, "the holder has not followed it");
    }
    let awaited = awaited.is_some();
    let mut given = HashMap::new();
    for (export, _) in exports.iter().filter(|(export, _)| export.number >= first) {
        let Some(rows) = index(&input.holder, export, findings)? else { continue };
        findings.checked.files += 1;
        findings.checked.rows += rows.len() as u64;
        check_rows(export, &rows, &judge, findings);
        check_now(export, &rows, now.as_ref(), awaited, findings);
        given.insert(export.number, rows);
    }
    check_evidence(input, store, holder, first, &given, findings)
}

/// Every export that is on record, the oldest first.
fn exports(folder: &Path, findings: &mut Findings) -> Result<Vec<Recorded>> {
    let folder = folder.join("exports");
    let failed = |source| AuditError::File { path: folder.clone(), source };
    let mut exports = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        match read::<Export>(&path)? {
            Some(export) => exports.push(export),
            None => {
                let place = Place::file(&path.display().to_string());
                findings.violation(Code::ExportRecord, place, "it is no record of an export");
            }
        }
    }
    exports.sort_by_key(|(export, _)| export.number);
    Ok(exports)
}

/// The first export of which the holder may have something, 0 if it released with none.
fn first_of(holder: &Holder, registered: &str, exports: &[Recorded]) -> Option<u64> {
    let shown = exports.iter().find(|(_, hash)| holder.manifest_hash.as_ref() == Some(hash));
    match shown {
        Some((export, _)) => Some(export.number),
        None => (holder.manifest_hash.as_deref() == Some(registered)).then_some(0),
    }
}

/// Every export has its permit, and every permit its export.
fn check_permits(
    store: &Store,
    holder: &Holder,
    first: u64,
    exports: &[Recorded],
    findings: &mut Findings,
) {
    let counts = store
        .permits
        .iter()
        .filter(|permit| permit.holder == holder.id)
        .filter_map(|permit| serde_json::from_str::<Value>(permit.counts.as_deref()?).ok());
    let permitted: BTreeMap<u64, String> = counts
        .filter_map(|counts| {
            let record = counts.get("record")?.as_str()?.to_owned();
            Some((counts.get("export")?.as_u64()?, record))
        })
        .collect();
    for (number, record) in permitted.range(first..) {
        let is_there =
            exports.iter().any(|(export, hash)| export.number == *number && hash == record);
        if !is_there {
            let what = format!("the record of export {number} is missing, or another one");
            findings.violation(Code::ExportRecord, Place::store("permits", None), what);
        }
    }
    for (export, _) in exports {
        if !permitted.contains_key(&export.number) {
            let place = Place::file(&format!("exports/{}.json", export.number));
            // rows leave after the permit: this one was cut off before
            let what = "no permit was given for it, so nothing of it has left";
            findings.add(Severity::Pending, Code::PermitMissing, place, what);
        }
    }
}

/// The rows of an index; `None`, and a finding, if it cannot be read.
fn index(folder: &Path, export: &Export, findings: &mut Findings) -> Result<Option<Vec<Left>>> {
    let place = || Place::file(&export.index.path);
    let path = folder.join(&export.index.path);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            findings.violation(Code::FileMissing, place(), "its record names it");
            return Ok(None);
        }
        Err(source) => return Err(AuditError::File { path, source }),
    };
    if blake3::hash(&bytes).to_hex().as_str() != export.index.blake3 {
        findings.violation(Code::FileHash, place(), "its bytes are not those of its record");
    }
    let mut rows = Vec::new();
    let mut undecoded = 0;
    let read = table::for_each(Bytes::from(bytes), |row| match left(row) {
        Some(left) => rows.push(left),
        None => undecoded += 1,
    });
    if read.is_err() || undecoded > 0 {
        findings.violation(Code::FileUnreadable, place(), "it is no index that can be read");
        return Ok(None);
    }
    if rows.len() as u64 != export.index.rows {
        let what = format!("it has {} rows, its record says {}", rows.len(), export.index.rows);
        findings.violation(Code::FileCount, place(), what);
    }
    Ok(Some(rows))
}

fn left(row: Row<'_>) -> Option<Left> {
    let category = row.text("category")?.parse::<Category>().ok();
    let facts = category.zip(row.long("item")).map(|(category, item)| RowFacts {
        item,
        category,
        // what the lake says of a row was asked when it left, and the corpus is asked below
        visibility: Some(Visibility::Public),
        created: row.long("created").map(Instant::from_micros),
        signal: Some(Usage::default()),
        sensitive: false,
        names_objector: false,
    });
    Some(Left {
        member: row.long("member_number")?,
        document: row.long("document")?,
        text: row.bytes("text_sha256")?.to_owned(),
        facts,
    })
}

/// The rule refuses nothing of what a holder may have, by the facts that it says it has applied.
fn check_rows(export: &Export, rows: &[Left], judge: &Judge, findings: &mut Findings) {
    for (number, row) in (0..).zip(rows) {
        let reasons = judge.reasons(row.member, row.facts.as_ref());
        if !reasons.is_empty() {
            let words: Vec<_> = reasons.iter().map(|reason| reason.name()).collect();
            let what = format!("the rule refuses it: {}", words.join(", "));
            findings.violation(Code::RowRefused, Place::row(&export.index.path, number), what);
        }
    }
}

/// What a corpus has now, by document.
struct Now {
    holder: String,
    texts: HashMap<i64, Vec<u8>>,
}

impl Now {
    /// `None` if there is no corpus that can be read; whether there has to be is asked elsewhere.
    fn read(folder: &Path) -> Result<Option<Self>> {
        let Some((manifest, _)) = read::<Manifest>(&folder.join(manifest::FILE))? else {
            return Ok(None);
        };
        let mut texts = HashMap::new();
        for shard in &manifest.files {
            let path = folder.join(&shard.path);
            let bytes = fs::read(&path).map_err(|source| AuditError::File { path, source })?;
            let read = table::for_each(Bytes::from(bytes), |row| {
                if let Some((document, text)) = row.long("document").zip(row.text("text")) {
                    texts.insert(document, Sha256::digest(text).to_vec());
                }
            });
            if read.is_err() {
                return Ok(None);
            }
        }
        Ok(Some(Self { holder: manifest.holder, texts }))
    }
}

/// As long as the corpus is the one that an export was read from, whatever it no longer has is what
/// removals took.
fn check_now(
    export: &Export,
    rows: &[Left],
    now: Option<&Now>,
    awaited: bool,
    findings: &mut Findings,
) {
    let Some(now) = now.filter(|now| now.holder == export.corpus) else { return };
    let severity = if awaited { Severity::Pending } else { Severity::Violation };
    for (number, row) in (0..).zip(rows) {
        let what = match now.texts.get(&row.document) {
            Some(text) if *text == row.text => continue,
            Some(_) => "the corpus has it with other words",
            None => "the corpus has it no more",
        };
        findings.add(severity, Code::ExportStale, Place::row(&export.index.path, number), what);
    }
}

/// The documents that a holder showed it is made of are in the export that it named.
fn check_evidence(
    input: &HolderInput,
    store: &Store,
    holder: &Holder,
    first: u64,
    given: &HashMap<u64, Vec<Left>>,
    findings: &mut Findings,
) -> Result<()> {
    if first == 0 {
        return Ok(());
    }
    let of_holder = store
        .releases
        .iter()
        .filter(|release| release.holder == holder.id && release.outcome == "released");
    let shown = of_holder
        .filter_map(|release| serde_json::from_str::<Evidence>(&release.evidence).ok())
        .next_back();
    let place = Place::store("releases", None);
    let Some(evidence) = shown.filter(|evidence| evidence.export == first) else {
        findings.violation(Code::EvidenceFalse, place, "it showed nothing of this export");
        return Ok(());
    };
    let path = input.holder.join(&evidence.documents);
    let place = || Place::file(&evidence.documents.display().to_string());
    let list = match fs::read(&path) {
        Ok(list) => list,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            findings.violation(Code::EvidenceFalse, place(), "the list of documents is missing");
            return Ok(());
        }
        Err(source) => return Err(AuditError::File { path, source }),
    };
    if blake3::hash(&list).to_hex().as_str() != evidence.documents_blake3 {
        findings.violation(Code::EvidenceFalse, place(), "it is not the list that was shown");
    }
    let Some(rows) = given.get(&first) else { return Ok(()) };
    let texts: HashMap<_, _> =
        rows.iter().map(|row| (format!("d{}", row.document), hex(&row.text))).collect();
    let list = String::from_utf8_lossy(&list);
    let mut count = 0;
    for (number, line) in (0..).zip(list.lines()).filter(|(_, line)| !line.is_empty()) {
        count += 1;
        let named = line.split_once(' ');
        let is_given = named.is_some_and(|(document, text)| {
            texts.get(document).is_some_and(|given| given.eq_ignore_ascii_case(text))
        });
        if !is_given {
            let place = Place::row(&evidence.documents.display().to_string(), number);
            findings.violation(Code::EvidenceFalse, place, "the export has no such document");
        }
    }
    if count != evidence.documents_count {
        let what = format!("it lists {count}, {} were recorded", evidence.documents_count);
        findings.violation(Code::EvidenceFalse, place(), what);
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file of JSON with the hash of its bytes; `None` if it is not there or means something else.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<(T, String)>> {
    match fs::read(path) {
        Ok(bytes) => {
            let hash = blake3::hash(&bytes).to_hex().to_string();
            Ok(serde_json::from_slice(&bytes).ok().map(|read| (read, hash)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AuditError::File { path: path.to_owned(), source }),
    }
}

//! Rows in are rows kept and rows left out, and all of them are what is there.

use std::collections::{BTreeMap, BTreeSet};

use policy::Reason;

use crate::{
    Code, Findings, Place, Result, Severity,
    checks::rows::Counts,
    lake::Layout,
    manifest::{DocumentCounts, RowCounts},
    text,
    verify::Audit,
};

/// Why a row may have no document, whatever the recipe.
const REASONS: [&str; 3] = ["no-document", "empty", "duplicate"];

pub(crate) async fn check(
    audit: &Audit<'_>,
    counts: &BTreeMap<&'static str, Counts>,
    findings: &mut Findings,
) -> Result<()> {
    let manifest = audit.manifest;
    let claimed = manifest.rows.tables.keys().chain(manifest.documents.tables.keys());
    let tables: BTreeSet<&str> =
        claimed.map(String::as_str).chain(counts.keys().copied()).collect();
    let erased = audit.lake.erased_since(manifest.lake_version).await?;
    for table in tables {
        let Some((layout, counts)) = Layout::of(table).zip(counts.get(table)) else {
            let what = format!("it accounts for `{table}`, which is never given out");
            findings.violation(Code::RowAccounting, Place::manifest(), what);
            continue;
        };
        let rows = manifest.rows.tables.get(table).cloned().unwrap_or_default();
        let gone = erased.get(table).copied().unwrap_or_default();
        check_rows(audit, layout, &rows, &with_erased(counts.clone(), &rows, gone), findings);
        let documents = manifest.documents.tables.get(table).cloned().unwrap_or_default();
        check_documents(audit, layout, &rows, &documents, counts, findings);
    }
    Ok(())
}

/// Rows that were erased since were counted as refused when the corpus was made: the gate refuses
/// them from the moment of the erasure, the lake gives them up a moment later.
fn with_erased(mut counts: Counts, claimed: &RowCounts, gone: u64) -> Counts {
    let more = claimed.rows_in.saturating_sub(counts.rows_in);
    if more <= gone {
        counts.rows_in += more;
        *counts.left_out.entry(Reason::AccountClosed).or_default() += more;
    }
    counts
}

fn check_rows(
    audit: &Audit<'_>,
    layout: &Layout,
    claimed: &RowCounts,
    counts: &Counts,
    findings: &mut Findings,
) {
    let place = || Place::manifest();
    let table = layout.table;
    if claimed.rows_in != claimed.kept + claimed.left_out.values().sum::<u64>() {
        let what = format!("rows of `{table}` are neither kept nor left out");
        findings.violation(Code::RowAccounting, place(), what);
    }
    let (claimed_reasons, reasons) = (merged(&claimed.left_out), merged(&counts.left_out));
    let is_same = (claimed.rows_in, claimed.kept) == (counts.rows_in, counts.kept)
        && claimed_reasons == reasons;
    if !is_same {
        // Where the lake has changed and the corpus is yet to follow, the counts are old.
        let severity =
            if audit.pending.is_empty() { Severity::Violation } else { Severity::Pending };
        let what = format!(
            "`{table}` has {} rows of which {} are permitted, the manifest says {} and {}{}",
            counts.rows_in,
            counts.kept,
            claimed.rows_in,
            claimed.kept,
            differences(&claimed_reasons, &reasons)
        );
        findings.add(severity, Code::RowAccounting, place(), what);
    }
}

/// A member who is not known at all is refused before the category is looked at, or after: both
/// reasons say the same of such a row.
fn merged(left_out: &BTreeMap<Reason, u64>) -> BTreeMap<Reason, u64> {
    let mut merged = BTreeMap::new();
    for (reason, rows) in left_out.iter().filter(|(_, rows)| **rows > 0) {
        let reason =
            if *reason == Reason::MemberUnknown { Reason::NotThisPurpose } else { *reason };
        *merged.entry(reason).or_default() += rows;
    }
    merged
}

fn differences(claimed: &BTreeMap<Reason, u64>, counted: &BTreeMap<Reason, u64>) -> String {
    let reasons: BTreeSet<_> = claimed.keys().chain(counted.keys()).collect();
    let mut words = String::new();
    for reason in reasons {
        let [says, is] = [claimed, counted].map(|one| one.get(reason).copied().unwrap_or_default());
        if says != is {
            words.push_str(&format!("; {reason}: {is}, not {says}"));
        }
    }
    words
}

fn check_documents(
    audit: &Audit<'_>,
    layout: &Layout,
    rows: &RowCounts,
    claimed: &DocumentCounts,
    counts: &Counts,
    findings: &mut Findings,
) {
    let left_out = |reason: &str| claimed.left_out.get(reason).copied().unwrap_or_default();
    let (kept, masks) = present(audit, layout);
    let no_document = if layout.paragraphs.is_empty() { claimed.rows_in } else { 0 };
    let claims = [
        (claimed.rows_in == rows.kept, "rows come in that the gate did not let through"),
        (
            claimed.rows_in == claimed.kept + claimed.left_out.values().sum::<u64>(),
            "rows are neither kept nor left out",
        ),
        (claimed.kept == kept, "the documents are not as many as it says"),
        (claimed.masks == masks, "the masks are not as many as it says"),
        (
            claimed.languages.values().sum::<u64>() == claimed.kept,
            "the documents of all languages are not as many as it says",
        ),
        (left_out("no-document") == no_document, "rows without text are not as many as it says"),
        (left_out("empty") == counts.empty, "empty rows are not as many as it says"),
        (
            claimed
                .left_out
                .keys()
                .all(|reason| REASONS.contains(&reason.as_str()) || is_of_recipe(reason)),
            "rows are left out for a reason that is not known",
        ),
    ];
    for (_, what) in claims.iter().filter(|(holds, _)| !holds) {
        let severity =
            if audit.pending.is_empty() { Severity::Violation } else { Severity::Pending };
        let what = format!("documents of `{}`: {what}", layout.table);
        findings.add(severity, Code::DocumentAccounting, Place::manifest(), what);
    }
}

/// Whether a row was left out because the recipe says so.
fn is_of_recipe(reason: &str) -> bool {
    matches!(reason, "ambiguous-name" | "personal-data" | "language" | "near-duplicate")
        || reason.starts_with("quality-")
}

/// How many rows of a table the recipe left out, as the manifest says.
pub(crate) fn left_out_by_recipe(audit: &Audit<'_>, layout: &Layout) -> u64 {
    let Some(claimed) = audit.manifest.documents.tables.get(layout.table) else { return 0 };
    let of_recipe = claimed.left_out.iter().filter(|(reason, _)| is_of_recipe(reason));
    of_recipe.map(|(_, rows)| rows).sum()
}

/// The documents of a table that are in the corpus, and the masks in them.
fn present(audit: &Audit<'_>, layout: &Layout) -> (u64, u64) {
    let (mut kept, mut masks) = (0, 0);
    for row in audit.corpus.lineage.iter().filter(|row| row.table == layout.table) {
        kept += 1;
        let document = audit.corpus.document(&row.file, row.row);
        masks += document.map_or(0, |one| one.text.matches(text::MASK).count() as u64);
    }
    (kept, masks)
}

//! Lineage and shards name each other, row by row, in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Code, Findings, Place,
    corpus::{Corpus, LineageRow},
    lake::TABLES,
    manifest::Manifest,
};

pub(crate) fn check(corpus: &Corpus, manifest: &Manifest, findings: &mut Findings) {
    check_order(corpus, manifest, findings);
    check_places(corpus, manifest, findings);
    check_cells(corpus, manifest, findings);
}

/// Where a table stands in the order of a lineage; unknown ones come last.
pub(crate) fn order_of(table: &str) -> usize {
    TABLES.iter().position(|layout| layout.table == table).unwrap_or(TABLES.len())
}

fn check_order(corpus: &Corpus, manifest: &Manifest, findings: &mut Findings) {
    let key = |row: &LineageRow| (row.member, row.item, order_of(&row.table));
    for (number, pair) in (1..).zip(corpus.lineage.windows(2)) {
        let [before, after] = pair else { continue };
        let place = Place::row(&manifest.lineage.path, number);
        if key(before) > key(after) {
            findings.violation(Code::Unsorted, place, "the row before belongs behind it");
        } else if key(before) == key(after) {
            let what = "the row before names the same row of the lake";
            findings.violation(Code::LineageTwice, place, what);
        }
    }
    for shard in &corpus.shards {
        let documents = shard.rows.as_deref().unwrap_or_default();
        for (number, pair) in (1..).zip(documents.windows(2)) {
            let [before, after] = pair else { continue };
            if before.document >= after.document {
                let place = Place::row(&shard.path, number);
                findings.violation(Code::Unsorted, place, "the row before belongs behind it");
            }
        }
    }
}

fn check_places(corpus: &Corpus, manifest: &Manifest, findings: &mut Findings) {
    let unreadable =
        |file: &str| corpus.shards.iter().any(|shard| shard.path == file && shard.rows.is_none());
    let mut named: BTreeSet<(&str, i64)> = BTreeSet::new();
    for (number, row) in (0..).zip(&corpus.lineage) {
        let place = Place::row(&manifest.lineage.path, number);
        if !named.insert((&row.file, row.row)) {
            let what = "another row of the lineage names the same place";
            findings.violation(Code::LineageTwice, place.clone(), what);
        }
        match corpus.document(&row.file, row.row) {
            Some(document) if document.document == row.document => {}
            Some(_) => {
                let what = "the shard has another document there";
                findings.violation(Code::DocumentDiffers, place, what);
            }
            None if unreadable(&row.file) => {}
            None => {
                let what = "no shard has the row that it names";
                findings.violation(Code::LineageWithoutRow, place, what);
            }
        }
    }
    for shard in &corpus.shards {
        for (number, _) in (0..).zip(shard.rows.iter().flatten()) {
            if !named.contains(&(shard.path.as_str(), number)) {
                let place = Place::row(&shard.path, number);
                let what = "the lineage does not say whose it is";
                findings.violation(Code::RowWithoutLineage, place, what);
            }
        }
    }
}

/// All rows of a member are in one cell.
fn check_cells(corpus: &Corpus, manifest: &Manifest, findings: &mut Findings) {
    let cells: BTreeMap<&str, _> = manifest
        .files
        .iter()
        .map(|file| (file.path.as_str(), (file.split.as_str(), file.shard, file.slice)))
        .collect();
    let mut first = BTreeMap::new();
    for (number, row) in (0..).zip(&corpus.lineage) {
        let Some(cell) = cells.get(row.file.as_str()) else { continue };
        if first.entry(row.member).or_insert(cell) != &cell {
            let place = Place::row(&manifest.lineage.path, number);
            let what = format!("member {} has rows in another cell, too", row.member);
            findings.violation(Code::MemberInTwoCells, place, what);
        }
    }
}

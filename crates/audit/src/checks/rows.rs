//! Every row of the corpus against the row of the lake that it came from, and the other way round.

use std::collections::{BTreeMap, HashSet};

use policy::{Reason, aipref::Usage};

use crate::{
    Code, Findings, Place, Result, Severity,
    checks::{
        accounting::left_out_by_recipe,
        texts::{self, WithNames},
    },
    corpus::{Document, LineageRow},
    lake::{Layout, TABLES},
    manifest::Manifest,
    names::Kind,
    rule::RowFacts,
    table::Row,
    text::{Comparison, Source, Why, is_replaced_in, may_be_replaced},
    verify::Audit,
};

/// What the rows of one table come to by the rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rows_in: u64,
    pub(crate) kept: u64,
    /// By the first reason against.
    pub(crate) left_out: BTreeMap<Reason, u64>,
    /// Of those kept: rows without a word.
    pub(crate) empty: u64,
}

/// What speaks against a row of the corpus.
type Problems = Vec<(Code, String)>;

/// A row of the lineage, and what became of it when the lake was read.
struct Entry<'a> {
    row: &'a LineageRow,
    document: Option<&'a Document>,
    /// `None` until the lake was found to have it. Of several rows with one address the best
    /// counts.
    problems: Option<Problems>,
    /// Where the lake has it, if that is not among the versions that the corpus is made of.
    out_of_range: Option<(Code, &'static str)>,
}

/// What a row answers, as far as the corpus tells.
enum Answers {
    Nothing,
    /// Something that is not in the corpus; which number it would have is not known here.
    Absent,
    /// The document of this number.
    Document(i64),
}

/// The words of all documents.
struct Words<'a> {
    all: HashSet<blake3::Hash>,
    /// The texts in which a recipe has replaced something.
    replaced: Vec<&'a str>,
}

/// One table, while it is read.
struct Reading<'a> {
    audit: &'a Audit<'a>,
    layout: &'static Layout,
    entries: BTreeMap<(i64, i64), Entry<'a>>,
    counts: Counts,
    words: &'a Words<'a>,
    /// The addresses of permitted rows with text that no document has the words of.
    missing: Vec<(i64, i64)>,
}

pub(crate) async fn check(
    audit: &Audit<'_>,
    with_names: &WithNames,
    findings: &mut Findings,
) -> Result<BTreeMap<&'static str, Counts>> {
    let documents = audit.corpus.documents().chain(audit.earlier.documents());
    let words = Words::of(documents.map(|document| document.text.as_str()));
    check_tables(audit, findings);
    let mut counts = BTreeMap::new();
    for layout in &TABLES {
        let mut reading = Reading::of(audit, layout, &words);
        audit.lake.for_each(layout.table, |row| reading.visit(row)).await?;
        findings.checked.lake_rows += reading.counts.rows_in;
        counts.insert(layout.table, reading.counts.clone());
        reading.report_missing(findings);
        for entry in reading.entries.into_values() {
            entry.report(audit, with_names, findings);
        }
    }
    Ok(counts)
}

/// Why a row that came in with a version cannot be in a corpus; `None` if it can.
fn out_of_range(manifest: &Manifest, version: Option<i64>) -> Option<(Code, &'static str)> {
    let after = manifest.after.as_ref().map(|after| after.lake_version);
    match version {
        Some(version) if after.is_some_and(|after| version <= after) => {
            Some((Code::RowTooOld, "the lake has it from a version that the corpus goes on from"))
        }
        Some(version) if version <= manifest.lake_version => None,
        _ => Some((Code::RowTooNew, "the lake has it from a later version only")),
    }
}

/// Rows of tables that are never given out have no place in a corpus.
fn check_tables(audit: &Audit<'_>, findings: &mut Findings) {
    for (number, row) in (0..).zip(&audit.corpus.lineage) {
        if Layout::of(&row.table).is_none_or(|layout| layout.paragraphs.is_empty()) {
            let place = Place::row(&audit.manifest.lineage.path, number);
            let what = format!("rows of `{}` make no documents", row.table);
            findings.violation(Code::RowNotInLake, place, what);
        }
    }
}

impl<'a> Reading<'a> {
    fn of(audit: &'a Audit<'a>, layout: &'static Layout, words: &'a Words<'a>) -> Self {
        let rows = audit.corpus.lineage.iter().filter(|row| row.table == layout.table);
        let entries = rows.map(|row| {
            let document = audit.corpus.document(&row.file, row.row);
            let entry = Entry { row, document, problems: None, out_of_range: None };
            ((row.member, row.item), entry)
        });
        let entries = entries.collect();
        Self { audit, layout, entries, counts: Counts::default(), words, missing: Vec::new() }
    }

    fn visit(&mut self, row: Row<'_>) {
        // The lake refuses rows without these; here they are addressed by numbers nobody has.
        let address = (row.long("member_number").unwrap_or(-1), row.long("item").unwrap_or(-1));
        if let Some(why) = out_of_range(self.audit.manifest, row.long("lake_version")) {
            if let Some(entry) = self.entries.get_mut(&address) {
                entry.out_of_range = Some(why);
            }
            return;
        }
        self.counts.rows_in += 1;
        let review = self.audit.named.needs_review(self.layout, row);
        let is_revealing = self.audit.revealing.contains(&address);
        let facts = self.layout.facts(row, is_revealing, review);
        let reasons = self.audit.judge.reasons(address.0, facts.as_ref());
        if let Some(first) = reasons.first() {
            *self.counts.left_out.entry(*first).or_default() += 1;
            if !self.entries.contains_key(&address) {
                return;
            }
        }
        let normalisation = &self.audit.manifest.recipe.normalisation;
        let source = self.audit.named.source(self.layout, row, address, normalisation);
        if reasons.is_empty() {
            self.keep(address, &source);
        }
        let answers = self.answers(row);
        let Some(entry) = self.entries.get_mut(&address) else { return };
        let mut problems = entry.compare(row, facts.as_ref(), answers, &source);
        if !reasons.is_empty() {
            let words: Vec<_> = reasons.iter().map(|reason| reason.name()).collect();
            problems.push((Code::RowRefused, format!("the rule refuses it: {}", words.join(", "))));
        }
        if entry.problems.as_ref().is_none_or(|others| problems.len() < others.len()) {
            entry.problems = Some(problems);
        }
    }

    /// What a row answers.
    fn answers(&self, row: Row<'_>) -> Answers {
        let parent = row.long("parent_member").zip(row.long("parent_item"));
        let entry = |parent| self.entries.get(&parent);
        match parent.map(entry) {
            None => Answers::Nothing,
            Some(None) => Answers::Absent,
            Some(Some(entry)) => Answers::Document(entry.row.document),
        }
    }

    fn keep(&mut self, address: (i64, i64), source: &Source) {
        self.counts.kept += 1;
        if self.layout.paragraphs.is_empty() {
            return;
        }
        if source.is_empty() {
            self.counts.empty += 1;
        } else if !self.entries.contains_key(&address) {
            self.missing.extend((!self.words.have(source)).then_some(address));
        }
    }

    /// A permitted row is in the corpus, or another row with the same words is, or the recipe left it
    /// out; which rows those are, the manifest does not say, only how many. Where it is not known what
    /// is there already, nobody can tell.
    fn report_missing(&self, findings: &mut Findings) {
        let is_explained = self.missing.len() as u64 <= left_out_by_recipe(self.audit, self.layout);
        if is_explained || !self.audit.earlier.is_whole {
            return;
        }
        for (member, item) in &self.missing {
            let what = format!("item {item} of member {member} is permitted and has no document");
            findings.violation(Code::RowMissing, Place::lake(self.layout.table), what);
        }
    }
}

impl<'a> Words<'a> {
    fn of(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut words = Self { all: HashSet::new(), replaced: Vec::new() };
        for text in texts {
            words.all.insert(texts::words(text));
            words.replaced.extend(is_replaced_in(text).then_some(text));
        }
        words
    }

    /// Whether a document has the words of a source, or what a recipe may have made of them.
    fn have(&self, source: &Source) -> bool {
        let may_be = |text: &&str| source.compare(text) == Comparison::Good;
        self.all.contains(&texts::words(&source.expected))
            || may_be_replaced(&source.expected) && self.replaced.iter().any(may_be)
    }
}

impl Entry<'_> {
    /// Everything in which the document is not what the row of the lake makes it.
    fn compare(
        &self,
        row: Row<'_>,
        facts: Option<&RowFacts>,
        answers: Answers,
        source: &Source,
    ) -> Problems {
        let Some(document) = self.document else { return Vec::new() };
        let mut problems = Vec::new();
        let mut differs = |column: &str| {
            problems.push((Code::RowDiffers, format!("its {column} is not what the lake says")));
        };
        if facts.is_none_or(|facts| facts.category.name() != document.category) {
            differs("category");
        }
        // where the source says none, it is told from the words
        if row.text("language").is_some_and(|tag| document.language.as_deref() != Some(tag)) {
            differs("language");
        }
        if row.long("created") != document.created {
            differs("date");
        }
        let is_told = match answers {
            Answers::Nothing => document.answers.is_none(),
            Answers::Absent => document.answers.is_some(),
            Answers::Document(parent) => document.answers == Some(parent),
        };
        if !is_told {
            differs("parent");
        }
        let usage = |said: Option<&str>| Usage::read(said.unwrap_or_default());
        if usage(row.text("content_usage")) != usage(document.content_usage.as_deref()) {
            differs("signal");
        }
        match source.compare(&document.text) {
            Comparison::Good => {
                if !source.is_cut(&document.paragraphs, &document.text) {
                    differs("division into columns");
                }
            }
            Comparison::Different => {
                let what = "the text is not that of the lake with names masked".to_owned();
                problems.push((Code::TextDiffers, what));
            }
            Comparison::Unmasked(places) => problems.extend(places.into_iter().map(unmasked)),
        }
        problems
    }

    fn report(self, audit: &Audit<'_>, with_names: &WithNames, findings: &mut Findings) {
        let place = Place::row(&self.row.file, self.row.row);
        let is_pending = audit.pending.covers(self.row.member, self.row.item);
        let severity = if is_pending { Severity::Pending } else { Severity::Violation };
        let Some(problems) = self.problems else {
            let nowhere = (Code::RowNotInLake, "the lake has no such row");
            let (code, what) = self.out_of_range.unwrap_or(nowhere);
            findings.add(severity, code, place, what);
            return;
        };
        for (code, what) in problems {
            let is_known = matches!(code, Code::NameInText | Code::EmailInText)
                && with_names.contains(&(self.row.file.clone(), self.row.row));
            if !is_known {
                findings.add(severity, code, place.clone(), what);
            }
        }
    }
}

fn unmasked(why: Why) -> (Code, String) {
    match why {
        Why::Mention => {
            let what = "a mention of somebody who must not be named is not masked";
            (Code::MentionUnmasked, what.to_owned())
        }
        Why::Found(Kind::Name) => {
            (Code::NameInText, "a name of somebody who must not be named is not masked".to_owned())
        }
        Why::Found(Kind::Email) => {
            (Code::EmailInText, "an address of somebody who objected is not masked".to_owned())
        }
    }
}

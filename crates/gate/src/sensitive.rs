//! Which rows reveal special categories of personal data: judged once, when they come in, and kept
//! in the lake, so that every exit knows it and whoever asks is told on what basis.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    pin::Pin,
    slice::Iter,
    sync::Arc,
};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use futures::{Stream, TryStreamExt};
use lake::{Judged, Lake, Snapshot, Table};
use policy::{ItemId, LakeVersion, MemberNumber};
use serde::Serialize;
use text::sensitive::{self, SensitiveFinder, Verdict};

use crate::{
    Gate, GateError, Result,
    columns::{Columns, session},
    expressions::{free_text, venue_of},
    lake_rows::{START, address, scan, scan_snapshot},
    threads::Address,
};

const SOURCE: &str = "gate";

/// Stands before a term that was found in the name of a page or group.
const VENUE: &str = "venue: ";

/// The tables whose words are judged.
const JUDGED: [Table; 5] =
    [Table::Profiles, Table::Positions, Table::Education, Table::Skills, Table::Items];

/// How many rows that were found are held before they are written down.
const FINDINGS_IN_PART: usize = 25_000;

/// That a row reveals something, and on what basis that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reveals {
    /// The special category: `health`, `religion`, `politics`, `union`, `sexual-orientation` or
    /// `ethnic-origin`; `None` where only the source of the row says that it is sensitive.
    pub category: Option<String>,
    /// The entries of the lists that stand in the row and decided; `venue: ` stands before one that
    /// is in the name of the page or group in which it was published.
    pub terms: Vec<String>,
}

/// The rows that were found to reveal something.
#[derive(Debug, Default)]
pub(crate) struct SensitiveRows {
    by_member: HashMap<MemberNumber, HashSet<ItemId>>,
}

/// What was found in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    category: &'static str,
    terms: String,
    /// The lake version that brought the row.
    version: i64,
}

/// Findings by the row that they speak of.
pub(crate) type Findings = BTreeMap<Address, Finding>;

/// Rows of a table, some at a time.
type Rows = Pin<Box<dyn Stream<Item = Result<RecordBatch>> + Send>>;

/// Goes through the rows that were not judged, some at a time.
pub(crate) struct Judging {
    lake: Lake,
    finder: SensitiveFinder,
    before: Judged,
    /// Rows that came in after this version are judged, up to `through`.
    since: LakeVersion,
    through: LakeVersion,
    tables: Iter<'static, Table>,
    open: Option<(Table, Rows)>,
    /// What earlier lists found and these have not, so far.
    stale: HashSet<Address>,
    has_ended: bool,
}

impl FromIterator<Address> for SensitiveRows {
    fn from_iter<T: IntoIterator<Item = Address>>(rows: T) -> Self {
        let mut all = Self::default();
        all.extend(rows);
        all
    }
}

impl Extend<Address> for SensitiveRows {
    fn extend<T: IntoIterator<Item = Address>>(&mut self, rows: T) {
        for (member, item) in rows {
            self.by_member.entry(member).or_default().insert(item);
        }
    }
}

impl SensitiveRows {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_member.is_empty()
    }

    /// The rows of a member; `None` if there are none.
    pub(crate) fn of(&self, member: MemberNumber) -> Option<&HashSet<ItemId>> {
        self.by_member.get(&member)
    }
}

impl Judging {
    /// Starts where the last look ended, or from the beginning where the lists are others since;
    /// `None` if every row has been judged.
    pub(crate) async fn start(lake: &Lake, head: &Snapshot) -> Result<Option<Self>> {
        let before = head.record().judged;
        let is_anew = before.lists != sensitive::VERSION;
        if !is_anew && before.through == head.version() {
            return Ok(None);
        }
        let finder = SensitiveFinder::new().map_err(|source| GateError::Terms { source })?;
        let mut stale = HashSet::new();
        if is_anew {
            let known = lake.content_keys(Table::Sensitive).await;
            let known = known.map_err(GateError::lake("reading what rows reveal"))?;
            stale.extend(known.into_iter().map(|key| (key.member, key.item)));
        }
        Ok(Some(Self {
            lake: lake.clone(),
            finder,
            before,
            since: if is_anew { START } else { before.through },
            through: head.version(),
            tables: JUDGED.iter(),
            open: None,
            stale,
            has_ended: false,
        }))
    }

    /// Whether every row has been looked at.
    pub(crate) const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// What is found next and not known to the lake; only the last part may be small.
    pub(crate) async fn next(&mut self) -> Result<Findings> {
        let mut found = Findings::new();
        while found.len() < FINDINGS_IN_PART {
            let Some((table, rows)) = &mut self.open else {
                let Some(table) = self.tables.next() else {
                    self.has_ended = true;
                    break;
                };
                self.open = Some((*table, rows_of(&self.lake, *table, self.since).await?));
                continue;
            };
            match rows.try_next().await? {
                Some(batch) => {
                    let versions = (self.since, self.through);
                    judge(&self.finder, *table, versions, &batch, &mut found);
                }
                None => self.open = None,
            }
        }
        for row in found.keys() {
            self.stale.remove(row);
        }
        unknown(&self.lake, found).await
    }

    /// What holds no longer, once every row has been looked at.
    pub(crate) fn stale(&mut self) -> HashSet<Address> {
        std::mem::take(&mut self.stale)
    }

    /// Whose rows were taken before it was known what they reveal.
    pub(crate) fn learned(&self, found: &Findings) -> BTreeSet<MemberNumber> {
        let older = found.iter().filter(|(_, one)| one.version <= self.before.through.as_i64());
        older.map(|((member, _), _)| *member).collect()
    }
}

/// That every row up to a version has been judged by the lists of now.
pub(crate) const fn judged(through: LakeVersion) -> Judged {
    Judged { through, lists: sensitive::VERSION }
}

/// The words of rows that came in after a version, with whose they are and when they came.
async fn rows_of(lake: &Lake, table: Table, since: LakeVersion) -> Result<Rows> {
    // not as of when the look began: files of then may be gone
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    let columns = ["member_number", "item", "lake_version"].into_iter();
    let columns: Vec<_> = columns.chain(free_text(table)).chain(venue_of(table)).collect();
    Ok(Box::pin(scan_snapshot(&head, table, &columns, since).await?))
}

/// Judges the rows of a batch that came in after one version and up to another.
fn judge(
    finder: &SensitiveFinder,
    table: Table,
    (since, through): (LakeVersion, LakeVersion),
    batch: &RecordBatch,
    found: &mut Findings,
) {
    let rows = Columns::of(batch);
    let venue = 3 + free_text(table).count();
    for at in 0..batch.num_rows() {
        let key = (rows.long(0, at), rows.long(1, at), rows.long(2, at));
        let (Some(member), Some(item), Some(version)) = key else { continue };
        if version <= since.as_i64() || version > through.as_i64() {
            continue;
        }
        let words = (3..venue).filter_map(|column| rows.text(column, at));
        let said = verdict(finder, table, words);
        let venue = rows.text(venue, at).and_then(|name| finder.judge_name(name));
        if let Some((category, terms)) = basis_of(said, venue) {
            found.insert(address(member, item), Finding { category, terms, version });
        }
    }
}

/// What a row reveals, and by which terms: by those of its words first, then by those of where it
/// was published, each of which says so.
fn basis_of(said: Option<Verdict>, venue: Option<Verdict>) -> Option<(&'static str, String)> {
    let kind = said.as_ref().or(venue.as_ref())?.kind;
    let of_words = said.iter().flat_map(terms).map(str::to_owned);
    let of_venue = venue.iter().filter(|venue| venue.kind == kind).flat_map(terms);
    let of_venue = of_venue.map(|term| format!("{VENUE}{term}"));
    Some((kind.code(), of_words.chain(of_venue).collect::<Vec<_>>().join(", ")))
}

/// A skill is the name of something that somebody belongs to; everything else is said in words.
fn verdict<'a>(
    finder: &SensitiveFinder,
    table: Table,
    mut words: impl Iterator<Item = &'a str>,
) -> Option<Verdict> {
    if table == Table::Skills {
        return words.find_map(|name| finder.judge_name(name));
    }
    let words: Vec<_> = words.collect();
    match words.as_slice() {
        [] => None,
        [one] => finder.judge(one),
        several => finder.judge(&several.join("\n\n")),
    }
}

/// What decided, each entry once.
fn terms(verdict: &Verdict) -> Vec<&'static str> {
    let mut terms: Vec<_> = verdict.bases.iter().map(|basis| basis.term).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Those that the lake does not have.
async fn unknown(lake: &Lake, mut found: Findings) -> Result<Findings> {
    if found.is_empty() {
        return Ok(found);
    }
    let asked: BTreeSet<_> = found.keys().copied().collect();
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    let known = head.find(Table::Sensitive, &asked).await;
    for key in known.map_err(GateError::lake("reading what rows reveal"))? {
        found.remove(&(key.member, key.item));
    }
    Ok(found)
}

/// Drops what was found in rows that have left the lake since version `read`, or came in anew.
/// Whoever calls it holds the lake's lock.
pub(crate) async fn drop_gone(lake: &Lake, read: LakeVersion, found: &mut Findings) -> Result<()> {
    let mut there = HashSet::new();
    for table in JUDGED.iter().filter(|_| !found.is_empty()) {
        let mut batches = scan(lake, *table, &["member_number", "item", "lake_version"]).await?;
        while let Some(batch) = batches.try_next().await? {
            let rows = Columns::of(&batch);
            let as_read = |at| rows.long(2, at).is_some_and(|version| version <= read.as_i64());
            let keys = (0..batch.num_rows())
                .filter(|at| as_read(*at))
                .filter_map(|at| Some(address(rows.long(0, at)?, rows.long(1, at)?)));
            there.extend(keys.filter(|key| found.contains_key(key)));
        }
    }
    found.retain(|row, _| there.contains(row));
    Ok(())
}

/// The findings in the columns of their table; `None` if there are none.
pub(crate) fn batch(found: &Findings) -> Result<Option<RecordBatch>> {
    if found.is_empty() {
        return Ok(None);
    }
    let schema = Table::Sensitive.input_schema();
    let longs = |of: &dyn Fn(&Address) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(found.keys().map(of)))
    };
    let words = |of: &dyn Fn(&Finding) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(found.values().map(of)))
    };
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "member_number" => longs(&|row| row.0.as_i64()),
        // one row speaks of one row, so that it is recognised by what it speaks of
        "item" | "content" => longs(&|row| row.1.as_i64()),
        "category" => words(&|finding| finding.category.to_owned()),
        "terms" => words(&|finding| finding.terms.clone()),
        _ => words(&|_| SOURCE.to_owned()),
    });
    RecordBatch::try_new(Arc::clone(&schema), columns.collect())
        .map(Some)
        .map_err(|source| GateError::plan("building what rows reveal")(source.into()))
}

impl Gate {
    /// Every row that was found to reveal something.
    pub(crate) async fn sensitive_rows(&self) -> Result<SensitiveRows> {
        let mut all = SensitiveRows::default();
        let keys = ["member_number", "item"];
        let mut batches = scan(self.lake(), Table::Sensitive, &keys).await?;
        while let Some(batch) = batches.try_next().await? {
            let rows = Columns::of(&batch);
            all.extend(
                (0..batch.num_rows())
                    .filter_map(|at| Some(address(rows.long(0, at)?, rows.long(1, at)?))),
            );
        }
        Ok(all)
    }

    /// What one row was found to reveal.
    pub(crate) async fn revealed_by(&self, (member, item): Address) -> Result<Option<Reveals>> {
        let provider = self.lake().table(Table::Sensitive).await;
        let provider = provider.map_err(GateError::lake("opening a table"))?;
        let frame = session(None)
            .read_table(provider)
            .and_then(|frame| frame.filter(self.are_of(member, Some(item))))
            .and_then(|frame| frame.select_columns(&["category", "terms"]));
        let frame = frame.map_err(GateError::plan("planning a look-up"))?;
        let found = frame.collect().await.map_err(GateError::plan("looking a row up"))?;
        let first = found.iter().find(|batch| batch.num_rows() > 0).map(|batch| {
            let columns = Columns::of(batch);
            let terms = columns.text(1, 0).unwrap_or_default().split(", ");
            Reveals {
                category: columns.text(0, 0).map(str::to_owned),
                terms: terms.filter(|term| !term.is_empty()).map(str::to_owned).collect(),
            }
        });
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use lake::columns::SPECIAL_CATEGORIES;

    use super::*;

    #[test]
    fn the_lake_knows_every_category_that_can_be_found() {
        let found: Vec<_> = sensitive::Kind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(found, SPECIAL_CATEGORIES);
    }

    #[test]
    fn columns_of_one_row_are_judged_together() {
        let finder = SensitiveFinder::new().unwrap();
        let judged = |table, words: &[&str]| {
            verdict(&finder, table, words.iter().copied()).map(|one| one.kind.code())
        };
        assert_eq!(judged(Table::Profiles, &["Engineer", "I am HIV positive."]), Some("health"));
        assert_eq!(judged(Table::Profiles, &["Engineer", "I like positive people."]), None);
        assert_eq!(judged(Table::Items, &[]), None);
    }

    #[test]
    fn what_decides_is_the_text_and_where_it_was_published() {
        let finder = SensitiveFinder::new().unwrap();
        let check = |text: &str, venue: &str, expected: Option<(&str, &str)>| {
            let found = basis_of(finder.judge(text), finder.judge_name(venue));
            let found = found.as_ref().map(|(category, terms)| (*category, terms.as_str()));
            assert_eq!(found, expected, "{text} {venue}");
        };
        check("Who comes on Monday?", "Rust Hamburg", None);
        let group = "Selbsthilfegruppe Depression Köln";
        check("Who comes on Monday?", group, Some(("health", "venue: *depression~")));
        check("I am HIV positive.", "Rust Hamburg", Some(("health", "hiv positiv~")));
        let both = Some(("health", "hiv positiv~, venue: *depression~"));
        check("I am HIV positive.", group, both);
        check("I am HIV positive.", "Katholische Jugend", Some(("health", "hiv positiv~")));
    }
}

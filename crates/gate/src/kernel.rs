//! The decision over the rows of a batch: column by column, and row by row only for the members
//! whose rows differ.

use arrow::array::{Array, BooleanArray, Int64Array, StringViewArray};
use lake::{ItemKind, Table};
use policy::{
    Category, Instant, ItemId, MemberNumber, Reason, ReasonSet, Visibility, aipref::Usage,
};

use crate::{
    answers::{Answers, MemberAnswer},
    evaluator::{Evaluator, RowFacts, Window},
    sensitive::SensitiveRows,
};

/// The columns that the decision reads, all of one length.
#[derive(Debug)]
pub(crate) struct RowArrays {
    pub(crate) table: Table,
    pub(crate) member: Int64Array,
    pub(crate) item: Int64Array,
    pub(crate) kind: StringViewArray,
    pub(crate) visibility: StringViewArray,
    pub(crate) created: Int64Array,
    pub(crate) content_usage: StringViewArray,
    pub(crate) sensitive: BooleanArray,
    pub(crate) names_objector: BooleanArray,
}

const NOT_THIS_PURPOSE: u32 = ReasonSet::EMPTY.with(Reason::NotThisPurpose).bits();
const NOT_PUBLIC: u32 = ReasonSet::EMPTY.with(Reason::NotPublic).bits();
const VISIBILITY_UNKNOWN: u32 = ReasonSet::EMPTY.with(Reason::VisibilityUnknown).bits();
const DATE_UNKNOWN: u32 = ReasonSet::EMPTY.with(Reason::DateUnknown).bits();
const BEFORE_CUTOFF: u32 = ReasonSet::EMPTY.with(Reason::BeforeCutoff).bits();
const AFTER_AS_OF: u32 = ReasonSet::EMPTY.with(Reason::AfterAsOf).bits();
const OPTED_OUT: u32 = ReasonSet::EMPTY.with(Reason::OptedOutBySignal).bits();
const SENSITIVE: u32 = ReasonSet::EMPTY.with(Reason::Sensitive).bits();
const NAMES_OBJECTOR: u32 = ReasonSet::EMPTY.with(Reason::NamesObjector).bits();

/// The place that no category has.
const NO_CATEGORY: u8 = u8::MAX;

/// The reasons that a row itself can give, by category.
const APPLIES: [u32; Category::ALL.len()] = {
    let mut applies = [OPTED_OUT | SENSITIVE | NAMES_OBJECTOR; Category::ALL.len()];
    let mut rest = Category::ALL;
    while let [category, others @ ..] = rest {
        #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
        let of_category = &mut applies[category.index()];
        if category.has_audience() {
            *of_category |= NOT_PUBLIC | VISIBILITY_UNKNOWN;
        }
        if category.is_dated() {
            *of_category |= DATE_UNKNOWN | BEFORE_CUTOFF | AFTER_AS_OF;
        }
        rest = others;
    }
    applies
};

/// The reasons against each row, as [`ReasonSet::bits`].
pub(crate) fn reasons(evaluator: &Evaluator, rows: &RowArrays) -> Vec<u32> {
    let (mut reasons, of_itself) = in_columns(evaluator, rows);
    for at in of_itself {
        if let Some(reasons) = reasons.get_mut(at) {
            *reasons = evaluator.reasons(&rows.facts(at)).bits();
        }
    }
    reasons
}

/// The reasons against each row, and the places of rows that have to be decided by themselves.
fn in_columns(evaluator: &Evaluator, rows: &RowArrays) -> (Vec<u32>, Vec<usize>) {
    let mut of_itself = set_apart(rows, evaluator.sensitive());
    // A pass for each: what one alone keeps at hand is too much for the registers.
    let categories = categories(rows);
    let mut reasons = of_rows(rows, evaluator.window());
    add_signals(&mut reasons, &rows.content_usage, evaluator);
    add_members(&mut reasons, &mut of_itself, &categories, rows, evaluator.answers());
    (reasons, of_itself)
}

/// The place of the category of each row; one that no category has if it is of an unknown kind.
fn categories(rows: &RowArrays) -> Vec<u8> {
    let categories = categories_of(rows.table);
    rows.kind.views().iter().map(|kind| categories.value(*kind)).collect()
}

/// What audience and date of each row say against it.
fn of_rows(rows: &RowArrays, window: Window) -> Vec<u32> {
    let audiences = audiences();
    let dates = Dates::of(&rows.created, window);
    let public = view_of(Visibility::Public.name()).unwrap_or_default();
    let columns = rows.visibility.views().iter().zip(rows.created.values());
    let reasons = columns.map(|(visibility, created)| {
        let audience = if *visibility == public { 0 } else { audiences.value(*visibility) };
        audience | dates.against(*created)
    });
    reasons.collect()
}

/// Adds what rows say of their own use.
fn add_signals(reasons: &mut [u32], said: &StringViewArray, evaluator: &Evaluator) {
    if !evaluator.hears_signals() || said.null_count() == said.len() {
        return;
    }
    // rows that say something mostly say the same
    let mut before = (None, false);
    for (reasons, said) in reasons.iter_mut().zip(said) {
        if said.is_none() {
            continue;
        }
        if said != before.0 {
            before = (said, evaluator.is_opted_out(Usage::heard(said)));
        }
        if before.1 {
            *reasons |= OPTED_OUT;
        }
    }
}

/// Keeps of the reasons those that rows of their category can give, and adds what holds for the
/// member of each row; the places of rows that have to be decided by themselves are added to those
/// given.
fn add_members(
    reasons: &mut [u32],
    of_itself: &mut Vec<usize>,
    categories: &[u8],
    rows: &RowArrays,
    answers: &Answers,
) {
    let most_frequent = answers.most_frequent();
    // rows of one member mostly follow each other
    let (mut member, mut answer) = (i64::MIN, answers.of(i64::MIN));
    let columns = reasons.iter_mut().zip(categories).zip(rows.member.values());
    for (at, ((reasons, category), its_member)) in columns.enumerate() {
        if *its_member != member {
            member = *its_member;
            let usual = answers.has_most_frequent(member);
            answer = if usual { most_frequent } else { answers.of(member) };
        }
        match answer {
            MemberAnswer::Uniform(by_category) => {
                let category = usize::from(*category);
                *reasons = match (by_category.get(category), APPLIES.get(category)) {
                    (Some(of_member), Some(applies)) => *reasons & applies | of_member.bits(),
                    _ => NOT_THIS_PURPOSE,
                };
            }
            MemberAnswer::RowByRow => of_itself.push(at),
        }
    }
}

impl RowArrays {
    /// One row, as it is decided by itself.
    fn facts(&self, at: usize) -> RowFacts {
        let holds = |flags: &BooleanArray| flags.is_valid(at) && flags.value(at);
        let kind = || word(&self.kind, at)?.parse::<ItemKind>().ok();
        RowFacts {
            member: MemberNumber::from_i64(self.member.value(at)),
            item: ItemId::from_i64(self.item.value(at)),
            category: self.table.category_of_row(None).or_else(|| kind().map(ItemKind::category)),
            visibility: word(&self.visibility, at).and_then(|word| word.parse().ok()),
            created: self
                .created
                .is_valid(at)
                .then(|| Instant::from_micros(self.created.value(at))),
            content_usage: Usage::heard(word(&self.content_usage, at)),
            sensitive: holds(&self.sensitive),
            names_objector: holds(&self.names_objector),
        }
    }
}

/// The rows that say something rare, which is looked at one by one.
fn set_apart(rows: &RowArrays, sensitive: &SensitiveRows) -> Vec<usize> {
    let flags = [&rows.sensitive, &rows.names_objector];
    let flagged = flags.into_iter().flat_map(|flags| flags.values().set_indices());
    let dated = rows.created.null_count() < rows.created.len();
    let undated = missing(&rows.created).filter(|_| dated);
    // a missing word mostly is an empty view, which is as unknown; but it need not be
    let unsaid = [&rows.visibility, &rows.kind].into_iter().flat_map(|words| {
        missing(words).filter(|at| words.views().get(*at).is_some_and(|view| *view != 0))
    });
    flagged.chain(undated).chain(unsaid).chain(found_in(rows, sensitive)).collect()
}

/// The places of rows that were found to reveal special categories.
fn found_in(rows: &RowArrays, sensitive: &SensitiveRows) -> Vec<usize> {
    let mut places = Vec::new();
    if sensitive.is_empty() {
        return places;
    }
    // rows of one member mostly follow each other
    let (mut member, mut items) = (None, None);
    for (at, (its_member, item)) in rows.member.values().iter().zip(rows.item.values()).enumerate()
    {
        if member != Some(*its_member) {
            member = Some(*its_member);
            items = sensitive.of(MemberNumber::from_i64(*its_member));
        }
        if items.is_some_and(|items| items.contains(&ItemId::from_i64(*item))) {
            places.push(at);
        }
    }
    places
}

/// The places of rows that have no value.
fn missing(column: &dyn Array) -> impl Iterator<Item = usize> {
    let nulls = column.nulls().filter(|nulls| nulls.null_count() > 0);
    let missing = nulls.map(|nulls| !nulls.inner());
    missing.into_iter().flat_map(|missing| missing.set_indices().collect::<Vec<_>>())
}

/// The place of the category of a kind.
fn categories_of(table: Table) -> Known<u8> {
    let place = |category: Category| category.index() as u8;
    match table.category_of_row(None) {
        Some(one) => Known::of(std::iter::empty(), place(one)),
        None => {
            let kinds = ItemKind::ALL.iter().map(|one| (one.name(), place(one.category())));
            Known::of(kinds, NO_CATEGORY)
        }
    }
}

/// What a visibility says against its row.
fn audiences() -> Known<u32> {
    let against = |one: Visibility| if one == Visibility::Public { 0 } else { NOT_PUBLIC };
    let audiences = Visibility::ALL.iter().map(|one| (one.name(), against(*one)));
    Known::of(audiences, VISIBILITY_UNKNOWN)
}

/// The values of the words of a closed list, which are short enough to stand in their views.
struct Known<T> {
    /// The words by a hash; who comes second to a slot is among the others.
    slots: [(u128, T); SLOTS],
    others: Vec<(u128, T)>,
    unknown: T,
}

const SLOTS: usize = 16;

/// Stands for no word: no view is as long.
const NO_WORD: u128 = u128::MAX;

impl<T: Copy> Known<T> {
    fn of<'a>(values: impl Iterator<Item = (&'a str, T)>, unknown: T) -> Self {
        let mut known = Self { slots: [(NO_WORD, unknown); SLOTS], others: Vec::new(), unknown };
        for (word, value) in values.filter_map(|(word, value)| Some((view_of(word)?, value))) {
            match known.slots.get_mut(slot_of(word)) {
                Some(slot) if slot.0 == NO_WORD => *slot = (word, value),
                _ => known.others.push((word, value)),
            }
        }
        known
    }

    #[inline]
    fn value(&self, view: u128) -> T {
        match self.slots.get(slot_of(view)) {
            Some((word, value)) if *word == view => *value,
            _ => self.elsewhere(view),
        }
    }

    #[cold]
    fn elsewhere(&self, view: u128) -> T {
        let found = self.others.iter().find(|(word, _)| *word == view);
        found.map_or(self.unknown, |(_, value)| *value)
    }
}

/// The factor gives each word of the lists a slot of its own.
#[inline]
fn slot_of(view: u128) -> usize {
    // length and the first four bytes
    let start = view as u64;
    (start.wrapping_mul(0xFF51_AFD7_ED55_8CCD) >> 60) as usize
}

/// The view of a word of up to twelve bytes: its length, then its bytes, then zeros.
fn view_of(word: &str) -> Option<u128> {
    let mut view = [0; 16];
    let (length, inline) = view.split_at_mut(4);
    inline.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    length.copy_from_slice(&u32::try_from(word.len()).ok()?.to_le_bytes());
    Some(u128::from_le_bytes(view))
}

/// What dates say against their rows.
struct Dates {
    window: Window,
    /// Microseconds from the oldest to the newest.
    span: u64,
    /// Holds for every row.
    always: u32,
}

impl Dates {
    fn of(created: &Int64Array, window: Window) -> Self {
        let (window, always) = match created.null_count() < created.len() {
            true => (window, 0),
            false => (Window { oldest: i64::MIN, newest: i64::MAX }, DATE_UNKNOWN),
        };
        let Window { oldest, newest } = window;
        let span = if oldest <= newest { newest.abs_diff(oldest) } else { 0 };
        Self { window, span, always }
    }

    #[inline]
    fn against(&self, created: i64) -> u32 {
        // one comparison for nearly all: who is below the oldest wraps around
        let since_oldest = created.wrapping_sub(self.window.oldest).cast_unsigned();
        if since_oldest < self.span { self.always } else { self.outside(created) }
    }

    /// The same for a date at the end of the window or outside.
    #[cold]
    fn outside(&self, created: i64) -> u32 {
        let Window { oldest, newest } = self.window;
        let after = if created > newest { AFTER_AS_OF } else { 0 };
        let before = if created < oldest { BEFORE_CUTOFF } else { 0 };
        if after | before == 0 { self.always } else { after | before }
    }
}

fn word(words: &StringViewArray, at: usize) -> Option<&str> {
    words.is_valid(at).then(|| words.value(at))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{HashMap, HashSet},
        path::Path,
        sync::Arc,
    };

    use policy::{Policy, Purpose};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        answers::{Answers, CategoryReasons, ROW_BY_ROW},
        evaluator::{Regime, RowByRow},
    };

    /// Member 0 has no reason against, 1 some, 2 is decided row by row, 3 is unknown.
    fn evaluator() -> Evaluator {
        let (name, document) = policy::shipped().pop().unwrap();
        let policy = Arc::new(Policy::parse(Path::new(name), document).unwrap());
        let as_of = "2026-03-01T00:00:00Z".parse().unwrap();
        let objected = |category: usize| match category % 3 {
            0 => ReasonSet::EMPTY,
            _ => ReasonSet::EMPTY.with(Reason::Objected).with(Reason::NotAdult),
        };
        let table: Vec<CategoryReasons> =
            vec![[ReasonSet::EMPTY; Category::ALL.len()], std::array::from_fn(objected)];
        let unknown = [ReasonSet::EMPTY.with(Reason::MemberUnknown); Category::ALL.len()];
        let answers = Answers::compress(&[0, 1, ROW_BY_ROW], table.clone(), unknown);
        let floor = RowByRow { floor: table[1], states: Vec::new() };
        let row_by_row = HashMap::from([(MemberNumber::from_i64(2), floor)]);
        let purpose = Purpose::new("generative-ai").unwrap();
        let regimes = vec![Regime { policy, as_of }];
        Evaluator::new(purpose, regimes, answers, row_by_row, HashSet::new())
    }

    type Word = Option<&'static str>;
    type Row = (i64, Word, Word, Option<i64>, Option<bool>, bool, Word);

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let some_word =
            |words: &'static [&'static str]| prop::option::of(prop::sample::select(words));
        let created = prop::option::of(1_300_000_000_000_000_i64..1_900_000_000_000_000);
        let kinds = &["post", "article", "comment", "group", "poem", "a word beyond a view"];
        let audiences = &["public", "network", "connections", "group", "private", "friends"];
        let signals = &["", "train-ai=y", "train-ai=n", "search=n, train-ai=n", "no AI"];
        let row = (
            -1..4_i64,
            some_word(kinds),
            some_word(audiences),
            created,
            prop::option::of(any::<bool>()),
            any::<bool>(),
            some_word(signals),
        );
        prop::collection::vec(row, 0..40)
    }

    fn arrays(table: Table, rows: &[Row]) -> RowArrays {
        RowArrays {
            table,
            member: rows.iter().map(|row| Some(row.0)).collect(),
            item: (0..).take(rows.len()).map(Some).collect(),
            kind: rows.iter().map(|row| row.1).collect(),
            visibility: rows.iter().map(|row| row.2).collect(),
            created: rows.iter().map(|row| row.3).collect(),
            content_usage: rows.iter().map(|row| row.6).collect(),
            sensitive: rows.iter().map(|row| row.4).collect(),
            names_objector: rows.iter().map(|row| Some(row.5)).collect(),
        }
    }

    proptest! {
        #[test]
        fn a_batch_is_decided_as_its_rows_are(
            rows in rows(),
            table in prop::sample::select(&[Table::Items, Table::Profiles, Table::Activity][..]),
        ) {
            let found = [(0, 3), (1, 2), (2, 0), (3, 1), (0, 1)];
            let found = found.map(|(member, item)| {
                (MemberNumber::from_i64(member), ItemId::from_i64(item))
            });
            let evaluator = evaluator().with_sensitive(found.into_iter().collect());
            let arrays = arrays(table, &rows);
            let together = reasons(&evaluator, &arrays);
            let one_by_one: Vec<_> =
                (0..arrays.member.len()).map(|at| evaluator.reasons(&arrays.facts(at)).bits()).collect();
            prop_assert_eq!(together, one_by_one);
        }
    }

    #[test]
    fn every_word_of_the_lists_has_a_slot_of_its_own() {
        assert!(categories_of(Table::Items).others.is_empty());
        assert!(audiences().others.is_empty());
    }

    #[test]
    fn every_word_of_the_lists_stands_in_its_view() {
        let kinds = ItemKind::ALL.iter().map(|one| one.name());
        let audiences = Visibility::ALL.iter().map(|one| one.name());
        for word in kinds.chain(audiences) {
            let array: StringViewArray = [Some(word)].into_iter().collect();
            assert_eq!(view_of(word), array.views().first().copied());
        }
    }
}

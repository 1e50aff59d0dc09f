//! The decision over the rows of a batch: column by column, and row by row only for the members
//! whose rows differ.

use arrow::array::{Array, BooleanArray, Int64Array, StringViewArray};
use lake::{ItemKind, Table};
use policy::{Category, Instant, ItemId, MemberNumber, Reason, ReasonSet, Visibility};

use crate::{
    answers::MemberAnswer,
    evaluator::{Evaluator, RowFacts, Window},
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
    pub(crate) sensitive: BooleanArray,
    pub(crate) names_objector: BooleanArray,
}

const NOT_PUBLIC: u32 = ReasonSet::EMPTY.with(Reason::NotPublic).bits();
const VISIBILITY_UNKNOWN: u32 = ReasonSet::EMPTY.with(Reason::VisibilityUnknown).bits();
const DATE_UNKNOWN: u32 = ReasonSet::EMPTY.with(Reason::DateUnknown).bits();
const BEFORE_CUTOFF: u32 = ReasonSet::EMPTY.with(Reason::BeforeCutoff).bits();
const AFTER_AS_OF: u32 = ReasonSet::EMPTY.with(Reason::AfterAsOf).bits();
const SENSITIVE: u32 = ReasonSet::EMPTY.with(Reason::Sensitive).bits();
const NAMES_OBJECTOR: u32 = ReasonSet::EMPTY.with(Reason::NamesObjector).bits();

/// The place of a row's category in [`APPLIES`] where it is not known.
const NO_CATEGORY: u8 = u8::MAX;

/// The reasons that a row itself can give, by category.
const APPLIES: [u32; Category::ALL.len()] = {
    let mut applies = [SENSITIVE | NAMES_OBJECTOR; Category::ALL.len()];
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
    let mut reasons = dates(&rows.created, evaluator.window());
    add_audience(&mut reasons, &rows.visibility);
    add_flag(&mut reasons, &rows.sensitive, SENSITIVE);
    add_flag(&mut reasons, &rows.names_objector, NAMES_OBJECTOR);
    let categories = categories(rows);
    let row_by_row = add_members(&mut reasons, evaluator, &rows.member, &categories);
    for at in row_by_row {
        let reasons_of_row = evaluator.reasons(&rows.facts(at)).bits();
        set(&mut reasons, at, reasons_of_row);
    }
    reasons
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
            sensitive: holds(&self.sensitive),
            names_objector: holds(&self.names_objector),
        }
    }
}

/// The category of each row by its index, [`NO_CATEGORY`] where it is not known.
fn categories(rows: &RowArrays) -> Vec<u8> {
    let place = |category: Category| u8::try_from(category.index()).unwrap_or(NO_CATEGORY);
    if let Some(category) = rows.table.category_of_row(None) {
        return vec![place(category); rows.member.len()];
    }
    let known = ItemKind::ALL.iter().map(|kind| (kind.name(), place(kind.category())));
    let known = Known::of(known, NO_CATEGORY);
    let mut categories: Vec<_> = rows.kind.views().iter().map(|view| known.value(*view)).collect();
    for at in missing(&rows.kind) {
        set(&mut categories, at, NO_CATEGORY);
    }
    categories
}

/// Adds what the visibility of each row says against it.
fn add_audience(reasons: &mut [u32], visibility: &StringViewArray) {
    let against = |one: Visibility| if one == Visibility::Public { 0 } else { NOT_PUBLIC };
    let known = Visibility::ALL.iter().map(|one| (one.name(), against(*one)));
    let known = Known::of(known, VISIBILITY_UNKNOWN);
    for (reasons, view) in reasons.iter_mut().zip(visibility.views()) {
        *reasons |= known.value(*view);
    }
    for at in missing(visibility) {
        if let Some(reasons) = reasons.get_mut(at) {
            *reasons = *reasons & !NOT_PUBLIC | VISIBILITY_UNKNOWN;
        }
    }
}

/// The values of the words of a closed list, which are short enough to stand in their views.
struct Known<T> {
    values: Vec<(u128, T)>,
    unknown: T,
}

impl<T: Copy> Known<T> {
    fn of<'a>(values: impl Iterator<Item = (&'a str, T)>, unknown: T) -> Self {
        let values = values.filter_map(|(word, value)| Some((view_of(word)?, value)));
        Self { values: values.collect(), unknown }
    }

    #[inline]
    fn value(&self, view: u128) -> T {
        let found = self.values.iter().find(|(word, _)| *word == view);
        found.map_or(self.unknown, |(_, value)| *value)
    }
}

/// The view of a word of up to twelve bytes: its length, then its bytes, then zeros.
fn view_of(word: &str) -> Option<u128> {
    let mut view = [0; 16];
    let (length, inline) = view.split_at_mut(4);
    inline.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    length.copy_from_slice(&u32::try_from(word.len()).ok()?.to_le_bytes());
    Some(u128::from_le_bytes(view))
}

/// What the date of each row says against it.
fn dates(created: &Int64Array, window: Window) -> Vec<u32> {
    let Window { oldest, newest } = window;
    let against = |created: &i64| {
        let after = u32::from(*created > newest) * AFTER_AS_OF;
        let before = u32::from(*created < oldest) * BEFORE_CUTOFF;
        after | before
    };
    let mut reasons: Vec<_> = created.values().iter().map(against).collect();
    for at in missing(created) {
        set(&mut reasons, at, DATE_UNKNOWN);
    }
    reasons
}

fn add_flag(reasons: &mut [u32], flags: &BooleanArray, reason: u32) {
    for at in flags.values().set_indices().filter(|at| flags.is_valid(*at)) {
        if let Some(reasons) = reasons.get_mut(at) {
            *reasons |= reason;
        }
    }
}

/// The places of rows that have no value.
fn missing(column: &dyn Array) -> impl Iterator<Item = usize> {
    let missing = column.nulls().filter(|nulls| nulls.null_count() > 0).map(|nulls| {
        let missing = !nulls.inner();
        missing.set_indices().collect::<Vec<_>>()
    });
    missing.into_iter().flatten()
}

fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
}

/// Adds what holds for the member of each row; returns the places of rows that have to be decided
/// by themselves.
fn add_members(
    reasons: &mut [u32],
    evaluator: &Evaluator,
    members: &Int64Array,
    categories: &[u8],
) -> Vec<usize> {
    let answers = evaluator.answers();
    let mut row_by_row = Vec::new();
    let mut last = i64::MIN;
    // rows of one member mostly follow each other
    let mut answer = answers.of(last);
    let rows = reasons.iter_mut().zip(members.values()).zip(categories).enumerate();
    for (at, ((reasons, member), category)) in rows {
        if *member != last {
            last = *member;
            answer = answers.of(last);
        }
        let category = usize::from(*category);
        let Some(applies) = APPLIES.get(category) else {
            *reasons = ReasonSet::EMPTY.with(Reason::NotThisPurpose).bits();
            continue;
        };
        match answer {
            MemberAnswer::Uniform(by_category) => {
                let of_member = by_category.get(category).copied().unwrap_or_default();
                *reasons = *reasons & applies | of_member.bits();
            }
            MemberAnswer::RowByRow => row_by_row.push(at),
        }
    }
    row_by_row
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

    type Row = (i64, Option<&'static str>, Option<&'static str>, Option<i64>, Option<bool>, bool);

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let some_word =
            |words: &'static [&'static str]| prop::option::of(prop::sample::select(words));
        let created = prop::option::of(1_300_000_000_000_000_i64..1_900_000_000_000_000);
        let kinds = &["post", "article", "comment", "group", "poem", "a word beyond a view"];
        let audiences = &["public", "network", "connections", "group", "private", "friends"];
        let row = (
            -1..4_i64,
            some_word(kinds),
            some_word(audiences),
            created,
            prop::option::of(any::<bool>()),
            any::<bool>(),
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
            let evaluator = evaluator();
            let arrays = arrays(table, &rows);
            let together = reasons(&evaluator, &arrays);
            let one_by_one: Vec<_> =
                (0..arrays.member.len()).map(|at| evaluator.reasons(&arrays.facts(at)).bits()).collect();
            prop_assert_eq!(together, one_by_one);
        }
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

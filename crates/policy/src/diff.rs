use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::{
    Ambiguous, Answer, Basis, Category, Cell, Country, Day, ObjectionScope, Policy, Purpose,
    PurposeRules, SpecialCategories, aipref,
    places::describe,
    supersede::{admitted, strength},
};

/// One thing that changes from one version of a policy to another, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The purpose; `None` if it changes for every purpose.
    pub purpose: Option<Purpose>,
    /// The countries in which it changes.
    pub countries: BTreeSet<Country>,
    /// What changes.
    pub what: What,
    /// Whether data may be used that could not be used before.
    pub widens: bool,
    /// Whether data may no longer be used that could be used before.
    pub narrows: bool,
}

/// What changes; where there is a pair, the older comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A use begins that was not there.
    Begins {
        /// Its first day.
        from: Day,
        /// Its legal ground.
        basis: Basis,
        /// What holds while a member has said nothing.
        default: Answer,
        /// The data it takes.
        categories: Vec<Category>,
    },
    /// A use ends.
    Ends,
    /// The legal ground.
    Basis(Basis, Basis),
    /// What holds while a member has said nothing.
    Default(Answer, Answer),
    /// Data that is taken from now on.
    CategoriesAdded(Vec<Category>),
    /// Data that is taken no longer.
    CategoriesRemoved(Vec<Category>),
    /// The first day of the use.
    Start(Day, Day),
    /// The oldest day of content.
    CutOff(Option<Day>, Option<Day>),
    /// What happens to rows that reveal special categories of personal data.
    SpecialCategories(SpecialCategories, SpecialCategories),
    /// Signals about which use of AI Preferences count.
    ContentUsage(Option<aipref::Category>, Option<aipref::Category>),
    /// What an objection reaches.
    Objection(ObjectionScope, ObjectionScope),
    /// Documents that have to be on record from now on.
    DocumentsAdded(Vec<String>),
    /// Documents that need no longer be on record.
    DocumentsRemoved(Vec<String>),
    /// The oldest version whose announcement counts.
    AnnouncedBy(Day, Day),
    /// The length of the notice window in days.
    NoticeDays(i64, i64),
    /// The age in years from which a member is an adult.
    AdultAge(u8, u8),
    /// What happens to ambiguous names.
    AmbiguousNames(Ambiguous, Ambiguous),
}

/// What changes for whom from one version of a policy to another: changes for every purpose first,
/// then purpose by purpose.
///
/// Each change is judged by itself: a use that both gains a category and rests on consent from now
/// on has one change that widens and one that narrows. Titles and sources are no change of the rule.
pub fn diff(old: &Policy, new: &Policy) -> Vec<Change> {
    let everywhere: BTreeSet<Country> = Country::all().collect();
    let general = of_policy(old, new).into_iter();
    let mut changes: Vec<_> = general.map(|what| change(None, everywhere.clone(), what)).collect();
    let purposes: BTreeSet<&Purpose> = old.purposes.keys().chain(new.purposes.keys()).collect();
    for purpose in purposes {
        let mut found: BTreeMap<What, BTreeSet<Country>> = BTreeMap::new();
        for country in Country::all() {
            let before = old.rules(purpose).and_then(|rules| Some((rules, rules.cell(country)?)));
            let after = new.rules(purpose).and_then(|rules| Some((rules, rules.cell(country)?)));
            for what in of_country(before, after) {
                found.entry(what).or_default().insert(country);
            }
        }
        let of_purpose = found.into_iter();
        changes
            .extend(of_purpose.map(|(what, places)| change(Some(purpose.clone()), places, what)));
    }
    changes
}

fn change(purpose: Option<Purpose>, countries: BTreeSet<Country>, what: What) -> Change {
    let (widens, narrows) = what.effect();
    Change { purpose, countries, what, widens, narrows }
}

fn of_policy(old: &Policy, new: &Policy) -> Vec<What> {
    let mut found = Vec::new();
    if old.notice_days != new.notice_days {
        found.push(What::NoticeDays(old.notice_days, new.notice_days));
    }
    if old.adult_age != new.adult_age {
        found.push(What::AdultAge(old.adult_age, new.adult_age));
    }
    if old.ambiguous_names != new.ambiguous_names {
        found.push(What::AmbiguousNames(old.ambiguous_names, new.ambiguous_names));
    }
    found
}

type Place<'a> = Option<(&'a PurposeRules, &'a Cell)>;

fn of_country(old: Place<'_>, new: Place<'_>) -> Vec<What> {
    match (old, new) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec![What::Ends],
        (None, Some((rules, cell))) => vec![What::Begins {
            from: cell.from,
            basis: cell.basis,
            default: cell.default,
            categories: admitted(rules, cell),
        }],
        (Some(old), Some(new)) => of_cell(old, new),
    }
}

fn of_cell(
    (old_rules, old): (&PurposeRules, &Cell),
    (new_rules, new): (&PurposeRules, &Cell),
) -> Vec<What> {
    let (before, after) = (admitted(old_rules, old), admitted(new_rules, new));
    let reach = (old_rules.objection, new_rules.objection);
    let oldest = (old_rules.oldest_content, new_rules.oldest_content);
    let special = (old_rules.special_categories, new_rules.special_categories);
    let signals = (old_rules.content_usage, new_rules.content_usage);
    let changes = [
        (old.basis != new.basis).then_some(What::Basis(old.basis, new.basis)),
        (old.default != new.default).then_some(What::Default(old.default, new.default)),
        without(&after, &before).map(What::CategoriesAdded),
        without(&before, &after).map(What::CategoriesRemoved),
        (old.from != new.from).then_some(What::Start(old.from, new.from)),
        (oldest.0 != oldest.1).then_some(What::CutOff(oldest.0, oldest.1)),
        (special.0 != special.1).then_some(What::SpecialCategories(special.0, special.1)),
        (signals.0 != signals.1).then_some(What::ContentUsage(signals.0, signals.1)),
        (reach.0 != reach.1).then_some(What::Objection(reach.0, reach.1)),
        without(&new.documents, &old.documents).map(What::DocumentsAdded),
        without(&old.documents, &new.documents).map(What::DocumentsRemoved),
        (old.announced_by != new.announced_by)
            .then_some(What::AnnouncedBy(old.announced_by, new.announced_by)),
    ];
    changes.into_iter().flatten().collect()
}

/// What `all` has and `some` lacks, sorted; `None` if nothing.
fn without<T: Ord + Clone>(all: &[T], some: &[T]) -> Option<Vec<T>> {
    let rest: BTreeSet<T> = all.iter().filter(|one| !some.contains(one)).cloned().collect();
    (!rest.is_empty()).then(|| rest.into_iter().collect())
}

impl What {
    /// Whether the change by itself widens, and whether it narrows, what may be used.
    fn effect(&self) -> (bool, bool) {
        let order = |smaller_is_wider: std::cmp::Ordering| {
            (smaller_is_wider.is_lt(), smaller_is_wider.is_gt())
        };
        match self {
            Self::Begins { .. } | Self::CategoriesAdded(_) | Self::DocumentsRemoved(_) => {
                (true, false)
            }
            Self::Ends | Self::CategoriesRemoved(_) | Self::DocumentsAdded(_) => (false, true),
            Self::Basis(old, new) => order(strength(*new).cmp(&strength(*old))),
            Self::Default(_, new) => (*new == Answer::Allow, *new == Answer::Refuse),
            Self::Start(old, new) | Self::AnnouncedBy(old, new) => order(new.cmp(old)),
            Self::CutOff(old, new) => order(new.cmp(old)),
            Self::SpecialCategories(_, new) => {
                (*new == SpecialCategories::MadePublic, *new == SpecialCategories::Refused)
            }
            Self::ContentUsage(old, new) => (old.is_some(), new.is_some()),
            Self::Objection(_, new) => {
                (*new == ObjectionScope::ContentAfterObjection, *new == ObjectionScope::AllData)
            }
            Self::NoticeDays(old, new) => order(new.cmp(old)),
            Self::AdultAge(old, new) => order(new.cmp(old)),
            Self::AmbiguousNames(old, new) => order(caution(*new).cmp(&caution(*old))),
        }
    }
}

/// The more, the less text with ambiguous names leaves: a review refuses the row, redaction only
/// the name.
const fn caution(ambiguous: Ambiguous) -> u8 {
    match ambiguous {
        Ambiguous::Keep => 0,
        Ambiguous::Redact => 1,
        Ambiguous::Review => 2,
    }
}

impl fmt::Display for Change {
    /// One sentence in English, for example "generative-ai, CA, HK: the use begins …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.purpose {
            Some(purpose) => write!(f, "{purpose}, {}: {}", describe(&self.countries), self.what)?,
            None => write!(f, "all purposes: {}", self.what)?,
        }
        f.write_str(match (self.widens, self.narrows) {
            (true, false) => " (widens)",
            (false, true) => " (narrows)",
            _ => "",
        })
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begins { from, basis, default, categories } => write!(
                f,
                "the use begins on {from}, on the basis of {basis}, {} by default, with {}",
                switch(*default),
                join(categories)
            ),
            Self::Ends => f.write_str("the use ends"),
            Self::Basis(old, new) => write!(f, "the basis changes from {old} to {new}"),
            Self::Default(old, new) => {
                write!(f, "the default changes from {} to {}", switch(*old), switch(*new))
            }
            Self::CategoriesAdded(added) => write!(f, "{} may be used as well", join(added)),
            Self::CategoriesRemoved(gone) => write!(f, "{} may no longer be used", join(gone)),
            Self::Start(old, new) => write!(f, "the use starts on {new} instead of {old}"),
            Self::CutOff(old, new) => {
                write!(f, "content is used back to {} instead of {}", oldest(*new), oldest(*old))
            }
            Self::SpecialCategories(old, new) => {
                write!(f, "special categories: {new} instead of {old}")
            }
            Self::ContentUsage(old, new) => {
                write!(f, "signals against {} count instead of {}", usage(*new), usage(*old))
            }
            Self::Objection(old, new) => write!(f, "an objection reaches {new} instead of {old}"),
            Self::DocumentsAdded(added) => write!(f, "it now requires {}", join(added)),
            Self::DocumentsRemoved(gone) => write!(f, "it no longer requires {}", join(gone)),
            Self::AnnouncedBy(old, new) => {
                write!(f, "announcements count from version {new} on instead of {old}")
            }
            Self::NoticeDays(old, new) => {
                write!(f, "the notice window is {new} days instead of {old}")
            }
            Self::AdultAge(old, new) => write!(f, "members are adults at {new} instead of {old}"),
            Self::AmbiguousNames(old, new) => {
                write!(f, "ambiguous names: {new} instead of {old}")
            }
        }
    }
}

/// How members see a default.
pub(crate) const fn switch(answer: Answer) -> &'static str {
    match answer {
        Answer::Allow => "on",
        Answer::Refuse => "off",
    }
}

/// A category of use, as the decision table and differences have it.
pub(crate) const fn usage(category: Option<aipref::Category>) -> &'static str {
    match category {
        Some(category) => category.name(),
        None => "no use",
    }
}

fn oldest(day: Option<Day>) -> String {
    day.map_or("any day".to_owned(), |day| day.to_string())
}

fn join<T: ToString>(words: &[T]) -> String {
    words.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

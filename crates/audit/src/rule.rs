//! The rule once more, as one chain of ifs over what a policy file says.

use std::collections::{BTreeMap, BTreeSet};

use policy::{
    AgeClass, Answer, Basis, Category, Cell, Country, Instant, ObjectionScope, Policy, Purpose,
    PurposeRules, Reason, Region, SpecialCategories, Status, Visibility,
    aipref::{self, Preference, Usage},
};

use crate::{store::Scope, world::InForce};

/// The policy that held, and the instant that the question is about.
#[derive(Debug, Clone)]
pub(crate) struct Regime {
    pub(crate) policy: Policy,
    pub(crate) as_of: Instant,
}

/// What was known of one member after one fact.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct State {
    /// Which of the regimes held.
    pub(crate) regime: usize,
    pub(crate) known: bool,
    pub(crate) region: Option<Country>,
    pub(crate) age: Option<AgeClass>,
    pub(crate) status: Option<Status>,
    pub(crate) announced: Option<Instant>,
    pub(crate) documents_missing: bool,
    pub(crate) choices: BTreeMap<Scope, InForce>,
    pub(crate) restricted_items: BTreeSet<i64>,
}

/// What one row of the lake says of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowFacts {
    pub(crate) item: i64,
    pub(crate) category: Category,
    pub(crate) visibility: Option<Visibility>,
    pub(crate) created: Option<Instant>,
    /// What its author says of its use; `None` where that cannot be read.
    pub(crate) signal: Option<Usage>,
    pub(crate) sensitive: bool,
    pub(crate) names_objector: bool,
}

/// The cell of a purpose that holds in a country.
pub(crate) fn cell_of(rules: &PurposeRules, country: Country) -> Option<&Cell> {
    let names = |region: &Region| match region {
        Region::Country(one) => *one == country,
        Region::Group(group) => group.contains(country),
        Region::Elsewhere => false,
    };
    for cell in &rules.cells {
        if cell.regions.iter().any(names) {
            return Some(cell);
        }
    }
    rules.cells.iter().find(|cell| cell.regions.contains(&Region::Elsewhere))
}

/// Every reason against a use of one row, in one state of knowledge.
pub(crate) fn reasons(
    regime: &Regime,
    purpose: &Purpose,
    state: &State,
    row: &RowFacts,
) -> BTreeSet<Reason> {
    let rules = regime.policy.purposes.get(purpose);
    let cell = rules.zip(state.region).and_then(|(rules, region)| cell_of(rules, region));
    let mut against = BTreeSet::new();
    against.extend(of_category(rules, cell, row.category));
    against.extend(of_member(state, row.item));
    against.extend(of_place(regime, state, cell));
    against.extend(of_choices(regime, state, rules.zip(cell), row));
    against.extend(of_row(regime, rules, row));
    against
}

fn of_category(
    rules: Option<&PurposeRules>,
    cell: Option<&Cell>,
    category: Category,
) -> Option<Reason> {
    if is_sealed(category) {
        return Some(Reason::SealedCategory);
    }
    let Some(rules) = rules else { return Some(Reason::NotThisPurpose) };
    if !rules.categories.contains(&category) {
        return Some(Reason::NotThisPurpose);
    }
    if let Some(Cell { categories: Some(fewer), .. }) = cell
        && !fewer.contains(&category)
    {
        return Some(Reason::NotThisPurpose);
    }
    None
}

fn of_member(state: &State, item: i64) -> Vec<Reason> {
    let mut against = Vec::new();
    if !state.known {
        against.push(Reason::MemberUnknown);
    }
    if state.status.is_none() {
        against.push(Reason::StatusUnknown);
    } else if matches!(state.status, Some(Status::Closed | Status::Erased)) {
        against.push(Reason::AccountClosed);
    }
    if state.status == Some(Status::Restricted) || state.restricted_items.contains(&item) {
        against.push(Reason::Restricted);
    }
    if state.age.is_none() {
        against.push(Reason::AgeUnknown);
    } else if state.age != Some(AgeClass::Adult) {
        against.push(Reason::NotAdult);
    }
    against
}

fn of_place(regime: &Regime, state: &State, cell: Option<&Cell>) -> Vec<Reason> {
    let mut against = Vec::new();
    if state.region.is_none() {
        against.push(Reason::RegionUnknown);
    } else if cell.is_none_or(|cell| cell.from.start() > regime.as_of) {
        against.push(Reason::RegionNotStarted);
    }
    if cell.is_some() && state.documents_missing {
        against.push(Reason::DocumentsMissing);
    }
    match state.announced {
        Some(at) if cell.is_some() && at <= regime.as_of => {
            if at.plus_days(regime.policy.notice_days) > regime.as_of {
                against.push(Reason::NoticeWindowOpen);
            }
        }
        _ => against.push(Reason::NoticeMissing),
    }
    against
}

fn of_choices(
    regime: &Regime,
    state: &State,
    in_force: Option<(&PurposeRules, &Cell)>,
    row: &RowFacts,
) -> Vec<Reason> {
    let mut against = Vec::new();
    let mut agreed = false;
    for scope in [Scope::Everything, Scope::Category(row.category), Scope::Item(row.item)] {
        let Some(choice) = state.choices.get(&scope) else { continue };
        if choice.answer == Answer::Allow {
            agreed |= choice.since <= regime.as_of;
        } else if matches!(scope, Scope::Item(_)) || reaches(regime, in_force, row, choice.since) {
            against.push(Reason::Objected);
        }
    }
    if let Some((_, cell)) = in_force
        && (cell.basis == Basis::Consent || cell.default == Answer::Refuse)
        && !agreed
    {
        against.push(Reason::ConsentMissing);
    }
    against
}

/// Whether an objection to more than an item reaches a row. Only one reading of the law lets
/// earlier content stay, and only for an objection made while that reading already held.
fn reaches(
    regime: &Regime,
    in_force: Option<(&PurposeRules, &Cell)>,
    row: &RowFacts,
    objected: Instant,
) -> bool {
    let Some((rules, cell)) = in_force else { return true };
    if rules.objection == ObjectionScope::AllData
        || cell.basis != Basis::LegitimateInterest
        || cell.default != Answer::Allow
        || !is_dated(row.category)
    {
        return true;
    }
    if objected < regime.policy.version.start() || objected < cell.from.start() {
        return true;
    }
    match row.created {
        Some(created) => created >= objected,
        None => true,
    }
}

fn of_row(regime: &Regime, rules: Option<&PurposeRules>, row: &RowFacts) -> Vec<Reason> {
    let mut against = Vec::new();
    if is_shown(row.category) {
        match row.visibility {
            Some(Visibility::Public) => {}
            Some(_) => against.push(Reason::NotPublic),
            None => against.push(Reason::VisibilityUnknown),
        }
    }
    if is_dated(row.category) {
        let oldest = rules.and_then(|rules| rules.oldest_content);
        match row.created {
            None => against.push(Reason::DateUnknown),
            Some(created) if created > regime.as_of => against.push(Reason::AfterAsOf),
            Some(created) if oldest.is_some_and(|oldest| created < oldest.start()) => {
                against.push(Reason::BeforeCutoff);
            }
            Some(_) => {}
        }
    }
    if let Some(asked) = rules.and_then(|rules| rules.content_usage)
        && speaks_against(row.signal, asked)
    {
        against.push(Reason::OptedOutBySignal);
    }
    let made_public = row.visibility == Some(Visibility::Public)
        && rules.is_some_and(|rules| rules.special_categories == SpecialCategories::MadePublic);
    if row.sensitive && !made_public {
        against.push(Reason::Sensitive);
    }
    if row.names_objector {
        against.push(Reason::NamesObjector);
    }
    against
}

/// What cannot be read may be a no.
fn speaks_against(signal: Option<Usage>, asked: aipref::Category) -> bool {
    let Some(Usage { train_ai, search }) = signal else { return true };
    let said = match asked {
        aipref::Category::TrainAi => train_ai,
        aipref::Category::Search => search,
    };
    said == Some(Preference::Disallow)
}

fn is_sealed(category: Category) -> bool {
    [
        Category::PrivateMessages,
        Category::Credentials,
        Category::Payment,
        Category::Salary,
        Category::JobApplications,
    ]
    .contains(&category)
}

/// Written by the member for others to see.
fn is_shown(category: Category) -> bool {
    use Category::{
        AdEvents, Articles, Comments, Credentials, Education, Feedback, GroupContent,
        JobApplications, JobsData, Payment, Positions, Posts, PrivateMessages, Profile, Prompts,
        Salary, Skills,
    };
    match category {
        Profile | Positions | Education | Skills | Posts | Articles | Comments | GroupContent
        | PrivateMessages | Credentials | Payment | Salary | JobApplications => true,
        Category::Activity | AdEvents | Prompts | Feedback | JobsData => false,
    }
}

/// Not a description of the member that holds as long as it stands.
fn is_dated(category: Category) -> bool {
    use Category::{Education, Positions, Profile, Skills};
    ![Profile, Positions, Education, Skills].contains(&category)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const AS_OF: &str = "2026-04-01";

    fn day(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn regime() -> Regime {
        let (name, bytes) = policy::shipped().pop().unwrap();
        let policy = Policy::parse(Path::new(name), bytes).unwrap();
        Regime { policy, as_of: day(AS_OF) }
    }

    fn state() -> State {
        State {
            known: true,
            region: Some("DE".parse().unwrap()),
            age: Some(AgeClass::Adult),
            status: Some(Status::Active),
            announced: Some(day("2025-09-18")),
            ..State::default()
        }
    }

    fn post() -> RowFacts {
        RowFacts {
            item: 7,
            category: Category::Posts,
            visibility: Some(Visibility::Public),
            created: Some(day("2020-05-05")),
            signal: Some(Usage::default()),
            sensitive: false,
            names_objector: false,
        }
    }

    fn check(state: &State, row: &RowFacts, expected: &[Reason]) {
        let purpose = "generative-ai".parse().unwrap();
        let found: Vec<_> = reasons(&regime(), &purpose, state, row).into_iter().collect();
        assert_eq!(found, expected, "{state:?} {row:?}");
    }

    #[test]
    fn every_fact_that_is_missing_or_against_refuses() {
        check(&state(), &post(), &[]);
        check(&State { known: false, ..state() }, &post(), &[Reason::MemberUnknown]);
        check(&State { status: None, ..state() }, &post(), &[Reason::StatusUnknown]);
        let closed = State { status: Some(Status::Closed), ..state() };
        check(&closed, &post(), &[Reason::AccountClosed]);
        let restricted = State { status: Some(Status::Restricted), ..state() };
        check(&restricted, &post(), &[Reason::Restricted]);
        let ruled = State { restricted_items: BTreeSet::from([7]), ..state() };
        check(&ruled, &post(), &[Reason::Restricted]);
        check(&State { age: None, ..state() }, &post(), &[Reason::AgeUnknown]);
        check(&State { age: Some(AgeClass::Minor), ..state() }, &post(), &[Reason::NotAdult]);
        let nowhere = State { region: None, ..state() };
        check(&nowhere, &post(), &[Reason::RegionUnknown, Reason::NoticeMissing]);
        check(&State { documents_missing: true, ..state() }, &post(), &[Reason::DocumentsMissing]);
        check(&State { announced: None, ..state() }, &post(), &[Reason::NoticeMissing]);
        let told_late = State { announced: Some(day("2026-03-20")), ..state() };
        check(&told_late, &post(), &[Reason::NoticeWindowOpen]);
        check(&state(), &RowFacts { visibility: None, ..post() }, &[Reason::VisibilityUnknown]);
        let private = RowFacts { visibility: Some(Visibility::Private), ..post() };
        check(&state(), &private, &[Reason::NotPublic]);
        check(&state(), &RowFacts { created: None, ..post() }, &[Reason::DateUnknown]);
        let old = RowFacts { created: Some(day("2014-12-31")), ..post() };
        check(&state(), &old, &[Reason::BeforeCutoff]);
        let future = RowFacts { created: Some(day("2026-04-02")), ..post() };
        check(&state(), &future, &[Reason::AfterAsOf]);
        for (signal, expected) in [
            (Usage::read("train-ai=n"), &[Reason::OptedOutBySignal][..]),
            (None, &[Reason::OptedOutBySignal]),
            (Usage::read("train-ai=y, search=n"), &[]),
        ] {
            check(&state(), &RowFacts { signal, ..post() }, expected);
        }
        check(&state(), &RowFacts { sensitive: true, ..post() }, &[Reason::Sensitive]);
        check(&state(), &RowFacts { names_objector: true, ..post() }, &[Reason::NamesObjector]);
        let activity = RowFacts { category: Category::Activity, ..post() };
        check(&state(), &activity, &[Reason::NotThisPurpose]);
        let salary = RowFacts { category: Category::Salary, ..post() };
        check(&state(), &salary, &[Reason::SealedCategory]);
    }

    #[test]
    fn a_refusal_at_any_scope_refuses_and_consent_has_to_be_given() {
        let said = |scope, answer| {
            let choice = InForce { answer, since: day("2026-01-01") };
            State { choices: BTreeMap::from([(scope, choice)]), ..state() }
        };
        for scope in [Scope::Everything, Scope::Category(Category::Posts), Scope::Item(7)] {
            check(&said(scope, Answer::Refuse), &post(), &[Reason::Objected]);
            check(&said(scope, Answer::Allow), &post(), &[]);
        }
        for scope in [Scope::Category(Category::Articles), Scope::Item(8)] {
            check(&said(scope, Answer::Refuse), &post(), &[]);
        }
        let purpose = "partner-ads".parse().unwrap();
        let profile = RowFacts { category: Category::Profile, ..post() };
        let found = reasons(&regime(), &purpose, &state(), &profile);
        assert_eq!(found, BTreeSet::from([Reason::ConsentMissing]));
        let agreed = said(Scope::Everything, Answer::Allow);
        assert!(reasons(&regime(), &purpose, &agreed, &profile).is_empty());
    }
}

//! From facts to an evaluator: every member's answer, resolved once for all of their rows.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use policy::{
    Answer, Category, Choices, Facts, Instant, MemberNumber, ObjectionScope, Policy, Purpose,
    Reason, ReasonSet, Request, decide, must_be_redacted,
};
use store::{Fact, NewFact, Objection, Scope, Snapshot};

use crate::{
    answers::{Answers, CategoryReasons, ROW_BY_ROW},
    evaluator::{Evaluator, MemberState, Regime, RowByRow},
};

/// Reasons that speak of a row, not of its member.
const OF_ROWS: [Reason; 8] = [
    Reason::VisibilityUnknown,
    Reason::NotPublic,
    Reason::DateUnknown,
    Reason::BeforeCutoff,
    Reason::AfterAsOf,
    Reason::OptedOutBySignal,
    Reason::Sensitive,
    Reason::NamesObjector,
];

/// Resolves the answers of all members, fact after fact.
pub(crate) struct Preparation {
    purpose: Purpose,
    as_of: Instant,
    regimes: Vec<Regime>,
    /// Members that were known at the start; whoever came later waits for the next build.
    members: usize,
    codes: Vec<u16>,
    table: Vec<CategoryReasons>,
    code_of: HashMap<CategoryReasons, u16>,
    /// What has been decided before: members differ in few ways.
    decided: HashMap<(usize, Facts), CategoryReasons>,
    row_by_row: HashMap<MemberNumber, RowByRow>,
    redacted: HashSet<MemberNumber>,
    objections: Vec<Objection>,
}

impl Preparation {
    /// Everybody's answer at the first of the facts.
    pub(crate) fn start(
        purpose: &Purpose,
        as_of: Instant,
        policy: Arc<Policy>,
        snapshot: &Snapshot,
    ) -> Self {
        let members = members_below(snapshot);
        let mut preparation = Self {
            purpose: purpose.clone(),
            as_of,
            regimes: vec![Regime { policy, as_of }],
            members,
            codes: vec![0; members],
            table: vec![[ReasonSet::EMPTY; Category::ALL.len()]],
            code_of: HashMap::from([([ReasonSet::EMPTY; Category::ALL.len()], 0)]),
            decided: HashMap::new(),
            row_by_row: HashMap::new(),
            redacted: HashSet::new(),
            objections: snapshot.objections(purpose).cloned().collect(),
        };
        preparation.follow_all(snapshot);
        // who is known by a mention alone may have objected too
        for member in snapshot.members_with_choices(purpose) {
            if member >= snapshot.members_below() {
                preparation.follow_member(member, snapshot);
            }
        }
        preparation
    }

    /// Applies one later fact: what it refuses stays refused, what it allows waits.
    pub(crate) fn follow(&mut self, fact: &Fact, snapshot: &Snapshot, policy: Option<Arc<Policy>>) {
        if let Some(policy) = policy {
            let as_of = self.as_of.max(fact.recorded_at);
            self.regimes.push(Regime { policy, as_of });
            self.follow_all(snapshot);
        } else if let NewFact::Objection(objection) = &fact.content {
            let against = objection.purpose == self.purpose && !objection.lifted;
            self.objections.extend(against.then(|| objection.clone()));
        } else if let Some(member) = fact.content.member() {
            self.follow_member(member, snapshot);
        }
    }

    /// The evaluator, and the objections of non-members that it has to respect.
    pub(crate) fn finish(self) -> (Evaluator, Vec<Objection>) {
        let unknown = [ReasonSet::EMPTY.with(Reason::MemberUnknown); Category::ALL.len()];
        let answers = Answers::compress(&self.codes, self.table, unknown);
        let evaluator =
            Evaluator::new(self.purpose, self.regimes, answers, self.row_by_row, self.redacted);
        (evaluator, self.objections)
    }

    fn follow_all(&mut self, snapshot: &Snapshot) {
        for number in 0..snapshot.members_below().as_i64() {
            self.follow_member(MemberNumber::from_i64(number), snapshot);
        }
    }

    fn follow_member(&mut self, member: MemberNumber, snapshot: &Snapshot) {
        let Some(state) = self.state(member, snapshot) else { return };
        if names_must_go(&state) {
            self.redacted.insert(member);
        }
        let Some(index) = member.as_index().filter(|index| *index < self.members) else { return };
        let before = self.codes.get(index).copied().unwrap_or_default();
        if before == ROW_BY_ROW || self.needs_row_by_row(&state) {
            let floor = self.table.get(usize::from(before)).copied().unwrap_or_default();
            let entry = self.row_by_row.entry(member);
            entry.or_insert_with(|| RowByRow { floor, states: Vec::new() }).states.push(state);
            self.set_code(index, ROW_BY_ROW);
            return;
        }
        let now = self.uniform(&state);
        let floor = self.table.get(usize::from(before)).copied().unwrap_or_default();
        let code = self.code(union(&floor, &now));
        self.set_code(index, code);
    }

    /// The member's state under the regime that holds now.
    fn state(&self, member: MemberNumber, snapshot: &Snapshot) -> Option<MemberState> {
        let regime = self.regimes.len().checked_sub(1)?;
        let policy = &self.regimes.get(regime)?.policy;
        let mut state = MemberState {
            regime,
            // the category and the item come with each row
            facts: snapshot.facts(policy, &self.purpose, member, Category::Profile, None),
            by_category: Vec::new(),
            by_item: HashMap::new(),
            restricted_items: snapshot.restricted_items_of(member).collect(),
        };
        state.facts.choices.category = None;
        for (scope, choice) in snapshot.choices_of(member, &self.purpose) {
            match scope {
                Scope::Everything => {}
                Scope::Category(category) => state.by_category.push((category, choice)),
                Scope::Item(item) => {
                    state.by_item.insert(item, choice);
                }
            }
        }
        Some(state)
    }

    /// Whether rows of the member differ beyond what they say themselves.
    fn needs_row_by_row(&self, state: &MemberState) -> bool {
        let rules = self.regimes.get(state.regime).and_then(|one| one.policy.rules(&self.purpose));
        let by_date =
            rules.is_some_and(|one| one.objection == ObjectionScope::ContentAfterObjection);
        let everything = state.facts.choices.everything;
        let refused = everything.is_some_and(|choice| choice.answer == Answer::Refuse);
        state.has_exceptions() || by_date && refused
    }

    /// The reasons against each category that hold for every row of the member.
    fn uniform(&mut self, state: &MemberState) -> CategoryReasons {
        let Some(regime) = self.regimes.get(state.regime) else {
            return [ReasonSet::EMPTY.with(Reason::NotThisPurpose); Category::ALL.len()];
        };
        let facts = canonical(&state.facts, regime);
        let purpose = &self.purpose;
        *self.decided.entry((state.regime, facts)).or_insert_with(|| {
            let mut reasons = [ReasonSet::EMPTY; Category::ALL.len()];
            for (of_category, category) in reasons.iter_mut().zip(Category::ALL) {
                let request = Request {
                    policy: &regime.policy,
                    purpose,
                    category: *category,
                    as_of: regime.as_of,
                };
                let all = decide(&request, &facts).reasons;
                *of_category = all.iter().filter(|one| !OF_ROWS.contains(one)).collect();
            }
            reasons
        })
    }

    fn code(&mut self, reasons: CategoryReasons) -> u16 {
        if let Some(code) = self.code_of.get(&reasons) {
            return *code;
        }
        // ways to be refused are combinations of a dozen reasons; should there ever be more than
        // codes, everybody beyond shares the strictest answer
        let code = u16::try_from(self.table.len()).ok().filter(|code| *code < ROW_BY_ROW - 1);
        let Some(code) = code else { return ROW_BY_ROW - 1 };
        self.table.push(reasons);
        self.code_of.insert(reasons, code);
        code
    }

    fn set_code(&mut self, index: usize, code: u16) {
        if let Some(slot) = self.codes.get_mut(index) {
            *slot = code;
        }
    }
}

fn members_below(snapshot: &Snapshot) -> usize {
    snapshot.members_below().as_index().unwrap_or_default()
}

/// A name is profile data: a choice for everything, or for the profile, covers it.
fn names_must_go(state: &MemberState) -> bool {
    let of_profile = state.by_category.iter().find(|(one, _)| *one == Category::Profile);
    let choices = Choices {
        everything: state.facts.choices.everything,
        category: of_profile.map(|(_, choice)| *choice),
        item: None,
    };
    must_be_redacted(state.facts.status, choices)
}

/// The same facts with instants that differ in nothing `decide` asks made equal.
fn canonical(facts: &Facts, regime: &Regime) -> Facts {
    let as_of = regime.as_of;
    let window = regime.policy.notice_days;
    let mut canonical = *facts;
    canonical.notice = facts.notice.filter(|delivered| *delivered <= as_of).map(|delivered| {
        let closed = delivered.plus_days(window) <= as_of;
        if closed { as_of.plus_days(-window) } else { as_of }
    });
    if let Some(choice) = &mut canonical.choices.everything {
        let counts = choice.answer == Answer::Refuse || choice.said_at <= as_of;
        choice.said_at = if counts { as_of } else { Instant::from_micros(i64::MAX) };
    }
    canonical
}

fn union(one: &CategoryReasons, other: &CategoryReasons) -> CategoryReasons {
    let mut both = *one;
    for (reasons, more) in both.iter_mut().zip(other) {
        *reasons = reasons.union(*more);
    }
    both
}

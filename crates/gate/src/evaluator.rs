use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use policy::{
    Category, ChoiceInForce, Facts, Instant, ItemFacts, ItemId, MemberNumber, Policy, Purpose,
    Reason, ReasonSet, Request, SpecialCategories, Visibility,
    aipref::{self, Usage},
    decide,
};

use crate::{
    answers::{Answers, CategoryReasons, MemberAnswer},
    sensitive::SensitiveRows,
};

/// The policy that held, and the instant it is asked about.
#[derive(Debug, Clone)]
pub struct Regime {
    /// The rules.
    pub policy: Arc<Policy>,
    /// The instant the question is about.
    pub as_of: Instant,
}

/// What was known of one member at one place in the sequence of facts.
#[derive(Debug, Clone)]
pub struct MemberState {
    /// Which of the evaluator's regimes held.
    pub regime: usize,
    /// The member's facts, with the choice for everything; row facts left out.
    pub facts: Facts,
    /// Choices for one category.
    pub by_category: Vec<(Category, ChoiceInForce)>,
    /// Choices for one item.
    pub by_item: HashMap<ItemId, ChoiceInForce>,
    /// Items that a ruling keeps from every use.
    pub restricted_items: HashSet<ItemId>,
}

/// What the gate reads of one row before it decides.
#[derive(Debug, Clone, Copy)]
pub struct RowFacts {
    /// Whose row it is.
    pub member: MemberNumber,
    /// Which row of the member's.
    pub item: ItemId,
    /// The kind of data; `None` where the row says something unknown.
    pub category: Option<Category>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
    /// When it was created.
    pub created: Option<Instant>,
    /// What its author wants it to be used for.
    pub content_usage: Usage,
    /// Whether its source says that it is sensitive; what was found in its words is known to the
    /// evaluator.
    pub sensitive: bool,
    /// Whether it names an objector who cannot be redacted.
    pub names_objector: bool,
}

/// Decides over rows for one purpose, given the facts from one sequence to another.
///
/// A row is permitted if `decide` allows it at the first sequence and at every later one up to
/// the last: refusals in between stay, allowances wait.
#[derive(Debug)]
pub struct Evaluator {
    purpose: Purpose,
    regimes: Vec<Regime>,
    answers: Answers,
    row_by_row: HashMap<MemberNumber, RowByRow>,
    redacted: HashSet<MemberNumber>,
    window: Window,
    sensitive: SensitiveRows,
    /// What the purpose is in the words of AI Preferences, in any regime.
    usages: Vec<aipref::Category>,
    /// Whether every regime admits special categories that were made public.
    admits_made_public: bool,
}

/// What is needed to decide over the rows of one member one by one.
#[derive(Debug, Clone)]
pub(crate) struct RowByRow {
    /// Reasons that hold for every row of a category, from states that are not kept.
    pub(crate) floor: CategoryReasons,
    /// The states, each of which may refuse.
    pub(crate) states: Vec<MemberState>,
}

/// The dates between which a row has to be created, over all regimes, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) oldest: i64,
    pub(crate) newest: i64,
}

impl Evaluator {
    pub(crate) fn new(
        purpose: Purpose,
        regimes: Vec<Regime>,
        answers: Answers,
        row_by_row: HashMap<MemberNumber, RowByRow>,
        redacted: HashSet<MemberNumber>,
    ) -> Self {
        let oldest = |regime: &Regime| regime.policy.rules(&purpose)?.oldest_content;
        let window = Window {
            oldest: regimes
                .iter()
                .filter_map(|regime| oldest(regime).map(|day| day.start().as_micros()))
                .max()
                .unwrap_or(i64::MIN),
            newest: regimes.iter().map(|one| one.as_of.as_micros()).min().unwrap_or(i64::MIN),
        };
        let admits = |regime: &Regime| {
            let rules = regime.policy.rules(&purpose);
            rules.is_some_and(|one| one.special_categories == SpecialCategories::MadePublic)
        };
        let admits_made_public = regimes.iter().all(admits);
        let usage = |regime: &Regime| regime.policy.rules(&purpose)?.content_usage;
        let usages: BTreeSet<_> = regimes.iter().filter_map(usage).collect();
        let (sensitive, usages) = (SensitiveRows::default(), usages.into_iter().collect());
        Self {
            purpose,
            regimes,
            answers,
            row_by_row,
            redacted,
            window,
            sensitive,
            usages,
            admits_made_public,
        }
    }

    /// The same, knowing which rows were found to reveal special categories.
    pub(crate) fn with_sensitive(self, sensitive: SensitiveRows) -> Self {
        Self { sensitive, ..self }
    }

    /// What the rows are wanted for.
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// The policies that held, the first at the first sequence.
    pub fn regimes(&self) -> &[Regime] {
        &self.regimes
    }

    /// The resolved answers, a bit a member.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The members who must not be named in the words of others.
    pub fn redacted_members(&self) -> &HashSet<MemberNumber> {
        &self.redacted
    }

    /// The rows that were found to reveal special categories.
    pub(crate) fn sensitive(&self) -> &SensitiveRows {
        &self.sensitive
    }

    /// The dates between which a row has to be created.
    pub(crate) fn window(&self) -> Window {
        self.window
    }

    /// Whether a row says that it is not to be used for what the purpose is.
    pub(crate) fn is_opted_out(&self, usage: Usage) -> bool {
        self.usages.iter().any(|asked| usage.disallows(*asked))
    }

    /// Whether any signal of a row can speak against it.
    pub(crate) fn hears_signals(&self) -> bool {
        !self.usages.is_empty()
    }

    /// Every reason against one row.
    #[inline]
    pub fn reasons(&self, row: &RowFacts) -> ReasonSet {
        let Some(category) = row.category else {
            return ReasonSet::EMPTY.with(Reason::NotThisPurpose);
        };
        let found = || self.sensitive.of(row.member).is_some_and(|rows| rows.contains(&row.item));
        let row = &RowFacts { sensitive: row.sensitive || found(), ..*row };
        match self.answers.of(row.member.as_i64()) {
            MemberAnswer::Uniform(by_category) => {
                let of_member = by_category.get(category.index()).copied().unwrap_or_default();
                of_member.union(self.of_row(category, row))
            }
            MemberAnswer::RowByRow => self.row_by_row(category, row),
        }
    }

    /// The rules that look at the row alone, as constants; a test holds them equal to `decide`.
    #[inline]
    fn of_row(&self, category: Category, row: &RowFacts) -> ReasonSet {
        let mut reasons = ReasonSet::EMPTY;
        if category.has_audience() {
            match row.visibility {
                Some(Visibility::Public) => {}
                Some(_) => reasons = reasons.with(Reason::NotPublic),
                None => reasons = reasons.with(Reason::VisibilityUnknown),
            }
        }
        if category.is_dated() {
            match row.created.map(Instant::as_micros) {
                None => reasons = reasons.with(Reason::DateUnknown),
                Some(created) => {
                    if created > self.window.newest {
                        reasons = reasons.with(Reason::AfterAsOf);
                    }
                    if created < self.window.oldest {
                        reasons = reasons.with(Reason::BeforeCutoff);
                    }
                }
            }
        }
        if self.is_opted_out(row.content_usage) {
            reasons = reasons.with(Reason::OptedOutBySignal);
        }
        let made_public = self.admits_made_public && row.visibility == Some(Visibility::Public);
        if row.sensitive && !made_public {
            reasons = reasons.with(Reason::Sensitive);
        }
        if row.names_objector {
            reasons = reasons.with(Reason::NamesObjector);
        }
        reasons
    }

    fn row_by_row(&self, category: Category, row: &RowFacts) -> ReasonSet {
        let Some(RowByRow { floor, states }) = self.row_by_row.get(&row.member) else {
            return ReasonSet::EMPTY.with(Reason::MemberUnknown);
        };
        let floor = floor.get(category.index()).copied().unwrap_or_default();
        states
            .iter()
            .map(|state| self.at_state(state, category, row))
            .fold(floor.union(self.of_row(category, row)), ReasonSet::union)
    }

    fn at_state(&self, state: &MemberState, category: Category, row: &RowFacts) -> ReasonSet {
        let Some(regime) = self.regimes.get(state.regime) else {
            return ReasonSet::EMPTY.with(Reason::NotThisPurpose);
        };
        let request = Request {
            policy: &regime.policy,
            purpose: &self.purpose,
            category,
            as_of: regime.as_of,
        };
        decide(&request, &state.facts_of(category, row)).reasons
    }
}

impl MemberState {
    /// The member's facts with those of one row.
    pub fn facts_of(&self, category: Category, row: &RowFacts) -> Facts {
        let mut facts = self.facts;
        facts.choices.category =
            self.by_category.iter().find(|(one, _)| *one == category).map(|(_, choice)| *choice);
        facts.choices.item = self.by_item.get(&row.item).copied();
        facts.item = ItemFacts {
            visibility: row.visibility,
            created: row.created,
            restricted: self.restricted_items.contains(&row.item),
            content_usage: row.content_usage,
            sensitive: row.sensitive,
            names_objector: row.names_objector,
        };
        facts
    }

    /// Whether rows of this member can differ from each other beyond what the row itself says.
    pub fn has_exceptions(&self) -> bool {
        !(self.by_category.is_empty()
            && self.by_item.is_empty()
            && self.restricted_items.is_empty())
    }
}

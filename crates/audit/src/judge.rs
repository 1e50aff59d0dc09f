//! Who may be used and who must not be named, from the first to the last fact of a corpus.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use policy::{Ambiguous, Instant, Policy, Purpose, Reason};

use crate::{
    rule::{self, Regime, RowFacts, State},
    store::{AppliedPolicy, Fact, Said, Store},
    world::World,
};

/// What the facts come to for one corpus.
///
/// A row is permitted if nothing speaks against it after the first of the facts and after each
/// later one: what was refused in between stays refused, what was allowed waits.
#[derive(Debug)]
pub(crate) struct Judge {
    purpose: Purpose,
    as_of: Instant,
    regimes: Vec<Regime>,
    states: BTreeMap<i64, Vec<State>>,
    /// Whether the first of the facts is behind.
    started: bool,
    /// Members who must not be named in the words of others.
    pub(crate) unnamed: BTreeSet<i64>,
    /// Names that non-members gave with an objection.
    pub(crate) names: BTreeSet<String>,
    /// Addresses that non-members gave with an objection.
    pub(crate) emails: BTreeSet<String>,
}

impl Judge {
    /// Replays the facts up to `from`, and then one by one up to `to`. Fails with the place at
    /// which no policy that can be read was in force.
    pub(crate) fn replay(
        store: &Store,
        purpose: &Purpose,
        as_of: Instant,
        (from, to): (i64, i64),
    ) -> Result<Self, i64> {
        let mut world = World::default();
        for fact in store.facts.iter().filter(|fact| fact.sequence <= from) {
            world.replay(fact);
        }
        let first = store.policies().filter(|(sequence, _)| *sequence <= from).last();
        let first = first.and_then(|(_, policy)| parse(policy));
        let policy = first.ok_or(from)?;
        let mut judge = Self {
            purpose: purpose.clone(),
            as_of,
            regimes: vec![Regime { policy, as_of }],
            states: BTreeMap::new(),
            started: false,
            unnamed: BTreeSet::new(),
            names: BTreeSet::new(),
            emails: BTreeSet::new(),
        };
        judge.look_at_all(&world);
        judge.look_at_objections(&world);
        judge.started = true;
        let later = store.facts.iter().filter(|fact| from < fact.sequence && fact.sequence <= to);
        for fact in later {
            world.replay(fact);
            judge.look_again(fact, &world)?;
        }
        Ok(judge)
    }

    /// Every reason against a row. A row without a known category serves no purpose.
    pub(crate) fn reasons(&self, member: i64, row: Option<&RowFacts>) -> BTreeSet<Reason> {
        let Some(row) = row else { return BTreeSet::from([Reason::NotThisPurpose]) };
        let nobody = [State::default()];
        let states = self.states.get(&member).map_or(&nobody[..], Vec::as_slice);
        let mut against = BTreeSet::new();
        for state in states {
            if let Some(regime) = self.regimes.get(state.regime) {
                against.extend(rule::reasons(regime, &self.purpose, state, row));
            }
        }
        against
    }

    /// What happens to names that may be somebody else's: the strictest of all policies holds.
    pub(crate) fn ambiguous_names(&self) -> Ambiguous {
        let words: Vec<_> =
            self.regimes.iter().map(|regime| regime.policy.ambiguous_names).collect();
        if words.contains(&Ambiguous::Redact) {
            Ambiguous::Redact
        } else if words.contains(&Ambiguous::Review) {
            Ambiguous::Review
        } else {
            Ambiguous::Keep
        }
    }

    /// How many members were replayed.
    pub(crate) fn members(&self) -> usize {
        self.states.len()
    }

    fn look_again(&mut self, fact: &Fact, world: &World) -> Result<(), i64> {
        match &fact.said {
            Said::Policy(applied) => {
                let policy = parse(applied).ok_or(fact.sequence)?;
                // A policy is asked as of when it was applied, if that is later than the build.
                let as_of = self.as_of.max(fact.recorded_at);
                self.regimes.push(Regime { policy, as_of });
                self.look_at_all(world);
            }
            Said::Account { member, .. } | Said::Ruling { member, .. } => {
                self.look_at(*member, world);
            }
            Said::Choice(choice) => self.look_at(choice.member, world),
            Said::Notice(_) | Said::Document { .. } => self.look_at_all(world),
            Said::Objection(_) => self.look_at_objections(world),
            Said::Withdrawn { .. } => {}
        }
        Ok(())
    }

    fn look_at_all(&mut self, world: &World) {
        for member in world.members() {
            self.look_at(member, world);
        }
    }

    fn look_at(&mut self, member: i64, world: &World) {
        if world.must_not_be_named(member, self.purpose.as_str()) {
            self.unnamed.insert(member);
        }
        let state = self.state(member, world);
        let states = self.states.entry(member).or_default();
        // Of whom nothing was known at the first of the facts was refused then.
        if self.started && states.is_empty() {
            states.push(State::default());
        }
        if states.last() != Some(&state) {
            states.push(state);
        }
    }

    fn look_at_objections(&mut self, world: &World) {
        let against =
            |one: &&crate::store::Objection| !one.lifted && one.purpose == self.purpose.as_str();
        for objection in world.objections.values().filter(against) {
            self.names.extend(objection.names.iter().cloned());
            self.emails.extend(objection.emails.iter().cloned());
        }
    }

    fn state(&self, member: i64, world: &World) -> State {
        let regime = self.regimes.len().saturating_sub(1);
        let policy = self.regimes.get(regime).map(|regime| &regime.policy);
        let account = world.accounts.get(&member);
        let region = account.and_then(|account| account.region);
        let rules = policy.and_then(|policy| policy.purposes.get(&self.purpose));
        let cell = rules.zip(region).and_then(|(rules, region)| rule::cell_of(rules, region));
        let version = policy.map(|policy| policy.version);
        let missing = |kind: &String| {
            !world.documents.contains(&(kind.clone(), None))
                && !world.documents.contains(&(kind.clone(), version))
        };
        State {
            regime,
            known: account.is_some(),
            region,
            age: account.and_then(|account| account.age),
            status: world.status(member),
            announced: cell.and_then(|cell| world.announced(member, cell.announced_by)),
            documents_missing: cell.is_some_and(|cell| cell.documents.iter().any(missing)),
            choices: world.choices(member, self.purpose.as_str()),
            restricted_items: world
                .restricted_items
                .range((member, i64::MIN)..=(member, i64::MAX))
                .map(|(_, item)| *item)
                .collect(),
        }
    }
}

/// The policy, if its text can be read at all; whether it is the right one is another question.
pub(crate) fn parse(applied: &AppliedPolicy) -> Option<Policy> {
    Policy::parse(Path::new("the store"), applied.document.as_bytes()).ok()
}

//! From facts to rows: which are new, where they stand in the order, and what they start.

use policy::{Instant, MemberNumber, PolicyHash, Sequence};

use crate::{
    NewFact, Notice, Reach, RemovalCause, Result, StoreError,
    known::Known,
    removal::{Started, started_by},
    rows::{Rows, Stamp},
    standing::Standing,
};

/// The end of the order of facts, where new ones are added. It asks no database.
pub(crate) struct Plan {
    /// The last sequence that was given out.
    pub(crate) last: i64,
    pub(crate) standing: Standing,
}

/// Facts of which each is answered by itself: a bad one does not take its neighbours with it.
pub(crate) struct Sorted {
    /// Those that may be recorded.
    pub(crate) good: Vec<(NewFact, Instant)>,
    checks: Vec<Result<()>>,
}

/// What a batch of facts comes to.
#[derive(Default)]
pub(crate) struct Planned {
    /// The place of each fact; that of the earlier one for a repeat.
    pub(crate) sequences: Vec<Sequence>,
    pub(crate) rows: Rows,
    /// Whose identity is closed for ever, and when.
    pub(crate) erased: Vec<(MemberNumber, Instant)>,
}

impl Plan {
    /// Whether a fact may be recorded at all.
    fn check(&self, fact: &NewFact) -> Result<()> {
        if let Some(member) = fact.member()
            && !(0..self.standing.members).contains(&member.as_i64())
        {
            return Err(StoreError::MemberUnknown { member });
        }
        match fact {
            // Found here, a choice does not take its neighbours with it.
            NewFact::Choice(choice) if choice.source.contains('\0') => {
                Err(StoreError::NulInText { member: choice.member })
            }
            NewFact::Notice(Notice { reach: Reach::Cohort { regions, .. }, .. })
                if regions.is_empty() =>
            {
                Err(StoreError::CohortEmpty)
            }
            NewFact::PolicyApplied(policy)
                if PolicyHash::of_bytes(policy.document.as_bytes()) != policy.hash =>
            {
                Err(StoreError::PolicyText { hash: policy.hash.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Tells the facts that may be recorded from the others.
    pub(crate) fn sort(&self, facts: &[(NewFact, Instant)]) -> Sorted {
        let checks: Vec<_> = facts.iter().map(|(fact, _)| self.check(fact)).collect();
        let good = facts.iter().zip(&checks).filter(|(_, check)| check.is_ok());
        Sorted { good: good.map(|(fact, _)| fact.clone()).collect(), checks }
    }

    /// Adds facts behind the others. A repeat gets its old sequence.
    pub(crate) fn add_all(
        &mut self,
        facts: &[(NewFact, Instant)],
        mut known: Known,
    ) -> Result<Planned> {
        for (fact, _) in facts {
            self.check(fact)?;
        }
        let mut planned = Planned::default();
        for (fact, at) in facts {
            let sequence = match known.repeat_of(fact) {
                Some(old) => old,
                None => self.add(fact, *at, &mut known, &mut planned)?,
            };
            planned.sequences.push(sequence);
        }
        Ok(planned)
    }

    fn add(
        &mut self,
        fact: &NewFact,
        at: Instant,
        known: &mut Known,
        planned: &mut Planned,
    ) -> Result<Sequence> {
        let before = known.account_before(fact)?;
        self.last += 1;
        let stamp = Stamp { sequence: Sequence::from_i64(self.last), at };
        planned.rows.add_fact(fact, stamp)?;
        if let Some(started) = started_by(fact, &before) {
            planned.rows.add_removal(&started, stamp, self.nobody_holds(&started));
            if started.removal.cause == RemovalCause::Erasure {
                planned.erased.extend(started.removal.member.map(|member| (member, at)));
            }
        }
        known.take_in(fact, stamp.sequence);
        Ok(stamp.sequence)
    }

    /// With nobody to release, a removal ends where it starts; an erasure waits for the lake.
    fn nobody_holds(&self, started: &Started) -> bool {
        let held = match &started.removal.purpose {
            Some(purpose) => self.standing.held.contains(purpose),
            None => !self.standing.held.is_empty(),
        };
        !held && started.removal.cause != RemovalCause::Erasure
    }
}

impl Sorted {
    /// The answer to each fact: the place that it got among the good ones, or why it got none.
    pub(crate) fn answers(self, places: Vec<Sequence>) -> Vec<Result<Sequence>> {
        let mut places = places.into_iter();
        let answer =
            |check: Result<()>| check.and_then(|()| places.next().ok_or(StoreError::WriterEnded));
        self.checks.into_iter().map(answer).collect()
    }
}

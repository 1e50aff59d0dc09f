use policy::{AgeClass, Country, Sequence, Status};

use crate::{AccountFact, RemovalCause};

/// What all account facts so far say about one member.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    region: Option<Country>,
    age: Option<AgeClass>,
    status: Option<Status>,
    last: Option<(Sequence, AccountFact)>,
}

impl Account {
    /// Takes in the next fact.
    pub(crate) fn apply(&mut self, sequence: Sequence, fact: &AccountFact) {
        self.region = fact.region.or(self.region);
        self.age = fact.age.or(self.age);
        self.status = fact.status.or(self.status);
        self.last = Some((sequence, fact.clone()));
    }

    /// The sequence under which the very same was recorded last.
    pub(crate) fn repeat_of(&self, fact: &AccountFact) -> Option<Sequence> {
        self.last.as_ref().filter(|(_, last)| last == fact).map(|(sequence, _)| *sequence)
    }

    /// Whether the member was erased.
    pub(crate) fn is_erased(&self) -> bool {
        self.status == Some(Status::Erased)
    }

    /// Which permission the next fact ends, if it can end one.
    ///
    /// A status, age or region that was not known before has permitted nothing.
    pub(crate) fn cause(&self, next: &AccountFact) -> Option<RemovalCause> {
        let narrowed = |status| next.status == Some(status) && self.status != Some(status);
        if narrowed(Status::Erased) {
            return Some(RemovalCause::Erasure);
        }
        if self.status.is_some() && narrowed(Status::Closed) {
            return Some(RemovalCause::AccountClosed);
        }
        let restricted = self.status.is_some() && narrowed(Status::Restricted);
        let minor = self.age == Some(AgeClass::Adult) && next.age == Some(AgeClass::Minor);
        let moved = self.region.is_some() && next.region.is_some() && self.region != next.region;
        (restricted || minor || moved).then_some(RemovalCause::Restriction)
    }
}

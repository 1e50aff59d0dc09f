use std::collections::BTreeMap;

use policy::{Answer, Category, ChoiceInForce, Instant, ItemId, MemberNumber, Purpose};

use crate::{Choice, Scope};

/// What members said, sparse: nothing for who said nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct SaidChoices {
    purposes: Vec<Purpose>,
    said: BTreeMap<MemberNumber, Vec<Said>>,
}

/// One choice in 24 bytes. The order is that of the fold: all that was said at one scope stands
/// together, by instant, and at the same instant a refusal comes last and so wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    purpose: u16,
    kind: u8,
    item: i64,
    said_at: Instant,
    refused: bool,
}

/// A scope as a kind and an item; the kind is 0 for everything, 1 for an item, and two more than
/// its index for a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PackedScope {
    kind: u8,
    item: i64,
}

const EVERYTHING: u8 = 0;
const ITEM: u8 = 1;
const CATEGORIES: u8 = 2;

impl SaidChoices {
    pub(super) fn apply(&mut self, choice: &Choice, recorded_at: Instant) {
        let Some(purpose) = self.intern(&choice.purpose) else { return };
        let PackedScope { kind, item } = PackedScope::pack(choice.scope);
        let refused = choice.answer == Answer::Refuse;
        let said = Said { purpose, kind, item, said_at: choice.said_at, refused };
        let list = self.said.entry(choice.member).or_insert_with(|| Vec::with_capacity(1));
        if refused {
            // it would hide this refusal, and comes from a clock that was ahead
            list.retain(|one| {
                one.refused || one.place() != said.place() || one.said_at <= recorded_at
            });
        }
        if let Err(place) = list.binary_search(&said) {
            list.insert(place, said);
        }
    }

    pub(super) fn in_force(
        &self,
        member: MemberNumber,
        purpose: &Purpose,
        scope: Scope,
    ) -> Option<ChoiceInForce> {
        let (purpose, scope) = (self.code(purpose)?, PackedScope::pack(scope));
        let list = self.said.get(&member)?;
        in_force(list.iter().filter(|said| said.place() == (purpose, scope)))
    }

    pub(super) fn all_in_force(
        &self,
        member: MemberNumber,
        purpose: &Purpose,
    ) -> Vec<(Scope, ChoiceInForce)> {
        let list = self.said.get(&member).map_or(&[][..], Vec::as_slice);
        let code = self.code(purpose);
        list.chunk_by(|one, next| one.place() == next.place())
            .filter_map(|run| {
                let first = run.first().filter(|first| Some(first.purpose) == code)?;
                Some((first.scope().unpack()?, in_force(run.iter())?))
            })
            .collect()
    }

    pub(super) fn members(&self, purpose: &Purpose) -> impl Iterator<Item = MemberNumber> {
        self.members_where(purpose, |_| true)
    }

    pub(super) fn members_with_narrow_choices(
        &self,
        purpose: &Purpose,
    ) -> impl Iterator<Item = MemberNumber> {
        self.members_where(purpose, |said| said.kind != EVERYTHING)
    }

    pub(super) fn below(&self) -> MemberNumber {
        let last = self.said.last_key_value().map(|(member, _)| member.as_i64());
        MemberNumber::from_i64(last.map_or(0, |last| last.saturating_add(1)))
    }

    fn members_where(
        &self,
        purpose: &Purpose,
        wanted: impl Fn(&Said) -> bool,
    ) -> impl Iterator<Item = MemberNumber> {
        let code = self.code(purpose);
        let matches = move |said: &Said| Some(said.purpose) == code && wanted(said);
        let members = self.said.iter();
        members.filter_map(move |(member, list)| list.iter().any(&matches).then_some(*member))
    }

    fn code(&self, purpose: &Purpose) -> Option<u16> {
        let place = self.purposes.iter().position(|one| one == purpose)?;
        u16::try_from(place).ok()
    }

    fn intern(&mut self, purpose: &Purpose) -> Option<u16> {
        if !self.purposes.contains(purpose) {
            self.purposes.push(purpose.clone());
        }
        self.code(purpose)
    }
}

/// The last of what was said at one scope, since the first instant of its unbroken run: to say the
/// same again takes nothing back of what was said before.
fn in_force<'a>(said: impl DoubleEndedIterator<Item = &'a Said>) -> Option<ChoiceInForce> {
    let mut latest_first = said.rev();
    let last = latest_first.next()?;
    let answer = if last.refused { Answer::Refuse } else { Answer::Allow };
    let run = latest_first.take_while(|said| said.refused == last.refused);
    let said_at = run.last().unwrap_or(last).said_at;
    Some(ChoiceInForce { answer, said_at })
}

impl Said {
    fn scope(&self) -> PackedScope {
        PackedScope { kind: self.kind, item: self.item }
    }

    fn place(&self) -> (u16, PackedScope) {
        (self.purpose, self.scope())
    }
}

impl PackedScope {
    fn pack(scope: Scope) -> Self {
        match scope {
            Scope::Everything => Self { kind: EVERYTHING, item: 0 },
            Scope::Item(item) => Self { kind: ITEM, item: item.as_i64() },
            Scope::Category(category) => {
                let index = u8::try_from(category.index()).unwrap_or(u8::MAX);
                Self { kind: index.saturating_add(CATEGORIES), item: 0 }
            }
        }
    }

    fn unpack(self) -> Option<Scope> {
        match self.kind {
            EVERYTHING => Some(Scope::Everything),
            ITEM => Some(Scope::Item(ItemId::from_i64(self.item))),
            kind => {
                let index = usize::from(kind.checked_sub(CATEGORIES)?);
                Category::ALL.get(index).copied().map(Scope::Category)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_takes_24_bytes() {
        assert_eq!(size_of::<Said>(), 24);
    }

    #[test]
    fn every_scope_survives_packing() {
        let items = [i64::MIN, -1, 0, i64::MAX].map(|item| Scope::Item(ItemId::from_i64(item)));
        let categories = Category::ALL.iter().copied().map(Scope::Category);
        for scope in items.into_iter().chain(categories).chain([Scope::Everything]) {
            assert_eq!(PackedScope::pack(scope).unpack(), Some(scope));
        }
    }
}

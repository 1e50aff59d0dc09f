use std::sync::LazyLock;

use policy::{AgeClass, Country, MemberNumber, Status};

use crate::AccountFact;

/// Region, age class and status by member number: two bytes a member.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    /// One more than the place in [`COUNTRIES`]; 0 is unknown.
    regions: Vec<u8>,
    flags: Vec<Flags>,
}

/// Bit 0: known. Bits 1–2: age. Bits 3–5: status. Bit 6: restricted by a ruling. Age and status
/// are one more than their index; 0 is unknown.
#[derive(Debug, Clone, Copy, Default)]
struct Flags(u8);

const KNOWN: u8 = 1;
const AGE_SHIFT: u8 = 1;
const AGE_MASK: u8 = 0b11;
const STATUS_SHIFT: u8 = 3;
const STATUS_MASK: u8 = 0b111;
const RULED: u8 = 1 << 6;

/// Every country, in its own order.
static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let mut countries: Vec<_> = Country::all().collect();
    countries.sort_unstable();
    countries
});

impl Members {
    pub(super) fn apply(&mut self, fact: &AccountFact) {
        if let Some(region) = fact.region.and_then(code_of)
            && let Some(slot) = slot(&mut self.regions, fact.member)
        {
            *slot = region;
        }
        if let Some(flags) = slot(&mut self.flags, fact.member) {
            flags.0 |= KNOWN;
            if let Some(age) = fact.age {
                flags.set(AGE_SHIFT, AGE_MASK, age.index());
            }
            if let Some(status) = fact.status {
                flags.set(STATUS_SHIFT, STATUS_MASK, status.index());
            }
        }
    }

    pub(super) fn rule(&mut self, member: MemberNumber, restricted: bool) {
        if let Some(flags) = slot(&mut self.flags, member) {
            flags.0 = if restricted { flags.0 | RULED } else { flags.0 & !RULED };
        }
    }

    pub(super) fn is_known(&self, member: MemberNumber) -> bool {
        self.flags(member).0 & KNOWN != 0
    }

    pub(super) fn region(&self, member: MemberNumber) -> Option<Country> {
        let code = *self.regions.get(member.as_index()?)?;
        COUNTRIES.get(usize::from(code).checked_sub(1)?).copied()
    }

    pub(super) fn age(&self, member: MemberNumber) -> Option<AgeClass> {
        AgeClass::ALL.get(self.flags(member).get(AGE_SHIFT, AGE_MASK)?).copied()
    }

    pub(super) fn status(&self, member: MemberNumber) -> Option<Status> {
        let flags = self.flags(member);
        let status = Status::ALL.get(flags.get(STATUS_SHIFT, STATUS_MASK)?).copied()?;
        let ruled = flags.0 & RULED != 0 && status == Status::Active;
        Some(if ruled { Status::Restricted } else { status })
    }

    pub(super) fn below(&self) -> MemberNumber {
        MemberNumber::from_i64(i64::try_from(self.flags.len()).unwrap_or(i64::MAX))
    }

    pub(super) fn known(&self) -> impl Iterator<Item = MemberNumber> {
        let known = |(number, flags): (i64, &Flags)| {
            (flags.0 & KNOWN != 0).then_some(MemberNumber::from_i64(number))
        };
        (0..).zip(&self.flags).filter_map(known)
    }

    fn flags(&self, member: MemberNumber) -> Flags {
        let flags = member.as_index().and_then(|index| self.flags.get(index));
        flags.copied().unwrap_or_default()
    }
}

impl Flags {
    fn get(self, shift: u8, mask: u8) -> Option<usize> {
        usize::from(self.0 >> shift & mask).checked_sub(1)
    }

    fn set(&mut self, shift: u8, mask: u8, index: usize) {
        // An index that does not fit is unknown, which refuses.
        let code = u8::try_from(index + 1).ok().filter(|code| *code <= mask).unwrap_or(0);
        self.0 = self.0 & !(mask << shift) | code << shift;
    }
}

fn code_of(country: Country) -> Option<u8> {
    let place = COUNTRIES.binary_search(&country).ok()?;
    u8::try_from(place + 1).ok()
}

fn slot<T: Clone + Default>(values: &mut Vec<T>, member: MemberNumber) -> Option<&mut T> {
    let index = member.as_index()?;
    if values.len() <= index {
        values.resize(index + 1, T::default());
    }
    values.get_mut(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_age_and_status_survives_packing() {
        for country in Country::all() {
            for age in AgeClass::ALL {
                for status in Status::ALL {
                    let mut members = Members::default();
                    let member = MemberNumber::from_i64(3);
                    members.apply(&AccountFact {
                        member,
                        region: Some(country),
                        age: Some(*age),
                        status: Some(*status),
                        source: String::new(),
                        declaration: None,
                    });
                    assert_eq!(members.region(member), Some(country));
                    assert_eq!(members.age(member), Some(*age));
                    assert_eq!(members.status(member), Some(*status));
                }
            }
        }
    }

    #[test]
    fn a_member_costs_two_bytes() {
        let mut members = Members::default();
        let country = Country::all().next();
        for number in 0..100_000 {
            members.apply(&AccountFact {
                member: MemberNumber::from_i64(number),
                region: country,
                age: None,
                status: None,
                source: String::new(),
                declaration: None,
            });
        }
        // A vector at most doubles as it grows.
        let bytes = members.regions.capacity() + members.flags.capacity();
        assert!(bytes <= 4 * 100_000, "{bytes}");
    }
}

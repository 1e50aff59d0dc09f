use crate::MemberNumber;

/// Members by number, one bit each: numbers are dense. Negative numbers are nobody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberSet {
    words: Vec<u64>,
}

impl MemberSet {
    /// Takes a member in; whether it was not there before.
    pub fn insert(&mut self, member: MemberNumber) -> bool {
        let Some((word, bit)) = place(member) else { return false };
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        let Some(word) = self.words.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether a member is in it.
    pub fn contains(&self, member: MemberNumber) -> bool {
        let word = |(word, bit)| self.words.get(word).is_some_and(|word: &u64| word & bit != 0);
        place(member).is_some_and(word)
    }

    /// Takes in everybody of another set.
    pub fn extend(&mut self, others: &Self) {
        let length = self.words.len().max(others.words.len());
        self.words.resize(length, 0);
        for (word, other) in self.words.iter_mut().zip(&others.words) {
            *word |= other;
        }
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }
}

impl FromIterator<MemberNumber> for MemberSet {
    fn from_iter<I: IntoIterator<Item = MemberNumber>>(members: I) -> Self {
        let mut set = Self::default();
        members.into_iter().for_each(|member| {
            set.insert(member);
        });
        set
    }
}

fn place(member: MemberNumber) -> Option<(usize, u64)> {
    let index = member.as_index()?;
    Some((index / 64, 1 << (index % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_is_new_once() {
        let mut set = MemberSet::default();
        for number in [0, 63, 64, 1_000] {
            let member = MemberNumber::from_i64(number);
            assert!(!set.contains(member));
            assert!(set.insert(member) && !set.insert(member) && set.contains(member));
        }
        assert!(!set.contains(MemberNumber::from_i64(65)));
        assert!(!set.insert(MemberNumber::from_i64(-1)));
    }

    #[test]
    fn a_set_takes_in_another() {
        let (mut few, mut many) = (MemberSet::default(), MemberSet::default());
        assert!(few.is_empty());
        few.insert(MemberNumber::from_i64(1));
        many.insert(MemberNumber::from_i64(700));
        few.extend(&many);
        assert!([1, 700].map(MemberNumber::from_i64).iter().all(|one| few.contains(*one)));
        assert!(!few.is_empty());
    }
}

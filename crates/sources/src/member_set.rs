use policy::MemberNumber;

/// Members by number, one bit each: numbers are dense.
#[derive(Debug, Default)]
pub(crate) struct MemberSet {
    words: Vec<u64>,
}

impl MemberSet {
    /// Takes a member in; whether it was not there before.
    pub(crate) fn insert(&mut self, member: MemberNumber) -> bool {
        let Some((word, bit)) = place(member) else { return false };
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        let Some(word) = self.words.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(crate) fn contains(&self, member: MemberNumber) -> bool {
        let word = |(word, bit)| self.words.get(word).is_some_and(|word: &u64| word & bit != 0);
        place(member).is_some_and(word)
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
    }
}

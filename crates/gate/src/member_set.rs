use policy::MemberNumber;

/// Members by number, one bit each: numbers are dense.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemberSet {
    words: Vec<u64>,
}

impl MemberSet {
    pub(crate) fn insert(&mut self, member: MemberNumber) {
        let Some((word, bit)) = place(member) else { return };
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
    }

    pub(crate) fn contains(&self, member: MemberNumber) -> bool {
        let word = |(word, bit)| self.words.get(word).is_some_and(|word: &u64| word & bit != 0);
        place(member).is_some_and(word)
    }

    pub(crate) fn extend(&mut self, others: &Self) {
        let length = self.words.len().max(others.words.len());
        self.words.resize(length, 0);
        for (word, other) in self.words.iter_mut().zip(&others.words) {
            *word |= other;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }
}

fn place(member: MemberNumber) -> Option<(usize, u64)> {
    let index = member.as_index()?;
    Some((index / 64, 1 << (index % 64)))
}

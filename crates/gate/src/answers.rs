use policy::{Category, ReasonSet};

/// The reasons against each category, indexed by [`Category::index`], whatever the row says.
pub type CategoryReasons = [ReasonSet; Category::ALL.len()];

/// Members between two entries of the rank index.
const BLOCK: usize = 512;

/// What holds for a member before a row is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberAnswer<'a> {
    /// The same reasons for every row of a category.
    Uniform(&'a CategoryReasons),
    /// Some rows differ from others: each has to be decided by itself.
    RowByRow,
}

/// The resolved answers for one purpose: one bit a member, and a code for those who are refused.
///
/// A set bit says that the member's answer is the common one, at [`Answers::common`]. The codes
/// of all others lie in the order of members and are found by rank. A network of a billion
/// members takes 125 MB for the bits, 8 MB for the rank index, and two bytes for each member
/// whose answer is not the common one.
#[derive(Debug)]
pub struct Answers {
    bits: Vec<u64>,
    /// Unset bits before each block.
    rank: Vec<u32>,
    codes: Vec<u16>,
    table: Vec<CategoryReasons>,
    common: u16,
    unknown: CategoryReasons,
    members: usize,
}

/// The code of members whose rows are decided one by one.
pub(crate) const ROW_BY_ROW: u16 = u16::MAX;

impl Answers {
    /// Compresses one code a member, in the order of members, each an index into `table` or
    /// [`ROW_BY_ROW`]; `unknown` answers for every number beyond.
    pub(crate) fn compress(
        codes_by_member: &[u16],
        table: Vec<CategoryReasons>,
        unknown: CategoryReasons,
    ) -> Self {
        let common = most_frequent(codes_by_member, table.len());
        let mut answers = Self {
            bits: vec![0; codes_by_member.len().div_ceil(64)],
            rank: Vec::with_capacity(codes_by_member.len() / BLOCK + 1),
            codes: Vec::new(),
            table,
            common,
            unknown,
            members: codes_by_member.len(),
        };
        for (member, code) in codes_by_member.iter().enumerate() {
            if member % BLOCK == 0 {
                answers.rank.push(u32::try_from(answers.codes.len()).unwrap_or(u32::MAX));
            }
            match answers.bits.get_mut(member / 64) {
                Some(word) if *code == common => *word |= 1 << (member % 64),
                _ => answers.codes.push(*code),
            }
        }
        answers
    }

    /// What holds for a member; members the store does not know are refused.
    #[inline]
    pub fn of(&self, member: i64) -> MemberAnswer<'_> {
        let Some(member) = usize::try_from(member).ok().filter(|member| *member < self.members)
        else {
            return MemberAnswer::Uniform(&self.unknown);
        };
        let code = if self.is_common(member) { self.common } else { self.code_by_rank(member) };
        match self.table.get(usize::from(code)) {
            Some(reasons) => MemberAnswer::Uniform(reasons),
            None => MemberAnswer::RowByRow,
        }
    }

    /// The number of members it answers for.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.bits.len() * 8 + self.rank.len() * 4 + self.codes.len() * 2
    }

    #[inline]
    fn is_common(&self, member: usize) -> bool {
        self.bits.get(member / 64).is_some_and(|word| word >> (member % 64) & 1 == 1)
    }

    fn code_by_rank(&self, member: usize) -> u16 {
        let block = member / BLOCK;
        let before = self.rank.get(block).map_or(0, |rank| *rank as usize);
        let first_word = block * BLOCK / 64;
        let whole = self.bits.get(first_word..member / 64).unwrap_or_default();
        let unset: u32 = whole.iter().map(|word| word.count_zeros()).sum();
        let last = self.bits.get(member / 64).copied().unwrap_or_default();
        let below = !last & ((1 << (member % 64)) - 1);
        let at = before + unset as usize + below.count_ones() as usize;
        self.codes.get(at).copied().unwrap_or(ROW_BY_ROW)
    }
}

fn most_frequent(codes: &[u16], kinds: usize) -> u16 {
    let mut counts = vec![0_usize; kinds];
    for code in codes {
        if let Some(count) = counts.get_mut(usize::from(*code)) {
            *count += 1;
        }
    }
    let best = counts.iter().enumerate().max_by_key(|(_, count)| **count);
    best.and_then(|(code, _)| u16::try_from(code).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Reason;
    use proptest::prelude::*;

    fn reasons(bits: u32) -> CategoryReasons {
        [ReasonSet::from_bits(bits); Category::ALL.len()]
    }

    proptest! {
        #[test]
        fn compressing_changes_no_answer(
            codes in prop::collection::vec(prop_oneof![8 => Just(0_u16), 2 => 1..4_u16, 1 => Just(ROW_BY_ROW)], 0..3000)
        ) {
            let table: Vec<_> = (0..4).map(reasons).collect();
            let unknown = [ReasonSet::EMPTY.with(Reason::MemberUnknown); Category::ALL.len()];
            let answers = Answers::compress(&codes, table.clone(), unknown);
            for (member, code) in codes.iter().enumerate() {
                let expected = table.get(usize::from(*code)).map_or(MemberAnswer::RowByRow, MemberAnswer::Uniform);
                prop_assert_eq!(answers.of(member as i64), expected);
            }
            prop_assert_eq!(answers.of(codes.len() as i64), MemberAnswer::Uniform(&unknown));
            prop_assert_eq!(answers.of(-1), MemberAnswer::Uniform(&unknown));
        }
    }
}

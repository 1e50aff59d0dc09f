use policy::{Category, ReasonSet};

/// The reasons against each category, indexed by [`Category::index`], whatever the row says.
pub type CategoryReasons = [ReasonSet; Category::ALL.len()];

/// Members between two entries of a rank index.
const BLOCK: usize = 2048;

/// Members between two counts within an entry.
const PART: usize = BLOCK / 4;

/// Bits that a count within an entry takes: it is at most three quarters of a block.
const COUNT_BITS: usize = 11;

/// Bits of an entry that count the members before its block, the lowest ones.
const BEFORE_BITS: usize = 31;

/// No more members than an entry can count are compressed.
const MOST: usize = 1 << BEFORE_BITS;

/// Bits that the rank index adds to each bit that it counts, as a fraction: 64 in a block.
const RANK_BITS: usize = BLOCK / 64;

/// Once the codes that are left over take no more bytes than this, no further level is made: each
/// takes time to look through.
const SMALL: usize = 1 << 20;

/// Up to so many members, a byte for each is kept behind the first level: a rank takes more time
/// than these bytes are worth.
const MOST_WITH_BYTES: usize = 64 << 20;

/// What holds for a member before a row is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberAnswer<'a> {
    /// The same reasons for every row of a category.
    Uniform(&'a CategoryReasons),
    /// Some rows differ from others: each has to be decided by itself.
    RowByRow,
}

/// The resolved answers for one purpose: one bit a member, and a little more for those whose
/// answer is not the most frequent one.
///
/// The first level has a bit for every member, set where the most frequent answer holds; the next
/// has a bit for each of the others, set where the second most frequent holds, and so on while a
/// level saves more than it takes and much is left over. Who is left has a code of two bytes, in
/// the order of members. Members find their place in the next level by rank. A network of a
/// billion members, of whom 85, 8, 4, 2 and 1 % share an answer, takes about 162 MB; one of up to
/// 67 million has a byte for everybody behind the first level, and no rank.
#[derive(Debug)]
pub struct Answers {
    first: Level,
    /// The code of everybody, if there are not too many; then there are no other levels.
    bytes: Vec<u8>,
    others: Vec<Level>,
    /// The codes of those for whom no level holds.
    rest: Vec<u16>,
    table: Vec<CategoryReasons>,
    unknown: CategoryReasons,
    members: usize,
}

/// The members among those left over by earlier levels for whom one code holds.
#[derive(Debug, Default)]
struct Level {
    bits: Vec<u64>,
    /// For each block the unset bits before it, and above [`BEFORE_BITS`] the unset bits of the
    /// block before its second, third and fourth part.
    rank: Vec<u64>,
    code: u16,
}

/// The code of members whose rows are decided one by one.
pub(crate) const ROW_BY_ROW: u16 = u16::MAX;

impl Answers {
    /// Compresses one code a member, in the order of members, each an index into `table` or
    /// beyond it for members whose rows are decided one by one; `unknown` answers for every
    /// number beyond.
    #[doc(hidden)]
    pub fn compress(
        codes_by_member: &[u16],
        table: Vec<CategoryReasons>,
        unknown: CategoryReasons,
    ) -> Self {
        let members = codes_by_member.len();
        // the last byte is beyond every table then, and so says "row by row"
        if members > MOST_WITH_BYTES || table.len() > usize::from(u8::MAX) {
            return Self::compress_until(codes_by_member, table, unknown, SMALL);
        }
        let first = match by_frequency(codes_by_member).first() {
            Some((code, _)) => Level { rank: Vec::new(), ..Level::split(codes_by_member, *code).0 },
            None => Level::default(),
        };
        let byte = |code: &u16| u8::try_from(*code).unwrap_or(u8::MAX);
        let bytes = codes_by_member.iter().map(byte).collect();
        Self { first, bytes, others: Vec::new(), rest: Vec::new(), table, unknown, members }
    }

    /// In levels, until what is left over takes no more than so many bytes.
    fn compress_until(
        codes_by_member: &[u16],
        table: Vec<CategoryReasons>,
        unknown: CategoryReasons,
        small: usize,
    ) -> Self {
        let members = codes_by_member.len();
        let mut codes = by_frequency(codes_by_member).into_iter();
        let (first, mut rest) = match codes.next().filter(|_| members <= MOST) {
            Some((code, _)) => Level::split(codes_by_member, code),
            None => (Level::default(), codes_by_member.to_vec()),
        };
        let mut others = Vec::new();
        for (code, count) in codes {
            let saved = count.saturating_mul(16);
            let taken = rest.len() + rest.len() / RANK_BITS;
            if saved <= taken || rest.len() * 2 <= small || first.bits.is_empty() {
                break;
            }
            let (level, left_over) = Level::split(&rest, code);
            others.push(level);
            rest = left_over;
        }
        Self { first, bytes: Vec::new(), others, rest, table, unknown, members }
    }

    /// What holds for a member; members the store does not know are refused.
    #[inline]
    pub fn of(&self, member: i64) -> MemberAnswer<'_> {
        match self.has_most_frequent(member) {
            true => self.most_frequent(),
            false => self.less_frequent(place_of(member)),
        }
    }

    /// The answer that holds for most members.
    pub(crate) fn most_frequent(&self) -> MemberAnswer<'_> {
        self.by_code(self.first.code)
    }

    /// Whether the most frequent answer holds for a member.
    #[inline]
    pub(crate) fn has_most_frequent(&self, member: i64) -> bool {
        self.first.holds(place_of(member))
    }

    /// The answer of a member for whom the most frequent one does not hold.
    fn less_frequent(&self, mut place: usize) -> MemberAnswer<'_> {
        if place >= self.members {
            return MemberAnswer::Uniform(&self.unknown);
        }
        if let Some(code) = self.bytes.get(place) {
            return self.by_code(u16::from(*code));
        }
        place = self.first.place_in_next(place);
        for level in &self.others {
            if level.holds(place) {
                return self.by_code(level.code);
            }
            place = level.place_in_next(place);
        }
        self.by_code(self.rest.get(place).copied().unwrap_or(ROW_BY_ROW))
    }

    /// The number of members it answers for.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        let levels = std::iter::once(&self.first).chain(&self.others);
        let of_levels = levels.map(|one| one.bits.len() * 8 + one.rank.len() * 8);
        let table = self.table.len() * size_of::<CategoryReasons>();
        of_levels.sum::<usize>() + self.bytes.len() + self.rest.len() * 2 + table
    }

    #[inline]
    fn by_code(&self, code: u16) -> MemberAnswer<'_> {
        match self.table.get(usize::from(code)) {
            Some(reasons) => MemberAnswer::Uniform(reasons),
            None => MemberAnswer::RowByRow,
        }
    }
}

impl Level {
    /// The members who have the code, and the codes of the others.
    fn split(codes: &[u16], code: u16) -> (Self, Vec<u16>) {
        let mut bits = Vec::with_capacity(codes.len().div_ceil(64));
        let mut rank = Vec::with_capacity(codes.len().div_ceil(BLOCK));
        let mut others = Vec::new();
        for block in codes.chunks(BLOCK) {
            let before = others.len();
            let mut entry = before as u64;
            for (part, codes) in block.chunks(PART).enumerate() {
                if part > 0 {
                    let count = (others.len() - before) as u64;
                    entry |= count << (BEFORE_BITS + (part - 1) * COUNT_BITS);
                }
                for word in codes.chunks(64) {
                    let set = |bits: u64, (place, one): (usize, &u16)| {
                        bits | u64::from(*one == code) << place
                    };
                    bits.push(word.iter().enumerate().fold(0, set));
                    others.extend(word.iter().filter(|one| **one != code));
                }
            }
            rank.push(entry);
        }
        others.shrink_to_fit();
        (Self { bits, rank, code }, others)
    }

    #[inline]
    fn holds(&self, place: usize) -> bool {
        self.bits.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// How many before this place the level leaves to the next.
    #[inline]
    fn place_in_next(&self, place: usize) -> usize {
        let entry = self.rank.get(place / BLOCK).copied().unwrap_or_default();
        let part = place % BLOCK / PART;
        let of_parts = match part.checked_sub(1) {
            Some(part) => entry >> (BEFORE_BITS + part * COUNT_BITS) & ((1 << COUNT_BITS) - 1),
            None => 0,
        };
        let whole = self.bits.get(place / PART * (PART / 64)..place / 64).unwrap_or_default();
        let unset: u32 = whole.iter().map(|word| word.count_zeros()).sum();
        let last = self.bits.get(place / 64).copied().unwrap_or_default();
        let below = !last & ((1 << (place % 64)) - 1);
        let before = (entry & (MOST as u64 - 1)) + of_parts;
        before as usize + unset as usize + below.count_ones() as usize
    }
}

/// A negative number becomes a place that nobody has.
#[inline]
fn place_of(member: i64) -> usize {
    member.cast_unsigned() as usize
}

/// The codes that occur, the most frequent first.
fn by_frequency(codes: &[u16]) -> Vec<(u16, usize)> {
    let mut counts = vec![0_usize; usize::from(u16::MAX) + 1];
    for code in codes {
        if let Some(count) = counts.get_mut(usize::from(*code)) {
            *count += 1;
        }
    }
    let mut counts: Vec<_> = (0..=u16::MAX).zip(counts).filter(|(_, count)| *count > 0).collect();
    counts.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
    counts
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
            codes in prop::collection::vec(prop_oneof![8 => Just(0_u16), 2 => 1..4_u16, 1 => Just(ROW_BY_ROW)], 0..6000),
            small in 0..1000_usize,
        ) {
            let table: Vec<_> = (0..4).map(reasons).collect();
            let unknown = [ReasonSet::EMPTY.with(Reason::MemberUnknown); Category::ALL.len()];
            let in_levels = Answers::compress_until(&codes, table.clone(), unknown, small);
            for answers in [in_levels, Answers::compress(&codes, table.clone(), unknown)] {
                for (member, code) in codes.iter().enumerate() {
                    let reasons = table.get(usize::from(*code));
                    let expected = reasons.map_or(MemberAnswer::RowByRow, MemberAnswer::Uniform);
                    prop_assert_eq!(answers.of(member as i64), expected);
                }
                prop_assert_eq!(answers.of(codes.len() as i64), MemberAnswer::Uniform(&unknown));
                prop_assert_eq!(answers.of(-1), MemberAnswer::Uniform(&unknown));
            }
        }
    }
}

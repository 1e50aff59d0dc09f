/// Odd and without pattern: the fraction of the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Counts hashes in open addressing; its memory is used again from text to text.
///
/// Two things count as one if their hashes of 64 bits are equal, which chance brings about once in
/// 10^7 texts of a million words.
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u64,
    count: u32,
    is_seen: bool,
}

impl Table {
    /// Empties it and makes room for so many hashes.
    pub(super) fn clear(&mut self, room: usize) {
        self.slots.clear();
        self.slots.resize((room * 2).next_power_of_two(), Slot::default());
    }

    /// Counts the hash; its slot, and how often it was counted before.
    pub(super) fn count(&mut self, hash: u64) -> (usize, u32) {
        let mask = self.slots.len() - 1;
        let mut at = usize::try_from(hash).unwrap_or_default() & mask;
        loop {
            let Some(slot) = self.slots.get_mut(at) else { return (at, 0) };
            if slot.count == 0 {
                slot.hash = hash;
            }
            if slot.hash == hash {
                slot.count += 1;
                return (at, slot.count - 1);
            }
            at = (at + 1) & mask;
        }
    }

    /// How often the hash of this slot was counted.
    pub(super) fn counted(&self, slot: usize) -> u32 {
        self.slots.get(slot).map_or(0, |slot| slot.count)
    }

    /// Marks the slot; whether it was marked before.
    pub(super) fn mark(&mut self, slot: usize) -> bool {
        self.slots.get_mut(slot).is_some_and(|slot| std::mem::replace(&mut slot.is_seen, true))
    }
}

/// A hash of the bytes that is the same on every machine.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let (blocks, rest) = bytes.as_chunks::<8>();
    let length = u64::try_from(bytes.len()).unwrap_or_default();
    let hash = blocks.iter().fold(length, |hash, block| join(hash, u64::from_le_bytes(*block)));
    join(hash, few(rest))
}

/// Fewer than eight bytes as one number, other for others of the same length.
fn few(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The hash of what has this hash, and then what has the other.
pub(super) fn join(first: u64, second: u64) -> u64 {
    let product = u128::from(first.rotate_left(23) ^ second ^ FACTOR) * u128::from(FACTOR);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_are_those_of_a_map(hashes in proptest::collection::vec(0_u64..40, 0..200)) {
            let mut table = Table::default();
            table.clear(hashes.len());
            let mut counts = BTreeMap::<u64, u32>::new();
            for hash in hashes {
                let count = counts.entry(hash).or_default();
                let (slot, before) = table.count(hash);
                prop_assert_eq!(before, *count);
                *count += 1;
                prop_assert_eq!(table.counted(slot), *count);
            }
        }
    }

    #[test]
    fn short_words_have_hashes_of_their_own() {
        let words = (0..200_000).map(|one| format!("{one:x}")).collect::<Vec<_>>();
        let hashes = words.iter().map(|word| hash(word.as_bytes())).collect::<BTreeSet<_>>();
        assert_eq!(hashes.len(), words.len());
        assert_ne!(hash(b"a"), hash(b"a\0"));
        assert_ne!(join(hash(b"a"), hash(b"b")), join(hash(b"b"), hash(b"a")));
    }
}

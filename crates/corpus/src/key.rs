use std::fmt;

use gate::Table;
use policy::{ItemId, MemberNumber};
use text::personal_data::Kind;

use crate::{Cell, Configuration, DocumentId, Split};

/// The secret by which a corpus names its documents and deals members to cells.
///
/// Nobody without it can tell from a document which member wrote it, or in which cell a member is.
#[derive(Clone)]
pub struct SliceKey {
    cells: [u8; 32],
    documents: [u8; 32],
    texts: [u8; 32],
    pseudonyms: [u8; 32],
    fingerprint: String,
}

impl SliceKey {
    /// Derives what is needed from 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        let fingerprint = blake3::derive_key("zweck corpus 2026 key fingerprint", &bytes);
        let fingerprint = blake3::Hash::from_bytes(fingerprint).to_hex();
        Self {
            cells: blake3::derive_key("zweck corpus 2026 member to cell", &bytes),
            documents: blake3::derive_key("zweck corpus 2026 document id", &bytes),
            texts: blake3::derive_key("zweck corpus 2026 duplicate texts", &bytes),
            pseudonyms: blake3::derive_key("zweck corpus 2026 pseudonyms", &bytes),
            fingerprint: fingerprint.chars().take(16).collect(),
        }
    }

    /// 16 hex digits by which two keys can be told apart, and from which neither follows.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The one cell in which every row of the member lies.
    pub fn cell(&self, member: MemberNumber, configuration: Configuration) -> Cell {
        let mut draws = blake3::Hasher::new_keyed(&self.cells)
            .update(&member.as_i64().to_le_bytes())
            .finalize_xof();
        let mut draw = || {
            let mut bytes = [0; 8];
            draws.fill(&mut bytes);
            u64::from_le_bytes(bytes)
        };
        let split = Split::of_hundredth(draw() % 100);
        let shard = below(draw(), configuration.shards());
        let slice = below(draw(), configuration.slices());
        Cell { split, shard, slice }
    }

    /// The number under which a row's document appears in shards: 63 bits.
    pub fn document(&self, table: Table, member: MemberNumber, item: ItemId) -> DocumentId {
        let hash = blake3::Hasher::new_keyed(&self.documents)
            .update(&member.as_i64().to_le_bytes())
            .update(&item.as_i64().to_le_bytes())
            .update(table.name().as_bytes())
            .finalize();
        DocumentId::from_i64(i64::from_le_bytes(first(&hash)) & i64::MAX)
    }

    /// The number that stands for personal data in its plain form: 32 bits.
    pub(crate) fn pseudonym(&self, kind: Kind, plain: &str) -> u32 {
        let hash = blake3::Hasher::new_keyed(&self.pseudonyms)
            .update(kind.code().as_bytes())
            .update(b" ")
            .update(plain.as_bytes())
            .finalize();
        u32::from_le_bytes(first(&hash))
    }

    /// Equal for texts that differ in white space only: 128 bits.
    pub(crate) fn text(&self, text: &str) -> u128 {
        let mut hasher = blake3::Hasher::new_keyed(&self.texts);
        for word in text.split_whitespace() {
            hasher.update(word.as_bytes()).update(b" ");
        }
        u128::from_le_bytes(first(&hasher.finalize()))
    }
}

impl fmt::Debug for SliceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SliceKey").field(&self.fingerprint).finish()
    }
}

fn below(draw: u64, bound: u16) -> u16 {
    u16::try_from(draw % u64::from(bound.max(1))).unwrap_or_default()
}

fn first<const N: usize>(hash: &blake3::Hash) -> [u8; N] {
    hash.as_bytes().first_chunk().copied().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_dealt_evenly_and_splits_by_share() {
        let key = SliceKey::new([7; 32]);
        let configuration = Configuration::new(4, 2).unwrap();
        let cells: Vec<_> = (0..20_000)
            .map(|member| key.cell(MemberNumber::from_i64(member), configuration))
            .collect();
        let count = |found: &dyn Fn(&Cell) -> bool| cells.iter().filter(|cell| found(cell)).count();
        assert!((17_700..18_300).contains(&count(&|cell| cell.split == Split::Train)));
        assert!((850..1_150).contains(&count(&|cell| cell.split == Split::Validation)));
        assert!((850..1_150).contains(&count(&|cell| cell.split == Split::Test)));
        for shard in 0..4 {
            assert!((4_700..5_300).contains(&count(&|cell| cell.shard == shard)));
        }
        assert!((9_700..10_300).contains(&count(&|cell| cell.slice == 1)));
    }

    #[test]
    fn keys_do_not_share_anything() {
        let (one, other) = (SliceKey::new([1; 32]), SliceKey::new([2; 32]));
        let (member, item) = (MemberNumber::from_i64(3), ItemId::from_i64(4));
        assert_ne!(one.fingerprint(), other.fingerprint());
        let ids = [Table::Items, Table::Profiles].map(|table| one.document(table, member, item));
        assert_ne!(ids[0], ids[1]);
        assert_ne!(ids[0], other.document(Table::Items, member, item));
        assert!(ids.iter().all(|id| id.as_i64() >= 0));
    }

    #[test]
    fn white_space_makes_no_difference_between_texts() {
        let key = SliceKey::new([7; 32]);
        assert_eq!(key.text(" a  b\n"), key.text("a b"));
        assert_ne!(key.text("ab"), key.text("a b"));
    }
}

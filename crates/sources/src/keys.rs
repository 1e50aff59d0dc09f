use std::path::Path;

use policy::{ItemId, MemberNumber, Visibility};
use store::KeyedHash;

use crate::{
    Account, Event, Kind, Place, Reference, Refusal, RefusalReason, Row, SourcesError,
    row::{Cell, Mention},
};

/// External ids longer than this many bytes are refused: they are no ids.
const LONGEST_ID: usize = 1024;

/// The secret keys under which external ids are hashed.
///
/// Whoever has them and a guess at an external id can tell whether it is known; nobody else can.
#[derive(Clone, Copy)]
pub struct Keys {
    /// For identities in the store.
    pub identity: [u8; 32],
    /// For item ids and the content hashes of the lake.
    pub item: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys { .. }")
    }
}

impl Keys {
    /// The keyed hash by which the store knows a member of a source: 32 hex digits.
    pub fn identity_hash(&self, source: &str, external: &str) -> String {
        let hash = hash(&self.identity, "identity", &[source, external]);
        hash.to_hex().chars().take(32).collect()
    }

    /// The id of a member's row: 63 bits, never negative.
    pub fn item_id(&self, source: &str, kind: Kind, external: &str) -> ItemId {
        ItemId::from_i64(number(&hash(&self.item, "item", &[source, kind.name(), external])))
    }

    /// By what the store knows an event's name under one declaration, for "exactly once".
    pub(crate) fn event_hash(
        &self,
        member: MemberNumber,
        declaration: &str,
        event: &str,
    ) -> KeyedHash {
        self.beside_the_member(member, &["event", declaration, event])
    }

    /// The keyed hash of what an event says, to see an id that is used for two events.
    pub(crate) fn event_content(&self, event: &Event) -> i64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.item);
        part(&mut hasher, "event content");
        match event {
            Event::Upsert { event: _, rows, account } => {
                for row in rows {
                    part(&mut hasher, &row.member);
                    part(&mut hasher, &row.external);
                    hasher.update(&self.content(row).to_le_bytes());
                }
                let Account { region, age, status } = account.unwrap_or_default();
                part(&mut hasher, &region.map(|region| region.to_string()).unwrap_or_default());
                part(&mut hasher, &age.map(|age| age.to_string()).unwrap_or_default());
                part(&mut hasher, &status.map(|status| status.to_string()).unwrap_or_default());
            }
            Event::Delete { event: _, member, kind, external } => {
                for text in ["delete", member, kind.name(), external] {
                    part(&mut hasher, text);
                }
            }
            // What is no event has no id that could come again.
            Event::Returned { .. } | Event::Sealed { .. } | Event::NoPlace => {}
        }
        // When it happened is left out: a connector that stamps what it hands over again says
        // the same. Where the source counts, another count is another event.
        if let Some(order) = event.occurrence().and_then(|occurrence| occurrence.order) {
            hasher.update(&order.to_le_bytes());
        }
        number(&hasher.finalize())
    }

    /// By what the store knows something of a member that events say something about: a row, or
    /// one side of the account.
    pub(crate) fn thing_hash(&self, member: MemberNumber, what: &str, id: &str) -> KeyedHash {
        self.beside_the_member(member, &["thing", what, id])
    }

    /// A keyed hash of something of a member, after the member's number.
    fn beside_the_member(&self, member: MemberNumber, parts: &[&str]) -> KeyedHash {
        let member = member.as_i64().to_be_bytes();
        let mut hasher = blake3::Hasher::new_keyed(&self.item);
        // Covered as well: a hash tells nothing of whether two members have the same.
        hasher.update(&member);
        for text in parts {
            part(&mut hasher, text);
        }
        let hash = hasher.finalize();
        let mut key = KeyedHash::default();
        key.iter_mut().zip(member.iter().chain(hash.as_bytes())).for_each(|(to, from)| *to = *from);
        key
    }

    /// The keyed hash of a file that is followed: 32 hex digits.
    pub(crate) fn file_hash(&self, source: &str, file: &Path) -> String {
        let file = file.to_string_lossy();
        hash(&self.item, "feed file", &[source, &file]).to_hex().chars().take(32).collect()
    }

    /// The keyed hash of a line of a feed, by which its file is known again.
    pub(crate) fn line_hash(&self, line: &[u8]) -> i64 {
        number(&blake3::keyed_hash(&self.item, line))
    }

    /// The id of the row that says who is named at one place of an item.
    pub(crate) fn mention_id(&self, source: &str, row: &Row, mention: &Mention) -> ItemId {
        let mut hasher = blake3::Hasher::new_keyed(&self.item);
        // The member counts: an id may be unique within its member only.
        for text in ["mention", source, row.kind().name(), &row.member, &row.external] {
            part(&mut hasher, text);
        }
        hasher.update(&mention.start.to_le_bytes());
        hasher.update(&mention.end.to_le_bytes());
        ItemId::from_i64(number(&hasher.finalize()))
    }

    /// The keyed hash of what a mention says: where the name stands; its span is in its id.
    pub(crate) fn mention_content(&self, author: MemberNumber, item: ItemId, id: ItemId) -> i64 {
        let [author, item, id] = [author.to_string(), item.to_string(), id.to_string()];
        number(&hash(&self.item, "mentions", &[&author, &item, &id]))
    }

    /// The keyed hash of everything a row says; its lowest three bits tell who can see the row,
    /// so that a narrowed visibility is seen without reading the row back.
    pub(crate) fn content(&self, row: &Row) -> i64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.item);
        part(&mut hasher, "content");
        part(&mut hasher, row.kind().name());
        for (column, cell) in row.cells() {
            hash_cell(&mut hasher, column, cell);
        }
        if let Some(Reference { member, kind, external }) = row.reference() {
            for text in ["refers to", member, kind.name(), external] {
                part(&mut hasher, text);
            }
        }
        for Mention { member, start, end } in row.mentions() {
            part(&mut hasher, "names");
            part(&mut hasher, member);
            hasher.update(&start.to_le_bytes());
            hasher.update(&end.to_le_bytes());
        }
        (number(&hasher.finalize()) & !0b111) | rank(row.visibility())
    }

    /// The seal of a row that is given out together with its place: 64 hex digits.
    pub(crate) fn seal(&self, source: &str, row: &Row, place: &Place) -> String {
        let Place { item, content, reference, seal: _ } = place;
        let mut hasher = blake3::Hasher::new_keyed(&self.item);
        for text in ["seal", source, &row.member, row.kind().name()] {
            part(&mut hasher, text);
        }
        hasher.update(&item.as_i64().to_le_bytes());
        hasher.update(&content.to_le_bytes());
        if let Some((member, item)) = reference {
            part(&mut hasher, "refers to");
            hasher.update(&member.as_i64().to_le_bytes());
            hasher.update(&item.as_i64().to_le_bytes());
        }
        for (column, cell) in row.cells() {
            hash_cell(&mut hasher, column, cell);
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Whether row and place are as they were given out under these keys.
    pub(crate) fn is_sealed(&self, source: &str, row: &Row, place: &Place) -> bool {
        self.seal(source, row, place) == place.seal
    }
}

/// Whether a row that had the first content is seen by fewer people with the second.
pub(crate) const fn is_narrowed(before: i64, after: i64) -> bool {
    let (before, after) = (before & 0b111, after & 0b111);
    // What nobody had said anything about could be used nowhere, so it cannot be narrowed.
    before != 0 && (after == 0 || after > before)
}

/// The same audience, and not the same words.
pub(crate) const fn as_other_words(content: i64) -> i64 {
    content ^ 0b1000
}

/// The name if it can be one: not empty and without control characters, which separate parts.
pub(crate) fn checked_source_name(name: &str) -> Result<String, SourcesError> {
    let good = !name.is_empty() && name.len() <= 200 && !name.contains(char::is_control);
    good.then(|| name.to_owned()).ok_or_else(|| SourcesError::SourceName { name: name.to_owned() })
}

/// The external id if it can be one.
pub(crate) fn checked_external_id(id: String) -> Option<String> {
    (!id.is_empty() && id.len() <= LONGEST_ID).then_some(id)
}

/// Checks the external id of somebody or something that may come in by it; `key` is where it stands.
pub(crate) fn check_id_to_come(key: &str, id: &str) -> Result<(), Refusal> {
    let what = match () {
        () if id.is_empty() || id.len() > LONGEST_ID => "holds 1 to 1,024 bytes",
        () if id.trim() != id => "begins or ends with white space",
        () if id.contains(char::is_control) => "holds a control character",
        () => return Ok(()),
    };
    Err(RefusalReason::BadId.because(format!("`{key}` {what}")))
}

/// From 1 for the widest audience upwards; 0 is not known.
const fn rank(visibility: Option<Visibility>) -> i64 {
    match visibility {
        None => 0,
        Some(Visibility::Public) => 1,
        Some(Visibility::Network) => 2,
        Some(Visibility::Connections) => 3,
        Some(Visibility::Group) => 4,
        Some(Visibility::Private) => 5,
    }
}

fn hash(key: &[u8; 32], domain: &str, parts: &[&str]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(domain.as_bytes());
    for text in parts {
        // Only the last part can hold this byte, so parts cannot run into each other.
        hasher.update(&[0]);
        hasher.update(text.as_bytes());
    }
    hasher.finalize()
}

fn hash_cell(hasher: &mut blake3::Hasher, column: &str, cell: Cell<'_>) {
    // A column without a value is left out: a new column does not make old rows look edited.
    match cell {
        Cell::Null => {}
        Cell::Long(value) => {
            part(hasher, column);
            hasher.update(&value.to_le_bytes());
        }
        Cell::Flag(value) => {
            part(hasher, column);
            hasher.update(&[u8::from(value)]);
        }
        Cell::Text(value) => {
            part(hasher, column);
            part(hasher, value);
        }
    }
}

fn part(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&text.len().to_le_bytes());
    hasher.update(text.as_bytes());
}

fn number(hash: &blake3::Hash) -> i64 {
    let (first, _) = hash.as_bytes().split_at(8);
    let bytes: [u8; 8] = first.try_into().unwrap_or_default();
    i64::from_be_bytes(bytes) & i64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, SkillRow};

    const KEYS: Keys = Keys { identity: [1; 32], item: [2; 32] };

    fn skill(visibility: Option<Visibility>) -> Row {
        let body = Body::Skill(SkillRow { name: "Rust".into(), visibility });
        Row { member: "a".into(), external: "1".into(), body }
    }

    #[test]
    fn a_narrowed_visibility_shows_in_the_content() {
        let public = KEYS.content(&skill(Some(Visibility::Public)));
        let private = KEYS.content(&skill(Some(Visibility::Private)));
        let unknown = KEYS.content(&skill(None));
        let table = [
            (public, private, true),
            (private, public, false),
            (public, unknown, true),
            (unknown, public, false),
            (public, public, false),
        ];
        for (before, after, expected) in table {
            assert_eq!(is_narrowed(before, after), expected);
        }
    }

    #[test]
    fn ids_differ_by_every_part() {
        let all = [
            KEYS.item_id("a", Kind::Post, "1"),
            KEYS.item_id("b", Kind::Post, "1"),
            KEYS.item_id("a", Kind::Comment, "1"),
            KEYS.item_id("a", Kind::Post, "2"),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert!(all.iter().all(|id| id.as_i64() >= 0));
        assert_ne!(KEYS.identity_hash("a", "1"), KEYS.identity_hash("a", "2"));
        assert_eq!(KEYS.identity_hash("a", "1").len(), 32);
    }
}

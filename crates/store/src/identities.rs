use std::collections::{BTreeMap, HashMap};

use policy::{Instant, MemberNumber};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    Result, Store, StoreError, entities::identities, error::Doing, ledger::Ledger,
    rows::VALUES_A_LIST,
};

/// Somebody, as a source knows them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The source.
    pub source: String,
    /// A keyed hash of the source and its id, 32 lower-case hex digits; never the id itself.
    pub external_hash: String,
}

/// Which member an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Membership {
    /// Has just got this number.
    New(MemberNumber),
    /// Has had this number.
    Known(MemberNumber),
    /// Had this number and was erased: must not come in again.
    Erased {
        /// The number it had.
        member: MemberNumber,
        /// When it was erased.
        erased_at: Instant,
    },
}

impl Membership {
    /// The number, also after an erasure.
    pub const fn number(self) -> MemberNumber {
        match self {
            Self::New(member) | Self::Known(member) | Self::Erased { member, .. } => member,
        }
    }

    /// The number under which rows may come in; `None` after an erasure.
    pub fn admitted(self) -> Option<MemberNumber> {
        match self {
            Self::New(member) | Self::Known(member) => Some(member),
            Self::Erased { .. } => None,
        }
    }
}

impl Store {
    /// Looks identities up and gives numbers to those that have none: one result for each, in the
    /// given order.
    ///
    /// # Errors
    /// If a hash is malformed; then no number is given.
    pub async fn members(&self, asked: &[Identity]) -> Result<Vec<Membership>> {
        check_hashes(asked)?;
        let writing = self.write().await?;
        // Numbers are dense because there is one writer at a time.
        let ledger = Ledger::open(&writing).await?;
        let mut known = find(&writing.tx, asked).await?;
        let mut next = ledger.members();
        let mut rows = Vec::new();
        let mut results = Vec::with_capacity(asked.len());
        for identity in asked {
            if let Some(membership) = known.get(identity) {
                results.push(*membership);
                continue;
            }
            let number = MemberNumber::from_i64(next);
            next += 1;
            rows.push(identities::Model {
                number: number.as_i64(),
                source: identity.source.clone(),
                external_hash: identity.external_hash.clone(),
                erased_at: None,
            });
            results.push(Membership::New(number));
            known.insert(identity.clone(), Membership::Known(number));
        }
        ledger.add_identities(rows).await?;
        writing.commit().await?;
        Ok(results)
    }

    /// Looks one identity up; `None` if it never came in.
    ///
    /// # Errors
    /// If the hash is malformed.
    pub async fn lookup(&self, identity: &Identity) -> Result<Option<Membership>> {
        check_hashes(std::slice::from_ref(identity))?;
        let mut found = find(&self.db, std::slice::from_ref(identity)).await?;
        Ok(found.remove(identity))
    }
}

pub(crate) fn check_hashes(identities: &[Identity]) -> Result<()> {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let is_good = |hash: &str| hash.len() == 32 && hash.bytes().all(is_hex);
    match identities.iter().find(|identity| !is_good(&identity.external_hash)) {
        Some(bad) => Err(StoreError::IdentityHash { hash: bad.external_hash.clone() }),
        None => Ok(()),
    }
}

pub(crate) async fn find<C: ConnectionTrait>(
    db: &C,
    asked: &[Identity],
) -> Result<HashMap<Identity, Membership>> {
    let mut by_source: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for identity in asked {
        by_source.entry(&identity.source).or_default().push(&identity.external_hash);
    }
    let mut found = HashMap::new();
    for (source, mut hashes) in by_source {
        // neighbours in one list, so that each page of the index is read once
        hashes.sort_unstable();
        for part in hashes.chunks(VALUES_A_LIST) {
            let rows = identities::Entity::find()
                .filter(identities::Column::Source.eq(source))
                .filter(identities::Column::ExternalHash.is_in(part.iter().copied()))
                .all(db)
                .await
                .doing("looking identities up")?;
            found.extend(rows.into_iter().map(read));
        }
    }
    Ok(found)
}

fn read(row: identities::Model) -> (Identity, Membership) {
    let identities::Model { number, source, external_hash, erased_at } = row;
    let member = MemberNumber::from_i64(number);
    let membership = match erased_at.map(Instant::from_micros) {
        Some(erased_at) => Membership::Erased { member, erased_at },
        None => Membership::Known(member),
    };
    (Identity { source, external_hash }, membership)
}

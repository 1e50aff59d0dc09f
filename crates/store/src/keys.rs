//! Which keys everything in the store was made with.

use policy::Instant;
use sea_orm::EntityTrait;

use crate::{
    Result, Store, StoreError, entities::key_fingerprints, error::Doing, rows::insert_all,
};

/// A key that is fixed from its first use on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundKey {
    /// Its name.
    pub name: String,
    /// What tells it apart from others, and says nothing about it.
    pub fingerprint: String,
    /// When it was used first.
    pub since: Instant,
}

impl Store {
    /// Takes down which key is used under a name, or checks that it is the one used before.
    ///
    /// # Errors
    /// [`StoreError::KeyDiffers`] if it is another.
    pub async fn bind_key(&self, name: &str, fingerprint: &str, at: Instant) -> Result<()> {
        if check(self.bound_key(name).await?, fingerprint)? {
            return Ok(());
        }
        let writing = self.write().await?;
        let found = key_fingerprints::Entity::find_by_id(name.to_owned()).one(&writing.tx).await;
        if check(found.doing("reading a key's fingerprint")?.map(read), fingerprint)? {
            return Ok(());
        }
        let row = key_fingerprints::Model {
            name: name.to_owned(),
            fingerprint: fingerprint.to_owned(),
            recorded_at: at.as_micros(),
        };
        insert_all::<key_fingerprints::Entity, _, _>(vec![row], &writing.tx).await?;
        writing.commit().await
    }

    /// The key that is used under a name, once one was.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn bound_key(&self, name: &str) -> Result<Option<BoundKey>> {
        let found = key_fingerprints::Entity::find_by_id(name.to_owned()).one(&self.db).await;
        Ok(found.doing("reading a key's fingerprint")?.map(read))
    }
}

/// Whether a key is bound; an error if it is another than the one given.
fn check(bound: Option<BoundKey>, fingerprint: &str) -> Result<bool> {
    match bound {
        None => Ok(false),
        Some(bound) if bound.fingerprint == fingerprint => Ok(true),
        Some(bound) => Err(StoreError::KeyDiffers {
            name: bound.name,
            expected: bound.fingerprint,
            found: fingerprint.to_owned(),
        }),
    }
}

fn read(row: key_fingerprints::Model) -> BoundKey {
    let key_fingerprints::Model { name, fingerprint, recorded_at } = row;
    BoundKey { name, fingerprint, since: Instant::from_micros(recorded_at) }
}

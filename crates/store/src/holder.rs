use policy::{Instant, LakeVersion, PolicyHash, Purpose, Sequence};

use crate::{
    HolderId, HolderState, PermitId, Result,
    entities::{holders, permits},
    read::{maybe_json, word},
};

/// A holder that asks to be registered, before it is given anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHolder {
    /// Its id, never used before.
    pub id: HolderId,
    /// What it is: corpus, model, index, share, shortlist, cache, …
    pub kind: String,
    /// Its name, unique among the holders that are not retired.
    pub name: String,
    /// Where it keeps what it holds.
    pub location: String,
    /// The one purpose that it serves.
    pub purpose: Purpose,
    /// The holder that it is made from.
    pub parent: Option<HolderId>,
    /// The policy under which it takes rows.
    pub policy_hash: PolicyHash,
    /// The last fact that it starts from, s0.
    pub started_sequence: Sequence,
    /// The instant as of which it takes rows.
    pub as_of: Instant,
    /// The lake version from which it takes rows.
    pub lake_version: LakeVersion,
}

/// Anything that keeps what it derived from permitted rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its id.
    pub id: HolderId,
    /// What it is.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Where it keeps what it holds.
    pub location: String,
    /// The one purpose that it serves.
    pub purpose: Purpose,
    /// The holder that it is made from.
    pub parent: Option<HolderId>,
    /// What it is doing.
    pub state: HolderState,
    /// The policy under which it took rows.
    pub policy_hash: PolicyHash,
    /// The last fact that it started from, s0.
    pub started_sequence: Sequence,
    /// The last fact whose refusals it has applied; `None` until it is sealed.
    pub applied_sequence: Option<Sequence>,
    /// The instant as of which it took rows.
    pub as_of: Instant,
    /// The lake version from which it took rows.
    pub lake_version: LakeVersion,
    /// The hash of its manifest, once sealed.
    pub manifest_hash: Option<String>,
    /// When it was registered.
    pub registered_at: Instant,
    /// When it was retired.
    pub retired_at: Option<Instant>,
}

/// Which holders to list; the default lists all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HolderFilter {
    /// Only those of this purpose.
    pub purpose: Option<Purpose>,
    /// Only those in this state.
    pub state: Option<HolderState>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those made from this one.
    pub parent: Option<HolderId>,
}

/// What a registered holder is to be permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPermit {
    /// Its id, never used before.
    pub id: PermitId,
    /// For which purpose; has to be the holder's.
    pub purpose: Purpose,
    /// Under which policy.
    pub policy_hash: PolicyHash,
    /// Up to which fact.
    pub sequence: Sequence,
    /// As of which instant.
    pub as_of: Instant,
    /// From which lake version.
    pub lake_version: LakeVersion,
    /// Which files of attached tables it reads; `None` if none is attached.
    pub reads: Option<serde_json::Value>,
}

/// What a holder was permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// Its id.
    pub id: PermitId,
    /// Who took the rows.
    pub holder: HolderId,
    /// For which purpose.
    pub purpose: Purpose,
    /// Under which policy.
    pub policy_hash: PolicyHash,
    /// Up to which fact.
    pub sequence: Sequence,
    /// As of which instant.
    pub as_of: Instant,
    /// From which lake version.
    pub lake_version: LakeVersion,
    /// Which files of attached tables it reads; `None` if none was attached.
    pub reads: Option<serde_json::Value>,
    /// When it was issued.
    pub issued_at: Instant,
    /// Rows in, kept, and left out by reason; `None` until the rows were taken.
    pub counts: Option<serde_json::Value>,
}

/// How an attempt to seal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    /// The holder is sealed, with this as its applied sequence.
    Sealed(Sequence),
    /// A refusal came in meanwhile: apply the facts up to `now` and try again.
    Moved {
        /// The last sequence at the time of the attempt.
        now: Sequence,
    },
}

impl Holder {
    /// The last fact whose refusals are applied: s1 and what was released since; s0 while building.
    pub fn position(&self) -> Sequence {
        self.applied_sequence.unwrap_or(self.started_sequence)
    }

    pub(crate) fn read(row: holders::Model) -> Result<Self> {
        Ok(Self {
            purpose: word("holders", "purpose", &row.purpose)?,
            state: word("holders", "state", &row.state)?,
            id: HolderId::new(row.id),
            kind: row.kind,
            name: row.name,
            location: row.location,
            parent: row.parent.map(HolderId::new),
            policy_hash: PolicyHash::from_hex(row.policy_hash),
            started_sequence: Sequence::from_i64(row.started_sequence),
            applied_sequence: row.applied_sequence.map(Sequence::from_i64),
            as_of: Instant::from_micros(row.as_of),
            lake_version: LakeVersion::from_i64(row.lake_version),
            manifest_hash: row.manifest_hash,
            registered_at: Instant::from_micros(row.registered_at),
            retired_at: row.retired_at.map(Instant::from_micros),
        })
    }
}

impl NewHolder {
    pub(crate) fn row(&self, at: Instant) -> holders::Model {
        holders::Model {
            id: self.id.to_string(),
            kind: self.kind.clone(),
            name: self.name.clone(),
            location: self.location.clone(),
            purpose: self.purpose.to_string(),
            parent: self.parent.as_ref().map(ToString::to_string),
            state: HolderState::Building.name().to_owned(),
            policy_hash: self.policy_hash.to_string(),
            started_sequence: self.started_sequence.as_i64(),
            applied_sequence: None,
            as_of: self.as_of.as_micros(),
            lake_version: self.lake_version.as_i64(),
            manifest_hash: None,
            registered_at: at.as_micros(),
            retired_at: None,
        }
    }
}

impl NewPermit {
    pub(crate) fn row(&self, holder: &HolderId, at: Instant) -> permits::Model {
        permits::Model {
            id: self.id.to_string(),
            holder: holder.to_string(),
            purpose: self.purpose.to_string(),
            policy_hash: self.policy_hash.to_string(),
            sequence: self.sequence.as_i64(),
            as_of: self.as_of.as_micros(),
            lake_version: self.lake_version.as_i64(),
            issued_at: at.as_micros(),
            counts: None,
            reads: self.reads.as_ref().map(ToString::to_string),
        }
    }
}

impl Permit {
    pub(crate) fn read(row: permits::Model) -> Result<Self> {
        Ok(Self {
            purpose: word("permits", "purpose", &row.purpose)?,
            counts: maybe_json("counts", row.counts.as_deref())?,
            reads: maybe_json("reads", row.reads.as_deref())?,
            id: PermitId::new(row.id),
            holder: HolderId::new(row.holder),
            policy_hash: PolicyHash::from_hex(row.policy_hash),
            sequence: Sequence::from_i64(row.sequence),
            as_of: Instant::from_micros(row.as_of),
            lake_version: LakeVersion::from_i64(row.lake_version),
            issued_at: Instant::from_micros(row.issued_at),
        })
    }
}

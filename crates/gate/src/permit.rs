use lake::PinnedTable;
use policy::{Day, Instant, LakeVersion, PolicyHash, Purpose, Sequence};
use serde::{Deserialize, Serialize};
use store::{HolderId, PermitId};

/// The facts that a permit rests on: those up to `from`, and every refusal up to `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactRange {
    /// Permissions count up to here (s₀).
    pub from: Sequence,
    /// Refusals count up to here (s₁).
    pub to: Sequence,
}

/// Who asks for rows, for what, and as of when.
#[derive(Debug, Clone)]
pub struct PermitRequest {
    /// The registered holder that will keep them.
    pub holder: HolderId,
    /// What they are wanted for.
    pub purpose: Purpose,
    /// The instant the question is about.
    pub as_of: Instant,
    /// The facts to rest on.
    pub facts: FactRange,
    /// Rows that came in with a later version are not looked at.
    pub lake_version: LakeVersion,
    /// Rows that came in with this version or an earlier one are not looked at either.
    pub after: Option<LakeVersion>,
}

/// What was permitted to whom, on which facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// Names the permit.
    pub id: PermitId,
    /// The holder that took the rows.
    pub holder: HolderId,
    /// What the rows are for.
    pub purpose: Purpose,
    /// The policy that held at the first of the facts.
    pub policy: PolicyHash,
    /// The version of that policy.
    pub policy_version: Day,
    /// The facts.
    pub facts: FactRange,
    /// The instant the question was about.
    pub as_of: Instant,
    /// The version of the lake.
    pub lake_version: LakeVersion,
    /// The version whose rows, and those of earlier ones, are not among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<LakeVersion>,
    /// The files of attached tables that are read. One that has changed since is an error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<PinnedTable>,
}

impl FactRange {
    /// Facts as they stood at one place in their order.
    pub const fn at(sequence: Sequence) -> Self {
        Self { from: sequence, to: sequence }
    }
}

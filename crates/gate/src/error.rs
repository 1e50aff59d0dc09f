use datafusion::error::DataFusionError;
use lake::{LakeError, Table};
use policy::{Instant, LakeVersion, MemberNumber, PolicyError, PolicyHash, Purpose, Sequence};
use store::{HolderId, StoreError};

use crate::holder::HolderError;

/// The result of the gate's calls.
pub type Result<T, E = GateError> = std::result::Result<T, E>;

/// Why the gate stayed shut. Whatever goes wrong, no row leaves.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// Threads could not be sorted on disk.
    #[error("{doing}")]
    Spill {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: spill::SpillError,
    },
    /// The lake could not be read or written.
    #[error("{doing}")]
    Lake {
        /// What was being done.
        doing: &'static str,
        /// What went wrong.
        #[source]
        source: Box<LakeError>,
    },
    /// The store could not be read or written.
    #[error("{doing}")]
    Store {
        /// What was being done.
        doing: &'static str,
        /// What went wrong.
        #[source]
        source: Box<StoreError>,
    },
    /// A plan could not be made or run.
    #[error("{doing}")]
    Plan {
        /// What was being done.
        doing: &'static str,
        /// What went wrong.
        #[source]
        source: Box<DataFusionError>,
    },
    /// Rows were asked for as of an instant that is still to come.
    #[error("`{as_of}` is still to come: nothing is given out before its time")]
    AsOfAhead {
        /// The instant that was asked for.
        as_of: Instant,
    },
    /// No policy had been applied at the sequence that was asked about.
    #[error("no policy is in force at sequence {at} (hint: `zweck policy apply FILE`)")]
    NoPolicy {
        /// The sequence.
        at: Sequence,
    },
    /// A policy on record cannot be read any more.
    #[error("reading policy `{hash}` from the store")]
    PolicyUnreadable {
        /// The policy.
        hash: PolicyHash,
        /// What went wrong.
        #[source]
        source: PolicyError,
    },
    /// The policy does not name the purpose.
    #[error("policy {version} has no purpose `{purpose}`; it has: {known}")]
    UnknownPurpose {
        /// The purpose.
        purpose: Purpose,
        /// The version of the policy.
        version: policy::Day,
        /// The purposes that it has.
        known: String,
    },
    /// The facts end before they begin, or lie ahead of the newest fact.
    #[error("facts from {from} to {to} do not exist: the last fact is {last}")]
    FactRange {
        /// Where they should begin.
        from: Sequence,
        /// Where they should end.
        to: Sequence,
        /// The newest fact.
        last: Sequence,
    },
    /// The lake has no such version yet.
    #[error("lake version {version} does not exist: the newest is {newest}")]
    LakeVersion {
        /// The version that was asked for.
        version: LakeVersion,
        /// The newest.
        newest: LakeVersion,
    },
    /// Facts came from the journal, and the lake has not followed them yet.
    #[error(
        "the gate is closed: the lake has not followed the facts {from} to {to}, which came from \
         the journal (hint: `zweck removal run`)"
    )]
    Unsettled {
        /// The last fact before them.
        from: Sequence,
        /// The last of them.
        to: Sequence,
    },
    /// The table is not given out for uses.
    #[error("rows of `{table}` are not given out for uses")]
    TableNotGiven {
        /// The table.
        table: Table,
    },
    /// The names to be redacted could not be compiled.
    #[error("preparing {names} names to redact")]
    Names {
        /// How many.
        names: usize,
        /// What went wrong.
        #[source]
        source: aho_corasick::BuildError,
    },
    /// The lists of terms that reveal special categories could not be compiled.
    #[error("preparing the terms that reveal special categories")]
    Terms {
        /// What went wrong.
        #[source]
        source: aho_corasick::BuildError,
    },
    /// The store knows no such member.
    #[error("member {member} is not known")]
    UnknownMember {
        /// The member.
        member: MemberNumber,
    },
    /// A holder could not release.
    #[error("releasing from holder `{holder}`")]
    Release {
        /// The holder.
        holder: HolderId,
        /// What went wrong.
        #[source]
        source: HolderError,
    },
    /// A holder says that it has released, and has not.
    #[error("holder `{holder}` says it has released, but {finding}")]
    FalseRelease {
        /// The holder.
        holder: HolderId,
        /// What was found.
        finding: String,
    },
    /// A holder was retired, which ends its removals, and has not given everything up.
    #[error("holder `{holder}` is retired, and what it kept is still there (hint: delete it)")]
    NotGone {
        /// The holder.
        holder: HolderId,
    },
    /// Nothing here can release what such a holder keeps.
    #[error("no code is registered for holders of kind `{kind}`")]
    UnknownHolderKind {
        /// The kind.
        kind: String,
    },
}

impl GateError {
    pub(crate) fn lake(doing: &'static str) -> impl FnOnce(LakeError) -> Self {
        move |source| Self::Lake { doing, source: Box::new(source) }
    }

    pub(crate) fn spill(doing: &'static str) -> impl FnOnce(spill::SpillError) -> Self {
        move |source| Self::Spill { doing, source }
    }

    pub(crate) fn store(doing: &'static str) -> impl FnOnce(StoreError) -> Self {
        move |source| Self::Store { doing, source: Box::new(source) }
    }

    pub(crate) fn plan(doing: &'static str) -> impl FnOnce(DataFusionError) -> Self {
        move |source| Self::Plan { doing, source: Box::new(source) }
    }
}

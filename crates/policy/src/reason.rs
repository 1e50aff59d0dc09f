use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Why a row may not be used, as a stable code.
    ///
    /// The order is the order of blame: where several reasons hold, the accounting books the row
    /// under the first and counts the others beside it.
    Reason, "reason" {
        /// The category is admitted by no policy.
        SealedCategory = "sealed-category",
        /// The policy does not list the category for this purpose.
        NotThisPurpose = "not-this-purpose",
        /// The row has no member, or the member is unknown to the store.
        MemberUnknown = "member-unknown",
        /// The account is closed or erased.
        AccountClosed = "account-closed",
        /// The state of the account is not known.
        StatusUnknown = "status-unknown",
        /// The account or the item is restricted to claims, or withdrawn by a ruling.
        Restricted = "restricted",
        /// The member's age class is not known.
        AgeUnknown = "age-unknown",
        /// The member is a minor.
        NotAdult = "not-adult",
        /// The member's region is not known.
        RegionUnknown = "region-unknown",
        /// The policy names no cell for the region, or its start lies ahead.
        RegionNotStarted = "region-not-started",
        /// The cell requires a document that is not on record.
        DocumentsMissing = "documents-missing",
        /// The announcement has not been delivered to the member.
        NoticeMissing = "notice-missing",
        /// The announcement was delivered, its window is still open.
        NoticeWindowOpen = "notice-window-open",
        /// The member objected.
        Objected = "objected",
        /// The basis is consent, or the default is off, and the member has not agreed.
        ConsentMissing = "consent-missing",
        /// The row's visibility is not known.
        VisibilityUnknown = "visibility-unknown",
        /// The row is not public.
        NotPublic = "not-public",
        /// The row's date is not known.
        DateUnknown = "date-unknown",
        /// The row is older than the policy's cut-off.
        BeforeCutoff = "before-cutoff",
        /// The row is dated after the instant the question is about.
        AfterAsOf = "after-as-of",
        /// The row carries a signal that it is not to be used for what the purpose is.
        OptedOutBySignal = "opted-out-by-signal",
        /// The row reveals special categories of data (GDPR art. 9).
        Sensitive = "sensitive",
        /// The row names somebody who objected and could not be redacted.
        NamesObjector = "names-objector",
    }
}

const _: () = assert!(Reason::ALL.len() <= 32, "a reason set has 32 bits");

/// A set of [`Reason`]s in 32 bits; empty means allowed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ReasonSet(u32);

impl ReasonSet {
    /// No reason against.
    pub const EMPTY: Self = Self(0);

    /// The set whose bits are `bits`; bit `n` is the reason with index `n`.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits of the set.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether nothing speaks against the use.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set with `reason` added.
    #[must_use]
    pub const fn with(self, reason: Reason) -> Self {
        Self(self.0 | 1 << reason.index())
    }

    /// Everything that is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `reason` is in the set.
    pub const fn contains(self, reason: Reason) -> bool {
        self.0 & (1 << reason.index()) != 0
    }

    /// The reasons in the order of blame.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.iter().copied().filter(move |reason| self.contains(*reason))
    }

    /// The reason under which the accounting books a refused row.
    pub fn first(self) -> Option<Reason> {
        self.iter().next()
    }
}

impl FromIterator<Reason> for ReasonSet {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Self {
        reasons.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl std::fmt::Display for ReasonSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.iter().map(Reason::name).collect();
        f.pad(&names.join(", "))
    }
}

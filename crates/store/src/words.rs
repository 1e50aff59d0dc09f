/// An enum whose names in tables and the API come from one list.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $kind:literal { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every variant, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name used in tables and the API.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = policy::UnknownWord;
            fn from_str(word: &str) -> std::result::Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|one| one.name() == word).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|one| one.name()).collect();
                    policy::UnknownWord {
                        kind: $kind,
                        word: word.to_owned(),
                        known: known.join(", "),
                    }
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

words! {
    /// Why something is on its way out of all holders.
    RemovalCause, "removal cause" {
        /// A member objected (GDPR art. 21), or opted out where the GDPR does not apply.
        Objection = "objection",
        /// A member took back a consent (GDPR art. 7(3)).
        ConsentWithdrawn = "consent-withdrawn",
        /// A member is erased (GDPR art. 17).
        Erasure = "erasure",
        /// A use of the member ended: restriction (GDPR art. 18), a lower age class, a new region.
        Restriction = "restriction",
        /// An item was edited; its old text goes.
        Edit = "edit",
        /// An item was deleted.
        Deletion = "deletion",
        /// An item is visible to fewer people.
        Visibility = "visibility",
        /// An item was kept for as long as its category may be.
        Retention = "retention",
        /// A member closed the account.
        AccountClosed = "account-closed",
        /// Another policy holds.
        Policy = "policy",
        /// Content or an account was restricted by a ruling.
        Ruling = "ruling",
        /// A person without an account objected.
        NonmemberObjection = "nonmember-objection",
    }
}

words! {
    /// What a holder is doing.
    HolderState, "holder state" {
        /// It takes permitted rows and is not in use.
        Building = "building",
        /// It is complete and in use.
        Sealed = "sealed",
        /// It holds nothing any more.
        Retired = "retired",
    }
}

words! {
    /// How an attempt to release ended.
    ReleaseOutcome, "release outcome" {
        /// The holder gave up what it had to.
        Released = "released",
        /// It could not; the removal stays open.
        Failed = "failed",
    }
}

words! {
    /// How an erasure's step in the lake ended.
    LakeStepState, "lake step state" {
        /// The rows are gone from every file.
        Done = "done",
        /// They are gone from the lake, and not from a table that is attached to it, out of which
        /// its owner has to take them; the removal stays open.
        Waiting = "waiting",
        /// They are not; the removal stays open.
        Failed = "failed",
    }
}

words! {
    /// Where one holder stands in one removal.
    HolderProgress, "holder progress" {
        /// Nothing was tried yet.
        Pending = "pending",
        /// The last attempt failed.
        Failed = "failed",
        /// It has released, with evidence.
        Released = "released",
    }
}

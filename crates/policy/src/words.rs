use serde::{Deserialize, Serialize};

/// A word that is in none of the lists of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a known {kind}; known: {known}")]
pub struct UnknownWord {
    /// What was being read, for example `category`.
    pub kind: &'static str,
    /// The word as it was given.
    pub word: String,
    /// Every word that would have been accepted, comma-separated.
    pub known: String,
}

/// An enum whose names in files, tables and on the command line come from one list.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $kind:literal { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every variant, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name used in files, tables, commands and the API.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Position in [`Self::ALL`], stable within one version of Zweck.
            pub const fn index(self) -> usize { self as usize }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|one| one.name() == word).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|one| one.name()).collect();
                    $crate::words::UnknownWord { kind: $kind, word: word.to_owned(), known: known.join(", ") }
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.name()) }
        }
    };
}
pub(crate) use words;

words! {
    /// A kind of data. The last five are *sealed*: no policy can admit them.
    Category, "category" {
        /// Name, headline, about, location: what a profile says in its head.
        Profile = "profile",
        /// Work experience.
        Positions = "positions",
        /// Schools, degrees, certificates.
        Education = "education",
        /// Skills, given by the member.
        Skills = "skills",
        /// Short public writing.
        Posts = "posts",
        /// Long public writing.
        Articles = "articles",
        /// Answers to somebody else's content.
        Comments = "comments",
        /// What is written inside a group.
        GroupContent = "group-content",
        /// Reactions, follows and votes.
        Activity = "activity",
        /// Impressions of and clicks on ads.
        AdEvents = "ad-events",
        /// What a member typed into an assistant.
        Prompts = "prompts",
        /// Thumbs, reports and support requests about assistants.
        Feedback = "feedback",
        /// Screening answers and résumés saved for later use.
        JobsData = "jobs-data",
        /// Sealed: conversations, inbox, mail between members.
        PrivateMessages = "private-messages",
        /// Sealed: passwords, tokens, keys.
        Credentials = "credentials",
        /// Sealed: cards and accounts.
        Payment = "payment",
        /// Sealed: what a member said about their pay.
        Salary = "salary",
        /// Sealed: an application tied to a member.
        JobApplications = "job-applications",
    }
}

impl Category {
    /// Sealed categories are admitted by no policy.
    pub const fn is_sealed(self) -> bool {
        matches!(
            self,
            Self::PrivateMessages
                | Self::Credentials
                | Self::Payment
                | Self::Salary
                | Self::JobApplications
        )
    }

    /// Whether rows of this category are shown to somebody, so that being public can be asked.
    pub const fn has_audience(self) -> bool {
        !matches!(
            self,
            Self::Activity | Self::AdEvents | Self::Prompts | Self::Feedback | Self::JobsData
        )
    }

    /// Whether rows of this category have a date of their own, to which a cut-off applies.
    pub const fn is_dated(self) -> bool {
        !matches!(self, Self::Profile | Self::Positions | Self::Education | Self::Skills)
    }
}

words! {
    /// Whether a member is old enough for a use. Not knowing is a fact that is missing.
    AgeClass, "age class" {
        /// At or above the policy's adult age.
        Adult = "adult",
        /// Below it, or believed to be.
        Minor = "minor",
    }
}

words! {
    /// The state of an account.
    Status, "status" {
        /// In use.
        Active = "active",
        /// The member's data may be kept for claims only (GDPR art. 18).
        Restricted = "restricted",
        /// The member left; nothing of theirs may be used.
        Closed = "closed",
        /// The member's rows were erased from the lake.
        Erased = "erased",
    }
}

words! {
    /// Who can see a row on the network.
    Visibility, "visibility" {
        /// Anybody.
        Public = "public",
        /// Members of the network.
        Network = "network",
        /// Contacts of the author.
        Connections = "connections",
        /// Members of one group.
        Group = "group",
        /// The author alone.
        Private = "private",
    }
}

words! {
    /// The legal ground of a use.
    Basis, "basis" {
        /// GDPR art. 6(1)(f): allowed until the member objects.
        LegitimateInterest = "legitimate-interest",
        /// GDPR art. 6(1)(a): refused until the member agrees.
        Consent = "consent",
        /// Terms of service outside the GDPR: allowed until the member opts out.
        Terms = "terms",
    }
}

use serde::{Deserialize, Serialize};

/// A newtype over `i64` whose constructor and accessor name what the number is.
macro_rules! number {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Wraps the number as it stands in a column.
            pub const fn from_i64(number: i64) -> Self { Self(number) }
            /// The number as it stands in a column.
            pub const fn as_i64(self) -> i64 { self.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    };
}

number! {
    /// The network-wide number of a member: dense, from 0 upwards, never reused.
    MemberNumber
}
number! {
    /// A row of a member, unique within that member: a keyed hash of source, kind and external id.
    ItemId
}
number! {
    /// The place of a fact in the one order of facts, from 1 upwards; 0 is before the first.
    Sequence
}
number! {
    /// The version of the whole lake, over all its tables, from 1 upwards; 0 is the empty lake.
    LakeVersion
}

impl MemberNumber {
    /// The number as an index into an array over members; `None` if negative.
    pub fn as_index(self) -> Option<usize> {
        usize::try_from(self.0).ok()
    }
}

impl Sequence {
    /// Before the first fact.
    pub const START: Self = Self(0);
}

/// The name of one version of a policy: the BLAKE3 hash of its bytes, in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyHash(String);

impl PolicyHash {
    /// The hash of a policy file's bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

    /// A hash as it was recorded earlier.
    pub fn from_hex(hex: impl Into<String>) -> Self {
        Self(hex.into())
    }

    /// 64 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl std::fmt::Display for PolicyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

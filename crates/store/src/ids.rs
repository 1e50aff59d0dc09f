use std::fmt;

use serde::{Deserialize, Serialize};

/// A newtype over text that somebody outside the store makes up.
macro_rules! name {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the id.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name! {
    /// Names a holder for ever, also after it was retired.
    HolderId
}
name! {
    /// Names a permit.
    PermitId
}

/// Names a removal: the number of the fact that started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RemovalId(i64);

impl RemovalId {
    /// Wraps the number as it stands in a column.
    pub const fn from_i64(number: i64) -> Self {
        Self(number)
    }

    /// The number as it stands in a column.
    pub const fn as_i64(self) -> i64 {
        self.0
    }
}

impl fmt::Display for RemovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

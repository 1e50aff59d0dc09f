//! Rows of the store about holders and what they follow.

use serde_json::Value;
use sqlx::{FromRow, Row, postgres::PgRow, sqlite::SqliteRow};

/// A row whose fields are columns of the same names.
macro_rules! row {
    ($name:ident { $($field:ident: $type:ty,)+ }) => {
        #[derive(Debug, Clone)]
        pub(crate) struct $name { $(pub(crate) $field: $type,)+ }

        row!($name { $($field,)+ } of SqliteRow);
        row!($name { $($field,)+ } of PgRow);
    };
    ($name:ident { $($field:ident,)+ } of $row:ident) => {
        impl<'r> FromRow<'r, $row> for $name {
            fn from_row(row: &'r $row) -> sqlx::Result<Self> {
                Ok(Self { $($field: row.try_get(stringify!($field))?,)+ })
            }
        }
    };
}

row! {
    Holder {
        id: String,
        kind: String,
        purpose: String,
        state: String,
        policy_hash: String,
        started_sequence: i64,
        applied_sequence: Option<i64>,
        as_of: i64,
        lake_version: i64,
        parent: Option<String>,
        manifest_hash: Option<String>,
    }
}

row! {
    Permit {
        id: String,
        holder: String,
        purpose: String,
        policy_hash: String,
        sequence: i64,
        as_of: i64,
        lake_version: i64,
        reads: Option<String>,
        counts: Option<String>,
    }
}

row! {
    Release {
        holder: String,
        from_sequence: i64,
        to_sequence: i64,
        outcome: String,
        evidence: String,
    }
}

row! {
    Removal {
        sequence: i64,
        cause: String,
        member: Option<i64>,
        item: Option<i64>,
        purpose: Option<String>,
        ended_at: Option<i64>,
    }
}

impl Permit {
    /// Whether it was given for these files of attached tables, and no others.
    pub(crate) fn reads(&self, attached: &[Value]) -> bool {
        let named = self.reads.as_deref().map(serde_json::from_str::<Vec<Value>>);
        named.is_none_or(|named| named.is_ok_and(|named| named == attached))
            && self.reads.is_some() != attached.is_empty()
    }
}

impl Removal {
    /// Whether holders of a purpose have to follow.
    pub(crate) fn concerns(&self, purpose: &str) -> bool {
        self.purpose.as_deref().is_none_or(|one| one == purpose)
    }

    /// Whether the lake changes by it, and not only what is allowed.
    pub(crate) fn changes_lake(&self) -> bool {
        ["edit", "deletion", "visibility", "retention", "erasure"].contains(&self.cause.as_str())
    }
}

table!(
    /// Whatever keeps what it derived from permitted rows.
    holders, "holders", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub kind: String,
        pub name: String,
        pub location: String,
        pub purpose: String,
        pub parent: Option<String>,
        pub state: String,
        pub policy_hash: String,
        pub started_sequence: i64,
        pub applied_sequence: Option<i64>,
        pub as_of: i64,
        pub lake_version: i64,
        pub manifest_hash: Option<String>,
        pub registered_at: i64,
        pub retired_at: Option<i64>,
    }
);

table!(
    /// What a holder was permitted to take.
    permits, "permits", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub holder: String,
        pub purpose: String,
        pub policy_hash: String,
        pub sequence: i64,
        pub as_of: i64,
        pub lake_version: i64,
        pub issued_at: i64,
        pub counts: Option<String>,
        pub reads: Option<String>,
    }
);

table!(
    /// Attempts of holders to release, with evidence.
    releases, "releases", {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub holder: String,
        pub from_sequence: i64,
        pub to_sequence: i64,
        pub released_at: i64,
        pub evidence: String,
        pub outcome: String,
        pub error: Option<String>,
    }
);

table!(
    /// What the lake itself did for an erasure.
    lake_steps, "lake_steps", {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub removal: i64,
        pub state: String,
        pub evidence: String,
        pub recorded_at: i64,
    }
);

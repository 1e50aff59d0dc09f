table!(
    /// The last sequence that was given out, and how far the journal went with it; one row.
    fact_counter, "fact_counter", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub last_sequence: i64,
        pub journal_system: Option<String>,
        pub journal_entries: Option<i64>,
        pub journal_bytes: Option<i64>,
        pub journal_start: Option<i64>,
        pub journal_hash: Option<String>,
    }
);

table!(
    /// Which member an external identity is.
    identities, "identities", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub source: String,
        pub external_hash: String,
        pub erased_at: Option<i64>,
    }
);

table!(
    /// Texts by which an operator declares what a source cannot say.
    declarations, "declarations", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub text: String,
        pub recorded_at: i64,
    }
);

table!(
    /// Runs of imports.
    imports, "imports", {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub source: String,
        pub started_at: i64,
        pub finished_at: Option<i64>,
        pub rows_accepted: Option<i64>,
        pub rows_refused: Option<i64>,
        pub report: Option<String>,
    }
);

table!(
    /// Events of feeds that came in, so that each comes in once.
    imported_events, "imported_events", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_hash: Vec<u8>,
        pub content: Option<i64>,
    }
);

table!(
    /// The newest order of what events said about one thing.
    feed_orders, "feed_orders", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub thing: Vec<u8>,
        pub number: Option<i64>,
        pub happened_at: i64,
    }
);

table!(
    /// How far the files of feeds have come in.
    feed_positions, "feed_positions", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub file: String,
        pub bytes: i64,
        pub lines: i64,
        pub last_start: Option<i64>,
        pub last_hash: Option<i64>,
    }
);

table!(
    /// The day of the newest archive of each member.
    archives, "archives", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub member: i64,
        pub made: String,
        pub recorded_at: i64,
    }
);

table!(
    /// Facts that came from the journal, after which rows may have to leave the lake.
    replays, "replays", {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub from_sequence: i64,
        pub to_sequence: i64,
        pub settled_at: Option<i64>,
    }
);

table!(
    /// Which key is the one that everything here was made with.
    key_fingerprints, "key_fingerprints", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub fingerprint: String,
        pub recorded_at: i64,
    }
);

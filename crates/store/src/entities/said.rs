table!(
    /// What became known of accounts.
    account_facts, "account_facts", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub recorded_at: i64,
        pub member: i64,
        pub region: Option<String>,
        pub age: Option<String>,
        pub status: Option<String>,
        pub source: String,
        pub declaration: Option<String>,
    }
);

table!(
    /// What members said.
    choices, "choices", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub recorded_at: i64,
        pub member: i64,
        pub purpose: String,
        pub scope_kind: String,
        pub category: Option<String>,
        pub item: Option<i64>,
        pub answer: String,
        pub said_at: i64,
        pub source: String,
        pub withdraws_consent: bool,
    }
);

table!(
    /// Announcements that reached members.
    notices, "notices", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub recorded_at: i64,
        pub policy_version: String,
        pub member: Option<i64>,
        pub regions: Option<String>,
        pub members_below: Option<i64>,
        pub delivered_at: i64,
        pub source: String,
    }
);

table!(
    /// Objections of non-members.
    objections, "objections", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub recorded_at: i64,
        pub id: String,
        pub purpose: String,
        pub names: String,
        pub emails: String,
        pub said_at: i64,
        pub lifted: bool,
    }
);

table!(
    /// Effects of rulings.
    rulings, "rulings", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub recorded_at: i64,
        pub member: i64,
        pub item: Option<i64>,
        pub restricted: bool,
        pub reason: String,
    }
);

table!(
    /// Policies that were applied, with their text.
    applied_policies, "applied_policies", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub recorded_at: i64,
        pub hash: String,
        pub version: String,
        pub document: String,
    }
);

table!(
    /// Documents on record.
    documents, "documents", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub recorded_at: i64,
        pub kind: String,
        pub policy_version: Option<String>,
        pub hash: String,
        pub title: String,
    }
);

table!(
    /// What is on its way out of all holders; keyed by the fact that started it.
    removals, "removals", {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub recorded_at: i64,
        pub cause: String,
        pub member: Option<i64>,
        pub item: Option<i64>,
        pub category: Option<String>,
        pub purpose: Option<String>,
        pub note: String,
        pub is_fact: bool,
        pub ended_at: Option<i64>,
    }
);

use sea_orm_migration::prelude::{
    ForeignKey, ForeignKeyCreateStatement, Table, TableCreateStatement,
};

use super::{
    Step,
    columns::{flag, index, key, maybe_number, maybe_text, number, text},
};

/// A table of facts: keyed by the place in the order, stamped with the instant of recording.
fn fact_table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).col(key("sequence")).col(number("recorded_at")).take()
}

fn of_member(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "member").to("identities", "number").take()
}

pub(super) fn steps() -> Vec<Step> {
    vec![
        // Region, age class and status of members; what is missing was not said.
        Step {
            name: "0005_account_facts",
            table: || {
                fact_table("account_facts")
                    .col(number("member"))
                    .col(maybe_text("region"))
                    .col(maybe_text("age"))
                    .col(maybe_text("status"))
                    .col(text("source"))
                    .col(maybe_text("declaration"))
                    .foreign_key(&mut of_member("account_facts"))
                    .take()
            },
            indexes: || vec![index("account_facts", &["member"])],
        },
        // Choices are followed by others, never overwritten. The index finds repeats and the
        // choices of one member.
        Step {
            name: "0006_choices",
            table: || {
                fact_table("choices")
                    .col(number("member"))
                    .col(text("purpose"))
                    .col(text("scope_kind"))
                    .col(maybe_text("category"))
                    .col(maybe_number("item"))
                    .col(text("answer"))
                    .col(number("said_at"))
                    .col(text("source"))
                    .col(flag("withdraws_consent"))
                    .foreign_key(&mut of_member("choices"))
                    .take()
            },
            indexes: || vec![index("choices", &["member", "said_at"])],
        },
        // One row may stand for a whole cohort, so that announcing to millions is one fact.
        Step {
            name: "0007_notices",
            table: || {
                fact_table("notices")
                    .col(text("policy_version"))
                    .col(maybe_number("member"))
                    .col(maybe_text("regions"))
                    .col(maybe_number("members_below"))
                    .col(number("delivered_at"))
                    .col(text("source"))
                    .foreign_key(&mut of_member("notices"))
                    .take()
            },
            indexes: || vec![index("notices", &["member"])],
        },
        // Names and addresses of people without an account, which redaction has to know.
        Step {
            name: "0008_objections",
            table: || {
                fact_table("objections")
                    .col(text("id"))
                    .col(text("purpose"))
                    .col(text("names"))
                    .col(text("emails"))
                    .col(number("said_at"))
                    .col(flag("lifted"))
                    .take()
            },
            indexes: || vec![index("objections", &["id"])],
        },
        // What a decision about content or an account means for its use.
        Step {
            name: "0009_rulings",
            table: || {
                fact_table("rulings")
                    .col(number("member"))
                    .col(maybe_number("item"))
                    .col(flag("restricted"))
                    .col(text("reason"))
                    .foreign_key(&mut of_member("rulings"))
                    .take()
            },
            indexes: || vec![index("rulings", &["member"])],
        },
        // The text itself, so that a build can be repeated when the file is long gone.
        Step {
            name: "0010_applied_policies",
            table: || {
                fact_table("applied_policies")
                    .col(text("hash"))
                    .col(text("version"))
                    .col(text("document"))
                    .take()
            },
            indexes: || vec![index("applied_policies", &["hash"])],
        },
        // A policy's cell may wait for documents.
        Step {
            name: "0011_documents",
            table: || {
                fact_table("documents")
                    .col(text("kind"))
                    .col(maybe_text("policy_version"))
                    .col(text("hash"))
                    .col(text("title"))
                    .take()
            },
            indexes: Vec::new,
        },
        // Keyed by the fact that started it; `is_fact` marks the changes in the lake, which have
        // no other row. What is open is asked for all the time.
        Step {
            name: "0012_removals",
            table: || {
                fact_table("removals")
                    .col(text("cause"))
                    .col(maybe_number("member"))
                    .col(maybe_number("item"))
                    .col(maybe_text("category"))
                    .col(maybe_text("purpose"))
                    .col(text("note"))
                    .col(flag("is_fact"))
                    .col(maybe_number("ended_at"))
                    .foreign_key(&mut of_member("removals"))
                    .take()
            },
            indexes: || {
                vec![index("removals", &["ended_at", "sequence"]), index("removals", &["member"])]
            },
        },
    ]
}

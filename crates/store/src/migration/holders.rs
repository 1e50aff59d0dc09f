use sea_orm_migration::prelude::{
    ConditionalStatement, Expr, ExprTrait, ForeignKey, ForeignKeyCreateStatement, Table,
};

use super::{
    Step,
    columns::{index, maybe_number, maybe_text, number, own_key, text, text_key},
};

fn of_holder(table: &'static str, column: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to("holders", "id").take()
}

pub(super) fn steps() -> Vec<Step> {
    vec![
        // `started_sequence` is s0; `applied_sequence` is s1 once sealed and moves forward with
        // each release. A name is free again when its holder is retired.
        Step {
            name: "0013_holders",
            table: || {
                Table::create()
                    .table("holders")
                    .col(text_key("id"))
                    .col(text("kind"))
                    .col(text("name"))
                    .col(text("location"))
                    .col(text("purpose"))
                    .col(maybe_text("parent"))
                    .col(text("state"))
                    .col(text("policy_hash"))
                    .col(number("started_sequence"))
                    .col(maybe_number("applied_sequence"))
                    .col(number("as_of"))
                    .col(number("lake_version"))
                    .col(maybe_text("manifest_hash"))
                    .col(number("registered_at"))
                    .col(maybe_number("retired_at"))
                    .foreign_key(&mut of_holder("holders", "parent"))
                    .take()
            },
            indexes: || {
                let active = Expr::col("retired_at").is_null();
                vec![index("holders", &["name"]).unique().and_where(active).take()]
            },
        },
        // No permit without a holder.
        Step {
            name: "0014_permits",
            table: || {
                Table::create()
                    .table("permits")
                    .col(text_key("id"))
                    .col(text("holder"))
                    .col(text("purpose"))
                    .col(text("policy_hash"))
                    .col(number("sequence"))
                    .col(number("as_of"))
                    .col(number("lake_version"))
                    .col(number("issued_at"))
                    .col(maybe_text("counts"))
                    .foreign_key(&mut of_holder("permits", "holder"))
                    .take()
            },
            indexes: || vec![index("permits", &["holder"])],
        },
        // Evidence of every release, and of every attempt that failed.
        Step {
            name: "0015_releases",
            table: || {
                Table::create()
                    .table("releases")
                    .col(own_key("id"))
                    .col(text("holder"))
                    .col(number("from_sequence"))
                    .col(number("to_sequence"))
                    .col(number("released_at"))
                    .col(text("evidence"))
                    .col(text("outcome"))
                    .col(maybe_text("error"))
                    .foreign_key(&mut of_holder("releases", "holder"))
                    .take()
            },
            indexes: || vec![index("releases", &["holder", "to_sequence"])],
        },
        // An erasure ends only when the lake has erased, too.
        Step {
            name: "0016_lake_steps",
            table: || {
                Table::create()
                    .table("lake_steps")
                    .col(own_key("id"))
                    .col(number("removal"))
                    .col(text("state"))
                    .col(text("evidence"))
                    .col(number("recorded_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("lake_steps", "removal")
                            .to("removals", "sequence"),
                    )
                    .take()
            },
            indexes: || vec![index("lake_steps", &["removal"])],
        },
    ]
}

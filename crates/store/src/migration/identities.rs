use sea_orm_migration::prelude::Table;

use super::{
    Step,
    columns::{index, key, maybe_number, maybe_text, number, own_key, text, text_key},
};

pub(super) fn steps() -> Vec<Step> {
    vec![
        // One row, locked by every writer first: that makes sequences gapless and lets them
        // become visible in their own order.
        Step {
            name: "0001_fact_counter",
            table: || {
                Table::create()
                    .table("fact_counter")
                    .col(key("id"))
                    .col(number("last_sequence"))
                    .take()
            },
            indexes: Vec::new,
        },
        // Dense numbers in place of external ids, of which only keyed hashes are kept. The row
        // outlives an erasure, so that the same person does not come in again.
        Step {
            name: "0002_identities",
            table: || {
                Table::create()
                    .table("identities")
                    .col(key("number"))
                    .col(text("source"))
                    .col(text("external_hash"))
                    .col(maybe_number("erased_at"))
                    .take()
            },
            indexes: || vec![index("identities", &["source", "external_hash"]).unique().take()],
        },
        // What a source cannot say is declared by the operator, and the declaration is kept.
        Step {
            name: "0003_declarations",
            table: || {
                Table::create()
                    .table("declarations")
                    .col(text_key("hash"))
                    .col(text("text"))
                    .col(number("recorded_at"))
                    .take()
            },
            indexes: Vec::new,
        },
        // Every import accounts for its rows: accepted and refused, with the reasons as JSON.
        Step {
            name: "0004_imports",
            table: || {
                Table::create()
                    .table("imports")
                    .col(own_key("id"))
                    .col(text("source"))
                    .col(number("started_at"))
                    .col(maybe_number("finished_at"))
                    .col(maybe_number("rows_accepted"))
                    .col(maybe_number("rows_refused"))
                    .col(maybe_text("report"))
                    .take()
            },
            indexes: Vec::new,
        },
    ]
}

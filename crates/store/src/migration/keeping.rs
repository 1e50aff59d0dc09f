use sea_orm_migration::{MigrationTrait, prelude::Table};

use super::{
    Step, Wider,
    columns::{maybe_number, maybe_text, number, own_key, text, text_key},
};

pub(super) fn steps() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        // How far the store has come in its journal stands in the row that every writer locks, so
        // that the two move together. `journal_start` and `journal_bytes` are where the last line
        // starts and ends.
        Box::new(Wider {
            name: "0020_journal_place",
            table: "fact_counter",
            columns: || {
                vec![
                    maybe_text("journal_system"),
                    maybe_number("journal_entries"),
                    maybe_number("journal_bytes"),
                    maybe_number("journal_start"),
                    maybe_text("journal_hash"),
                ]
            },
        }),
        // Facts that came from the journal may say that rows have left the lake, which a lake from
        // a backup has again.
        Box::new(Step {
            name: "0021_replays",
            table: || {
                Table::create()
                    .table("replays")
                    .col(own_key("id"))
                    .col(number("from_sequence"))
                    .col(number("to_sequence"))
                    .col(maybe_number("settled_at"))
                    .take()
            },
            indexes: Vec::new,
        }),
        // What a key once hashed is not found again with another; a fingerprint says nothing about
        // its key.
        Box::new(Step {
            name: "0022_key_fingerprints",
            table: || {
                Table::create()
                    .table("key_fingerprints")
                    .col(text_key("name"))
                    .col(text("fingerprint"))
                    .col(number("recorded_at"))
                    .take()
            },
            indexes: Vec::new,
        }),
    ]
}

use sea_orm_migration::{MigrationTrait, prelude::Table};

use super::{
    Step, Wider,
    columns::{maybe_number, number, text_key},
};

pub(super) fn steps() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        // An event's id that comes again with other words is a fault of the feed, which is seen by
        // a keyed hash of the words; events from before have none.
        Box::new(Wider {
            name: "0025_imported_event_contents",
            table: "imported_events",
            columns: || vec![maybe_number("content")],
        }),
        // An older event that comes late must not undo a newer one, nor bring back what is gone.
        // The thing is a keyed hash of source, member and row, 32 hex digits; it outlives the row.
        Box::new(Step {
            name: "0026_feed_orders",
            table: || {
                Table::create()
                    .table("feed_orders")
                    .col(text_key("thing"))
                    .col(maybe_number("number"))
                    .col(number("happened_at"))
                    .take()
            },
            indexes: Vec::new,
        }),
        // Where to read on in a file that is followed, in bytes and lines from its start. The file
        // is a keyed hash of source and name.
        Box::new(Step {
            name: "0027_feed_positions",
            table: || {
                Table::create()
                    .table("feed_positions")
                    .col(text_key("file"))
                    .col(number("bytes"))
                    .col(number("lines"))
                    .take()
            },
            indexes: Vec::new,
        }),
    ]
}

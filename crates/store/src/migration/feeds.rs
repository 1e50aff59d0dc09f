use sea_orm_migration::{MigrationTrait, prelude::Table};

use super::{
    ByKey, Step, Wider,
    columns::{hash_key, maybe_number, number, text_key},
};

pub(super) fn steps() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        // A feed may hand an event over again, late or out of order; each comes in once. Only the
        // member and a keyed hash of declaration and event id are kept.
        Box::new(ByKey(Step {
            name: "0017_events_by_member",
            table: || Table::create().table("imported_events").col(hash_key("event_hash")).take(),
            indexes: Vec::new,
        })),
        // An event's id that comes again with other words is a fault of the feed, which is seen by
        // a keyed hash of the words; events from before have none.
        Box::new(Wider {
            name: "0025_imported_event_contents",
            table: "imported_events",
            columns: || vec![maybe_number("content")],
        }),
        // An older event that comes late must not undo a newer one, nor bring back what is gone.
        // The thing is the member and a keyed hash of the row; it outlives the row.
        Box::new(ByKey(Step {
            name: "0026_orders_by_member",
            table: || {
                Table::create()
                    .table("feed_orders")
                    .col(hash_key("thing"))
                    .col(maybe_number("number"))
                    .col(number("happened_at"))
                    .take()
            },
            indexes: Vec::new,
        })),
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
        // A file may take the place of one that was read; the last line of what was read tells
        // them apart, by where it starts and a keyed hash. Places from before have none.
        Box::new(Wider {
            name: "0029_feed_last_lines",
            table: "feed_positions",
            columns: || vec![maybe_number("last_start"), maybe_number("last_hash")],
        }),
    ]
}

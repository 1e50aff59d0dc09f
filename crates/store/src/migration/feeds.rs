use async_trait::async_trait;
use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, prelude::Table};

use super::{
    Step,
    columns::{maybe_number, number, text_key},
};

/// An event's id that comes again with other words is a fault of the feed, which is seen by a
/// keyed hash of the words; events from before have none.
pub(super) struct EventContents;

impl MigrationName for EventContents {
    fn name(&self) -> &'static str {
        "0020_imported_event_contents"
    }
}

#[async_trait]
impl MigrationTrait for EventContents {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table("imported_events").add_column(maybe_number("content"));
        manager.alter_table(table).await
    }
}

pub(super) fn steps() -> Vec<Step> {
    vec![
        // An older event that comes late must not undo a newer one, nor bring back what is gone.
        // The thing is a keyed hash of source, member and row, 32 hex digits; it outlives the row.
        Step {
            name: "0021_feed_orders",
            table: || {
                Table::create()
                    .table("feed_orders")
                    .col(text_key("thing"))
                    .col(maybe_number("number"))
                    .col(number("happened_at"))
                    .take()
            },
            indexes: Vec::new,
        },
        // Where to read on in a file that is followed, in bytes and lines from its start. The file
        // is a keyed hash of source and name.
        Step {
            name: "0022_feed_positions",
            table: || {
                Table::create()
                    .table("feed_positions")
                    .col(text_key("file"))
                    .col(number("bytes"))
                    .col(number("lines"))
                    .take()
            },
            indexes: Vec::new,
        },
    ]
}

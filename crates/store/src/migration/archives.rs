use sea_orm_migration::prelude::Table;

use super::{
    Step,
    columns::{key, number, text},
};

pub(super) fn steps() -> Vec<Step> {
    vec![
        // An archive of all that a member has says by silence what is gone. One that is older than
        // the newest would bring back what the member deleted in between.
        Step {
            name: "0024_archives",
            table: || {
                Table::create()
                    .table("archives")
                    .col(key("member"))
                    .col(text("made"))
                    .col(number("recorded_at"))
                    .take()
            },
            indexes: Vec::new,
        },
    ]
}

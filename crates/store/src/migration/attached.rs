use sea_orm_migration::MigrationTrait;

use super::{Wider, columns::maybe_text};

pub(super) fn steps() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        // A permit names the files of attached tables that it reads, which nobody keeps from being
        // changed; JSON.
        Box::new(Wider {
            name: "0028_permit_reads",
            table: "permits",
            columns: || vec![maybe_text("reads")],
        }),
    ]
}

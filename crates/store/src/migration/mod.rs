//! How the tables came to be: small steps, each with its reason, never edited once released.
//!
//! Units: every `…_at` is microseconds since 1970-01-01T00:00:00Z; days are `YYYY-MM-DD`; a
//! `sequence` is a place in the one order of facts; JSON is text.

mod columns;
mod facts;
mod feeds;
mod holders;
mod identities;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{
    MigrationName, MigrationTrait, MigratorTrait, SchemaManager,
    prelude::{IndexCreateStatement, TableCreateStatement},
};

/// Every step, in order.
pub(crate) struct Migrator;

/// One step: a table, and the indexes that its readers need.
struct Step {
    name: &'static str,
    table: fn() -> TableCreateStatement,
    indexes: fn() -> Vec<IndexCreateStatement>,
}

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let steps = identities::steps().into_iter().chain(facts::steps()).chain(holders::steps());
        let steps = steps.map(|step| Box::new(step) as Box<dyn MigrationTrait>);
        let events = Box::new(feeds::EventContents) as Box<dyn MigrationTrait>;
        let feeds =
            feeds::steps().into_iter().map(|step| Box::new(step) as Box<dyn MigrationTrait>);
        steps.chain([events]).chain(feeds).collect()
    }
}

impl Migrator {
    /// The first step in the database that this version does not know.
    pub(crate) async fn unknown_step<C: ConnectionTrait>(db: &C) -> Result<Option<String>, DbErr> {
        let known = Self::migrations();
        let applied = Self::get_migration_models(db).await?;
        let is_known = |version: &str| known.iter().any(|step| step.name() == version);
        Ok(applied.into_iter().map(|row| row.version).find(|version| !is_known(version)))
    }
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table((self.table)()).await?;
        for index in (self.indexes)() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

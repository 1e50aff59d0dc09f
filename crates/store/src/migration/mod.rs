//! How the tables came to be: small steps, each with its reason, never edited once released.
//!
//! Units: every `…_at` is microseconds since 1970-01-01T00:00:00Z; days are `YYYY-MM-DD`; a
//! `sequence` is a place in the one order of facts; JSON is text.

mod archives;
mod attached;
mod columns;
mod facts;
mod feeds;
mod holders;
mod identities;
mod keeping;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{
    MigrationName, MigrationTrait, MigratorTrait, SchemaManager,
    prelude::{ColumnDef, IndexCreateStatement, Table, TableCreateStatement},
};

/// Every step, in order.
pub(crate) struct Migrator;

/// One step: a table, and the indexes that its readers need.
struct Step {
    name: &'static str,
    table: fn() -> TableCreateStatement,
    indexes: fn() -> Vec<IndexCreateStatement>,
}

/// One step whose table lies in the order of its key, without an index beside it: of rows that
/// come in under random keys one tree is written instead of two.
struct ByKey(Step);

/// One step that adds columns, all of which may be missing, to a table that has rows.
struct Wider {
    name: &'static str,
    table: &'static str,
    columns: fn() -> Vec<ColumnDef>,
}

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let first = identities::steps().into_iter().chain(facts::steps()).chain(holders::steps());
        boxed(first)
            .chain(keeping::steps())
            .chain(boxed(archives::steps()))
            .chain(feeds::steps())
            .chain(attached::steps())
            .collect()
    }
}

fn boxed(steps: impl IntoIterator<Item = Step>) -> impl Iterator<Item = Box<dyn MigrationTrait>> {
    steps.into_iter().map(|step| Box::new(step) as Box<dyn MigrationTrait>)
}

/// What has to be done to a database before this version can use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It holds nothing yet.
    Empty,
    /// It is as this version makes it.
    Current,
    /// It lacks these steps.
    Older(Vec<String>),
    /// It has a step that this version does not know.
    Newer(String),
}

impl Migrator {
    /// How a database stands to this version; makes the table of steps if it is missing.
    pub(crate) async fn standing<C: ConnectionTrait>(db: &C) -> Result<Standing, DbErr> {
        let known = Self::migrations();
        let applied = Self::get_migration_models(db).await?;
        let applied: Vec<_> = applied.into_iter().map(|row| row.version).collect();
        if applied.is_empty() {
            return Ok(Standing::Empty);
        }
        let is_known = |version: &String| known.iter().any(|step| step.name() == version);
        if let Some(newer) = applied.iter().find(|version| !is_known(version)) {
            return Ok(Standing::Newer(newer.clone()));
        }
        let names = known.iter().map(|step| step.name().to_owned());
        let missing: Vec<_> = names.filter(|name| !applied.contains(name)).collect();
        Ok(if missing.is_empty() { Standing::Current } else { Standing::Older(missing) })
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

impl MigrationName for ByKey {
    fn name(&self) -> &str {
        self.0.name
    }
}

#[async_trait]
impl MigrationTrait for ByKey {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = (self.0.table)();
        if manager.get_database_backend() == DbBackend::Sqlite {
            table.extra("WITHOUT ROWID");
        }
        manager.create_table(table).await
    }
}

impl MigrationName for Wider {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for Wider {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // one statement each, which every database understands
        for mut column in (self.columns)() {
            let alter = Table::alter().table(self.table).add_column(&mut column).take();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }
}

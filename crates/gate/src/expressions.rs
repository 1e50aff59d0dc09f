//! What a scan computes for each row of a table, as expressions over its columns.

use std::collections::BTreeSet;

use datafusion::{
    common::ScalarValue,
    logical_expr::{Expr, lit},
    prelude::col,
};
use lake::{
    Table,
    columns::{ColumnKind, Unit},
};
use policy::Ambiguous;

use crate::functions::{Functions, RowColumns};

impl Functions {
    /// The reasons against the rows of a table.
    pub(crate) fn reasons_of(&self, identity: &str, table: Table, ambiguous: Ambiguous) -> Expr {
        let column = |name: &str| {
            let exists = table.columns().any(|column| column.name == name);
            if exists { col(name) } else { lit(ScalarValue::Null) }
        };
        let names_objector = if ambiguous == Ambiguous::Review {
            let named = free_text(table).map(|name| self.needs_review(identity, col(name)));
            named.reduce(Expr::or).unwrap_or_else(|| lit(false))
        } else {
            lit(false)
        };
        let columns = RowColumns {
            member: col("member_number"),
            item: col("item"),
            kind: if table == Table::Items { col("kind") } else { column("") },
            visibility: column("visibility"),
            created: column("created"),
            content_usage: column("content_usage"),
            sensitive: column("sensitive"),
            names_objector,
        };
        self.reasons(identity, table, columns)
    }

    /// Every column of a table; free text, and what pages and groups are called, without the names
    /// that have to go.
    pub(crate) fn masked(&self, identity: &str, table: Table) -> Vec<Expr> {
        let free: BTreeSet<_> = free_text(table).chain(venue_of(table)).collect();
        let masked = |name: &'static str| {
            if !free.contains(name) {
                return col(name);
            }
            let row = [col("member_number"), col("item")];
            self.redact(identity, name, row, col(name)).alias(name)
        };
        table.columns().map(|column| masked(column.name)).collect()
    }
}

/// The columns of a table in which anybody may be named; a date as given is any words of a source's.
pub(crate) fn free_text(table: Table) -> impl Iterator<Item = &'static str> {
    let is_free = |unit| matches!(unit, Unit::FreeText | Unit::DateAsGiven);
    let free = table
        .columns()
        .filter(move |column| column.kind == ColumnKind::Text && is_free(column.unit));
    free.map(|column| column.name)
}

/// The column of a table with the name of the page or group in which a row was published.
pub(crate) fn venue_of(table: Table) -> Option<&'static str> {
    table.columns().find(|column| column.unit == Unit::VenueName).map(|column| column.name)
}

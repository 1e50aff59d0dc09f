use std::collections::BTreeMap;

use lake::Table;
use policy::{Reason, ReasonSet};
use serde::{Deserialize, Serialize};

use crate::admit::RowsByReasons;

/// Rows in = rows kept + rows left out by reason, for every table that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounting {
    /// By table.
    pub tables: BTreeMap<Table, TableAccounting>,
}

/// The rows of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableAccounting {
    /// Rows that were looked at.
    pub rows_in: u64,
    /// Rows that may be used.
    pub kept: u64,
    /// Rows that may not, each under its first reason.
    pub left_out: BTreeMap<Reason, u64>,
    /// Further reasons against rows that are booked under another.
    pub also: BTreeMap<Reason, u64>,
}

impl Accounting {
    /// Books `rows` rows of a table that have the same reasons against them.
    pub fn book(&mut self, table: Table, reasons: ReasonSet, rows: u64) {
        let of_table = self.tables.entry(table).or_default();
        of_table.rows_in += rows;
        let mut reasons = reasons.iter();
        match reasons.next() {
            None => of_table.kept += rows,
            Some(first) => *of_table.left_out.entry(first).or_default() += rows,
        }
        for further in reasons {
            *of_table.also.entry(further).or_default() += rows;
        }
    }

    /// Books what a scan of a table counted.
    pub(crate) fn book_all(&mut self, table: Table, rows: &RowsByReasons) {
        for (reasons, rows) in rows {
            self.book(table, *reasons, *rows);
        }
    }

    /// Whether no row is unaccounted for.
    pub fn is_balanced(&self) -> bool {
        self.tables
            .values()
            .all(|table| table.rows_in == table.kept + table.left_out.values().sum::<u64>())
    }

    /// All tables together.
    pub fn total(&self) -> TableAccounting {
        let mut total = TableAccounting::default();
        for table in self.tables.values() {
            total.rows_in += table.rows_in;
            total.kept += table.kept;
            for (reason, rows) in &table.left_out {
                *total.left_out.entry(*reason).or_default() += rows;
            }
            for (reason, rows) in &table.also {
                *total.also.entry(*reason).or_default() += rows;
            }
        }
        total
    }
}

//! The rows of members in the tables that are given out, looked up one by one.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use datafusion::{
    logical_expr::Expr,
    prelude::{col, lit},
};
use futures::TryStreamExt;
use lake::{ItemKind, Table};
use policy::{Instant, ItemId, MemberNumber, aipref::Usage};

use crate::{
    Gate, GateError, Result, RowFacts,
    columns::{Columns, session},
    gate::GIVEN_OUT,
    lake_rows::{address, scan},
};

/// From so many rows on, tables are read whole: a look-up of each would read as much.
const MANY: usize = 100;

impl Gate {
    /// Which of some rows the lake has. What is not there may come in later.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn rows_known(
        &self,
        rows: &BTreeSet<(MemberNumber, ItemId)>,
    ) -> Result<BTreeSet<(MemberNumber, ItemId)>> {
        let mut known = BTreeSet::new();
        if rows.len() > MANY {
            for table in GIVEN_OUT {
                self.known_in(table, rows, &mut known).await?;
            }
            return Ok(known);
        }
        for (member, item) in rows {
            if !self.rows_of(*member, Some(*item)).await?.is_empty() {
                known.insert((*member, *item));
            }
        }
        Ok(known)
    }

    async fn known_in(
        &self,
        table: Table,
        rows: &BTreeSet<(MemberNumber, ItemId)>,
        known: &mut BTreeSet<(MemberNumber, ItemId)>,
    ) -> Result<()> {
        let mut batches = scan(self.lake(), table, &["member_number", "item"]).await?;
        while let Some(batch) = batches.try_next().await? {
            let columns = Columns::of(&batch);
            let found = (0..batch.num_rows())
                .filter_map(|at| Some(address(columns.long(0, at)?, columns.long(1, at)?)));
            known.extend(found.filter(|row| rows.contains(row)));
        }
        Ok(())
    }

    /// The rows of a member; with an item id one, unless two tables share the id.
    pub(crate) async fn rows_of(
        &self,
        member: MemberNumber,
        item: Option<ItemId>,
    ) -> Result<Vec<(Table, RowFacts)>> {
        let mut rows = Vec::new();
        for table in GIVEN_OUT {
            let provider = self.lake().table(table).await;
            let provider = provider.map_err(GateError::lake("opening a table"))?;
            let frame = session(None)
                .read_table(provider)
                .and_then(|frame| frame.filter(self.are_of(member, item)))
                .and_then(|frame| frame.select_columns(&facts_in(table)));
            let frame = frame.map_err(GateError::plan("planning a look-up"))?;
            for batch in frame.collect().await.map_err(GateError::plan("looking a row up"))? {
                let found = (0..batch.num_rows()).filter_map(|at| row_facts(table, &batch, at));
                rows.extend(found.map(|row| (table, row)));
            }
        }
        Ok(rows)
    }

    pub(crate) fn are_of(&self, member: MemberNumber, item: Option<ItemId>) -> Expr {
        let of_member = col(lake::RANGE)
            .eq(lit(self.lake().range_of(member)))
            .and(col("member_number").eq(lit(member.as_i64())));
        match item {
            Some(item) => of_member.and(col("item").eq(lit(item.as_i64()))),
            None => of_member,
        }
    }
}

/// The columns of a table by which rows are decided, as far as it has them.
fn facts_in(table: Table) -> Vec<&'static str> {
    const FACTS: [&str; 7] =
        ["member_number", "item", "kind", "visibility", "created", "content_usage", "sensitive"];
    let has = |name: &&str| table.columns().any(|column| column.name == *name);
    FACTS.into_iter().filter(has).collect()
}

fn row_facts(table: Table, batch: &RecordBatch, at: usize) -> Option<RowFacts> {
    let columns = Columns::of(batch);
    let schema = batch.schema();
    let place = |name: &str| schema.index_of(name).ok();
    let text = |name: &str| columns.text(place(name)?, at);
    let long = |name: &str| columns.long(place(name)?, at);
    let (member, item) = address(long("member_number")?, long("item")?);
    let kind = text("kind").and_then(|kind| kind.parse::<ItemKind>().ok());
    Some(RowFacts {
        member,
        item,
        category: table.category_of_row(kind),
        visibility: text("visibility").and_then(|word| word.parse().ok()),
        created: long("created").map(Instant::from_micros),
        content_usage: Usage::heard(text("content_usage")),
        sensitive: place("sensitive").is_some_and(|column| columns.flag(column, at)),
        names_objector: false,
    })
}

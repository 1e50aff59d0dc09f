//! Reading the lake row by row, for what the gate has to know before it gives anything out.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use arrow::array::RecordBatch;
use datafusion::{catalog::TableProvider, execution::SendableRecordBatchStream};
use futures::{Stream, TryStreamExt};
use lake::{Lake, Snapshot, Table};
use policy::{ItemId, LakeVersion, MemberNumber};

use crate::{
    GateError, Result,
    columns::{Columns, session},
    threads::Address,
};

/// The version before everything.
pub(crate) const START: LakeVersion = LakeVersion::from_i64(0);

/// A row of the items without its text.
pub(crate) struct ItemLink {
    pub(crate) item: Address,
    pub(crate) parent: Option<Address>,
    /// The lake version that brought it.
    pub(crate) version: i64,
}

/// Some columns of the newest version of a table, file after file.
pub(crate) async fn scan(
    lake: &Lake,
    table: Table,
    columns: &[&str],
) -> Result<impl Stream<Item = Result<RecordBatch>> + Unpin + use<>> {
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    scan_snapshot(&head, table, columns, START).await
}

/// Some columns of a table, file after file, but for files of which nothing came in after `since`.
pub(crate) async fn scan_snapshot(
    snapshot: &Snapshot,
    table: Table,
    columns: &[&str],
    since: LakeVersion,
) -> Result<impl Stream<Item = Result<RecordBatch>> + Send + Unpin + use<>> {
    let rows = snapshot.in_turn(table, columns, since).await;
    let rows = rows.map_err(GateError::lake("opening a table"))?;
    Ok(rows.map_err(|error| GateError::lake("reading a table")(error)))
}

/// Visits every item and what it answers.
pub(crate) async fn for_each_link(
    lake: &Lake,
    mut visit: impl FnMut(ItemLink) -> Result<()>,
) -> Result<()> {
    let columns = ["member_number", "item", "parent_member", "parent_item", "lake_version"];
    let mut batches = scan(lake, Table::Items, &columns).await?;
    while let Some(batch) = batches.try_next().await? {
        let rows = Columns::of(&batch);
        for at in 0..batch.num_rows() {
            let (Some(member), Some(item)) = (rows.long(0, at), rows.long(1, at)) else { continue };
            let parent = rows.long(2, at).zip(rows.long(3, at));
            visit(ItemLink {
                item: address(member, item),
                parent: parent.map(|(member, item)| address(member, item)),
                version: rows.long(4, at).unwrap_or(i64::MAX),
            })?;
        }
    }
    Ok(())
}

/// Visits every name with the lake version that brought it.
pub(crate) async fn for_each_name(
    snapshot: &Snapshot,
    mut visit: impl FnMut(MemberNumber, &str, i64) -> Result<()>,
) -> Result<()> {
    let columns = ["member_number", "display_name", "lake_version"];
    let mut batches = scan_snapshot(snapshot, Table::Members, &columns, START).await?;
    while let Some(batch) = batches.try_next().await? {
        let rows = Columns::of(&batch);
        for at in 0..batch.num_rows() {
            let row = (rows.long(0, at), rows.text(1, at), rows.long(2, at));
            if let (Some(member), Some(name), Some(version)) = row {
                visit(MemberNumber::from_i64(member), name, version)?;
            }
        }
    }
    Ok(())
}

/// The names of some members.
pub(crate) async fn read_names(
    lake: &Lake,
    wanted: &HashSet<MemberNumber>,
) -> Result<HashMap<MemberNumber, String>> {
    let mut names = HashMap::new();
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    for_each_name(&head, |member, name, _| {
        if wanted.contains(&member) {
            names.insert(member, name.to_owned());
        }
        Ok(())
    })
    .await?;
    Ok(names)
}

/// Visits the text columns of a table, one text after the other.
pub(crate) async fn for_each_text(
    lake: &Lake,
    table: Table,
    fields: &[&'static str],
    mut visit: impl FnMut(Address, &'static str, &str) -> Result<()>,
) -> Result<()> {
    let columns: Vec<_> = ["member_number", "item"].iter().chain(fields).copied().collect();
    let mut batches = scan(lake, table, &columns).await?;
    while let Some(batch) = batches.try_next().await? {
        let rows = Columns::of(&batch);
        for at in 0..batch.num_rows() {
            let (Some(member), Some(item)) = (rows.long(0, at), rows.long(1, at)) else { continue };
            for (place, field) in fields.iter().enumerate() {
                if let Some(text) = rows.text(place + 2, at) {
                    visit(address(member, item), field, text)?;
                }
            }
        }
    }
    Ok(())
}

pub(crate) fn address(member: i64, item: i64) -> Address {
    (MemberNumber::from_i64(member), ItemId::from_i64(item))
}

pub(crate) async fn scan_provider(
    provider: Arc<dyn TableProvider>,
    columns: &[&str],
) -> Result<SendableRecordBatchStream> {
    let plan = |frame: datafusion::prelude::DataFrame| frame.select_columns(columns);
    let frame = session(None).read_table(provider).and_then(plan);
    let frame = frame.map_err(GateError::plan("planning a scan"))?;
    frame.execute_stream().await.map_err(GateError::plan("scanning"))
}

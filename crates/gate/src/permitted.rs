use std::{collections::BTreeMap, sync::Arc};

use datafusion::{
    catalog::TableProvider, execution::SendableRecordBatchStream, prelude::DataFrame,
};
use lake::Table;
use store::Store;

use crate::{
    Accounting, GateError, NameFinder, Permit, Result,
    barrier::Barrier,
    columns::session,
    gate::{Loaded, account},
};

/// Rows that passed the gate, with the permit they passed on. Only the gate can make one.
///
/// It wraps plans, not rows: a scan starts when it is asked for. Objectors' names are already
/// masked.
///
/// ```compile_fail
/// // there is no other way to come by one
/// let permitted = gate::Permitted { };
/// ```
pub struct Permitted {
    permit: Permit,
    store: Store,
    tables: BTreeMap<Table, Arc<Barrier>>,
    partitions: Option<usize>,
    loaded: Loaded,
}

impl Permitted {
    pub(crate) fn new(
        permit: Permit,
        store: Store,
        tables: BTreeMap<Table, Arc<Barrier>>,
        partitions: Option<usize>,
        loaded: Loaded,
    ) -> Self {
        Self { permit, store, tables, partitions, loaded }
    }

    /// What was permitted to whom, on which facts.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The names that are masked in the rows: whoever changes how a text is written looks for them
    /// once more, because it may show a name that it did not show before.
    pub fn names(&self) -> &NameFinder {
        self.loaded.evaluation.redactor.finder()
    }

    /// Rows in = rows kept + rows left out by reason, for every table; put on record with the
    /// permit. A scan counts as it goes, so that only tables of which no scan has seen every row
    /// are read here.
    ///
    /// # Errors
    /// If a table cannot be read, or the counts cannot be recorded.
    pub async fn account(&self) -> Result<Accounting> {
        let accounting = account(&self.tables, self.partitions).await?;
        let counts = serde_json::json!(accounting);
        let counted = self.store.count_permit(&self.permit.id, &counts).await;
        counted.map_err(GateError::store("recording a permit"))?;
        Ok(accounting)
    }

    /// The tables that are given out.
    pub fn tables(&self) -> impl Iterator<Item = Table> {
        self.tables.keys().copied()
    }

    /// The permitted rows of a table as a table for DataFusion, in [`Table::scan_schema`].
    ///
    /// # Errors
    /// [`GateError::TableNotGiven`].
    pub fn table(&self, table: Table) -> Result<Arc<dyn TableProvider>> {
        let barrier = self.tables.get(&table).ok_or(GateError::TableNotGiven { table })?;
        Ok(Arc::clone(barrier) as Arc<dyn TableProvider>)
    }

    /// The permitted rows of a table as a data frame.
    ///
    /// # Errors
    /// [`GateError::TableNotGiven`], or if the scan cannot be planned.
    pub fn frame(&self, table: Table) -> Result<DataFrame> {
        let frame = session(self.partitions).read_table(self.table(table)?);
        frame.map_err(GateError::plan("planning a scan"))
    }

    /// The permitted rows of a table, in no particular order.
    ///
    /// # Errors
    /// [`GateError::TableNotGiven`], or if the scan cannot be planned or started.
    pub async fn rows(&self, table: Table) -> Result<SendableRecordBatchStream> {
        let frame = self.frame(table)?;
        frame.execute_stream().await.map_err(GateError::plan("scanning"))
    }
}

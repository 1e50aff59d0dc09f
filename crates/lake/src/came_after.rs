//! A table of which only the files are read that may hold rows of later versions.

use std::sync::Arc;

use arrow::{
    array::{RecordBatch, RecordBatchOptions},
    datatypes::SchemaRef,
};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::Result,
    error::DataFusionError,
    execution::{SendableRecordBatchStream, TaskContext},
    logical_expr::{Expr, TableType},
    physical_plan::{
        ExecutionPlan,
        stream::RecordBatchStreamAdapter,
        streaming::{PartitionStream, StreamingTableExec},
    },
};
use futures::{TryStreamExt, stream};
use policy::LakeVersion;

use crate::{Snapshot, Table};

impl Snapshot {
    /// The same as [`Self::table`] without the files in which nothing came in after `since`. In the
    /// others there are earlier rows as well; what is read of it is read on one thread.
    pub fn table_after(&self, table: Table, since: LakeVersion) -> Arc<dyn TableProvider> {
        let schema = table.scan_schema();
        Arc::new(CameAfter { snapshot: self.clone(), table, since, schema })
    }
}

#[derive(Debug, Clone)]
struct CameAfter {
    snapshot: Snapshot,
    table: Table,
    since: LakeVersion,
    /// The columns that are asked for.
    schema: SchemaRef,
}

#[async_trait]
impl TableProvider for CameAfter {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(projection) => Arc::new(self.schema.project(projection)?),
            None => Arc::clone(&self.schema),
        };
        let rows = Arc::new(Self { schema: Arc::clone(&schema), ..self.clone() });
        let exec = StreamingTableExec::try_new(schema, vec![rows], None, [], false, None)?;
        Ok(Arc::new(exec))
    }
}

impl PartitionStream for CameAfter {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let Self { snapshot, table, since, schema } = self.clone();
        let asked = Arc::clone(&schema);
        let rows = async move {
            let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            let rows = snapshot.in_turn(table, &names, since).await.map_err(outside)?;
            let typed = move |batch: RecordBatch| std::future::ready(typed(&batch, &schema));
            Ok::<_, DataFusionError>(rows.map_err(outside).and_then(typed))
        };
        Box::pin(RecordBatchStreamAdapter::new(asked, stream::once(rows).try_flatten()))
    }
}

/// The rows with what the table promises of its columns, such as that none is missing.
fn typed(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let columns = batch.columns().to_vec();
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}

fn outside(error: crate::LakeError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

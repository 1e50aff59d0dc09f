//! The items of a lake together with those that are attached to it, as one table.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use arrow::{
    array::{
        ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, RecordBatchOptions,
        StringViewArray,
    },
    datatypes::{Int64Type, SchemaRef},
};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::{Result, Statistics, exec_datafusion_err, exec_err, tree_node::TreeNodeRecursion},
    error::DataFusionError,
    execution::{SendableRecordBatchStream, TaskContext},
    logical_expr::{Expr, TableProviderFilterPushDown, TableType},
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
        ReplaceChildrenOptions, StatisticsArgs,
        execution_plan::{Boundedness, EmissionType},
        stream::RecordBatchStreamAdapter,
        union::UnionExec,
    },
};
use futures::{StreamExt, TryStreamExt, stream};
use parquet::arrow::async_reader::ParquetRecordBatchStream;
use tokio::fs::File;

use super::{
    AttachedFile, Attachment, OutsideRows,
    index::{self, IndexReader},
    keep,
};
use crate::{Lake, LakeError, columns::RANGE};

/// A table of the lake with the rows of the tables that are attached to it.
#[derive(Debug)]
pub(crate) struct WithAttached {
    own: Arc<dyn TableProvider>,
    attached: Arc<Vec<Attachment>>,
    lake: Lake,
}

impl WithAttached {
    pub(crate) fn new(own: Arc<dyn TableProvider>, attached: Vec<Attachment>, lake: Lake) -> Self {
        Self { own, attached: Arc::new(attached), lake }
    }
}

#[async_trait]
impl TableProvider for WithAttached {
    fn schema(&self) -> SchemaRef {
        self.own.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        // attached rows are not pruned, so every filter is applied once more above
        let own = self.own.supports_filters_pushdown(filters)?.into_iter();
        Ok(own
            .map(|verdict| match verdict {
                TableProviderFilterPushDown::Exact => TableProviderFilterPushDown::Inexact,
                other => other,
            })
            .collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let own = self.own.scan(session, projection, filters, None).await?;
        let schema = match projection {
            Some(projection) => Arc::new(self.schema().project(projection)?),
            None => self.schema(),
        };
        let threads = session.config().target_partitions();
        let attached =
            AttachedScan::new(Arc::clone(&self.attached), self.lake.clone(), schema, threads);
        UnionExec::try_new(vec![own, Arc::new(attached)])
    }
}

/// Reads attached rows from the files that they are in.
///
/// Each file is read from its beginning to its end, in step with its index; it tells nothing of how
/// many rows there are.
#[derive(Debug)]
struct AttachedScan {
    attached: Arc<Vec<Attachment>>,
    lake: Lake,
    /// The places of the files that each partition reads: attachment, file.
    partitions: Vec<Vec<(usize, usize)>>,
    properties: Arc<PlanProperties>,
}

impl AttachedScan {
    fn new(attached: Arc<Vec<Attachment>>, lake: Lake, schema: SchemaRef, threads: usize) -> Self {
        let files = attached.iter().enumerate().flat_map(|(place, attachment)| {
            (0..attachment.files.len()).map(move |file| (place, file))
        });
        let files: Vec<_> = files.collect();
        let threads = threads.clamp(1, files.len().max(1));
        let of_thread = |thread| files.iter().copied().skip(thread).step_by(threads).collect();
        let partitions: Vec<_> = (0..threads).map(of_thread).collect();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(partitions.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self { attached, lake, partitions, properties: Arc::new(properties) }
    }
}

impl DisplayAs for AttachedScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attached")
    }
}

impl ExecutionPlan for AttachedScan {
    fn name(&self) -> &str {
        "Attached"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let Some(files) = self.partitions.get(partition) else {
            return exec_err!("there is no partition {partition}");
        };
        let (attached, lake, schema) =
            (Arc::clone(&self.attached), self.lake.clone(), self.schema());
        let files = stream::iter(files.clone()).map(Ok::<_, DataFusionError>);
        let rows = files.and_then(move |(place, file)| {
            let of_file = OfFile { attached: Arc::clone(&attached), place, file };
            rows_of(of_file, lake.clone(), Arc::clone(&schema))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows.try_flatten())))
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        _: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(Arc::new(Statistics::new_unknown(&self.schema())))
    }
}

/// One file of one attachment.
struct OfFile {
    attached: Arc<Vec<Attachment>>,
    place: usize,
    file: usize,
}

impl OfFile {
    fn get(&self) -> Result<(&Attachment, &AttachedFile)> {
        let attachment = self.attached.get(self.place);
        let found = attachment.and_then(|one| Some((one, one.files.get(self.file)?)));
        found.ok_or_else(|| exec_datafusion_err!("there is no such attached file"))
    }
}

/// The rows of a file that are read, in a part of the schema of a scan.
async fn rows_of(
    of_file: OfFile,
    lake: Lake,
    schema: SchemaRef,
) -> Result<impl futures::Stream<Item = Result<RecordBatch>> + Send> {
    let (attachment, file) = of_file.get()?;
    attachment.check_file(file).await.map_err(outside)?;
    let bytes = keep::fetch(&lake, &attachment.name, file).await.map_err(outside)?;
    let index = IndexReader::new(bytes)?;
    let names: BTreeSet<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let base = file.pin.read(&attachment.columns.needed_for(&names)).await.map_err(outside)?;
    let reading = Reading { of_file, lake, schema, base, index };
    Ok(stream::try_unfold(reading, |mut reading| async move {
        Ok(reading.next().await?.map(|batch| (batch, reading)))
    }))
}

/// A file that is being read together with its index.
struct Reading {
    of_file: OfFile,
    lake: Lake,
    schema: SchemaRef,
    base: ParquetRecordBatchStream<File>,
    index: IndexReader,
}

impl Reading {
    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        let Some(batch) = self.base.next().await.transpose()? else {
            self.check_end().await?;
            return Ok(None);
        };
        let numbers = self.index.take(batch.num_rows())?;
        if numbers.num_rows() != batch.num_rows() {
            return exec_err!("an attached file has more rows than its index");
        }
        self.rows(&batch, &numbers).map(Some)
    }

    /// A file that changed while it was read is found as well.
    async fn check_end(&mut self) -> Result<()> {
        if !self.index.is_at_end()? {
            return exec_err!("an attached file has fewer rows than its index");
        }
        let (attachment, file) = self.of_file.get()?;
        attachment.check_file(file).await.map_err(outside)
    }

    fn rows(&self, batch: &RecordBatch, numbers: &RecordBatch) -> Result<RecordBatch> {
        let (attachment, file) = self.of_file.get()?;
        let said = OutsideRows::new(batch, &file.partition);
        let members = long(numbers, "member_number")?;
        let is_read = arrow::compute::is_not_null(members)?;
        let mut columns: BTreeMap<&str, ArrayRef> = BTreeMap::new();
        for field in self.schema.fields() {
            let name = field.name().as_str();
            let column = match name {
                RANGE => Arc::new(self.ranges(members)) as ArrayRef,
                "source" => Arc::new(self.source(&attachment.source, batch.num_rows())),
                number if index::COLUMNS.contains(&number) => {
                    Arc::new(long(numbers, number)?.clone())
                }
                _ => attachment.columns.column(name, &said)?,
            };
            columns.insert(name, column);
        }
        self.kept(&columns, &is_read)
    }

    /// The rows that are read, with the columns in the order of the schema.
    fn kept(
        &self,
        columns: &BTreeMap<&str, ArrayRef>,
        is_read: &BooleanArray,
    ) -> Result<RecordBatch> {
        let fields = self.schema.fields().iter();
        let kept = fields.map(|field| {
            let column = columns.get(field.name().as_str());
            let column = column.ok_or_else(|| exec_datafusion_err!("a column is missing"))?;
            Ok(arrow::compute::filter(column, is_read)?)
        });
        let kept = kept.collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(is_read.true_count()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), kept, &options)?)
    }

    fn ranges(&self, members: &Int64Array) -> Int64Array {
        let range = |member: i64| member.div_euclid(self.lake.members_per_range());
        members.iter().map(|member| member.map(range)).collect()
    }

    fn source(&self, source: &str, rows: usize) -> StringViewArray {
        std::iter::repeat_n(Some(source), rows).collect()
    }
}

fn long<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Int64Array> {
    let values = batch.column_by_name(name).and_then(|one| one.as_primitive_opt::<Int64Type>());
    values.ok_or_else(|| exec_datafusion_err!("an index without `{name}`"))
}

fn outside(error: LakeError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

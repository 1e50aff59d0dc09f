//! The place in a plan where refused rows stay behind, counted.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    compute::BatchCoalescer,
    datatypes::{Schema, SchemaRef, UInt32Type},
};
use datafusion::{
    common::{Result, Statistics, exec_err, tree_node::TreeNodeRecursion},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning,
        PlanProperties, RecordBatchStream, ReplaceChildrenOptions, StatisticsArgs,
        execution_plan::{Boundedness, EmissionType},
    },
};
use futures::{Stream, StreamExt};
use policy::ReasonSet;

use crate::sieve::Sieve;

/// Batches with more rows left than this go on as they are; smaller ones are put together.
const FULL_ENOUGH: usize = 1024;

/// Rows by the reasons against them.
pub(crate) type RowsByReasons = BTreeMap<ReasonSet, u64>;

/// What a table's scans counted: that of the first scan that saw all of its rows.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<Option<RowsByReasons>>);

impl Counts {
    /// The rows of the whole table, once a scan has seen all of them.
    pub(crate) fn complete(&self) -> Option<RowsByReasons> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, rows: RowsByReasons) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(rows);
    }
}

/// Passes on the rows with no reason against them, and counts all rows by their reasons.
///
/// The last column of the input holds the reasons, as [`ReasonSet::bits`]; it goes no further. It
/// tells the plan above nothing of how many rows there are or were.
#[derive(Debug)]
pub(crate) struct Admit {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
    tally: Arc<Tally>,
}

/// What the partitions of one scan counted so far.
#[derive(Debug)]
struct Tally {
    partitions: Mutex<Vec<Option<RowsByReasons>>>,
    /// Where the sum goes; `None` for a scan of a part of the table.
    counts: Option<Arc<Counts>>,
}

impl Admit {
    /// `counts` is given if the input has every row of the table.
    pub(crate) fn new(input: Arc<dyn ExecutionPlan>, counts: Option<Arc<Counts>>) -> Self {
        let partitions = input.output_partitioning().partition_count();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(without_last(&input.schema())),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let tally = Tally { partitions: Mutex::new(vec![None; partitions]), counts };
        Self { input, properties: Arc::new(properties), tally: Arc::new(tally) }
    }

    fn over(&self, mut children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match children.pop() {
            Some(input) => Ok(Arc::new(Self::new(input, self.tally.counts.clone()))),
            None => exec_err!("rows are admitted from one input"),
        }
    }
}

impl DisplayAs for Admit {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admit")
    }
}

impl ExecutionPlan for Admit {
    fn name(&self) -> &str {
        "Admit"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.over(children)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.over(children)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let schema = self.schema();
        let target = context.session_config().batch_size();
        Ok(Box::pin(Admitted {
            input: self.input.execute(partition, context)?,
            small: BatchCoalescer::new(Arc::clone(&schema), target),
            ready: VecDeque::new(),
            schema,
            rows: RowsByReasons::new(),
            partition,
            tally: Arc::clone(&self.tally),
            ended: false,
        }))
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        _: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(Arc::new(Statistics::new_unknown(&self.schema())))
    }
}

impl Tally {
    /// Books what a partition counted; the last one completes the sum.
    fn end(&self, partition: usize, rows: RowsByReasons) {
        let Some(counts) = &self.counts else { return };
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = partitions.get_mut(partition) {
            *slot = Some(rows);
        }
        let mut sum = RowsByReasons::new();
        for rows in partitions.iter() {
            let Some(rows) = rows else { return };
            for (reasons, rows) in rows {
                *sum.entry(*reasons).or_default() += rows;
            }
        }
        counts.set(sum);
    }
}

/// The admitted rows of one partition.
struct Admitted {
    input: SendableRecordBatchStream,
    small: BatchCoalescer,
    ready: VecDeque<RecordBatch>,
    schema: SchemaRef,
    rows: RowsByReasons,
    partition: usize,
    tally: Arc<Tally>,
    ended: bool,
}

impl Admitted {
    fn take_in(&mut self, mut batch: RecordBatch) -> Result<()> {
        if batch.num_columns() == 0 {
            return exec_err!("the rows come without their reasons");
        }
        let reasons = batch.remove_column(batch.num_columns() - 1);
        let Some(reasons) = reasons.as_primitive_opt::<UInt32Type>() else {
            return exec_err!("the reasons come as {}", reasons.data_type());
        };
        let kept = self.count(reasons.values()).sift(batch)?;
        // rows without a column are nothing but their number
        if kept.num_rows() > FULL_ENOUGH || kept.num_columns() == 0 {
            self.small.finish_buffered_batch()?;
            self.drain();
            self.ready.push_back(kept);
        } else {
            self.small.push_batch(kept)?;
            self.drain();
        }
        Ok(())
    }

    /// Counts the rows by their reasons; tells which of them pass.
    fn count(&mut self, reasons: &[u32]) -> Sieve {
        // most rows have no reason against them, and the others few different ones
        let mut counted = [(0_u32, 0_u64); 64];
        let sieve = Sieve::of(reasons, |reasons| {
            let place = reasons.wrapping_mul(0x9E37_79B9) >> 26;
            let Some((counted, rows)) = counted.get_mut(place as usize) else { return };
            if *counted == reasons {
                *rows += 1;
            } else {
                let (before, its_rows) = (*counted, *rows);
                (*counted, *rows) = (reasons, 1);
                self.book(before, its_rows);
            }
        });
        for (reasons, rows) in counted {
            self.book(reasons, rows);
        }
        self.book(0, sieve.kept() as u64);
        sieve
    }

    fn book(&mut self, reasons: u32, rows: u64) {
        if rows > 0 {
            *self.rows.entry(ReasonSet::from_bits(reasons)).or_default() += rows;
        }
    }

    fn drain(&mut self) {
        while let Some(batch) = self.small.next_completed_batch() {
            self.ready.push_back(batch);
        }
    }

    fn end(&mut self) -> Result<()> {
        self.ended = true;
        self.tally.end(self.partition, std::mem::take(&mut self.rows));
        self.small.finish_buffered_batch()?;
        self.drain();
        Ok(())
    }
}

impl Stream for Admitted {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(batch)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            let taken = match ready!(self.input.poll_next_unpin(context)) {
                Some(Ok(batch)) => self.take_in(batch),
                Some(Err(error)) => Err(error),
                None => self.end(),
            };
            if let Err(error) = taken {
                // rows that were not seen must not pass for counted ones
                self.ended = true;
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

impl RecordBatchStream for Admitted {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

fn without_last(schema: &Schema) -> SchemaRef {
    let fields = schema.fields();
    let (_, kept) = fields.split_last().map_or((None, &[][..]), |(last, kept)| (Some(last), kept));
    Arc::new(Schema::new(kept.to_vec()))
}

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::{Result, Statistics, tree_node::TreeNodeRecursion},
    datasource::provider_as_source,
    execution::{SendableRecordBatchStream, TaskContext},
    logical_expr::{
        Expr, LogicalPlan, LogicalPlanBuilder, Operator, TableProviderFilterPushDown, TableType,
    },
    physical_expr::PhysicalExpr,
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
        StatisticsArgs,
    },
};

/// The permitted rows of one table, as a table of its own.
///
/// Inside, a scan is filtered and masked; outside, nothing can be asked that would see a refused
/// row: no limit and no filter goes below, but for a range of the partition column compared with
/// a literal, and there are no statistics to answer `COUNT`, `MIN` and `MAX` from.
#[derive(Debug)]
pub(crate) struct Barrier {
    inner: Arc<dyn TableProvider>,
    /// Keeps the permitted rows; refers to the columns of `inner`.
    keep: Expr,
    /// What leaves, one expression for each column of the schema.
    columns: Vec<Expr>,
    schema: SchemaRef,
}

impl Barrier {
    pub(crate) fn new(inner: Arc<dyn TableProvider>, keep: Expr, columns: Vec<Expr>) -> Self {
        let schema = inner.schema();
        Self { inner, keep, columns, schema }
    }

    fn plan(&self, projection: Option<&Vec<usize>>, filters: &[Expr]) -> Result<LogicalPlan> {
        let source = provider_as_source(Arc::clone(&self.inner));
        let mut plan = LogicalPlanBuilder::scan("rows", source, None)?;
        for filter in filters {
            plan = plan.filter(filter.clone())?;
        }
        plan = plan.filter(self.keep.clone())?;
        let columns: Vec<Expr> = match projection {
            Some(wanted) => wanted.iter().filter_map(|at| self.columns.get(*at)).cloned().collect(),
            None => self.columns.clone(),
        };
        plan.project(columns)?.build()
    }
}

#[async_trait]
impl TableProvider for Barrier {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let verdict = |filter: &&Expr| {
            if compares_range(filter) {
                TableProviderFilterPushDown::Inexact
            } else {
                TableProviderFilterPushDown::Unsupported
            }
        };
        Ok(filters.iter().map(verdict).collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = self.plan(projection, filters)?;
        Ok(Arc::new(WithoutStatistics(session.create_physical_plan(&plan).await?)))
    }
}

/// Whether a filter compares the partition column with a literal, which cannot fail on any row.
fn compares_range(filter: &Expr) -> bool {
    let Expr::BinaryExpr(comparison) = filter else { return false };
    let compares = matches!(
        comparison.op,
        Operator::Eq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq
    );
    let on_range =
        matches!(comparison.left.as_ref(), Expr::Column(column) if column.name == lake::RANGE);
    compares && on_range && matches!(comparison.right.as_ref(), Expr::Literal(..))
}

/// Passes rows on and says nothing about how many or which there are.
#[derive(Debug)]
struct WithoutStatistics(Arc<dyn ExecutionPlan>);

impl DisplayAs for WithoutStatistics {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WithoutStatistics")
    }
}

impl ExecutionPlan for WithoutStatistics {
    fn name(&self) -> &str {
        "WithoutStatistics"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.0.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.0]
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
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self(children.swap_remove(0))))
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self(children.swap_remove(0))))
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        self.0.execute(partition, context)
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        _: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(Arc::new(Statistics::new_unknown(&self.schema())))
    }
}

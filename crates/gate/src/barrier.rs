use std::{collections::BTreeSet, sync::Arc};

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::{DFSchema, Result, exec_err},
    datasource::provider_as_source,
    logical_expr::{
        Expr, LogicalPlan, LogicalPlanBuilder, Operator, TableProviderFilterPushDown, TableType,
    },
    physical_expr::expressions::Column as PhysicalColumn,
    physical_plan::{
        ExecutionPlan, execute_stream,
        projection::{ProjectionExec, ProjectionExpr},
    },
    prelude::col,
};
use futures::TryStreamExt;

use crate::admit::{Admit, Counts, RowsByReasons};

/// The permitted rows of one table, as a table of its own.
///
/// Inside, a scan is filtered and masked; outside, nothing can be asked that would see a refused
/// row: no limit and no filter goes below, but for a range of the partition column compared with
/// a literal, and there are no statistics to answer `COUNT`, `MIN` and `MAX` from.
#[derive(Debug)]
pub(crate) struct Barrier {
    inner: Arc<dyn TableProvider>,
    /// Which rows are looked at; `None` looks at all. Refers to the columns of `inner`.
    looked_at: Option<Expr>,
    /// The reasons against each row, as `UInt32`; refers to the columns of `inner`.
    reasons: Expr,
    /// What leaves, one expression for each column of the schema.
    columns: Vec<Expr>,
    schema: SchemaRef,
    counts: Arc<Counts>,
}

/// The name of the column of reasons, which no table has.
const REASONS: &str = "reasons against";

impl Barrier {
    pub(crate) fn new(
        inner: Arc<dyn TableProvider>,
        looked_at: Option<Expr>,
        reasons: Expr,
        columns: Vec<Expr>,
    ) -> Self {
        let schema = inner.schema();
        Self { inner, looked_at, reasons, columns, schema, counts: Arc::default() }
    }

    /// The rows of the table by the reasons against them, once a scan has seen all of them.
    pub(crate) fn counted(&self) -> Option<RowsByReasons> {
        self.counts.complete()
    }

    /// The rows of the table by the reasons against them: what a scan counted, or counted now.
    pub(crate) async fn count(&self, session: &dyn Session) -> Result<RowsByReasons> {
        if let Some(rows) = self.counted() {
            return Ok(rows);
        }
        let plan = self.scan(session, Some(&Vec::new()), &[], None).await?;
        let mut rows = execute_stream(plan, session.task_ctx())?;
        while rows.try_next().await?.is_some() {}
        match self.counted() {
            Some(rows) => Ok(rows),
            None => exec_err!("a scan of the whole table counted only a part of it"),
        }
    }

    /// The looked-at rows with the columns of that name and, last, the reasons.
    fn decided(&self, names: &BTreeSet<String>, filters: &[Expr]) -> Result<LogicalPlan> {
        let source = provider_as_source(Arc::clone(&self.inner));
        let mut plan = LogicalPlanBuilder::scan("rows", source, None)?;
        for filter in filters.iter().chain(&self.looked_at) {
            plan = plan.filter(filter.clone())?;
        }
        let columns = names.iter().map(|name| col(name.as_str()));
        plan.project(columns.chain([self.reasons.clone().alias(REASONS)]))?.build()
    }

    /// The columns that are asked for.
    fn wanted(&self, projection: Option<&Vec<usize>>) -> Vec<&Expr> {
        match projection {
            Some(wanted) => wanted.iter().filter_map(|at| self.columns.get(*at)).collect(),
            None => self.columns.iter().collect(),
        }
    }
}

/// Computes what leaves from admitted rows; names are masked only in rows that pass.
fn leave(
    session: &dyn Session,
    admitted: Arc<dyn ExecutionPlan>,
    wanted: &[&Expr],
) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = admitted.schema();
    let of_schema = DFSchema::try_from(schema.as_ref().clone())?;
    let leaving = wanted.iter().map(|expression| {
        let name = expression.qualified_name().1;
        let expr = match expression {
            Expr::Column(column) => {
                Arc::new(PhysicalColumn::new_with_schema(&column.name, &schema)?)
            }
            computed => session.create_physical_expr((*computed).clone(), &of_schema)?,
        };
        Ok(ProjectionExpr { expr, alias: name })
    });
    let leaving = leaving.collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(ProjectionExec::try_new(leaving, admitted)?))
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
        let wanted = self.wanted(projection);
        let names: BTreeSet<_> = wanted
            .iter()
            .flat_map(|expression| expression.column_refs())
            .map(|column| column.name.clone())
            .collect();
        let decided = session.create_physical_plan(&self.decided(&names, filters)?).await?;
        let counts = filters.is_empty().then(|| Arc::clone(&self.counts));
        let admitted = Arc::new(Admit::new(decided, counts));
        if wanted.is_empty() { Ok(admitted) } else { leave(session, admitted, &wanted) }
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

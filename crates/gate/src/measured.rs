//! What the benchmarks need and nothing else does: the shipped plan over a table and facts of
//! their own. It is no way out of the lake: whoever calls it brings the rows.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::{catalog::TableProvider, prelude::col};
use lake::Table;
use policy::{Ambiguous, Instant, Policy, Purpose};
use store::Snapshot;

use crate::{
    Accounting, Evaluator, NameFinder, NamesToRedact,
    barrier::Barrier,
    functions::{Evaluation, Evaluations, Functions},
    prepare::Preparation,
    redactor::Redactor,
};

/// A table of the caller's behind the shipped gate.
pub struct Measured {
    barrier: Arc<Barrier>,
    evaluation: Arc<Evaluation>,
    /// Keeps the evaluation loaded.
    _evaluations: Arc<Evaluations>,
    table: Table,
}

impl Measured {
    /// The shipped plan over `rows`, which have the columns of `table`.
    ///
    /// # Errors
    /// If the names are too many.
    pub fn new(
        rows: Arc<dyn TableProvider>,
        table: Table,
        evaluator: Evaluator,
        names: BTreeSet<String>,
    ) -> Result<Self, aho_corasick::BuildError> {
        const IDENTITY: &str = "measured";
        let names = NamesToRedact { members: names, ..NamesToRedact::default() };
        let finder = NameFinder::new(&names, Ambiguous::Redact)?;
        let redactor = Redactor::new(finder, Default::default());
        let evaluations = Arc::new(Evaluations::default());
        let functions = Functions::over(&evaluations);
        let columns = match redactor.is_idle() {
            true => table.columns().map(|column| col(column.name)).collect(),
            false => functions.masked(IDENTITY, table),
        };
        let evaluation = Arc::new(Evaluation { redactor, evaluator });
        evaluations.insert(IDENTITY.to_owned(), Arc::clone(&evaluation));
        let reasons = functions.reasons_of(IDENTITY, table, Ambiguous::Redact);
        let barrier = Arc::new(Barrier::new(rows, None, reasons, columns));
        Ok(Self { barrier, evaluation, _evaluations: evaluations, table })
    }

    /// The permitted rows.
    pub fn rows(&self) -> Arc<dyn TableProvider> {
        Arc::clone(&self.barrier) as Arc<dyn TableProvider>
    }

    /// Who decides.
    pub fn evaluator(&self) -> &Evaluator {
        &self.evaluation.evaluator
    }

    /// What the scan counted, once it has seen all rows.
    pub fn accounting(&self) -> Option<Accounting> {
        let mut accounting = Accounting::default();
        accounting.book_all(self.table, &self.barrier.counted()?);
        Some(accounting)
    }
}

impl Evaluator {
    /// Resolves everybody's answer from facts that were folded in memory.
    #[doc(hidden)]
    pub fn of_snapshot(
        purpose: &Purpose,
        as_of: Instant,
        policy: Arc<Policy>,
        snapshot: &Snapshot,
    ) -> Self {
        Preparation::start(purpose, as_of, policy, snapshot).finish().0
    }
}

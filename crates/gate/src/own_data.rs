use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use datafusion::{logical_expr::lit, prelude::col};
use lake::Table;
use policy::{LakeVersion, MemberNumber};

use crate::{Gate, GateError, Result, columns::session};

/// Everything that the lake holds of one member, for that member alone.
///
/// It is no [`crate::Permitted`]: nobody can train on it, index it or share it by way of the gate.
#[derive(Debug, Clone)]
pub struct OwnData {
    /// Whose rows they are.
    pub member: MemberNumber,
    /// The newest lake version among them.
    pub lake_version: LakeVersion,
    /// Every table that has rows of the member, in [`Table::scan_schema`], sorted by item. In
    /// `mentions` these are the places where others' texts name the member.
    pub tables: BTreeMap<Table, Vec<RecordBatch>>,
}

impl Gate {
    /// A member's own rows, for access and portability (GDPR
    /// [art. 15](https://gdpr-info.eu/art-15-gdpr/) and
    /// [art. 20](https://gdpr-info.eu/art-20-gdpr/)): all of them, also those that nobody else may
    /// see. No policy and no choice is asked; nothing is masked, and nobody is refused. After an
    /// erasure there is nothing left to give, whatever the lake still has.
    ///
    /// # Errors
    /// If the member is unknown, facts may be missing, or the lake cannot be read.
    pub async fn own_data(&self, member: MemberNumber) -> Result<OwnData> {
        let count = self.store().member_count().await;
        let count = count.map_err(GateError::store("counting members"))?;
        if !(0..count).contains(&member.as_i64()) {
            return Err(GateError::UnknownMember { member });
        }
        self.check_whole().await?;
        let erasure = self.store().erasure_of(member).await;
        let is_erased = erasure.map_err(GateError::store("looking for an erasure"))?.is_some();
        let head = self.lake().head().await.map_err(GateError::lake("opening the lake"))?;
        let mut tables = BTreeMap::new();
        for table in Table::ALL.iter().filter(|_| !is_erased) {
            let provider = head.table(*table).await;
            let provider = provider.map_err(GateError::lake("opening a table"))?;
            let of_member = col(lake::RANGE)
                .eq(lit(self.lake().range_of(member)))
                .and(col("member_number").eq(lit(member.as_i64())));
            let frame = session(None).read_table(provider);
            let frame = frame
                .and_then(|frame| frame.filter(of_member))
                .and_then(|frame| frame.sort(vec![col("item").sort(true, false)]));
            let frame = frame.map_err(GateError::plan("planning a look-up"))?;
            let mut batches =
                frame.collect().await.map_err(GateError::plan("reading a member's rows"))?;
            batches.retain(|batch| batch.num_rows() > 0);
            if !batches.is_empty() {
                tables.insert(*table, batches);
            }
        }
        Ok(OwnData { member, lake_version: head.version(), tables })
    }
}

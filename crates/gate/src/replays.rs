//! After facts came from the journal: the lake is brought to what they say before anybody uses it.

use lake::{Erasure, Table};
use policy::Instant;

use crate::{Gate, GateError, Result, mentions::WAIT};

impl Gate {
    /// Takes those rows out of the lake that left it by facts which came from the journal: a lake
    /// from a backup has them again. Returns how many rows went; safe to repeat.
    ///
    /// # Errors
    /// If the store or the lake cannot be read or written.
    pub async fn settle_replays(&self, at: Instant) -> Result<u64> {
        let read = || GateError::store("reading replays");
        if self.store().unsettled_replays().await.map_err(read())?.is_empty() {
            return Ok(0);
        }
        // the names in rows that go are written down before
        self.resolve_mentions(at).await?;
        let writer = self.lake().writer_within(WAIT).await;
        let mut writer = writer.map_err(GateError::lake("opening the lake"))?;
        let mut gone = 0;
        // Read again: whoever had the lock may have done it.
        for replay in self.store().unsettled_replays().await.map_err(read())? {
            let withdrawn = self.store().rows_withdrawn(replay).await.map_err(read())?;
            let tables = Table::ALL.iter().filter(|table| **table != Table::Mentions);
            let rows = tables
                .flat_map(|table| withdrawn.iter().map(|(member, item)| (*table, *member, *item)));
            let erasure = Erasure { members: Vec::new(), rows: rows.collect() };
            if !erasure.rows.is_empty() {
                let erased = writer.erase(&erasure, at).await;
                gone += erased.map_err(GateError::lake("erasing"))?.rows_removed();
            }
            let settled = self.store().settle_replay(replay, at).await;
            settled.map_err(GateError::store("settling a replay"))?;
        }
        Ok(gone)
    }

    /// Whether all facts are there, and the lake is where they say.
    pub(crate) async fn check_whole(&self) -> Result<()> {
        self.store().check_open().map_err(GateError::store("looking for missing facts"))?;
        let replays = self.store().unsettled_replays().await;
        match replays.map_err(GateError::store("reading replays"))?.first() {
            Some(replay) => Err(GateError::Unsettled { from: replay.from, to: replay.to }),
            None => Ok(()),
        }
    }
}

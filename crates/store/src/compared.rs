//! The facts of a store beside those of its journal.

use std::path::Path;

use policy::Sequence;

use crate::{Fact, Result, Store, journal::Journal};

/// About how many facts are compared at a time.
const STRIDE: usize = 20_000;

impl Store {
    /// The first fact that the store has otherwise than the journal in a folder, up to the place
    /// in it that the store has come to; `None` if they say the same. Facts are only ever added,
    /// so whatever differs was changed behind the back of both.
    ///
    /// # Errors
    /// If either cannot be read.
    pub async fn differs_from_journal(&self, folder: &Path) -> Result<Option<Sequence>> {
        let Some((_, end)) = self.journal_end().await? else { return Ok(None) };
        let journal = Journal::new(folder);
        let (mut after, mut reader) = journal.whole()?;
        let mut kept = Vec::new();
        while reader.end().entries < end.entries
            && let Some(entry) = journal.next(&mut reader)?
        {
            kept.extend(entry.facts.into_facts()?);
            if kept.len() >= STRIDE {
                if let Some(differs) = self.differs(&kept, after).await? {
                    return Ok(Some(differs));
                }
                after = kept.last().map_or(after, |fact| fact.sequence);
                kept.clear();
            }
        }
        self.differs(&kept, after).await
    }

    /// The first fact behind `after` that is not one of `kept`, or is missing.
    async fn differs(&self, kept: &[Fact], after: Sequence) -> Result<Option<Sequence>> {
        let Some(last) = kept.last() else { return Ok(None) };
        let stored = self.facts_between(after, last.sequence).await?;
        let differing = kept.iter().zip(&stored).find(|(kept, stored)| kept != stored);
        let longer = if kept.len() > stored.len() { kept } else { &stored };
        let beyond = longer.get(kept.len().min(stored.len()));
        let first = differing.map(|(kept, stored)| kept.sequence.min(stored.sequence));
        Ok(first.or(beyond.map(|fact| fact.sequence)))
    }
}

//! What the benchmarks need and nothing else does.

use text::minhash::MinHash;

use crate::{
    DocumentId, Result, SliceKey,
    earlier::Earlier,
    standing::{self, Standing},
};

/// Texts of the caller's, of which one stands for those that are nearly the same.
pub struct MeasuredDuplicates {
    standing: Standing,
    key: SliceKey,
    minhash: MinHash,
}

impl MeasuredDuplicates {
    /// With the recipe's default parameters.
    pub fn new() -> Self {
        let minhash = MinHash::new(text::minhash::Parameters::default());
        Self { standing: Standing::new(), key: SliceKey::new([7; 32]), minhash }
    }

    /// Takes in the text of a document.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn push(&mut self, document: i64, text: &str) -> Result<()> {
        let traits = standing::traits(self.key.text(text), self.minhash.bands(text));
        self.standing.push(DocumentId::from_i64(document), &traits)
    }

    /// How many documents another one stands for, among those from 0 on.
    ///
    /// # Errors
    /// If a temporary file cannot be read.
    pub fn stood_for(self, documents: i64) -> Result<u64> {
        let stood_for = self.standing.finish(Earlier::default())?;
        let mut count = 0;
        for document in 0..documents {
            count += u64::from(stood_for.reason(DocumentId::from_i64(document))?.is_some());
        }
        Ok(count)
    }
}

impl Default for MeasuredDuplicates {
    fn default() -> Self {
        Self::new()
    }
}

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{CorpusError, Result};

/// What a part of the corpus is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// To learn from: 90 of 100 members.
    Train,
    /// To choose between models: 5 of 100 members.
    Validation,
    /// To measure the chosen one: 5 of 100 members.
    Test,
}

/// Where rows of a member lie: all of them in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// What it is for.
    pub split: Split,
    /// From 0; shards are learned from independently of each other.
    pub shard: u16,
    /// From 0; slices of a shard are learned from one after the other.
    pub slice: u16,
}

/// Into how many cells each split is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Configuration {
    shards: u16,
    slices: u16,
}

impl Split {
    /// Every split.
    pub const ALL: &'static [Self] = &[Self::Train, Self::Validation, Self::Test];

    /// The name of its folder.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }

    /// How many of 100 members it has.
    pub const fn share(self) -> u64 {
        match self {
            Self::Train => 90,
            Self::Validation | Self::Test => 5,
        }
    }

    /// The split of whoever drew a number below 100.
    pub(crate) fn of_hundredth(drawn: u64) -> Self {
        let mut bound = 0;
        for split in Self::ALL {
            bound += split.share();
            if drawn < bound {
                return *split;
            }
        }
        Self::Train
    }
}

impl Configuration {
    /// The greatest number of cells in a split: one file of each split is open during a build.
    pub const MOST_CELLS: u32 = 256;

    /// Cuts each split into `shards` times `slices` cells.
    ///
    /// # Errors
    /// [`CorpusError::Configuration`] if either is 0, or their product above
    /// [`Self::MOST_CELLS`].
    pub fn new(shards: u16, slices: u16) -> Result<Self> {
        let cells = u32::from(shards) * u32::from(slices);
        if cells == 0 || cells > Self::MOST_CELLS {
            return Err(CorpusError::Configuration { shards, slices, most: Self::MOST_CELLS });
        }
        Ok(Self { shards, slices })
    }

    /// Shards in each split.
    pub const fn shards(self) -> u16 {
        self.shards
    }

    /// Slices in each shard.
    pub const fn slices(self) -> u16 {
        self.slices
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/shard-{}-slice-{}", self.split, self.shard, self.slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_the_splits_sum_to_a_hundred() {
        assert_eq!(Split::ALL.iter().map(|split| split.share()).sum::<u64>(), 100);
    }

    #[test]
    fn configurations_without_cells_or_with_too_many_are_refused() {
        for (shards, slices) in [(0, 1), (1, 0), (17, 16), (u16::MAX, u16::MAX)] {
            assert!(Configuration::new(shards, slices).is_err(), "{shards} x {slices}");
        }
        assert!(Configuration::new(16, 16).is_ok());
    }
}

//! What lies on disk for a while, so that memory is bounded however much there is: sorted records
//! of numbers once they are many, and texts in parts.
//!
//! A record is a fixed number of 64-bit words. Files are temporary and have no name: they are gone
//! when whoever reads them is, also after a crash.

mod lookup;
mod parts;
mod run;
mod sorted;
mod sorter;

pub use lookup::Lookup;
pub use parts::{Parts, Texts};
pub use sorted::{Records, Sorted};
pub use sorter::Sorter;

/// Why records could not be kept or read again.
#[derive(Debug, thiserror::Error)]
pub enum SpillError {
    /// A temporary file could not be made or written: most likely the disk is full.
    #[error("cannot write a temporary file in `{}`", std::env::temp_dir().display())]
    Write {
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A temporary file could not be read again.
    #[error("cannot read a temporary file in `{}`", std::env::temp_dir().display())]
    Read {
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
}

/// The result of whatever is done with records.
pub type Result<T, E = SpillError> = std::result::Result<T, E>;

impl SpillError {
    const fn write(source: std::io::Error) -> Self {
        Self::Write { source }
    }

    const fn read(source: std::io::Error) -> Self {
        Self::Read { source }
    }
}

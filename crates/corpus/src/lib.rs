//! From permitted rows to a documented training set that follows removals.
//!
//! A corpus is a function of the facts, the lake version, the configuration and a key: the same
//! inputs give the same bytes, file by file. It is cut into cells, and all rows of a member lie in
//! one of them. Equal texts appear once; when the document that stood for them is released,
//! another takes its place. After a release the files equal those of a clean build.
//!
//! [`Corpora::build`] makes one, [`Corpora::open`] reads one, [`Corpus::for_each_pair`] makes task
//! pairs of its documents, and as a [`gate::Holder`] it gives up what removals ask for.

mod accounting;
mod build;
mod cell;
mod changes;
mod corpora;
mod document;
mod draft;
mod earlier;
mod error;
mod folder;
mod following;
mod key;
mod lineage;
mod manifest;
pub mod measured;
mod overview;
mod owned;
mod pairs;
mod paragraphs;
mod reading;
mod recipe;
mod release;
mod sealed;
mod shard;
mod spilled;
mod standing;
mod table_file;

pub use accounting::{DocumentAccounting, DocumentCounts, LeftOut};
pub use build::{BuildRequest, Built};
pub use cell::{Cell, Configuration, Split};
pub use corpora::{Corpora, Corpus, Step, is_of};
pub use document::{Document, DocumentId};
pub use error::{CorpusError, Result};
pub use folder::is_name;
pub use key::SliceKey;
pub use manifest::{CorpusFile, Cut, Followed, Manifest, Released, ShardFile, Shares};
pub use overview::{HolderOverview, Overview};
pub use owned::Owner;
pub use pairs::{Pair, Task, UnknownTask};
pub use paragraphs::{Paragraphs, UnknownParagraphs};
pub use recipe::{Duplicates, Languages, Recipe, Steps, Tried};
pub use sealed::SealedFile;
pub use table_file::{Finished, Layout, TableFile};

//! A sealed corpus is given out to a holder elsewhere, described in the formats of the field.
//!
//! The caller reads the documents, and the task pairs that are made of them, and hands them over row
//! by row: [`JsonLines`] writes them with flat memory, [`Statistics`] counts them. What is known of the corpus as a whole is a
//! [`Dataset`]. From these three follow a Croissant description ([`croissant()`]), a dataset card
//! ([`dataset_card()`]), plots ([`plots`]) and the public summary of training content of the AI Act
//! ([`summary()`]); [`Description::write`] puts all of them into a folder.
//!
//! Everything is a function of its arguments: no clock, no chance, every map sorted. Names are
//! anybody's words and are escaped for each format.

#![forbid(unsafe_code)]

mod croissant;
mod dataset;
mod dataset_card;
mod description;
mod error;
mod escape;
mod instant;
mod json_lines;
mod numbers;
mod pair;
pub mod plots;
mod records;
mod row;
mod split;
mod statistics;
mod summary;

pub use croissant::{NAMESPACE, croissant};
pub use dataset::{
    AttachedFile, AttachedTable, CorpusFile, Cut, Dataset, DocumentCounts, FactRange, Followed,
    RowCounts, Shares,
};
pub use dataset_card::dataset_card;
pub use description::{Description, overview};
pub use error::{HandoverError, Result};
pub use instant::Instant;
pub use json_lines::{Compression, ExportedFile, JsonLines};
pub use pair::PairRow;
pub use policy::aipref;
pub use records::Records;
pub use row::{Row, document_name, parse_document_name};
pub use split::Split;
pub use statistics::{Lengths, SliceMembers, Statistics};
pub use summary::{Language, Origin, Provider, Told, summary};

//! Holders that are not ours: a training job, an index, a warehouse, which took documents of a
//! corpus along.
//!
//! Such a holder is registered before it is given anything ([`Elsewhere::register`]). Every export
//! ([`Elsewhere::export`]) puts on record which documents of whom left, before the first of them does.
//! When a removal changes what it may have, it waits, and is told what has to go
//! ([`Elsewhere::to_go`]), until it shows that it is made of a newer export
//! ([`Elsewhere::release`]). A removal that changes nothing that it may have it follows by itself.
//!
//! Nothing here trusts that what left is where it was: what a holder may have is what it was given
//! and did not show to be gone.

#![forbid(unsafe_code)]

mod draft;
mod error;
mod evidence;
mod export;
mod folder;
mod holder;
mod index;
mod record;
mod release;
mod to_go;

pub use draft::NAMES;
pub use error::{ElsewhereError, Result};
pub use evidence::{Claim, ClaimedArtefact, Evidence, SeenArtefact};
pub use export::Exporting;
pub use holder::{Elsewhere, KIND, NewElsewhere, Overview};
pub use record::{Export, ExportedCell, Registered};
pub use release::ReleasedElsewhere;
pub use to_go::{ToGo, What};

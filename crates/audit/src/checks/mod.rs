//! One idea of what can be wrong in each file.

pub(crate) mod accounting;
pub(crate) mod erased;
pub(crate) mod lake;
pub(crate) mod lineage;
pub(crate) mod record;
pub(crate) mod removals;
pub(crate) mod rows;
pub(crate) mod store;
pub(crate) mod texts;

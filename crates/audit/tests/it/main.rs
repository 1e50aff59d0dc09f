//! The audit, from outside.

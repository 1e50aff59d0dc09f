//! The words of purpose limitation and the rule that decides over a member's data.
//!
//! This crate is pure: no I/O, no clock, no async. Everything else in the workspace speaks its
//! words; nothing here knows of files, tables or services.

pub mod aipref;
mod country;
mod decide;
mod diff;
mod document;
mod error;
mod explain;
mod facts;
mod family_names;
mod ids;
mod instant;
mod member_set;
mod nearest;
mod places;
mod policy;
mod problems;
mod reason;
mod shipped;
mod structured_fields;
mod supersede;
mod table;
mod titles;
mod words;

pub use country::{Country, Group, Region};
pub use decide::{Decision, RULES, Request, Rule, decide, must_be_redacted};
pub use diff::{Change, What, diff};
pub use error::{PolicyError, Problem};
pub use facts::{Answer, ChoiceInForce, Choices, Facts, ItemFacts};
pub use family_names::FAMILY_NAMES;
pub use ids::{ItemId, LakeVersion, MemberNumber, PolicyHash, Sequence};
pub use instant::{Day, Instant};
pub use member_set::MemberSet;
pub use nearest::edit_distance;
pub use policy::{
    Ambiguous, Cell, ObjectionScope, Policy, Purpose, PurposeRules, SpecialCategories, Text,
};
pub use problems::{Problems, line_of};
pub use reason::{Reason, ReasonSet};
pub use shipped::{shipped, shipped_policy};
pub use table::decision_table;
pub use titles::{TITLES, TITLES_GO_ON, TITLES_OR_NAMES};
pub use words::{AgeClass, Basis, Category, Status, UnknownWord, Visibility};

//! What is done to one text, and nothing else: no I/O, no clock, no member is known here.
//!
//! [`personal_data`] finds what tells who somebody is or where they can be reached, [`redaction`]
//! replaces it, and [`language`] says in which language a text is.

pub mod language;
pub mod personal_data;
pub mod redaction;

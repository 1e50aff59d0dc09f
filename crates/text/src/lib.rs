//! What is done to one text, and nothing else: no I/O, no clock, no member is known here.
//!
//! [`normalisation`] makes clean how a text is written, [`personal_data`] finds what tells who
//! somebody is or where they can be reached, [`redaction`] replaces it, [`language`] says in which
//! language a text is, [`quality`] whether it is worth learning from, [`minhash`] by what texts are
//! known that are nearly the same, and [`sensitive`] whether it is of a special category of personal
//! data.

pub mod language;
pub mod minhash;
mod named;
pub mod normalisation;
pub mod personal_data;
pub mod quality;
pub mod redaction;
pub mod scripts;
pub mod sensitive;

//! A synthetic professional network and a clock that stands still.
//!
//! [`Network::generate`] makes members and what they wrote from a size and a seed; the same two
//! always give the same network. Everything that a test may want to ask is a typed value: who is
//! named where and in which form, which texts are copies, which personal facts were planted.
//! [`Network::write_events`] writes the network as the events that the platform would hand over.
//! [`Archive`] is the copy of their data that a member of LinkedIn gets, with every oddity.
//! [`PostgresServer`] is a server of a test's own, where one is installed.
//! [`S3Server`] is a bucket to put a lake into. [`steps_back`] makes a store one of an earlier
//! version.

mod archive;
mod canary;
mod chance;
mod clock;
mod draft;
mod english;
mod event;
mod facts;
mod fuzz;
mod german;
mod grammar;
mod item;
mod malformed;
mod member;
mod names;
mod network;
mod older;
mod population;
mod postgres;
mod s3;
mod vocabulary;
mod writing;

pub use archive::{Archive, ArchiveMember, ArchivePost, PRIVATE_WORD, Quirks, RawEntry, zip_of};
pub use canary::Canary;
pub use clock::FixedClock;
pub use fuzz::Fuzz;
pub use item::{Activity, Item, ItemKind, Naming, NamingForm, Reference, Sealed};
pub use malformed::{MALFORMED_EVENTS, MalformedEvent};
pub use member::{Education, Language, Member, PlantedFact, PlantedKind, Position, Profile, Skill};
pub use network::{Network, NetworkSize};
pub use older::steps_back;
pub use postgres::PostgresServer;
pub use s3::S3Server;

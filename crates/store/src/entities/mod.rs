//! The rows as they stand in the tables; everything typed is made from these in one place.
//!
//! Instants are microseconds since 1970, days and words are text, JSON is text.

/// One table: its module, its name and its columns.
macro_rules! table {
    ($(#[$doc:meta])* $module:ident, $name:literal, { $($columns:tt)* }) => {
        $(#[$doc])*
        #[expect(unreachable_pub, reason = "the derive asks for `pub`")]
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(
                Clone, Debug, PartialEq, Eq, DeriveEntityModel,
                serde::Serialize, serde::Deserialize,
            )]
            #[serde(deny_unknown_fields)]
            #[sea_orm(table_name = $name)]
            pub struct Model { $($columns)* }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

mod held;
mod people;
mod said;

pub(crate) use held::*;
pub(crate) use people::*;
pub(crate) use said::*;

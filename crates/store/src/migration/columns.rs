use sea_orm_migration::prelude::{ColumnDef, Index, IndexCreateStatement};

/// 64-bit, required.
pub(super) fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// 64-bit, may be missing.
pub(super) fn maybe_number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().null().take()
}

/// The 64-bit primary key, given by the store.
pub(super) fn key(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().primary_key().take()
}

/// The 64-bit primary key, given by the database.
pub(super) fn own_key(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().auto_increment().primary_key().take()
}

/// The primary key as text, given by the caller.
pub(super) fn text_key(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().primary_key().take()
}

/// The primary key as 16 bytes, given by the caller.
pub(super) fn hash_key(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).binary_len(16).not_null().primary_key().take()
}

/// Text, required.
pub(super) fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

/// Text, may be missing.
pub(super) fn maybe_text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().null().take()
}

/// Yes or no.
pub(super) fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}

/// An index named after its table and columns.
pub(super) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_by_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

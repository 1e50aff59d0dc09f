//! SQLite on the thread that asks. A statement through the pool goes to the database's own thread
//! and back, which takes longer than the statement; a choice takes six of them.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{
    Connection, ParamsFromIter, Row, Transaction, TransactionBehavior, params_from_iter,
    types::{Value as Cell, ValueRef},
};
use sea_orm::{DbErr, RuntimeErr, Statement, Value};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::error::Doing;

/// One connection. It blocks while another process writes.
#[derive(Debug, Clone)]
pub(crate) struct InThread(Arc<Mutex<Connection>>);

impl InThread {
    /// Opens a file that has its tables; `pragmas` are statements to begin with.
    pub(crate) fn open(path: &Path, pragmas: &str) -> Result<Self, DbErr> {
        let connection = Connection::open(path).map_err(connecting)?;
        connection.execute_batch(pragmas).map_err(connecting)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Does work in a transaction that holds the write lock from its first moment; it is rolled
    /// back unless the work commits it.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(Transaction<'_>) -> crate::Result<T>,
    ) -> crate::Result<T> {
        let mut connection = self.lock();
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        work(tx.map_err(executing).doing("beginning a transaction")?)
    }

    /// Moves what was committed from the log into the file, as far as nobody reads it there.
    pub(crate) fn checkpoint(&self) -> Result<(), DbErr> {
        let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)";
        self.lock().query_row(checkpoint, [], |_| Ok(())).map_err(executing)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows that a statement finds, as the models of an entity.
pub(crate) fn rows<M: DeserializeOwned>(
    tx: &Connection,
    statement: Statement,
) -> Result<Vec<M>, DbErr> {
    let mut prepared = tx.prepare_cached(&statement.sql).map_err(querying)?;
    let columns: Vec<_> = prepared.columns().iter().map(Column::of).collect();
    let rows = prepared.query_map(bound(statement)?, |row| read(row, &columns));
    let rows: rusqlite::Result<Vec<_>> = rows.and_then(Iterator::collect);
    let model = |row| serde_json::from_value(row).map_err(|error| DbErr::Json(error.to_string()));
    rows.map_err(querying)?.into_iter().map(model).collect()
}

/// Executes a statement that finds nothing.
pub(crate) fn execute(tx: &Connection, statement: Statement) -> Result<(), DbErr> {
    let mut prepared = tx.prepare_cached(&statement.sql).map_err(executing)?;
    prepared.execute(bound(statement)?).map(|_| ()).map_err(executing)
}

/// Commits a transaction.
pub(crate) fn commit(tx: Transaction<'_>) -> Result<(), DbErr> {
    tx.commit().map_err(executing)
}

/// What a row does not say of its column.
struct Column {
    name: String,
    is_flag: bool,
}

impl Column {
    fn of(column: &rusqlite::Column<'_>) -> Self {
        let is_flag = column.decl_type().is_some_and(|kind| kind.eq_ignore_ascii_case("boolean"));
        Self { name: column.name().to_owned(), is_flag }
    }
}

fn read(row: &Row<'_>, columns: &[Column]) -> rusqlite::Result<Json> {
    let mut model = Map::new();
    for (at, column) in columns.iter().enumerate() {
        let value = match row.get_ref(at)? {
            ValueRef::Null => Json::Null,
            ValueRef::Integer(number) if column.is_flag => Json::Bool(number != 0),
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => Json::String(row.get(at)?),
        };
        model.insert(column.name.clone(), value);
    }
    Ok(Json::Object(model))
}

fn bound(statement: Statement) -> Result<ParamsFromIter<Vec<Cell>>, DbErr> {
    let values = statement.values.map(|values| values.0).unwrap_or_default();
    let cells: Result<Vec<_>, _> = values.into_iter().map(cell).collect();
    Ok(params_from_iter(cells?))
}

/// A value as it is bound: columns of the store hold numbers, flags and texts.
fn cell(value: Value) -> Result<Cell, DbErr> {
    match value {
        Value::Bool(flag) => Ok(flag.map_or(Cell::Null, |flag| Cell::Integer(flag.into()))),
        Value::BigInt(number) => Ok(number.map_or(Cell::Null, Cell::Integer)),
        // limits
        Value::BigUnsigned(Some(number)) if i64::try_from(number).is_ok() => {
            Ok(Cell::Integer(number.cast_signed()))
        }
        Value::String(text) => Ok(text.map_or(Cell::Null, Cell::Text)),
        other => Err(DbErr::Type(format!("no column of the store can hold `{other:?}`"))),
    }
}

fn connecting(error: rusqlite::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(error.to_string()))
}

fn querying(error: rusqlite::Error) -> DbErr {
    DbErr::Query(RuntimeErr::Internal(error.to_string()))
}

fn executing(error: rusqlite::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(error.to_string()))
}

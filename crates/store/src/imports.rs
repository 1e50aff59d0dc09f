use policy::Instant;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};

use crate::{
    Result, Store, StoreError,
    entities::{declarations, imports},
    error::Doing,
    ledger::Ledger,
    read::maybe_json,
};

/// One run of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Names the run.
    pub id: i64,
    /// What was imported.
    pub source: String,
    /// When it started.
    pub started_at: Instant,
    /// When it ended, and with what; `None` while it runs, or if it was cut off.
    pub finished: Option<(Instant, ImportReport)>,
}

/// What an import made of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows that are in the lake now.
    pub accepted: i64,
    /// Rows that are not.
    pub refused: i64,
    /// The refused rows by reason, and whatever else the source reports.
    pub report: serde_json::Value,
}

impl Store {
    /// Keeps the text of an import declaration under its hash; the same hash is kept once.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn record_declaration(&self, hash: &str, text: &str, at: Instant) -> Result<()> {
        let writing = self.write().await?;
        if find_declaration(&writing.tx, hash).await?.is_none() {
            let row = declarations::Model {
                hash: hash.to_owned(),
                text: text.to_owned(),
                recorded_at: at.as_micros(),
            };
            Ledger::open(&writing).await?.add_declaration(row).await?;
        }
        writing.commit().await
    }

    /// The text of an import declaration.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn declaration(&self, hash: &str) -> Result<Option<String>> {
        find_declaration(&self.db, hash).await
    }

    /// Notes that an import starts, and returns its id.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn start_import(&self, source: &str, at: Instant) -> Result<i64> {
        let writing = self.write().await?;
        let row = imports::ActiveModel {
            source: Set(source.to_owned()),
            started_at: Set(at.as_micros()),
            ..Default::default()
        };
        let inserted = imports::Entity::insert(row).exec(&writing.tx).await;
        let id = inserted.doing("starting an import")?.last_insert_id;
        writing.commit().await?;
        Ok(id)
    }

    /// Notes how an import ended.
    ///
    /// # Errors
    /// If there is no such import, or it is finished.
    pub async fn finish_import(&self, id: i64, report: &ImportReport, at: Instant) -> Result<()> {
        let writing = self.write().await?;
        let updated = imports::Entity::update_many()
            .col_expr(imports::Column::FinishedAt, Expr::value(at.as_micros()))
            .col_expr(imports::Column::RowsAccepted, Expr::value(report.accepted))
            .col_expr(imports::Column::RowsRefused, Expr::value(report.refused))
            .col_expr(imports::Column::Report, Expr::value(report.report.to_string()))
            .filter(imports::Column::Id.eq(id))
            .filter(imports::Column::FinishedAt.is_null())
            .exec(&writing.tx)
            .await
            .doing("finishing an import")?;
        if updated.rows_affected == 0 {
            return Err(StoreError::ImportUnknown { import: id });
        }
        writing.commit().await
    }

    /// Every import, oldest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn imports(&self) -> Result<Vec<Import>> {
        let rows = imports::Entity::find().order_by_asc(imports::Column::Id).all(&self.db).await;
        rows.doing("reading imports")?.into_iter().map(read).collect()
    }
}

async fn find_declaration<C: sea_orm::ConnectionTrait>(
    db: &C,
    hash: &str,
) -> Result<Option<String>> {
    let row = declarations::Entity::find_by_id(hash.to_owned()).one(db).await;
    Ok(row.doing("reading a declaration")?.map(|row| row.text))
}

fn read(row: imports::Model) -> Result<Import> {
    let report = maybe_json("report", row.report.as_deref())?.unwrap_or_default();
    let finished = row.finished_at.map(|finished_at| {
        let accepted = row.rows_accepted.unwrap_or_default();
        let refused = row.rows_refused.unwrap_or_default();
        (Instant::from_micros(finished_at), ImportReport { accepted, refused, report })
    });
    let started_at = Instant::from_micros(row.started_at);
    Ok(Import { id: row.id, source: row.source, started_at, finished })
}

use std::collections::BTreeMap;

use policy::{Instant, ItemId, LakeVersion, MemberNumber};
use serde::{Deserialize, Serialize};

use crate::{
    Operation, Result, Table, Writer,
    log::{Change, ChangeKind},
    rewrite::Doomed,
    writer::Plan,
};

/// What is to leave the lake for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erasure {
    /// Every row of these members, and every mention that points into their texts. Mentions that
    /// name them in others' texts stay: they are how a redaction finds the names.
    pub members: Vec<MemberNumber>,
    /// These rows, and every mention that points into them and all that was found in them.
    pub rows: Vec<(Table, MemberNumber, ItemId)>,
}

/// What an erasure did, without a word of what was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureEvidence {
    /// The first version without the rows; older ones may not be read any more.
    pub version: LakeVersion,
    /// The files that held the rows, and are gone.
    pub files_rewritten: Vec<RewrittenFile>,
    /// The size of those files in bytes.
    pub bytes_rewritten: u64,
    /// The size of all data files before the erasure in bytes.
    pub bytes_total: u64,
}

/// A data file that was written anew without some of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewrittenFile {
    /// Of which table.
    pub table: Table,
    /// Where it lay, relative to the table.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The BLAKE3 hash of its bytes, in lower-case hex.
    pub blake3: String,
    /// How many of its rows were left out.
    pub rows_removed: u64,
}

impl ErasureEvidence {
    /// How many rows were erased, over all tables.
    pub fn rows_removed(&self) -> u64 {
        self.files_rewritten.iter().map(|file| file.rows_removed).sum()
    }
}

impl Writer {
    /// Erases rows: a new version without them, all older versions refused, and every file that
    /// the new version does not need deleted, whoever's rows are in it.
    ///
    /// What the version file says of it is the evidence, so an erasure whose caller died can be
    /// looked up. A second erasure of the same rows finds nothing and says so.
    ///
    /// # Errors
    /// If reading, writing or deleting fails, or another writer came first. If only the deletion
    /// was not finished, the next writer finishes it.
    pub async fn erase(&mut self, erasure: &Erasure, at: Instant) -> Result<ErasureEvidence> {
        self.start()?;
        let mut evidence = ErasureEvidence {
            version: self.next_version(),
            files_rewritten: Vec::new(),
            bytes_rewritten: 0,
            bytes_total: self.bytes_total()?,
        };
        let mut changes = BTreeMap::new();
        for table in Table::ALL.iter().copied() {
            let rewrite = self.rewrite(table, &erasure.doomed(table), at).await?;
            evidence.files_rewritten.extend(rewrite.files);
            let (added, removed) = (rewrite.added, rewrite.removed);
            changes.insert(table, Change { added, removed, kind: ChangeKind::Erase });
        }
        evidence.bytes_rewritten = evidence.files_rewritten.iter().map(|file| file.bytes).sum();
        let operation = Operation::Erase;
        self.publish(
            Plan { changes, evidence: Some(evidence.clone()), ..Plan::new(operation) },
            at,
        )
        .await?;
        Ok(evidence)
    }

    fn bytes_total(&self) -> Result<u64> {
        let mut total = 0;
        for log in self.logs.values() {
            total += log.files()?.iter().map(|file| file.bytes).sum::<u64>();
        }
        Ok(total)
    }
}

impl Erasure {
    fn doomed(&self, table: Table) -> Doomed {
        let members = self.members.iter().map(|member| member.as_i64()).collect();
        let here = self
            .rows
            .iter()
            .filter(|(of, ..)| *of == table || table == Table::Sensitive && *of != Table::Mentions);
        let address =
            |(_, member, item): &(Table, MemberNumber, ItemId)| (member.as_i64(), item.as_i64());
        let rows = here.map(address).collect();
        if table != Table::Mentions {
            return Doomed { members, rows, ..Doomed::default() };
        }
        let texts = self.rows.iter().filter(|(of, ..)| *of != table).map(address).collect();
        Doomed { rows, authors: members, texts, ..Doomed::default() }
    }
}

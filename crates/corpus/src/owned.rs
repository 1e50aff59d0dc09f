//! The documents of a corpus with whose rows they are, for who is made from it.

use arrow::{
    array::{AsArray, Int64Array, StringArray},
    datatypes::Int64Type,
};
use gate::Table;
use policy::{ItemId, MemberNumber};
use spill::Sorter;

use crate::{Cell, Corpus, CorpusError, Document, Result, table_file::open};

/// How many records are sorted in memory; the others lie on disk.
const ROOM: usize = 1 << 18;

/// The row that a document was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// Whose row it was.
    pub member: MemberNumber,
    /// Which of the member's.
    pub item: ItemId,
    /// The table of the lake that it came from.
    pub table: Table,
}

impl Corpus {
    /// Every document with the row that it was made of, cell by cell and in the order of the files.
    /// In memory are the documents of one cell.
    ///
    /// # Errors
    /// [`CorpusError::Damaged`] if files or lineage are not those that the manifest names, or do not
    /// go together; what `visit` says.
    pub fn for_each_owned<E: From<CorpusError>>(
        &self,
        mut visit: impl FnMut(Cell, Owner, Document) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = self.root().join(&self.manifest().lineage.path);
        let apart = || CorpusError::damaged(&path, "does not go with the shards");
        let owners = self.owners()?;
        let mut owners = owners.records();
        for (place, file) in (0..).zip(&self.manifest().files) {
            for (row, document) in (0..).zip(self.documents(file.cell())?) {
                let owner = owners.next().map_err(CorpusError::sorting)?.ok_or_else(apart)?;
                let [at, in_file, member, item, table, id] = owner;
                let table = usize::try_from(table).ok().and_then(|at| Table::ALL.get(at));
                let fits = (at, in_file, id) == (place, row, document.document.as_i64());
                let table = *table.filter(|_| fits).ok_or_else(apart)?;
                let (member, item) = (MemberNumber::from_i64(member), ItemId::from_i64(item));
                visit(file.cell(), Owner { member, item, table }, document)?;
            }
        }
        match owners.next().map_err(CorpusError::sorting)? {
            Some(_) => Err(apart().into()),
            None => Ok(()),
        }
    }

    /// The lineage, by file and row: file, row, member, item, table and document.
    fn owners(&self) -> Result<spill::Sorted<6>> {
        let path = self.root().join(&self.manifest().lineage.path);
        let damaged = || CorpusError::damaged(&path, "is no lineage");
        let files: Vec<_> = self.manifest().files.iter().map(|file| file.path.as_str()).collect();
        let mut sorter = Sorter::new(ROOM);
        let reader = open(&path)?.build().map_err(CorpusError::parquet("reading", &path))?;
        for batch in reader {
            let batch =
                batch.map_err(|error| CorpusError::parquet("reading", &path)(error.into()))?;
            let longs = |name| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
            let texts = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
            let long = |name| longs(name).ok_or_else(damaged);
            let [members, items, rows, documents]: [&Int64Array; 4] =
                [long("member_number")?, long("item")?, long("row")?, long("document")?];
            let tables: &StringArray = texts("table").ok_or_else(damaged)?;
            let names: &StringArray = texts("file").ok_or_else(damaged)?;
            for row in 0..batch.num_rows() {
                let file = files.iter().position(|file| *file == names.value(row));
                let table = Table::ALL.iter().position(|one| one.name() == tables.value(row));
                let [file, table] = [file, table].map(|place| place.map(|place| place as i64));
                let (file, table) = file.zip(table).ok_or_else(damaged)?;
                let (member, item) = (members.value(row), items.value(row));
                let record = [file, rows.value(row), member, item, table, documents.value(row)];
                sorter.push(record).map_err(CorpusError::sorting)?;
            }
        }
        sorter.finish().map_err(CorpusError::sorting)
    }
}

//! The header of a table, and the fields of its rows by name.

use super::{csv::CsvRow, files::Layout};
use crate::{Refusal, RefusalReason, encoding, refusal::suggestion};

/// Which column stands where in one file.
#[derive(Debug)]
pub(super) struct Columns {
    /// The canonical name of each column; `None` for one that is not read.
    names: Vec<Option<&'static str>>,
    /// The columns that are in no list.
    pub(super) unknown: Vec<String>,
}

/// One row with its columns.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    columns: &'a Columns,
    values: Vec<&'a str>,
}

impl Columns {
    /// Reads a header.
    pub(super) fn read(header: &CsvRow, layout: &Layout) -> Result<Self, Refusal> {
        let cells: Vec<_> = header.fields().map(String::from_utf8_lossy).collect();
        let mut columns = Self { names: Vec::new(), unknown: Vec::new() };
        for cell in &cells {
            let name = cell.trim();
            columns.names.push(canonical(name, layout));
            if !name.is_empty() && !is_known(name, layout) {
                columns.unknown.push(name.to_owned());
            }
        }
        let missing = layout.needed.iter().find(|name| !columns.names.contains(&Some(**name)));
        let Some(missing) = missing else { return Ok(columns) };
        if let [only] = cells.as_slice()
            && only.contains(['\t', ';'])
        {
            let hint = "fields are separated by commas; this file was saved by another program";
            return Err(RefusalReason::WrongDelimiter.because(hint));
        }
        let hint = format!("`{missing}` is needed; the file is not read");
        Err(RefusalReason::MissingColumn.because(hint))
    }

    /// The refusal of columns that nobody reads, if there are any.
    pub(super) fn refusal(&self, layout: &Layout) -> Option<Refusal> {
        let first = self.unknown.first()?;
        let mut hint = suggestion(first, layout.columns);
        if self.unknown.len() > 1 {
            hint = format!("{hint} (and {} more)", self.unknown.len() - 1);
        }
        Some(RefusalReason::UnknownColumn.because(hint))
    }

    /// Takes a row apart.
    pub(super) fn fields<'a>(&'a self, row: &'a CsvRow) -> Result<Fields<'a>, Refusal> {
        if row.len() != self.names.len() {
            let hint = format!("{} fields, where {} columns are", row.len(), self.names.len());
            return Err(RefusalReason::WrongColumns.because(hint));
        }
        let values = row.fields().map(encoding::text).collect::<Result<_, _>>()?;
        Ok(Fields { columns: self, values })
    }
}

impl<'a> Fields<'a> {
    /// What stands in a column, as it is; empty if the file has no such column.
    pub(super) fn get(&self, name: &str) -> &'a str {
        let place = self.columns.names.iter().position(|column| *column == Some(name));
        place.and_then(|place| self.values.get(place)).copied().unwrap_or_default()
    }

    /// The same, if anything stands there.
    pub(super) fn filled(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

/// The name under which a column is read. Letters of either case are the same.
fn canonical(name: &str, layout: &Layout) -> Option<&'static str> {
    let direct = layout.columns.iter().find(|column| column.eq_ignore_ascii_case(name));
    let alias = || layout.aliases.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    direct.copied().or_else(|| alias().map(|(_, column)| *column))
}

fn is_known(name: &str, layout: &Layout) -> bool {
    canonical(name, layout).is_some()
        || layout.others.iter().any(|other| other.eq_ignore_ascii_case(name))
}

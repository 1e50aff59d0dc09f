//! From what a row says, and what is declared, to the facts that `decide` asks for.

use std::collections::BTreeMap;

use policy::{
    AgeClass, Category, Cell, Country, Facts, Instant, ItemFacts, Policy, Purpose, Status,
    Visibility, aipref::Usage,
};
use sources::Declaration;

use crate::{
    CheckError, Field,
    row::{Row, Value},
};

/// What holds for every row.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The rules themselves.
    pub policy: Policy,
    /// What the data set is for.
    pub purpose: Purpose,
    /// The instant that the question is about.
    pub as_of: Instant,
    /// What the operator says where the rows say nothing.
    pub declaration: Option<Declaration>,
    /// Kinds of documents that are on record.
    pub documents: Vec<String>,
    /// The kind of data, where the rows do not say it.
    pub category: Option<Category>,
    /// The words that rows have for kinds of data.
    pub categories: BTreeMap<String, Category>,
    /// Whose ids the authors are.
    pub source: Option<String>,
}

/// What was understood of a row.
pub(crate) struct Understood {
    /// `None`: not known.
    pub(crate) category: Option<Category>,
    /// Everything but choices.
    pub(crate) facts: Facts,
    /// Fields whose values say nothing that is known.
    pub(crate) not_understood: Vec<Field>,
}

impl Rules {
    /// Checks that the policy has the purpose.
    ///
    /// # Errors
    /// [`CheckError::UnknownPurpose`] if not.
    pub fn check(&self) -> Result<(), CheckError> {
        if self.policy.rules(&self.purpose).is_some() {
            return Ok(());
        }
        let known: Vec<_> = self.policy.purposes.keys().map(Purpose::as_str).collect();
        let (purpose, version) = (self.purpose.clone(), self.policy.version);
        Err(CheckError::UnknownPurpose { purpose, version, known: known.join(", ") })
    }

    /// The facts of a row, without choices. A value that is there and not understood is a missing
    /// fact, which no declaration fills.
    pub(crate) fn understand(&self, row: &Row<'_>) -> Understood {
        let mut reading = Reading { row, not_understood: Vec::new() };
        let declared = self.declaration.as_ref();
        let region: Option<Country> = reading.word(Field::Region, declared.and_then(|d| d.region));
        let age = reading.read(Field::Age, declared.and_then(|d| d.age), |age| self.age(age));
        let status: Option<Status> = reading.word(Field::Status, declared.and_then(|d| d.status));
        let visibility: Option<Visibility> =
            reading.word(Field::Visibility, declared.and_then(|d| d.visibility));
        let created = reading.read(Field::Created, None, instant);
        // what is there and cannot be read may be a no
        let content_usage = reading
            .read(Field::ContentUsage, Some(Usage::default()), |said| Usage::read(said.text()?))
            .unwrap_or(Usage::DISALLOWED);
        let category = reading.read(Field::Kind, self.category, |kind| {
            kind.text().and_then(|word| self.categories.get(word)).copied()
        });
        let is_known = reading.name(Field::Author).is_some();
        let _ = reading.name(Field::Item);
        let cell = region.and_then(|region| self.policy.rules(&self.purpose)?.cell(region));
        let facts = Facts {
            member_known: is_known,
            region,
            age,
            status,
            notice: cell.and_then(|cell| self.notice(cell)),
            documents_complete: cell.is_none_or(|cell| self.documents_complete(cell)),
            choices: Default::default(),
            item: ItemFacts { visibility, created, content_usage, ..ItemFacts::default() },
        };
        Understood { category, facts, not_understood: reading.not_understood }
    }

    /// `adult`, `minor`, or years.
    fn age(&self, value: &Value<'_>) -> Option<AgeClass> {
        let text = value.text()?;
        let of_years = |years: u8| match years >= self.policy.adult_age {
            true => AgeClass::Adult,
            false => AgeClass::Minor,
        };
        text.parse().ok().or_else(|| text.parse().ok().map(of_years))
    }

    fn notice(&self, cell: &Cell) -> Option<Instant> {
        let notice = self.declaration.as_ref()?.notice?;
        (notice.policy_version >= cell.announced_by).then_some(notice.delivered_at)
    }

    fn documents_complete(&self, cell: &Cell) -> bool {
        cell.documents.iter().all(|kind| self.documents.contains(kind))
    }
}

/// Reads the fields of one row.
struct Reading<'a, 'r> {
    row: &'a Row<'r>,
    not_understood: Vec<Field>,
}

impl Reading<'_, '_> {
    fn read<T>(
        &mut self,
        field: Field,
        declared: Option<T>,
        read: impl FnOnce(&Value<'_>) -> Option<T>,
    ) -> Option<T> {
        let value = self.row.get(field);
        if value.is_missing() {
            return declared;
        }
        let read = read(value);
        if read.is_none() {
            self.not_understood.push(field);
        }
        read
    }

    fn word<T: std::str::FromStr>(&mut self, field: Field, declared: Option<T>) -> Option<T> {
        self.read(field, declared, |value| value.text()?.parse().ok())
    }

    fn name(&mut self, field: Field) -> Option<()> {
        self.read(field, None, |value| value.id().map(|_| ()))
    }
}

fn instant(value: &Value<'_>) -> Option<Instant> {
    match value {
        Value::Instant(instant) => Some(*instant),
        Value::Text(text) => text.trim().parse().ok(),
        // A number may count seconds, milliseconds or days: nobody knows.
        Value::Null | Value::Whole(_) | Value::Other(_) => None,
    }
}

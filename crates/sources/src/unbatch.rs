//! From the lake's columns back to rows, for a member's own copy.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
};
use lake::Table;
use policy::{Instant, ItemId, MemberNumber};

use crate::{
    ActivityRow, Body, EducationRow, ItemRow, MemberRow, Place, PositionRow, ProfileRow, Row,
    SkillRow, SourcesError,
};

/// The rows of a batch that the lake gave out, with their places, not yet sealed. External ids
/// that the lake does not keep are empty; a table that no source fills has no rows.
pub(crate) fn rows_of(
    table: Table,
    batch: &RecordBatch,
    member: &str,
) -> Result<Vec<(Row, Place)>, SourcesError> {
    let cells = |row| Cells { table, batch, row };
    (0..batch.num_rows()).filter_map(|row| cells(row).row(member).transpose()).collect()
}

#[derive(Clone, Copy)]
struct Cells<'a> {
    table: Table,
    batch: &'a RecordBatch,
    row: usize,
}

impl Cells<'_> {
    fn row(self, member: &str) -> Result<Option<(Row, Place)>, SourcesError> {
        let mut external = String::new();
        let body = match self.table {
            Table::Members => Body::Member(MemberRow {
                display_name: self.needed("display_name")?,
                created: self.instant("created"),
            }),
            Table::Profiles => Body::Profile(ProfileRow {
                headline: self.text("headline"),
                about: self.text("about"),
                location: self.text("location"),
                website: self.text("website"),
                language: self.text("language"),
                visibility: self.word("visibility"),
            }),
            Table::Positions => Body::Position(PositionRow {
                title: self.text("title"),
                employer: self.text("employer"),
                description: self.text("description"),
                started: self.text("started"),
                ended: self.text("ended"),
                visibility: self.word("visibility"),
            }),
            Table::Education => Body::Education(EducationRow {
                school: self.text("school"),
                degree: self.text("degree"),
                field: self.text("field"),
                description: self.text("description"),
                started: self.text("started"),
                ended: self.text("ended"),
                visibility: self.word("visibility"),
            }),
            Table::Skills => Body::Skill(SkillRow {
                name: self.needed("name")?,
                visibility: self.word("visibility"),
            }),
            Table::Items => {
                external = self.needed("external")?;
                Body::Item(self.item()?)
            }
            Table::Activity => Body::Activity(ActivityRow {
                action: self.needed("kind")?,
                target: None,
                created: self.instant("created"),
            }),
            Table::Mentions | Table::Sensitive => return Ok(None),
        };
        let row = Row { member: member.to_owned(), external, body };
        Ok(Some((row, self.place()?)))
    }

    fn item(self) -> Result<ItemRow, SourcesError> {
        let missing = SourcesError::Rows { table: self.table.name(), column: "kind" };
        Ok(ItemRow {
            kind: self.word("kind").ok_or(missing)?,
            title: self.text("title"),
            text: self.needed("text")?,
            language: self.text("language"),
            visibility: self.word("visibility"),
            created: self.instant("created"),
            updated: self.instant("updated"),
            parent: None,
            mentions: Vec::new(),
            sensitive: self.flag("sensitive"),
            content_usage: self.text("content_usage"),
            venue_kind: self.word("venue_kind"),
            venue: self.text("venue"),
        })
    }

    fn place(self) -> Result<Place, SourcesError> {
        let [of, to] = match self.table {
            Table::Items => ["parent_member", "parent_item"],
            _ => ["target_member", "target_item"],
        };
        let reference = self.long(of).zip(self.long(to));
        let pointer = |(member, item)| (MemberNumber::from_i64(member), ItemId::from_i64(item));
        let missing = |column| SourcesError::Rows { table: self.table.name(), column };
        Ok(Place {
            item: ItemId::from_i64(self.long("item").ok_or_else(|| missing("item"))?),
            content: self.long("content").ok_or_else(|| missing("content"))?,
            reference: reference.map(pointer),
            seal: String::new(),
        })
    }

    fn long(self, column: &str) -> Option<i64> {
        let values = self.batch.column_by_name(column)?.as_primitive_opt::<Int64Type>()?;
        values.is_valid(self.row).then(|| values.value(self.row))
    }

    fn flag(self, column: &str) -> Option<bool> {
        let values = self.batch.column_by_name(column)?.as_boolean_opt()?;
        values.is_valid(self.row).then(|| values.value(self.row))
    }

    fn text(self, column: &str) -> Option<String> {
        let values = self.batch.column_by_name(column)?;
        if !values.is_valid(self.row) {
            return None;
        }
        let view = values.as_string_view_opt().map(|values| values.value(self.row));
        let text = view.or_else(|| Some(values.as_string_opt::<i32>()?.value(self.row)));
        text.map(str::to_owned)
    }

    fn needed(self, column: &'static str) -> Result<String, SourcesError> {
        let table = self.table.name();
        self.text(column).ok_or(SourcesError::Rows { table, column })
    }

    fn instant(self, column: &str) -> Option<Instant> {
        self.long(column).map(Instant::from_micros)
    }

    fn word<W: std::str::FromStr>(self, column: &str) -> Option<W> {
        self.text(column)?.parse().ok()
    }
}

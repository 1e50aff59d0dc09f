//! The rows of a table that lies elsewhere, in the words of the lake.

use std::collections::BTreeMap;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringViewArray},
    datatypes::Int64Type,
    error::ArrowError,
};
use lake::{ItemColumns, ItemKind, OutsideRows, Said};
use policy::{Category, Instant};

use crate::{
    Body, ItemRow, Kind, Reference, Refusal, RefusalReason, Row,
    keys::check_id_to_come,
    refusal::{check_usage, suggestion},
};

/// An item, or something of a sealed category, which is counted and dropped.
pub(super) enum Filed<T> {
    Item(T),
    Sealed(Category),
}

/// By which ids a row is known.
pub(super) struct Named<'a> {
    pub(super) author: &'a str,
    pub(super) kind: Filed<ItemKind>,
    pub(super) external: &'a str,
}

pub(super) struct Ids<'a> {
    columns: &'a ItemColumns,
    pub(super) author: StringViewArray,
    pub(super) external: StringViewArray,
    pub(super) kind: StringViewArray,
    /// What the column of kinds says before it is translated.
    said_kind: Option<StringViewArray>,
}

impl<'a> Ids<'a> {
    pub(super) fn of(columns: &'a ItemColumns, said: &OutsideRows<'_>) -> Result<Self, ArrowError> {
        Ok(Self {
            columns,
            said_kind: columns.kind.column().map(|column| said.texts(column)).transpose()?,
            author: said.texts(&columns.author)?,
            external: said.texts(&columns.item)?,
            kind: said.words(&columns.kind)?,
        })
    }

    pub(super) fn named(&self, row: usize) -> Result<Named<'_>, Refusal> {
        let kind = text(&self.kind, row).and_then(filed).ok_or_else(|| self.unknown_kind(row))?;
        let ItemColumns { author: author_column, item: item_column, .. } = self.columns;
        let is_empty = |column: &str| format!("`{column}` is empty");
        let author = text(&self.author, row)
            .ok_or_else(|| RefusalReason::NoAuthor.because(is_empty(author_column)))?;
        let external = text(&self.external, row)
            .ok_or_else(|| RefusalReason::BadId.because(is_empty(item_column)))?;
        check_id_to_come(author_column, author)?;
        check_id_to_come(item_column, external)?;
        Ok(Named { author, kind, external })
    }

    fn unknown_kind(&self, row: usize) -> Refusal {
        let said = self.said_kind.as_ref().and_then(|said| text(said, row));
        let known: Vec<&str> = match &self.columns.kind {
            Said::Values { values, .. } => values.keys().map(String::as_str).collect(),
            Said::Always(_) | Said::Column(_) => {
                ItemKind::ALL.iter().map(|one| one.name()).collect()
            }
        };
        let column = self.columns.kind.column().unwrap_or("kind");
        let hint = said.map_or("it is empty".to_owned(), |said| suggestion(said, &known));
        RefusalReason::UnknownKind.because(hint).within(column)
    }
}

fn filed(kind: &str) -> Option<Filed<ItemKind>> {
    let sealed = kind.parse::<Category>().ok().filter(|category| category.is_sealed());
    sealed.map(Filed::Sealed).or_else(|| kind.parse().ok().map(Filed::Item))
}

/// The rows of a batch in the words of the lake.
pub(super) struct Batch<'a> {
    pub(super) ids: Ids<'a>,
    pub(super) title: StringViewArray,
    pub(super) text: StringViewArray,
    pub(super) language: StringViewArray,
    pub(super) visibility: StringViewArray,
    pub(super) created: Int64Array,
    pub(super) updated: Int64Array,
    pub(super) sensitive: BooleanArray,
    pub(super) content_usage: StringViewArray,
    pub(super) venue_kind: StringViewArray,
    pub(super) venue: StringViewArray,
    pub(super) parent: StringViewArray,
    pub(super) not_understood: BTreeMap<&'static str, u64>,
}

impl<'a> Batch<'a> {
    pub(super) fn of(columns: &'a ItemColumns, said: &OutsideRows<'_>) -> Result<Self, ArrowError> {
        let column = |name: &str| columns.column(name, said);
        let texts = |name: &str| Ok::<_, ArrowError>(column(name)?.as_string_view().clone());
        let longs = |name: &str| Ok::<_, ArrowError>(as_longs(&column(name)?));
        let ids = Ids::of(columns, said)?;
        let parent = match &columns.parent {
            Some(parent) => said.texts(parent)?,
            None => std::iter::repeat_n(None::<&str>, ids.author.len()).collect(),
        };
        let mut not_understood = BTreeMap::new();
        for name in ["visibility", "created", "updated", "venue_kind"] {
            not_understood.insert(name, columns.not_understood(name, said)?);
        }
        not_understood.retain(|_, rows| *rows > 0);
        Ok(Self {
            ids,
            title: texts("title")?,
            text: texts("text")?,
            language: texts("language")?,
            visibility: texts("visibility")?,
            created: longs("created")?,
            updated: longs("updated")?,
            sensitive: column("sensitive")?.as_boolean().clone(),
            content_usage: texts("content_usage")?,
            venue_kind: texts("venue_kind")?,
            venue: texts("venue")?,
            parent,
            not_understood,
        })
    }

    /// One row as an import would have it, so that both have the same hash.
    pub(super) fn row(
        &self,
        row: usize,
        author: &str,
        (kind, external): (ItemKind, &str),
    ) -> Result<Row, Refusal> {
        let words =
            text(&self.text, row).ok_or_else(|| RefusalReason::MissingValue.because("a text"))?;
        let usage = text(&self.content_usage, row);
        let key = self.ids.columns.content_usage.as_deref().unwrap_or_default();
        usage.map_or(Ok(()), |said| check_usage(key, said))?;
        let owned = |texts: &StringViewArray| text(texts, row).map(str::to_owned);
        let instant = |longs: &Int64Array| {
            longs.is_valid(row).then(|| Instant::from_micros(longs.value(row)))
        };
        let parent = text(&self.parent, row).map(|parent| Reference {
            member: String::new(),
            kind: Kind::Post,
            external: parent.to_owned(),
        });
        let item = ItemRow {
            kind,
            title: owned(&self.title),
            text: words.to_owned(),
            language: owned(&self.language),
            visibility: text(&self.visibility, row).and_then(|word| word.parse().ok()),
            created: instant(&self.created),
            updated: instant(&self.updated),
            parent,
            mentions: Vec::new(),
            sensitive: self.sensitive.is_valid(row).then(|| self.sensitive.value(row)),
            content_usage: usage.map(str::to_owned),
            venue_kind: text(&self.venue_kind, row).and_then(|word| word.parse().ok()),
            venue: owned(&self.venue),
        };
        let (member, external) = (author.to_owned(), external.to_owned());
        Ok(Row { member, external, body: Body::Item(item) })
    }
}

pub(super) const fn of_item(kind: ItemKind) -> Kind {
    match kind {
        ItemKind::Post => Kind::Post,
        ItemKind::Article => Kind::Article,
        ItemKind::Comment => Kind::Comment,
        ItemKind::Group => Kind::GroupPost,
    }
}

fn as_longs(array: &ArrayRef) -> Int64Array {
    array.as_primitive::<Int64Type>().clone()
}

pub(super) fn text(texts: &StringViewArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

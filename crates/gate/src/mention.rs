//! A mention as the lake keeps it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::SchemaRef,
};
use lake::{ContentKey, Lake, Table};
use policy::{ItemId, MemberNumber};

use crate::{
    GateError, Result,
    names::Span,
    threads::{Address, Resolved},
};

const SOURCE: &str = "gate";

/// The text columns of an item.
pub(crate) const FIELDS: [&str; 2] = ["title", "text"];

/// Mentions by who is named and their own ids.
pub(crate) type Mentions = BTreeMap<Address, Mention>;

/// Somebody named at one place of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) named: MemberNumber,
    pub(crate) author: Address,
    pub(crate) field: &'static str,
    pub(crate) span: Span,
    pub(crate) how: &'static str,
    pub(crate) candidates: usize,
}

impl Mention {
    /// How a plain word resolves that the thread makes a name.
    pub(crate) const BY_WORD: &str = "reply";

    /// A name that a thread resolved.
    pub(crate) const fn resolved(
        author: Address,
        field: &'static str,
        resolved: &Resolved,
    ) -> Self {
        Self {
            named: resolved.named,
            author,
            field,
            span: resolved.span,
            how: if resolved.addressed { "thread" } else { Self::BY_WORD },
            candidates: resolved.candidates,
        }
    }

    /// The same mention has the same id, whenever it is resolved.
    fn id(&self) -> ItemId {
        let mut hasher = blake3::Hasher::new();
        let places = [self.span.start as u64, self.span.end as u64];
        for number in [self.author.0.as_i64(), self.author.1.as_i64()] {
            hasher.update(&number.to_le_bytes());
        }
        for place in places {
            hasher.update(&place.to_le_bytes());
        }
        hasher.update(self.field.as_bytes());
        hasher.update(self.how.as_bytes());
        let bytes = hasher.finalize();
        let first = bytes.as_bytes().first_chunk().copied().unwrap_or_default();
        ItemId::from_i64(i64::from_le_bytes(first) & i64::MAX)
    }
}

/// The place of a text column among [`FIELDS`], for a record of numbers.
pub(crate) fn place_of(field: &str) -> i64 {
    i64::from(field == FIELDS[1])
}

/// The text column at a place.
pub(crate) fn field_at(place: i64) -> &'static str {
    if place == 1 { FIELDS[1] } else { FIELDS[0] }
}

/// The mentions that the lake does not have.
pub(crate) async fn unknown(lake: &Lake, found: Vec<Mention>) -> Result<Mentions> {
    let addressed = found.into_iter().map(|mention| ((mention.named, mention.id()), mention));
    let mut unknown: Mentions = addressed.collect();
    if unknown.is_empty() {
        return Ok(unknown);
    }
    let asked: BTreeSet<_> = unknown.keys().copied().collect();
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    let known = head.find(Table::Mentions, &asked).await;
    for ContentKey { member, item, .. } in known.map_err(GateError::lake("reading mentions"))? {
        unknown.remove(&(member, item));
    }
    Ok(unknown)
}

/// The mentions in the columns of their table; `None` if there are none.
pub(crate) fn batch(mentions: &Mentions) -> Result<Option<RecordBatch>> {
    let is_any = !mentions.is_empty();
    is_any.then(|| columns(Table::Mentions.input_schema(), mentions)).transpose()
}

fn columns(schema: SchemaRef, mentions: &Mentions) -> Result<RecordBatch> {
    let longs = |of: &dyn Fn(&Address, &Mention) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(mentions.iter().map(|(a, m)| of(a, m))))
    };
    let words = |of: &dyn Fn(&Mention) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(mentions.values().map(of)))
    };
    let long = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "member_number" => longs(&|address, _| address.0.as_i64()),
        "item" | "content" => longs(&|address, _| address.1.as_i64()),
        "author_member" => longs(&|_, mention| mention.author.0.as_i64()),
        "author_item" => longs(&|_, mention| mention.author.1.as_i64()),
        "span_start" => longs(&|_, mention| long(mention.span.start)),
        "span_end" => longs(&|_, mention| long(mention.span.end)),
        "candidates" => longs(&|_, mention| long(mention.candidates)),
        "field" => words(&|mention| mention.field),
        "how" => words(&|mention| mention.how),
        _ => words(&|_| SOURCE),
    });
    RecordBatch::try_new(Arc::clone(&schema), columns.collect())
        .map_err(|source| GateError::plan("building mentions")(source.into()))
}

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::SchemaRef,
};
use futures::TryStreamExt;
use lake::{Lake, Table};
use policy::{Instant, ItemId, LakeVersion, MemberNumber};

use crate::{
    GateError, Result,
    columns::{Columns, session},
    names::{NameFinder, Span},
    threads::{Address, Participants, Resolved, Threads},
};

/// What a resolution of mentions did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MentionsResolved {
    /// Items whose text was read.
    pub items: u64,
    /// Mentions that were not known before.
    pub mentions: u64,
}

/// A mention, as the lake keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mention {
    named: MemberNumber,
    author: Address,
    field: &'static str,
    span: Span,
    how: &'static str,
    candidates: usize,
}

/// The text columns of an item.
const FIELDS: [&str; 2] = ["title", "text"];
const SOURCE: &str = "gate";

/// Resolves the names in the items that came in since the last resolution, and in the threads
/// that they belong to, and writes the mentions into the lake.
///
/// # Errors
/// If the lake cannot be read or written.
pub(crate) async fn resolve(lake: &Lake, at: Instant) -> Result<MentionsResolved> {
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    let since = head.record().mentions_through;
    if since == head.version() {
        return Ok(MentionsResolved::default());
    }
    let items = read_items(lake, since).await?;
    let threads = items.threads.whole(items.fresh.iter().copied());
    let affected: HashSet<Address> = threads.values().flatten().copied().collect();
    let names = read_names(lake, affected.iter().map(|(member, _)| *member).collect()).await?;
    let mut found = Vec::new();
    let mut resolved = MentionsResolved::default();
    let wide_of = authors_by_item(&threads);
    for_each_text(lake, &affected, |address, field, text| {
        resolved.items += u64::from(field == "text");
        let Some(wide) = wide_of.get(&address) else { return };
        let near = items.threads.near(address);
        let participants = Participants::new(address.0, &near, wide, &names);
        found.extend(participants.resolve(text).iter().map(|one| mention(address, field, one)));
    })
    .await?;
    resolved.mentions = write(lake, found, head.version(), at).await?;
    Ok(resolved)
}

/// Writes down where the names that a finder knows stand in everybody's texts, so that they are
/// still found when the names themselves are gone.
///
/// # Errors
/// If the lake cannot be read or written.
pub(crate) async fn pin(
    lake: &Lake,
    names: &BTreeMap<MemberNumber, NameFinder>,
    at: Instant,
) -> Result<u64> {
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    let items = read_items(lake, LakeVersion::from_i64(0)).await?;
    let everything: HashSet<Address> = items.fresh.iter().copied().collect();
    let mut found = Vec::new();
    for_each_text(lake, &everything, |author, field, text| {
        for (named, finder) in names.iter().filter(|(named, _)| **named != author.0) {
            found.extend(finder.find(text).into_iter().map(|span| Mention {
                named: *named,
                author,
                field,
                span,
                how: "full-name",
                candidates: 1,
            }));
        }
    })
    .await?;
    write(lake, found, head.record().mentions_through, at).await
}

fn mention(author: Address, field: &'static str, resolved: &Resolved) -> Mention {
    Mention {
        named: resolved.named,
        author,
        field,
        span: resolved.span,
        how: if resolved.addressed { "thread" } else { "reply" },
        candidates: resolved.candidates,
    }
}

/// The items of the lake, without their texts.
struct Items {
    threads: Threads,
    /// Those that came in since.
    fresh: Vec<Address>,
}

async fn read_items(lake: &Lake, since: LakeVersion) -> Result<Items> {
    let columns = ["member_number", "item", "parent_member", "parent_item", "lake_version"];
    let mut items = Items { threads: Threads::default(), fresh: Vec::new() };
    let mut batches = scan(lake, Table::Items, &columns).await?;
    while let Some(batch) = batches.try_next().await.map_err(GateError::plan("reading items"))? {
        let rows = Columns::of(&batch);
        for at in 0..batch.num_rows() {
            let (Some(member), Some(item)) = (rows.long(0, at), rows.long(1, at)) else { continue };
            let address = address(member, item);
            let parent = rows.long(2, at).zip(rows.long(3, at));
            items.threads.insert(address, parent.map(|(member, item)| self::address(member, item)));
            if rows.long(4, at).is_some_and(|version| version > since.as_i64()) {
                items.fresh.push(address);
            }
        }
    }
    Ok(items)
}

pub(crate) async fn read_names(
    lake: &Lake,
    wanted: HashSet<MemberNumber>,
) -> Result<HashMap<MemberNumber, String>> {
    let mut names = HashMap::new();
    let mut batches = scan(lake, Table::Members, &["member_number", "display_name"]).await?;
    while let Some(batch) = batches.try_next().await.map_err(GateError::plan("reading names"))? {
        let rows = Columns::of(&batch);
        for at in 0..batch.num_rows() {
            let (Some(member), Some(name)) = (rows.long(0, at), rows.text(1, at)) else { continue };
            let member = MemberNumber::from_i64(member);
            if wanted.contains(&member) {
                names.insert(member, name.to_owned());
            }
        }
    }
    Ok(names)
}

async fn for_each_text(
    lake: &Lake,
    wanted: &HashSet<Address>,
    mut visit: impl FnMut(Address, &'static str, &str),
) -> Result<()> {
    let columns = ["member_number", "item", "title", "text"];
    let mut batches = scan(lake, Table::Items, &columns).await?;
    while let Some(batch) = batches.try_next().await.map_err(GateError::plan("reading texts"))? {
        let rows = Columns::of(&batch);
        for at in 0..batch.num_rows() {
            let (Some(member), Some(item)) = (rows.long(0, at), rows.long(1, at)) else { continue };
            let address = address(member, item);
            if !wanted.contains(&address) {
                continue;
            }
            for (place, field) in FIELDS.into_iter().enumerate() {
                if let Some(text) = rows.text(place + 2, at) {
                    visit(address, field, text);
                }
            }
        }
    }
    Ok(())
}

pub(crate) async fn scan(
    lake: &Lake,
    table: Table,
    columns: &[&str],
) -> Result<datafusion::execution::SendableRecordBatchStream> {
    let provider = lake.table(table).await.map_err(GateError::lake("opening a table"))?;
    let plan = |frame: datafusion::prelude::DataFrame| frame.select_columns(columns);
    let frame = session(None).read_table(provider).and_then(plan);
    let frame = frame.map_err(GateError::plan("planning a scan"))?;
    frame.execute_stream().await.map_err(GateError::plan("scanning"))
}

/// Everybody who takes part in the thread of an item, by item.
fn authors_by_item(
    threads: &BTreeMap<Address, Vec<Address>>,
) -> HashMap<Address, BTreeSet<MemberNumber>> {
    let mut by_item = HashMap::new();
    for items in threads.values() {
        let authors: BTreeSet<_> = items.iter().map(|(member, _)| *member).collect();
        by_item.extend(items.iter().map(|item| (*item, authors.clone())));
    }
    by_item
}

fn address(member: i64, item: i64) -> Address {
    (MemberNumber::from_i64(member), ItemId::from_i64(item))
}

/// Appends the mentions that the lake does not have, and marks the version as resolved.
async fn write(
    lake: &Lake,
    mentions: Vec<Mention>,
    through: LakeVersion,
    at: Instant,
) -> Result<u64> {
    let known = lake.content_keys(Table::Mentions).await;
    let known = known.map_err(GateError::lake("reading mentions"))?;
    let known: HashSet<_> = known.into_iter().map(|key| (key.member, key.item)).collect();
    let mut fresh: BTreeMap<Address, Mention> = BTreeMap::new();
    for mention in mentions {
        let address = (mention.named, mention.id());
        if !known.contains(&address) {
            fresh.insert(address, mention);
        }
    }
    let written = fresh.len() as u64;
    let batch = (written > 0).then(|| batch(Table::Mentions.input_schema(), &fresh)).transpose()?;
    let mut writer = lake.writer_within(WAIT).await.map_err(GateError::lake("opening the lake"))?;
    let appended = writer.append_mentions(batch, through, at).await;
    appended.map_err(GateError::lake("writing mentions"))?;
    Ok(written)
}

/// How long a write waits for another to finish.
pub(crate) const WAIT: std::time::Duration = std::time::Duration::from_secs(60);

impl Mention {
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

fn batch(schema: SchemaRef, mentions: &BTreeMap<Address, Mention>) -> Result<RecordBatch> {
    let longs = |of: &dyn Fn(&Address, &Mention) -> i64| -> ArrayRef {
        std::sync::Arc::new(Int64Array::from_iter_values(mentions.iter().map(|(a, m)| of(a, m))))
    };
    let words = |of: &dyn Fn(&Mention) -> &'static str| -> ArrayRef {
        std::sync::Arc::new(StringArray::from_iter_values(mentions.values().map(of)))
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
    RecordBatch::try_new(std::sync::Arc::clone(&schema), columns.collect())
        .map_err(|source| GateError::plan("building mentions")(source.into()))
}

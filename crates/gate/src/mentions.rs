use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::SchemaRef,
};
use datafusion::{catalog::TableProvider, execution::SendableRecordBatchStream};
use futures::TryStreamExt;
use lake::{Lake, LakeError, Snapshot, Table};
use policy::{Ambiguous, Instant, ItemId, LakeVersion, MemberNumber};

use crate::{
    GIVEN_OUT, GateError, Result,
    columns::{Columns, session},
    expressions::free_text,
    names::{NameFinder, NamesToRedact, Span},
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

/// What a look at the names in the lake has found, before it is written down.
pub(crate) struct Found {
    mentions: BTreeMap<Address, Mention>,
    items: u64,
    through: LakeVersion,
    /// Who can be found now in texts in which they could not be found before.
    pub(crate) learned: BTreeSet<MemberNumber>,
}

/// Looks for names in the items that came in since the last resolution, and in the threads that
/// they belong to; and for names that somebody has no longer, while the lake still knows them.
/// `None` if nothing came in.
///
/// # Errors
/// If the lake cannot be read.
pub(crate) async fn look(lake: &Lake) -> Result<Option<Found>> {
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    let since = head.record().mentions_through;
    if since == head.version() {
        return Ok(None);
    }
    let changed = changed_names(lake, &head, since).await?;
    let items = read_items(lake, since).await?;
    let fresh: HashSet<Address> = items.fresh.iter().copied().collect();
    let threads = items.threads.whole(items.fresh.iter().copied());
    let affected: HashSet<Address> = threads.values().flatten().copied().collect();
    let names = read_names(lake, affected.iter().map(|(member, _)| *member).collect()).await?;
    let (mut mentions, mut looked_through) = (Vec::new(), 0);
    let wide_of = authors_by_item(&threads);
    for_each_text(lake, Table::Items, &FIELDS, |address, field, text| {
        let Some(wide) = wide_of.get(&address) else { return };
        looked_through += u64::from(field == "text");
        let near = items.threads.near(address);
        let participants = Participants::new(address.0, &near, wide, &names);
        mentions.extend(participants.resolve(text).iter().map(|one| mention(address, field, one)));
    })
    .await?;
    let mentions = unknown(lake, mentions).await?;
    let in_old_texts = mentions.iter().filter(|(_, mention)| !fresh.contains(&mention.author));
    let mut learned: BTreeSet<_> = in_old_texts.map(|((named, _), _)| *named).collect();
    learned.extend(changed.fresh);
    let former = unknown(lake, places(lake, &finders(changed.former)?).await?).await?;
    let mentions = mentions.into_iter().chain(former).collect();
    Ok(Some(Found { mentions, items: looked_through, through: head.version(), learned }))
}

/// Writes down what was found, and that it was looked for.
///
/// # Errors
/// If the lake cannot be written.
pub(crate) async fn write_down(lake: &Lake, found: Found, at: Instant) -> Result<MentionsResolved> {
    let mentions = found.mentions.len() as u64;
    write(lake, &found.mentions, found.through, at).await?;
    Ok(MentionsResolved { items: found.items, mentions })
}

/// Writes down where the names of members stand in everybody's texts, so that they are still
/// found when the names themselves are gone.
///
/// # Errors
/// If the lake cannot be read or written.
pub(crate) async fn pin(lake: &Lake, members: &[MemberNumber], at: Instant) -> Result<()> {
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    let names = read_names(lake, members.iter().copied().collect()).await?;
    let found = unknown(lake, places(lake, &finders(names)?).await?).await?;
    write(lake, &found, head.record().mentions_through, at).await
}

/// Every place where one of the names stands in a text that is given out.
async fn places(
    lake: &Lake,
    names: &BTreeMap<MemberNumber, (String, NameFinder)>,
) -> Result<Vec<Mention>> {
    let mut found = Vec::new();
    if names.is_empty() {
        return Ok(found);
    }
    // one look for all of the names tells most texts apart from those that hold any
    let any = finder(names.values().map(|(name, _)| name.clone()))?;
    for table in GIVEN_OUT {
        let fields: Vec<_> = free_text(table).collect();
        for_each_text(lake, table, &fields, |author, field, text| {
            if any.find(text).is_empty() {
                return;
            }
            for (named, (_, finder)) in names {
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
    }
    Ok(found)
}

fn finders(
    names: impl IntoIterator<Item = (MemberNumber, String)>,
) -> Result<BTreeMap<MemberNumber, (String, NameFinder)>> {
    let with_finder = |(member, name): (MemberNumber, String)| {
        let finder = finder([name.clone()])?;
        Ok((member, (name, finder)))
    };
    names.into_iter().map(with_finder).collect()
}

fn finder(names: impl IntoIterator<Item = String>) -> Result<NameFinder> {
    let only = NamesToRedact { members: names.into_iter().collect(), ..Default::default() };
    let count = only.members.len();
    let finder = NameFinder::new(&only, Ambiguous::Redact);
    finder.map_err(|source| GateError::Names { names: count, source })
}

/// How names differ from those at the last resolution.
#[derive(Default)]
struct ChangedNames {
    /// Whose names came in.
    fresh: BTreeSet<MemberNumber>,
    /// Names that somebody has no longer.
    former: BTreeMap<MemberNumber, String>,
}

async fn changed_names(lake: &Lake, head: &Snapshot, since: LakeVersion) -> Result<ChangedNames> {
    let before = match lake.at(since).await {
        Ok(before) => Some(before),
        // an erasure has already written down what was known then
        Err(LakeError::RefusedVersion { .. }) => None,
        Err(error) => return Err(GateError::lake("opening the lake")(error)),
    };
    let table = |snapshot: &Snapshot| snapshot.record().tables.get(&Table::Members).copied();
    let mut changed = ChangedNames::default();
    if before.as_ref().is_some_and(|before| table(before) == table(head)) {
        return Ok(changed);
    }
    let (mut all, mut fresh) = (HashSet::new(), HashMap::new());
    for_each_name(head, |member, name, version| {
        all.insert(member);
        if version > since.as_i64() {
            fresh.insert(member, name.to_owned());
        }
    })
    .await?;
    if let Some(before) = before {
        for_each_name(&before, |member, name, _| {
            let renamed = fresh.get(&member).is_some_and(|now| now != name);
            if renamed || !all.contains(&member) {
                changed.former.insert(member, name.to_owned());
            }
        })
        .await?;
    }
    changed.fresh = fresh.into_keys().collect();
    Ok(changed)
}

async fn for_each_name(
    snapshot: &Snapshot,
    mut visit: impl FnMut(MemberNumber, &str, i64),
) -> Result<()> {
    let provider = snapshot.table(Table::Members).await;
    let provider = provider.map_err(GateError::lake("opening a table"))?;
    let columns = ["member_number", "display_name", "lake_version"];
    let mut batches = scan_provider(provider, &columns).await?;
    while let Some(batch) = batches.try_next().await.map_err(GateError::plan("reading names"))? {
        let rows = Columns::of(&batch);
        for at in 0..batch.num_rows() {
            let row = (rows.long(0, at), rows.text(1, at), rows.long(2, at));
            if let (Some(member), Some(name), Some(version)) = row {
                visit(MemberNumber::from_i64(member), name, version);
            }
        }
    }
    Ok(())
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
    table: Table,
    fields: &[&'static str],
    mut visit: impl FnMut(Address, &'static str, &str),
) -> Result<()> {
    let columns: Vec<_> = ["member_number", "item"].iter().chain(fields).copied().collect();
    let mut batches = scan(lake, table, &columns).await?;
    while let Some(batch) = batches.try_next().await.map_err(GateError::plan("reading texts"))? {
        let rows = Columns::of(&batch);
        for at in 0..batch.num_rows() {
            let (Some(member), Some(item)) = (rows.long(0, at), rows.long(1, at)) else { continue };
            for (place, field) in fields.iter().enumerate() {
                if let Some(text) = rows.text(place + 2, at) {
                    visit(address(member, item), field, text);
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
) -> Result<SendableRecordBatchStream> {
    let provider = lake.table(table).await.map_err(GateError::lake("opening a table"))?;
    scan_provider(provider, columns).await
}

pub(crate) async fn scan_provider(
    provider: Arc<dyn TableProvider>,
    columns: &[&str],
) -> Result<SendableRecordBatchStream> {
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

/// The mentions that the lake does not have.
async fn unknown(lake: &Lake, mentions: Vec<Mention>) -> Result<BTreeMap<Address, Mention>> {
    if mentions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let known = lake.content_keys(Table::Mentions).await;
    let known = known.map_err(GateError::lake("reading mentions"))?;
    let known: HashSet<_> = known.into_iter().map(|key| (key.member, key.item)).collect();
    let addressed = mentions.into_iter().map(|mention| ((mention.named, mention.id()), mention));
    Ok(addressed.filter(|(address, _)| !known.contains(address)).collect())
}

/// Appends mentions, and marks the version as resolved.
async fn write(
    lake: &Lake,
    mentions: &BTreeMap<Address, Mention>,
    through: LakeVersion,
    at: Instant,
) -> Result<()> {
    let is_any = !mentions.is_empty();
    let batch = is_any.then(|| batch(Table::Mentions.input_schema(), mentions)).transpose()?;
    let mut writer = lake.writer_within(WAIT).await.map_err(GateError::lake("opening the lake"))?;
    let appended = writer.append_mentions(batch, through, at).await;
    appended.map_err(GateError::lake("writing mentions"))?;
    Ok(())
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

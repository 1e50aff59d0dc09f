use std::collections::{BTreeMap, HashMap, HashSet};

use lake::{Lake, LakeError, Snapshot, Table};
use policy::{Ambiguous, Instant, LakeVersion, MemberNumber, MemberSet};

use crate::{
    GIVEN_OUT, GateError, Result,
    expressions::free_text,
    lake_rows::{for_each_name, for_each_text, read_names},
    mention::{self, Mention, Mentions, unknown},
    names::{NameFinder, NamesToRedact},
    ordinary::ordinary,
    participant::Participant,
    thread_index::{Part, ThreadIndex},
    threads::Participants,
};

/// What a resolution of mentions did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MentionsResolved {
    /// Items of threads whose text was read.
    pub items: u64,
    /// Mentions that were not known before.
    pub mentions: u64,
}

/// The text columns of an item.
const FIELDS: [&str; 2] = ["title", "text"];

/// A look at the names in the lake, some threads at a time, so that memory is bounded however much
/// came in.
pub(crate) struct Look {
    lake: Lake,
    threads: ThreadIndex,
    changed: ChangedNames,
    since: LakeVersion,
    /// The newest version when the look began.
    through: LakeVersion,
    /// The version that was there last, as long as nobody else makes one.
    last: LakeVersion,
    is_alone: bool,
    has_ended: bool,
}

/// What a part of a look has found, before it is written down.
pub(crate) struct Found {
    mentions: Mentions,
    items: u64,
    /// Who can be found now in texts in which they could not be found before.
    pub(crate) learned: MemberSet,
    is_last: bool,
}

impl Look {
    /// Starts to look for names in the items that came in since the last resolution, and in the
    /// threads that they belong to; and for names that somebody has no longer, while the lake
    /// still knows them. `None` if nothing came in.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub(crate) async fn start(lake: &Lake, items_in_part: usize) -> Result<Option<Self>> {
        let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
        let since = head.record().mentions_through;
        if since == head.version() {
            return Ok(None);
        }
        Ok(Some(Self {
            changed: changed_names(lake, &head, since).await?,
            threads: ThreadIndex::read(lake, since, items_in_part).await?,
            lake: lake.clone(),
            since,
            through: head.version(),
            last: head.version(),
            is_alone: true,
            has_ended: false,
        }))
    }

    /// What the next part has found; `None` after the last one.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub(crate) async fn next(&mut self) -> Result<Option<Found>> {
        if self.has_ended {
            return Ok(None);
        }
        let part = self.threads.next()?;
        let mut found = match part {
            Some(part) => in_threads(&self.lake, &part).await?,
            None => Found::nothing(),
        };
        if self.threads.is_at_end() {
            self.has_ended = true;
            found.is_last = true;
            let ChangedNames { fresh, former } = std::mem::take(&mut self.changed);
            found.learned.extend(&fresh);
            let former = places(&self.lake, &finders(former)?).await?;
            found.mentions.extend(unknown(&self.lake, former).await?);
        }
        Ok(Some(found))
    }

    /// Writes down what was found, and with the last part that all was looked for.
    ///
    /// # Errors
    /// If the lake cannot be written.
    pub(crate) async fn write_down(
        &mut self,
        found: Found,
        at: Instant,
    ) -> Result<MentionsResolved> {
        let Found { mentions, items, learned: _, is_last } = found;
        let count = mentions.len() as u64;
        if is_last || count > 0 {
            self.write(&mentions, is_last, at).await?;
        }
        Ok(MentionsResolved { items, mentions: count })
    }

    async fn write(&mut self, mentions: &Mentions, is_last: bool, at: Instant) -> Result<()> {
        let batch = mention::batch(mentions)?;
        let writer = self.lake.writer_within(WAIT).await;
        let mut writer = writer.map_err(GateError::lake("opening the lake"))?;
        self.is_alone &= writer.version() == self.last;
        let through = match (is_last, self.is_alone) {
            (false, _) => self.since,
            // what we have written ourselves holds no text
            (true, true) => self.last,
            (true, false) => self.through,
        };
        let appended = writer.append_mentions(batch, through, at).await;
        self.last = appended.map_err(GateError::lake("writing mentions"))?;
        Ok(())
    }
}

impl Found {
    fn nothing() -> Self {
        Self { mentions: Mentions::new(), items: 0, learned: MemberSet::default(), is_last: false }
    }
}

/// The names that some threads resolve.
async fn in_threads(lake: &Lake, part: &Part) -> Result<Found> {
    let Part { threads, whole, fresh, .. } = part;
    let authors: HashSet<_> =
        whole.iter().flat_map(|(_, items)| items).map(|(member, _)| *member).collect();
    let names = read_names(lake, &authors).await?;
    let folded = |(member, name): (MemberNumber, String)| Participant::new(member, name);
    let people: HashMap<_, _> =
        names.into_iter().filter_map(folded).map(|one| (one.member(), one)).collect();
    let (mut wide, mut thread_of) = (Vec::new(), HashMap::new());
    for (thread, (_, items)) in whole.iter().enumerate() {
        let authors = items.iter().map(|(member, _)| *member).collect();
        wide.push(Participants::among(&authors, &people));
        thread_of.extend(items.iter().map(|item| (*item, thread)));
    }
    let (mut mentions, mut doubtful, mut items) = (Vec::new(), Vec::new(), 0);
    for_each_text(lake, Table::Items, &FIELDS, |address, field, text| {
        let wide = thread_of.get(&address).and_then(|thread| wide.get(*thread));
        let Some(wide) = wide else { return };
        items += u64::from(field == "text");
        let near = Participants::among(&threads.near(address), &people);
        let resolved = Participants::new(address.0, &near, wide).resolve(text);
        for one in &resolved {
            let into = if one.is_doubtful { &mut doubtful } else { &mut mentions };
            into.push(Mention::resolved(address, field, one));
        }
    })
    .await?;
    mentions.extend(without_ordinary_words(lake, doubtful, &people).await?);
    let mentions = unknown(lake, mentions).await?;
    let mut learned = MemberSet::default();
    for ((named, _), mention) in &mentions {
        if !fresh.contains(&mention.author) {
            learned.insert(*named);
        }
    }
    Ok(Found { mentions, items, learned, is_last: false })
}

/// The mentions of members whose names are no ordinary words.
async fn without_ordinary_words(
    lake: &Lake,
    doubtful: Vec<Mention>,
    people: &HashMap<MemberNumber, Participant>,
) -> Result<Vec<Mention>> {
    let name = |mention: &Mention| people.get(&mention.named).map(Participant::folded);
    let words = doubtful.iter().filter_map(name).map(str::to_owned).collect();
    let ordinary = ordinary(lake, words, &FIELDS).await?;
    let is_name = |mention: &Mention| name(mention).is_some_and(|name| !ordinary.contains(name));
    Ok(doubtful.into_iter().filter(is_name).collect())
}

/// Writes down where the names of members stand in everybody's texts, so that they are still
/// found when the names themselves are gone.
///
/// # Errors
/// If the lake cannot be read or written.
pub(crate) async fn pin(lake: &Lake, members: &[MemberNumber], at: Instant) -> Result<()> {
    let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
    let names = read_names(lake, &members.iter().copied().collect()).await?;
    let found = unknown(lake, places(lake, &finders(names)?).await?).await?;
    let batch = mention::batch(&found)?;
    let mut writer = lake.writer_within(WAIT).await.map_err(GateError::lake("opening the lake"))?;
    let appended = writer.append_mentions(batch, head.record().mentions_through, at).await;
    appended.map(drop).map_err(GateError::lake("writing mentions"))
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
    fresh: MemberSet,
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
    let mut all = MemberSet::default();
    for_each_name(head, |member, _, version| {
        all.insert(member);
        if version > since.as_i64() {
            changed.fresh.insert(member);
        }
    })
    .await?;
    let Some(before) = before else { return Ok(changed) };
    for_each_name(&before, |member, name, _| {
        if changed.fresh.contains(member) || !all.contains(member) {
            changed.former.insert(member, name.to_owned());
        }
    })
    .await?;
    // what came in anew may be called as before
    for_each_name(head, |member, name, _| {
        if changed.former.get(&member).is_some_and(|before| before == name) {
            changed.former.remove(&member);
        }
    })
    .await?;
    Ok(changed)
}

/// How long a write waits for another to finish.
pub(crate) const WAIT: std::time::Duration = std::time::Duration::from_secs(60);

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use lake::{Findings, Judged, Lake, LakeError, Snapshot, Table};
use policy::{Ambiguous, Instant, LakeVersion, MemberNumber, MemberSet};
use spill::{Parts, Texts};

use crate::{
    GIVEN_OUT, GateError, Result,
    doubtful::Doubtful,
    expressions::free_text,
    lake_rows::{ItemLink, address, for_each_link, for_each_name, for_each_text, read_names},
    mention::{self, FIELDS, Mention, Mentions, field_at, place_of, unknown},
    names::{NameFinder, NamesToRedact},
    participant::Participant,
    sensitive::{self, Judging},
    thread_index::{Part, ThreadIndex},
    threads::{Address, Participants},
};

/// How the name that somebody had is found, in texts of all kinds.
const FULL_NAME: &str = "full-name";

/// What is done with threads on disk.
const KEEPING: &str = "keeping threads to be read";
const READING: &str = "reading threads";

/// What a resolution of mentions did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MentionsResolved {
    /// Items of threads whose text was read.
    pub items: u64,
    /// Mentions that were not known before.
    pub mentions: u64,
    /// Rows of which it was not known before that they reveal special categories of personal data.
    pub sensitive: u64,
}

/// A look at the names in the lake, some threads at a time, so that memory is bounded however much
/// came in; names and texts are read once, however many parts there are.
pub(crate) struct Look {
    lake: Lake,
    threads: ThreadIndex,
    /// The names of the authors of threads, with their numbers.
    names: Parts<1>,
    /// The texts of the items of threads: whose, which, and the place of the field.
    texts: Parts<3>,
    /// How many parts were looked at.
    parts: usize,
    /// What is no mention if its word is an ordinary one.
    doubtful: Doubtful,
    changed: ChangedNames,
    /// What is judged; `None` if every row has been.
    judging: Option<Judging>,
    judged: Judged,
    since: LakeVersion,
    /// The newest version when the look began.
    through: LakeVersion,
    /// The version that was there last, as long as nobody else makes one.
    last: LakeVersion,
    is_alone: bool,
    has_ended: bool,
}

/// What a part of a look has found, before it is written down.
#[derive(Default)]
pub(crate) struct Found {
    mentions: Mentions,
    items: u64,
    /// Who can be found now in texts in which they could not be found before.
    pub(crate) learned: MemberSet,
    sensitive: sensitive::Findings,
    /// Rows that reveal nothing by the lists of now.
    stale: HashSet<Address>,
    /// Whose rows were taken before it was known that they reveal something.
    pub(crate) revealed: BTreeSet<MemberNumber>,
    is_last: bool,
}

impl Look {
    /// Starts to look for names in the items that came in since the last resolution, and in the
    /// threads that they belong to; for names that somebody has no longer, while the lake still
    /// knows them; and for rows that reveal special categories of personal data. `None` if nothing
    /// came in.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub(crate) async fn start(lake: &Lake, items_in_part: usize) -> Result<Option<Self>> {
        let head = lake.head().await.map_err(GateError::lake("opening the lake"))?;
        let since = head.record().mentions_through;
        let judging = Judging::start(lake, &head).await?;
        if since == head.version() && judging.is_none() {
            return Ok(None);
        }
        let threads = ThreadIndex::read(lake, since, items_in_part).await?;
        Ok(Some(Self {
            changed: changed_names(lake, &head, since).await?,
            names: names_of(&threads, &head).await?,
            texts: texts_of(&threads, lake).await?,
            threads,
            judging,
            judged: head.record().judged,
            parts: 0,
            doubtful: Doubtful::new(items_in_part),
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
        if let Some(part) = self.threads.next()? {
            let (names, texts) = (self.names.take(self.parts), self.texts.take(self.parts));
            self.parts += 1;
            return self.in_threads(&part, names, texts).await.map(Some);
        }
        if let Some(mentions) = self.doubtful.next(&self.lake).await? {
            return self.found(mentions, 0).await.map(Some);
        }
        let mut found = Found::default();
        if let Some(judging) = &mut self.judging {
            found.sensitive = judging.next().await?;
            found.revealed = judging.learned(&found.sensitive);
            if !judging.has_ended() {
                return Ok(Some(found));
            }
            found.stale = judging.stale();
        }
        self.has_ended = true;
        let ChangedNames { fresh, former } = std::mem::take(&mut self.changed);
        let former = places(&self.lake, &finders(former)?).await?;
        found.mentions = unknown(&self.lake, former).await?;
        Ok(Some(Found { learned: fresh, is_last: true, ..found }))
    }

    /// The names that some threads resolve.
    async fn in_threads(
        &mut self,
        part: &Part,
        mut names: Texts<1>,
        mut texts: Texts<3>,
    ) -> Result<Found> {
        let Part { threads, whole, fresh, .. } = part;
        let mut people = HashMap::new();
        while let Some(([member], name)) = names.next().map_err(GateError::spill(READING))? {
            let one = Participant::new(MemberNumber::from_i64(member), name.to_owned());
            people.extend(one.map(|one| (one.member(), one)));
        }
        let (mut wide, mut thread_of) = (Vec::new(), HashMap::new());
        for (thread, (_, items)) in whole.iter().enumerate() {
            let authors = items.iter().map(|(member, _)| *member).collect();
            wide.push(Participants::among(&authors, &people));
            thread_of.extend(items.iter().map(|item| (*item, thread)));
        }
        let (mut mentions, mut items) = (Vec::new(), 0);
        while let Some((place, text)) = texts.next().map_err(GateError::spill(READING))? {
            let [member, item, field] = place;
            let (author, field) = (address(member, item), field_at(field));
            let wide = thread_of.get(&author).and_then(|thread| wide.get(*thread));
            let Some(wide) = wide else { continue };
            items += u64::from(field == "text");
            let near = Participants::among(&threads.near(author), &people);
            for one in Participants::new(author.0, &near, wide).resolve(text) {
                let mention = Mention::resolved(author, field, &one);
                let is_fresh = fresh.contains(&author);
                match people.get(&one.named).filter(|_| one.is_doubtful) {
                    Some(named) => self.doubtful.push(&mention, named.folded(), is_fresh)?,
                    None => mentions.push((mention, is_fresh)),
                }
            }
        }
        self.found(mentions, items).await
    }

    /// Those of the mentions that are news.
    async fn found(&mut self, mentions: Vec<(Mention, bool)>, items: u64) -> Result<Found> {
        let is_fresh = |(mention, is_fresh): &(Mention, bool)| is_fresh.then_some(mention.author);
        let fresh: HashSet<_> = mentions.iter().filter_map(is_fresh).collect();
        let mentions = mentions.into_iter().map(|(mention, _)| mention).collect();
        let mentions = unknown(&self.lake, mentions).await?;
        let older = mentions.iter().filter(|(_, mention)| !fresh.contains(&mention.author));
        let mut learned = MemberSet::default();
        for ((named, _), _) in older {
            learned.insert(*named);
        }
        Ok(Found { mentions, items, learned, ..Found::default() })
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
        let mut found = found;
        if found.is_last || !found.mentions.is_empty() || !found.sensitive.is_empty() {
            self.write(&mut found, at).await?;
        }
        let Found { mentions, items, sensitive, .. } = found;
        let (mentions, sensitive) = (mentions.len() as u64, sensitive.len() as u64);
        Ok(MentionsResolved { items, mentions, sensitive })
    }

    async fn write(&mut self, found: &mut Found, at: Instant) -> Result<()> {
        let Found { mentions, sensitive, stale, is_last, .. } = found;
        let writer = self.lake.writer_within(WAIT).await;
        let mut writer = writer.map_err(GateError::lake("opening the lake"))?;
        if writer.version() != self.last {
            self.is_alone = false;
            drop_gone(&self.lake, self.through, mentions).await?;
            sensitive::drop_gone(&self.lake, self.through, sensitive).await?;
        }
        let of_mentions = mention::batch(mentions)?.map(|rows| (Table::Mentions, rows));
        let of_rows = sensitive::batch(sensitive)?.map(|rows| (Table::Sensitive, rows));
        // what we have written ourselves holds no text
        let all = if self.is_alone { self.last } else { self.through };
        let found = Findings {
            rows: of_mentions.into_iter().chain(of_rows).collect(),
            replaced: stale.iter().map(|row| (Table::Sensitive, row.0, row.1)).collect(),
            mentions_through: if *is_last { all } else { self.since },
            judged: if *is_last { sensitive::judged(all) } else { self.judged },
        };
        let appended = writer.append_found(found, at).await;
        self.last = appended.map_err(GateError::lake("writing mentions"))?;
        Ok(())
    }
}

/// The names of the authors of threads, part by part.
async fn names_of(threads: &ThreadIndex, head: &Snapshot) -> Result<Parts<1>> {
    let mut names = Parts::default();
    if !threads.is_empty() {
        for_each_name(head, |member, name, _| {
            let mut parts = threads.parts_of(member)?.into_iter();
            let kept = parts.try_for_each(|part| names.push(part, [member.as_i64()], name));
            kept.map_err(GateError::spill(KEEPING))
        })
        .await?;
    }
    Ok(names)
}

/// The texts of the items of threads, part by part.
async fn texts_of(threads: &ThreadIndex, lake: &Lake) -> Result<Parts<3>> {
    let mut texts = Parts::default();
    if !threads.is_empty() {
        for_each_text(lake, Table::Items, &FIELDS, |(member, item), field, text| {
            let Some(part) = threads.part_of((member, item))? else { return Ok(()) };
            let place = [member.as_i64(), item.as_i64(), place_of(field)];
            texts.push(part, place, text).map_err(GateError::spill(KEEPING))
        })
        .await?;
    }
    Ok(texts)
}

/// Drops what was found in items that have left the lake since version `read`, or came in anew.
/// Whoever calls it holds the lake's lock.
async fn drop_gone(lake: &Lake, read: LakeVersion, mentions: &mut Mentions) -> Result<()> {
    let of_threads = |mention: &Mention| mention.how != FULL_NAME;
    let found = mentions.values().filter(|mention| of_threads(mention));
    let asked: HashSet<_> = found.map(|mention| mention.author).collect();
    let mut there = HashSet::new();
    for_each_link(lake, |ItemLink { item, version, .. }| {
        let is_as_read = version <= read.as_i64() && asked.contains(&item);
        there.extend(is_as_read.then_some(item));
        Ok(())
    })
    .await?;
    mentions.retain(|_, mention| !of_threads(mention) || there.contains(&mention.author));
    Ok(())
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
    let found = Findings {
        rows: batch.into_iter().map(|rows| (Table::Mentions, rows)).collect(),
        replaced: Vec::new(),
        mentions_through: head.record().mentions_through,
        judged: head.record().judged,
    };
    let appended = writer.append_found(found, at).await;
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
                return Ok(());
            }
            for (named, (_, finder)) in names {
                found.extend(finder.find(text).into_iter().map(|span| Mention {
                    named: *named,
                    author,
                    field,
                    span,
                    how: FULL_NAME,
                    candidates: 1,
                }));
            }
            Ok(())
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
        Ok(())
    })
    .await?;
    let Some(before) = before else { return Ok(changed) };
    for_each_name(&before, |member, name, _| {
        if changed.fresh.contains(member) || !all.contains(member) {
            changed.former.insert(member, name.to_owned());
        }
        Ok(())
    })
    .await?;
    // what came in anew may be called as before
    for_each_name(head, |member, name, _| {
        if changed.former.get(&member).is_some_and(|before| before == name) {
            changed.former.remove(&member);
        }
        Ok(())
    })
    .await?;
    Ok(changed)
}

/// How long a write waits for another to finish.
pub(crate) const WAIT: std::time::Duration = std::time::Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{ArrayRef, Int64Array, RecordBatch, StringArray, new_null_array},
        datatypes::DataType,
    };
    use lake::{Append, Erasure, Options};
    use policy::ItemId;

    use super::*;

    /// Rows of a table by the columns that are given; the others are null.
    fn rows<const N: usize>(table: Table, columns: &[(&str, [&str; N])]) -> RecordBatch {
        let schema = table.input_schema();
        let fields = schema.fields().iter().map(|field| -> ArrayRef {
            let given = columns.iter().find(|(name, _)| name == field.name());
            match (given, field.data_type()) {
                (Some((_, values)), DataType::Int64) => {
                    let number = |value: &&str| value.parse::<i64>().ok();
                    Arc::new(values.iter().map(number).collect::<Int64Array>())
                }
                (Some((_, values)), _) => Arc::new(StringArray::from(values.to_vec())),
                (None, kind) => new_null_array(kind, N),
            }
        });
        RecordBatch::try_new(Arc::clone(&schema), fields.collect()).unwrap()
    }

    async fn lake_of_a_thread(folder: &std::path::Path) -> Lake {
        let options = Options { members_per_range: 8 };
        let lake = Lake::open(folder.to_str().unwrap(), options).await.unwrap();
        let members = [
            ("member_number", ["0", "1"]),
            ("item", ["1"; 2]),
            ("display_name", ["Anna Meier", "Daniel Otto"]),
            ("source", ["test"; 2]),
            ("content", ["1"; 2]),
        ];
        let items = [
            ("member_number", ["0", "1", "1"]),
            ("item", ["1", "2", "3"]),
            ("source", ["test"; 3]),
            ("kind", ["post", "comment", "comment"]),
            ("external", ["1", "2", "3"]),
            ("text", ["Does anybody know?", "@Anna: yes", "@Anna: no"]),
            ("visibility", ["public"; 3]),
            ("parent_member", ["", "0", "0"]),
            ("parent_item", ["", "1", "1"]),
            ("content", ["1", "2", "3"]),
        ];
        let rows = [
            (Table::Members, rows(Table::Members, &members)),
            (Table::Items, rows(Table::Items, &items)),
        ];
        let append = Append { rows: rows.into_iter().collect(), replaced: vec![] };
        lake.writer().await.unwrap().append(append, Instant::from_micros(0)).await.unwrap();
        lake
    }

    #[tokio::test]
    async fn what_was_erased_after_it_was_read_leaves_no_mention() {
        let folder = tempfile::tempdir().unwrap();
        let (lake, at) = (lake_of_a_thread(folder.path()).await, Instant::from_micros(0));
        let mut look = Look::start(&lake, 1_000).await.unwrap().unwrap();
        let found = look.next().await.unwrap().unwrap();
        assert_eq!(found.mentions.len(), 2, "one in each answer");
        let gone = (Table::Items, MemberNumber::from_i64(1), ItemId::from_i64(2));
        let erasure = Erasure { members: vec![], rows: vec![gone] };
        lake.writer().await.unwrap().erase(&erasure, at).await.unwrap();
        assert_eq!(look.write_down(found, at).await.unwrap().mentions, 1);
        while let Some(found) = look.next().await.unwrap() {
            look.write_down(found, at).await.unwrap();
        }
        let left = lake.content_keys(Table::Mentions).await.unwrap();
        assert_eq!(left.len(), 1, "{left:?}");
        let again = Look::start(&lake, 1_000).await.unwrap();
        assert!(again.is_some(), "what came in meanwhile is still to be looked through");
    }
}

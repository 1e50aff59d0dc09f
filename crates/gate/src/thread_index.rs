//! Which items belong to one thread, for any number of items: only some threads at a time are in
//! memory.

use std::collections::HashSet;

use lake::Lake;
use policy::{LakeVersion, MemberNumber};
use spill::{Records, Sorted, Sorter};

use crate::{
    GateError, Result,
    lake_rows::{ItemLink, address, for_each_link},
    threads::{Address, DEEPEST, Threads},
};

/// After how many items of threads no further thread is taken into the same part, and how many
/// are sorted in memory; the others lie on disk.
pub(crate) const ITEMS_IN_PART: usize = 25_000;

/// Says that an item answers nothing.
const NO_PARENT: i64 = i64::MIN;

/// The threads in which something is new, a part of them at a time.
pub(crate) struct ThreadIndex {
    /// In which part each item is.
    items: Sorted<3>,
    /// In which parts each author has an item.
    authors: Sorted<2>,
    threads: PartsOfThreads,
}

/// Goes through threads, a part of them at a time.
struct PartsOfThreads {
    /// Of each item that answers another or is new: the item that started its thread, itself,
    /// what it answers, and whether it is new; sorted, so that threads stand together.
    records: Records<7>,
    /// The first record of the thread that comes next.
    ahead: Option<[i64; 7]>,
    items_in_part: usize,
}

/// Some whole threads.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) threads: Threads,
    /// Every item with the thread it belongs to, by its first item.
    pub(crate) whole: Vec<(Address, Vec<Address>)>,
    /// The new ones among the items.
    pub(crate) fresh: HashSet<Address>,
    length: usize,
}

impl ThreadIndex {
    /// Looks at every item; those that came in after `since` are new.
    pub(crate) async fn read(
        lake: &Lake,
        since: LakeVersion,
        items_in_part: usize,
    ) -> Result<Self> {
        let mut links = Sorter::new(items_in_part);
        let mut by_thread = Sorter::new(items_in_part);
        for_each_link(lake, |ItemLink { item, parent, version }| {
            let is_fresh = version > since.as_i64();
            match parent.filter(|parent| *parent != item) {
                Some(parent) => {
                    let [member, item] = words(item);
                    let [of, to] = words(parent);
                    links.push([member, item, of, to, i64::from(is_fresh)])
                }
                None if is_fresh => by_thread.push(record(item, item, None, true)),
                None => Ok(()),
            }
            .map_err(GateError::spill("sorting threads"))
        })
        .await?;
        let failed = || GateError::spill("sorting threads");
        let links = links.finish().map_err(failed())?;
        let mut all = links.records();
        while let Some([member, item, of, to, is_fresh]) = all.next().map_err(failed())? {
            let (item, parent) = (address(member, item), address(of, to));
            let root = root(&links, item, parent)?;
            by_thread.push(record(root, item, Some(parent), is_fresh == 1)).map_err(failed())?;
        }
        drop((all, links));
        let by_thread = by_thread.finish().map_err(failed())?;
        let (mut items, mut authors) = (Sorter::new(items_in_part), Sorter::new(items_in_part));
        let mut threads = PartsOfThreads::of(&by_thread, items_in_part)?;
        let mut number = 0;
        while let Some(part) = threads.next()? {
            for item in part.items() {
                let [member, item] = words(item);
                items.push([member, item, number]).map_err(failed())?;
            }
            for author in part.authors() {
                authors.push([author.as_i64(), number]).map_err(failed())?;
            }
            number += 1;
        }
        Ok(Self {
            items: items.finish().map_err(failed())?,
            authors: authors.finish().map_err(failed())?,
            threads: PartsOfThreads::of(&by_thread, items_in_part)?,
        })
    }

    /// Whether there is no part.
    pub(crate) const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// In which part an item is, if its thread is in any; parts are numbered from 0 on.
    pub(crate) fn part_of(&self, item: Address) -> Result<Option<usize>> {
        let found = self.items.find(&words(item)).map_err(GateError::spill("reading threads"))?;
        Ok(found.and_then(|[_, _, part]| usize::try_from(part).ok()))
    }

    /// In which parts a member has written something.
    pub(crate) fn parts_of(&self, author: MemberNumber) -> Result<Vec<usize>> {
        let (author, mut parts, mut from) = (author.as_i64(), Vec::new(), 0);
        loop {
            let next = self.authors.first_from(&[author, from]);
            match next.map_err(GateError::spill("reading threads"))? {
                Some([of, part]) if of == author => {
                    parts.extend(usize::try_from(part));
                    from = part + 1;
                }
                _ => return Ok(parts),
            }
        }
    }

    /// The next part; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Part>> {
        self.threads.next()
    }
}

impl PartsOfThreads {
    fn of(by_thread: &Sorted<7>, items_in_part: usize) -> Result<Self> {
        let mut records = by_thread.records();
        let ahead = records.next().map_err(GateError::spill("reading threads"))?;
        Ok(Self { records, ahead, items_in_part })
    }

    /// The next threads in which something is new; a thread of one item is none. `None` at the
    /// end.
    fn next(&mut self) -> Result<Option<Part>> {
        let mut part = Part::default();
        while part.length < self.items_in_part
            && let Some(first) = self.ahead
        {
            let thread = self.thread(first)?;
            let is_fresh = thread.iter().any(|one| one.is_fresh);
            let is_one = thread.iter().all(|one| one.parent.is_none());
            if is_fresh && !is_one {
                let [member, item, ..] = first;
                part.take_in(address(member, item), &thread);
            }
        }
        Ok((part.length > 0).then_some(part))
    }

    /// Every record of one thread.
    fn thread(&mut self, first: [i64; 7]) -> Result<Vec<Member>> {
        let mut thread = vec![Member::of(first)];
        loop {
            let next = self.records.next().map_err(GateError::spill("reading threads"))?;
            match next {
                Some(next) if next.first_chunk::<2>() == first.first_chunk() => {
                    thread.push(Member::of(next));
                }
                next => {
                    self.ahead = next;
                    return Ok(thread);
                }
            }
        }
    }
}

impl Part {
    /// Every item of the threads.
    pub(crate) fn items(&self) -> impl Iterator<Item = Address> {
        self.whole.iter().flat_map(|(_, items)| items).copied()
    }

    /// Who has written in the threads.
    fn authors(&self) -> HashSet<MemberNumber> {
        self.items().map(|(author, _)| author).collect()
    }

    fn take_in(&mut self, root: Address, thread: &[Member]) {
        let mut items = vec![root];
        for Member { item, parent, is_fresh } in thread {
            self.threads.insert(*item, *parent);
            if *item != root {
                items.push(*item);
            }
            if *is_fresh {
                self.fresh.insert(*item);
            }
        }
        self.length += items.len();
        self.whole.push((root, items));
    }
}

/// An item of a thread.
struct Member {
    item: Address,
    parent: Option<Address>,
    is_fresh: bool,
}

impl Member {
    fn of([_, _, member, item, of, to, is_fresh]: [i64; 7]) -> Self {
        let parent = (of != NO_PARENT).then(|| address(of, to));
        Self { item: address(member, item), parent, is_fresh: is_fresh == 1 }
    }
}

/// The item that started the thread; an item whose parent is gone starts its own.
fn root(links: &Sorted<5>, item: Address, parent: Address) -> Result<Address> {
    let mut at = parent;
    let mut least = item.min(parent);
    // deeper than this, and in a loop in the data, it ends
    for _ in 0..DEEPEST {
        let link = links.find(&words(at)).map_err(GateError::spill("reading threads"))?;
        match link {
            // a loop has no first item, so any stands for it
            Some([_, _, of, to, _]) if address(of, to) == item => return Ok(least),
            Some([_, _, of, to, _]) => at = address(of, to),
            None => return Ok(at),
        }
        least = least.min(at);
    }
    Ok(at)
}

const fn words((member, item): Address) -> [i64; 2] {
    [member.as_i64(), item.as_i64()]
}

fn record(root: Address, item: Address, parent: Option<Address>, is_fresh: bool) -> [i64; 7] {
    let [root, first] = words(root);
    let [member, item] = words(item);
    let [of, to] = parent.map_or([NO_PARENT; 2], words);
    [root, first, member, item, of, to, i64::from(is_fresh)]
}

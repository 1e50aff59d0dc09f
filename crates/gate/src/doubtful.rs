//! Plain words that may be somebody's name, kept until all texts were read: what texts use as an
//! ordinary word is nobody's.

use std::collections::{BTreeMap, BTreeSet};

use lake::Lake;
use policy::MemberNumber;
use spill::{Records, Sorter};

use crate::{
    GateError, Result,
    lake_rows::address,
    mention::{FIELDS, Mention, field_at, place_of},
    names::Span,
    ordinary::ordinary,
};

/// What was found, and what becomes of it.
pub(crate) struct Doubtful {
    /// The number of each folded word.
    words: BTreeMap<String, i64>,
    /// How many are held in memory, and are given out at once.
    room: usize,
    stage: Stage,
}

enum Stage {
    /// The number of the word, who is named, the author, the item, the field, start and end, how
    /// many it may mean, and whether the item is new.
    Coming(Sorter<9>),
    /// With the numbers of the ordinary words.
    Going(Records<9>, BTreeSet<i64>),
}

impl Doubtful {
    pub(crate) fn new(room: usize) -> Self {
        Self { words: BTreeMap::new(), room, stage: Stage::Coming(Sorter::new(room)) }
    }

    /// Keeps a mention, the word that stands there, folded, and whether the item is new.
    pub(crate) fn push(&mut self, mention: &Mention, word: &str, is_fresh: bool) -> Result<()> {
        let Stage::Coming(sorter) = &mut self.stage else { return Ok(()) };
        let next = i64::try_from(self.words.len()).unwrap_or(i64::MAX);
        let word = match self.words.get(word) {
            Some(number) => *number,
            None => *self.words.entry(word.to_owned()).or_insert(next),
        };
        let Mention { named, author: (author, item), field, span, candidates, how: _ } = mention;
        let [start, end, candidates] =
            [span.start, span.end, *candidates].map(|one| i64::try_from(one).unwrap_or(i64::MAX));
        let (named, author, item) = (named.as_i64(), author.as_i64(), item.as_i64());
        let field = place_of(field);
        let record =
            [word, named, author, item, field, start, end, candidates, i64::from(is_fresh)];
        sorter.push(record).map_err(GateError::spill("keeping names in doubt"))
    }

    /// Some of those whose words are no ordinary ones, with whether their items are new; `None`
    /// at the end. The first call ends what comes in, and reads the lake once.
    pub(crate) async fn next(&mut self, lake: &Lake) -> Result<Option<Vec<(Mention, bool)>>> {
        if let Stage::Coming(sorter) = &mut self.stage {
            let sorter = std::mem::replace(sorter, Sorter::new(1));
            let records = sorter.finish().map_err(GateError::spill("sorting names in doubt"))?;
            let words = self.words.keys().cloned().collect();
            let ordinary = ordinary(lake, words, &FIELDS).await?;
            let number = |word: &String| self.words.get(word).copied();
            let ordinary = ordinary.iter().filter_map(number).collect();
            self.stage = Stage::Going(records.records(), ordinary);
        }
        let Stage::Going(records, ordinary) = &mut self.stage else { return Ok(None) };
        let mut some = Vec::new();
        while some.len() < self.room
            && let Some(record) = records.next().map_err(GateError::spill("reading names"))?
        {
            let [word, named, author, item, field, start, end, candidates, is_fresh] = record;
            if ordinary.contains(&word) {
                continue;
            }
            let [start, end, candidates] =
                [start, end, candidates].map(|one| usize::try_from(one).unwrap_or_default());
            let mention = Mention {
                named: MemberNumber::from_i64(named),
                author: address(author, item),
                field: field_at(field),
                span: Span { start, end },
                how: Mention::BY_WORD,
                candidates,
            };
            some.push((mention, is_fresh == 1));
        }
        Ok((!some.is_empty()).then_some(some))
    }
}

//! Who must not be named in the texts of others, and where they are.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use ::text::normalisation::Normalisation;

use crate::{
    Result,
    judge::Judge,
    lake::{Lake, Layout},
    names::{Finder, People},
    table::Row,
    text::{self, Source, Span, Why},
};

/// What has to be masked: by name wherever it stands, and by place where a mention is resolved.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) finder: Finder,
    /// By author and item: the column and the place in it.
    places: HashMap<(i64, i64), Vec<(String, Span)>>,
    /// Mentions that were read.
    pub(crate) mentions: u64,
}

/// One place, and what resolved it.
type Place = ((i64, i64), String, (i64, i64), String);

impl Named {
    /// Reads the names and the mentions that the lake has now.
    pub(crate) async fn read(lake: &Lake, judge: &Judge) -> Result<Self> {
        let (mut unnamed, mut others) = (BTreeSet::new(), BTreeSet::new());
        let note = |row: Row<'_>| {
            let Some((member, name)) = row.long("member_number").zip(row.text("display_name"))
            else {
                return;
            };
            let of = if judge.unnamed.contains(&member) { &mut unnamed } else { &mut others };
            of.insert(name.to_owned());
        };
        lake.for_each("members", note).await?;
        let people = People {
            unnamed: unnamed.iter().map(String::as_str).collect(),
            others: others.iter().map(String::as_str).collect(),
            non_members: &judge.names,
            emails: &judge.emails,
        };
        let finder = Finder::of(&people, judge.ambiguous_names());
        let mut named = Self { finder, ..Self::default() };
        named.read_mentions(lake, judge).await?;
        Ok(named)
    }

    /// How many names, forms and addresses are looked for.
    pub(crate) fn patterns(&self) -> usize {
        self.finder.forbidden.len() + self.finder.review.len()
    }

    /// Whether a person has to look at a row first.
    pub(crate) fn needs_review(&self, layout: &Layout, row: Row<'_>) -> bool {
        let texts = layout.free_text.iter().filter_map(|column| row.text(column));
        texts.into_iter().any(|text| !self.finder.review.find(text).is_empty())
    }

    /// The text of a row as a recipe makes it clean, with what has to be masked in it.
    pub(crate) fn source(
        &self,
        layout: &Layout,
        row: Row<'_>,
        address: (i64, i64),
        normalisation: &Normalisation,
    ) -> Source {
        let columns = layout.paragraphs.iter().filter_map(|name| Some((*name, row.text(name)?)));
        Source::of(columns.map(|(name, text)| {
            let spans = self.spans(name, text, address);
            match normalisation.apply(&text::masked(text, &spans)) {
                // what was masked before stays so, and names may have come to light
                clean if clean.is_changed() => {
                    let found = self.finder.forbidden.find(&clean.text);
                    let spans = found.into_iter().map(Span::from).collect();
                    (name, Cow::Owned(clean.text.into_owned()), spans)
                }
                _ => (name, Cow::Borrowed(text), spans),
            }
        }))
    }

    fn spans(&self, column: &str, text: &str, address: (i64, i64)) -> Vec<Span> {
        let found = self.finder.forbidden.find(text).into_iter().map(Span::from);
        let resolved = self.places.get(&address).into_iter().flatten();
        let here = resolved.filter(|(field, _)| field == column).map(|(_, span)| *span);
        found.chain(here).collect()
    }

    async fn read_mentions(&mut self, lake: &Lake, judge: &Judge) -> Result<()> {
        let mut found: HashMap<Place, (i64, BTreeSet<i64>)> = HashMap::new();
        let mut read = 0;
        let note = |row: Row<'_>| {
            read += 1;
            let number = |column| row.long(column).unwrap_or_default();
            let word = |column| row.text(column).unwrap_or_default().to_owned();
            let named = number("member_number");
            if judge.unnamed.contains(&named) {
                let author = (number("author_member"), number("author_item"));
                let span = (number("span_start"), number("span_end"));
                let place = (author, word("field"), span, word("how"));
                let entry = found.entry(place).or_default();
                entry.0 = entry.0.max(number("candidates"));
                entry.1.insert(named);
            }
        };
        lake.for_each("mentions", note).await?;
        self.mentions = read;
        for ((author, field, (start, end), _), (candidates, named)) in found {
            // A place that may mean several is masked if none of them may be named.
            let all = i64::try_from(named.len()).is_ok_and(|named| named >= candidates);
            if let (true, Ok(start), Ok(end)) = (all, start.try_into(), end.try_into()) {
                let span = Span { start, end, why: Why::Mention };
                self.places.entry(author).or_default().push((field, span));
            }
        }
        Ok(())
    }
}

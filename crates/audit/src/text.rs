//! From a row of the lake to the text that a corpus may have, and where the two differ.

use std::borrow::Cow;

use crate::names::{Found, Kind};

/// What stands where a name stood.
pub(crate) const MASK: &str = "[name]";

/// What a recipe puts in the place of personal data stands in brackets: one of these, and behind it,
/// where it is a pseudonym, a space and a number.
const REPLACED: [&str; 8] = ["email", "phone", "iban", "card", "ip", "token", "url", "address"];

/// How many hexadecimal digits the number of a pseudonym has.
const PSEUDONYM: usize = 8;

/// What stands between two paragraphs.
const PARAGRAPH: &str = "\n\n";

/// A place of a text that has to be masked, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) why: Why,
}

/// Why a place has to be masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    Found(Kind),
    Mention,
}

/// The text of one row before anything is masked, and the places that have to be.
#[derive(Debug, Default)]
pub(crate) struct Source {
    text: String,
    /// Sorted; they may overlap.
    spans: Vec<Span>,
    /// The text with all of them masked.
    pub(crate) expected: String,
    /// The columns that have words.
    columns: Vec<String>,
}

/// How a text of the corpus stands to its source.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// Nothing was added, and everything is masked that has to be.
    Good,
    /// Nothing was added, but this is still to be read.
    Unmasked(Vec<Why>),
    /// It is not the source with masks in it.
    Different,
}

impl Source {
    /// Joins the columns of a row, by name, each with the places in it that have to be masked.
    pub(crate) fn of<'a>(
        columns: impl Iterator<Item = (&'a str, Cow<'a, str>, Vec<Span>)>,
    ) -> Self {
        let mut source = Self::default();
        for (name, column, spans) in columns {
            source.push(&column, &widened(&column, spans));
            source.columns.extend((!column.trim().is_empty()).then(|| name.to_owned()));
        }
        source
    }

    /// Whether `column:bytes` for each column that has words tells where a text of the corpus is cut.
    pub(crate) fn is_cut(&self, told: &str, text: &str) -> bool {
        let told: Vec<_> = told.split(' ').filter_map(|one| one.split_once(':')).collect();
        let mut rest = Some(text);
        for (at, (_, bytes)) in told.iter().enumerate() {
            let after = bytes.parse().ok().and_then(|bytes| rest?.get(bytes..));
            let is_last = at + 1 == told.len();
            rest = if is_last { after } else { after.and_then(|one| one.strip_prefix(PARAGRAPH)) };
        }
        rest == Some("") && told.iter().map(|(column, _)| column).eq(&self.columns)
    }

    /// Whether there is anything to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.expected.is_empty()
    }

    /// Holds a text of the corpus against the source.
    pub(crate) fn compare(&self, text: &str) -> Comparison {
        if text == self.expected {
            return Comparison::Good;
        }
        let Some(masked) = self.align(text) else { return Comparison::Different };
        let is_masked =
            |span: &&Span| masked.iter().any(|(from, to)| *from <= span.start && span.end <= *to);
        let mut open: Vec<Why> =
            self.spans.iter().filter(|span| !is_masked(span)).map(|span| span.why).collect();
        open.sort_unstable();
        open.dedup();
        if open.is_empty() { Comparison::Good } else { Comparison::Unmasked(open) }
    }

    fn push(&mut self, column: &str, spans: &[Span]) {
        let masked = mask(column, spans);
        let masked = masked.trim();
        if masked.is_empty() {
            return;
        }
        if !self.expected.is_empty() {
            self.text.push_str(PARAGRAPH);
            self.expected.push_str(PARAGRAPH);
        }
        self.expected.push_str(masked);
        let before = self.text.len();
        let cut = column.len() - column.trim_start().len();
        self.text.push_str(column.trim());
        let moved = |at: usize| before + at.saturating_sub(cut).min(column.trim().len());
        let moved = spans.iter().map(|span| Span {
            start: moved(span.start),
            end: moved(span.end),
            why: span.why,
        });
        self.spans.extend(moved.filter(|span| span.start < span.end));
    }

    /// Which parts of the source the masks of a text stand for; `None` if the rest of the text is
    /// not the rest of the source, in its order.
    fn align(&self, text: &str) -> Option<Vec<(usize, usize)>> {
        let mut parts = unmasked(text).into_iter();
        let mut at = parts.next()?.len();
        if !self.text.starts_with(text.get(..at)?) {
            return None;
        }
        let mut masked = Vec::new();
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            let end = self.end_of_mask(at, part, parts.peek().is_none())?;
            masked.push((at, end));
            at = end + part.len();
        }
        (at == self.text.len()).then_some(masked)
    }

    /// Where the mask that starts at `at` ends, if `part` follows it.
    fn end_of_mask(&self, at: usize, part: &str, is_last: bool) -> Option<usize> {
        if is_last {
            let end = self.text.len().checked_sub(part.len())?;
            return (end >= at && self.text.get(end..)? == part).then_some(end);
        }
        let follows =
            |end: &usize| self.text.get(*end..).is_some_and(|rest| rest.starts_with(part));
        // A mask for something that has to be masked ends where that ends.
        let due = self.spans.iter().filter(|span| span.start <= at && at < span.end);
        let due = due.map(|span| span.end).max().filter(follows);
        due.or_else(|| Some(at + self.text.get(at..)?.find(part)?))
    }
}

/// Whether a recipe can have put anything in the place of a part of a text: whatever it replaces
/// has one of these.
pub(crate) fn may_be_replaced(text: &str) -> bool {
    text.contains(|one: char| one.is_ascii_digit() || "@:([{".contains(one))
        || text.to_ascii_lowercase().contains("www.")
}

/// Whether a recipe has put something in the place of a part of a text.
pub(crate) fn is_replaced_in(text: &str) -> bool {
    masks(text).iter().any(|(start, end)| text.get(*start..*end) != Some(MASK))
}

/// What of a text is no mask: before the first, between two, and behind the last.
fn unmasked(text: &str) -> Vec<&str> {
    let masks = masks(text);
    let starts = std::iter::once(0).chain(masks.iter().map(|(_, end)| *end));
    let ends = masks.iter().map(|(start, _)| *start).chain([text.len()]);
    starts.zip(ends).filter_map(|(start, end)| text.get(start..end)).collect()
}

/// Where masks stand, of names and of what a recipe replaces.
fn masks(text: &str) -> Vec<(usize, usize)> {
    let brackets = text.match_indices('[');
    let masks = brackets.filter_map(|(at, _)| Some((at, at + mask_length(text.get(at..)?)?)));
    masks.collect()
}

/// How long the mask is that stands first.
fn mask_length(text: &str) -> Option<usize> {
    if text.starts_with(MASK) {
        return Some(MASK.len());
    }
    let (inside, _) = text.strip_prefix('[')?.split_once(']')?;
    let is_number = |number: &str| {
        number.len() == PSEUDONYM && number.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let is_mask = match inside.split_once(' ') {
        Some((kind, number)) => REPLACED.contains(&kind) && is_number(number),
        None => REPLACED.contains(&inside),
    };
    is_mask.then_some(inside.len() + 2)
}

/// A column with everything masked that has to be.
pub(crate) fn masked<'a>(column: &'a str, spans: &[Span]) -> Cow<'a, str> {
    match spans {
        [] => Cow::Borrowed(column),
        spans => Cow::Owned(mask(column, &widened(column, spans.to_vec()))),
    }
}

/// The spans on whole characters, sorted.
fn widened(column: &str, mut spans: Vec<Span>) -> Vec<Span> {
    for span in &mut spans {
        *span = widen(column, *span);
    }
    spans.sort_unstable();
    spans
}

/// The text with the spans masked, those that touch as one.
fn mask(text: &str, spans: &[Span]) -> String {
    let mut masked = String::new();
    let mut in_mask = false;
    for (at, character) in text.char_indices() {
        let is_masked = spans.iter().any(|span| span.start <= at && at < span.end);
        if is_masked && !in_mask {
            masked.push_str(MASK);
        }
        if !is_masked {
            masked.push(character);
        }
        in_mask = is_masked;
    }
    masked
}

/// The same span on whole characters, inside the text.
fn widen(text: &str, mut span: Span) -> Span {
    span.start = span.start.min(text.len());
    span.end = span.end.min(text.len());
    while !text.is_char_boundary(span.start) {
        span.start -= 1;
    }
    while !text.is_char_boundary(span.end) {
        span.end += 1;
    }
    span
}

impl From<Found> for Span {
    fn from(Found { start, end, kind }: Found) -> Self {
        Self { start, end, why: Why::Found(kind) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Why = Why::Found(Kind::Name);

    fn span(start: usize, end: usize, why: Why) -> Span {
        Span { start, end, why }
    }

    fn source(columns: &[(&str, &[Span])]) -> Source {
        let columns = columns.iter();
        Source::of(columns.map(|(column, spans)| ("text", Cow::Borrowed(*column), spans.to_vec())))
    }

    #[test]
    fn paragraphs_are_trimmed_masked_and_joined() {
        let source = source(&[
            (" Anna Schmidt ", &[span(1, 13, NAME)]),
            ("  ", &[]),
            ("ask Anna!\n", &[span(4, 8, Why::Mention)]),
        ]);
        assert_eq!(source.expected, "[name]\n\nask [name]!");
        assert_eq!(source.text, "Anna Schmidt\n\nask Anna!");
        assert_eq!(source.compare("[name]\n\nask [name]!"), Comparison::Good);
    }

    #[test]
    fn spans_that_touch_are_one_mask() {
        let two = [span(0, 4, NAME), span(4, 6, Why::Mention), span(2, 5, NAME)];
        assert_eq!(source(&[("abcdefgh", &two)]).expected, "[name]gh");
    }

    #[test]
    fn what_is_not_masked_or_not_there_is_seen() {
        let spans = [span(4, 8, Why::Mention), span(13, 17, NAME)];
        let source = source(&[("ask Anna and Bert and Carl", &spans)]);
        let check = |text: &str, expected: Comparison| {
            assert_eq!(source.compare(text), expected, "{text}");
        };
        check("ask [name] and [name] and Carl", Comparison::Good);
        check("ask [name] and [name] and [name]", Comparison::Good);
        check("[name]", Comparison::Good);
        check("ask [name] and Bert and Carl", Comparison::Unmasked(vec![NAME]));
        check("ask Anna and [name] and Carl", Comparison::Unmasked(vec![Why::Mention]));
        check("ask Anna and Bert and Carl", Comparison::Unmasked(vec![NAME, Why::Mention]));
        check("ask [name]a and [name] and Carl", Comparison::Unmasked(vec![Why::Mention]));
        check("ask [name] and [name] and Carla", Comparison::Different);
        check("ask [name] or [name] and Carl", Comparison::Different);
        check("ask [name] and [name]", Comparison::Good);
        check("", Comparison::Different);
    }

    #[test]
    fn what_a_recipe_replaces_stands_for_any_part_of_the_source() {
        let source = source(&[("ask Anna, 0171 1234567, a@b.de [x]", &[span(4, 8, NAME)])]);
        let check = |text: &str, expected: Comparison| {
            assert_eq!(source.compare(text), expected, "{text}");
        };
        check("ask [name], [phone], [email] [x]", Comparison::Good);
        check("ask [name], [phone 0a1b2c3d], a@b.de [x]", Comparison::Good);
        check("ask Anna, [phone], [email] [x]", Comparison::Unmasked(vec![NAME]));
        check("ask [name], [phone 0a1b], a@b.de [x]", Comparison::Different);
        check("ask [name], [phone], [mail] [x]", Comparison::Different);
        check("ask [name], [phone], [email] [y]", Comparison::Different);
    }

    #[test]
    fn where_a_text_is_cut_has_to_be_told_right() {
        let columns = [("title", "a"), ("employer", " "), ("description", "ä\n\nb")];
        let source =
            Source::of(columns.into_iter().map(|(name, text)| (name, text.into(), Vec::new())));
        let text = "a\n\nä\n\nb";
        assert!(source.is_cut("title:1 description:5", text));
        for wrong in
            ["", "title:1", "title:3 description:3", "title:1 text:5", "title:1 description:6"]
        {
            assert!(!source.is_cut(wrong, text), "{wrong}");
        }
    }

    #[test]
    fn spans_beyond_the_text_or_inside_a_character_do_no_harm() {
        let spans = [span(1, 2, Why::Mention), span(90, 99, Why::Mention)];
        let source = source(&[("é!", &spans)]);
        assert_eq!(source.expected, "[name]!");
        assert_eq!(source.compare("[name]![name]"), Comparison::Good);
    }
}

use super::{
    characters::{is_line_end, is_space, is_terminal},
    measures::Measures,
    rules::Rule,
    table::{Table, hash},
};

/// The most characters of a short line.
const SHORT: usize = 30;

/// What is counted of parts of a text.
#[derive(Debug, Default)]
struct Parts {
    all: usize,
    duplicates: usize,
    duplicate_characters: usize,
}

/// What is counted of lines that are not blank.
#[derive(Debug, Default)]
struct Filled {
    all: usize,
    punctuated: usize,
    short: usize,
    duplicate_characters: usize,
}

/// The lines of a text and where they end, at whatever Unicode ends lines with; none after the last.
pub(super) fn all_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text;
    let has_rare = has_rare_line_ends(text);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = match has_rare {
            true => rest.find(is_line_end),
            false => memchr::memchr(b'\n', rest.as_bytes()),
        };
        let (line, ended) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        let at = text.len() - ended.len();
        rest = ended.strip_prefix("\r\n").unwrap_or_else(|| {
            let mut chars = ended.chars();
            chars.next();
            chars.as_str()
        });
        Some((at, line))
    })
}

/// Measures the rules about repeated paragraphs, and those about lines that `\n` ends.
pub(super) fn measure(text: &str, characters: usize, table: &mut Table, measures: &mut Measures) {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    table.clear(ends + 2);
    let paragraphs = paragraphs(text, table);
    measures.share(Rule::DuplicateParagraphs, paragraphs.duplicates, paragraphs.all);
    measures.share(Rule::DuplicateParagraphCharacters, paragraphs.duplicate_characters, characters);
    table.clear(ends + 2);
    let (lines, filled) = lines(text, table);
    measures.share(Rule::DuplicateLines, lines.duplicates, lines.all);
    measures.share(Rule::DuplicateLineCharacters, lines.duplicate_characters, characters);
    measures.share(Rule::PunctuatedLines, filled.punctuated, filled.all);
    measures.share(Rule::ShortLines, filled.short, filled.all);
    let on_lines = if filled.all > 0 { characters - ends } else { 0 };
    measures.share(Rule::RepeatedLineCharacters, filled.duplicate_characters, on_lines);
}

/// What blank lines part.
fn paragraphs(text: &str, table: &mut Table) -> Parts {
    let mut parts = Parts::default();
    for part in text.trim_matches(is_space).split("\n\n") {
        let paragraph = part.trim_start_matches('\n');
        if !paragraph.is_empty() {
            parts.add(paragraph, table);
        }
    }
    parts
}

fn lines(text: &str, table: &mut Table) -> (Parts, Filled) {
    let (mut parts, mut filled) = (Parts::default(), Filled::default());
    if text.starts_with('\n') {
        parts.add("", table);
    }
    let mut rest = text;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        rest = rest.get(end + 1..).unwrap_or_default();
        if line.is_empty() {
            continue;
        }
        let repeated = parts.add(line, table);
        if !line.trim_start_matches(is_space).is_empty() {
            filled.add(line, repeated);
        }
    }
    if text.ends_with('\n') {
        parts.add("", table);
    }
    (parts, filled)
}

impl Parts {
    /// Counts the part; its characters if it stood before.
    fn add(&mut self, part: &str, table: &mut Table) -> usize {
        self.all += 1;
        if table.count(hash(part.as_bytes())).1 == 0 {
            return 0;
        }
        let characters = part.chars().count();
        self.duplicates += 1;
        self.duplicate_characters += characters;
        characters
    }
}

impl Filled {
    fn add(&mut self, line: &str, repeated: usize) {
        self.all += 1;
        self.punctuated += usize::from(line.chars().next_back().is_some_and(is_terminal));
        self.short += usize::from(is_short(line));
        self.duplicate_characters += repeated;
    }
}

fn is_short(line: &str) -> bool {
    line.len() <= SHORT || line.len() <= 4 * SHORT && line.chars().count() <= SHORT
}

/// Whether a line ends with anything but `\n`.
fn has_rare_line_ends(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_rare = |byte: u8| matches!(byte, 11..=13 | 28..=30);
    let (rare, wide) = bytes.iter().fold((false, false), |(rare, wide), byte| {
        (rare | is_rare(*byte), wide | !byte.is_ascii())
    });
    let holds = |end: &str| memchr::memmem::find(bytes, end.as_bytes()).is_some();
    rare || wide && ["\u{85}", "\u{2028}", "\u{2029}"].into_iter().any(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str, rule: Rule) -> Option<f64> {
        let mut measures = Measures::new(0);
        measure(text, text.chars().count(), &mut Table::default(), &mut measures);
        measures.of(rule)
    }

    #[test]
    fn lines_end_where_unicode_says() {
        let check = |text, expect: &[&str]| {
            let lines = all_lines(text).map(|(end, line)| {
                assert!(text[..end].ends_with(line), "{text:?} {end}");
                line
            });
            assert_eq!(lines.collect::<Vec<_>>(), expect);
        };
        check("", &[]);
        check("a\nb", &["a", "b"]);
        check("a\n\nb\n", &["a", "", "b"]);
        check("a\r\nb\rc\u{2028}d\u{85}e", &["a", "b", "c", "d", "e"]);
        check("\n", &[""]);
    }

    #[test]
    fn lines_and_paragraphs_are_measured() {
        let check =
            |text, rule, expect| assert_eq!(measured(text, rule), expect, "{text:?} {rule}");
        check("a\n\nb\n\n\na", Rule::DuplicateParagraphs, Some(1.0 / 3.0));
        check("a\n\nb\n\n\na", Rule::DuplicateParagraphCharacters, Some(1.0 / 8.0));
        check("ab\nab\ncd\nab", Rule::DuplicateLines, Some(0.5));
        check("ab\nab\ncd\nab", Rule::DuplicateLineCharacters, Some(4.0 / 11.0));
        check("ab\nab\ncd\nab", Rule::RepeatedLineCharacters, Some(0.5));
        check("\na\n", Rule::DuplicateLines, Some(1.0 / 3.0));
        check("One.\nTwo\n \nThree!", Rule::PunctuatedLines, Some(2.0 / 3.0));
        check("\n \n", Rule::PunctuatedLines, None);
        check("äöüäöüäöüäöüäöüäöüäöüäöüäöüäöü\nx", Rule::ShortLines, Some(1.0));
        check("a line that is longer than short lines are\nx", Rule::ShortLines, Some(0.5));
    }
}

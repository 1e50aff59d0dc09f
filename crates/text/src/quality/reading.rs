use super::{
    characters::{DIGIT, LETTER, SPACE, WIDE, class, is_space},
    exceptions::{Convention, is_written_together},
    lines::all_lines,
    measures::Measures,
    notices::{Found, Holds},
    rules::Rule,
    sentences::{Kept, Line},
    splitting::split,
    stop_words::StopWords,
    words::Words,
};

/// How a text is read, by its language.
#[derive(Debug)]
pub(super) struct Manner {
    pub(super) convention: Convention,
    pub(super) stop_words: StopWords,
}

/// What is counted while a text is read line by line.
#[derive(Debug, Default)]
pub(super) struct Reading {
    lines: usize,
    bullets: usize,
    ellipses: usize,
    kept: Kept,
}

impl Manner {
    pub(super) fn of(language: Option<&str>) -> Self {
        Self { convention: Convention::of(language), stop_words: StopWords::of(language) }
    }
}

impl Reading {
    /// Reads the text once; its words go to `words`.
    pub(super) fn new(
        text: &str,
        manner: &Manner,
        mut found: &[Found],
        ends: &mut Vec<usize>,
        words: &mut Words,
    ) -> Self {
        let mut reading = Self::default();
        for (end, line) in all_lines(text) {
            let read = read_line(line, manner, ends, words);
            reading.kept.add(line, &read, Holds::until(end, &mut found));
            reading.lines += 1;
            reading.bullets +=
                usize::from(line.trim_start_matches(is_space).starts_with(['•', '-']));
            let trimmed = line.trim_end_matches(is_space);
            reading.ellipses += usize::from(trimmed.ends_with("...") || trimmed.ends_with('…'));
        }
        reading
    }

    pub(super) fn measure(&self, measures: &mut Measures) {
        measures.share(Rule::BulletLines, self.bullets, self.lines);
        measures.share(Rule::EllipsisLines, self.ellipses, self.lines);
        self.kept.measure(measures);
    }
}

fn read_line(line: &str, manner: &Manner, ends: &mut Vec<usize>, words: &mut Words) -> Line {
    let mut read = Line::default();
    let mut rest = line;
    while let Some(chunk) = next_chunk(rest) {
        read.chunk(chunk.text);
        if chunk.is_plain(manner.convention) {
            words.add_plain(chunk.text, chunk.classes, &manner.stop_words);
            read.plain_word();
        } else {
            split(chunk.text, manner.convention, ends, |word| {
                words.add(word, &manner.stop_words);
                read.word(word);
            });
        }
        rest = chunk.after;
    }
    read
}

/// What stands between white space.
#[derive(Debug)]
struct Chunk<'a> {
    text: &'a str,
    /// The classes of all its bytes.
    classes: u8,
    after: &'a str,
}

impl Chunk<'_> {
    /// Whether it is surely one word.
    fn is_plain(&self, convention: Convention) -> bool {
        let is_of_one_kind = self.classes == LETTER || self.classes == DIGIT;
        is_of_one_kind && !is_written_together(self.text, convention)
    }
}

fn next_chunk(text: &str) -> Option<Chunk<'_>> {
    let text = text.trim_start_matches(is_space);
    let mut classes = 0;
    let end = text.bytes().position(|byte| {
        let class = class(byte);
        let ends = class & (SPACE | WIDE) != 0;
        classes |= if class == SPACE { 0 } else { class };
        ends
    });
    // beyond ASCII, white space is more than one byte
    let end = match classes & WIDE {
        0 => end,
        _ => text.find(is_space),
    };
    let (text, after) = text.split_at_checked(end.unwrap_or(text.len()))?;
    (!text.is_empty()).then_some(Chunk { text, classes, after })
}

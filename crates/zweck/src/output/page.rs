use std::fmt::{Display, Write as _};

use super::{Bar, Table, WIDTH, bars};

/// A page of text for people, no wider than [`WIDTH`] characters.
pub(crate) struct Page {
    text: String,
    style: Style,
}

/// Colours and weights, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    is_coloured: bool,
}

impl Page {
    /// An empty page.
    pub(crate) fn new(is_coloured: bool) -> Self {
        Self { text: String::new(), style: Style::new(is_coloured) }
    }

    /// What was written so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The colours of this page.
    pub(crate) fn style(&self) -> Style {
        self.style
    }

    /// A line as it is.
    pub(crate) fn line(&mut self, line: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// An empty line.
    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A heading, with an empty line before it unless it is the first.
    pub(crate) fn heading(&mut self, words: impl Display) {
        if !self.text.is_empty() {
            self.blank();
        }
        self.line(self.style.bold(&words.to_string()));
    }

    /// Words, broken into lines between words, with `indent` spaces before each line.
    pub(crate) fn paragraph(&mut self, indent: usize, words: impl Display) {
        let space = " ".repeat(indent);
        for line in wrap(&words.to_string(), WIDTH.saturating_sub(indent)) {
            self.line(format_args!("{space}{line}"));
        }
    }

    /// Words behind a dash, broken into lines between words.
    pub(crate) fn item(&mut self, words: impl Display) {
        for (place, line) in wrap(&words.to_string(), WIDTH - 4).into_iter().enumerate() {
            let start = if place == 0 { "  - " } else { "    " };
            self.line(format_args!("{start}{line}"));
        }
    }

    /// Names and values below each other.
    pub(crate) fn fields<V: Display>(&mut self, fields: &[(&str, V)]) {
        let width = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in fields {
            let mut lines = wrap(&value.to_string(), WIDTH.saturating_sub(width + 4)).into_iter();
            let name = self.style.dim(&format!("{name:width$}"));
            self.line(format_args!("  {name}  {}", lines.next().unwrap_or_default()));
            for line in lines {
                self.line(format_args!("  {:width$}  {line}", ""));
            }
        }
    }

    /// A table; an empty one says `none`.
    pub(crate) fn table(&mut self, table: &Table) {
        table.write(&mut self.text, self.style);
    }

    /// A bar chart.
    pub(crate) fn bars(&mut self, bars: &[Bar]) {
        bars::write(bars, &mut self.text, self.style);
    }
}

impl Style {
    /// With colours, or without.
    pub(crate) const fn new(is_coloured: bool) -> Self {
        Self { is_coloured }
    }

    /// For headings.
    pub(crate) fn bold(self, words: &str) -> String {
        self.paint("1", words)
    }

    /// For what is beside the point.
    pub(crate) fn dim(self, words: &str) -> String {
        self.paint("2", words)
    }

    /// For what is refused or wrong.
    pub(crate) fn red(self, words: &str) -> String {
        self.paint("1;31", words)
    }

    /// For what is allowed or done.
    pub(crate) fn green(self, words: &str) -> String {
        self.paint("32", words)
    }

    /// For what is to be noticed.
    pub(crate) fn yellow(self, words: &str) -> String {
        self.paint("33", words)
    }

    fn paint(self, code: &str, words: &str) -> String {
        match self.is_coloured {
            true => format!("\u{1b}[{code}m{words}\u{1b}[0m"),
            false => words.to_owned(),
        }
    }
}

/// Breaks words into lines of at most `width` characters; a longer word gets broken itself.
pub(super) fn wrap(words: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    for given in words.lines() {
        let mut line = String::new();
        for word in given.split_whitespace() {
            let mut word = word;
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            while let Some((place, _)) = word.char_indices().nth(width) {
                let (start, rest) = word.split_at(place);
                lines.push(start.to_owned());
                word = rest;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn words_are_wrapped() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap("a\n\nb", 8), ["a", "", "b"]);
        assert_eq!(wrap("äöüäöüäö äöü", 8), ["äöüäöüäö", "äöü"]);
    }
}

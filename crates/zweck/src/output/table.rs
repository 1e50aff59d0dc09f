use std::fmt::Write as _;

use super::{
    WIDTH,
    page::{Style, wrap},
};

/// Rows below a line of headings. Columns of numbers stand on the right.
pub(crate) struct Table {
    headings: Vec<Heading>,
    rows: Vec<Vec<String>>,
}

struct Heading {
    words: &'static str,
    is_number: bool,
}

/// Between two columns.
const GAP: usize = 2;
/// A column of words is not squeezed below its longest word, unless that is longer than this.
const NARROWEST: usize = 32;

/// Without control characters, which data may hold and a terminal would obey.
pub(crate) fn printable(text: &str) -> String {
    text.replace(|one: char| one.is_control() && one != '\n', "\u{fffd}")
}

impl Table {
    /// A table with these headings; `#` before a heading makes a column of numbers.
    pub(crate) fn new<const COLUMNS: usize>(headings: [&'static str; COLUMNS]) -> Self {
        let heading = |words: &'static str| match words.strip_prefix('#') {
            Some(words) => Heading { words, is_number: true },
            None => Heading { words, is_number: false },
        };
        Self { headings: headings.into_iter().map(heading).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row<const COLUMNS: usize>(&mut self, cells: [String; COLUMNS]) {
        self.rows.push(cells.iter().map(|cell| printable(cell)).collect());
    }

    pub(super) fn write(&self, text: &mut String, style: Style) {
        if self.rows.is_empty() {
            text.push_str("  none\n");
            return;
        }
        let widths = self.widths();
        let headings: Vec<_> = self.headings.iter().map(|one| one.words.to_owned()).collect();
        self.write_row(&headings, &widths, text, |line| style.dim(line));
        for row in &self.rows {
            self.write_row(row, &widths, text, str::to_owned);
        }
    }

    /// As wide as the widest cell; where that is too much, the widest columns of words give way.
    fn widths(&self) -> Vec<usize> {
        let mut widths = self.widest(|cell| cell.chars().count());
        let words = self.widest(|cell| {
            let words = cell.split_whitespace().map(|word| word.chars().count());
            words.max().unwrap_or(0).min(NARROWEST)
        });
        loop {
            let total = widths.iter().map(|width| width + GAP).sum::<usize>();
            let columns = widths.iter_mut().zip(&words).zip(&self.headings);
            let squeezable =
                columns.filter(|((width, word), heading)| !heading.is_number && **width > **word);
            match squeezable.max_by_key(|((width, _), _)| **width) {
                Some(((width, _), _)) if total > WIDTH => *width -= 1,
                _ => return widths,
            }
        }
    }

    /// The greatest measure in each column, headings included.
    fn widest(&self, measure: impl Fn(&str) -> usize) -> Vec<usize> {
        let mut widest: Vec<_> = self.headings.iter().map(|one| measure(one.words)).collect();
        for row in &self.rows {
            for (width, cell) in widest.iter_mut().zip(row) {
                *width = (*width).max(measure(cell));
            }
        }
        widest
    }

    fn write_row(
        &self,
        cells: &[String],
        widths: &[usize],
        text: &mut String,
        paint: impl Fn(&str) -> String,
    ) {
        let wrapped: Vec<_> =
            cells.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        for place in 0..height {
            let mut line = String::new();
            for ((cell, width), heading) in wrapped.iter().zip(widths).zip(&self.headings) {
                let words = cell.get(place).map_or("", String::as_str);
                // Writing to a string cannot fail.
                let _ = match heading.is_number {
                    true => write!(line, "{:GAP$}{words:>width$}", ""),
                    false => write!(line, "{:GAP$}{words:width$}", ""),
                };
            }
            let _ = writeln!(text, "{}", paint(line.trim_end()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_too_wide() {
        let mut table = Table::new(["name", "#count", "words"]);
        table.row(["a".to_owned(), "12".to_owned(), "word ".repeat(50)]);
        let mut text = String::new();
        table.write(&mut text, Style::new(false));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.starts_with("  name  count  words\n  a        12  word"), "{text}");
    }
}

use std::path::Path;

use toml::{
    Spanned,
    de::{DeTable, Error},
};

use crate::Problem;

/// What is wrong with a file, noted place by place while it is read.
#[derive(Debug)]
pub struct Problems<'a> {
    file: &'a Path,
    text: &'a str,
    /// With the bytes at which they stand.
    found: Vec<(usize, Problem)>,
}

impl<'a> Problems<'a> {
    /// Those of a text; `file` is how messages call it.
    pub fn of(file: &'a Path, text: &'a str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// Notes a problem at a byte of the file; an empty hint is none.
    pub fn note(&mut self, at: usize, what: impl Into<String>, hint: &str) {
        let problem = Problem {
            file: self.file.to_owned(),
            line: self.line(at),
            what: what.into(),
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
        };
        self.found.push((at, problem));
    }

    /// The file as a table of TOML; if it is none, everything against that is noted.
    pub fn toml(&mut self) -> Option<Spanned<DeTable<'a>>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            self.note(at, format!("not TOML: {}", one_line(error)), "");
        }
        // What a broken document still holds would only repeat its first mistake in other words.
        errors.is_empty().then_some(root)
    }

    /// The line, counted from 1, of a byte of the file.
    pub fn line(&self, at: usize) -> usize {
        line_of(self.text.as_bytes(), at)
    }

    /// Everything that was noted, in the order of the file.
    pub fn into_list(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|(at, _)| *at);
        self.found.into_iter().map(|(_, problem)| problem).collect()
    }
}

/// The line, counted from 1, in which a byte of a text stands.
pub fn line_of(text: &[u8], at: usize) -> usize {
    1 + text.iter().take(at).filter(|byte| **byte == b'\n').count()
}

fn one_line(error: &Error) -> String {
    error.message().replace('\n', ", ")
}

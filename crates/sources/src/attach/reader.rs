//! Reads the values of a mapping and notes everything that is wrong with it on the way.

use std::{collections::BTreeMap, path::Path};

use lake::{Said, TimeColumn, TimeUnit};
use policy::Problems;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::refusal::suggestion;

type Value<'a> = Spanned<DeValue<'a>>;

pub(super) struct Reader<'a> {
    pub(super) problems: Problems<'a>,
    /// The columns that were named since they were taken last, with their places.
    columns: Vec<(String, usize)>,
}

/// A table of the file: how messages call it, and where it starts.
pub(super) struct Section<'a> {
    pub(super) name: String,
    pub(super) table: &'a DeTable<'a>,
    pub(super) at: usize,
}

/// A word that is given of something.
pub(super) struct Given {
    pub(super) word: String,
    pub(super) of: String,
    pub(super) at: usize,
}

impl Section<'_> {
    /// Where a key's value stands; where the section starts if it has no such key.
    pub(super) fn place(&self, key: &str) -> usize {
        self.table.get(key).map_or(self.at, |value| value.span().start)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self { problems: Problems::of(file, text), columns: Vec::new() }
    }

    /// The columns that were named since, with their places.
    pub(super) fn take_columns(&mut self) -> Vec<(String, usize)> {
        std::mem::take(&mut self.columns)
    }

    pub(super) fn check_keys(&mut self, section: &Section<'_>, known: &[&str]) {
        for key in section.table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let what = format!("{} has an unknown key", section.name);
                self.problems.note(key.span().start, what, &suggestion(key.get_ref(), known));
            }
        }
    }

    pub(super) fn section<'t>(&mut self, of: &Section<'t>, key: &str) -> Option<Section<'t>> {
        let value = self.required(of, key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(value, key, "a table");
            return None;
        };
        Some(Section { name: format!("[{key}]"), table, at: value.span().start })
    }

    pub(super) fn required<'t>(
        &mut self,
        section: &Section<'t>,
        key: &str,
    ) -> Option<&'t Value<'t>> {
        let value = section.table.get(key);
        if value.is_none() {
            self.problems.note(section.at, format!("{} has no `{key}`", section.name), "");
        }
        value
    }

    /// A text that has to be there, with its place.
    pub(super) fn text(&mut self, section: &Section<'_>, key: &str) -> Option<(usize, String)> {
        let value = self.required(section, key)?;
        Some((value.span().start, self.word(value, key)?))
    }

    /// The name of a column that has to be mapped.
    pub(super) fn column(&mut self, section: &Section<'_>, key: &str) -> Option<String> {
        self.required(section, key)?;
        self.maybe_column(section, key)
    }

    /// The name of a column, if one is mapped.
    pub(super) fn maybe_column(&mut self, section: &Section<'_>, key: &str) -> Option<String> {
        let value = section.table.get(key)?;
        let column = self.word(value, key)?;
        self.columns.push((column.clone(), value.span().start));
        Some(column)
    }

    /// What says a word: a column, or `{ always = "WORD" }`, or `{ column = "…", values = { … } }`.
    /// Words that are written out have to be among the known ones, unless any is good.
    pub(super) fn said(
        &mut self,
        section: &Section<'_>,
        key: &str,
        known: &[&str],
    ) -> Option<Said> {
        let value = section.table.get(key)?;
        if value.get_ref().as_str().is_some() {
            return self.maybe_column(section, key).map(Said::Column);
        }
        let section = self.section(section, key)?;
        let section = Section { name: format!("`{key}`"), ..section };
        self.check_keys(&section, &["always", "column", "values"]);
        if let Some(always) = section.table.get("always") {
            let word = self.word(always, "always")?;
            self.check_word(&word, always.span().start, known);
            return Some(Said::Always(word));
        }
        let column = self.column(&section, "column")?;
        self.required(&section, "values")?;
        let mut values = BTreeMap::new();
        for Given { word, of, at } in self.words_of(&section, "values") {
            self.check_word(&word, at, known);
            values.insert(of, word);
        }
        Some(Said::Values { column, values })
    }

    /// A column of instants with its unit, neither of which is guessed.
    pub(super) fn time(&mut self, section: &Section<'_>, key: &str) -> Option<TimeColumn> {
        let value = section.table.get(key)?;
        let units: Vec<_> = TimeUnit::ALL.iter().map(|unit| unit.name()).collect();
        if value.get_ref().as_str().is_some() {
            let what = format!("`{key}` does not say its unit");
            let hint = format!("{{ column = \"…\", unit = \"…\" }}; units: {}", units.join(", "));
            self.problems.note(value.span().start, what, &hint);
            return None;
        }
        let section = self.section(section, key)?;
        let section = Section { name: format!("`{key}`"), ..section };
        self.check_keys(&section, &["column", "unit"]);
        let column = self.column(&section, "column");
        let (at, word) = self.text(&section, "unit")?;
        let unit = TimeUnit::ALL.iter().copied().find(|unit| unit.name() == word);
        if unit.is_none() {
            self.problems.note(at, format!("`{key}`: {}", suggestion(&word, &units)), "");
        }
        Some(TimeColumn { column: column?, unit: unit? })
    }

    /// The words of a table whose values are texts.
    pub(super) fn words_of(&mut self, section: &Section<'_>, key: &str) -> Vec<Given> {
        let Some(value) = section.table.get(key) else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(value, key, "a table");
            return Vec::new();
        };
        let mut words = Vec::new();
        for (of, value) in table.iter() {
            if let Some(word) = self.word(value, of.get_ref()) {
                words.push(Given { word, of: of.get_ref().to_string(), at: value.span().start });
            }
        }
        words
    }

    fn check_word(&mut self, word: &str, at: usize, known: &[&str]) {
        if !known.is_empty() && !known.contains(&word) {
            self.problems.note(at, suggestion(word, known), "");
        }
    }

    fn word(&mut self, value: &Value<'_>, key: &str) -> Option<String> {
        let Some(word) = value.get_ref().as_str() else {
            self.wrong_type(value, key, "a text in quotes");
            return None;
        };
        if word.trim().is_empty() {
            self.problems.note(value.span().start, format!("`{key}` is empty"), "");
            return None;
        }
        Some(word.to_owned())
    }

    fn wrong_type(&mut self, value: &Value<'_>, key: &str, wanted: &str) {
        let what = format!("`{key}` has the type {}", value.get_ref().type_str());
        self.problems.note(value.span().start, what, &format!("write {wanted}"));
    }
}

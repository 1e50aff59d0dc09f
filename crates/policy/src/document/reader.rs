use std::{path::Path, str::FromStr};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{Day, Problems, UnknownWord, nearest::nearest};

/// A value with its place in the file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// Reads values out of a document and notes everything that is wrong with it on the way.
pub(super) struct Reader<'a> {
    pub(super) problems: Problems<'a>,
}

/// A table of the document: how messages call it, and where it starts.
#[derive(Clone)]
pub(super) struct Section<'a> {
    pub(super) name: String,
    pub(super) table: &'a DeTable<'a>,
    pub(super) at: usize,
}

/// A value that was read, with the byte at which it starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

impl<'a> Section<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Value<'a>> {
        self.table.get(key)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self { problems: Problems::of(file, text) }
    }

    /// Notes every key that is not among the known ones.
    pub(super) fn check_keys(&mut self, section: &Section<'_>, known: &[&str]) {
        for key in section.table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let what = format!("{} has the unknown key `{}`", section.name, key.get_ref());
                let hint = nearest(key.get_ref(), known);
                self.problems.note(key.span().start, what, &hint);
            }
        }
    }

    /// The value of a key that has to be there.
    pub(super) fn required(&mut self, section: &Section<'a>, key: &str) -> Option<&'a Value<'a>> {
        let value = section.get(key);
        if value.is_none() {
            self.problems.note(section.at, format!("{} has no `{key}`", section.name), "");
        }
        value
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, value: &'a Value<'a>, what: &str) -> Option<&'a str> {
        let at = value.span().start;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, what, "a text in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.problems.note(at, format!("{what} is empty"), "");
            return None;
        }
        Some(text)
    }

    /// A calendar day, as a text.
    pub(super) fn day(&mut self, value: &'a Value<'a>, what: &str) -> Option<At<Day>> {
        let text = self.text(value, what)?;
        let at = value.span().start;
        match text.parse() {
            Ok(value) => Some(At { value, at }),
            Err(_) => {
                let what = format!("{what} is `{text}`, which is no day of the calendar");
                self.problems.note(at, what, "write a day as \"2025-11-03\"");
                None
            }
        }
    }

    /// A whole number.
    pub(super) fn number(&mut self, value: &'a Value<'a>, what: &str) -> Option<At<i64>> {
        let number = value.get_ref().as_integer();
        let number = number.and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        if number.is_none() {
            self.wrong_type(value, what, "a whole number");
        }
        Some(At { value: number?, at: value.span().start })
    }

    /// One of the words of this crate.
    pub(super) fn word<T: FromStr<Err = UnknownWord>>(
        &mut self,
        value: &'a Value<'a>,
        what: &str,
    ) -> Option<At<T>> {
        let text = self.text(value, what)?;
        let at = value.span().start;
        match text.parse() {
            Ok(value) => Some(At { value, at }),
            Err(UnknownWord { kind, word, known }) => {
                let list: Vec<_> = known.split(", ").collect();
                let hint = nearest(&word, &list);
                self.problems.note(at, format!("{what}: `{word}` is not a known {kind}"), &hint);
                None
            }
        }
    }

    /// A list whose entries are read one by one; an entry that is given twice is noted.
    pub(super) fn list<T: PartialEq>(
        &mut self,
        value: &'a Value<'a>,
        what: &str,
        entry: impl Fn(&mut Self, &'a Value<'a>) -> Option<At<T>>,
    ) -> Option<Vec<At<T>>> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, what, "a list in brackets");
            return None;
        };
        let mut entries: Vec<At<T>> = Vec::new();
        for item in array.iter() {
            let Some(next) = entry(self, item) else {
                continue;
            };
            if entries.iter().any(|known| known.value == next.value) {
                let word = item.get_ref().as_str().unwrap_or_default();
                self.problems.note(next.at, format!("{what} names `{word}` twice"), "");
            } else {
                entries.push(next);
            }
        }
        if array.is_empty() {
            self.problems.note(value.span().start, format!("{what} is empty"), "");
        }
        Some(entries)
    }

    /// A table inside a section.
    pub(super) fn section(&mut self, value: &'a Value<'a>, name: &str) -> Option<Section<'a>> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(value, name, "a table");
            return None;
        };
        Some(Section { name: name.to_owned(), table, at: value.span().start })
    }

    fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str) {
        let found = value.get_ref().type_str();
        self.problems.note(
            value.span().start,
            format!("{what} has the type {found}"),
            &format!("write {wanted}"),
        );
    }
}

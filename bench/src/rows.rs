//! The rows of the items table, made by formula.

use std::sync::Arc;

use anyhow::Result;
use arrow::{
    array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray, StringViewBuilder},
    datatypes::{DataType, Field, Schema},
};
use lake::Table;

use crate::network::{as_of, author, item, mix};

/// Different words in the texts; the k-th is about k times as rare as the first.
const WORDS: usize = 8192;

/// Seconds in which the rows were written: 4,290 days, about 5 of 100 before 2015.
const SECONDS: u64 = 4_290 * 86_400;

/// Makes rows.
pub struct Author {
    members: u64,
    words: Vec<String>,
    /// The words, each as often as it is used, from which a text draws.
    drawn: Vec<u16>,
    newest: i64,
}

impl Author {
    /// Rows of a network with so many members.
    ///
    /// # Errors
    /// Never in a tested build.
    pub fn new(members: u64) -> Result<Self> {
        let words = (0..WORDS as u64).map(word).collect();
        let mut drawn = Vec::new();
        for place in 0..WORDS {
            let times = (4 * WORDS / (place + 4)).max(1);
            drawn.extend((0..times).filter_map(|_| u16::try_from(place).ok()));
        }
        Ok(Self { members, words, drawn, newest: as_of()?.as_micros() })
    }

    /// The given rows in the columns that a lake takes; with `version` also those that it adds.
    ///
    /// # Errors
    /// If the columns do not fit the table.
    pub fn items(&self, rows: &[u64], version: Option<i64>) -> Result<RecordBatch> {
        let longs = |value: &dyn Fn(u64) -> Option<i64>| -> ArrayRef {
            Arc::new(rows.iter().map(|row| value(*row)).collect::<Int64Array>())
        };
        let member = |row: u64| author(row, self.members).cast_signed();
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("member_number", longs(&|row| Some(member(row)))),
            ("item", longs(&|row| Some(item(row)))),
            ("content", longs(&|row| Some(mix(row ^ 0xC0_7E07).cast_signed()))),
            ("source", words(rows, |_| Some("bench"))),
            ("kind", words(rows, |row| Some(kind(row)))),
            (
                "external",
                built(rows, |row, text| {
                    *text = format!("b{row}");
                    true
                }),
            ),
            ("title", built(rows, |row, text| kind(row) == "article" && self.write(row, 40, text))),
            ("text", built(rows, |row, text| self.write(row, length(row), text))),
            ("language", words(rows, language)),
            ("visibility", words(rows, visibility)),
            ("created", longs(&|row| Some(self.created(row)))),
            (
                "updated",
                longs(&|row| (part(row, 3, 10) == 0).then(|| self.created(row) + 60_000_000)),
            ),
            ("parent_member", longs(&|row| answers(row).then(|| member(row / 2)))),
            ("parent_item", longs(&|row| answers(row).then(|| item(row / 2)))),
            (
                "sensitive",
                Arc::new(rows.iter().map(|row| sensitive(*row)).collect::<BooleanArray>()),
            ),
        ];
        let unsaid = ["content_usage", "venue_kind", "venue"];
        columns.extend(unsaid.map(|column| (column, words(rows, |_| None))));
        if let Some(version) = version {
            columns.push(("lake_version", longs(&|_| Some(version))));
            columns.push((lake::RANGE, longs(&|row| Some(member(row) / 65_536))));
        }
        let schema = match version {
            Some(_) => Table::Items.scan_schema(),
            None => with_views(&Table::Items.input_schema()),
        };
        let ordered = schema.fields().iter().filter_map(|field| {
            columns
                .iter()
                .find(|(name, _)| name == field.name())
                .map(|(_, column)| Arc::clone(column))
        });
        Ok(RecordBatch::try_new(Arc::clone(&schema), ordered.collect())?)
    }

    fn created(&self, row: u64) -> i64 {
        self.newest - i64::try_from(part(row, 5, SECONDS)).unwrap_or_default() * 1_000_000
    }

    /// Writes about `length` bytes of words.
    fn write(&self, row: u64, length: usize, text: &mut String) -> bool {
        let mut state = mix(row ^ 0x7E87);
        while text.len() < length {
            state = mix(state);
            // two words from one number
            for bits in [state, state >> 32] {
                let at = usize::try_from(bits & 0xFFFF_FFFF).unwrap_or_default() % self.drawn.len();
                let word = self.drawn.get(at).and_then(|word| self.words.get(usize::from(*word)));
                text.push_str(word.map_or("", String::as_str));
                text.push(if state.is_multiple_of(11) { '.' } else { ' ' });
            }
        }
        true
    }
}

/// The kind of a row: 55 comments, 35 posts, 5 articles, 5 writings in groups of 100.
pub fn kind(row: u64) -> &'static str {
    match part(row, 1, 100) {
        0..55 => "comment",
        55..90 => "post",
        90..95 => "article",
        _ => "group",
    }
}

/// Who can see a row: of 100 rows 88 anybody; 1 does not say.
fn visibility(row: u64) -> Option<&'static str> {
    match part(row, 2, 100) {
        0..88 => Some("public"),
        88..94 => Some("network"),
        94..98 => Some("connections"),
        98 => Some("group"),
        _ => None,
    }
}

fn language(row: u64) -> Option<&'static str> {
    match part(row, 4, 100) {
        0..60 => Some("en"),
        60..75 => Some("de"),
        75..85 => Some("fr"),
        85..93 => Some("pt-BR"),
        93..98 => Some("nl"),
        _ => None,
    }
}

fn sensitive(row: u64) -> Option<bool> {
    match part(row, 6, 200) {
        0 => Some(true),
        1 => Some(false),
        _ => None,
    }
}

fn answers(row: u64) -> bool {
    kind(row) == "comment"
}

/// Bytes of a text: comments 60 to 200, posts 100 to 400, articles 400 to 1,000.
fn length(row: u64) -> usize {
    let (least, more) = match kind(row) {
        "comment" => (60, 140),
        "article" => (400, 600),
        _ => (100, 300),
    };
    least + usize::try_from(part(row, 7, more)).unwrap_or_default()
}

/// A number below `of` that belongs to the row, another for each `aspect`.
fn part(row: u64, aspect: u64, of: u64) -> u64 {
    mix(row ^ (aspect << 48)) % of
}

/// The k-th word: two to ten letters, common words the shorter ones.
fn word(place: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "an", "be", "con", "der", "e", "fi", "gen", "ha", "in", "ja", "ko", "ler", "mo", "ni",
        "ort", "s",
    ];
    let mut rest = place + 1;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES.get((rest % 16) as usize).copied().unwrap_or_default());
        rest /= 16;
    }
    word
}

fn words(rows: &[u64], word: impl Fn(u64) -> Option<&'static str>) -> ArrayRef {
    Arc::new(rows.iter().map(|row| word(*row)).collect::<StringViewArray>())
}

/// A column of texts; `write` says whether there is one.
fn built(rows: &[u64], write: impl Fn(u64, &mut String) -> bool) -> ArrayRef {
    let mut column = StringViewBuilder::with_capacity(rows.len()).with_fixed_block_size(8 << 20);
    let mut text = String::new();
    for row in rows {
        text.clear();
        match write(*row, &mut text) {
            true => column.append_value(&text),
            false => column.append_null(),
        }
    }
    Arc::new(column.finish())
}

/// A lake takes views as well, which do not overflow at two gigabytes.
fn with_views(schema: &Schema) -> Arc<Schema> {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => Field::new(field.name(), DataType::Utf8View, field.is_nullable()),
        _ => field.as_ref().clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

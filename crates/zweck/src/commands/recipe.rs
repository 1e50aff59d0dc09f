use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read, stdin},
    path::Path,
};

use anyhow::Context;
use corpus::{LeftOut, Recipe, SliceKey, Tried};
use serde::{Deserialize, Serialize};
use text::{
    language::Language,
    personal_data::{self, Kind},
};

use super::corpus::{left_out_in_words, redacted_in_words};
use crate::{
    args::{RecipeCommand, Try},
    exit::Exit,
    output::{Output, Page, View, tell},
    recipe,
};

/// Runs `zweck recipe …`.
pub(super) fn run(command: RecipeCommand, output: &mut Output) -> anyhow::Result<Exit> {
    match command {
        RecipeCommand::Show => output.show_text(recipe::COMMENTED, &Recipe::default())?,
        RecipeCommand::Check { file } => {
            let recipe = recipe::find(Some(&file))?;
            output.show(&SoundView { file: file.display().to_string(), recipe })?;
        }
        RecipeCommand::Try(args) => return try_texts(&args, output),
    }
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct SoundView {
    file: String,
    recipe: Recipe,
}

impl View for SoundView {
    fn write(&self, page: &mut Page) {
        page.line(format_args!("The recipe {} is sound.", self.file));
    }
}

/// Shows what becomes of each text, one after the other, so that many may come.
fn try_texts(args: &Try, output: &mut Output) -> anyhow::Result<Exit> {
    let recipe = recipe::find(args.recipe.as_deref())?;
    let name = args.texts.display();
    let mut reader: Box<dyn BufRead> = if args.texts == Path::new("-") {
        Box::new(stdin().lock())
    } else {
        let file = File::open(&args.texts).with_context(|| format!("opening `{name}`"))?;
        Box::new(BufReader::new(file))
    };
    if args.plain {
        let mut text = String::new();
        reader.read_to_string(&mut text).with_context(|| format!("reading `{name}`"))?;
        output.show_line(&TriedView::new(1, &text, &recipe))?;
        return Ok(Exit::Success);
    }
    let mut exit = Exit::Success;
    for (line, row) in reader.lines().zip(1..) {
        let line = line.with_context(|| format!("reading `{name}`"))?;
        if line.trim().is_empty() {
            continue;
        }
        let Ok(Row { text }) = serde_json::from_str(&line) else {
            exit = Exit::RowsRefused;
            tell(format_args!(
                "row {row} of `{name}` is no JSON object with a `text` (hint: --plain takes the \
                 whole file for one text)"
            ));
            continue;
        };
        output.show_line(&TriedView::new(row, &text, &recipe))?;
    }
    Ok(exit)
}

/// A line of the input; what else it says is not asked.
#[derive(Deserialize)]
struct Row {
    text: String,
}

#[derive(Serialize)]
struct TriedView {
    /// The line, from 1.
    row: u64,
    /// What was found, in the order of the text.
    found: Vec<FoundView>,
    /// The text as it would stand in a corpus.
    text: String,
    /// Places that were replaced, by kind.
    redacted: BTreeMap<Kind, u64>,
    /// The language that it is in, where that can be told.
    language: Option<Language>,
    /// Why it would be left out.
    left_out: Option<LeftOut>,
}

/// Where personal data stands: bytes from the start of the text.
#[derive(Serialize)]
struct FoundView {
    kind: Kind,
    start: usize,
    end: usize,
}

impl TriedView {
    fn new(row: u64, words: &str, recipe: &Recipe) -> Self {
        let found = personal_data::find(words).into_iter().map(|one| FoundView {
            kind: one.kind,
            start: one.range.start,
            end: one.range.end,
        });
        let found = found.collect();
        // numbers are another corpus's for every key; these are nobody's
        let Tried { text, redacted, language, left_out } =
            recipe.apply(words, &SliceKey::new([0; 32]));
        Self { row, found, text, redacted, language, left_out }
    }
}

impl View for TriedView {
    fn write(&self, page: &mut Page) {
        let becomes = match self.left_out {
            Some(reason) => format!("left out: {}", left_out_in_words(reason)),
            None if self.redacted.is_empty() => "kept as it is".to_owned(),
            None => redacted_in_words(&self.redacted),
        };
        let language = self.language.map_or("und", Language::code);
        page.line(page.style().bold(&format!("{} ({language}): {becomes}", self.row)));
        for line in self.text.lines() {
            page.line(format_args!("  {line}"));
        }
    }
}

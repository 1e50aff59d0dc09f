use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read, stdin},
    path::Path,
};

use anyhow::{Context, anyhow};
use corpus::{LeftOut, Recipe, SliceKey, Steps, Tried};
use serde::{Deserialize, Serialize};
use text::{
    language::{Language, UNDETERMINED},
    normalisation,
    personal_data::{self, Found, Kind},
    quality::{Analyser, Failed},
    sensitive::{self, SensitiveFinder, Verdict},
};

use super::corpus::{left_out_in_words, redacted_in_words};
use crate::{
    args::{RecipeCommand, Try},
    exit::Exit,
    output::{Output, Page, View, counted, tell},
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
    let mut trial = Trial::new(recipe::find(args.recipe.as_deref())?)?;
    let (name, mut reader): (_, Box<dyn BufRead>) = if args.texts == Path::new("-") {
        ("standard input".to_owned(), Box::new(stdin().lock()))
    } else {
        let name = format!("`{}`", args.texts.display());
        let file = File::open(&args.texts).with_context(|| format!("opening {name}"))?;
        (name, Box::new(BufReader::new(file)))
    };
    if args.plain {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).with_context(|| format!("reading {name}"))?;
        let text = in_utf_8(&bytes).map_err(|why| anyhow!("{name} is {why}"))?;
        output.show_line(&trial.of(1, text))?;
        return Ok(Exit::Success);
    }
    let mut exit = Exit::Success;
    for (line, row) in reader.split(b'\n').zip(1..) {
        let line = line.with_context(|| format!("reading {name}"))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let line = match in_utf_8(&line) {
            Ok(line) => line,
            Err(why) => {
                exit = Exit::RowsRefused;
                tell(format_args!("row {row} of {name} is {why}"));
                continue;
            }
        };
        let Ok(Row { text }) = serde_json::from_str(line) else {
            exit = Exit::RowsRefused;
            tell(format_args!(
                "row {row} of {name} is no JSON object with a `text` (hint: --plain takes the \
                 whole file for one text)"
            ));
            continue;
        };
        output.show_line(&trial.of(row, &text))?;
    }
    Ok(exit)
}

/// Bytes as text, or what they seem to be instead, where, and what mends it.
fn in_utf_8(bytes: &[u8]) -> Result<&str, String> {
    if sources::is_utf_16(bytes) {
        return Err("in UTF-16 (hint: iconv -f UTF-16 -t UTF-8 mends it)".to_owned());
    }
    std::str::from_utf8(bytes).map_err(|fault| {
        let place = fault.valid_up_to() + 1;
        format!(
            "not UTF-8 from byte {place} on (hint: iconv -f LATIN1 -t UTF-8 mends it if it is Latin-1)"
        )
    })
}

/// A line of the input; what else it says is not asked.
#[derive(Deserialize)]
struct Row {
    text: String,
}

/// A recipe, and who else has an opinion on a text: the first rule of quality that fails decides
/// already, and sensitive texts are refused by the gate.
struct Trial {
    steps: Steps,
    analyser: Analyser,
    finder: SensitiveFinder,
}

#[derive(Serialize)]
struct TriedView {
    /// The line, from 1.
    row: u64,
    /// What was found, in the order of the text.
    found: Vec<Found>,
    /// The text as it would stand in a corpus.
    text: String,
    /// Places that were replaced, by kind.
    redacted: BTreeMap<Kind, u64>,
    /// The language that it is in, where that can be told.
    language: Option<Language>,
    /// Why it would be left out.
    left_out: Option<LeftOut>,
    /// Places that could be written more cleanly, by rule; no build changes them.
    normalised: BTreeMap<normalisation::Rule, u64>,
    /// The rules of quality that it fails.
    quality: Vec<Failed>,
    /// The special category of personal data that it is of.
    sensitive: Option<SensitiveView>,
}

#[derive(Serialize)]
struct SensitiveView {
    kind: sensitive::Kind,
    /// The places that decided.
    basis: Vec<BasisView>,
}

/// An entry of the lists, and where it stands: bytes from the start of the text.
#[derive(Serialize)]
struct BasisView {
    term: &'static str,
    start: usize,
    end: usize,
}

impl Trial {
    fn new(recipe: Recipe) -> anyhow::Result<Self> {
        let analyser = Analyser::new().context("making the rules of quality ready")?;
        let finder = SensitiveFinder::new().context("making the lists of terms ready")?;
        Ok(Self { steps: Steps::of(recipe)?, analyser, finder })
    }

    fn of(&mut self, row: u64, words: &str) -> TriedView {
        let found = personal_data::find(words);
        // pseudonyms have other numbers under every key; this one is nobody's
        let tried = self.steps.apply(words, &SliceKey::new([0; 32]));
        let Tried { text, normalised, redacted, language, left_out, .. } = tried;
        let measures = self.analyser.measure(&text, language.map(Language::code));
        let text = text.into_owned();
        let quality = self.steps.recipe().quality.failed(&measures).collect();
        let sensitive = self.finder.judge(words).map(SensitiveView::of);
        TriedView { row, found, text, normalised, redacted, language, left_out, quality, sensitive }
    }
}

impl SensitiveView {
    fn of(verdict: Verdict) -> Self {
        let basis = verdict.bases.into_iter().map(|basis| BasisView {
            term: basis.term,
            start: basis.start,
            end: basis.end,
        });
        Self { kind: verdict.kind, basis: basis.collect() }
    }
}

impl View for TriedView {
    fn write(&self, page: &mut Page) {
        let becomes = match self.left_out {
            Some(reason) => format!("left out: {}", left_out_in_words(reason)),
            None if !self.redacted.is_empty() => redacted_in_words(&self.redacted),
            None if self.normalised.is_empty() => "kept as it is".to_owned(),
            None => "made clean".to_owned(),
        };
        let language = self.language.map_or(UNDETERMINED, Language::code);
        page.line(page.style().bold(&format!("{} ({language}): {becomes}", self.row)));
        for line in self.text.lines() {
            page.line(format_args!("  {line}"));
        }
        for (rule, places) in &self.normalised {
            page.line(format_args!(
                "  made clean: {rule}, {}",
                counted(*places, "place", "places")
            ));
        }
        for failed in &self.quality {
            page.line(format_args!("  quality: {failed}"));
        }
        if let Some(SensitiveView { kind, basis }) = &self.sensitive {
            let terms: Vec<_> = basis.iter().map(|basis| basis.term).collect();
            page.line(format_args!("  sensitive: {}, by {}", kind.code(), terms.join(", ")));
        }
    }
}

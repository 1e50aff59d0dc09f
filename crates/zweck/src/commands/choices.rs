//! Choices in files and streams: one line in, one answer out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::{Context, ensure};
use futures::{Stream, StreamExt, stream};
use policy::{Answer, Category, Instant, Purpose, Sequence};
use serde::Deserialize;
use serde_json::{Value, error::Category as Fault};
use sources::{Pieces, is_utf_16, unambiguous_json};
use store::{Choice, Scope, StoreError};
use tokio::sync::mpsc;

use super::choose::Recorder;
use crate::{
    args::{ItemReference, MemberReference},
    state::KnownMember,
};

/// Lines that are read ahead, and choices that wait for the same commit.
const AHEAD: usize = 2_000;

/// Lines whose members are looked up together, if they are ready together.
const TOGETHER: usize = 1_000;

/// A line longer than this many bytes is refused without being held in memory.
const LONGEST_LINE: usize = 1024 * 1024;

/// What became of one line.
pub(super) struct Recorded {
    /// The line, from 1.
    pub(super) line: u64,
    /// What was recorded, once it is durable; or what is wrong with the line.
    pub(super) outcome: Result<OnRecord, String>,
}

/// A choice that is durable.
pub(super) struct OnRecord {
    pub(super) fact: Sequence,
    pub(super) choice: Choice,
}

/// How lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One JSON object a line.
    Ndjson,
    /// A line of headings, then one record a line.
    Csv,
}

/// Where the lines come from.
pub(super) struct Lines {
    /// How they are read.
    pub(super) shape: Shape,
    /// The source of those that name none.
    pub(super) source: String,
    /// Whether each has to say when it was said.
    pub(super) is_dated: bool,
    reader: Box<dyn BufRead + Send>,
}

/// A choice as a line says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    member: String,
    purpose: String,
    answer: Answer,
    category: Option<Category>,
    item: Option<String>,
    said_at: Option<Instant>,
    source: Option<String>,
}

/// A line whose words are understood, though nobody has looked up whom and what they mean.
pub(super) struct Understood {
    pub(super) member: MemberReference,
    pub(super) purpose: Purpose,
    pub(super) answer: Answer,
    pub(super) category: Option<Category>,
    pub(super) item: Option<ItemReference>,
    pub(super) said_at: Option<Instant>,
    source: Option<String>,
}

impl Lines {
    /// The lines of a file, CSV or NDJSON by its ending.
    pub(super) fn of_file(path: &Path) -> anyhow::Result<Self> {
        let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let file = File::open(path).with_context(|| format!("reading `{}`", path.display()))?;
        ensure!(!path.is_dir(), "`{}` is a folder (hint: one file of choices)", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self {
            shape: if is_csv { Shape::Csv } else { Shape::Ndjson },
            source: format!("file {name}"),
            is_dated: true,
            reader: Box::new(BufReader::new(file)),
        })
    }

    /// The lines of standard input.
    pub(super) fn of_stdin() -> Self {
        Self {
            shape: Shape::Ndjson,
            source: "standard input".to_owned(),
            is_dated: false,
            reader: Box::new(BufReader::new(std::io::stdin())),
        }
    }

    /// Understands every line, in order.
    pub(super) fn each(self, mut told: impl FnMut(u64, Result<Understood, String>)) {
        let Self { shape, source: _, is_dated, reader } = self;
        read_lines(reader, shape, &mut |number, read| {
            told(number, read.and_then(|value| parse(value, is_dated)));
            true
        });
    }

    /// Records every line, and tells in the order of lines what became of it. Where the store
    /// fails, nothing is told of the line.
    pub(super) fn record<'a>(
        self,
        recorder: &'a Recorder,
    ) -> impl Stream<Item = anyhow::Result<Recorded>> + 'a {
        let Self { shape, source, is_dated, reader } = self;
        let (sender, receiver) = mpsc::channel(AHEAD);
        // Reading blocks, so it has a thread of its own; it ends with the lines or the receiver.
        std::thread::spawn(move || {
            read_lines(reader, shape, &mut |number, value| {
                sender.blocking_send((number, value)).is_ok()
            });
        });
        let lines = stream::unfold(receiver, |mut receiver| async {
            receiver.recv().await.map(|line| (line, receiver))
        });
        let recognised = lines.ready_chunks(TOGETHER).then(move |lines| async move {
            let parsed = lines
                .into_iter()
                .map(|(line, read)| (line, read.and_then(|value| parse(value, is_dated))));
            let recognised = recognise(recorder, parsed.collect()).await;
            stream::iter(match recognised {
                Ok(lines) => lines.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            })
        });
        let record = move |numbered: anyhow::Result<Numbered<Said>>| {
            let source = source.clone();
            async move {
                let (line, said) = numbered?;
                let outcome = match said {
                    Ok(said) => said.record(recorder, source).await?,
                    Err(why) => Err(why),
                };
                Ok(Recorded { line, outcome })
            }
        };
        recognised.flatten().map(record).buffered(AHEAD)
    }
}

/// A line by its number, or what is wrong with it.
type Numbered<T> = (u64, Result<T, String>);

/// What a line says, and by whom.
struct Said {
    line: Understood,
    member: KnownMember,
}

/// Looks up at once whom the lines speak of.
async fn recognise(
    recorder: &Recorder,
    lines: Vec<Numbered<Understood>>,
) -> anyhow::Result<Vec<Numbered<Said>>> {
    let references = lines.iter().filter_map(|(_, parsed)| Some(&parsed.as_ref().ok()?.member));
    let mut found = recorder.members(&references.collect::<Vec<_>>()).await?.into_iter();
    let mut member = || match found.next() {
        Some(member) => member.map_err(in_words),
        None => Err("nobody was looked up".to_owned()),
    };
    let said = |(number, parsed): Numbered<Understood>| {
        let said = parsed.and_then(|line| Ok(Said { line, member: member()? }));
        (number, said)
    };
    Ok(lines.into_iter().map(said).collect())
}

fn in_words(error: anyhow::Error) -> String {
    format!("{error:#}")
}

fn is_of_store(error: &anyhow::Error) -> bool {
    error.downcast_ref().is_some_and(|error: &StoreError| !error.refuses_choice())
}

impl Said {
    /// Records it. What is wrong with the line is its answer, and a store that fails is none.
    async fn record(
        self,
        recorder: &Recorder,
        source: String,
    ) -> anyhow::Result<Result<OnRecord, String>> {
        match self.try_record(recorder, source).await {
            Err(error) if is_of_store(&error) => Err(error),
            recorded => Ok(recorded.map_err(in_words)),
        }
    }

    async fn try_record(self, recorder: &Recorder, source: String) -> anyhow::Result<OnRecord> {
        let Self { line, member } = self;
        let scope = match (line.category, line.item) {
            (Some(category), _) => Scope::Category(category),
            (None, Some(item)) => Scope::Item(recorder.item(&member, &item)?),
            (None, None) => Scope::Everything,
        };
        let choice = Choice {
            member: member.number,
            withdraws_consent: recorder.withdraws_consent(
                member.number,
                &line.purpose,
                line.answer,
            ),
            purpose: line.purpose,
            scope,
            answer: line.answer,
            said_at: line.said_at.unwrap_or_else(|| recorder.now()),
            source: line.source.unwrap_or(source),
        };
        let fact = recorder.choose(choice.clone()).await?;
        Ok(OnRecord { fact, choice })
    }
}

/// A line of NDJSON, or what is wrong with it, without a word of what stands there.
fn object(text: &str, number: u64) -> Result<Value, String> {
    let fault = match unambiguous_json(text) {
        Ok(value) if value.is_object() => return Ok(value),
        Ok(_) => return Err("a line is one JSON object".to_owned()),
        Err(fault) => fault,
    };
    let column = fault.column();
    Err(match fault.classify() {
        Fault::Data => format!("a key stands twice, before column {column}"),
        _ if number == 1 && text.contains(',') && !text.trim_start().starts_with('{') => {
            "a line is one JSON object (hint: the name of a file of CSV ends in `.csv`)".to_owned()
        }
        _ => format!("a line is one JSON object; see column {column}"),
    })
}

fn parse(value: Value, is_dated: bool) -> Result<Understood, String> {
    let line: Line = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let Line { member, purpose, answer, category, item, said_at, source } = line;
    if said_at.is_none() && is_dated {
        return Err("`said_at` is missing: a choice keeps its instant".to_owned());
    }
    if category.is_some() && item.is_some() {
        return Err("`category` and `item` exclude each other".to_owned());
    }
    let member = member.parse()?;
    let item = item.map(|item| item.parse()).transpose()?;
    let purpose = purpose.parse().map_err(|error: policy::UnknownWord| error.to_string())?;
    Ok(Understood { member, purpose, answer, category, item, said_at, source })
}

/// Tells of every line that is not empty, until nobody wants to be told.
fn read_lines(
    reader: Box<dyn BufRead + Send>,
    shape: Shape,
    told: &mut dyn FnMut(u64, Result<Value, String>) -> bool,
) {
    let mut headings: Option<Vec<String>> = None;
    let mut pieces = Pieces::new(reader, b'\n', LONGEST_LINE);
    for number in 1.. {
        let piece = match pieces.next() {
            Ok(None) => return,
            Ok(Some(piece)) => piece.bytes,
            Err(error) => {
                told(number, Err(format!("reading on failed: {error}")));
                return;
            }
        };
        let read = match &piece {
            Some(bytes) if number == 1 && is_utf_16(bytes) => {
                let why = "the file is in UTF-16 (hint: iconv -f UTF-16 -t UTF-8 mends it)";
                told(number, Err(why.to_owned()));
                return;
            }
            Some(bytes) => text_of(bytes, number),
            None => Err("the line is longer than 1 MiB".to_owned()),
        };
        let value = match (read, shape, &headings) {
            (Ok(text), _, _) if text.trim().is_empty() => continue,
            (Ok(text), Shape::Ndjson, _) => object(text, number),
            (Ok(text), Shape::Csv, None) => match cells(&text.to_lowercase()) {
                Ok(cells) => match fault_of(&cells) {
                    None => {
                        headings = Some(cells);
                        continue;
                    }
                    Some(why) => {
                        // without headings no further line can be understood
                        told(number, Err(why));
                        return;
                    }
                },
                Err(why) => Err(why.to_owned()),
            },
            (Ok(text), Shape::Csv, Some(headings)) => record(headings, text),
            (Err(why), _, _) => Err(why),
        };
        if !told(number, value) {
            return;
        }
    }
}

fn text_of(bytes: &[u8], number: u64) -> Result<&str, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the line is not UTF-8".to_owned())?;
    let text = text.trim_end_matches(['\r', '\n']);
    // Spreadsheets write a byte-order mark before the first line.
    Ok(if number == 1 { text.trim_start_matches('\u{feff}') } else { text })
}

/// What is wrong with a line of headings, if anything is.
fn fault_of(headings: &[String]) -> Option<String> {
    let needed = ["member", "purpose", "answer"];
    let missing: Vec<_> =
        needed.into_iter().filter(|name| !headings.iter().any(|one| one == name)).collect();
    let hint =
        "the first line names the columns: member,purpose,answer,said_at,category,item,source";
    let mut seen = BTreeSet::new();
    if let Some(twice) = headings.iter().find(|heading| !seen.insert(*heading)) {
        return Some(format!("the headings name `{twice}` twice"));
    }
    (!missing.is_empty())
        .then(|| format!("the headings lack {} (hint: {hint})", missing.join(", ")))
}

/// A record as an object; an empty cell is left out.
fn record(headings: &[String], text: &str) -> Result<Value, String> {
    let cells = cells(text)?;
    if cells.len() != headings.len() {
        let (found, expected) = (cells.len(), headings.len());
        return Err(format!("the line has {found} cells, the headings {expected}"));
    }
    let filled = headings.iter().cloned().zip(cells).filter(|(_, cell)| !cell.is_empty());
    let object: BTreeMap<String, String> = filled.collect();
    serde_json::to_value(object).map_err(|error| error.to_string())
}

/// The cells of one line of CSV (RFC 4180); a cell holds no line break.
fn cells(text: &str) -> Result<Vec<String>, &'static str> {
    let mut cells = Vec::new();
    let mut rest = text;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (cell, after) = rest.split_at(end);
                (cell.trim().to_owned(), after)
            }
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(cells),
            None => return Err("something stands behind a closing quote"),
        }
    }
}

/// A quoted cell without its quotes, and what follows it.
fn quoted_cell(mut rest: &str) -> Result<(String, &str), &'static str> {
    let mut cell = String::new();
    loop {
        let (words, after) = rest.split_once('"').ok_or("a quote is not closed on its line")?;
        cell.push_str(words);
        match after.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None => return Ok((cell, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::Fuzz;

    use super::*;

    #[test]
    fn cells_of_a_line() {
        let table: [(&str, Option<&[&str]>); 7] = [
            ("a,b", Some(&["a", "b"])),
            ("a,,", Some(&["a", "", ""])),
            ("\"a,b\", c", Some(&["a,b", "c"])),
            ("\"say \"\"no\"\"\",x", Some(&["say \"no\"", "x"])),
            ("\"\"", Some(&[""])),
            ("\"open,b", None),
            ("\"a\"b,c", None),
        ];
        for (text, expected) in table {
            let found = cells(text).ok();
            let expected = expected.map(|cells| cells.iter().map(ToString::to_string).collect());
            assert_eq!(found, expected, "{text}");
        }
    }

    fn told(text: &'static str) -> Vec<(u64, Result<Value, String>)> {
        let mut told = Vec::new();
        read_lines(Box::new(text.as_bytes()), Shape::Csv, &mut |number, value| {
            told.push((number, value));
            true
        });
        told
    }

    #[test]
    fn a_file_without_headings_is_told_once() {
        let told = told("#1,talent,refuse\n#2,talent,refuse\n");
        let [(1, Err(why))] = told.as_slice() else { panic!("{told:?}") };
        assert!(why.starts_with("the headings lack member, purpose, answer"), "{why}");
    }

    #[test]
    fn every_line_is_told() {
        let told = told("\u{feff}member,purpose,answer\n#1,talent,refuse\n\nshort\n#2,\"x");
        let told: Vec<_> = told.iter().map(|(line, value)| (*line, value.is_ok())).collect();
        assert_eq!(told, [(2, true), (4, false), (5, false)]);
    }

    fn lines(bytes: &[u8], shape: Shape) -> Lines {
        let reader = Box::new(std::io::Cursor::new(bytes.to_vec()));
        Lines { shape, source: "test".to_owned(), is_dated: true, reader }
    }

    /// Each line with what is wrong with it, if anything is.
    fn said(bytes: &[u8], shape: Shape) -> Vec<(u64, Option<String>)> {
        let mut all = Vec::new();
        lines(bytes, shape).each(|line, understood| all.push((line, understood.err())));
        all
    }

    #[test]
    fn a_line_without_an_end_is_refused_alone() {
        let good =
            br#"{"member":"a:1","purpose":"talent","answer":"refuse","said_at":"2026-01-01"}"#;
        let long = vec![b'x'; 3 * LONGEST_LINE];
        let all = said(&[good.as_slice(), &long, good].join(&b'\n'), Shape::Ndjson);
        let refused: Vec<_> = all.iter().filter(|(_, why)| why.is_some()).collect();
        assert_eq!(refused, [&(2, Some("the line is longer than 1 MiB".to_owned()))]);
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn a_file_in_utf_16_is_refused_once() {
        let text = "member,purpose,answer\na:1,talent,refuse\n";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for shape in [Shape::Csv, Shape::Ndjson] {
            let all = said(&bytes, shape);
            assert!(
                matches!(all.as_slice(), [(1, Some(why))] if why.contains("UTF-16")),
                "{all:?}"
            );
        }
    }

    #[test]
    fn arbitrary_bytes_are_choices_or_told_by_their_line() {
        let line =
            r#"{"member":"a:1","purpose":"talent","answer":"refuse","said_at":"2026-01-01"}"#;
        let table = "member,purpose,answer,said_at,category\na:1,talent,refuse,2026-01-01,posts\n";
        for (shape, sample) in [(Shape::Ndjson, line), (Shape::Csv, table)] {
            let fuzz = Fuzz::from_samples("choices", [sample.as_bytes().to_vec()]);
            fuzz.with_words(&["item", "category", "allow", "generative-ai"]).run(|bytes| {
                let all = said(bytes, shape);
                let lines = bytes.split(|byte| *byte == b'\n').count() as u64;
                assert!(all.iter().all(|(line, _)| (1..=lines).contains(line)));
                all.iter().filter_map(|(_, why)| why.as_deref()).map(start).collect()
            });
        }
    }

    /// The start of a reason, which names no value.
    fn start(why: &str) -> String {
        why.chars().take_while(|one| one.is_alphabetic() || *one == ' ').collect()
    }
}

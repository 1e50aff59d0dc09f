//! From markup to speakers, speeches and comments.

use std::io::BufRead;

use policy::Instant;

use super::{
    markup::{Markup, MarkupReader, Stop, Tag},
    speaker::Entry,
};
use crate::{Refusal, RefusalReason};

/// The root element of a protocol.
pub(super) const ROOT: &str = "dbtplenarprotokoll";

/// Classes of paragraphs that are the words of whoever has the floor; all others are printed
/// matter: headings, motions, tables.
const SPOKEN: [&str; 4] = ["J", "J_1", "O", "Z"];

/// A speech may hold so many bytes, all turns and comments together.
const LONGEST_SPEECH: usize = crate::piece::LONGEST_ROW;

/// Something that a protocol says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// Somebody is listed outside a speech.
    Speaker(Entry),
    /// A speech, with everything that was said meanwhile.
    Speech(Speech),
    /// A comment outside all speeches.
    Comment(Comment),
}

/// What stands in one `<rede>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Speech {
    /// The line on which it starts.
    pub(super) line: u64,
    /// Its id.
    pub(super) id: String,
    /// The day of the sitting.
    pub(super) created: Option<Instant>,
    /// Who spoke, in order.
    pub(super) turns: Vec<Turn>,
    /// What was heard from the benches.
    pub(super) comments: Vec<Comment>,
    /// The lines of paragraphs that nobody spoke.
    pub(super) printed: Vec<u64>,
    /// Bytes of words so far.
    length: usize,
}

/// The words of one person until the next takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    /// The line on which it starts.
    pub(super) line: u64,
    /// Who has the floor.
    pub(super) who: Who,
    /// Paragraphs, with an empty line between them.
    pub(super) text: String,
}

/// Who has the floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// Somebody with an entry of their own.
    Speaker(Entry),
    /// The chair, who is named without an id.
    Chair,
    /// Nobody was announced.
    Nobody,
}

/// A `<kommentar>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comment {
    /// The line on which it starts.
    pub(super) line: u64,
    /// What it says, with its brackets.
    pub(super) text: String,
}

/// Where the words that come next belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Elsewhere,
    /// A part of the entry of a speaker.
    Part(Part),
    Comment,
    Paragraph,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Title,
    Given,
    Addition,
    Surname,
    Town,
    Group,
    Role,
}

/// Reads one protocol.
pub(super) struct Protocol<R> {
    markup: MarkupReader<R>,
    /// The elements that are open, each with the place of the words in it.
    open: Vec<(String, Place)>,
    created: Option<Instant>,
    speech: Option<Speech>,
    entry: Option<Entry>,
    comment: Comment,
}

impl<R: BufRead> Protocol<R> {
    pub(super) fn new(bytes: R) -> Self {
        Self {
            markup: MarkupReader::new(bytes),
            open: Vec::new(),
            created: None,
            speech: None,
            entry: None,
            comment: Comment::default(),
        }
    }

    /// Bytes consumed so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.markup.bytes_read()
    }

    /// What comes next; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Found>, Stop> {
        loop {
            let Some(markup) = self.markup.next()? else { return Ok(None) };
            let line = self.markup.line();
            let found = match markup {
                Markup::Start(tag) => self.start(tag, line),
                Markup::Words(words) => self.words(&words),
                Markup::End(_) => Ok(self.end()),
            };
            let broken = |refusal| Stop::Broken { line, refusal };
            if let Some(found) = found.map_err(broken)? {
                return Ok(Some(found));
            }
        }
    }

    fn start(&mut self, mut tag: Tag, line: u64) -> Result<Option<Found>, Refusal> {
        let within = self.open.last().map(|(name, place)| (name.as_str(), *place));
        let place = match (tag.name.as_str(), within) {
            (name, None) => {
                self.created = root(name, tag.get("sitzung-datum"))?;
                Place::Elsewhere
            }
            ("redner", _) => {
                self.entry = Some(Entry { id: tag.take("id"), ..Entry::default() });
                Place::Elsewhere
            }
            (name, _) if self.entry.is_some() => part(name).map_or(Place::Elsewhere, Place::Part),
            ("kommentar", _) => {
                self.comment = Comment { line, text: String::new() };
                Place::Comment
            }
            ("rede", _) => {
                if self.speech.is_some() {
                    let hint = "a `rede` stands in a `rede`";
                    return Err(RefusalReason::NotARow.because(hint));
                }
                let (id, created) = (tag.take("id"), self.created);
                self.speech = Some(Speech { line, id, created, ..Speech::default() });
                Place::Elsewhere
            }
            ("p", Some(("rede", _))) => self.paragraph(tag.get("klasse").unwrap_or_default(), line),
            ("name", Some(("rede", _))) => {
                self.take_floor(Who::Chair, line);
                Place::Elsewhere
            }
            // A footnote is not spoken.
            ("fussnote" | "sup", _) => Place::Elsewhere,
            (_, Some((_, place))) => place,
        };
        self.open.push((tag.name, place));
        Ok(None)
    }

    /// A new paragraph of the speech; tells where its words belong.
    fn paragraph(&mut self, class: &str, line: u64) -> Place {
        let Some(speech) = &mut self.speech else { return Place::Elsewhere };
        if class == "redner" {
            return Place::Elsewhere;
        }
        if !SPOKEN.contains(&class) {
            speech.printed.push(line);
            return Place::Elsewhere;
        }
        if speech.turns.is_empty() {
            self.take_floor(Who::Nobody, line);
        }
        let turn = self.speech.as_mut().and_then(|speech| speech.turns.last_mut());
        if let Some(turn) = turn.filter(|turn| !turn.text.is_empty()) {
            turn.text.push_str("\n\n");
        }
        Place::Paragraph
    }

    fn take_floor(&mut self, who: Who, line: u64) {
        if let Some(speech) = &mut self.speech {
            speech.turns.push(Turn { line, who, text: String::new() });
        }
    }

    fn words(&mut self, words: &str) -> Result<Option<Found>, Refusal> {
        let place = self.open.last().map_or(Place::Elsewhere, |(_, place)| *place);
        let target = match place {
            Place::Elsewhere => None,
            Place::Part(part) => self.entry.as_mut().map(|entry| part.of(entry)),
            Place::Comment => Some(&mut self.comment.text),
            Place::Paragraph => {
                let turn = self.speech.as_mut().and_then(|speech| speech.turns.last_mut());
                turn.map(|turn| &mut turn.text)
            }
        };
        let Some(target) = target else { return Ok(None) };
        target.push_str(words);
        let mut length = target.len();
        if let Some(speech) = &mut self.speech {
            speech.length += words.len();
            length = speech.length;
        }
        if length > LONGEST_SPEECH {
            return Err(RefusalReason::TooLong.because("a speech holds at most 16 MiB"));
        }
        Ok(None)
    }

    fn end(&mut self) -> Option<Found> {
        let (name, _) = self.open.pop()?;
        match name.as_str() {
            "redner" => {
                let entry = self.entry.take()?.trimmed();
                if self.speech.is_none() {
                    return Some(Found::Speaker(entry));
                }
                self.take_floor(Who::Speaker(entry), self.markup.line());
                None
            }
            "kommentar" => {
                let comment = std::mem::take(&mut self.comment);
                match &mut self.speech {
                    Some(speech) => speech.comments.push(comment),
                    None => return Some(Found::Comment(comment)),
                }
                None
            }
            "rede" => self.speech.take().map(Found::Speech),
            _ => None,
        }
    }
}

impl Part {
    fn of(self, entry: &mut Entry) -> &mut String {
        match self {
            Self::Title => &mut entry.title,
            Self::Given => &mut entry.given,
            Self::Addition => &mut entry.addition,
            Self::Surname => &mut entry.surname,
            Self::Town => &mut entry.town,
            Self::Group => &mut entry.group,
            Self::Role => &mut entry.role,
        }
    }
}

fn part(element: &str) -> Option<Part> {
    Some(match element {
        "titel" => Part::Title,
        "vorname" => Part::Given,
        "namenszusatz" => Part::Addition,
        "nachname" => Part::Surname,
        "ortszusatz" => Part::Town,
        "fraktion" => Part::Group,
        "rolle_lang" => Part::Role,
        _ => return None,
    })
}

/// The day of the sitting, if the first element is that of a protocol.
fn root(name: &str, held: Option<&str>) -> Result<Option<Instant>, Refusal> {
    if name == ROOT {
        return held.map(day).transpose();
    }
    let hint = format!("the root element is not `{ROOT}`: this is no protocol");
    Err(RefusalReason::NotARow.because(hint))
}

/// A day as protocols write it: `24.10.2017`. Sittings have no zone; the day is taken as UTC.
fn day(text: &str) -> Result<Instant, Refusal> {
    let bad = || RefusalReason::BadInstant.because("`sitzung-datum` is a day such as 24.10.2017");
    let [day, month, year] =
        <[&str; 3]>::try_from(text.split('.').collect::<Vec<_>>()).map_err(|_| bad())?;
    format!("{year}-{month}-{day}").parse::<Instant>().map_err(|_| bad())
}

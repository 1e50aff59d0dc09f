//! XML as a stream of tags and words, bounded in memory, with the line of each.

use std::io::{self, BufRead, Read};

use quick_xml::{
    Error as XmlError, Reader,
    escape::{resolve_predefined_entity, unescape},
    events::{BytesRef, BytesStart, Event},
};

use crate::{Refusal, RefusalReason, piece::LONGEST_ROW};

/// Elements deeper than this stand in no protocol.
const DEEPEST: usize = 100;

/// A tag or words between two tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Markup {
    /// An element starts; an empty one ends right after.
    Start(Tag),
    /// Words, entities decoded.
    Words(String),
    /// The innermost element ends.
    End(String),
}

/// An opening tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// The name of the element.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

/// Why there is no more markup.
#[derive(Debug)]
pub(super) enum Stop {
    /// The bytes cannot be read.
    Read(io::Error),
    /// They are no well-formed XML.
    Broken {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        refusal: Refusal,
    },
}

/// What the XML reader finds next.
enum Piece {
    Markup(Markup),
    /// A comment, or what else says nothing.
    Aside,
    End,
}

/// Reads markup and checks that it is well formed.
pub(super) struct MarkupReader<R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    /// The line on which the last markup started.
    line: u64,
    depth: usize,
    /// Whether the root element has started.
    is_within: bool,
}

impl Tag {
    /// The value of an attribute, entities decoded.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Takes the value of an attribute out; empty if it is not there.
    pub(super) fn take(&mut self, name: &str) -> String {
        let found = self.attributes.iter_mut().find(|(key, _)| key == name);
        found.map(|(_, value)| std::mem::take(value)).unwrap_or_default()
    }
}

impl<R: BufRead> MarkupReader<R> {
    pub(super) fn new(bytes: R) -> Self {
        let mut reader = Reader::from_reader(Bounded::new(bytes));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), line: 1, depth: 0, is_within: false }
    }

    /// The line on which the last tag or words started, from 1.
    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// Bytes consumed so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.reader.get_ref().bytes_read
    }

    /// The next tag or words; `None` after the end of the root element.
    pub(super) fn next(&mut self) -> Result<Option<Markup>, Stop> {
        loop {
            self.line = self.reader.get_ref().line;
            let line = self.line;
            let broken = |refusal| Stop::Broken { line, refusal };
            match self.read()? {
                Piece::Markup(markup) => {
                    if let Some(markup) = self.place(markup).map_err(broken)? {
                        return Ok(Some(markup));
                    }
                }
                Piece::Aside => {}
                Piece::End => return self.check_end().map(|()| None).map_err(broken),
            }
        }
    }

    fn read(&mut self) -> Result<Piece, Stop> {
        let line = self.line;
        let broken = |refusal| Stop::Broken { line, refusal };
        self.buffer.clear();
        self.reader.get_mut().left = LONGEST_ROW;
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(fault) => return Err(stop(fault, line, self.reader.get_ref().left == 0)),
        };
        Ok(Piece::Markup(match event {
            Event::Start(start) => Markup::Start(tag(&start).map_err(broken)?),
            Event::End(end) => Markup::End(end.name().as_ref().to_owned()),
            Event::Text(text) => Markup::Words(text.xml10_content().into_owned()),
            Event::CData(text) => Markup::Words(text.xml10_content().into_owned()),
            Event::GeneralRef(reference) => Markup::Words(entity(&reference).map_err(broken)?),
            // Empty elements come as a start and an end.
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => return Ok(Piece::Aside),
            Event::Eof => return Ok(Piece::End),
        }))
    }

    /// Keeps count of what is open; nothing for white space around the root element.
    fn place(&mut self, markup: Markup) -> Result<Option<Markup>, Refusal> {
        match &markup {
            Markup::Words(words) if self.depth == 0 => {
                return self.check_outside(words).map(|()| None);
            }
            Markup::Words(_) => {}
            Markup::End(_) => self.depth = self.depth.saturating_sub(1),
            Markup::Start(_) if self.depth >= DEEPEST => {
                return Err(not_xml(format!("elements are nested deeper than {DEEPEST}")));
            }
            Markup::Start(_) => {
                self.is_within = true;
                self.depth += 1;
            }
        }
        Ok(Some(markup))
    }

    fn check_end(&self) -> Result<(), Refusal> {
        match (self.depth, self.is_within) {
            (0, true) => Ok(()),
            (0, false) => Err(not_xml("the file holds no element")),
            _ => Err(RefusalReason::CutShort.because("the file ends before its last tag")),
        }
    }

    /// Outside the root element only white space may stand, and a byte-order mark as the first
    /// three bytes, which the XML reader has taken off already.
    fn check_outside(&self, words: &str) -> Result<(), Refusal> {
        if words.chars().all(|one| matches!(one, ' ' | '\t' | '\r' | '\n')) {
            return Ok(());
        }
        let place = if self.is_within { "behind" } else { "before" };
        Err(not_xml(format!("something stands {place} the root element")))
    }
}

fn stop(fault: XmlError, line: u64, is_too_long: bool) -> Stop {
    let refusal = match fault {
        _ if is_too_long => {
            RefusalReason::TooLong.because("a tag or the words between two hold at most 16 MiB")
        }
        XmlError::Io(error) => {
            return Stop::Read(io::Error::new(error.kind(), error));
        }
        XmlError::Encoding(_) => {
            RefusalReason::NotUtf8.because("protocols are read in UTF-8 (iconv -t UTF-8 mends it)")
        }
        XmlError::Syntax(fault) => not_xml(fault.to_string()),
        // The text of other faults repeats names and values of the file.
        XmlError::IllFormed(_) => not_xml("a tag is closed that is not open"),
        _ => not_xml("the markup is broken"),
    };
    Stop::Broken { line, refusal }
}

fn tag(start: &BytesStart<'_>) -> Result<Tag, Refusal> {
    let name = start.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| not_xml("an attribute is broken or stands twice"))?;
        let value = unescape(&attribute.value).map_err(|_| not_xml("an entity is unknown"))?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Tag { name, attributes })
}

fn entity(reference: &BytesRef<'_>) -> Result<String, Refusal> {
    let unknown = || not_xml("an entity is unknown");
    if let Some(character) = reference.resolve_char_ref().map_err(|_| unknown())? {
        return Ok(character.to_string());
    }
    let name = reference.xml10_content();
    resolve_predefined_entity(&name).map(str::to_owned).ok_or_else(unknown)
}

fn not_xml(hint: impl Into<String>) -> Refusal {
    RefusalReason::NotXml.because(hint)
}

/// Counts lines, and hands out only so many bytes for one piece of markup.
struct Bounded<R> {
    bytes: R,
    line: u64,
    bytes_read: u64,
    /// How many more bytes the piece may have.
    left: usize,
}

impl<R> Bounded<R> {
    const fn new(bytes: R) -> Self {
        Self { bytes, line: 1, bytes_read: 0, left: LONGEST_ROW }
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.bytes.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.get(..self.left).unwrap_or(bytes))
    }

    fn consume(&mut self, count: usize) {
        // What was filled is still there, so this reads nothing and cannot fail.
        if let Ok(bytes) = self.bytes.fill_buf() {
            let passed = bytes.get(..count).unwrap_or(bytes);
            let lines = memchr::memchr_iter(b'\n', passed).count();
            self.line += u64::try_from(lines).unwrap_or(0);
        }
        self.bytes.consume(count);
        self.bytes_read += u64::try_from(count).unwrap_or(0);
        self.left = self.left.saturating_sub(count);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The markup on a line, and what stopped it.
    fn read(text: &[u8]) -> String {
        let mut reader = MarkupReader::new(text);
        let mut shown = String::new();
        loop {
            let next = reader.next();
            let line = reader.line();
            match next {
                Ok(Some(Markup::Start(tag))) => shown += &format!("{line}<{} ", tag.name),
                Ok(Some(Markup::Words(words))) => shown += &format!("{words:?} "),
                Ok(Some(Markup::End(name))) => shown += &format!("{name}> "),
                Ok(None) => return shown + "end",
                Err(Stop::Broken { line, refusal }) => {
                    let hint = refusal.hint.unwrap_or_default();
                    return format!("{shown}! {line} {} ({hint})", refusal.reason);
                }
                Err(Stop::Read(error)) => return format!("{shown}!! {error}"),
            }
        }
    }

    #[test]
    fn well_formed_markup_is_read_with_its_lines() {
        let text =
            "\u{feff}<?xml version=\"1.0\"?>\n<!DOCTYPE a>\n<a b=\"c\">x &lt;&#228;<e/></a>\n";
        let expected = "3<a \"x \" \"<\" \"ä\" 3<e e> a> end";
        assert_eq!(read(text.as_bytes()), expected);
    }

    #[test]
    fn what_is_broken_is_named_with_its_line() {
        let table: [(&[u8], &str); 9] = [
            (
                b"&#xFEFF;<?xml version=\"1.0\"?><a/>",
                "! 1 not xml (something stands before the root element)",
            ),
            (b"", "! 1 not xml (the file holds no element)"),
            (b"<a>\n<b></a>", "1<a \"\\n\" 2<b ! 2 not xml (a tag is closed that is not open)"),
            (b"<a>\n<b>", "1<a \"\\n\" 2<b ! 2 cut short (the file ends before its last tag)"),
            (b"<a>&what;</a>", "1<a ! 1 not xml (an entity is unknown)"),
            (b"<a b='1' b='2'/>", "! 1 not xml (an attribute is broken or stands twice)"),
            (
                b"<a>\xff</a>",
                "1<a ! 1 not utf-8 (protocols are read in UTF-8 (iconv -t UTF-8 mends it))",
            ),
            (b"<a></a>\nmore", "1<a a> ! 1 not xml (something stands behind the root element)"),
            (b"<a", "! 1 not xml (tag not closed: `>` not found before end of input)"),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn endless_words_and_endless_depth_end() {
        let words = [b"<a>".as_slice(), &vec![b'x'; LONGEST_ROW + 1]].concat();
        assert!(read(&words).contains("too long"));
        let deep = "<a>".repeat(DEEPEST + 1);
        assert!(read(deep.as_bytes()).ends_with("(elements are nested deeper than 100)"));
    }
}

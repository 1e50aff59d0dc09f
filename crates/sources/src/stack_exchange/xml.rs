use quick_xml::{Reader, escape::unescape, events::Event};

use crate::{Refusal, RefusalReason, encoding, piece::Piece};

/// The attributes of one `<row …/>`.
#[derive(Debug, Default)]
pub(super) struct Element {
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute, entities decoded.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads what stands between two `<`: a row, something around rows (`None`), or a refusal.
pub(super) fn read_piece(
    piece: &Piece,
    root: &mut Option<String>,
) -> Result<Option<Element>, Refusal> {
    let bytes = piece
        .bytes
        .as_deref()
        .ok_or_else(|| RefusalReason::TooLong.because("a row holds at most 16 MiB"))?;
    let text = encoding::text(bytes)?;
    let is_start_of_file = piece.line == 1 && root.is_none() && !text.contains('>');
    if is_start_of_file {
        return stray(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    }
    match text.chars().next() {
        // The declaration and the closing tags hold no row.
        Some('?' | '!') => stray(after_tag(text)),
        Some('/') => {
            if root.as_ref().is_some_and(|root| {
                text.strip_prefix('/').is_some_and(|text| text.starts_with(root.as_str()))
            }) {
                *root = None;
            }
            stray(after_tag(text))
        }
        _ => read_element(text, root),
    }
}

fn read_element(text: &str, root: &mut Option<String>) -> Result<Option<Element>, Refusal> {
    let markup = format!("<{text}");
    let mut reader = Reader::from_str(&markup);
    let start = match reader.read_event() {
        Ok(Event::Empty(start) | Event::Start(start)) => start,
        Ok(_) => return Err(not_xml("no element starts here")),
        Err(_) => return Err(not_xml("the element is not closed")),
    };
    let name = start.name();
    let name = name.as_ref();
    if name != "row" {
        if root.is_some() {
            return Err(RefusalReason::NotARow.because("only `row` elements are read"));
        }
        *root = Some(name.to_owned());
        return stray(after_tag(text));
    }
    let mut element = Element::default();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| not_xml("an attribute is broken or stands twice"))?;
        let value = unescape(&attribute.value).map_err(|_| not_xml("an entity is unknown"))?;
        element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    stray(rest_of(&markup, &reader))?;
    Ok(Some(element))
}

fn rest_of<'a>(markup: &'a str, reader: &Reader<&[u8]>) -> &'a str {
    let read = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
    markup.get(read..).unwrap_or_default()
}

fn after_tag(text: &str) -> &str {
    text.split_once('>').map_or("", |(_, after)| after)
}

/// Nothing if only white space stands between two tags.
fn stray(between: &str) -> Result<Option<Element>, Refusal> {
    if between.trim().is_empty() {
        Ok(None)
    } else {
        Err(RefusalReason::NotARow.because("text stands between rows"))
    }
}

fn not_xml(hint: &str) -> Refusal {
    RefusalReason::NotXml.because(hint)
}

//! Which language a text is in.
//!
//! The function words, endings and letters of the languages of one table are counted as evidence.
//! A language is named only where there is enough of it for the length of the text and little for
//! another language; signs of code raise the bar. Where the evidence is thin, the n-gram model of
//! [whichlang](https://docs.rs/whichlang) has to agree. So most of what is no sentence, and most
//! languages that are not in the table, stay undetermined.

mod clues;
mod code;
mod index;
#[macro_use]
mod marks;
mod second_opinion;
mod table;
mod verdict;

pub use code::UnknownLanguage;
pub use table::Language;

use clues::Clues;
use verdict::Verdict;

/// The tag of a language that is not known ([BCP 47](https://www.rfc-editor.org/info/bcp47)).
pub const UNDETERMINED: &str = "und";

/// How much is read at the beginning of a long text, and again at its end, in bytes: as right as
/// reading all of it, and a translation below the original is still seen.
const READ: usize = 1024;

/// The language that a text is in; none where it cannot be told, as it cannot for a few words, a
/// list of names, code, formulas, a mix of languages and a language that is not known.
///
/// Of a long text only the beginning and the end are read, 1 KiB each. Letters with marks are
/// expected in one piece ([NFC](https://www.unicode.org/reports/tr15/)).
pub fn identify(text: &str) -> Option<Language> {
    let (beginning, end) = ends(text.trim());
    let mut clues = Clues::default();
    clues.read(beginning);
    clues.read(end);
    match Verdict::of(&clues) {
        Verdict::Certain(language) => Some(language),
        Verdict::Likely(language) => {
            second_opinion::agrees(beginning, language).then_some(language)
        }
        Verdict::Undetermined => None,
    }
}

/// What is read of a text; of a short one, the end is empty.
fn ends(text: &str) -> (&str, &str) {
    if text.len() <= 2 * READ {
        return (text, "");
    }
    let beginning = text.get(..text.floor_char_boundary(READ)).unwrap_or(text);
    let end = text.get(text.ceil_char_boundary(text.len() - READ)..).unwrap_or_default();
    (beginning, end)
}

#[cfg(test)]
mod tests;

use std::{borrow::Cow, ops::Range};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::scripts;

/// Text folded for comparing names, with the way back to the bytes it was folded from.
///
/// Folding lower-cases, takes accents off, writes compatibility forms out, makes every run of
/// white space one space and every dash a hyphen, and drops what has no width and what only says
/// which way to write. The dot that parts the words of a name in Japanese and Chinese is a space,
/// too, and every `i` of Turkish the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    text: String,
    /// For each byte of `text`: start and end in bytes of the character it came from.
    origin: Vec<(u32, u32)>,
}

impl Folded {
    /// Folds a text of up to 4 GiB; what lies beyond is left out.
    pub(crate) fn new(source: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(source.len()),
            origin: Vec::with_capacity(source.len()),
        };
        for (start, character) in source.char_indices() {
            let (Ok(from), Ok(to)) =
                (u32::try_from(start), u32::try_from(start + character.len_utf8()))
            else {
                break;
            };
            folded.push(character, (from, to));
        }
        folded
    }

    /// The folded text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The text without some parts of it, which are in order.
    pub(crate) fn without(&self, parts: &[Range<usize>]) -> Self {
        let (mut rest, mut from) = (Self::default(), 0);
        let length = self.text.len();
        let parts = parts.iter().map(|part| (part.start, part.end));
        for (start, end) in parts.chain([(length, length)]) {
            let kept = from..start;
            rest.text.push_str(self.text.get(kept.clone()).unwrap_or_default());
            rest.origin.extend_from_slice(self.origin.get(kept).unwrap_or_default());
            from = end;
        }
        rest
    }

    /// Whether a byte came from a capital letter of the source.
    pub(crate) fn is_capital(&self, source: &str, at: usize) -> bool {
        let from = self.source_span(at, at + 1).and_then(|(start, _)| source.get(start..));
        from.and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase)
    }

    /// Whether the white space that one byte stands for ends a line in the source.
    pub(crate) fn is_line_break(&self, source: &str, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.origin.get(before));
        let start = before.map_or(0, |(_, end)| *end as usize);
        let end = self.origin.get(at + 1).map_or(source.len(), |(start, _)| *start as usize);
        source.get(start..end).is_some_and(|between| between.contains('\n'))
    }

    /// The bytes in the source from which the folded bytes `start..end` came.
    pub(crate) fn source_span(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let first = self.origin.get(start)?.0;
        let last = self.origin.get(end.checked_sub(1)?)?.1;
        Some((first as usize, last as usize))
    }

    fn push(&mut self, character: char, origin: (u32, u32)) {
        if character.is_ascii() {
            return self.push_simple(character.to_ascii_lowercase(), origin);
        }
        match character {
            'ß' | 'ẞ' => "ss".chars().for_each(|one| self.push_simple(one, origin)),
            '\u{2018}' | '\u{2019}' | '\u{02bc}' => self.push_simple('\'', origin),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => self.push_simple('-', origin),
            'ı' => self.push_simple('i', origin),
            _ if is_unseen(character) => {}
            '\u{30fb}' | '\u{ff65}' => self.push_simple(' ', origin),
            // between Latin letters it is a letter of Catalan
            '\u{b7}' | '\u{2027}' if self.text.ends_with(scripts::is_parted_by_dots) => {
                self.push_simple(' ', origin);
            }
            _ => std::iter::once(character)
                .nfkd()
                .filter(|one| !is_combining_mark(*one))
                .flat_map(char::to_lowercase)
                .for_each(|one| self.push_simple(one, origin)),
        }
    }

    fn push_simple(&mut self, character: char, origin: (u32, u32)) {
        let character = if character.is_whitespace() { ' ' } else { character };
        if character == ' ' && self.text.ends_with(' ') {
            return;
        }
        self.text.push(character);
        self.origin.resize(self.text.len(), origin);
    }
}

/// Whether a character only says how those around it are shown.
const fn is_unseen(one: char) -> bool {
    matches!(one, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// A name folded, with single spaces and nothing at its ends.
pub(crate) fn fold_name(name: &str) -> String {
    Folded::new(name).as_str().trim().to_owned()
}

/// A name folded, but with capitals where it has them.
pub(crate) fn with_capitals(name: &str) -> String {
    let folded = Folded::new(name);
    let capitals = folded.as_str().char_indices().map(|(at, one)| {
        let capital = folded.is_capital(name, at).then(|| one.to_uppercase().next());
        capital.flatten().unwrap_or(one)
    });
    capitals.collect::<String>().trim().to_owned()
}

/// The ways a name is written: as it is, and with German umlauts written out.
pub(crate) fn spellings(name: &str) -> Vec<String> {
    let written_out: String = name
        .nfc()
        .flat_map(|character| match character {
            'ä' => vec!['a', 'e'],
            'ö' => vec!['o', 'e'],
            'ü' => vec!['u', 'e'],
            'Ä' => vec!['A', 'e'],
            'Ö' => vec!['O', 'e'],
            'Ü' => vec!['U', 'e'],
            other => vec![other],
        })
        .collect();
    let mut spellings = vec![name.to_owned()];
    if fold_name(&written_out) != fold_name(name) {
        spellings.push(written_out);
    }
    spellings
}

/// Whether a folded name is a full name: two or more words that hold a letter or a digit, one
/// and a sign that is none of a sentence (`🦄 unicorn`), or one in a script that puts no spaces
/// between them.
pub(crate) fn is_full_name(folded: &str) -> bool {
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    let (words, signs): (Vec<_>, Vec<_>) = folded.split(' ').partition(is_word);
    let has_signs = !signs.is_empty() && !signs.iter().any(|sign| sign.is_ascii());
    words.len() >= 2 || words.len() == 1 && has_signs || scripts::is_full_name(folded)
}

/// A folded text in which words that a dot, a hyphen or an underscore holds together are parted by
/// a space; as many bytes as before.
pub(crate) fn parted(folded: &str) -> Cow<'_, str> {
    let mut parted = Cow::Borrowed(folded);
    let mut from = 0;
    for (at, sign) in folded.match_indices(['.', '_', '-']) {
        let (before, after) = (folded.get(..at), folded.get(at + sign.len()..));
        let before = before.and_then(|before| before.chars().next_back());
        let after = after.and_then(|after| after.chars().next());
        if before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric) {
            if let Cow::Borrowed(_) = parted {
                parted = Cow::Owned(String::with_capacity(folded.len()));
            }
            let so_far = parted.to_mut();
            so_far.push_str(folded.get(from..at).unwrap_or_default());
            so_far.push(' ');
            from = at + sign.len();
        }
    }
    if let Cow::Owned(so_far) = &mut parted {
        so_far.push_str(folded.get(from..).unwrap_or_default());
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_meets_the_ways_people_write() {
        let check = |text: &str, expected: &str| assert_eq!(Folded::new(text).as_str(), expected);
        check("André  Müller", "andre muller");
        check("ANNA\u{a0}\n SCHMIDT", "anna schmidt");
        check("Jean–Luc", "jean-luc");
        check("O’Neil", "o'neil");
        check("Stra\u{ad}ße", "strasse");
        check("Ｆｕｌｌ", "full");
        check("マリア・シュミット", "マリア シュミット");
        check("ﾏﾘｱ･ｼｭﾐｯﾄ", "マリア シュミット");
        check("玛丽亚·施密特, Marcel·la", "玛丽亚 施密特, marcel·la");
        check("山田\u{3000}太郎", "山田 太郎");
        check("İbrahim ŞAHIN, ıbrahım", "ibrahim sahin, ibrahim");
        check("\u{202b}An\u{200e}na\u{2067} \u{61c}\u{2069} Schmidt", "anna schmidt");
        assert_eq!(spellings("Jörg Müller"), ["Jörg Müller", "Joerg Mueller"]);
        assert_eq!(with_capitals("Jörg  Weiß-Šahın"), "Jorg Weiss-Sahin");
    }

    #[test]
    fn words_that_a_sign_holds_together_are_parted() {
        let check = |text: &str, expected: &str| assert_eq!(parted(text), expected);
        check("petra.klein_meier-otto", "petra klein meier otto");
        check("yes. no - ja_ -nein-", "yes. no - ja_ -nein-");
    }

    #[test]
    fn spans_lead_back_to_the_source() {
        let source = "mit André\u{a0}Müller!";
        let folded = Folded::new(source);
        let at = folded.as_str().find("andre muller").unwrap();
        let (start, end) = folded.source_span(at, at + "andre muller".len()).unwrap();
        assert_eq!(&source[start..end], "André\u{a0}Müller");
    }

    proptest! {
        #[test]
        fn every_span_falls_on_characters(source in ".*") {
            let folded = Folded::new(&source);
            for (at, character) in folded.as_str().char_indices() {
                let (start, end) = folded.source_span(at, at + character.len_utf8()).unwrap();
                prop_assert!(source.get(start..end).is_some());
            }
        }
    }
}

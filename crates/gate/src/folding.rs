use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Text folded for comparing names, with the way back to the bytes it was folded from.
///
/// Folding lower-cases, takes accents off, writes compatibility forms out, makes every run of
/// white space one space and every dash a hyphen, and drops what has no width.
#[derive(Debug, Clone, PartialEq, Eq)]
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
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
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

/// A name folded, with single spaces and nothing at its ends.
pub(crate) fn fold_name(name: &str) -> String {
    Folded::new(name).as_str().trim().to_owned()
}

/// The ways a folded name is written: as it is, and with German umlauts written out.
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
    let mut spellings = vec![fold_name(name), fold_name(&written_out)];
    spellings.dedup();
    spellings
}

/// The number of words in a folded name that hold a letter or a digit.
pub(crate) fn words(folded: &str) -> usize {
    folded.split(' ').filter(|word| word.chars().any(char::is_alphanumeric)).count()
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
        assert_eq!(spellings("Jörg Müller"), ["jorg muller", "joerg mueller"]);
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

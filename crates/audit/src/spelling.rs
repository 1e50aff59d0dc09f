//! How names and texts are compared, and what a display name is found by.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{
    scripts,
    ways::{Way, other_ways, untitled},
};

/// A text as it is compared, with the bytes of the original that each of its bytes stands for.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) text: String,
    /// The same, with spaces for the signs that hold words together; as many bytes.
    pub(crate) loose: String,
    /// For each byte whether it stands for a capital.
    pub(crate) capitals: Vec<bool>,
    /// For each byte whether it is a space that ends a line.
    pub(crate) breaks: Vec<bool>,
    from: Vec<usize>,
    to: Vec<usize>,
}

/// What a display name is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    /// Which of its letters are capitals, where that counts.
    pub(crate) capitals: Vec<bool>,
    pub(crate) way: Way,
}

impl Folded {
    pub(crate) fn of(original: &str) -> Self {
        let mut folded = Self::default();
        for (start, character) in original.char_indices() {
            let is_parted = folded.text.chars().next_back().is_some_and(scripts::is_before_dot);
            for one in fold(character) {
                let is_dot = one == '・' || (is_parted && matches!(one, '·' | '‧'));
                let one = if is_dot || one.is_whitespace() { ' ' } else { one };
                if one != ' ' || !folded.text.ends_with(' ') {
                    folded.push(one, character, start);
                }
            }
            if let Some(ends_line) = folded.breaks.last_mut().filter(|_| character == '\n') {
                *ends_line = true;
            }
        }
        folded.loose = loosen(&folded.text);
        folded
    }

    fn push(&mut self, one: char, original: char, start: usize) {
        self.text.push(one);
        let length = self.text.len();
        self.capitals.resize(length, original.is_uppercase());
        self.breaks.resize(length, false);
        self.from.resize(length, start);
        self.to.resize(length, start + original.len_utf8());
    }

    /// Those of its bytes that are kept.
    pub(crate) fn only(&self, kept: &[bool]) -> Self {
        let text = self.text.char_indices().filter(|(at, _)| kept.get(*at) == Some(&true));
        let text: String = text.map(|(_, one)| one).collect();
        Self {
            loose: loosen(&text),
            text,
            capitals: of_kept(&self.capitals, kept),
            breaks: of_kept(&self.breaks, kept),
            from: of_kept(&self.from, kept),
            to: of_kept(&self.to, kept),
        }
    }

    /// The bytes of the original that bytes of the text stand for.
    pub(crate) fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        Some((*self.from.get(start)?, *self.to.get(end.checked_sub(1)?)?))
    }
}

fn of_kept<T: Copy>(all: &[T], kept: &[bool]) -> Vec<T> {
    all.iter().zip(kept).filter(|(_, kept)| **kept).map(|(one, _)| *one).collect()
}

/// Lower case, without accents, written out, with one kind of dash, quote and space.
fn fold(character: char) -> Vec<char> {
    match character {
        'ß' | 'ẞ' => vec!['s', 's'],
        '’' | '‘' | 'ʼ' => vec!['\''],
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => vec!['-'],
        'ı' => vec!['i'],
        '\u{ad}' | '\u{feff}' | '\u{61c}' | '\u{180e}' => vec![],
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{200e}' | '\u{200f}' => vec![],
        other if ('\u{202a}'..='\u{202e}').contains(&other) => vec![],
        other if ('\u{2060}'..='\u{206f}').contains(&other) => vec![],
        other => {
            let parts = other.nfkd().filter(|part| !is_combining_mark(*part));
            parts.flat_map(char::to_lowercase).collect()
        }
    }
}

/// Spaces for dots, hyphens and underscores between letters and digits.
pub(crate) fn loosen(text: &str) -> String {
    let (mut loose, mut before) = (String::with_capacity(text.len()), ' ');
    let mut characters = text.chars().peekable();
    while let Some(one) = characters.next() {
        let holds = matches!(one, '.' | '-' | '_') && before.is_alphanumeric();
        let is_inside = holds && characters.peek().is_some_and(|next| next.is_alphanumeric());
        loose.push(if is_inside { ' ' } else { one });
        before = one;
    }
    loose
}

/// A name or address as it is compared.
pub(crate) fn fold_name(name: &str) -> String {
    Folded::of(name).text.trim().to_owned()
}

/// A name as it stands, and with its umlauts written in two letters.
fn spellings(name: &str) -> BTreeSet<String> {
    let mut in_letters = String::new();
    for character in name.nfc() {
        match character {
            'ä' | 'Ä' => in_letters.push_str("ae"),
            'ö' | 'Ö' => in_letters.push_str("oe"),
            'ü' | 'Ü' => in_letters.push_str("ue"),
            other => in_letters.push(other),
        }
    }
    BTreeSet::from([name.to_owned(), in_letters])
}

/// A display name, and the names in it: without brackets, a degree or a comma, and without titles.
fn names_in(display: &str) -> Vec<String> {
    let mut outside = String::new();
    let mut rest = display;
    while let Some((before, after)) = rest.split_once('(') {
        outside.push_str(before);
        rest = after_bracket(after);
    }
    outside.push_str(rest);
    let outside = outside.as_str();
    let name = match outside.split_once(',') {
        Some((name, degree)) if is_degree(degree) => name.trim().to_owned(),
        Some((last, first)) => [first.trim(), last.trim()].join(" "),
        None => outside.trim().to_owned(),
    };
    let untitled = untitled(&name).map(|(untitled, _)| untitled);
    [display.to_owned(), name].into_iter().chain(untitled).collect()
}

/// What follows the bracket that was open.
fn after_bracket(text: &str) -> &str {
    let mut open = 1;
    for (at, one) in text.char_indices() {
        match one {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

/// `PhD`, `M.Sc.`: capitals inside a word, or dots.
fn is_degree(text: &str) -> bool {
    let mut before = ' ';
    text.chars().any(|one| {
        let is_inner = !matches!(before, ' ' | '-') && one.is_uppercase();
        before = one;
        is_inner || matches!(one, '.' | ',')
    })
}

/// What a name is found by: in full and otherwise, if it is a full name; and its form behind an
/// `@`. The flag says whether it is a full name.
pub(crate) fn patterns_of(name: &str) -> Vec<(Pattern, bool)> {
    let mut patterns = Vec::new();
    for spelling in names_in(name).iter().flat_map(|name| spellings(name)) {
        let folded = fold_name(&spelling);
        let is_full = is_full_name(&folded);
        let form = format!("@{}", folded.replace(' ', ""));
        if is_full {
            let spaced = scripts::other_spaces(&folded).into_iter();
            patterns.extend(spaced.map(|name| (Pattern::usual(name), true)));
            patterns.push((Pattern::usual(loosen(&folded)), true));
            let others = other_ways(&spelling).into_iter();
            patterns.extend(
                others.map(|(text, capitals, way)| (Pattern { text, capitals, way }, true)),
            );
        }
        if form != "@" {
            patterns.push((Pattern::usual(form), is_full));
        }
    }
    patterns
}

/// Whether a folded name has more than one word, or says as much in one; a sign that no sentence
/// has counts as a word.
fn is_full_name(folded: &str) -> bool {
    let has_letters = |word: &&str| word.chars().any(char::is_alphanumeric);
    let words = folded.split(' ').filter(has_letters).count();
    let mut signs = folded.split(' ').filter(|word| !has_letters(word)).peekable();
    let has_sign = words == 1 && signs.peek().is_some() && !signs.any(str::is_ascii);
    words > 1 || has_sign || scripts::is_whole_name(folded)
}

impl Pattern {
    /// One that is found in capitals or not.
    pub(crate) const fn usual(text: String) -> Self {
        Self { text, capitals: Vec::new(), way: Way::Usual }
    }
}

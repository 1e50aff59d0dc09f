//! How names and texts are compared, and what a display name is found by.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::scripts;

/// A text as it is compared, with the bytes of the original that each of its bytes stands for.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) text: String,
    /// The same, with spaces for the signs that hold words together; as many bytes.
    pub(crate) loose: String,
    from: Vec<usize>,
    to: Vec<usize>,
}

impl Folded {
    pub(crate) fn of(original: &str) -> Self {
        let mut folded = Self::default();
        for (start, character) in original.char_indices() {
            let is_parted = folded.text.chars().next_back().is_some_and(scripts::is_before_dot);
            for one in fold(character) {
                let is_dot = one == '・' || (is_parted && matches!(one, '·' | '‧'));
                let one = if is_dot || one.is_whitespace() { ' ' } else { one };
                if one == ' ' && folded.text.ends_with(' ') {
                    continue;
                }
                folded.text.push(one);
                folded.from.resize(folded.text.len(), start);
                folded.to.resize(folded.text.len(), start + character.len_utf8());
            }
        }
        folded.loose = loosen(&folded.text);
        folded
    }

    /// The bytes of the original that bytes of the text stand for.
    pub(crate) fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        Some((*self.from.get(start)?, *self.to.get(end.checked_sub(1)?)?))
    }
}

/// Lower case, without accents, written out, with one kind of dash, quote and space.
fn fold(character: char) -> Vec<char> {
    match character {
        'ß' | 'ẞ' => vec!['s', 's'],
        '’' | '‘' | 'ʼ' => vec!['\''],
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => vec!['-'],
        '\u{ad}' | '\u{feff}' | '\u{2060}' => vec![],
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{200e}' | '\u{200f}' => vec![],
        other => {
            let parts = other.nfkd().filter(|part| !is_combining_mark(*part));
            parts.flat_map(char::to_lowercase).collect()
        }
    }
}

/// Spaces for dots, hyphens and underscores between letters and digits.
fn loosen(text: &str) -> String {
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
    BTreeSet::from([fold_name(name), fold_name(&in_letters)])
}

/// A display name, and the name in it: without brackets, a degree or a comma.
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
    vec![display.to_owned(), name]
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

/// What a name is found by: in full, if it is a full name; and its form behind an `@`. The flag
/// says whether it is a full name.
pub(crate) fn patterns_of(name: &str) -> Vec<(String, bool)> {
    let mut patterns = Vec::new();
    for spelling in names_in(name).iter().flat_map(|name| spellings(name)) {
        let words = spelling.split(' ').filter(|word| word.chars().any(char::is_alphanumeric));
        let is_full = words.count() > 1 || scripts::is_whole_name(&spelling);
        let form = format!("@{}", spelling.replace(' ', ""));
        if is_full {
            patterns.extend(scripts::other_spaces(&spelling).into_iter().map(|name| (name, true)));
            patterns.push((loosen(&spelling), true));
        }
        if form != "@" {
            patterns.push((form, is_full));
        }
    }
    patterns
}

use super::{
    index::{CODE, Index, Languages, WordKey, bit, index},
    table::Language,
};

/// How long a word is, in letters, before its ending says something.
const LONG: usize = 6;

/// How long a formula in a text is at most, in bytes.
const FORMULA: usize = 512;

/// What a text gives away about its language.
#[derive(Debug, Default)]
pub(super) struct Clues {
    pub(super) found: Vec<Clue>,
    pub(super) words: usize,
    /// Words in small letters that are no part of code, as sentences have them and lists of names
    /// have not.
    pub(super) small_words: usize,
    /// Signs that code and formulas have, and sentences have not.
    pub(super) signs: usize,
}

/// Something that only some languages have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clue {
    pub(super) languages: Languages,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A function word.
    Word,
    /// The ending of a word.
    Ending,
    Letter,
    /// A letter of a script that one or two languages have for themselves.
    Script,
}

impl Clues {
    /// Takes in what one more piece of the text gives away.
    pub(super) fn read(&mut self, text: &str) {
        let word = Word::after(' ', false);
        let mut reader = Reader { index: index(), clues: self, before: ' ', word };
        let mut rest = text.chars();
        while let Some(one) = rest.next() {
            reader.take(one);
            match one {
                ':' => rest = behind_address(rest.as_str()).chars(),
                '$' => rest = behind_formula(rest.as_str()).chars(),
                _ => {}
            }
        }
        reader.take(' ');
    }
}

struct Reader<'a> {
    index: &'static Index,
    clues: &'a mut Clues,
    before: char,
    word: Word,
}

/// A word that is being read; without letters it has not begun.
#[derive(Debug, Clone, Copy)]
struct Word {
    key: WordKey,
    /// In letters.
    length: usize,
    is_capital: bool,
    is_code: bool,
    /// Who has the script of its last letter for themselves.
    script: Languages,
}

impl Reader<'_> {
    fn take(&mut self, one: char) {
        if one.is_ascii_alphabetic() {
            self.ascii_letter(one);
        } else if !one.is_ascii() && is_in_word(one) {
            self.other_letter(one);
        } else {
            self.signs(is_sign(one) && !is_sign(self.before));
            if self.word.length > 0 {
                self.end_of_word(one);
                self.word.length = 0;
            }
        }
        self.before = one;
    }

    fn ascii_letter(&mut self, one: char) {
        if self.word.length == 0 {
            self.word = Word::after(self.before, one.is_ascii_uppercase());
            self.signs(self.before == '.');
        } else if one.is_ascii_uppercase() && self.before.is_ascii_lowercase() {
            // camelCase
            self.signs(!self.word.is_code);
            self.word.is_code = true;
        }
        self.word.push(one.to_ascii_lowercase(), 0);
    }

    fn other_letter(&mut self, one: char) {
        if self.word.length == 0 {
            self.word = Word::after(self.before, one.is_uppercase());
        }
        let small = one.to_lowercase().next().unwrap_or(one);
        let script = own_script(one);
        // a letter alone may be a symbol: 5 Ω, an angle α
        if self.word.script != 0 {
            self.found(script, Kind::Script);
        }
        // a name has the letters of where it comes from
        if !self.word.is_capital {
            self.found(self.index.letter(small), Kind::Letter);
        }
        self.word.push(small, script);
    }

    fn end_of_word(&mut self, after: char) {
        self.clues.words += 1;
        self.signs(after == '(');
        let word = self.word;
        if word.is_code || word.length < 2 || is_code_after(after) {
            return;
        }
        self.clues.small_words += usize::from(!word.is_capital);
        let languages = self.index.word(word.key);
        if languages & CODE != 0 {
            self.clues.signs += 2;
        }
        if languages == 0 && word.length >= LONG {
            self.found(self.index.ending(word.key), Kind::Ending);
        }
        self.found(languages & !CODE, Kind::Word);
    }

    fn found(&mut self, languages: Languages, kind: Kind) {
        if languages != 0 {
            self.clues.found.push(Clue { languages, kind });
        }
    }

    fn signs(&mut self, is_sign: bool) {
        self.clues.signs += usize::from(is_sign);
    }
}

impl Word {
    const fn after(before: char, is_capital: bool) -> Self {
        let is_code = is_code_before(before);
        Self { key: WordKey::new(), length: 0, is_capital, is_code, script: 0 }
    }

    /// Takes the next small letter in.
    const fn push(&mut self, letter: char, script: Languages) {
        self.key.push(letter);
        self.length += 1;
        self.script = script;
    }
}

/// What follows an address whose scheme and colon have been read; all if there is none.
fn behind_address(rest: &str) -> &str {
    if !rest.starts_with("//") {
        return rest;
    }
    let end = rest.find(|one: char| one.is_whitespace() || matches!(one, ')' | '>' | '"'));
    end.and_then(|end| rest.get(end..)).unwrap_or_default()
}

/// What follows a TeX formula whose first `$` has been read; all if there is none, as where money
/// is spoken of.
fn behind_formula(rest: &str) -> &str {
    let (sign, body) = rest.strip_prefix('$').map_or(("$", rest), |body| ("$$", body));
    let near = body.get(..body.floor_char_boundary(FORMULA)).unwrap_or(body);
    match near.split_once(sign) {
        Some((formula, _)) if formula.contains(['\\', '^', '_']) => {
            body.get(formula.len() + sign.len()..).unwrap_or_default()
        }
        _ => rest,
    }
}

/// Whether the character is a letter, or a mark that stands on one.
fn is_in_word(one: char) -> bool {
    match one {
        '\u{d7}' | '\u{f7}' => false,
        // most texts have no others, and the tables for all of Unicode are slow
        '\u{c0}'..='\u{36f}' | '\u{400}'..='\u{481}' => true,
        '\u{93c}'..='\u{94d}' | '\u{e31}'..='\u{e4e}' | '\u{200c}' => true,
        _ => one.is_alphabetic(),
    }
}

const fn is_sign(one: char) -> bool {
    matches!(
        one,
        '#' | '$' | '&' | '*' | '+' | '/' | ';'..='>' | '@' | '['..='`' | '{'..='~'
    )
}

/// Whether a word behind it is part of code: `self.name`, `\frac`.
const fn is_code_before(one: char) -> bool {
    matches!(one, '_' | '0'..='9' | '#' | '$' | '&' | '.' | '<' | '=' | '@' | '\\')
}

/// Whether a word before it is part of code: `print(`, `is_empty`.
const fn is_code_after(one: char) -> bool {
    matches!(one, '_' | '0'..='9' | '(' | '<' | '=' | '@' | '[' | '\\' | '{')
}

const fn own_script(one: char) -> Languages {
    match one {
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => bit(Language::Greek),
        '\u{590}'..='\u{5ff}' => bit(Language::Hebrew),
        '\u{e00}'..='\u{e7f}' => bit(Language::Thai),
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => bit(Language::Korean),
        '\u{3040}'..='\u{30ff}' => bit(Language::Japanese),
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => {
            bit(Language::Chinese) | bit(Language::Japanese)
        }
        _ => 0,
    }
}

//! Digits in groups.

/// The most digits that a number of those that are sought has.
const MOST: usize = 19;

/// How many digits one has at the least after which another may follow behind ` / `.
const SHORTEST: usize = 7;

/// What may stand between the groups of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separators {
    /// One space or hyphen.
    Groups,
    /// What telephone numbers are written with: spaces, hyphens, dots, slashes and brackets, up to
    /// three of them.
    Telephone,
}

/// A number as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// Its digits, as ASCII.
    pub(super) digits: Vec<u8>,
    /// How many digits each group has.
    pub(super) groups: Vec<usize>,
    /// What stands between the groups, each by its most telling character.
    pub(super) between: Vec<char>,
    /// Where it ends.
    pub(super) end: usize,
}

impl Number {
    /// Reads the groups that begin at a digit, as many as belong together and no number is longer
    /// than; `None` if the first is longer.
    pub(super) fn read(text: &str, digit: usize, separators: Separators) -> Option<Self> {
        let mut number =
            Self { digits: Vec::new(), groups: Vec::new(), between: Vec::new(), end: digit };
        let mut at = digit;
        loop {
            let group = digits(text, at);
            if number.digits.len() + group.len() > MOST {
                return (!number.groups.is_empty()).then(|| number.closed(text, digit));
            }
            number.digits.extend_from_slice(group);
            number.groups.push(group.len());
            number.end = at + group.len();
            let Some((between, next)) = separators.skip(text, number.end) else {
                return Some(number.closed(text, digit));
            };
            let is_apart = between == '/' && next - number.end > 2;
            if is_apart
                && number.digits.len() >= SHORTEST
                && text.as_bytes().get(next) == Some(&b'0')
            {
                return Some(number);
            }
            number.between.push(between);
            at = next;
        }
    }

    /// The groups before a bracket that is not closed behind the next one.
    fn closed(mut self, text: &str, start: usize) -> Self {
        let opens = self.between.iter().position(|between| *between == '(');
        if let Some(open) = opens.filter(|open| self.between.get(open + 1) != Some(&')')) {
            while self.groups.len() > open + 1 {
                self = self.without_last(text, start);
            }
        }
        self
    }

    /// The groups up to some number of digits: whoever wrote more began another number.
    pub(super) fn up_to(self, text: &str, start: usize, most: usize) -> Self {
        let mut number = self;
        while number.digits.len() > most && number.groups.len() > 1 {
            number = number.without_last(text, start);
        }
        number
    }

    /// The same number without its last group.
    pub(super) fn without_last(mut self, text: &str, start: usize) -> Self {
        let dropped = self.groups.pop().unwrap_or_default();
        self.digits.truncate(self.digits.len() - dropped);
        self.between.truncate(self.groups.len().saturating_sub(1));
        let kept = text.get(start..self.end - dropped).unwrap_or_default();
        self.end = start + kept.trim_end_matches(|one: char| !one.is_ascii_digit()).len();
        self
    }
}

impl Separators {
    /// What separates the digits before a place from those after it, and where those are.
    fn skip(self, text: &str, at: usize) -> Option<(char, usize)> {
        let most = if self == Self::Groups { 1 } else { 3 };
        let (mut telling, mut next) = (' ', at);
        for (count, character) in text.get(at..)?.chars().enumerate() {
            if character.is_ascii_digit() {
                return (count > 0).then_some((telling, next));
            }
            if count == most || !self.has(character) {
                return None;
            }
            if !is_space(character) && telling != ')' {
                telling = character;
            }
            next += character.len_utf8();
        }
        None
    }

    fn has(self, character: char) -> bool {
        let in_groups = is_space(character) || character == '-';
        let by_telephone = matches!(character, '.' | '/' | '(' | ')' | '–' | '‑' | '·');
        in_groups || self == Self::Telephone && by_telephone
    }
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

fn digits(text: &str, at: usize) -> &[u8] {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    rest.get(..count).unwrap_or_default()
}

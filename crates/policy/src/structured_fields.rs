//! Reads dictionaries of structured fields
//! ([RFC 9651, section 4.2](https://www.rfc-editor.org/rfc/rfc9651#section-4.2)).
//!
//! What a value is counts only as far as it is a token; whether it is well formed counts always,
//! because one malformed member makes the whole dictionary fail.

/// A value, as far as anybody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Token(String),
    Other,
}

/// The members of a dictionary in their order, repeated keys included; `None` if it is none.
pub(crate) fn dictionary(input: &[u8]) -> Option<Vec<(String, Item)>> {
    let mut input = Input { rest: input };
    let mut members = Vec::new();
    input.skip(|byte| byte == b' ');
    while !input.rest.is_empty() {
        let key = input.key()?;
        let item = if input.take(b'=') { input.item_or_inner_list()? } else { Item::Other };
        input.parameters()?;
        members.push((key, item));
        input.skip(is_white);
        if input.rest.is_empty() {
            break;
        }
        input.expect(b',')?;
        input.skip(is_white);
        // A comma has to be followed by a member.
        input.peek()?;
    }
    Some(members)
}

const fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What a token may be made of after its first character.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || is_token_mark(byte) || matches!(byte, b':' | b'/')
}

/// The marks of a token of HTTP ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)).
const fn is_token_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#'
            | b'$'
            | b'%'
            | b'&'
            | b'\''
            | b'*'
            | b'+'
            | b'-'
            | b'.'
            | b'^'
            | b'_'
            | b'`'
            | b'|'
            | b'~'
    )
}

struct Input<'a> {
    rest: &'a [u8],
}

impl Input<'_> {
    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    /// What stands at the beginning and is of one kind.
    fn skip(&mut self, of_kind: impl Fn(u8) -> bool) -> &[u8] {
        let end = self.rest.iter().position(|byte| !of_kind(*byte)).unwrap_or(self.rest.len());
        let (skipped, rest) = self.rest.split_at(end);
        self.rest = rest;
        skipped
    }

    fn key(&mut self) -> Option<String> {
        self.peek().filter(|first| first.is_ascii_lowercase() || *first == b'*')?;
        let key = self.skip(|byte| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || matches!(byte, b'_' | b'-' | b'.' | b'*')
        });
        String::from_utf8(key.to_vec()).ok()
    }

    fn parameters(&mut self) -> Option<()> {
        while self.take(b';') {
            self.skip(|byte| byte == b' ');
            self.key()?;
            if self.take(b'=') {
                self.bare_item()?;
            }
        }
        Some(())
    }

    fn item_or_inner_list(&mut self) -> Option<Item> {
        if self.take(b'(') { self.inner_list() } else { self.bare_item() }
    }

    fn inner_list(&mut self) -> Option<Item> {
        loop {
            self.skip(|byte| byte == b' ');
            if self.take(b')') {
                return Some(Item::Other);
            }
            self.bare_item()?;
            self.parameters()?;
            self.peek().filter(|next| matches!(next, b' ' | b')'))?;
        }
    }

    fn bare_item(&mut self) -> Option<Item> {
        match self.peek()? {
            b'-' | b'0'..=b'9' => self.number().map(|_| ())?,
            b'"' => self.string()?,
            b'*' | b'A'..=b'Z' | b'a'..=b'z' => return self.token(),
            b':' => self.byte_sequence()?,
            b'?' => self.boolean()?,
            b'@' => self.date()?,
            b'%' => self.display_string()?,
            _ => return None,
        }
        Some(Item::Other)
    }

    /// A number of at most 15 digits, or of 12 and a fraction of 1 to 3. Says whether it is whole.
    fn number(&mut self) -> Option<bool> {
        self.take(b'-');
        let whole = self.skip(|byte| byte.is_ascii_digit()).len();
        if !self.take(b'.') {
            return (1..=15).contains(&whole).then_some(true);
        }
        let fraction = self.skip(|byte| byte.is_ascii_digit()).len();
        ((1..=12).contains(&whole) && (1..=3).contains(&fraction)).then_some(false)
    }

    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => {
                    self.next().filter(|escaped| matches!(escaped, b'"' | b'\\'))?;
                }
                b' '..=b'~' => {}
                _ => return None,
            }
        }
    }

    fn token(&mut self) -> Option<Item> {
        let token = self.skip(is_token).to_vec();
        String::from_utf8(token).ok().map(Item::Token)
    }

    fn byte_sequence(&mut self) -> Option<()> {
        self.expect(b':')?;
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let digits = self.skip(is_base64).len();
        let padding = self.skip(|byte| byte == b'=').len();
        // Padding may be missing; one digit of four says nothing.
        let is_whole = digits % 4 != 1 && (padding == 0 || (digits + padding).is_multiple_of(4));
        (is_whole && padding <= 2).then_some(())?;
        self.expect(b':')
    }

    fn boolean(&mut self) -> Option<()> {
        self.expect(b'?')?;
        self.next().filter(|value| matches!(value, b'0' | b'1')).map(|_| ())
    }

    fn date(&mut self) -> Option<()> {
        self.expect(b'@')?;
        self.number()?.then_some(())
    }

    fn display_string(&mut self) -> Option<()> {
        self.expect(b'%')?;
        self.expect(b'"')?;
        let mut text = Vec::new();
        loop {
            match self.next()? {
                b'"' => return String::from_utf8(text).ok().map(|_| ()),
                b'%' => text.push(self.lower_hex()? << 4 | self.lower_hex()?),
                byte @ b' '..=b'~' => text.push(byte),
                _ => return None,
            }
        }
    }

    fn lower_hex(&mut self) -> Option<u8> {
        match self.next()? {
            digit @ b'0'..=b'9' => Some(digit - b'0'),
            digit @ b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        }
    }
}

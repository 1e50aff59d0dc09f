//! A text that is copied with some places replaced.

use std::ops::Range;

/// What a rule made of a text in which it found something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rewritten {
    pub(super) text: String,
    /// How many places were replaced; at least one.
    pub(super) places: u64,
}

/// Copies a text from its start to its end.
pub(super) struct Rewriting<'a> {
    source: &'a str,
    done: usize,
    written: String,
    places: u64,
}

impl<'a> Rewriting<'a> {
    pub(super) const fn new(source: &'a str) -> Self {
        Self { source, done: 0, written: String::new(), places: 0 }
    }

    /// Up to which byte of the source nothing can be replaced any more.
    pub(super) const fn done(&self) -> usize {
        self.done
    }

    /// Replaces a place behind all those before, and counts it.
    pub(super) fn replace(&mut self, range: Range<usize>, with: &str) {
        self.copy_to(range.start);
        self.written.push_str(with);
        self.done = range.end;
        self.places += 1;
    }

    /// What has been written up to a byte of the source, to be cut or added to.
    pub(super) fn written_to(&mut self, at: usize) -> &mut String {
        self.copy_to(at);
        &mut self.written
    }

    /// The whole, if anything was replaced.
    pub(super) fn finish(mut self) -> Option<Rewritten> {
        self.copy_to(self.source.len());
        (self.places > 0).then_some(Rewritten { text: self.written, places: self.places })
    }

    fn copy_to(&mut self, at: usize) {
        if self.places == 0 && self.written.is_empty() {
            self.written.reserve(self.source.len());
        }
        self.written.push_str(self.source.get(self.done..at).unwrap_or_default());
        self.done = self.done.max(at);
    }
}

/// A set of bytes, to be searched for.
pub(super) struct Bytes([bool; 256]);

impl Bytes {
    #[expect(clippy::indexing_slicing, reason = "a byte is below 256, and the loop ends in time")]
    pub(super) const fn of(bytes: &[u8]) -> Self {
        let (mut set, mut index) = ([false; 256], 0);
        while index < bytes.len() {
            set[bytes[index] as usize] = true;
            index += 1;
        }
        Self(set)
    }

    /// The set together with a range of bytes.
    #[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
    pub(super) const fn and(mut self, first: u8, last: u8) -> Self {
        let mut byte = first as usize;
        while byte <= last as usize {
            self.0[byte] = true;
            byte += 1;
        }
        self
    }

    pub(super) fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).is_some_and(|one| *one)
    }

    /// Where the next of them is.
    pub(super) fn next(&self, text: &str, from: usize) -> Option<usize> {
        text.as_bytes().get(from..)?.iter().position(|byte| self.has(*byte)).map(|at| from + at)
    }
}

pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_of_a_text_in_which_nothing_is_replaced() {
        assert_eq!(Rewriting::new("abc").finish(), None);
        let mut rewriting = Rewriting::new("abc");
        assert_eq!(rewriting.written_to(2), "ab");
        assert_eq!(rewriting.finish(), None);
    }

    #[test]
    fn places_are_replaced_in_order_and_counted() {
        let mut rewriting = Rewriting::new("a-b-c");
        rewriting.replace(1..2, "+");
        rewriting.replace(3..4, "");
        let expect = Rewritten { text: "a+bc".to_owned(), places: 2 };
        assert_eq!(rewriting.finish(), Some(expect));
    }

    #[test]
    fn the_next_byte_of_a_set_is_found() {
        const SET: Bytes = Bytes::of(b"&<").and(0xf0, 0xff);
        assert_eq!(SET.next("a&b<", 2), Some(3));
        assert_eq!(SET.next("ab", 0), None);
        assert_eq!(SET.next("ab", 9), None);
        assert!(SET.has(0xf4) && !SET.has(b'a'));
    }
}

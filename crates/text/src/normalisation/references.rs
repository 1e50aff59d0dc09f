//! Character references of HTML
//! ([HTML standard](https://html.spec.whatwg.org/multipage/syntax.html#character-references)).
//!
//! Known are all names of HTML 4 and, of the later ones, letters of Latin scripts and signs that
//! stand on a keyboard. A name without a semicolon is none: it may be a parameter of a URL.

use std::{cell::OnceCell, ops::Range, sync::LazyLock};

use memchr::{memchr_iter, memchr2};

use super::{
    code::Code,
    rewriting::{Rewriting, Rewritten, char_at, char_before},
    tags,
};

/// A name and its code point to a line, sorted by name.
const TABLE: &str = include_str!("references.txt");

/// No reference is longer, in bytes.
const LONGEST: usize = 12;

/// How `&` itself is written after another `&`.
const ESCAPED: &[&str] = &["amp;", "AMP;", "#38;", "#038;", "#x26;", "#X26;"];

static NAMED: LazyLock<Vec<(&str, char)>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let (name, number) = line.split_once(' ')?;
        Some((name, char::from_u32(u32::from_str_radix(number, 16).ok()?)?))
    };
    TABLE.lines().filter_map(line).collect()
});

/// Puts characters in the place of what stands for them.
pub(super) fn decode(text: &str) -> Option<Rewritten> {
    let mut rewriting = Rewriting::new(text);
    let code = OnceCell::new();
    let mut shown = Shown(None);
    for at in memchr_iter(b'&', text.as_bytes()) {
        let Some(reference) = reference_at(text, at).filter(|_| at >= rewriting.done()) else {
            continue;
        };
        let is_code = code.get_or_init(|| Code::of(text)).holds(at);
        if is_code || is_alone_in_quotes(text, &reference.range) {
            continue;
        }
        let kept = shown.keeps(text, &reference);
        match kept {
            Some(kept) if text.get(reference.range.clone()) == Some(kept) => {}
            Some(kept) => rewriting.replace(reference.range, kept),
            None => {
                rewriting.replace(reference.range, reference.character.encode_utf8(&mut [0; 4]))
            }
        }
    }
    rewriting.finish()
}

/// A tag that somebody wrote about, from `&lt;` to `&gt;`.
struct Shown(Option<usize>);

impl Shown {
    /// How a reference stays in or around such a tag, if it is one that does.
    fn keeps(&mut self, text: &str, reference: &Reference) -> Option<&'static str> {
        match reference.character {
            '<' => {
                let after = reference.range.end;
                self.0 = tags::opens(text.get(after..)?).then_some(after);
                self.0.map(|_| "&lt;")
            }
            '>' => {
                let inside = text.get(self.0.take()?..reference.range.start)?;
                memchr2(b'\n', b'<', inside.as_bytes()).is_none().then_some("&gt;")
            }
            _ => None,
        }
    }
}

struct Reference {
    range: Range<usize>,
    character: char,
}

/// What stands at an `&`, however often it was escaped.
fn reference_at(text: &str, at: usize) -> Option<Reference> {
    let mut start = at + 1;
    while let Some(escaped) = ESCAPED.iter().find(|one| starts_with(text, start, one)) {
        start += escaped.len();
    }
    let is_escaped = start > at + 1;
    match named_or_numbered(text, start) {
        Some((end, character)) => Some(Reference { range: at..end, character }),
        None => is_escaped.then_some(Reference { range: at..start, character: '&' }),
    }
}

fn starts_with(text: &str, at: usize, start: &str) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(start))
}

/// Where what follows an `&` ends, and what it stands for.
fn named_or_numbered(text: &str, start: usize) -> Option<(usize, char)> {
    let rest = text.as_bytes().get(start..)?;
    let length = rest.iter().take(LONGEST).position(|one| !is_of_reference(*one))?;
    let name = text.get(start..start + length).filter(|_| rest.get(length) == Some(&b';'))?;
    let character = match name.strip_prefix('#') {
        Some(number) => numbered(number)?,
        None => named(name)?,
    };
    Some((start + length + 1, character))
}

const fn is_of_reference(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'#'
}

fn named(name: &str) -> Option<char> {
    let index = NAMED.binary_search_by_key(&name, |(name, _)| name).ok()?;
    NAMED.get(index).map(|(_, character)| *character)
}

/// A number below 160 is one of Windows-1252, as the standard says; what nobody types is none.
fn numbered(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if !digits.bytes().all(|one| char::from(one).is_digit(radix)) {
        return None;
    }
    match u32::from_str_radix(digits, radix).ok()? {
        number @ 0x80..0xa0 => super::mojibake::special(number - 0x80),
        number => char::from_u32(number)
            .filter(|one| !one.is_control() || matches!(one, '\t' | '\n' | '\r')),
    }
}

/// Whether it stands between two equal quotation marks, so that somebody wrote about it.
fn is_alone_in_quotes(text: &str, range: &Range<usize>) -> bool {
    let before = char_before(text, range.start);
    matches!(before, Some('"' | '\'' | '`')) && before == char_at(text, range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let decoded = decode(text).map_or_else(|| text.to_owned(), |one| one.text);
        assert_eq!(decoded, expect, "{text}");
    }

    #[test]
    fn the_table_is_sorted_and_whole() {
        assert_eq!(NAMED.len(), TABLE.lines().count());
        assert!(NAMED.is_sorted_by(|one, next| one.0 < next.0));
        assert!(NAMED.iter().all(|(name, _)| name.len() < LONGEST));
        assert_eq!(named("uuml"), Some('ü'));
    }

    #[test]
    fn names_and_numbers_are_decoded() {
        check("M&uuml;ller &amp; S&ouml;hne", "Müller & Söhne");
        check("don&#8217;t, don&#x2019;t, don&rsquo;t", "don’t, don’t, don’t");
        check("&#128512; &#x1F600;", "😀 😀");
        check("&#146; &#x80;", "’ €");
        check("a&nbsp;b", "a\u{a0}b");
    }

    #[test]
    fn what_was_escaped_more_than_once_is_decoded_at_once() {
        check("&amp;quot;so&amp;quot;", "\"so\"");
        check("&amp;amp;amp;", "&");
        check("&#38;amp;uuml;", "ü");
    }

    #[test]
    fn what_is_none_stays() {
        for text in
            ["AT&T;", "?a=1&copy=2", "& uuml;", "&#0;", "&#xD800;", "&#99999999;", "R&D", "&;"]
        {
            check(text, text);
        }
    }

    #[test]
    fn a_tag_that_is_shown_stays_escaped() {
        check("&lt;b&gt; is bold, 1 &lt; 2 &gt; 0", "&lt;b&gt; is bold, 1 < 2 > 0");
        check("Vec&lt;String&gt; &lt;3", "Vec<String> <3");
        check("&amp;lt;/p&amp;gt;", "&lt;/p&gt;");
        check("&lt;a href=&quot;x&quot;&gt;", "&lt;a href=\"x\"&gt;");
        check("$p_a&lt;p_c$, a &lt;b or c", "$p_a<p_c$, a <b or c");
        check("&#60;br&#62;", "&lt;br&gt;");
        check("&lt;!-- x --&gt;", "&lt;!-- x --&gt;");
    }

    #[test]
    fn code_and_what_is_quoted_stay() {
        check("`&amp;` and &amp;", "`&amp;` and &");
        check("replace(\"&amp;\", '&lt;')", "replace(\"&amp;\", '&lt;')");
        check("```\n&amp;\n```", "```\n&amp;\n```");
    }
}

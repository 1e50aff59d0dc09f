//! Addresses on the web.

use std::ops::Range;

use super::{Found, Kind, around, url_token};

/// The address whose scheme ends at a colon, and the tokens in it.
pub(super) fn around_scheme(text: &str, colon: usize) -> Option<Vec<Found>> {
    if !text.get(colon..)?.starts_with("://") {
        return None;
    }
    let may_be_in = |one: char| one.is_ascii_alphanumeric() || matches!(one, '+' | '-' | '.');
    let start = around::back_while(text, colon, may_be_in);
    let is_scheme = around::char_at(text, start).is_some_and(|one| one.is_ascii_alphabetic());
    (is_scheme && colon - start >= 2).then(|| found(text, start, colon + 3)).flatten()
}

/// The address that begins with `www.`, and the tokens in it.
pub(super) fn without_scheme(text: &str, start: usize) -> Option<Vec<Found>> {
    let www = text.get(start..start + 4)?;
    if !www.eq_ignore_ascii_case("www.") || !around::begins(text, start) {
        return None;
    }
    let found = found(text, start, start)?;
    let range = found.first()?.range.clone();
    let host = text.get(range)?.split(['/', '?', '#']).next()?;
    (host.split('.').filter(|label| !label.is_empty()).count() > 2).then_some(found)
}

fn found(text: &str, start: usize, authority: usize) -> Option<Vec<Found>> {
    let end = end(text, authority);
    let host = text.get(authority..end)?;
    if !host.chars().next()?.is_alphanumeric() && !host.starts_with('[') {
        return None;
    }
    let mut tokens = url_token::tokens(host);
    tokens.sort_unstable_by_key(|token| token.start);
    let of = |token: &Range<usize>| authority + token.start..authority + token.end;
    let tokens = tokens.iter().map(|token| Found { kind: Kind::UrlToken, range: of(token) });
    Some(std::iter::once(Found { kind: Kind::Url, range: start..end }).chain(tokens).collect())
}

/// Where an address ends that begins at a place: before what closes brackets that it did not open,
/// and before the marks that end a sentence.
fn end(text: &str, start: usize) -> usize {
    let (mut open, mut end) = (0_i32, start);
    for character in text.get(start..).unwrap_or_default().chars() {
        match character {
            '(' => open += 1,
            ')' if open == 0 => break,
            ')' => open -= 1,
            '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^' | '“' | '”' | '„' | '»' | '«'
            | '…' => break,
            one if one.is_whitespace() || one.is_control() => break,
            _ => {}
        }
        end += character.len_utf8();
    }
    let address = text.get(start..end).unwrap_or_default();
    start + address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', ']']).len()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn an_address_ends_where_the_sentence_goes_on() {
        for text in [
            "see ⟦https://example.org/a_(b)⟧, and",
            "(⟦http://example.org/⟧)",
            "⟦https://example.org/path?x=1#top⟧.",
            "](https://)⟦www.example.org/x⟧!",
            "<⟦ftp://example.org/file.txt⟧>",
            "„⟦https://example.org⟧“",
            "⟦https://müller.example/ä⟧",
        ] {
            check(text, "url");
        }
    }
}

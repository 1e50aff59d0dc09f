//! Addresses on the web, and what in them opens something.

use std::ops::Range;

use super::{Found, Kind, around};

/// Names of parameters whose value opens something or says who somebody is, however they go on.
const SECRETS: &[&str] = &[
    "token",
    "secret",
    "passw",
    "pwd",
    "apikey",
    "api_key",
    "api-key",
    "signature",
    "session",
    "credential",
    "auth",
    "jwt",
    "email",
    "e-mail",
    "phone",
    "telefon",
    "username",
    "otp",
];

/// The same, where the name has to be exactly this.
const SECRET_NAMES: &[&str] =
    &["sig", "sid", "key", "user", "login", "mail", "tel", "nonce", "ticket", "hash"];

/// Parts of a path after which something stands that opens it.
const OPENING: &[&str] = &[
    "reset",
    "invite",
    "invitation",
    "verify",
    "confirm",
    "unsubscribe",
    "activate",
    "magic",
    "magic-link",
    "share",
    "einladung",
    "bestaetigen",
    "abmelden",
];

/// How long a value is that is taken for a key if it looks like one.
const KEY: usize = 20;

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
    let mut tokens = tokens(host);
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

/// What opens something, in an address without its scheme.
fn tokens(address: &str) -> Vec<Range<usize>> {
    let path = address.find(['/', '?', '#']).unwrap_or(address.len());
    let query = address.find(['?', '#']).unwrap_or(address.len());
    let user = address.get(..path).and_then(|authority| authority.rfind('@')).map(|sign| 0..sign);
    let mut tokens: Vec<_> = user.into_iter().collect();
    tokens.extend(in_path(address, path..query));
    tokens.extend(in_query(address, query));
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// Parts of a path that open something: what follows a word like `reset`, and signed tokens.
fn in_path(address: &str, path: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut opens) = (path.start, false);
    for part in address.get(path).unwrap_or_default().split('/') {
        let has_digits = part.bytes().any(|byte| byte.is_ascii_digit());
        // what begins with the sign is the name under which somebody publishes
        let is_address = part.find('@').is_some_and(|sign| sign > 0);
        if opens && part.len() >= 8 && has_digits || is_signed_token(part) || is_address {
            found.push(start..start + part.len());
        }
        opens = OPENING.iter().any(|word| part.eq_ignore_ascii_case(word));
        start += part.len() + 1;
    }
    found
}

/// The values of parameters that open something.
fn in_query(address: &str, query: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = query;
    for part in address.get(query..).unwrap_or_default().split(['?', '#', '&', ';']) {
        if let Some((name, value)) = part.split_once('=')
            && opens(&name.to_ascii_lowercase(), value)
        {
            let end = start + part.len();
            found.push(end - value.len()..end);
        }
        start += part.len() + 1;
    }
    found
}

/// Whether a parameter's value opens something or says who somebody is.
fn opens(name: &str, value: &str) -> bool {
    let is_named = SECRETS.iter().any(|secret| name.contains(secret))
        || SECRET_NAMES.contains(&name)
        || name.ends_with("_key")
        || name.ends_with("-key");
    let is_address = value.contains('@') || value.contains("%40");
    is_named || is_address || is_signed_token(value) || is_key(value)
}

/// A JSON Web Token ([RFC 7519](https://www.rfc-editor.org/rfc/rfc7519)): its first part is an
/// object in base64.
fn is_signed_token(value: &str) -> bool {
    value.starts_with("eyJ") && value.len() >= KEY && value.contains('.')
}

/// Whether a value looks like a key: long, one word, of letters and digits.
fn is_key(value: &str) -> bool {
    let bytes = value.as_bytes();
    let count = |of: fn(&u8) -> bool| bytes.iter().filter(|byte| of(byte)).count();
    let of_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let digits = count(u8::is_ascii_digit);
    bytes.len() >= KEY
        && bytes.iter().all(of_key)
        && digits >= 3
        && count(u8::is_ascii_alphabetic) >= 3
        && count(|byte| matches!(byte, b'_' | b'-')) <= 2
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

    #[test]
    fn what_opens_something_is_found_within() {
        for text in [
            "https://example.org/?token=⟦abc123⟧&x=1",
            "https://example.org/cb#access_token=⟦xyz⟧&state=2",
            "https://⟦anna:geheim⟧@example.org/",
            "postgres://⟦app:pw⟧@db.example.org/x",
            "https://example.org/reset/⟦8f14e45fceea167a⟧/now",
            "https://example.org/?email=⟦anna%40example.de⟧",
            "https://example.org/?c=⟦a1b2c3d4e5f6a7b8c9d0e1f2⟧.",
            "https://b.s3.example.org/k?X-Amz-Signature=⟦0af3⟧&X-Amz-Credential=⟦AKIA/x⟧",
            "https://example.org/⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.x⟧",
        ] {
            check(text, "url-token");
        }
    }

    #[test]
    fn what_is_open_to_anybody_is_no_token() {
        for text in [
            "https://example.org/?q=a-very-long-search-with-many-words-in-2024",
            "https://example.org/watch?v=dQw4w9WgXcQ",
            "https://example.org/page/12345678?utm_source=newsletter",
            "https://social.example/@anna/1122334455667788990",
            "https://example.org/?q=Verschr%C3%A4nkung%20und%20mehr%2020",
            "a:// and ://x and www. and www.x",
        ] {
            check(text, "url-token");
        }
    }
}

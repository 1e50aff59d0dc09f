//! What in an address on the web opens something, or says who somebody is.
//!
//! Much in addresses looks like a key and is open to anybody: commits, versions, playlists, words that
//! were searched for. It is told from keys by what it is called, and by how it is written.

use std::ops::Range;

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
];

/// The same, where the name has to be exactly this.
const SECRET_NAMES: &[&str] = &[
    "sig", "sid", "key", "user", "login", "mail", "tel", "nonce", "ticket", "hash", "otp", "totp",
];

/// Names that hold one of these and mean something else.
const NO_SECRETS: &[&str] = &[
    "author",
    "authors",
    "author_id",
    "authorid",
    "authority",
    "max_tokens",
    "tokenize",
    "tokenizer",
    "smartphone",
    "headphone",
    "microphone",
];

/// Values that open nothing, whatever they are called: somebody switches something.
const SWITCHES: &[&str] =
    &["true", "false", "yes", "no", "on", "off", "ja", "nein", "none", "null", "undefined"];

/// Names of parameters whose value is a published thing, however much it looks like a key.
const PUBLISHED: &[&str] = &[
    "list",
    "playlist",
    "v",
    "video",
    "commit",
    "rev",
    "revision",
    "sha",
    "sha1",
    "sha256",
    "checksum",
    "chash",
    "version",
    "doi",
    "arxiv",
    "isbn",
    "questionid",
    "answerid",
    "articleid",
    "postid",
    "topicid",
    "threadid",
    "commentid",
];

/// Parameters that name a commit in the pages of a repository.
const COMMITS: &[&str] = &["id", "id2", "h", "hb", "hp", "ref"];

/// Parts of a path in the pages of a repository.
const REPOSITORY: &[&str] = &["commit", "commits", "commitdiff", "git", "cgit", "gitweb"];

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

/// In what is written in words letters and digits take turns this often at most, as in
/// `30daymapchallenge2025`.
const TURNS_IN_WORDS: usize = 2;

/// What opens something, in an address without its scheme.
pub(super) fn tokens(address: &str) -> Vec<Range<usize>> {
    let path = address.find(['/', '?', '#']).unwrap_or(address.len());
    let query = address.find(['?', '#']).unwrap_or(address.len());
    let user = address.get(..path).and_then(|authority| authority.rfind('@')).map(|sign| 0..sign);
    let mut tokens: Vec<_> = user.into_iter().collect();
    tokens.extend(in_path(address, path..query));
    let is_repository = has_part_of_repository(address.get(path..query).unwrap_or_default());
    let parameters = address.get(query..).unwrap_or_default();
    tokens.extend(in_parameters(parameters, query, is_repository));
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// Parts of a path that open something: what follows a word like `reset`, signed tokens, addresses,
/// and parameters behind a semicolon, `;jsessionid=1F2E`.
fn in_path(address: &str, path: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut opens) = (path.start, false);
    for part in address.get(path).unwrap_or_default().split('/') {
        let (part_end, (name, rest)) =
            (start + part.len(), part.split_once(';').unwrap_or((part, "")));
        // what begins with the sign is the name under which somebody publishes
        let is_address = !name.starts_with('@') && has_address(name);
        if opens && opens_after_word(name) || is_signed_token(name) || is_address {
            found.push(start..start + name.len());
        }
        found.extend(in_parameters(rest, part_end - rest.len(), false));
        opens = OPENING.iter().any(|word| name.eq_ignore_ascii_case(word));
        start = part_end + 1;
    }
    found
}

/// Whether a part of a path opens something behind a word that says that something follows.
fn opens_after_word(part: &str) -> bool {
    part.len() >= 8 && part.bytes().any(|byte| byte.is_ascii_digit()) && !is_title(part)
}

/// Whether a part of a path is a title: three words or more between hyphens, numbers among them.
fn is_title(part: &str) -> bool {
    let is_of = |word: &str, of: fn(&u8) -> bool| word.bytes().all(|byte| of(&byte));
    let is_number = |word: &str| is_of(word, u8::is_ascii_digit);
    let is_small = |word: &str| is_of(word, u8::is_ascii_lowercase);
    let mut words = part.split(['-', '_']);
    let long = words.clone().filter(|word| word.len() >= 3 && is_small(word)).count();
    long >= 3 && words.all(|word| is_small(word) || is_number(word))
}

/// The values that open something, of parameters that begin at a place of the address.
fn in_parameters(parameters: &str, start: usize, is_repository: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = start;
    for part in parameters.split(['?', '#', '&', ';']) {
        if let Some((name, value)) = part.split_once('=') {
            let name = name.to_ascii_lowercase();
            let is_commit = is_repository && COMMITS.contains(&name.as_str()) && is_commit(value);
            if !is_commit && opens(&name, value) {
                let end = start + part.len();
                found.push(end - value.len()..end);
            }
        }
        start += part.len() + 1;
    }
    found
}

/// Whether a parameter's value opens something or says who somebody is.
fn opens(name: &str, value: &str) -> bool {
    let is_switch = SWITCHES.iter().any(|switch| value.eq_ignore_ascii_case(switch));
    let looks_like_key = is_key(value) && !PUBLISHED.contains(&name);
    !is_switch
        && (is_secret(name) || has_address(value) || is_signed_token(value) || looks_like_key)
}

/// Whether a parameter of this name opens something.
fn is_secret(name: &str) -> bool {
    let is_named = SECRETS.iter().any(|secret| name.contains(secret));
    is_named && !NO_SECRETS.contains(&name)
        || SECRET_NAMES.contains(&name)
        || name.ends_with("_key")
        || name.ends_with("-key")
}

/// Whether something holds an address of electronic mail: behind the sign stands a host. A version
/// (`react@18.2.0`) is none, and no more the number of a message, which is of nobody's own choice.
fn has_address(value: &str) -> bool {
    let mut signs = value.match_indices('@').chain(value.match_indices("%40"));
    signs.any(|(at, sign)| {
        let (before, after) = (value.get(..at), value.get(at + sign.len()..));
        let before = before.unwrap_or_default().rsplit(['@', '%', ',']).next();
        begins_with_host(after.unwrap_or_default()) && !is_message(before.unwrap_or_default())
    })
}

/// Whether a text begins with a host whose last part has letters only.
fn begins_with_host(text: &str) -> bool {
    let may_be_in = |one: char| one.is_alphanumeric() || matches!(one, '.' | '-');
    let host = text.split(|one: char| !may_be_in(one)).next().unwrap_or_default();
    let last = host.trim_end_matches('.').rsplit_once('.').map(|(_, last)| last);
    last.is_some_and(|last| {
        last.len() >= 2 && (last.starts_with("xn--") || last.chars().all(char::is_alphabetic))
    })
}

/// Whether what stands before the sign is what a program made up for a message
/// ([RFC 5322](https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4)): a key of capitals, small letters
/// and digits. One that holds the sender's own address has small letters alone.
fn is_message(before: &str) -> bool {
    let has = |of: fn(&u8) -> bool| before.bytes().any(|byte| of(&byte));
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    before.len() >= KEY && is_mixed && turns(before) > 2 * TURNS_IN_WORDS
}

/// A JSON Web Token ([RFC 7519](https://www.rfc-editor.org/rfc/rfc7519)): its first part is an
/// object in base64.
fn is_signed_token(value: &str) -> bool {
    value.starts_with("eyJ") && value.len() >= KEY && value.contains('.')
}

/// Whether a value looks like a key: long, one word, of letters and digits that take turns.
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
        && !is_written_in_words(value)
}

/// Whether a value is words in small letters with numbers, as in `kommunalwahlergebnisse-2025`; each
/// may begin with a capital.
fn is_written_in_words(value: &str) -> bool {
    let mut pairs = value.bytes().zip(value.bytes().skip(1));
    let has_inner_capital =
        pairs.any(|(before, byte)| before.is_ascii_alphanumeric() && byte.is_ascii_uppercase());
    !has_inner_capital && turns(value) <= TURNS_IN_WORDS
}

/// How often a digit follows a letter at once, or a letter a digit.
fn turns(value: &str) -> usize {
    let pairs = value.bytes().zip(value.bytes().skip(1));
    let turns = |(before, byte): &(u8, u8)| {
        before.is_ascii_alphabetic() && byte.is_ascii_digit()
            || before.is_ascii_digit() && byte.is_ascii_alphabetic()
    };
    pairs.filter(turns).count()
}

/// Whether a path has a part that only the pages of a repository have.
fn has_part_of_repository(path: &str) -> bool {
    path.split('/').any(|part| REPOSITORY.contains(&part) || part.ends_with(".git"))
}

/// Whether a value can be the whole hash of a commit, SHA-1 or SHA-256.
fn is_commit(value: &str) -> bool {
    let is_hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    matches!(value.len(), 40 | 64) && value.bytes().all(is_hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

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
            "https://example.org/konto;jsessionid=⟦1F2E3D4C5B6A⟧?lang=de",
            "https://example.org/konto;jsessionid=⟦1F2E3D4C5B6A⟧",
        ] {
            check(text, "url-token");
        }
    }

    #[test]
    fn a_token_is_told_from_its_look_alikes() {
        // each opens something, and looks like what is open below
        for text in [
            "https://example.org/app?id=⟦8f14e45fceea167a5a36dedd4bea2543aa11bb22⟧",
            "https://example.org/invite/⟦blue-tiger-42⟧",
            "https://example.org/share/⟦abcdef1234⟧",
            "https://example.org/u/⟦anna.schmidt@example.de⟧/x",
            "https://example.org/?to=⟦anna.schmidt.1985.koeln@example.de⟧",
            "https://lists.example.org/r/⟦20240102030405.12345-1-anna@example.org⟧/",
            "https://example.org/?login=⟦anna⟧&password=⟦geheim⟧&otp=⟦123456⟧",
            "https://example.org/?x=⟦kqzv7h2m9tb4xw8r3ncd⟧",
            "https://example.org/?x=⟦Kommunalwahl2025Ergebnis7x⟧",
            "https://example.org/?authorization=⟦x1⟧&oauth_nonce=⟦y2⟧",
            "https://example.org/?to=⟦MaxMustermann.Koeln1985@example.de⟧",
            "https://example.org/watch?v=abc&list_token=⟦PL12345⟧",
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
            // commits and versions
            "https://git.example.org/x.git/commit/?id=8f14e45fceea167a5a36dedd4bea2543aa11bb22",
            "https://git.example.org/?p=x.git;a=commitdiff&commit=8f14e45fceea167a5a36dedd4bea2543",
            "https://git.example.org/x/commit/8f14e45fceea167a5a36dedd4bea2543aa11bb22",
            "https://cdn.example.org/npm/react@18.2.0/umd/react.js",
            "https://example.org/download/P2@1815/928199/study.pdf",
            "https://notebooks.example/embed/f487ad0bc3086501@209?cells=x",
            "https://example.org/?version=2024a01b02c03d04e05f06",
            // messages, articles, playlists
            "https://lists.example.org/message-id/CAHk3xW9QzT7bV2mNpL5rYc8dKfGhJs4@mail.example.org",
            "https://example.org/abs/2101.01234v2 and https://doi.example/10.1000/xyz.2018.042318",
            "https://example.org/?doi=10.1103/PhysRevA.98.042318&id=2101.01234v2",
            "https://example.org/playlist?list=PLabc123DEF456ghi789JKL012mno345PQR",
            "https://example.org/q?questionId=5b3ba83d77993f003c6952dd",
            // words
            "https://example.org/search?q=30daymapchallenge2025&type=repositories",
            "https://example.org/?page=kommunalwahlergebnisse-nrw-2025",
            "https://example.org/share/how-the-network-was-built-in-2024",
            "https://example.org/article/8158086?login=false&session=none",
            "https://example.org/?author=byron&tokenizer=words&max_tokens=100&footprint=2",
        ] {
            check(text, "url-token");
        }
    }
}

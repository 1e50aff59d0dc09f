//! Addresses of electronic mail.

use std::{collections::HashSet, sync::LazyLock};

use super::{Found, Kind, around};

/// The names of more than two letters at the top of the domain name system, as
/// [IANA](https://data.iana.org/TLD/tlds-alpha-by-domain.txt) lists them, and those that are kept
/// for networks of one's own and for examples.
static TOP_LEVEL_DOMAINS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("top_level_domains.txt").lines().collect());

/// What an `@` is spelt as, in brackets.
const SIGN: &[&str] = &["at", "ät", "@", "bei"];

/// What the dots of a domain are spelt as.
const DOT: &[&str] = &["dot", "punkt", "."];

/// What stands for a name where it was masked before: the rest of an address is left.
const MASKED_NAME: &str = "[name]";

/// The most bytes before the sign, and of a label of the domain.
const LONGEST: usize = 64;

/// The address around an `@`.
pub(super) fn around_sign(text: &str, sign: usize) -> Option<Found> {
    let start = local_part(text, sign)?;
    let (domain, end) = domain(text, sign + 1, plain_dot)?;
    let is_call = around::byte(text, end) == Some(b'(');
    (domain && !is_call && !is_of_a_repository(text, start, sign, end))
        .then_some(Found { kind: Kind::Email, range: start..end })
}

/// The address around a bracket that says `at`.
pub(super) fn spelt_out(text: &str, bracket: usize) -> Option<Found> {
    let after = in_brackets(text, bracket, SIGN)?;
    let before = around::back_while(text, bracket, |one| one == ' ');
    if bracket - before > 1 {
        return None;
    }
    let start = local_part(text, before)?;
    let begin = after + usize::from(around::byte(text, after) == Some(b' '));
    let (domain, end) = domain(text, begin, any_dot)?;
    domain.then_some(Found { kind: Kind::Email, range: start..end })
}

/// Where the part before the sign begins: with a letter or digit, or with a name that is masked.
fn local_part(text: &str, sign: usize) -> Option<usize> {
    let may_be_in = |one: char| around::is_word(one) || matches!(one, '.' | '%' | '+' | '-' | '\'');
    let mut start = around::back_while(text, sign, may_be_in);
    while let Some(before) = text.get(..start)?.strip_suffix(MASKED_NAME) {
        start = around::back_while(text, before.len(), may_be_in);
    }
    let start = around::on_while(text, start, |one| !around::is_word(one) && one != '[').min(sign);
    let is_local = (1..=LONGEST).contains(&(sign - start));
    (is_local && around::char_before(text, sign) != Some('.')).then_some(start)
}

/// Whether a domain that can be one begins at a place, and where it ends.
fn domain(
    text: &str,
    start: usize,
    dot: impl Fn(&str, usize) -> Option<usize>,
) -> Option<(bool, usize)> {
    let mut labels = 0;
    let (mut is_domain, mut end, mut at) = (false, start, start);
    loop {
        let label_end = label(text, at)?;
        labels += 1;
        // what follows a name at the top is the next sentence, if it is no name itself
        if labels > 1 && is_top(text.get(at..label_end)?) {
            (is_domain, end) = (true, label_end);
        }
        match dot(text, label_end).filter(|next| label(text, *next).is_some()) {
            Some(next) => at = next,
            None => return Some((is_domain, end)),
        }
    }
}

/// Where a label of a domain ends.
fn label(text: &str, start: usize) -> Option<usize> {
    let end = around::on_while(text, start, |one| one.is_alphanumeric() || one == '-');
    let end = start + text.get(start..end)?.trim_end_matches('-').len();
    (start < end && end - start <= LONGEST && around::byte(text, start) != Some(b'-'))
        .then_some(end)
}

fn plain_dot(text: &str, at: usize) -> Option<usize> {
    (around::byte(text, at) == Some(b'.')).then_some(at + 1)
}

/// A dot, or what it is spelt as, in brackets or between spaces.
fn any_dot(text: &str, at: usize) -> Option<usize> {
    let space = |at: usize| at + usize::from(around::byte(text, at) == Some(b' '));
    let spelt = space(at);
    if let Some(next) = plain_dot(text, at).or_else(|| in_brackets(text, spelt, DOT).map(space)) {
        return Some(next);
    }
    let word = around::on_while(text, spelt, |one| one.is_ascii_alphabetic());
    let says_dot = spelt > at && is_one_of(text.get(spelt..word)?, DOT);
    (says_dot && around::byte(text, word) == Some(b' ')).then_some(word + 1)
}

/// Where brackets end that hold one of some words.
fn in_brackets(text: &str, bracket: usize, words: &[&str]) -> Option<usize> {
    let closing = match around::byte(text, bracket)? {
        b'(' => ')',
        b'[' => ']',
        b'{' => '}',
        _ => return None,
    };
    let inside = text.get(bracket + 1..)?;
    let close = inside.char_indices().take(10).find(|(_, one)| *one == closing)?.0;
    is_one_of(inside.get(..close)?.trim(), words).then_some(bracket + close + 2)
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| word.eq_ignore_ascii_case(one))
}

/// Whether a label can stand at the top: a country's two letters, a listed name, or one of another
/// script.
fn is_top(label: &str) -> bool {
    if !label.is_ascii() {
        return label.chars().count() > 1 && label.chars().all(char::is_alphabetic);
    }
    let label = label.to_ascii_lowercase();
    let is_country = label.len() == 2 && label.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_country || label.starts_with("xn--") || TOP_LEVEL_DOMAINS.contains(label.as_str())
}

/// Whether it is the address of a repository, `git@example.org:team/work.git`, which is nobody's.
fn is_of_a_repository(text: &str, start: usize, sign: usize, end: usize) -> bool {
    let path_follows = around::byte(text, end) == Some(b':')
        && around::char_at(text, end + 1).is_some_and(char::is_alphanumeric);
    text.get(start..sign) == Some("git") && path_follows
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn an_address_is_found_however_it_is_written() {
        for text in [
            "⟦anna.muster+work@mail.example.org⟧.",
            "<⟦anna@example.de⟧>, mailto:⟦ben@example.com⟧",
            "schreibt an ⟦jürgen@müller.example.de⟧!",
            "(⟦a_b@x-y.museum⟧)",
            "⟦o'neil@example.ie⟧",
            "'⟦anna@example.de⟧'",
            "⟦anna (at) example (punkt) de⟧",
            "⟦anna[at]example[dot]com⟧",
            "⟦anna [at] example.com⟧, danke",
            "⟦anna (at) example dot com⟧ now",
            "⟦anna@example.de⟧.Ich",
            "an ⟦[name]@example.org⟧, schreib ihr",
            "⟦a.[name]-k@example.org⟧ (⟦[name].[name]@example.org⟧)",
            "[name]: ⟦[name] (at) example.org⟧",
        ] {
            check(text, "email");
        }
    }

    #[test]
    fn what_only_has_the_sign_is_none() {
        for text in [
            "@anna and @scope/pkg@1.2.3",
            "A@B and x@W.T and psi@U.conj()",
            "A@B.dot(C)",
            "git@example.org:team/work.git",
            "anna@localhost",
            "@media screen; me@",
            "[name] @example.org [name]@localhost [names]@1",
            "(at) example.de",
            "look (at) example",
            "..@example.de",
        ] {
            check(text, "email");
        }
    }
}

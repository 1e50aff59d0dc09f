//! Links to profiles in texts: they say for certain who is named.

use crate::Mention;

/// Every link to a profile of the site, with the name that stands before it.
///
/// A link is an address `https://HOST/users/NUMBER/NAME`, where the first part of the host stands
/// in the site's name, or `/users/NUMBER` without a host.
pub(super) fn profile_links(text: &str, site: &str) -> Vec<Mention> {
    let found = text.match_indices("/users/").filter_map(|(at, path)| {
        let before = text.get(..at)?;
        let start = address_start(before);
        if !is_of_site(before.get(start..)?, site) {
            return None;
        }
        let rest = text.get(at + path.len()..)?;
        let digits = rest.find(|one: char| !one.is_ascii_digit()).unwrap_or(rest.len());
        let member = rest.get(..digits).filter(|digits| !digits.is_empty())?;
        let ends = |one: char| one.is_whitespace() || matches!(one, ')' | ']' | '>' | '"' | ',');
        let length = rest.find(ends).unwrap_or(rest.len());
        let slug = rest.get(digits..length)?.trim_matches('/').split(['/', '?']).next()?;
        let start = start - name_before(text.get(..start)?, slug);
        Some(Mention { member: member.to_owned(), start, end: at + path.len() + length })
    });
    found.collect()
}

/// Where the address starts of which the end of `before` is a part.
fn address_start(before: &str) -> usize {
    let breaks = |one: char| one.is_whitespace() || matches!(one, '(' | '[' | '<' | '"' | ',');
    before.rfind(breaks).map_or(0, |at| {
        at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    })
}

fn is_of_site(address: &str, site: &str) -> bool {
    if address.is_empty() {
        return true;
    }
    let Some((_, host)) = address.split_once("://") else { return false };
    let first = host.split(['.', '/']).next().unwrap_or_default();
    !first.is_empty() && site.split(['-', '.', ':']).any(|part| part == first)
}

/// The bytes before a link that say the name which the link's last part spells, or words of it,
/// with the brackets between.
fn name_before(before: &str, slug: &str) -> usize {
    let text = before.trim_end_matches(['(', '[', ']', '<']);
    let has_bracket = text.len() < before.len();
    let name = text.trim_end();
    match whole_name_at_end(name, slug) {
        Some(length) => before.len() - name.len() + length,
        None if has_bracket => words_at_end(name, slug).map_or(0, |start| before.len() - start),
        None => 0,
    }
}

/// How many bytes at the end of a text spell the whole name.
fn whole_name_at_end(name: &str, slug: &str) -> Option<usize> {
    let spelled = slug.chars().filter(|one| one.is_alphanumeric());
    let mut spelled: Vec<char> = spelled.flat_map(char::to_lowercase).collect();
    let mut start = name.len();
    for (at, character) in name.char_indices().rev() {
        if spelled.is_empty() {
            break;
        }
        if !character.is_alphanumeric() {
            continue;
        }
        if !character.to_lowercase().eq(spelled.pop()) {
            return None;
        }
        start = at;
    }
    (spelled.is_empty() && start < name.len()).then(|| name.len() - start)
}

/// Where the words at the end of a text start that are words of the name.
fn words_at_end(text: &str, slug: &str) -> Option<usize> {
    let mut start = None;
    let mut rest = text;
    loop {
        let before = rest.trim_end_matches(char::is_alphanumeric);
        let word = rest.get(before.len()..).unwrap_or_default().to_lowercase();
        if word.is_empty() || !slug.split('-').any(|part| part.to_lowercase() == word) {
            return start;
        }
        start = Some(before.len());
        let Some(next) = before.strip_suffix(' ') else { return start };
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_profile_names_its_member() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let links = profile_links(text, "stackexchange-quantumcomputing");
            let shown: Vec<_> =
                links.iter().map(|one| (one.member.as_str(), &text[one.start..one.end])).collect();
            assert_eq!(shown, expected, "{text}");
        };
        let address = "https://quantumcomputing.stackexchange.com/users/12/jo-meier";
        check(
            &format!("as Jo Meier ({address}) said"),
            &[("12", format!("Jo Meier ({address}").as_str())],
        );
        check(&format!("[this]({address})"), &[("12", address)]);
        for part in ["Jo", "meier", "Meier Jo", "Jo Meier"] {
            let link = format!("{part}]({address}");
            check(&format!("an answer by [{link})"), &[("12", link.as_str())]);
        }
        let bare = format!("thanks to Jo: {address}, or Jo {address}");
        check(&bare, &[("12", address), ("12", address)]);
        check("see /users/7", &[("7", "/users/7")]);
        check("https://physics.stackexchange.com/users/12/jo", &[]);
        check("the file a/users/12 and /users/me", &[]);
    }
}

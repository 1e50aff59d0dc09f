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

/// The bytes before a link that say the name which the link's last part spells, with the
/// brackets between.
fn name_before(before: &str, slug: &str) -> usize {
    let name = before.trim_end_matches(['(', '[', ']', '<']).trim_end();
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
            return 0;
        }
        start = at;
    }
    if spelled.is_empty() && start < name.len() { before.len() - start } else { 0 }
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
        check("see /users/7", &[("7", "/users/7")]);
        check("https://physics.stackexchange.com/users/12/jo", &[]);
        check("the file a/users/12 and /users/me", &[]);
    }
}

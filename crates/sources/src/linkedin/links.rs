//! Addresses of posts and comments, and the names that they spell.

use policy::Instant;

/// What comes before a name in an address.
const UPDATE: &str = "https://www.linkedin.com/feed/update/";

/// Ids before this instant in milliseconds carry no time: 2010-11-01, when they began.
const FIRST_TIMED: i64 = 1_288_569_600_000;

/// The name of what a link shows, `urn:li:TYPE:ID`: the comment, if it shows one, else the post.
pub(super) fn urn_of_link(link: &str) -> Option<String> {
    comment_of_link(link).or_else(|| post_of_link(link))
}

/// The name of the post that a link shows, or on which the comment stands that it shows.
pub(super) fn post_of_link(link: &str) -> Option<String> {
    let path = link.split(['?', '#']).next()?;
    let decoded = decode(path);
    let urn = decoded.get(decoded.find("urn:li:")?..)?.trim_end_matches('/');
    is_urn(urn).then(|| urn.to_owned())
}

/// Whether a name is that of a post in a group.
pub(super) fn is_of_group(urn: &str) -> bool {
    urn.contains(":groupPost:")
}

/// The address that shows what a name names.
pub(super) fn link_of_urn(urn: &str) -> Option<String> {
    let inner = match urn.strip_prefix("urn:li:comment:(") {
        Some(inner) => inner.split(',').next()?,
        None => urn.strip_prefix("urn:li:").filter(|_| is_urn(urn))?,
    };
    let post =
        format!("{UPDATE}{}", encode(&format!("urn:li:{}", inner.trim_start_matches("urn:li:"))));
    Some(if urn.starts_with("urn:li:comment:") {
        format!("{post}?commentUrn={}", encode(urn))
    } else {
        post
    })
}

/// When what is named was made: ids carry the milliseconds in their upper bits.
pub(super) fn instant_of_urn(urn: &str) -> Option<Instant> {
    let id: i64 = urn.rsplit(':').next()?.parse().ok()?;
    let milliseconds = id >> 22;
    (milliseconds >= FIRST_TIMED).then(|| Instant::from_micros(milliseconds.saturating_mul(1_000)))
}

fn comment_of_link(link: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    let urn = query.split(['&', '#']).find_map(|pair| pair.strip_prefix("commentUrn="))?;
    let urn = decode(urn);
    let inner = urn.strip_prefix("urn:li:comment:(")?.strip_suffix(')')?;
    let is_good = inner.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, ':' | ','));
    (is_good && inner.contains(',')).then_some(urn)
}

/// `urn:li:` with a type in letters and an id.
fn is_urn(text: &str) -> bool {
    let parts = text.strip_prefix("urn:li:").and_then(|rest| rest.split_once(':'));
    parts.is_some_and(|(kind, id)| {
        let of_id = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_');
        !kind.is_empty()
            && kind.chars().all(|one| one.is_ascii_alphabetic())
            && !id.is_empty()
            && id.chars().all(of_id)
    })
}

/// Replaces `%3A` and its like; what is no such code stays.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| u8::from_str_radix(str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 16);
    for one in text.chars() {
        match one {
            ':' => encoded.push_str("%3A"),
            ',' => encoded.push_str("%2C"),
            '(' => encoded.push_str("%28"),
            ')' => encoded.push_str("%29"),
            _ => encoded.push(one),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_links() {
        let table = [
            (
                "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7012",
                Some("urn:li:share:7012"),
            ),
            (
                "https://www.linkedin.com/feed/update/urn:li:ugcPost:7012/",
                Some("urn:li:ugcPost:7012"),
            ),
            (
                "https://www.linkedin.com/feed/update/urn%3Ali%3AgroupPost%3A12-7012",
                Some("urn:li:groupPost:12-7012"),
            ),
            (
                "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A1?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A1%2C2%29",
                Some("urn:li:comment:(activity:1,2)"),
            ),
            (
                "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A1?commentUrn=nonsense",
                Some("urn:li:activity:1"),
            ),
            ("https://www.linkedin.com/in/somebody", None),
            ("urn:li:share:", None),
            ("100%", None),
            ("", None),
        ];
        for (link, expected) in table {
            let found = urn_of_link(link);
            assert_eq!(found.as_deref(), expected, "{link}");
            if let Some(urn) = found {
                assert_eq!(urn_of_link(&link_of_urn(&urn).unwrap()), Some(urn));
            }
        }
    }

    #[test]
    fn ids_carry_their_time() {
        let milliseconds: i64 = 1_700_000_000_123;
        let urn = format!("urn:li:share:{}", (milliseconds << 22) + 99);
        assert_eq!(instant_of_urn(&urn).unwrap().as_micros(), milliseconds * 1_000);
        assert_eq!(instant_of_urn("urn:li:share:12"), None);
    }
}

/// Whether the chunk is one web address, with or without its scheme: a host of two labels or more
/// whose last has two small letters or more, then maybe a port and a path.
pub(super) fn is_web_address(chunk: &str) -> bool {
    if memchr::memchr(b'.', chunk.as_bytes()).is_none() {
        return false;
    }
    let rest = match chunk.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        Some(_) => return false,
        None => chunk,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    let is_port = (2..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    is_port && is_host(name)
}

fn is_scheme(scheme: &str) -> bool {
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
    scheme.len() > 1 && scheme.bytes().all(is_part)
}

fn is_host(name: &str) -> bool {
    let Some((labels, last)) = name.rsplit_once('.') else { return false };
    let is_number =
        name.split('.').count() == 4 && name.split('.').all(|part| part.parse::<u8>().is_ok());
    let is_last = last.chars().count() > 1
        && last.chars().all(|one| is_host_letter(one) && !one.is_uppercase());
    is_number || is_last && labels.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let is_inner =
        |one: char| is_host_letter(one) || one.is_ascii_digit() || matches!(one, '-' | '_');
    let is_edge = |one: char| is_host_letter(one) || one.is_ascii_digit();
    label.len() <= 64
        && label.chars().all(is_inner)
        && label.chars().next().is_some_and(is_edge)
        && label.chars().next_back().is_some_and(is_edge)
}

fn is_host_letter(one: char) -> bool {
    one.is_ascii_alphabetic() || one > '\u{a0}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        let check = |chunk, expect| assert_eq!(is_web_address(chunk), expect, "{chunk}");
        check("https://example.org/a?b=c#d", true);
        check("example.org", true);
        check("www.example.org:8080/x", true);
        check("anna@example.org", true);
        check("192.168.0.1", true);
        check("end.start", true);
        check("end.Start", false);
        check("e.g", false);
        check("3.14", false);
        check("word", false);
        check("-a.org", false);
        check("a..org", false);
    }
}

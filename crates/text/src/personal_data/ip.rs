//! IP addresses that can be somebody's.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Found, Kind, around};

/// Words before four numbers that are no address.
const VERSIONS: &[&str] = &[
    "version",
    "v.",
    "ver.",
    "release",
    "rel.",
    "rev",
    "build",
    "firmware",
    "kapitel",
    "chapter",
    "abschnitt",
    "section",
    "absatz",
    "nummer",
    "nr.",
    "ziffer",
    "punkt",
    "position",
    "anlage",
];

/// The longest way to write an address.
const LONGEST: usize = 45;

/// The address that a digit belongs to.
pub(super) fn around_digit(text: &str, digit: usize) -> Option<Found> {
    version_4(text, digit).or_else(|| version_6(text, digit))
}

/// The address that a colon belongs to.
pub(super) fn around_colon(text: &str, colon: usize) -> Option<Found> {
    version_6(text, colon)
}

fn version_4(text: &str, start: usize) -> Option<Found> {
    let end = around::on_while(text, start, |one| one.is_ascii_digit() || one == '.');
    let end = start + text.get(start..end)?.trim_end_matches('.').len();
    let address: Ipv4Addr = text.get(start..end)?.parse().ok()?;
    let stands_alone = !matches!(around::char_before(text, start), Some('.' | '-' | '/' | '§'))
        && around::begins(text, start)
        && around::ends(text, end);
    (stands_alone && can_be_of_somebody(address) && !around::is_called(text, start, VERSIONS))
        .then_some(Found { kind: Kind::Ip, range: start..end })
}

/// Whether an address is none of a private network, this machine or a group
/// ([RFC 6890](https://www.rfc-editor.org/rfc/rfc6890)).
const fn can_be_of_somebody(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    let is_shared = address.is_private() || address.is_loopback() || address.is_multicast();
    first != 0 && first < 240 && !is_shared && !address.is_link_local()
}

fn version_6(text: &str, at: usize) -> Option<Found> {
    let is_part = |one: char| one.is_ascii_hexdigit() || one == ':';
    let start = around::back_while(text, at, is_part);
    let end = around::on_while(text, at, |one| is_part(one) || one == '.');
    if !(2..=LONGEST).contains(&(end - start)) {
        return None;
    }
    let written = text.get(start..end)?.trim_end_matches('.');
    let written = if written.ends_with("::") { written } else { written.trim_end_matches(':') };
    let end = start + written.len();
    let address: Ipv6Addr = written.parse().ok()?;
    (around::begins(text, start)
        && around::ends(text, end)
        && is_written_as_an_address(written)
        && can_be_of_somebody_6(address))
    .then_some(Found { kind: Kind::Ip, range: start..end })
}

/// Whether what can be read as an address is likely to be meant so: `1::2` is a slice of a list,
/// `add::bed` a path in a program.
fn is_written_as_an_address(written: &str) -> bool {
    let groups: Vec<_> = written.split(':').filter(|group| !group.is_empty()).collect();
    let first_is_long = groups.first().is_some_and(|first| first.len() >= 3);
    groups.len() == 8
        || written.contains('.')
        || groups.len() >= 3 && first_is_long && written.bytes().any(|byte| byte.is_ascii_digit())
}

/// An address of the local link is often made of the device's own number
/// ([RFC 4291](https://www.rfc-editor.org/rfc/rfc4291), appendix A).
const fn can_be_of_somebody_6(address: Ipv6Addr) -> bool {
    !(address.is_loopback() || address.is_unspecified() || address.is_multicast())
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn an_address_that_can_be_of_somebody_is_found() {
        for text in [
            "from ⟦93.184.216.34⟧.",
            "(⟦8.8.8.8⟧:53)",
            "⟦2a02:908:1210:bc00::1⟧",
            "⟦6e40:4041:c617:e898:c11:40d2:c669:2eb4⟧, ",
            "⟦2a00:1450:4001:81c::200e⟧:",
            "⟦fe80::1ff:fe23:4567:890a⟧ or ⟦::ffff:93.184.216.34⟧",
            "⟦abcd:ef01:2345:6789:abcd:ef01:2345:6789⟧",
        ] {
            check(text, "ip");
        }
    }

    #[test]
    fn what_is_nobodys_or_no_address_is_none() {
        for text in [
            "127.0.0.1 and 192.168.0.7 and 10.1.2.3",
            "version 10.15.7.1 and Kapitel 3.2.1.4",
            "1.2.3.4.5",
            "v1.2.3.4",
            "256.1.1.1",
            "a[1::2] and x::y and std::abc::def and add::bed",
            "12:30:45 and 1:2:3:4:5",
            "00:1b:44:11:3a:b7",
            "::1 and :: and ff02::1:ff00:42",
            "Ziffer 8.3.1.6 der Beschreibung",
        ] {
            check(text, "ip");
        }
    }
}

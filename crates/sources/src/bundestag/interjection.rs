//! What was heard from the benches, cut into single interjections.

/// Between two interjections in one comment.
const BETWEEN: char = '–';

/// One interjection of a comment: `Anna Berg [SPD]: Hört! Hört!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interjection<'a> {
    /// Who is named in it as the one who interjects or takes part; nobody in `Beifall bei der SPD`.
    pub(super) named: Vec<Named<'a>>,
}

/// Somebody with a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// The words before the party; the name stands at their end.
    pub(super) words: Vec<&'a str>,
    /// What stands in brackets of its own between name and party.
    pub(super) town: Option<&'a str>,
    /// The party.
    pub(super) group: &'a str,
}

/// Cuts a comment at its dashes, each with white space on both sides.
pub(super) fn interjections(comment: &str) -> Vec<Interjection<'_>> {
    let inner = comment.trim();
    let inner = inner.strip_prefix('(').unwrap_or(inner);
    let inner = inner.strip_suffix(')').unwrap_or(inner);
    let parts = cut(inner).into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Interjection { named: named(part) }).collect()
}

fn cut(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(BETWEEN) {
        let (before, after) = (text.get(..at), text.get(at + BETWEEN.len_utf8()..));
        let is_spaced = before.is_some_and(|before| before.ends_with(char::is_whitespace))
            && after.is_some_and(|after| after.starts_with(char::is_whitespace));
        if is_spaced {
            parts.extend(text.get(start..at));
            start = at + BETWEEN.len_utf8();
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// Everybody with a party before the words that were called.
fn named(part: &str) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    let mut town = None;
    let mut rest = part;
    while let Some((before, bracketed)) = rest.split_once('[') {
        // Behind a colon stands what was said.
        if before.contains(':') {
            break;
        }
        let Some((inside, after)) = bracketed.split_once(']') else { break };
        if !before.trim().is_empty() {
            words = before.split(|one: char| one.is_whitespace() || one == ',').collect();
            words.retain(|word| !word.is_empty());
            town = None;
        }
        if after.trim_start().starts_with('[') {
            town = Some(inside.trim());
        } else {
            named.push(Named { words: std::mem::take(&mut words), town, group: inside.trim() });
            town = None;
        }
        rest = after;
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_cut_into_those_who_are_named() {
        let check = |comment: &str, expected: &[&[&str]]| {
            let shown: Vec<Vec<String>> = interjections(comment)
                .iter()
                .map(|one| {
                    let show = |named: &Named<'_>| {
                        let Named { words, town, group } = named;
                        format!("{}|{}|{group}", words.join(" "), town.unwrap_or_default())
                    };
                    one.named.iter().map(show).collect()
                })
                .collect();
            assert_eq!(shown, expected, "{comment}");
        };
        check("(Beifall bei der SPD)", &[&[]]);
        check("(Anna Berg [SPD]: Hört!)", &[&["Anna Berg||SPD"]]);
        check(
            "(Beifall – Max Stein [Erfurt] [FDP]: So – oder so? – Zuruf des Abg. Jo Feld [AfD])",
            &[&[], &["Max Stein|Erfurt|FDP"], &[], &["Zuruf des Abg. Jo Feld||AfD"]],
        );
        check(
            "(Anna Berg [SPD], an den Abg. Jo Feld [AfD] gewandt: Nein!)",
            &[&["Anna Berg||SPD", "an den Abg. Jo Feld||AfD"]],
        );
        check("(Zuruf von der SPD: Das steht in [1]!)", &[&[]]);
        check("(Anna Berg [SPD", &[&[]]);
        check("SPD–FDP", &[&[]]);
        check("()", &[]);
    }
}

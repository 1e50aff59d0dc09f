use policy::{TITLES, TITLES_GO_ON, TITLES_OR_NAMES};

use crate::folding;

/// What a display name says of its bearer's name: as it stands, and without what stands in
/// brackets, `Müller, Anna` turned round, `Anna Müller, PhD` without the degree, and `Dr. Anna
/// Müller` without the title. The last one is what the bearer is called.
pub(crate) fn readings(name: &str) -> Vec<String> {
    let mut readings = vec![name.to_owned()];
    if name.contains(['(', ',']) {
        let plain = without_brackets(name);
        let reading = match plain.split_once(',') {
            Some((before, after)) if is_degree(after) => before.to_owned(),
            Some((before, after)) => format!("{} {}", after.trim(), before.trim()),
            None => plain,
        };
        readings.push(reading.trim().to_owned());
    }
    if let Some((untitled, is_sure)) = readings.last().and_then(|name| without_titles(name)) {
        let last = if is_sure { readings.len() } else { readings.len() - 1 };
        readings.insert(last, untitled);
    }
    readings
}

/// A name of two words or more without the titles before it, and whether they are no names.
fn without_titles(name: &str) -> Option<(String, bool)> {
    let mut words = name.split_whitespace().peekable();
    let is_sure = is_title(words.peek()?);
    if !is_sure && !is_listed(&TITLES_OR_NAMES, words.peek()?) {
        return None;
    }
    words.next();
    while words.next_if(|word| goes_on_with_title(word)).is_some() {}
    let untitled: Vec<_> = words.collect();
    let count = untitled.iter().filter(|word| word.contains(char::is_alphanumeric)).count();
    (count >= 2).then(|| (untitled.join(" "), is_sure))
}

/// Whether a word is a title or begins with one: `Dr.`, `Dr.-Ing.`.
pub(crate) fn is_title(word: &str) -> bool {
    let folded = folding::fold_name(word);
    let mut parts = folded.split(['.', '-']).filter(|part| !part.is_empty());
    let begins = parts.next().is_some_and(|part| TITLES.contains(&part));
    TITLES.contains(&folded.as_str()) || begins && parts.all(is_any_title)
}

fn goes_on_with_title(word: &str) -> bool {
    is_title(word) || is_listed(&TITLES_OR_NAMES, word) || is_listed(&TITLES_GO_ON, word)
}

fn is_any_title(part: &str) -> bool {
    TITLES.contains(&part) || TITLES_GO_ON.contains(&part)
}

/// Whether a word is one of a list, with a dot behind it or not.
fn is_listed(list: &[&str], word: &str) -> bool {
    let folded = folding::fold_name(word);
    list.contains(&folded.trim_end_matches('.'))
}

fn without_brackets(name: &str) -> String {
    let mut depth = 0_usize;
    let outside = name.chars().filter(|one| {
        let was_inside = depth > 0;
        match one {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        !was_inside && *one != '('
    });
    outside.collect()
}

/// Whether what follows a comma in a name is written as a degree or a title and not as a name:
/// with dots, or with capitals inside a word.
fn is_degree(after: &str) -> bool {
    let has_inner_capital = |part: &str| part.chars().skip(1).any(char::is_uppercase);
    after.contains(['.', ',']) || after.split([' ', '-']).any(has_inner_capital)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_says_more_than_a_name() {
        let check = |name: &str, expected: &[&str]| {
            assert_eq!(readings(name).get(1..).unwrap_or_default(), expected, "{name}");
        };
        check("Anna Müller", &[]);
        check("Müller, Hans-Jürgen (Dr.)", &["Hans-Jürgen Müller"]);
        check("Anna Müller (she/her)", &["Anna Müller"]);
        check("Anna Müller, PhD", &["Anna Müller"]);
        check("Anna Müller, M.Sc., MBA", &["Anna Müller"]);
        check("((", &[""]);
        check("Prof. Dr. Max Mustermann", &["Max Mustermann"]);
        check(
            "Dipl.-Ing. Dr. rer. nat. h.c. Ana Ruiz, PhD",
            &["Dipl.-Ing. Dr. rer. nat. h.c. Ana Ruiz", "Ana Ruiz"],
        );
        check("Frau Dr. Müller", &[]);
        check("M. Jean Petit", &["Jean Petit"]);
        for name in ["M Jean Petit", "Dr. Who", "Drew Otto Klein", "Mr. T."] {
            check(name, &[]);
        }
        assert_eq!(readings("Don Juan Tenorio"), ["Juan Tenorio", "Don Juan Tenorio"]);
    }
}

//! Other forms of a full name: written together, behind a `#`, and turned round.
//!
//! A form that holds capitals stands only where the text has them, too.

use crate::{folding, scripts};

/// A name of more words is not turned round.
const MOST_TURNED: usize = 5;

/// The form behind an `@`: a folded name without the spaces between its words.
pub(crate) fn own_form(folded: &str) -> String {
    std::iter::once('@').chain(folded.chars().filter(|one| *one != ' ')).collect()
}

/// `#annaschmidt` and `AnnaSchmidt`, for a name with capitals; a name needs two words that are no
/// initials for the one, and that begin with capitals for the other.
pub(crate) fn together(name: &str) -> Vec<String> {
    let parted = folding::parted(name);
    let words = parted.split(' ').map(|word| word.chars().filter(|one| one.is_alphanumeric()));
    let words: Vec<String> = words.map(Iterator::collect).collect();
    let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let count = |counts: fn(&str) -> bool| words.iter().filter(|word| counts(word)).count();
    let mut forms = Vec::new();
    if count(|word| word.chars().count() > 1) > 1 && !words.concat().contains(scripts::is_unspaced)
    {
        forms.push(format!("#{}", folding::fold_name(&words.concat())));
        let ends = [words.first(), words.last()];
        let ends_have_capitals = ends.into_iter().flatten().all(|word| begins_with_capital(word));
        if ends_have_capitals && count(is_capitalised) > 1 {
            forms.push(words.concat());
        }
    }
    forms
}

/// `Schmidt, Anna` and `Schmidt Anna`, for a name with capitals.
pub(crate) fn turned(name: &str) -> Vec<String> {
    let words: Vec<_> = name.split(' ').collect();
    let ends = [words.first(), words.last()];
    let have_capitals = ends.into_iter().flatten().all(|word| begins_with_capital(word));
    if !have_capitals || name.contains(['(', ',']) || words.len() > MOST_TURNED {
        return Vec::new();
    }
    let splits = (1..words.len()).filter_map(|at| words.split_at_checked(at));
    let splits = splits.map(|(first, last)| (first.join(" "), last.join(" ")));
    let long = splits.filter(|(first, last)| is_longer_than_a_letter([first, last]));
    let forms =
        long.flat_map(|(first, last)| [format!("{last}, {first}"), format!("{last} {first}")]);
    forms.map(|form| folding::parted(&form).into_owned()).collect()
}

fn is_longer_than_a_letter(parts: [&String; 2]) -> bool {
    parts.into_iter().all(|part| part.chars().count() > 1)
}

fn begins_with_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// Whether a word begins with a capital and goes on without one.
fn is_capitalised(word: &str) -> bool {
    begins_with_capital(word) && word.chars().nth(1).is_some_and(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_other_forms() {
        let check = |name: &str, expected: &[&str]| {
            let forms = [together(name), turned(name)].concat();
            assert_eq!(forms, expected, "{name}");
        };
        check("Jorg Weiss", &["#jorgweiss", "JorgWeiss", "Weiss, Jorg", "Weiss Jorg"]);
        check("J. Otto", &["Otto, J.", "Otto J."]);
        check("Open AI", &["#openai", "AI, Open", "AI Open"]);
        check("jorg weiss", &["#jorgweiss"]);
        check("Anna S", &[]);
        check(
            "Jose de Cruz-Ruiz",
            &[
                "#josedecruzruiz",
                "JosedeCruzRuiz",
                "de Cruz Ruiz, Jose",
                "de Cruz Ruiz Jose",
                "Cruz Ruiz, Jose de",
                "Cruz Ruiz Jose de",
            ],
        );
    }
}

//! The notes that a text could have been written from: of each sentence the words that carry it.

use super::templates::Templates;

/// As many notes as somebody would write down.
const MOST: usize = 6;

/// Words of a note.
const LEAST_WORDS: usize = 2;
const MOST_WORDS: usize = 7;

/// The notes of a text, one for each of its first sentences that say enough.
pub(super) fn of(text: &str, templates: &Templates) -> Vec<String> {
    let notes = text.lines().flat_map(sentences).filter_map(|sentence| note(sentence, templates));
    notes.take(MOST).collect()
}

/// The sentences of a line. One ends with a mark that white space follows.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let whole = rest.trim_start();
        if whole.is_empty() {
            return None;
        }
        let marks = whole.match_indices(['.', '!', '?']).map(|(at, mark)| at + mark.len());
        let end = marks.into_iter().find(|end| is_end(whole, *end)).unwrap_or(whole.len());
        let (sentence, after) = whole.split_at(end);
        rest = after;
        Some(sentence)
    })
}

/// A sentence does not end behind a single letter or a number: `z. B.`, `am 3. Mai`.
fn is_end(text: &str, end: usize) -> bool {
    let (before, after) = text.split_at(end);
    let word = before.trim_end_matches(['.', '!', '?']).rsplit(char::is_whitespace).next();
    let word = word.unwrap_or_default();
    let is_short = word.chars().count() == 1 || word.bytes().all(|byte| byte.is_ascii_digit());
    after.starts_with(char::is_whitespace) && !(before.ends_with('.') && is_short)
}

fn note(sentence: &str, templates: &Templates) -> Option<String> {
    let bare = |word: &str| {
        word.trim_matches(|one: char| !one.is_alphanumeric() && !"@#[]".contains(one)).to_owned()
    };
    let carries = |word: &String| {
        let lower = word.to_lowercase();
        !word.is_empty() && !templates.not_in_notes.contains(&lower.as_str())
    };
    let words: Vec<_> =
        sentence.split_whitespace().map(bare).filter(carries).take(MOST_WORDS).collect();
    (words.len() >= LEAST_WORDS).then(|| format!("- {}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(text: &str) -> Vec<String> {
        of(text, Templates::of("de").unwrap())
    }

    #[test]
    fn a_note_has_the_words_that_carry_a_sentence() {
        let text = "Am Dienstag treffen wir uns um 19 Uhr in der Stadtbibliothek! Es gibt Kaffee, \
                    z. B. am 3. Mai.\nUnd so.\n\nWer kommt mit?";
        let expected =
            ["- Dienstag treffen 19 Uhr Stadtbibliothek", "- gibt Kaffee z B 3 Mai", "- Wer kommt"];
        assert_eq!(notes(text), expected);
    }

    #[test]
    fn there_are_no_more_notes_and_words_than_somebody_writes_down() {
        let text = "eins zwei drei vier fünf sechs sieben acht neun. ".repeat(9);
        let found = notes(&text);
        assert_eq!(found.len(), MOST);
        assert_eq!(found[0], "- eins zwei drei vier fünf sechs sieben");
        assert_eq!(notes(""), Vec::<String>::new());
        assert_eq!(notes("... !! ?"), Vec::<String>::new());
    }
}

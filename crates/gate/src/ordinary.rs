use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use lake::{Lake, Table};

use crate::{GateError, Result, lake_rows::for_each_text};

/// A word that stands in no more texts than this may be a name, however few texts there are.
const FEW_TEXTS: usize = 3;

/// A word that stands in more than one of so many texts is no name.
const TEXTS_PER_NAME: usize = 1_000;

/// Those of the folded words that the texts of the lake use as ordinary ones: often, in lower
/// case, and not behind an `@`.
///
/// The lake is read once more, but only if there is a word to ask about.
pub(crate) async fn ordinary(
    lake: &Lake,
    words: BTreeSet<String>,
    fields: &[&'static str],
) -> Result<BTreeSet<String>> {
    if words.is_empty() {
        return Ok(words);
    }
    let automaton = AhoCorasick::new(&words);
    let count = words.len();
    let automaton = automaton.map_err(|source| GateError::Names { names: count, source })?;
    let (mut texts, mut with_word) = (0, vec![0; count]);
    for_each_text(lake, Table::Items, fields, |_, _, text| {
        texts += 1;
        for word in in_text(&automaton, text) {
            with_word.iter_mut().skip(word).take(1).for_each(|count| *count += 1);
        }
        Ok(())
    })
    .await?;
    let most = FEW_TEXTS.max(texts / TEXTS_PER_NAME);
    let ordinary = words.into_iter().zip(with_word).filter(|(_, count)| *count > most);
    Ok(ordinary.map(|(word, _)| word).collect())
}

/// Which of the words a text has.
fn in_text(automaton: &AhoCorasick, text: &str) -> BTreeSet<usize> {
    let is_letter = |one: char| one.is_alphanumeric() || matches!(one, '_' | '@');
    let found = automaton.find_overlapping_iter(text).filter(|found| {
        let before = text.get(..found.start()).and_then(|before| before.chars().next_back());
        let after = text.get(found.end()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    });
    found.map(|found| found.pattern().as_usize()).collect()
}

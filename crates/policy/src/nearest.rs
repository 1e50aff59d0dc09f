/// A hint that names the nearest known word, or all of them if none is near.
pub(crate) fn nearest(word: &str, known: &[&str]) -> String {
    let distances = known.iter().map(|one| (edit_distance(word, one), *one));
    match distances.min() {
        Some((distance, one)) if distance <= 1 + one.len() / 4 => format!("did you mean `{one}`?"),
        _ => format!("known: {}", known.join(", ")),
    }
}

/// Levenshtein's distance between two words, in characters.
pub fn edit_distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(right.chars()) {
            let here = (diagonal + usize::from(a != b)).min(before + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, here);
            before = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_insertions_deletions_and_replacements() {
        for (left, right, expect) in
            [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("posts", "post", 1)]
        {
            assert_eq!(edit_distance(left, right), expect, "{left} {right}");
            assert_eq!(edit_distance(right, left), expect, "{right} {left}");
        }
    }

    #[test]
    fn names_the_nearest_word_or_all() {
        assert_eq!(nearest("artikles", &["articles", "posts"]), "did you mean `articles`?");
        assert_eq!(nearest("zzz", &["articles", "posts"]), "known: articles, posts");
    }
}

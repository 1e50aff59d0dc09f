//! Where names begin and end in scripts that put no spaces between words.

use policy::FAMILY_NAMES;
use unicode_normalization::UnicodeNormalization;

/// The writing that a folded character belongs to, as far as names are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// Words stand between spaces.
    Spaced,
    Han,
    Kana,
    /// Words begin after spaces, and endings follow them without one. Folding takes syllables
    /// apart, into a head and what follows it.
    HangulHead,
    HangulTail,
    /// Of South-East Asia: no spaces between words.
    Eastern,
    /// No letter and no digit.
    None,
}

/// Blocks of Unicode by their first and last character, in order.
const BLOCKS: [(u32, u32, Writing); 15] = [
    (0x0e01, 0x0e4e, Writing::Eastern),
    (0x0e80, 0x0eff, Writing::Eastern),
    (0x1000, 0x109f, Writing::Eastern),
    (0x1100, 0x115f, Writing::HangulHead),
    (0x1160, 0x11ff, Writing::HangulTail),
    (0x1780, 0x17dd, Writing::Eastern),
    (0x3005, 0x3007, Writing::Han),
    (0x3041, 0x309f, Writing::Kana),
    (0x30a1, 0x30fa, Writing::Kana),
    (0x30fc, 0x30ff, Writing::Kana),
    (0x31f0, 0x31ff, Writing::Kana),
    (0x3400, 0x4dbf, Writing::Han),
    (0x4e00, 0x9fff, Writing::Han),
    (0xa960, 0xa97f, Writing::HangulHead),
    (0x20000, 0x3ffff, Writing::Han),
];

fn writing(one: char) -> Writing {
    if one.is_ascii() {
        return if one.is_ascii_alphanumeric() { Writing::Spaced } else { Writing::None };
    }
    let code = u32::from(one);
    let block = BLOCKS.iter().find(|(first, last, _)| (*first..=*last).contains(&code));
    match block {
        Some((_, _, writing)) if one != '\u{3006}' => *writing,
        _ if (0xd7b0..=0xd7ff).contains(&code) => Writing::HangulTail,
        _ if one.is_alphanumeric() => Writing::Spaced,
        _ => Writing::None,
    }
}

/// Whether a word may begin between two characters.
pub(crate) fn may_begin(before: Option<char>, first: char) -> bool {
    use Writing::{HangulHead, HangulTail, Spaced};
    !matches!(
        (before.map(writing), writing(first)),
        (Some(Spaced), Spaced) | (Some(HangulHead | HangulTail), HangulHead | HangulTail)
    )
}

/// Whether a word may end between two characters. A form of one word behind an `@` ends only
/// where the writing changes, too.
pub(crate) fn may_end(last: char, next: Option<char>, is_single_form: bool) -> bool {
    use Writing::{HangulHead, HangulTail, None, Spaced};
    let (last, next) = (writing(last), next.map_or(None, writing));
    let is_same = match last {
        HangulHead | HangulTail => next == HangulHead,
        other => next == other && next != None,
    };
    let goes_on = next == HangulTail || (last == Spaced && next == Spaced);
    !(goes_on || is_single_form && is_same)
}

/// Whether the middle dot after a character parts the words of a name.
pub(crate) fn is_before_dot(one: char) -> bool {
    matches!(writing(one), Writing::Han | Writing::Kana)
}

/// Whether a folded word is a whole name of a person.
pub(crate) fn is_whole_name(word: &str) -> bool {
    let of_family = word.nfc().next().is_some_and(|first| FAMILY_NAMES.contains(first));
    let count =
        |wanted: &[Writing]| word.chars().filter(|one| wanted.contains(&writing(*one))).count();
    let all = word.chars().count();
    let (han, kana) = (count(&[Writing::Han]), count(&[Writing::Kana]));
    if all > 0 && count(&[Writing::HangulHead, Writing::HangulTail]) == all {
        return of_family && matches!(word.nfc().count(), 3 | 4);
    }
    han > 0 && han + kana == all && (all > 2 || (han == 2 && of_family))
}

/// Whether the writing puts no spaces between words, or endings right behind them.
pub(crate) fn is_unspaced(one: char) -> bool {
    !matches!(writing(one), Writing::Spaced | Writing::None)
}

/// The other ways to put spaces into a folded whole name of such a writing.
pub(crate) fn other_spaces(name: &str) -> Vec<String> {
    let without: String = name.split(' ').collect();
    if !without.chars().all(is_unspaced) {
        return Vec::new();
    }
    if without != name {
        let is_long = is_whole_name(&without) || without.nfc().count() > 2;
        return if is_long { vec![without] } else { Vec::new() };
    }
    let inner = name.char_indices().skip(1);
    let heads = inner.filter(|(_, one)| writing(*one) != Writing::HangulTail);
    let split = heads.map(|(at, _)| name.split_at(at));
    split.map(|(before, after)| [before, " ", after].concat()).collect()
}

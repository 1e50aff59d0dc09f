//! Scripts that put no spaces between words, in folded text (Hangul in its parts, one by one).

use policy::FAMILY_NAMES;
use unicode_normalization::UnicodeNormalization;

/// What is put behind a name to address somebody, folded: Japanese, then Korean.
const HONORIFICS: [&str; 9] = [
    "さん",
    "くん",
    "ちゃん",
    "様",
    "氏",
    "君",
    "先生",
    "\u{110a}\u{1175}",
    "\u{1102}\u{1175}\u{11b7}",
];

/// The syllables of a Korean full name that is written as one word.
const KOREAN_NAME: std::ops::RangeInclusive<usize> = 3..=4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Han,
    Kana,
    Hangul,
    /// Thai, Lao, Burmese, Khmer.
    Other,
}

/// Whether a word may begin at `first` after the character before it.
pub(crate) fn begins_word(before: Option<char>, first: char) -> bool {
    !before.is_some_and(|before| {
        // Korean puts spaces before its words, and endings behind them
        let in_hangul = is_hangul(before) && is_hangul(first);
        in_hangul || goes_on(before, first)
    })
}

/// Whether a word may end with `last` before the character after it.
pub(crate) fn ends_word(last: char, next: Option<char>) -> bool {
    !next.is_some_and(|next| is_inside_syllable(next) || goes_on(last, next))
}

/// Whether a name of one word may end with `last`: where no spaces part words, a change of script
/// does.
pub(crate) fn ends_single_word(last: char, next: Option<char>) -> bool {
    let same = |next: char| Script::of(last).is_some() && Script::of(last) == Script::of(next);
    ends_word(last, next) && !next.is_some_and(same)
}

/// Whether a folded name without spaces is a full name all the same: Han characters, with kana
/// or without, from three on, or two if the first is a family name; Hangul syllables if the first
/// is one. Kana alone is a word like any other.
pub(crate) fn is_full_name(folded: &str) -> bool {
    let scripts: Option<Vec<_>> = folded.chars().map(Script::of).collect();
    let Some(scripts) = scripts else { return false };
    let only = |script| scripts.iter().all(|one| *one == script);
    if only(Script::Hangul) {
        return KOREAN_NAME.contains(&folded.nfc().count()) && begins_with_family_name(folded);
    }
    let is_east_asian = scripts.iter().all(|one| matches!(one, Script::Han | Script::Kana));
    let has_han = scripts.contains(&Script::Han);
    match scripts.len() {
        0 | 1 => false,
        2 => only(Script::Han) && begins_with_family_name(folded),
        _ => is_east_asian && has_han,
    }
}

/// The ways to write a folded full name where spaces may stand or not: together, and parted once
/// if it has no spaces of its own. Nothing for a name in another script.
pub(crate) fn spacings(folded: &str) -> Vec<String> {
    let joined: String = folded.chars().filter(|one| *one != ' ').collect();
    let is_unspaced = joined.chars().all(|one| Script::of(one).is_some());
    let is_long = is_full_name(&joined) || joined.nfc().count() > 2;
    if !is_unspaced || !is_long {
        return Vec::new();
    }
    if joined.len() < folded.len() {
        return vec![joined];
    }
    let places = joined.char_indices().skip(1).filter(|(_, one)| !is_inside_syllable(*one));
    let parted = places.map(|(at, _)| {
        let (first, second) = joined.split_at(at);
        format!("{first} {second}")
    });
    parted.collect()
}

/// Whether the script puts no spaces between words, or endings right behind them.
pub(crate) fn is_unspaced(one: char) -> bool {
    Script::of(one).is_some()
}

/// Whether a dot in the middle parts words after this character.
pub(crate) fn is_parted_by_dots(one: char) -> bool {
    matches!(Script::of(one), Some(Script::Han | Script::Kana))
}

/// A folded form without what is put behind a name to address somebody.
pub(crate) fn without_honorific(form: &str) -> &str {
    let without = |end: &&str| form.strip_suffix(*end).filter(|rest| !rest.is_empty());
    HONORIFICS.iter().find_map(without).unwrap_or(form)
}

/// A hyphen, and no dash.
pub(crate) const fn is_hyphen(one: char) -> bool {
    matches!(one, '-' | '\u{2010}' | '\u{2011}')
}

fn begins_with_family_name(folded: &str) -> bool {
    folded.nfc().next().is_some_and(|first| FAMILY_NAMES.contains(first))
}

/// Whether two characters side by side belong to one word of a script with spaces.
fn goes_on(left: char, right: char) -> bool {
    let is_spaced = |one: char| one.is_alphanumeric() && !is_unspaced(one);
    is_spaced(left) && is_spaced(right)
}

const fn is_hangul(one: char) -> bool {
    matches!(one, '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}')
}

/// Whether a part of Hangul goes on with a syllable.
const fn is_inside_syllable(one: char) -> bool {
    matches!(one, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}')
}

impl Script {
    const fn of(one: char) -> Option<Self> {
        match one {
            '々' | '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => Some(Self::Han),
            '\u{20000}'..='\u{3ffff}' => Some(Self::Han),
            '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' => Some(Self::Kana),
            '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' => Some(Self::Kana),
            one if is_hangul(one) => Some(Self::Hangul),
            '\u{e01}'..='\u{e4e}' | '\u{e80}'..='\u{eff}' => Some(Self::Other),
            '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17dd}' => Some(Self::Other),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::fold_name;

    #[test]
    fn full_names_without_spaces_are_told_from_words() {
        let check = |name: &str, expected: bool| {
            assert_eq!(is_full_name(&fold_name(name)), expected, "{name}");
        };
        for full in ["山田太郎", "李小龙", "李小龍", "王伟", "김철수", "남궁민수", "高橋みなみ"]
        {
            check(full, true);
        }
        for word in ["王", "量子", "田中", "学", "사용자", "김", "김철", "ユーザー", "さくら"]
        {
            check(word, false);
        }
        for other in ["", "Anna", "李Bruce", "สมชาย"] {
            check(other, false);
        }
    }

    #[test]
    fn spaces_may_stand_in_a_name_or_not() {
        assert_eq!(spacings("王小明"), ["王 小明", "王小 明"]);
        assert_eq!(spacings("山田 太郎"), ["山田太郎"]);
        let spaced = spacings(&fold_name("김철수"));
        assert_eq!(
            spaced.iter().map(|one| one.nfc().collect()).collect::<Vec<String>>(),
            ["김 철수", "김철 수"]
        );
        assert!(spacings("anna schmidt").is_empty());
    }
}

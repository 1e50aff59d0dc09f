//! Words that keep their full stop, and those that are two words written as one.

/// The language whose conventions a text is split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Convention {
    English,
    German,
}

impl Convention {
    /// English but for German, in any of its regions.
    pub(super) fn of(language: Option<&str>) -> Self {
        let primary = language.and_then(|tag| tag.split(['-', '_']).next());
        match primary {
            Some(tag) if tag.eq_ignore_ascii_case("de") => Self::German,
            _ => Self::English,
        }
    }
}

/// In the order of their bytes.
const ENGLISH: &[&str] = &[
    "Adm.", "Apr.", "Aug.", "Bros.", "Co.", "Corp.", "D.C.", "Dec.", "Dr.", "Feb.", "Gen.", "Gov.",
    "I.e.", "Inc.", "Jan.", "Jr.", "Jul.", "Jun.", "Ltd.", "Mar.", "Mr.", "Mrs.", "Ms.", "Mt.",
    "Nov.", "Oct.", "Ph.D.", "Prof.", "Rep.", "Rev.", "Sen.", "Sep.", "Sept.", "St.", "a.m.",
    "e.g.", "i.e.", "p.m.", "vs.",
];

/// In the order of their bytes.
const GERMAN: &[&str] = &[
    "Abb.", "Abs.", "Abt.", "Apr.", "Aug.", "B.A.", "B.Sc.", "Bd.", "Bsp.", "Co.", "Dez.", "Di.",
    "Dipl.", "Do.", "Dr.", "Fa.", "Feb.", "Fr.", "Hr.", "Hrsg.", "I.", "II.", "III.", "IV.",
    "Inc.", "Ing.", "Jan.", "Jh.", "Jr.", "Jul.", "Jun.", "M.A.", "M.Sc.", "Mi.", "Mio.", "Mo.",
    "Mr.", "Mrd.", "MwSt.", "Nov.", "Nr.", "Okt.", "P.S.", "Prof.", "Sa.", "Sep.", "Sept.", "So.",
    "St.", "Std.", "Str.", "Tel.", "Tsd.", "U.S.", "U.S.A.", "Univ.", "Vol.", "abzgl.", "allg.",
    "bspw.", "bzgl.", "bzw.", "ca.", "d.h.", "e.V.", "e.g.", "ebd.", "ehem.", "engl.", "etc.",
    "ev.", "evtl.", "geb.", "ggf.", "i.A.", "i.d.R.", "i.e.", "incl.", "inkl.", "insb.", "jur.",
    "kath.", "lat.", "lt.", "m.E.", "max.", "min.", "mind.", "o.g.", "o.ä.", "p.a.", "phil.",
    "rer.", "s.o.", "sog.", "stellv.", "tägl.", "u.U.", "u.a.", "u.s.w.", "u.v.m.", "usf.", "usw.",
    "uvm.", "v.a.", "vgl.", "vs.", "wiss.", "z.B.", "z.T.", "zzgl.", "österr.",
];

/// In the order of their bytes.
const SMILEYS: &[&str] = &[
    "(-:", "(:", "(;", "):", "8)", "8-)", ":'(", ":(", ":)", ":))", ":-(", ":-)", ":-))", ":-/",
    ":-D", ":-P", ":-|", ":/", ":0", ":1", ":3", ":D", ":O", ":P", ":]", ":o", ":p", ":x", ":|",
    ":}", ";)", ";-)", ";-D", ";D", "<3", "=(", "=)", "=/", "=3", "=D", "=[", "=]", "=|", "[:",
    "[=", "^_^", "xD",
];

/// Written with a stroke and yet one word.
const EITHER: [&str; 3] = ["and/or", "c/o", "CDU/CSU"];

const LONGEST: usize = 8;

/// Whether it is one word as it stands: an abbreviation, one small letter and a full stop, a smiley.
pub(super) fn is_exception(chunk: &str, convention: Convention) -> bool {
    if chunk.len() > LONGEST {
        return false;
    }
    let Some(shortened) = chunk.strip_suffix('.') else {
        return match chunk.as_bytes() {
            [b'(' | b')' | b'8' | b':' | b';' | b'<' | b'=' | b'[' | b'^' | b'x', _, ..] => {
                SMILEYS.binary_search(&chunk).is_ok()
            }
            [b'a' | b'c' | b'C', ..] => EITHER.contains(&chunk),
            _ => false,
        };
    };
    let list = match convention {
        Convention::English => ENGLISH,
        Convention::German => GERMAN,
    };
    // most words are no abbreviations, so few are looked up
    let may_be = shortened.len() <= 4 || convention == Convention::German;
    is_small_letter(shortened, convention) || may_be && list.binary_search(&chunk).is_ok()
}

/// Where the second of two words starts that are written as one, as in `don't` and `cannot`; none
/// if it is one word.
pub(super) fn second_word(chunk: &str, convention: Convention) -> Option<usize> {
    if convention == Convention::German {
        return None;
    }
    together(chunk).or_else(|| contraction(chunk)).filter(|at| *at > 0)
}

/// Whether it is two words without an apostrophe.
pub(super) fn is_written_together(chunk: &str, convention: Convention) -> bool {
    convention == Convention::English && together(chunk).is_some()
}

fn together(chunk: &str) -> Option<usize> {
    let may_be = chunk.len() < 8
        && matches!(
            chunk.as_bytes(),
            [
                b'c' | b'd' | b'h' | b'i' | b't' | b'w' | b'C' | b'D' | b'H' | b'I' | b'T' | b'W',
                ..,
                b't' | b's' | b'm'
            ]
        );
    let mut written = TOGETHER.iter().filter(|_| may_be);
    written.find(|(whole, _)| chunk.eq_ignore_ascii_case(whole)).map(|(_, second)| *second)
}

/// What is written together without an apostrophe, and where its second word starts.
const TOGETHER: [(&str, usize); 13] = [
    ("cannot", 3),
    ("im", 1),
    ("cant", 2),
    ("dont", 2),
    ("doesnt", 4),
    ("didnt", 3),
    ("isnt", 2),
    ("wont", 2),
    ("havent", 4),
    ("couldnt", 5),
    ("wouldnt", 5),
    ("whats", 4),
    ("thats", 4),
];

fn contraction(chunk: &str) -> Option<usize> {
    ["n't", "n’t", "'ll", "’ll", "'ve", "’ve", "'re", "’re", "'d", "’d", "'m", "’m"]
        .iter()
        .find_map(|ending| chunk.strip_suffix(ending))
        .map(str::len)
}

fn is_small_letter(word: &str, convention: Convention) -> bool {
    let is_umlaut = convention == Convention::German && matches!(word, "ä" | "ö" | "ü");
    is_umlaut || matches!(word.as_bytes(), [b'a'..=b'z'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order_and_found() {
        let check = |list: &[&str], convention| {
            assert!(list.is_sorted());
            assert!(list.iter().all(|one| is_exception(one, convention)), "{list:?}");
        };
        check(ENGLISH, Convention::English);
        check(GERMAN, Convention::German);
        check(SMILEYS, Convention::German);
    }

    #[test]
    fn regions_share_a_convention() {
        let check = |tag, expect| assert_eq!(Convention::of(tag), expect, "{tag:?}");
        check(Some("de"), Convention::German);
        check(Some("de-AT"), Convention::German);
        check(Some("DE_ch"), Convention::German);
        check(Some("den"), Convention::English);
        check(Some("en"), Convention::English);
        check(None, Convention::English);
    }

    #[test]
    fn second_words_are_found() {
        let check = |chunk, expect| {
            assert_eq!(second_word(chunk, Convention::English), expect, "{chunk}");
        };
        check("don't", Some(2));
        check("we’re", Some(2));
        check("Cannot", Some(3));
        check("'ll", None);
        check("important", None);
        assert_eq!(second_word("don't", Convention::German), None);
    }
}
